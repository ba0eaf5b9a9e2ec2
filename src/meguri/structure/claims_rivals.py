"""Competing events: what else happened that could have brought about the effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import find_key
from meguri.observe.chronicle import links
from meguri.observe.controls import RARE_EARTHS
from meguri.observe.interval import Interval
from meguri.structure.claims_model import Claim
from meguri.structure.claims_order import ends, row_intervals

NO_CAUSES = ("document", "forecast", "media", "price", "trade")  # told or measured, not done
POLICY = (  # what economies do to each other's trade: enough to compete where no goods are named
    "export-control", "export-tax", "quota", "customs", "industrial-policy", "policy", "dispute", "incident",
    "diplomacy", "tech-leak",
)  # fmt: skip
COLUMNS = [
    "event",
    "label_en",
    "label_ja",
    "earliest",
    "latest",
    "when",
    "shared",
    "listed",
    "actor",
    "source",
]

Row = Mapping[Hashable, Any]


def competing_events(
    claim: Claim, events: pd.DataFrame, cause: Interval, effect: Interval, look_back: int = 5
) -> pd.DataFrame:
    """Events that could have caused the effect as well, whether or not the claim lists them.

    Parameters
    ----------
    claim : Claim
        Its own records are no competitors of itself.
    events : DataFrame
        Columns of ``chronicle``.
    cause, effect : Interval
        Possible days of both.
    look_back : int
        Years before the cause (or the effect, where no cause is dated), and after the later of the two
        where the effect has no end [a].

    Returns
    -------
    DataFrame
        ``when`` is before, with or after the cause; ``shared`` is goods, parties or listed; rows that the
        claim lists itself say ``listed`` = yes. Empty where nothing is said to have caused anything.
    """
    if claim.kind in ("occurrence", "forecast", "norm"):
        return pd.DataFrame(columns=COLUMNS)
    listed = {item.event for item in claim.alternatives if item.event}
    parts = [part for part in (claim.cause, *claim.through, claim.effect) if part is not None]
    named = {name for part in parts for name in part.events}
    same = links()
    own = (
        named
        | set(same.loc[same["event"].isin(named), "other"])
        | set(same.loc[same["other"].isin(named), "event"])
    )
    since, until = _window(cause, effect, look_back)
    rows = []
    for row in events[~events["event"].isin(own)].to_dict("records"):
        shared = "listed" if row["event"] in listed else _shared(claim, row)
        if not shared or (shared != "listed" and row["instrument"] in NO_CAUSES):
            continue
        interval = _possible(row)
        # an event without a first day could be of any time: it competes only where the claim lists it
        in_time = not interval.open_start and since <= interval.latest and interval.earliest <= until
        if shared == "listed" or (effect.known and in_time):
            rows.append(_row(row, interval, cause, shared, row["event"] in listed))
    rows += _worded(claim, cause)
    table = pd.DataFrame(rows, columns=COLUMNS)
    told = same[same["other"].isin(table["event"]) & (same["relation"] == "same")]["event"]
    table = table[~table["event"].isin(told) | (table["listed"] == "yes")]  # once, by its public record
    return table.sort_values(["earliest", "latest", "event"], kind="stable").reset_index(drop=True)


def _possible(row: Row) -> Interval:
    intervals = [interval for interval, _ in row_intervals(row)]
    hull = intervals[0]
    for interval in intervals[1:]:
        hull = hull.hull(interval)
    return hull


def _row(row: Row, interval: Interval, cause: Interval, shared: str, listed: bool) -> tuple[Any, ...]:
    return (
        row["event"], row["label_en"], row["label_ja"], *ends(interval), _when(interval, cause), shared,
        "yes" if listed else "no", row["actor"], row["source"],
    )  # fmt: skip


def _worded(claim: Claim, cause: Interval) -> list[tuple[Any, ...]]:
    """Alternatives the claim gives in words."""
    return [
        ("", item.label.en, item.label.ja, *(("", "") if item.date is None else ends(item.date)),
         "unknown" if item.date is None else _when(item.date, cause), "listed", "yes", "", item.source)
        for item in claim.alternatives
        if item.label is not None and not item.event
    ]  # fmt: skip


def _when(interval: Interval, cause: Interval) -> str:
    if not (interval.known and cause.known):
        return "unknown"
    return {"before": "before", "after": "after"}.get(interval.order(cause), "with")


def _window(cause: Interval, effect: Interval, years: int) -> tuple[dt.date, dt.date]:
    """First and last day of events that can compete; some years on where the effect has no end."""
    first = effect if cause.open_start else cause
    since = first.earliest if first.open_start else _shifted(first.earliest, -years)
    later = [day.earliest for day in (cause, effect) if not day.open_start]
    until = effect.latest if not effect.open_end else _shifted(max(later, default=dt.date.max), years)
    return since, until


def _shifted(day: dt.date, years: int) -> dt.date:
    year = min(max(day.year + years, dt.MINYEAR), dt.MAXYEAR)
    return dt.date(year, day.month, min(day.day, 28))


def _shared(claim: Claim, row: Row) -> str:
    """What an event shares with the claim: its goods, or two of its economies, or nothing."""
    named = {name for name in str(row["elements"]).split("|") if name}
    if named & _family(claim.elements):
        return "goods"
    actors = economies(str(row["actor"]))
    if actors & set(claim.parties) and not (named or claim.elements) and row["instrument"] in POLICY:
        return "parties"
    return ""


def _family(elements: tuple[str, ...]) -> set[str]:
    """Elements with the group they belong to: whoever acts on rare earths acts on each."""
    found = set(elements)
    if found & set(RARE_EARTHS):
        found.add("REO")
    if "REO" in found:
        found |= set(RARE_EARTHS)
    return found


def economies(actor: str) -> set[str]:
    """Keys of the economies in an actor's name.

    Examples
    --------
    >>> sorted(economies("CHN/JPN")), economies("Hitachi Metals")
    (['CN', 'JP'], set())
    """
    parts = (part.split(" ")[0] for part in actor.replace("|", "/").split("/"))
    return {key for part in parts if (key := find_key(part, "countries")) is not None}

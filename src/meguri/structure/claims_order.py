"""Dates of a claim: readings of each happening, their hull, and the order of cause and effect."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import suggest
from meguri.observe.dated import span
from meguri.observe.interval import Interval, unknown
from meguri.structure.claims_model import Claim, Occurrence

AGREED = ("yes", "partly", "unchecked", "")
COLUMNS = [
    "part", "label_en", "label_ja", "earliest", "latest", "precision", "event", "source", "document", "alone",
]  # fmt: skip

PUBLIC = "facts-public"  # source of dates that a row of the documents takes from the public record


@dataclass(frozen=True)
class Reading:
    """One date a source gives for a happening."""

    interval: Interval
    source: str
    event: str = ""
    document: str = ""


def row_intervals(row: Mapping[Hashable, Any] | pd.Series) -> list[tuple[Interval, str]]:
    """Dates of one row of the chronicle, each with who gives it.

    Where the public record agrees and lies within the document's date, it makes it more exact; where the
    two lie apart, both stand as readings.

    Examples
    --------
    >>> row = pd.Series({"start": "2019", "end": "2019", "agrees": "yes", "public_start": "2019-07-04",
    ...                  "public_end": "2019-07-04", "document": "000"})
    >>> [(interval.written(), who) for interval, who in row_intervals(row)]
    [('2019-07-04', '000')]
    """
    cells = (str(row.get(name, "")) for name in ("start", "end", "public_start", "public_end"))
    return list(_intervals(*cells, str(row.get("agrees", "")), str(row.get("document", ""))))


@lru_cache(maxsize=4096)  # each claim asks the same rows
def _intervals(
    start: str, end: str, public_start: str, public_end: str, agrees: str, who: str
) -> list[tuple[Interval, str]]:
    own, public = span(start, end), span(public_start, public_end)
    if not public.known:
        return [(own, who)]
    if not own.known:
        return [(public, "public")]
    met = own.meet(public, public.precision)
    if met is not None and agrees in AGREED:
        return [(met, who)]
    return [(own, who), (public, "public")]


def readings(part: Occurrence, events: pd.DataFrame) -> list[Reading]:
    """Every date sources give for a happening: the claim's own, and those of its records in the chronicle.

    Raises
    ------
    DataError
        claim_event: the chronicle given does not hold a record the claim names.
    """
    found = []
    if part.date is not None:
        found.append(Reading(part.date, part.source))
    found += [Reading(item.date, item.source, "", item.document) for item in part.dates]
    rows = {row["event"]: row for row in events[events["event"].isin(part.events)].to_dict("records")}
    lost = [
        Problem("claim_event", part.label.en, name, "", {"near": suggest(name, events["event"]) or "…"})
        for name in part.events
        if name not in rows
    ]
    if lost:
        raise DataError(lost)
    for name in part.events:
        row = rows[name]
        # a date the claim itself gives makes the record of the same event more exact, or disputes it
        found += [
            Reading(interval, _source(row, who), name, who)
            for interval, who in row_intervals(row)
            if interval.known and not (part.date is not None and name == part.event)
        ]
    return found


def _source(row: Mapping[Hashable, Any], who: str) -> str:
    """Source of a date: a document's row names its public counterpart in words, not by a key of its own."""
    return PUBLIC if who == "public" != row["document"] else str(row["source"])


def occurrence_interval(part: Occurrence | None, events: pd.DataFrame) -> Interval:
    """Days on which a happening can lie over all its readings; unknown with a reason without any."""
    if part is None:
        return unknown("no cause is claimed")
    found = [reading.interval for reading in readings(part, events)]
    if not found:
        return unknown("no date is given" if part.undated is None else part.undated.en)
    hull = found[0]
    for interval in found[1:]:
        hull = hull.hull(interval)
    return hull


def order_of(first: Interval, second: Interval) -> str:
    """``before``, ``after``, ``undecided``, or ``unknown`` where one has no date at all.

    Examples
    --------
    >>> from meguri.observe.dated import read_interval
    >>> order_of(read_interval("2012-09"), read_interval("2010-09-07"))
    'after'
    """
    if not (first.known and second.known):
        return "unknown"
    return first.order(second)


def chain_order(claim: Claim, events: pd.DataFrame) -> str:
    """Order over cause, steps and effect: ``after`` when any later part lies before an earlier one."""
    if claim.cause is None:
        return order_of(occurrence_interval(claim.effect, events), occurrence_interval(claim.effect, events))
    parts = [occurrence_interval(part, events) for part in (claim.cause, *claim.through, claim.effect)]
    orders = [order_of(first, second) for first, second in combinations(parts, 2)]
    for answer in ("after", "unknown", "undecided"):
        if answer in orders:
            return answer
    return "before"


def readings_table(claim: Claim, events: pd.DataFrame) -> pd.DataFrame:
    """One row for each reading of each part; ``alone`` is the order if no other reading of it stood."""
    parts = [("cause", claim.cause), *(("through", step) for step in claim.through), ("effect", claim.effect)]
    hulls = {name: occurrence_interval(part, events) for name, part in parts if name != "through"}
    rows = [
        (name, part.label.en, part.label.ja, *_reading_row(found), _alone(name, found, hulls))
        for name, part in parts
        if part is not None
        for found in readings(part, events)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _alone(name: str, found: Reading, hulls: dict[str, Interval]) -> str:
    """Order of cause and effect if this were the only reading; empty for steps between."""
    if name == "through":
        return ""
    if name == "cause":
        return order_of(found.interval, hulls["effect"])
    return order_of(hulls["cause"], found.interval)


def _reading_row(found: Reading) -> tuple[str, ...]:
    return (*ends(found.interval), found.interval.precision, found.event, found.source, found.document)


def ends(interval: Interval) -> tuple[str, str]:
    """Both ends as ISO dates; empty where open."""
    first = "" if interval.open_start else interval.earliest.isoformat()
    last = "" if interval.open_end else interval.latest.isoformat()
    return first, last

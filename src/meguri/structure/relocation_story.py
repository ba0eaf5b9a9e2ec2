"""Six phases of relocation as data: event → why → action, and the shares of every year with their bands.

The links are the document's own: it names events, a reason and what was done within each phase. Most of
its facts carry the years of their phase only, so that the order of cause and action cannot be told from
dates; the table says so instead of assuming it.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.structure.relocation import bands, timeline

ENDS = ("action", "result")


def relocation_links(facts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every event of a phase with its reason and what followed, and what their dates allow.

    Parameters
    ----------
    facts : DataFrame, optional
        Columns of ``relocation_timeline``; the packaged ones when left out.

    Returns
    -------
    DataFrame
        Columns of ``relocation_links``. ``order``: ``before`` where the event ends before the action's first
        year, ``impossible`` where the action ends before the event starts, else ``same``.

    Examples
    --------
    >>> table = relocation_links()
    >>> table.groupby("phase").size().tolist(), sorted(set(table["order"]))
    ([2, 3, 6, 2, 3, 2], ['same'])
    """
    rows = timeline() if facts is None else facts
    found = []
    for phase, mine in rows[rows["phase"].notna()].groupby("phase"):
        told = {kind: mine[mine["kind"] == kind].to_dict("records") for kind in ("event", "why", *ENDS)}
        ends = [*told["action"], *told["result"]]
        # a phase with actions and a result: the result sums the actions up, it is linked like them
        for place, (event, why, end) in enumerate(
            itertools.product(told["event"], told["why"], ends), start=1
        ):
            found.append({
                "link": f"{int(phase)}-{place}", "phase": int(phase), "event": event["fact"],
                "why": why["fact"],
                "action": end["fact"], "start": event["start"], "end": _end(end), "order": _order(event, end),
                "action_kind": end["kind"],
                "source": "|".join(dict.fromkeys(row["source"] for row in (event, why, end))),
                "grade": weakest(row["grade"] for row in (event, why, end)),
            })  # fmt: skip
    schema = Schema.of("relocation_links")
    return schema.check(pd.DataFrame(found)) if found else schema.empty()


def _end(row: dict[str, object]) -> int:
    return int(str(row["start"] if pd.isna(row["end"]) else row["end"]))


def _order(event: dict[str, object], action: dict[str, object]) -> str:
    if _end(event) < int(str(action["start"])):
        return "before"
    return "impossible" if _end(action) < int(str(event["start"])) else "same"


def relocation_series(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Share of the magnets of Japanese firms by place of process in every year, with its band.

    Parameters
    ----------
    rows : DataFrame, optional
        Columns of ``relocation_bands``; the packaged ones when left out.

    Returns
    -------
    DataFrame
        Columns of ``relocation_series``: years the document gives are ``anchor`` and keep their normalised
        ends; years between lie on straight lines, grade ``assumed``; phases as the document dates them.

    Examples
    --------
    >>> home = relocation_series().query("country == 'JP'").set_index("year")
    >>> [round(float(home.at[year, name]), 3) for year in (2000, 2025) for name in ("low", "high")]
    [0.85, 0.9, 0.25, 0.35]
    """
    given = bands() if rows is None else rows
    phases = timeline()
    phases = phases[phases["kind"] == "phase"]
    parts = []
    for country, mine in given.groupby("country", sort=False):
        known = mine.dropna(subset=["low", "high", "middle"]).sort_values("year")
        years = np.arange(int(known["year"].min()), int(known["year"].max()) + 1)
        told = {
            name: np.interp(years, known["year"], known[name].astype(float))
            for name in ("low", "middle", "high")
        }
        anchor = np.isin(years, known["year"])
        parts.append(pd.DataFrame({
            "year": years, "country": country, **told, "anchor": anchor,
            **{f"printed_{end}": _at(known, years, f"printed_{end}") for end in ("low", "high")},
            "phase": [_phase(phases, int(year)) for year in years],
            "source": "|".join(dict.fromkeys(known["source"])),
            "grade": np.where(anchor, weakest(known["grade"]), "assumed"),
        }))  # fmt: skip
    return Schema.of("relocation_series").check(pd.concat(parts, ignore_index=True))


def _at(known: pd.DataFrame, years: npt.NDArray[np.int64], name: str) -> pd.Series:
    """Values of the document in its own years, nothing between."""
    return known.set_index("year")[name].reindex(years).reset_index(drop=True)


def _phase(phases: pd.DataFrame, year: int) -> int | None:
    mine = phases[(phases["start"] <= year) & (phases["end"] >= year)]
    return None if mine.empty else int(mine["phase"].iloc[0])

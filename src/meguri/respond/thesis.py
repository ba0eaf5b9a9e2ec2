"""The thesis of document 002, scored openly: claim, test, figures and verdict, side by side.

Each test stands in a table with its tolerance and is decided by code. The tests were written in 2026,
when the outcome could be known; none of them is a forecast of ours. Sides are listed apart and never
added up: that need fell says nothing of who makes the magnets.
"""

from __future__ import annotations

import math

import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.harmonise import Interval
from meguri.observe.packaged import facts


def thesis_table(tests: pd.DataFrame | None = None, series: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every claim of the thesis with its test and verdict.

    Parameters
    ----------
    tests : DataFrame, optional
        Columns of ``thesis_tests``; the packaged ones when left out.
    series : DataFrame, optional
        Columns of ``demand_series``; the packaged ones when left out.

    Returns
    -------
    DataFrame
        Columns of ``thesis_verdicts``: ``hit`` when all of what was seen lies on the wanted side of all it
        is held against, ``miss`` when none of it does, else ``unverifiable``; so it is when no series is
        at hand, and ``decided_by`` says what would decide.

    Examples
    --------
    >>> table = thesis_table().set_index("test")
    >>> table.loc[["need-2012", "need-stays", "made-at-home", "technology-gap"], "verdict"].tolist()
    ['hit', 'hit', 'miss', 'unverifiable']
    """
    asked = facts("thesis_tests") if tests is None else tests
    told = (facts("demand_series") if series is None else series).set_index(["series", "year"])
    rows = [_scored(row, told) for _, row in asked.iterrows()]
    return Schema.of("thesis_verdicts").check(pd.DataFrame(rows))


def thesis_counts(table: pd.DataFrame) -> pd.DataFrame:
    """How many claims of each side hit, missed or could not be judged; no sum over the sides.

    Examples
    --------
    >>> counts = thesis_counts(thesis_table()).set_index("side")
    >>> counts.loc["competitiveness"].tolist()
    [0, 2, 1]
    """
    sides = list(dict.fromkeys(table["side"]))
    verdicts = ["hit", "miss", "unverifiable"]
    counted = pd.crosstab(table["side"], table["verdict"]).reindex(
        index=sides, columns=verdicts, fill_value=0
    )
    return counted.rename_axis(columns=None).reset_index()


def verdict(seen: Interval | None, wanted: Interval | None, comparator: str) -> str:
    """Hit, miss or unverifiable.

    Examples
    --------
    >>> verdict(Interval(0.25, 0.35), Interval(0.45, 0.54), "above")
    'miss'
    >>> verdict(Interval(0.4, 0.5), Interval(0.45, 0.54), "above"), verdict(None, Interval(1, 1), "below")
    ('unverifiable', 'unverifiable')
    """
    if seen is None or wanted is None:
        return "unverifiable"
    below, above = seen.high < wanted.low, seen.low > wanted.high
    if not (below or above):
        return "unverifiable"
    return "hit" if (below if comparator == "below" else above) else "miss"


def _scored(row: pd.Series, told: pd.DataFrame) -> dict[str, object]:
    seen = _value(told, row["series"], row["year"])
    if math.isnan(row["against_value"]):
        wanted = _value(told, row["against_series"], row["against_year"])
    else:
        wanted = Interval(row["against_value"], row["against_value"])
    wanted = None if wanted is None else wanted * float(row["factor"])
    used = [key for key in _keys(row) if key in told.index]
    cells = {name: row[name] for name in ("test", "side", "claim_en", "claim_ja", "year", "comparator")}
    cells |= {name: row[name] for name in ("decided_by_en", "decided_by_ja", "source")}
    return cells | {
        "seen_low": math.nan if seen is None else seen.low,
        "seen_high": math.nan if seen is None else seen.high,
        "wanted_low": math.nan if wanted is None else wanted.low,
        "wanted_high": math.nan if wanted is None else wanted.high,
        "unit": told.loc[used[0], "unit"] if used else "",
        "verdict": verdict(seen, wanted, row["comparator"]),
        "grade": weakest(told.loc[used, "grade"]) if used else "",
    }


def _keys(row: pd.Series) -> list[tuple[str, int]]:
    keys = [(row["series"], row["year"])]
    return keys if row["against_series"] == "" else [*keys, (row["against_series"], row["against_year"])]


def _value(told: pd.DataFrame, series: str, year: int) -> Interval | None:
    """What a series gives for a year; ``None`` where it gives nothing."""
    if (series, year) not in told.index:
        return None
    row = told.loc[(series, year)]
    cells = [float(row[name]) for name in ("value", "value_low", "value_high")]
    return None if all(math.isnan(cell) for cell in cells) else Interval.of(*cells)

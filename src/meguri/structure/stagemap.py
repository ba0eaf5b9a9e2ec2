"""The chain of stages of a document with who is strong where, whether outsiders may enter, and the firms."""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.observe.firms import firms
from meguri.observe.packaged import facts

ELEMENTS = ("Nd", "Dy")  # the document draws one chain for both


def stage_map(year: int = 2012) -> pd.DataFrame:
    """Stages ① to ⑤ of the neodymium magnet chain: strength, foreign entry in China, and firms listed.

    Parameters
    ----------
    year : int
        Year of the document; 2012 is the only one that draws the chain.

    Returns
    -------
    DataFrame
        Columns of ``stage_map``, one row for each stage in order; ``strength`` is empty with the reason
        ``silent`` where the document says nothing, and ``listed`` counts rows that are firms.

    Raises
    ------
    DataError
        When no document draws the chain for that year, with the years at hand.

    Examples
    --------
    >>> table = stage_map()
    >>> dict(zip(table["mark"], table["strength"], strict=True))
    {'①': 'CN', '②': 'CN', '③': '', '④': 'JP', '⑤': 'JP'}
    >>> "".join(table.loc[table["entry"] == "restricted", "mark"])
    '①②③'
    """
    told = facts("stage_strengths")
    drawn = told[told["year"] == year]
    if drawn.empty:
        years = ", ".join(str(found) for found in sorted(told["year"].unique()))
        raise DataError(Problem("stage_map_year", "stage_map", str(year), details={"years": years}))
    listed = pd.concat([firms(element) for element in ELEMENTS]).drop_duplicates("fact")
    listed = listed[(listed["year"] == year) & (listed["goods"] == "Nd/Dy")]
    rows = [_stage(row, listed[listed["stage"] == row["stage"]]) for row in drawn.to_dict("records")]
    return Schema.of("stage_map").check(pd.DataFrame(rows))


def _stage(told: dict[str, object], rows: pd.DataFrame) -> dict[str, object]:
    named = rows[rows["status"] != "placeholder"]
    return told | {
        "strength_reason": "" if told["strength"] else "silent",
        "firms": "|".join(dict.fromkeys(rows["firm"])), "firms_ja": "|".join(dict.fromkeys(rows["firm_ja"])),
        "japanese": int((named["country"] == "JP").sum()), "listed": len(named),
        "facts": "|".join(rows["fact"]),
        "flag": "|".join(dict.fromkeys(key for cell in rows["flag"] for key in cell.split("|") if key)),
    }  # fmt: skip

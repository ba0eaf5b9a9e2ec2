"""What became of an HS code in later revisions: kept, renumbered, split or merged, after UNSD's tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.packaged import facts
from meguri.observe.trade import read_codes

SHOWN = 4  # codes written out in a sentence


def vintages(code: Any) -> pd.DataFrame:
    """When a packaged code was retired and into what, revision by revision.

    The correlation tables link codes, not goods: where a code was split or merged several times, its
    goods *may* be in every code named. A source that converts all years to HS 1992 (BACI) still fills a
    retired number where the conversion allows it; ``trade_codes()`` says where it does not.

    Parameters
    ----------
    code : HS code
        One of the packaged codes, of the revision that first has it.

    Returns
    -------
    DataFrame
        Columns of ``code_vintages``, one row for each revision from the first.

    Raises
    ------
    DataError
        When the code is none, or is not packaged.

    Notes
    -----
    United Nations Statistics Division, correlation tables HS 1992–2022.

    Examples
    --------
    >>> table = vintages(811230).set_index("revision")
    >>> table.loc[[2002, 2007], ["relation", "retired"]].values.tolist()
    [['same', False], ['split_merged', True]]
    >>> table.at[2007, "note_en"]
    'its goods may be in 811292, 811299, together with those of other codes (2)'
    """
    key = read_codes([code])[0]
    table = facts("hs_vintages")
    rows = table[table["code"] == key]
    if rows.empty:
        raise DataError(Problem("code_not_packaged", "code", key))
    parts = [_revision(key, int(str(year)), part) for year, part in rows.groupby("revision")]
    return Schema.of("code_vintages").check(pd.DataFrame(parts))


def _revision(code: str, year: int, rows: pd.DataFrame) -> dict[str, object]:
    successors = list(rows["successor"])
    others = int(rows["others"].max())
    relation = _relation(code, successors, others)
    notes = {f"note_{lang}": _note(relation, successors, others, lang) for lang in LANGS}
    return {
        "code": code, "revision": year, "successors": "|".join(successors), "relation": relation,
        "retired": code not in successors, "others": others, **notes, "source": rows["source"].iloc[0],
        "grade": rows["grade"].iloc[0],
    }  # fmt: skip


def _relation(code: str, successors: list[str], others: int) -> str:
    if len(successors) > 1:
        return "split_merged" if others else "split"
    if others:
        return "merged"
    return "same" if successors == [code] else "renumbered"


def _note(relation: str, successors: list[str], others: int, lang: Lang) -> str:
    if relation == "same":
        return label("same", lang, "vintages")
    codes = ", ".join(successors[:SHOWN])
    if len(successors) > SHOWN:
        codes += " " + label("more", lang, "vintages", n=len(successors) - SHOWN)
    return label(relation, lang, "vintages", codes=codes, n=others)

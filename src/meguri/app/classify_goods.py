"""`meguri classify 845710,848620`: single goods side by side, in what class they land and why."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang
from meguri.observe.goods_tables import hs2017_codes
from meguri.observe.sets import data_folder
from meguri.show.classify_words import class_name, class_word, fine
from meguri.structure.class_lines import compare_goods
from meguri.structure.class_view import names_of_goods
from meguri.structure.goods_scores import goods_evidence, score_goods
from meguri.structure.mapping import ClassMap
from meguri.study.outcome import records

SCORES = ("substitution", "dependence", "impact")
_CODES = re.compile(r"\d{6}(,\d{6})*")


def is_goods(trade: str) -> bool:
    """Whether HS codes are asked about instead of a file.

    Examples
    --------
    >>> is_goods("845710,848620"), is_goods("848620.csv")
    (True, False)
    """
    return _CODES.fullmatch(trade) is not None


def compared(codes: list[str], own: Path | None = None) -> pd.DataFrame:
    """Rows of ``class_compared``.

    Raises
    ------
    DataError
        With every code that HS 2017 does not have.
    """
    known = set(hs2017_codes())
    odd = [code for code in codes if code not in known]
    if odd:
        raise DataError([Problem("goods_hs2017", "code", code) for code in odd])
    folder = data_folder()
    scores = score_goods(goods_evidence(folder, codes))
    return compare_goods(codes, replace(ClassMap.packaged(own, scores), names=names_of_goods(folder)))


def deliver_goods(trade: str, own: Path | None, form: str, out: Path | None, lang: Lang) -> None:
    """The goods on the terminal, or in the form asked for."""
    table = compared(trade.split(","), own)
    if form == "table" and out is None:
        print_goods(table, lang)
        return
    ending = "" if out is None else out.suffix.lower()
    if form == "table" and ending not in (".csv", ".xlsx", ".json"):
        details = {"choices": ".csv, .json, .xlsx", "near": "goods.xlsx"}
        raise DataError(Problem("choice", "--out", str(out), "", details))
    deliver(records(table), table, ending[1:] if form == "table" else form, out)


def print_goods(table: pd.DataFrame, lang: Lang) -> None:
    """Each good: its classical class, where it lands, the three scores, and both reasons."""
    for code, rows in table.groupby("code", sort=False):
        first = rows.iloc[0]
        say(f"{code}  {first[f'name_{lang}'] or first['name_en']}", "bold")
        bec = [class_word(f"bec.{key}", lang) for key in str(first["bec"]).split("|") if key]
        cells = [
            [class_name(row["class"], lang),
             f"{fine(row['weight'], 0)}, {class_word('sure.' + row['confidence'], lang)}"]
            for row in rows.to_dict("records")
        ]  # fmt: skip
        print_table([class_word(f"col.{name}", lang) for name in ("class", "weight")], cells)
        comma = "、" if lang == "ja" else ", "
        facts = [
            (class_word("goods_classical", lang), comma.join(bec) or "—"),
            *((class_word(f"goods_{name}", lang), _score(first[name])) for name in SCORES),
        ]
        colon = "：" if lang == "ja" else ": "
        say(comma.join(f"{name}{colon}{text}" for name, text in facts))
        say_folded(str(first[f"reason_{lang}"]), indent=2)
        if isinstance(first.get("vote"), str) and first["vote"]:
            vote = class_word("goods_vote", lang, name=class_name(first["vote"], lang))
            say_folded(f"{vote} {first[f'vote_reason_{lang}']}", indent=2)
        say()


def _score(value: object) -> str:
    return "—" if pd.isna(value) else f"{float(str(value)):.2f}"

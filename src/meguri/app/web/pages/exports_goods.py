"""Single goods side by side: the class of each, its scores, and both reasons."""

from __future__ import annotations

import pandas as pd

from meguri.app.classify_goods import compared, is_goods
from meguri.app.web.desk import Desk
from meguri.app.web.pages.cells import picked
from meguri.app.web.pages.exports_classes import onward, spoken
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Section, Table, View, sources_of
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label
from meguri.observe.sets import data_folder
from meguri.show.classify_words import class_name, class_word, fine
from meguri.show.spell import listing, missing

SHOWN = (
    "code", "name_en", "name_ja", "bec", "class", "weight", "confidence", "substitution", "dependence",
    "impact", "reason_en", "reason_ja", "vote", "vote_reason_en", "vote_reason_ja",
)  # fmt: skip


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """Goods by their HS 2017 codes.

    Raises
    ------
    DataError
        When the codes are not six digits each, or HS 2017 does not have one.
    """
    codes = asked["codes"].replace(" ", "").replace("、", ",").strip(",")
    if not is_goods(codes):
        raise DataError(Problem("web_codes", "codes", asked["codes"][:60]), "exports")
    table = compared(list(dict.fromkeys(codes.split(","))))
    first = table.sort_values("weight", ascending=False, kind="stable").drop_duplicates("code")
    heads = [_headline(row, table, lang) for _, row in first.sort_index().iterrows()]
    known = table.assign(bec=[_bec(cell, lang) for cell in table["bec"]])
    shown = Table("goods", label("table_goods", lang, "web_exports"), picked(spoken(known, lang), SHOWN),
                  "class_compared", open=True)  # fmt: skip
    lead = ["goods_lead"] if data_folder() is not None else ["goods_lead", "goods_unscored"]
    return View(
        title=label("goods_title", lang, "web_exports", n=len(heads)),
        lead=[label(key, lang, "web_exports") for key in lead],
        headlines=heads,
        sections=(
            Section("goods", label("sec_goods", lang, "web_exports"), tables=(shown,)),
            onward("goods", asked, lang),
        ),
        sources=sources_of([table]),
    )


def _headline(row: pd.Series[object], table: pd.DataFrame, lang: Lang) -> Headline:
    """A good and the classes its value goes to, with how sure the judgement is."""
    own = table[table["code"] == row["code"]]
    classes = [
        f"{class_name(key, lang)} {fine(weight, 0)}"
        for key, weight in zip(own["class"], own["weight"], strict=True)
    ]
    name = row[f"name_{lang}"] or row["name_en"]
    sure = class_word(f"sure.{row['confidence']}", lang)
    return Headline(f"{row['code']} {name}", listing(classes, lang), sure)


def _bec(cell: object, lang: Lang) -> str:
    """The classical classes of a good in words."""
    keys = [] if missing(cell) else [key for key in str(cell).split("|") if key]
    return listing([class_word(f"bec.{key}", lang) for key in keys], lang)

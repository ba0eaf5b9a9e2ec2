"""What Japan's customs goods add to a page of classes: bounds without drawing, pooled goods, partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.classify_words import amount, class_word, fine, fine_range, item_words, printed_range
from meguri.show.page import Small, table_html
from meguri.structure.customs_said import goods_label

POOLED = 12
_BILLION = 1e9


def customs_html(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    """Bounds by year, the printed ranges they are set against, and the goods that pool."""
    return "".join([_bounds(tables, lang), _printed(tables, lang), _pooled(tables, lang)])


def _lead(key: str, lang: Lang) -> str:
    return f'<p class="quiet">{class_word(key, lang)}</p>\n'


def _bounds(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    rows = tables["customs_classes"].set_index(["class", "year"])
    found = []
    for year in sorted(set(rows.loc["PC4"].index)):
        cells = [str(year)]
        for variant in ("PC4", "PC5"):
            row = rows.loc[(variant, year)]
            cells += [fine(row["share"]), fine_range(row["low"], row["high"], lang), fine(row["could"])]
        found.append(cells)
    heads = [class_word("col.year", lang)]
    for variant in ("PC4", "PC5"):
        short = class_word(f"short.{variant}", lang)
        heads += [f"{short}: {class_word(f'col.{name}', lang)}" for name in ("share", "bounds", "could")]
    return _lead("customs_lead", lang) + table_html(heads, found, [False, *[True] * 6], "classes")


def _printed(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    rows = tables["customs_printed"].to_dict("records")
    found = [
        [
            item_words(row["variant"], lang), fine(row["share"]), fine_range(row["low"], row["high"], lang),
            fine(row["could"]), f"{row['first_year']}–{row['last_year']}",
            printed_range(row["printed_low"], row["printed_high"], lang), str(row["period"]),
            class_word(_reach(row), lang),
        ]
        for row in rows
    ]  # fmt: skip
    names = ("item", "computed", "bounds", "could", "years", "printed", "printed_period", "stands")
    heads = [class_word(f"col.{name}", lang) for name in names]
    return table_html(heads, found, [False, True, True, True, False, True, False, False], "classes")


def _reach(row: Mapping[Any, Any]) -> str:
    """Whether a printed range meets the bounds, or only what could be at most."""
    return "reach.inside" if row["defended"] else "reach.could" if row["reachable"] else "reach.no"


def _pooled(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    rows = tables["customs_pooled"].head(POOLED).to_dict("records")
    found = [
        [
            Small(_good(row, lang), str(row[f"reason_{lang}"])), amount(row["value"] * _BILLION, "JPY", lang),
            fine(row["share"]), fine(row["weight"], 0), fine_range(row["low"], row["high"], lang),
            fine(row["open"]),
        ]
        for row in rows
    ]  # fmt: skip
    heads = [
        class_word(f"col.{name}", lang) for name in ("good", "value", "share", "part_pc", "bounds", "open")
    ]
    return _lead("pooled_lead", lang) + table_html(heads, found, [False, *[True] * 5], "classes")


def _good(row: Mapping[Any, Any], lang: Lang) -> str:
    name = goods_label(str(row["goods"]), lang)
    return class_word("goods_rest", lang, goods=name) if row["part"] == "rest" else name

"""Classes of goods: the classes, the map judged by hand, seed tables and the tables of an answer."""

from __future__ import annotations

import pandas as pd
from pages import cell, code, table, word

from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.observe.goods_classes import class_list, class_map, goods_names
from meguri.structure.seed_structure import seed_residuals, seed_totals

ANSWER = (
    "class_shares", "class_totals", "class_readings", "class_lines", "class_drivers", "class_baseline",
    "class_beside", "class_change", "class_mutual", "goods_check",
)  # fmt: skip


def classes(lang: Lang) -> str:
    """Key, name and meaning of every class."""
    heads = [word(key, lang) for key in ("key", "name", "meaning")]
    rows = [
        [code(row["key"]), cell(row[lang]), cell(row[f"meaning_{lang}"])]
        for row in class_list().to_dict("records")
    ]
    return table(heads, rows)


def judged(lang: Lang) -> str:
    """Every code judged by hand: name, class, weight with its range, confidence and reason."""
    heads = [word(key, lang) for key in ("hs_code", "name", "class", "weight", "confidence", "reason")]
    named = goods_names().set_index("code")[lang]
    goods = class_map()
    goods = goods[goods["curated"].astype(bool)].sort_values(["code", "weight"], ascending=[True, False])
    rows = [
        [
            code(row.code),
            cell(named.get(row.code, "")),
            cell(label(str(row.name_of_class), lang, "class_colours")),
            _weight(float(row.weight), float(row.low), float(row.high)),
            cell(label(f"sure.{row.confidence}", lang, "class_words")),
            cell(row.reason_ja if lang == "ja" else row.reason_en),
        ]
        for row in goods.rename(columns={"class": "name_of_class"}).itertuples()
    ]
    return table(heads, rows)


def _weight(weight: float, low: float, high: float) -> str:
    return f"{weight:.0%}" if low == high else f"{weight:.0%} ({low:.0%}–{high:.0%})"


def seed(lang: Lang) -> str:
    """Printed totals beside sums of printed rows, and what the rows leave out."""
    heads = [
        word(key, lang)
        for key in (
            "printed_table", "economy", "period", "variant", "printed", "row_sum", "left_of_whole", "flag"
        )
    ]  # fmt: skip
    key = ["printed_table", "region", "period"]
    both = seed_totals().merge(seed_residuals()[[*key, "residual_low", "residual_high"]], on=key)
    both = both.dropna(subset=["printed_low", "sum_low"], how="all")
    rows = [
        [
            code(row["printed_table"]), cell(_economy(row["region"], lang)), cell(row["period"]),
            code(row["variant"]),
            _range(row["printed_low"], row["printed_high"]), _range(row["sum_low"], row["sum_high"]),
            _range(row["residual_low"], row["residual_high"]), cell(str(row["flag"]).replace("|", ", ")),
        ]
        for row in both.to_dict("records")
    ]  # fmt: skip
    return table(heads, rows)


def _economy(key: str, lang: Lang) -> str:
    return label(key, lang, "economies" if key == "EU" else "countries")


def _range(low: float, high: float) -> str:
    return "—" if pd.isna(low) else f"{100 * low:.0f}–{100 * high:.0f} %"


def tables(lang: Lang) -> str:
    """Columns of the tables of an answer, with unit and meaning."""
    heads = [word(key, lang) for key in ("column", "unit", "meaning")]
    parts = []
    for name in ANSWER:
        rows = [
            [
                code(column.name),
                cell(column.unit),
                cell(column.meaning_ja if lang == "ja" else column.meaning_en),
            ]
            for column in Schema.of(name).columns
        ]
        parts.append(f"### `{name}`\n\n{table(heads, rows)}")
    return "\n".join(parts)

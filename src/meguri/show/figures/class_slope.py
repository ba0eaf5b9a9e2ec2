"""Classical to process-control: how capital goods, intermediates and consumption come apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import VARIANTS, class_hue, class_name, class_word, fine, in_order
from meguri.show.ink import INK, MUTED, PAPER, base_option, mixed

HEIGHT, TOP = 430, 30
LEFT, RIGHT = 178, 232
LEAST = 0.002  # a ribbon thinner than this is left to the table
BEC = ("capital", "intermediate", "consumption", "unclassified")


def class_slope(
    table: pd.DataFrame, *, about: str = "", variant: str = "PC4", lang: Lang = "en", footer: str = ""
) -> Chart:
    """Left the three classical classes, right the classes by role in a process, ribbons between them.

    Parameters
    ----------
    table : DataFrame
        Rows of ``class_baseline``: classical class, class, value, share.
    about : str
        Words for the trade.
    """
    return Chart(
        key="class-slope",
        option=_option(table, lang),
        table=table,
        title=_title(table, variant, lang),
        subtitle=class_word("slope_subtitle", lang, trade=about),
        footer=footer,
        lang=lang,
        declared="class_baseline",
        height=HEIGHT,
    )


def _title(table: pd.DataFrame, variant: str, lang: Lang) -> str:
    capital = table[table["bec"] == "capital"]
    whole = float(capital["value"].sum())
    if not whole:
        return class_word("slope_none", lang)
    own = float(capital.loc[capital["class"].isin(VARIANTS[variant]), "value"].sum())
    return class_word(
        "slope_title", lang, share=fine(own / whole), variant=class_word(f"variant.{variant}", lang)
    )


def _option(table: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    whole = float(table["value"].sum())
    rows = [row for row in table.to_dict("records") if row["value"] / whole >= LEAST]
    left = [key for key in BEC if any(row["bec"] == key for row in rows)]
    right = in_order(row["class"] for row in rows)
    return {
        **base_option(),
        "title": [_head("slope_left", lang, left=0), _head("slope_right", lang, right=0)],
        "series": [
            {
                "type": "sankey", "left": LEFT, "right": RIGHT, "top": TOP, "bottom": 6, "nodeWidth": 12,
                "nodeGap": 15, "layoutIterations": 0, "draggable": False, "silent": True, "nodeAlign": "left",
                "data": [
                    *(_block(f"bec {key}", class_word(f"bec.{key}", lang), MUTED, "left",
                             _sum(table, "bec", key) / whole) for key in left),
                    *(_block(key, class_name(key, lang), class_hue(key), "right",
                             _sum(table, "class", key) / whole) for key in right),
                ],
                "links": [
                    {"source": f"bec {row['bec']}", "target": str(row["class"]), "value": float(row["value"]),
                     "lineStyle": {"color": class_hue(row["class"]), "opacity": 0.55, "curveness": 0.5}}
                    for row in rows
                ],
            }
        ],
    }  # fmt: skip


def _sum(table: pd.DataFrame, column: str, key: str) -> float:
    return float(table.loc[table[column] == key, "value"].sum())


def _head(key: str, lang: Lang, **place: int) -> dict[str, Any]:
    return {
        "text": class_word(key, lang), **place, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def _block(name: str, words: str, hue: str, side: str, share: float) -> dict[str, Any]:
    return {
        "name": name, "depth": 0 if side == "left" else 1,
        "itemStyle": {"color": hue, "borderColor": mixed(MUTED, 0.5), "borderWidth": 0.5},
        "label": {"position": side, "formatter": f"{words} {fine(share)}", "color": INK, "fontSize": 11.5,
                  "textBorderColor": PAPER, "textBorderWidth": 2},
    }  # fmt: skip

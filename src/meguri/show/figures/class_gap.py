"""Capital goods against process-control goods, economy by economy: alike in one view, apart in the other."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import class_word, fine, variant_words
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import apart, beside
from meguri.show.ink import INK, MUTED, RULE, base_option, clip, mixed
from meguri.show.spell import word

TOP, BOTTOM, HEIGHT = 44, 14, 420
NAME_GAP = 16
MOST = 12  # economies drawn: those with the largest trade
HUE = "#2e1a4f"
PLACES = {"capital": "_left", "share": "_right"}  # each post has a scale of its own


def class_gap(
    table: pd.DataFrame, *, year: int, variant: str = "PC4", lang: Lang = "en", footer: str = ""
) -> Chart:
    """Left the share of capital goods, right the share of process-control goods with P10–P90.

    Parameters
    ----------
    table : DataFrame
        country, value, capital [1], share [1], p10, p90: one row for each economy.
    year : int
        Year of all of them.
    """
    rows = table.nlargest(MOST, "value").reset_index(drop=True)
    return Chart(
        key="class-gap",
        option=_option(rows, variant, lang),
        table=table,
        title=_title(rows, variant, lang),
        subtitle=class_word("gap_subtitle", lang, year=year, n=len(rows), m=len(table)),
        footer=footer,
        lang=lang,
        declared="class_gap",
        height=HEIGHT,
    )


def _title(rows: pd.DataFrame, variant: str, lang: Lang) -> str:
    """The economy that comes first in process-control goods, and its place among capital goods."""
    first = rows.loc[rows["share"].idxmax()]
    place = int((rows["capital"] > first["capital"]).sum()) + 1
    return class_word(
        "gap_title", lang, country=word(first["country"], "countries", lang), share=fine(first["share"]),
        variant=variant_words(variant, lang), place=place, n=len(rows), capital=fine(first["capital"]),
    )  # fmt: skip


def _option(rows: pd.DataFrame, variant: str, lang: Lang) -> dict[str, Any]:
    shared = {"type": "value", "show": False}
    highest = float(rows[["share", "p90"]].max(axis=None))
    rows = rows.assign(_left=rows["capital"] / rows["capital"].max(), _right=rows["share"] / highest)
    rows = rows.assign(_low=rows["p10"] / highest, _high=rows["p90"] / highest)
    names = {column: _names(rows, column, lang) for column in ("capital", "share")}
    first = rows["share"].idxmax()
    return {
        **base_option(),
        "grid": {"left": "30%", "right": "36%", "top": TOP, "bottom": BOTTOM},
        "title": [
            _head(class_word("bec.capital", lang), "30%", "right"),
            _head(variant_words(variant, lang, first=True), "64%", "left"),
        ],
        "xAxis": {**shared, "min": 0, "max": 1},
        "yAxis": {**shared, "min": 0, "max": 1.04},
        "series": [
            _posts(),
            *(_ranges(rows)),
            *(_line(rows.loc[n], n, names, n == first) for n in rows.index),
        ],
    }


def _head(text: str, left: str, align: str) -> dict[str, Any]:
    return {
        "text": text, "left": left, "top": 2, "padding": 0, "textAlign": align,
        "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def _posts() -> dict[str, Any]:
    data = [[0, 0], [0, 1.04], ["-", "-"], [1, 0], [1, 1.04]]
    return {
        "name": "posts", "type": "line", "symbol": "none", "silent": True, "data": data,
        "lineStyle": {"color": RULE, "width": 1},
    }  # fmt: skip


def _ranges(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """P10–P90 as upright bars on the right post."""
    data: list[list[Any]] = []
    for row in rows.to_dict("records"):
        low, high = number_or_none(row["_low"]), number_or_none(row["_high"])
        if low is not None and high is not None:
            data += [[1, low], [1, high], ["-", "-"]]
    return [
        {
            "name": "ranges", "type": "line", "symbol": "none", "silent": True, "data": data,
            "lineStyle": {"color": mixed(HUE, 0.5), "width": 5, "opacity": 0.35, "cap": "butt"},
        }
    ]  # fmt: skip


def _names(rows: pd.DataFrame, column: str, lang: Lang) -> dict[int, tuple[str, float]]:
    """Name and vertical shift [px] beside each end."""
    inner = HEIGHT - TOP - BOTTOM
    wanted = [inner * (1 - float(place) / 1.04) for place in rows[PLACES[column]]]
    placed = apart(wanted, NAME_GAP, -8, inner + 10)
    told = [
        f"{clip(word(row['country'], 'countries', lang), 20)} {fine(row[column])}"
        for row in rows.to_dict("records")
    ]
    return {
        n: (text, round(there - here, 1))
        for n, (text, here, there) in enumerate(zip(told, wanted, placed, strict=True))
    }


def _line(
    row: pd.Series[Any], n: int, names: dict[str, dict[int, tuple[str, float]]], first: bool
) -> dict[str, Any]:
    points = []
    for x, column in ((0, "capital"), (1, "share")):
        text, shift = names[column][n]
        label = {**beside(text, left=x == 0, hue=INK), "offset": [0, shift], "distance": 9}
        points.append({"value": [x, round(float(row[PLACES[column]]), 5)], "label": label})
    hue = HUE if first else MUTED
    return {
        "name": str(row["country"]), "type": "line", "symbol": "circle", "symbolSize": 6, "silent": True,
        "data": points, "lineStyle": {"color": hue, "width": 2.4 if first else 1.2},
        "itemStyle": {"color": hue}, "z": 4 if first else 3,
    }  # fmt: skip

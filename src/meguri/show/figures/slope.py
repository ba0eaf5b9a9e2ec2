"""Ore against refined: two columns, a line for each country."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import apart, beside
from meguri.show.ink import INK, MUTED, RULE, base_option, clip, stage_hue
from meguri.show.spell import listing, percent, say, word

TOP, BOTTOM = 34, 14
NAME_GAP = 15  # px between two names
NAMED = 6  # countries named, the largest on either side


def ore_slope(
    table: pd.DataFrame, *, about: str = "", lang: Lang = "en", footer: str = "", height: int = 340
) -> Chart:
    """Share of the ore on the left, of the refined metal on the right: who gains on the way.

    Parameters
    ----------
    table : DataFrame
        Rows of ``ore_refined`` of one element and one source.
    about : str
        Words for element, years and source.
    """
    rows = table.dropna(subset=["share_ore", "share_refined"]).reset_index(drop=True)
    return Chart(
        key="slope",
        option=_option(rows, lang, height),
        table=table,
        title=_title(rows, lang),
        subtitle=about,
        footer=footer,
        lang=lang,
        declared="ore_refined",
        height=height if len(rows) else 10,
    )


def one_source(contrast: pd.DataFrame) -> pd.DataFrame:
    """Rows of one source: the latest of those that compare at least half as many countries as the best."""
    if contrast.empty:
        return contrast
    ranked = contrast.groupby("source").agg(years=("year_refined", "max"), known=("difference", "count"))
    enough = ranked[ranked["known"] >= ranked["known"].max() / 2]
    best = enough.sort_values(["years", "known"], ascending=False, kind="stable").index[0]
    return contrast[contrast["source"] == best].reset_index(drop=True)


def _title(rows: pd.DataFrame, lang: Lang) -> str:
    if rows.empty:
        return say("slope_none", lang)
    row = rows.loc[rows[["share_ore", "share_refined"]].max(axis=1).idxmax()]
    return say(
        "slope_title",
        lang,
        country=word(row["country"], "countries", lang),
        ore=percent(number_or_none(row["share_ore"])),
        refined=percent(number_or_none(row["share_refined"])),
    )


def _option(rows: pd.DataFrame, lang: Lang, height: int) -> dict[str, Any]:
    if rows.empty:
        return {**base_option(), "series": []}
    top = max([0.05, *rows["share_ore"], *rows["share_refined"]])
    ends = [word("ore", "stages", lang), word("refining", "stages", lang)]
    shared = {"type": "value", "show": False}
    left = _names(rows, "share_ore", top, height, lang)
    right = _names(rows, "share_refined", top, height, lang)
    return {
        **base_option(),
        "grid": {"left": "38%", "right": "38%", "top": TOP, "bottom": BOTTOM},
        "title": [_head(ends[0], "38%", "right", "ore"), _head(ends[1], "62%", "left", "refining")],
        "xAxis": {**shared, "min": 0, "max": 1},
        "yAxis": {**shared, "min": 0, "max": top},
        "series": [
            _posts(top),
            *(_line(row, left, right) for row in rows.to_dict("records")),
        ],
    }


def _head(text: str, left: str, align: str, stage: str) -> dict[str, Any]:
    return {
        "text": text, "left": left, "top": 2, "padding": 0, "textAlign": align,
        "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": stage_hue(stage)},
    }  # fmt: skip


def _posts(top: float) -> dict[str, Any]:
    data = [[0, 0], [0, top], ["-", "-"], [1, 0], [1, top]]
    return {
        "name": "posts", "type": "line", "symbol": "none", "silent": True, "data": data,
        "lineStyle": {"color": RULE, "width": 1},
    }  # fmt: skip


def _names(
    rows: pd.DataFrame, column: str, top: float, height: int, lang: Lang
) -> dict[str, tuple[str, float]]:
    """Name and vertical shift [px] beside each end; ends that share a place share a line of text."""
    inner = height - TOP - BOTTOM
    worth = rows.loc[rows[["share_ore", "share_refined"]].max(axis=1).nlargest(NAMED).index]
    worth = worth.sort_values([column, "country"], ascending=[False, True])
    naught = worth[worth[column] <= 0]
    said = {row["country"]: _said(row, column, lang) for row in worth.to_dict("records") if row[column] > 0}
    if len(naught):  # names of those without a share would stand on one another: their codes do not
        only = word(naught["country"].iloc[0], "countries", lang)
        codes = listing([str(country) for country in naught["country"]], lang)
        said[naught["country"].iloc[0]] = f"{clip(only if len(naught) == 1 else codes, 16)} 0%"
    shares = dict(zip(worth["country"], worth[column], strict=True))
    wanted = [inner * (1 - float(shares[country]) / top) for country in said]
    placed = apart(wanted, NAME_GAP, -8, inner + 12)
    return {
        country: (text, round(there - here, 1))
        for (country, text), here, there in zip(said.items(), wanted, placed, strict=True)
    }


def _said(row: dict[Any, Any], column: str, lang: Lang) -> str:
    return f"{clip(word(row['country'], 'countries', lang), 18)} {percent(number_or_none(row[column]))}"


def _line(row: dict[Any, Any], left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    gains = float(row["share_refined"]) > float(row["share_ore"])
    hue = stage_hue("refining") if gains else MUTED
    points = []
    for x, column, names in ((0, "share_ore", left), (1, "share_refined", right)):
        text, shift = names.get(row["country"], ("", 0.0))
        label = {**beside(text, left=x == 0, hue=INK), "offset": [0, shift]} if text else {"show": False}
        points.append({"value": [x, float(row[column])], "label": label})
    return {
        "name": row["country"], "type": "line", "symbol": "circle", "symbolSize": 6, "silent": True,
        "data": points, "lineStyle": {"color": hue, "width": 2 if gains else 1.3},
        "itemStyle": {"color": hue},
    }  # fmt: skip

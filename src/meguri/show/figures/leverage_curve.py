"""What a card is still worth, year by year: one line an item, and below it the year in which half is gone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import LIFT, apart, beside
from meguri.show.figures.panels import nice_step
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, mixed, quiet_axis
from meguri.show.leverage_words import NO_CARD, half_text, item_hue, lever_word
from meguri.show.spell import listing, missing, percent

LEFT, RIGHT, TOP, PANEL, BETWEEN, ROW, FOOT = 46, 226, 16, 300, 64, 25, 10
ABSOLUTE = ("leverage", "p10", "p90")  # median and band of the worth itself
LEFT_OVER = ("left", "left_low", "left_high")  # and of what is left of its first day
NAME_GAP = 15  # px between the names of two lines
FEW = 3  # lines up to which bands are drawn as areas; more would be mud
LONGEST = 24  # Latin letters of a name beside a line


def leverage_curve(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    names: Mapping[str, str],
    *,
    lift: float | None = None,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Leverage left of its value on the first day, with bands, and half-lives on the same axis of years.

    Parameters
    ----------
    table : DataFrame
        Rows of ``leverage_curve``: card, item, reverse, year, leverage with p10 and p90, left with its band.
    summary : DataFrame
        card, item, half_life, half_life_low, half_life_high, years [a], start, long; no half-life is never.
    names : mapping of card to str
        Shown name of every card, in the reader's language.
    lift : float, optional [a]
        Years after which the control is lifted, where it is.
    """
    cards = by_decay(summary)
    reach = float(table["year"].max()) if len(table) else 10.0
    absolute = table["item"].nunique() <= 1  # of one item the worth itself, of several what is left of it
    option = _option(table, summary, cards, names, reach, absolute, lang)
    if lift is not None and lift <= reach:
        option["series"].append(_lift(lift, lang))
    return Chart(
        key="leverage-curve",
        option=option,
        table=table,
        title=_title(summary, cards, names, lang),
        subtitle=lever_word("curve_absolute" if absolute else "curve_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="leverage_curve",
        height=TOP + PANEL + BETWEEN + ROW * max(1, len(cards)) + FOOT,
    )


def by_decay(summary: pd.DataFrame) -> list[str]:
    """Cards in the order in which they lose half; those that do not in the years looked at by what is left.

    Examples
    --------
    >>> frame = {"card": ["a", "b", "c"], "half_life": [float("nan"), 52.0, 1.0], "years": 10.0,
    ...          "start": 0.8, "long": [0.6, 0.7, 0.1]}
    >>> by_decay(pd.DataFrame(frame))
    ['c', 'a', 'b']
    """
    real = summary["start"] >= NO_CARD
    inside = real & (summary["half_life"] <= summary["years"])
    left = (summary["long"] / summary["start"]).fillna(1.0)
    order = summary.assign(_half=summary["half_life"].where(inside), _left=left.mask(inside, 0.0).where(real))
    order = order.sort_values(["_half", "_left", "card"], na_position="last", kind="stable")
    return [str(card) for card in order["card"]]


def _title(summary: pd.DataFrame, cards: list[str], names: Mapping[str, str], lang: Lang) -> str:
    if not cards:
        return lever_word("curve_none", lang)
    summary = summary[summary["start"] >= NO_CARD]
    cards = [card for card in cards if card in set(summary["card"])]
    if not cards:
        return lever_word("curve_no_card", lang)
    told = {str(row["card"]): half_text(row, lang) for row in summary.to_dict("records")}
    slow = summary[~(summary["half_life"] <= summary["years"])]
    fill = {"n": f"{float(summary['years'].max()):g}", "first": names[cards[0]], "years": told[cards[0]]}
    if len(cards) == 1:
        return lever_word("curve_one" if slow.empty else "curve_one_never", lang, **fill)
    if len(slow) == len(cards):
        return lever_word("curve_all_never", lang, **fill)
    if len(slow):
        late = [names[card] for card in cards if card in set(slow["card"])]
        return lever_word("curve_some_never", lang, **fill, names=listing(late, lang, 2))
    return lever_word("curve_title", lang, **fill, last=names[cards[-1]], last_years=told[cards[-1]])


def _option(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    cards: list[str],
    names: Mapping[str, str],
    reach: float,
    absolute: bool,
    lang: Lang,
) -> dict[str, Any]:
    columns = ABSOLUTE if absolute else LEFT_OVER
    lines = {card: table[table["card"] == card].sort_values("year") for card in cards}
    hues = {str(row["card"]): item_hue(row["item"]) for row in summary.to_dict("records")}
    top, step = _height(table, columns) if absolute else (100.0, 25.0)
    series: list[dict[str, Any]] = [] if absolute else [_half_line(reach)]
    for card in cards:
        series += _line(lines[card], hues[card], columns, banded=len(cards) <= FEW)
    series += [_crossings(summary, lines, columns[0], reach, hues)]
    series += [_names(lines, columns[0], names, hues, top)]
    series += [*_ranges(summary, cards, hues, reach), _never(summary, cards, names, reach, lang)]
    return {**base_option(), **_axes(cards, reach, top, step, lang), "series": series}


def _axes(cards: list[str], reach: float, top: float, step: float, lang: Lang) -> dict[str, Any]:
    """Two panels on one axis of years: the curves, and below them a row for each half-life."""
    rows = ROW * max(1, len(cards))
    return {
        "grid": [
            {"left": LEFT, "right": RIGHT, "top": TOP, "height": PANEL},
            {"left": LEFT, "right": RIGHT, "top": TOP + PANEL + BETWEEN, "height": rows},
        ],
        "title": [_head(lever_word("curve_half_head", lang))],
        "xAxis": [
            _years(reach, 0, lang),
            {**_years(reach, 1, lang), "axisLabel": {"show": False}, "name": ""},
        ],
        "yAxis": [
            quiet_axis(type="value", min=0, max=top, interval=step, splitLine={"show": True},
                       axisLabel={"formatter": "{value}%"}),
            quiet_axis(type="category", gridIndex=1, inverse=True, data=cards, axisLabel={"show": False},
                       splitLine={"show": True}),
        ],
    }  # fmt: skip


def _height(table: pd.DataFrame, columns: tuple[str, str, str]) -> tuple[float, float]:
    """Top of the axis and its step [%], above every band but never above all."""
    reach = 100 * float(table[list(columns)].max(axis=None))
    step = nice_step(reach, 5)
    return min(100.0, step * math.ceil(reach / step - 1e-9)), step


def _head(text: str) -> dict[str, Any]:
    return {
        "text": text, "left": 4, "top": TOP + PANEL + BETWEEN - 20, "padding": 0,
        "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def _years(reach: float, place: int, lang: Lang) -> dict[str, Any]:
    step = next(s for s in (1, 2, 5, 10) if reach / s <= 12)
    return quiet_axis(
        type="value", gridIndex=place, min=0, max=reach, interval=step,
        axisLine={"show": True, "onZero": False, "lineStyle": {"color": RULE}},
        name=lever_word("axis_years", lang), nameLocation="middle", nameGap=22,
    )  # fmt: skip


def _lift(lift: float, lang: Lang) -> dict[str, Any]:
    """An upright where the control is lifted."""
    label = {"formatter": lever_word("lifted_here", lang), "color": MUTED, "fontSize": 11, "position": "end"}
    return {
        "name": "lift", "type": "line", "data": [], "silent": True,
        "markLine": {"symbol": "none", "silent": True, "data": [{"xAxis": lift}], "label": label,
                     "lineStyle": {"color": MUTED, "type": [4, 3], "width": 1.2}},
    }  # fmt: skip


def _half_line(reach: float) -> dict[str, Any]:
    """The height at which half is gone."""
    return {
        "name": "half", "type": "line", "symbol": "none", "silent": True, "data": [[0, 50], [reach, 50]],
        "lineStyle": {"color": MUTED, "width": 1, "type": [3, 3]}, "z": 1,
    }  # fmt: skip


def _line(
    rows: pd.DataFrame, hue: str, columns: tuple[str, str, str], *, banded: bool
) -> list[dict[str, Any]]:
    """Median and band of one card [%]; the other direction is dashed and its band paler."""
    shared = {"type": "line", "symbol": "none", "silent": True}
    card, dashed = (str(rows["card"].iloc[0]), bool(rows["reverse"].iloc[0])) if len(rows) else ("", False)
    middle, low, high = columns
    found: list[dict[str, Any]] = []
    known = rows.dropna(subset=[low, high])
    if len(known):
        unseen = {"lineStyle": {"opacity": 0}, "stack": f"band-{card}"}
        found = [
            {**shared, **unseen, "name": f"{card}-floor", "data": _pairs(known["year"], known[low])},
            {**shared, **unseen, "name": f"{card}-band",
             "data": _pairs(known["year"], known[high] - known[low]),
             "areaStyle": {"color": hue, "opacity": 0.07 if dashed or not banded else 0.2}},
        ]  # fmt: skip
    style = {"color": hue, "width": 2.4, "type": [5, 4] if dashed else "solid"}
    line = {"name": card, "data": _pairs(rows["year"], rows[middle]), "lineStyle": style, "z": 4}
    return [*found, {**shared, **line}]


def _pairs(years: pd.Series[float], shares: pd.Series[float]) -> list[list[float]]:
    return [[float(year), 100 * float(share)] for year, share in zip(years, shares, strict=True)]


def _crossings(
    summary: pd.DataFrame,
    lines: Mapping[str, pd.DataFrame],
    column: str,
    reach: float,
    hues: Mapping[str, str],
) -> dict[str, Any]:
    """A ring on each line where half is gone."""
    data = []
    for row in summary[summary["start"] >= NO_CARD].dropna(subset=["half_life"]).to_dict("records"):
        card = str(row["card"])
        if row["half_life"] <= reach and len(lines[card]):
            half = 50 * float(lines[card][column].iloc[0])
            ring = {"color": PAPER, "borderWidth": 2, "borderColor": hues[card]}
            data.append({"value": [float(row["half_life"]), half], "itemStyle": ring})
    return {"name": "crossings", "type": "scatter", "symbolSize": 8, "silent": True, "data": data, "z": 6}


def _names(
    lines: Mapping[str, pd.DataFrame],
    column: str,
    names: Mapping[str, str],
    hues: Mapping[str, str],
    top: float,
) -> dict[str, Any]:
    """Names at the right end, kept apart."""
    ends = {card: 100 * float(rows[column].iloc[-1]) for card, rows in lines.items() if len(rows)}
    places = apart([PANEL * value / top for value in ends.values()], NAME_GAP, 0, PANEL)
    data = [
        {"value": [float(lines[card]["year"].iloc[-1]), top * place / PANEL],
         "label": beside(f"{clip(names[card], LONGEST)} {percent(value / 100)}", hue=hues[card])}
        for (card, value), place in zip(ends.items(), places, strict=True)
    ]  # fmt: skip
    return {"name": "names", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data, "z": 5}


def _ranges(
    summary: pd.DataFrame, cards: list[str], hues: Mapping[str, str], reach: float
) -> list[dict[str, Any]]:
    """Half-lives below the lines, on the same axis: a range and a dot each."""
    found: list[tuple[str, list[list[float]]]] = []
    dots: list[dict[str, Any]] = []
    for row in summary[summary["start"] >= NO_CARD].to_dict("records"):
        card, place = str(row["card"]), cards.index(str(row["card"]))
        low, mid, high = (
            number_or_none(row[name]) for name in ("half_life_low", "half_life", "half_life_high")
        )
        if low is not None and low < reach:
            top = reach if high is None or math.isinf(high) else min(high, reach)
            found.append((hues[card], [[low, place], [top, place]]))
        style: dict[str, Any] = {"itemStyle": {"color": hues[card]}}
        if mid is None or mid > reach:  # beyond the axis: an arrow at its end
            style |= {"symbol": "triangle", "symbolRotate": -90, "symbolSize": 9}
        dots.append({"value": [reach if mid is None else min(mid, reach), place], **style})
    at = {"xAxisIndex": 1, "yAxisIndex": 1, "silent": True}
    lines = [
        {"name": "ranges", "type": "line", "symbol": "none", **at, "data": [*ends, LIFT],
         "lineStyle": {"color": mixed(hue, 0.45), "width": 6, "cap": "butt"}}
        for hue, ends in found
    ]  # fmt: skip
    return [*lines, {"name": "half-lives", "type": "scatter", "symbolSize": 10, "data": dots, "z": 5, **at}]


def _never(
    summary: pd.DataFrame, cards: list[str], names: Mapping[str, str], reach: float, lang: Lang
) -> dict[str, Any]:
    """Name and half-life of each row at the right edge."""
    data = []
    for row in summary.to_dict("records"):
        card = str(row["card"])
        never = missing(row["half_life"]) and float(row["start"]) >= NO_CARD
        text = lever_word("never_short", lang) if never else half_text(row, lang)
        words = f"{clip(names[card], LONGEST)}  {text}"
        data.append({"value": [reach, cards.index(card)],
                     "label": beside(words, hue=item_hue(row["item"]), size=11)})  # fmt: skip
    return {
        "name": "rows", "type": "scatter", "symbolSize": 0.1, "silent": True, "xAxisIndex": 1,
        "yAxisIndex": 1, "data": data,
    }  # fmt: skip

"""Which of two plans is the better one, over a yield and the position that the direct plan keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.axes import panel_title
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, mixed, quiet_axis, wrap
from meguri.show.spell import joined, listing, percent, say, significant

TOP, HEIGHT, GAP, BOTTOM = 72, 230, 104, 62
LEFT, BETWEEN, RIGHT, WIDTH = 62, 66, 20, 920
DIRECT = mixed(INK, 0.14)
KINDS = ("function", "net")


def tie_picture(
    line: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    names: Mapping[str, str],
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """A panel for each stock and way of counting: the line of the tie with its band, and the stock at hand.

    Parameters
    ----------
    line, marks : DataFrame
        Tables ``tie_line`` and ``tie_marks``.
    names : mapping
        Shown name of every stock and plan, and of the yields on the horizontal axes by their parameter.
    """
    stocks = list(dict.fromkeys(marks["stock"]))
    return Chart(
        key="tie",
        option=_option(line, marks, stocks, names, lang),
        table=line.assign(stock=line["stock"].map(names)),
        title=_title(line, marks, names, lang),
        subtitle=say("tie_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="tie_line",
        height=TOP + BOTTOM + len(stocks) * HEIGHT + (len(stocks) - 1) * GAP,
    )


def tie_at(line: pd.DataFrame, share: float) -> float:
    """Ratio of the tie at one yield, between the points of the line."""
    return float(np.interp(share, line["yield"], line["ratio"]))


def _part(table: pd.DataFrame, stock: str, kind: str) -> pd.DataFrame:
    return table[(table["stock"] == stock) & (table["by"] == kind)]


def _title(line: pd.DataFrame, marks: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    """Where each stock stands against the ratio at which the plans tie."""
    said = []
    for stock, rows in marks[marks["ratio_mode"].notna()].groupby("stock", sort=False):
        ties = [
            say(
                "tie_of",
                lang,
                tie=significant(tie_at(_part(line, str(stock), row["by"]), row["yield_mode"]), 2),
                by=label(row["by"], lang, "compared_by"),
            )
            for row in rows.to_dict("records")
        ]
        now = significant(float(rows["ratio_mode"].iloc[0]), 2)
        said.append(say("tie_title", lang, stock=names[str(stock)], now=now, ties=listing(ties, lang)))
    return joined(said, lang)


def _legend(marks: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    """Which side belongs to which plan."""
    rich = {
        "direct": {"backgroundColor": DIRECT, "width": 16, "height": 11},
        "other": {"backgroundColor": PAPER, "width": 14, "height": 9, "borderColor": MUTED, "borderWidth": 1},
    }
    others = list(dict.fromkeys(marks["other"]))
    plans = {
        "direct": names[str(marks["direct"].iloc[0])],
        "other": names[others[0]] if len(others) == 1 else say("tie_other", lang),
    }
    text = "      ".join(f"{{{side}|}} {say('tie_better', lang, plan=plan)}" for side, plan in plans.items())
    style = {"fontSize": 11.5, "fontWeight": "normal", "color": INK, "rich": rich}
    return {"text": text, "left": 8, "top": 4, "padding": 0, "textStyle": style}


def _option(
    line: pd.DataFrame, marks: pd.DataFrame, stocks: list[str], names: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [_legend(marks, names, lang)], "xAxis": [], "yAxis": [],
        "series": [],
    }  # fmt: skip
    panels = [(stock, kind) for stock in stocks for kind in KINDS]
    for place, (stock, kind) in enumerate(panels):
        mark, points = _part(marks, stock, kind), _part(line, stock, kind)
        if mark.empty:
            continue
        axis = len(option["grid"])
        grid = _grid(place)
        row = mark.iloc[0].to_dict()
        head = f"{clip(names[stock], 44)}\n{label(kind, lang, 'compared_by')}"
        option["grid"].append(grid)
        option["title"].append(panel_title(head, grid, 2))
        option["xAxis"].append(_across(names[str(row["route_parameter"])], axis))
        option["yAxis"].append(_up(axis, lang))
        option["series"] += [*_region(points, axis), *_stock(row, axis, lang)]
    return option


def _grid(place: int) -> dict[str, Any]:
    width = 100 * (WIDTH - LEFT - BETWEEN - RIGHT) / WIDTH / 2
    left = 100 * LEFT / WIDTH + (place % 2) * (width + 100 * BETWEEN / WIDTH)
    top = TOP + (place // 2) * (HEIGHT + GAP)
    return {"left": f"{left:.2f}%", "width": f"{width:.2f}%", "top": top, "height": HEIGHT}


def _across(name: str, axis: int) -> dict[str, Any]:
    return quiet_axis(
        type="value", gridIndex=axis, min=0, max=100, interval=25, name=f"{wrap(name, 40)} [%]",
        nameLocation="middle", nameGap=26, nameTextStyle={"lineHeight": 16},
        axisLine={"show": True, "lineStyle": {"color": RULE}},
    )  # fmt: skip


def _up(axis: int, lang: Lang) -> dict[str, Any]:
    return quiet_axis(
        type="value", gridIndex=axis, min=0, max=1, interval=0.25, name=say("tie_ratio", lang),
        nameLocation="middle", nameGap=40, axisLine={"show": True, "lineStyle": {"color": RULE}},
    )  # fmt: skip


def _region(points: pd.DataFrame, axis: int) -> list[dict[str, Any]]:
    """The side of the direct plan in grey, the band of the tie over it, the line on top."""
    x = 100 * points["yield"]
    at = {"type": "line", "xAxisIndex": axis, "yAxisIndex": axis, "symbol": "none", "silent": True}
    unseen = {"lineStyle": {"opacity": 0}, "tooltip": {"show": False}}

    def pairs(values: pd.Series[float]) -> list[list[float]]:
        return [list(pair) for pair in zip(x, values, strict=True)]

    side, band = {"stack": f"side-{axis}"}, {"stack": f"band-{axis}"}
    return [
        {**at, **unseen, **side, "name": "floor", "data": pairs(points["ratio"])},
        {**at, **unseen, **side, "name": "direct", "data": pairs(1 - points["ratio"]),
         "areaStyle": {"color": DIRECT, "opacity": 1}},
        {**at, **unseen, **band, "name": "p10", "data": pairs(points["p10"])},
        {**at, **unseen, **band, "name": "p90", "data": pairs(points["p90"] - points["p10"]),
         "areaStyle": {"color": INK, "opacity": 0.22}},
        {**at, "name": "tie", "data": pairs(points["ratio"]), "z": 4,
         "lineStyle": {"color": INK, "width": 1.6}},
    ]  # fmt: skip


def _stock(row: dict[Any, Any], axis: int, lang: Lang) -> list[dict[str, Any]]:
    """The stock at hand with the ranges of its two numbers."""
    at = {"xAxisIndex": axis, "yAxisIndex": axis, "silent": True}
    if pd.isna(row["ratio_mode"]):
        return []
    x, y = 100 * row["yield_mode"], row["ratio_mode"]
    cross = [
        [100 * row["yield_low"], y], [100 * row["yield_high"], y], LIFT,
        [x, row["ratio_low"]], [x, row["ratio_high"]],
    ]  # fmt: skip
    now = say("tie_now", lang, ratio=significant(y, 2), share=percent(row["yield_mode"]))
    words = {
        "show": True, "formatter": now, "position": "left", "distance": 8, "color": INK, "fontSize": 11,
        "offset": [0, -10 if y < 0.8 else 12], "fontWeight": "bold", "textBorderColor": PAPER,
        "textBorderWidth": 2.5,
    }  # fmt: skip
    return [
        {"name": "range", "type": "line", "symbol": "none", "data": cross, "z": 5,
         "lineStyle": {"color": INK, "width": 1.3}, **at},
        {"name": "now", "type": "scatter", "symbolSize": 10, "data": [[x, y]], "z": 6,
         "itemStyle": {"color": INK, "borderColor": PAPER, "borderWidth": 1.5}, "label": words, **at},
    ]  # fmt: skip

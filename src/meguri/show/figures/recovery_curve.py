"""How soon it was back: the share of stops not yet recovered, hour by hour, open cases marked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, LOSS, MUTED, RULE, base_option, quiet_axis
from meguri.show.safetynet_words import figure_text, net_word

HUE = "#0d436a"
HEIGHT = 262


def recovery_curve(curve: pd.DataFrame, median: float | None, n: int, *, lang: Lang) -> Chart:
    """The Kaplan-Meier curve with its band.

    Parameters
    ----------
    curve : DataFrame
        ``kpi_curve``.
    median : float or None
        Hours by which half had recovered, as the card says it; None where it is refused.
    n : int
        Stops behind the curve.
    """
    drawn = curve if n > 1 else curve.iloc[:0]
    cuts = int(drawn["cut"].sum())
    known = median is not None and len(drawn)
    title = (
        net_word("curve_title", lang, median=figure_text("recovery_median", median, lang, unit=False))
        if known
        else net_word("curve_title_none", lang)
    )
    subtitle = net_word("curve_sub", lang, n=n) + (net_word("curve_open", lang) if cuts else "")
    return Chart(
        key="recovery_curve", option=_option(drawn, lang), table=drawn, title=title, subtitle=subtitle,
        footer=net_word("figure_source", lang), lang=lang, declared="kpi_curve",
        height=HEIGHT if len(drawn) else 10,
    )  # fmt: skip


def _option(curve: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    if curve.empty:
        return base_option()
    last = float(curve["hours"].max())
    shared = {"axisLine": {"show": True, "lineStyle": {"color": RULE}}}
    return {
        **base_option(),
        "grid": {"left": 40, "right": 16, "top": 12, "bottom": 42},
        "xAxis": quiet_axis(
            type="value", min=0, max=_ceiling(last), **shared, name=net_word("curve_x", lang),
            nameLocation="middle", nameGap=26,
        ),
        "yAxis": quiet_axis(
            type="value", min=0, max=1, interval=0.25, splitLine={"show": True}, axisLabel={"show": False}
        ),
        "series": [*_band(curve), _line(curve), _cuts(curve, lang), _scale(), _levels(lang)],
    }  # fmt: skip


def _ceiling(value: float) -> float:
    """First whole tick at or above the longest time."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1e9) if value <= 8 * s)
    return float(-(-value // step) * step)


def _steps(curve: pd.DataFrame, column: str) -> list[list[float]]:
    return [
        [round(float(hours), 4), round(float(value), 5)]
        for hours, value in zip(curve["hours"], curve[column], strict=True)
        if not pd.isna(value)
    ]


def _band(curve: pd.DataFrame) -> list[dict[str, Any]]:
    """An unseen floor and the band stacked on it, both as steps."""
    floor = _steps(curve, "share_low")
    width = [
        [x, round(high - low, 5)]
        for (x, low), (_, high) in zip(floor, _steps(curve, "share_high"), strict=False)
    ]
    shared = {
        "type": "line", "step": "end", "symbol": "none", "silent": True, "stack": "band",
        "lineStyle": {"opacity": 0}, "tooltip": {"show": False},
    }  # fmt: skip
    return [
        {**shared, "name": "floor", "data": floor},
        {**shared, "name": "band", "data": width, "areaStyle": {"color": HUE, "opacity": 0.14}},
    ]


def _line(curve: pd.DataFrame) -> dict[str, Any]:
    return {
        "name": "curve", "type": "line", "step": "end", "symbol": "none", "silent": True,
        "data": _steps(curve, "share"), "lineStyle": {"color": HUE, "width": 2},
    }  # fmt: skip


def _cuts(curve: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    """Open cases as upright strokes on the curve, at the hours they had lasted."""
    open_ = curve[curve["cut"] > 0]
    text = {"show": True, "formatter": net_word("curve_cut", lang), "position": "right", "color": LOSS,
            "fontSize": 10.5, "distance": 3, "offset": [0, -12]}  # fmt: skip
    data = [
        {
            "value": [float(row["hours"]), float(row["share"])],
            "label": text if place == 0 else {"show": False},
        }
        for place, row in enumerate(open_.to_dict("records"))
    ]
    return {
        "name": "open", "type": "scatter", "symbol": "rect", "symbolSize": [2.5, 14], "silent": True,
        "itemStyle": {"color": LOSS, "opacity": 1}, "data": data, "z": 6,
    }  # fmt: skip


def _scale() -> dict[str, Any]:
    """Percent beside the axis: an axis template cannot multiply by a hundred."""
    data = [
        {"value": [0, share], "label": {"show": True, "formatter": f"{share:.0%}", "position": "left",
                                        "distance": 6}}
        for share in (0, 0.5, 1)
    ]  # fmt: skip
    return {
        "name": "scale", "type": "scatter", "silent": True, "symbolSize": 0.1, "data": data, "clip": False,
        "label": {"color": MUTED, "fontSize": 10.5},
    }  # fmt: skip


def _levels(lang: Lang) -> dict[str, Any]:
    """The two heights that the card reads off: half, and one in ten."""
    return {
        "name": "levels", "type": "line", "data": [], "silent": True,
        "markLine": {
            "symbol": "none", "silent": True, "lineStyle": {"color": INK, "width": 0.8, "type": [3, 3]},
            "label": {"position": "insideEndTop", "fontSize": 10.5, "color": INK, "distance": 4},
            "data": [
                {"yAxis": level, "label": {"formatter": net_word(key, lang)}}
                for level, key in ((0.5, "curve_half"), (0.1, "curve_tenth"))
            ],
        },
    }  # fmt: skip

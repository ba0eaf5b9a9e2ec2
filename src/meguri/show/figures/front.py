"""The two axes: days bought against competitiveness kept, one mark a plan, and no score."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import LIFT, apart, beside
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, mixed, quiet_axis
from meguri.show.plans import best, efficient, letters, singles, undominated, without
from meguri.show.spell import name_of, percent, say

HEIGHT, TOP, BOTTOM = 520, 88, 52
NAME_GAP = 14  # px between two names
STEPS = (5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 1000, 2000)
RINGS = {"robust_time": ("emptyRect", 22), "robust_competitiveness": ("emptyDiamond", 34)}
CROSS = "path://M-5,-1h4v-4h2v4h4v2h-4v4h-2v-4h-4z"
SINGLE = mixed(INK, 0.45)


def front(plans: pd.DataFrame, *, horizon: float, lang: Lang = "en", footer: str = "") -> Chart:
    """Efficient plans with a letter each, ranges over the worlds, single measures, and the simulator's word.

    Parameters
    ----------
    plans : DataFrame
        Table ``respond_plans``.
    horizon : float [d]
        Days simulated; a plan at the horizon never falls short within it and points beyond.

    Notes
    -----
    The lower axis counts days bought from the plan without measures, the upper one days from the first
    day of the control; both are the same line, shifted.
    """
    zero = without(plans)
    base = float(zero["time_d"]) if zero is not None else 0.0
    return Chart(
        key="front",
        option=_option(plans, base, horizon, lang),
        table=plans,
        title=_title(plans, lang),
        subtitle=say("front_subtitle", lang, horizon=f"{horizon:,.0f}"),
        footer=footer,
        lang=lang,
        declared="respond_plans",
        height=HEIGHT,
    )


def _title(plans: pd.DataFrame, lang: Lang) -> str:
    """What can be had at both ends of the front."""
    early, strong = best(plans, "time_gained_d"), best(plans, "share")
    if early is None or strong is None:
        return say("front_none", lang)
    named = letters(plans)
    words = {
        "time": f"{early['time_gained_d']:,.0f}", "time_share": percent(early["share"]),
        "kept": percent(strong["share"]), "kept_time": f"{strong['time_gained_d']:,.0f}",
        "a": named[str(early["plan"])], "b": named[str(strong["plan"])],
    }  # fmt: skip
    return say("front_one" if early["plan"] == strong["plan"] else "front_two", lang, **words)


def _option(plans: pd.DataFrame, base: float, horizon: float, lang: Lang) -> dict[str, Any]:
    low, high, step = _reach(plans, base)
    bottom, top, up = _shares(plans)
    line = {"show": True, "onZero": False, "lineStyle": {"color": RULE}}
    across = {"type": "value", "interval": step, "axisLine": line, "nameLocation": "middle"}
    first = math.ceil((low + base) / step) * step
    return {
        **base_option(),
        "legend": _legend(lang),
        "grid": {"left": 66, "right": 40, "top": TOP, "bottom": BOTTOM},
        "xAxis": [
            quiet_axis(**across, min=low, max=high, splitLine={"show": True}, name=say("front_x", lang),
            nameGap=30),
            quiet_axis(
                **across, position="top", min=low + base, max=high + base, name=say("front_x_top", lang),
                nameGap=24,
                axisLabel={"customValues": _lines(first, step, high + base)},
            ),
        ],
        "yAxis": quiet_axis(
            type="value", min=bottom, max=top, interval=up, axisLine=line, splitLine={"show": True},
            axisLabel={"formatter": "{value}%"}, name=say("front_y", lang), nameLocation="middle", nameGap=46,
        ),
        "series": _series(plans, base, horizon, lang),
    }  # fmt: skip


def _lines(first: float, step: float, end: float) -> list[float]:
    """Places of an axis that does not begin at a multiple of its step."""
    return [first + step * n for n in range(math.floor((end - first) / step) + 1)]


def _onward(row: dict[Any, Any], horizon: float) -> str:
    """An arrow behind the letter of a plan that never falls short within the horizon."""
    return "→" if float(row["time_d"]) >= horizon else ""


def _reach(plans: pd.DataFrame, base: float) -> tuple[float, float, float]:
    """Ends and step of the axis of days bought."""
    shown = pd.concat([plans["time_gained_d"], plans["time_low"] - base, plans["sim_time_d"] - base])
    ends = pd.concat([shown, plans.loc[plans["role"] != "single", "time_high"] - base]).dropna()
    low, high = min([0.0, *ends]), max([10.0, *ends])
    step = float(next((s for s in STEPS if (high - low) / s <= 9), STEPS[-1]))
    return math.floor(low / step) * step, math.ceil(high * 1.02 / step) * step, step


def _shares(plans: pd.DataFrame) -> tuple[float, float, float]:
    """Ends and step of the axis of competitiveness [%]; it need not begin at zero: marks have no length."""
    ends = 100 * plans[["share", "share_low", "share_high", "sim_share"]].stack()
    step = 5.0 if len(ends) and ends.max() - ends.min() <= 45 else 10.0 if len(ends) else 25.0
    if ends.empty:
        return 0.0, 100.0, step
    return (
        max(0.0, math.floor(ends.min() / step) * step),
        min(100.0, math.ceil(ends.max() / step) * step),
        step,
    )


def _scale(plans: pd.DataFrame, base: float) -> tuple[float, float, float]:
    """Days beyond which a name stands on the left of its mark, and the ends of the upright axis."""
    low, high, _ = _reach(plans, base)
    bottom, top, _ = _shares(plans)
    return low + 0.7 * (high - low), bottom, top


def _legend(lang: Lang) -> dict[str, Any]:
    keys = {
        "front": "circle", "robust_time": "emptyRect", "robust_competitiveness": "emptyDiamond",
        "single": "triangle", "none": CROSS, "sim": "circle",
    }  # fmt: skip
    return {
        "top": 0, "left": 0, "selectedMode": False, "itemWidth": 14, "itemHeight": 11, "itemGap": 16,
        "textStyle": {"color": INK, "fontSize": 11.5},
        "data": [{"name": say(f"front_key.{key}", lang), "icon": icon} for key, icon in keys.items()],
    }  # fmt: skip


def _series(plans: pd.DataFrame, base: float, horizon: float, lang: Lang) -> list[dict[str, Any]]:
    shown, corners = efficient(plans), undominated(plans)
    named = letters(plans)
    return [
        _step(corners),
        _ranges(shown, base),
        _simulated(shown, base, lang),
        _plans(shown, named, horizon, lang),
        *(_ring(shown[shown["robust"].str.contains(role)], role, lang) for role in RINGS),
        _singles(singles(plans), _scale(plans, base), lang),
        _nothing(without(plans), lang),
        # the upper axis is drawn only where a series stands on it
        {"name": "days", "type": "line", "xAxisIndex": 1, "data": [], "silent": True},
    ]  # fmt: skip


def _xy(row: dict[Any, Any]) -> list[float | None]:
    share = number_or_none(row["share"])
    return [number_or_none(row["time_gained_d"]), None if share is None else round(100 * share, 3)]


def _step(corners: pd.DataFrame) -> dict[str, Any]:
    return {
        "name": "step", "type": "line", "step": "start", "symbol": "none", "silent": True, "z": 1,
        "data": [_xy(row) for row in corners.to_dict("records")],
        "lineStyle": {"color": INK, "width": 1.2, "opacity": 0.55},
    }  # fmt: skip


def _ranges(rows: pd.DataFrame, base: float) -> dict[str, Any]:
    """P10–P90 over the worlds on both axes."""
    data: list[list[Any]] = []
    for row in rows.to_dict("records"):
        x, y = _xy(row)
        low, high = number_or_none(row["time_low"]), number_or_none(row["time_high"])
        if low is not None and high is not None:
            data += [[low - base, y], [high - base, y], LIFT]
        low, high = number_or_none(row["share_low"]), number_or_none(row["share_high"])
        if low is not None and high is not None:
            data += [[x, round(100 * low, 3)], [x, round(100 * high, 3)], LIFT]
    return {
        "name": "ranges", "type": "line", "symbol": "none", "silent": True, "data": data, "z": 2,
        "lineStyle": {"color": MUTED, "width": 1, "opacity": 0.55},
    }  # fmt: skip


def _simulated(rows: pd.DataFrame, base: float, lang: Lang) -> dict[str, Any]:
    """Where the simulator puts the same plan: hollow, with the letter's plan named when it disagrees."""
    told = rows.dropna(subset=["sim_time_d", "sim_share"])
    return {
        "name": say("front_key.sim", lang), "type": "scatter", "symbol": "circle", "symbolSize": 14, "z": 3,
        "silent": True, "itemStyle": {"color": PAPER, "borderColor": INK, "borderWidth": 1.4},
        "data": [
            [float(row["sim_time_d"]) - base, round(100 * float(row["sim_share"]), 3)]
            for row in told.to_dict("records")
        ],
    }  # fmt: skip


def _plans(rows: pd.DataFrame, named: dict[str, str], horizon: float, lang: Lang) -> dict[str, Any]:
    """Each plan with its letter beside its mark; one that never falls short within the horizon points on."""
    return {
        "name": say("front_key.front", lang), "type": "scatter", "symbol": "circle", "symbolSize": 9,
        "z": 5, "itemStyle": {"color": INK, "borderColor": PAPER, "borderWidth": 1.5, "opacity": 1},
        "data": [
            {"name": f"{named[str(row['plan'])]} {name_of(row, lang, 'plan')}", "value": _xy(row),
             "label": {"formatter": named[str(row["plan"])] + _onward(row, horizon)}}
            for row in rows.to_dict("records")
        ],
        "label": {"show": True, "position": [13, -17], "color": INK, "fontSize": 14, "fontWeight": "bold",
                  "textBorderColor": PAPER, "textBorderWidth": 3},
        "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def _ring(rows: pd.DataFrame, role: str, lang: Lang) -> dict[str, Any]:
    """A frame around the plan that regrets least on one axis; a plan may carry both."""
    symbol, size = RINGS[role]
    return {
        "name": say(f"front_key.{role}", lang), "type": "scatter", "symbol": symbol, "symbolSize": size,
        "z": 4,
        "silent": True, "itemStyle": {"color": INK, "borderWidth": 1.6, "opacity": 1},
        "data": [_xy(row) for row in rows.to_dict("records")],
    }  # fmt: skip


def _singles(rows: pd.DataFrame, scale: tuple[float, float, float], lang: Lang) -> dict[str, Any]:
    """Small marks with names that keep apart; ``scale`` holds the ends of both axes that decide where."""
    middle, bottom, top = scale
    told = rows.dropna(subset=["time_gained_d", "share"]).to_dict("records")
    wanted = [(HEIGHT - TOP - BOTTOM) * (top - 100 * float(row["share"])) / (top - bottom) for row in told]
    placed = apart(wanted, NAME_GAP, 0, HEIGHT - TOP - BOTTOM)
    data = []
    for row, here, there in zip(told, wanted, placed, strict=True):
        name = name_of(row, lang, "plan")
        label = {
            **beside(clip(name, 40), left=float(row["time_gained_d"]) > middle, size=10.5, hue=MUTED),
            "offset": [0, round(there - here, 1)],
        }
        data.append({"name": name, "value": _xy(row), "label": label})
    return {
        "name": say("front_key.single", lang), "type": "scatter", "symbol": "triangle", "symbolSize": 8,
        "z": 3,
        "itemStyle": {"color": SINGLE, "opacity": 1}, "data": data, "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def _nothing(row: dict[Any, Any] | None, lang: Lang) -> dict[str, Any]:
    """No plan: where both axes are counted from."""
    return {
        "name": say("front_key.none", lang), "type": "scatter", "symbol": CROSS, "symbolSize": 13, "z": 4,
        "silent": True, "itemStyle": {"color": MUTED, "opacity": 1},
        "data": [] if row is None else [_xy(row)],
    }  # fmt: skip

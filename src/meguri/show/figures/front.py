"""The two axes: days bought against competitiveness kept, one mark a plan, and no score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import LIFT, apart, beside
from meguri.show.figures.panels import nice_step
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, mixed, quiet_axis
from meguri.show.plans import best, confirmed, efficient, letters, moving, singles, undominated, without
from meguri.show.spell import joined, name_of, percent, say

HEIGHT, TOP, BOTTOM = 506, 64, 52
LEFT, RIGHT = 66, 40
PAPER_WIDTH = 680 - LEFT - RIGHT  # px of the plot on A4
CUT = 1.5  # ranges are drawn up to so many times the furthest mark
NAMED = 6  # single measures named for each axis; the table has all
NAME_GAP = 14  # px between two names
STEPS = (5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 1000, 2000)
RINGS = {"robust_time": ("emptyRect", 22), "robust_competitiveness": ("emptyDiamond", 34)}
CROSS = "path://M-5,-1h4v-4h2v4h4v2h-4v4h-2v-4h-4z"
SINGLE = mixed(INK, 0.45)


def front(
    plans: pd.DataFrame,
    gains: Mapping[str, tuple[float, float]],
    *,
    horizon: float,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Efficient plans with a letter each, ranges over the worlds, single measures, and the simulator's word.

    Parameters
    ----------
    plans : DataFrame
        Table ``respond_plans``.
    gains : mapping
        P10 and P90 of the days that each plan buys, over the worlds (:func:`meguri.show.plans.gain_ranges`).
    horizon : float [d]
        Days simulated; a plan at the horizon never falls short within it and points beyond.
    """
    shown = efficient(plans)
    across, up = _reach(plans, shown, gains), _shares(plans)
    drawn = _Drawn(plans, shown, letters(plans), gains, horizon, lang, across, up)
    return Chart(
        key="front",
        option=_option(drawn),
        table=plans,
        title=_title(drawn),
        subtitle=joined([say("front_subtitle", lang, horizon=f"{horizon:,.0f}"), _cut(drawn)], lang),
        footer=footer,
        lang=lang,
        declared="respond_plans",
        height=HEIGHT,
    )


def _cut(drawn: _Drawn) -> str:
    """A word on ranges that leave the picture."""
    high = drawn.across[1]
    far = any(end > high for plan in drawn.shown["plan"] for end in drawn.gains.get(str(plan), ()))
    return say("front_cut", drawn.lang) if far else ""


def _title(drawn: _Drawn) -> str:
    """What can be had at both ends of the front."""
    lang = drawn.lang
    early, strong = best(drawn.shown, "time_gained_d"), best(drawn.shown, "share")
    if early is None or strong is None:
        return say("front_none", lang)
    words = {
        "time": _bought(early, drawn), "time_share": percent(early["share"]),
        "kept": percent(strong["share"]),
        "kept_time": _bought(strong, drawn), "a": _letter(early, drawn), "b": _letter(strong, drawn),
    }  # fmt: skip
    return say("front_one" if early["plan"] == strong["plan"] else "front_two", lang, **words)


def _bought(row: dict[Any, Any], drawn: _Drawn) -> str:
    """Days bought in words; so many or more where nothing falls short within the horizon."""
    days = f"{row['time_gained_d']:,.0f}"
    beyond = float(row["time_d"]) >= drawn.horizon
    return say("memo_least" if beyond else "memo_gain_d", drawn.lang, n=days)


def _letter(row: dict[Any, Any], drawn: _Drawn) -> str:
    """Letter of a plan, with the mark of what the simulator does not confirm."""
    return drawn.named[str(row["plan"])] + ("" if confirmed(row) else say("memo_unsure", drawn.lang))


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What every part of the picture reads."""

    plans: pd.DataFrame
    shown: pd.DataFrame
    named: dict[str, str]
    gains: Mapping[str, tuple[float, float]]
    horizon: float
    lang: Lang
    across: tuple[float, float, float]  # ends and step of days bought
    up: tuple[float, float, float]  # ends and step of competitiveness [%]


def _option(drawn: _Drawn) -> dict[str, Any]:
    (low, high, step), (bottom, top, up) = drawn.across, drawn.up
    line = {"show": True, "onZero": False, "lineStyle": {"color": RULE}}
    return {
        **base_option(),
        "legend": _legend(drawn.lang),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="value", min=low, max=high, interval=step, axisLine=line, splitLine={"show": True},
            name=say("front_x", drawn.lang), nameLocation="middle", nameGap=30,
        ),
        "yAxis": quiet_axis(
            type="value", min=bottom, max=top, interval=up, axisLine=line, splitLine={"show": True},
            axisLabel={"formatter": "{value}%"}, name=say("front_y", drawn.lang), nameLocation="middle",
            nameGap=46,
        ),
        "series": _series(drawn),
    }  # fmt: skip


def _onward(row: dict[Any, Any], horizon: float) -> str:
    """An arrow behind the letter of a plan that never falls short within the horizon."""
    return "→" if float(row["time_d"]) >= horizon else ""


def _reach(
    plans: pd.DataFrame, shown: pd.DataFrame, gains: Mapping[str, tuple[float, float]]
) -> tuple[float, float, float]:
    """Ends and step of the axis of days bought; a range may leave the picture, a mark may not."""
    ranges = [end for plan in shown["plan"] for end in gains.get(str(plan), ())]
    told = [number_or_none(value) for value in [*plans["time_gained_d"], *plans["sim_time_gained_d"]]]
    points = [0.0, 10.0, *(point for point in told if point is not None)]
    low = round(min([*points, *ranges]), 6)  # a solver's nought is no day
    high = max(points + [min(end, CUT * max(points)) for end in ranges])
    step = float(next((s for s in STEPS if (high - low) / s <= 9), STEPS[-1]))
    return math.floor(low / step) * step, math.ceil(high * 1.02 / step) * step, step


def _shares(plans: pd.DataFrame) -> tuple[float, float, float]:
    """Ends and step of the axis of competitiveness [%]; it need not begin at zero: marks have no length."""
    ends = 100 * plans[["share", "share_low", "share_high", "sim_share"]].stack()
    if ends.empty:
        return 0.0, 100.0, 25.0
    step = max(0.5, nice_step(float(ends.max() - ends.min()), 9))
    low, high = math.floor(ends.min() / step) * step, math.ceil(ends.max() / step) * step
    return max(0.0, low), max(low + step, min(100.0, high)), step


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


def _series(drawn: _Drawn) -> list[dict[str, Any]]:
    shown, lang = drawn.shown, drawn.lang
    return [
        _step(undominated(shown)),
        _ranges(drawn),
        _simulated(drawn),
        _plans(drawn),
        *(_ring(shown[shown["robust"].str.contains(role)], role, lang) for role in RINGS),
        _singles(drawn),
        _nothing(without(drawn.plans), lang),
    ]


def _xy(row: dict[Any, Any]) -> list[float | None]:
    share = number_or_none(row["share"])
    return [number_or_none(row["time_gained_d"]), None if share is None else round(100 * share, 3)]


def _step(corners: pd.DataFrame) -> dict[str, Any]:
    return {
        "name": "step", "type": "line", "step": "start", "symbol": "none", "silent": True, "z": 1,
        "data": [_xy(row) for row in corners.to_dict("records")],
        "lineStyle": {"color": INK, "width": 1.2, "opacity": 0.55},
    }  # fmt: skip


def _ranges(drawn: _Drawn) -> dict[str, Any]:
    """P10–P90 over the worlds on both axes."""
    data: list[list[Any]] = []
    for row in drawn.shown.to_dict("records"):
        x, y = _xy(row)
        if str(row["plan"]) in drawn.gains:
            low, high = drawn.gains[str(row["plan"])]
            data += [[low, y], [high, y], LIFT]
        ends = [number_or_none(row[name]) for name in ("share_low", "share_high")]
        data += [*([x, None if end is None else round(100 * end, 3)] for end in ends), LIFT]
    return {
        "name": "ranges", "type": "line", "symbol": "none", "silent": True, "data": data, "z": 2,
        "lineStyle": {"color": MUTED, "width": 1, "opacity": 0.55},
    }  # fmt: skip


def _simulated(drawn: _Drawn) -> dict[str, Any]:
    """Where the simulator puts the same plan: a ring around its mark where both agree."""
    told = drawn.shown.dropna(subset=["sim_time_gained_d", "sim_share"])
    return {
        "name": say("front_key.sim", drawn.lang), "type": "scatter", "symbol": "circle", "symbolSize": 14,
        "z": 3, "silent": True, "itemStyle": {"color": PAPER, "borderColor": INK, "borderWidth": 1.4},
        "data": [
            [float(days), round(100 * float(share), 3)]
            for days, share in zip(told["sim_time_gained_d"], told["sim_share"], strict=True)
        ],
    }  # fmt: skip


def _plans(drawn: _Drawn) -> dict[str, Any]:
    """Each plan with its letter beside its mark; one that never falls short within the horizon points on."""
    lang = drawn.lang
    return {
        "name": say("front_key.front", lang), "type": "scatter", "symbol": "circle", "symbolSize": 9,
        "z": 5, "itemStyle": {"color": INK, "borderColor": PAPER, "borderWidth": 1.5, "opacity": 1},
        "data": [
            {"name": name_of(row, lang, "plan"), "value": _xy(row),
             "label": {"formatter": _letter(row, drawn) + _onward(row, drawn.horizon)}}
            for row in drawn.shown.to_dict("records")
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


def _singles(drawn: _Drawn) -> dict[str, Any]:
    """Small marks with names that keep apart from one another and from the plans."""
    alone = singles(drawn.plans).dropna(subset=["time_gained_d", "share"])
    named = set(moving(alone, NAMED)["plan"])
    told = alone[alone["plan"].isin(named)].to_dict("records")
    places = [_on_paper(row, drawn) for row in told]
    taken = [
        _on_paper(row, drawn)
        for row in drawn.shown.dropna(subset=["time_gained_d", "share"]).to_dict("records")
    ]
    heights = apart([y for _, y in places], NAME_GAP, 0, HEIGHT - TOP - BOTTOM)
    data = []
    for row, (x, y), height in zip(told, places, heights, strict=True):
        name = clip(name_of(row, drawn.lang, "plan"), 40)
        label = {
            **beside(name, left=_leftward(name, x, height, taken), size=10.5, hue=MUTED),
            "offset": [0, round(height - y, 1)],
        }
        data.append({"name": name, "value": _xy(row), "label": label})
    data += [
        {"name": name_of(row, drawn.lang, "plan"), "value": _xy(row), "label": {"show": False}}
        for row in alone[~alone["plan"].isin(named)].to_dict("records")
    ]
    return {
        "name": say("front_key.single", drawn.lang), "type": "scatter", "symbol": "triangle", "symbolSize": 8,
        "z": 3, "itemStyle": {"color": SINGLE, "opacity": 1}, "data": data, "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def _on_paper(row: dict[Any, Any], drawn: _Drawn) -> tuple[float, float]:
    """Pixels from the upper left corner of the plot on A4, where it is narrowest."""
    (low, high, _), (bottom, top, _) = drawn.across, drawn.up
    x = PAPER_WIDTH * (float(row["time_gained_d"]) - low) / (high - low)
    return x, (HEIGHT - TOP - BOTTOM) * (top - 100 * float(row["share"])) / (top - bottom)


def _leftward(name: str, x: float, y: float, taken: list[tuple[float, float]]) -> bool:
    """Whether a name goes to the left of its mark: on the right it would meet a plan or the edge."""
    width = sum(10.5 if ord(letter) > 0x2E7F else 6.0 for letter in name) + 10

    def free(start: float) -> bool:
        # a plan's letter stands to the right of its mark and above it
        met = any(start < px + 28 and px - 14 < start + width and -34 < y - py < 16 for px, py in taken)
        return not met and start > 0 and start + width < PAPER_WIDTH + RIGHT

    return not free(x) and free(x - width)


def _nothing(row: dict[Any, Any] | None, lang: Lang) -> dict[str, Any]:
    """No plan: where both axes are counted from."""
    return {
        "name": say("front_key.none", lang), "type": "scatter", "symbol": CROSS, "symbolSize": 13, "z": 4,
        "silent": True, "itemStyle": {"color": MUTED, "opacity": 1},
        "data": [] if row is None else [_xy(row)],
    }  # fmt: skip

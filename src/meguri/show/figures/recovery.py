"""Time to survive against time to recover: below the diagonal lies the gap."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none, stage_key
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.short import in_order
from meguri.show.spell import day, days, joined, months, name_of, say

HEIGHT = 490
NAMED = 10  # beyond so many points the drawing leaves out names that would overlap


def tts_against_ttr(
    survival: pd.DataFrame, *, start: str, horizon: float, lang: Lang = "en", footer: str = ""
) -> Chart:
    """One point for each process that falls short: how long it lasts, how long until it is back.

    Parameters
    ----------
    survival : DataFrame
        Outcome table ``survival``.
    start : str
        ISO date from which days are counted.
    horizon : float [d]
        Days covered; a process that is not back by then stands at the right edge.
    """
    table = survival[in_order(survival)].sort_values(["tts_d", "node"]).reset_index(drop=True)
    left = int((survival["share_stopped"] > 0).sum()) - len(table)
    subtitle = [
        say("recovery_subtitle", lang, start=day(start, lang)),
        say("recovery_edge", lang) if table["ttr_d"].isna().any() else "",
        say("recovery_names", lang) if len(table) > NAMED else "",
        say("recovery_left", lang, n=left) if left else "",
    ]
    return Chart(
        key="recovery",
        option=_option(table, horizon, lang),
        table=table,
        title=_title(table, horizon, lang),
        subtitle=joined(subtitle, lang),
        footer=footer,
        lang=lang,
        declared="survival",
        height=HEIGHT,
    )


def _title(table: pd.DataFrame, horizon: float, lang: Lang) -> str:
    if table.empty:
        return say("recovery_none", lang)
    lasting = int(table["ttr_d"].isna().sum())
    if lasting:
        return say("recovery_open", lang, n=lasting, m=len(table), months=months(horizon, lang))
    gap = table["ttr_d"] - table["tts_d"]
    row = table.iloc[int(gap.argmax())].to_dict()
    return say("recovery_title", lang, node=name_of(row, lang), days=days(float(gap.max()), lang))


def _option(table: pd.DataFrame, horizon: float, lang: Lang) -> dict[str, Any]:
    top = float(pd.concat([table["tts_d"], table["tts_d_p90"].clip(upper=horizon)]).max() or 0)
    step, ceiling = _steps(min(horizon, max(top, 30.0) * 1.08))
    line = {"show": True, "lineStyle": {"color": RULE}}
    shared = {"type": "value", "min": 0, "axisLine": line, "splitLine": {"show": True}}
    across = quiet_axis(
        **shared,
        max=round(horizon),
        # the last label would touch the one before it
        axisLabel={"showMaxLabel": round(horizon) % 100 == 0},
        name=say("recovery_x", lang),
        nameLocation="middle",
        nameGap=30,
    )
    up = quiet_axis(
        **shared, max=ceiling, interval=step, name=say("recovery_y", lang), nameLocation="middle", nameGap=44
    )
    return {
        **base_option(),
        "title": [stage_key(list(table["stage"]), lang)],
        "grid": {"left": 64, "right": 72, "top": 36, "bottom": 52},
        "xAxis": across,
        "yAxis": up,
        "series": [
            _diagonal(min(horizon, ceiling), [0.985 * horizon, 0.03 * ceiling], lang),
            _ranges(table, horizon),
            _points(table, horizon, lang),
        ],
    }


def _steps(value: float) -> tuple[int, int]:
    """Distance of the lines of an axis, and the first of them at or above a value."""
    step = next(s for s in (10, 20, 50, 100, 200, 500, 1000, 10000) if value <= 8 * s)
    return step, int(-(-value // step) * step)


def _diagonal(end: float, corner: list[float], lang: Lang) -> dict[str, Any]:
    return {
        "name": "diagonal",
        "type": "line",
        "symbol": "none",
        "silent": True,
        "data": [[0, 0], [end, end]],
        "lineStyle": {"color": INK, "width": 1, "type": [4, 4]},
        "endLabel": {"show": True, "formatter": say("recovery_line", lang), "color": INK, "fontSize": 11},
        "markPoint": {
            "symbolSize": 0,
            "silent": True,
            "data": [{"coord": corner}],
            "label": {
                "formatter": say("recovery_below", lang),
                "color": MUTED,
                "fontSize": 11,
                "position": "left",
                "distance": 0,
            },
        },
    }


def _ranges(table: pd.DataFrame, horizon: float) -> dict[str, Any]:
    """Hairlines from P10 to P90 on both axes; a pair of dashes lifts the pen."""
    data: list[list[Any]] = []
    for row in table.to_dict("records"):
        x, y = _place(row, horizon)
        low, high = number_or_none(row["ttr_d_p10"]), number_or_none(row["ttr_d_p90"])
        data += [[low or 0, y], [min(high if high is not None else horizon, horizon), y], ["-", "-"]]
        low, high = number_or_none(row["tts_d_p10"]), number_or_none(row["tts_d_p90"])
        data += [[x, low or 0], [x, min(high if high is not None else horizon, horizon)], ["-", "-"]]
    return {
        "name": "ranges",
        "type": "line",
        "symbol": "none",
        "silent": True,
        "clip": True,
        "data": data,
        "lineStyle": {"color": MUTED, "width": 1, "opacity": 0.45},
    }


def _place(row: dict[Any, Any], horizon: float) -> tuple[float, float]:
    back = number_or_none(row["ttr_d"])
    return (horizon if back is None else min(back, horizon)), float(row["tts_d"])


def _points(table: pd.DataFrame, horizon: float, lang: Lang) -> dict[str, Any]:
    return {
        "name": "processes",
        "type": "scatter",
        "symbolSize": 11,
        "clip": False,
        "data": [_point(row, horizon, lang) for row in table.to_dict("records")],
        "label": {
            "show": True,
            "color": INK,
            "fontSize": 11,
            "textBorderColor": PAPER,
            "textBorderWidth": 3,
        },
        "labelLayout": {"moveOverlap": "shiftY", "hideOverlap": True},
        "tooltip": {"formatter": "{b}"},
    }


def _point(row: dict[Any, Any], horizon: float, lang: Lang) -> dict[str, Any]:
    x, y = _place(row, horizon)
    lasting = number_or_none(row["ttr_d"]) is None
    left = x > 0.62 * horizon
    return {
        "name": name_of(row, lang),
        "value": [round(x, 1), round(y, 1)],
        "symbol": "triangle" if lasting else "circle",
        "symbolRotate": -90 if lasting else 0,
        "itemStyle": {
            "color": stage_hue(str(row["stage"])),
            "borderColor": PAPER,
            "borderWidth": 1,
            "opacity": 1,
        },
        "label": {
            "formatter": _plain(clip(name_of(row, lang), 44)),
            # beside the point and above the hairline of its own range
            "position": [-4, -9] if left else [15, -9],
            "align": "right" if left else "left",
        },
    }


def _plain(text: str) -> str:
    """A name that no template takes for a placeholder."""
    return text.replace("{", "｛").replace("}", "｝")

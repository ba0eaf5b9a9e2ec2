"""Why a process falls short: its steps in order of date, from the control to the recovery."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.axes import month_place, month_starts, month_ticks
from meguri.show.ink import INK, MUTED, PALE, PAPER, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.spell import as_date, day, missing, say

ROW, TOP, BOTTOM = 40, 40, 16
LEFT, RIGHT = 376, 118
_PLAIN = str.maketrans("{}|", "()/")  # braces and bars have a meaning in a label of several styles
MARKS = {"control": "diamond", "disrupted": "diamond", "cut": "triangle", "qualified": "roundRect"}


def trail_steps(
    trail: pd.DataFrame,
    *,
    names: Mapping[str, str],
    stages: Mapping[str, str],
    start: str,
    horizon: float,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """One row for each step of the trail of one process, a mark on its day, bars while it is short.

    Parameters
    ----------
    trail : DataFrame
        Outcome table ``trail``, rows of one explained node.
    names : mapping
        Shown name of every node and product.
    stages : mapping
        Stage of every node, which gives the colour.
    start : str
        ISO date from which days are counted.
    horizon : float [d]
        Days covered.
    """
    rows = trail.sort_values("step").to_dict("records")
    first, end = as_date(start), as_date(start) + dt.timedelta(days=round(horizon))
    begin = min([first, *(as_date(row["date"]) for row in rows)])
    scale = month_starts(begin, end)
    bars, marks = _bars(rows, stages, begin, end), _marks(rows, stages, begin)
    option = {
        **base_option(),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": _months(scale, lang),
        "yAxis": _words(rows, names, lang),
        "series": [*bars, _path(rows, begin), marks, _ticks()],
    }
    return Chart(
        key="trail",
        option=option,
        table=trail.reset_index(drop=True),
        title=_title(rows, names, lang),
        subtitle=say("trail_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="trail",
        height=TOP + BOTTOM + ROW * max(len(rows), 1),
    )


def _title(rows: list[dict[Any, Any]], names: Mapping[str, str], lang: Lang) -> str:
    """When the process falls short, and what was missing where it began."""
    of = str(rows[0]["of"])
    own = [row for row in rows if row["what"] == "starved" and row["node"] == of]
    if not own:
        return say("trail_holds", lang, node=names.get(of, of))
    origin = next(row for row in rows if row["what"] == "starved")
    words = {"node": names.get(of, of), "day": day(own[0]["date"], lang)}
    if missing(origin["input"]):
        return say("trail_title_alone", lang, root=names.get(origin["node"], origin["node"]), **words)
    what = names.get(origin["input"], origin["input"])
    return say("trail_title", lang, root=names.get(origin["node"], origin["node"]), input=what, **words)


def _months(scale: list[dt.date], lang: Lang) -> list[dict[str, Any]]:
    labels, step = month_ticks(scale, lang)
    marks = quiet_axis(type="value", min=0, max=len(scale) - 1, axisLabel={"show": False})
    names = quiet_axis(
        type="category", position="top", boundaryGap=False, data=labels,
        axisLabel={"interval": 0, "margin": 6}, splitLine={"show": True, "interval": step - 1},
    )  # fmt: skip
    return [marks, names]


def _words(rows: list[dict[Any, Any]], names: Mapping[str, str], lang: Lang) -> list[dict[str, Any]]:
    """Left, what happened and where; right, the date and the day."""
    left = [
        f"{{w|{label('what.' + row['what'], lang, 'trail')}}}\n{{n|{_where(row, names)}}}" for row in rows
    ]
    right = [f"{day(row['date'], lang)}\n{say('trail_day', lang, n=round(row['day']))}" for row in rows]
    rich = {
        "w": {"fontWeight": "bold", "fontSize": 12, "lineHeight": 17, "align": "right"},
        "n": {"fontSize": 11, "lineHeight": 15, "color": MUTED, "align": "right"},
    }
    shared: dict[str, Any] = {"type": "category", "inverse": True}
    line = {"show": True, "lineStyle": {"color": RULE}}
    words = {"interval": 0, "color": INK, "margin": 12, "rich": rich}
    dates = {"interval": 0, "color": MUTED, "fontSize": 11, "lineHeight": 15, "margin": 12}
    return [
        quiet_axis(**shared, data=left, axisLine=line, axisLabel=words),
        quiet_axis(**shared, data=right, position="right", axisLabel=dates),
    ]


def _where(row: Mapping[Any, Any], names: Mapping[str, str]) -> str:
    """Node, and the supplier or the product that the step is about."""
    node = names.get(str(row["node"]), str(row["node"]))
    other = row["supplier"] if row["what"] in ("cut", "qualified") else row["input"]
    where = clip(node, 58)
    if not missing(other) and row["what"] not in ("recovered", "still-short", "holds"):
        where = f"{clip(node, 27)} ← {clip(names.get(str(other), str(other)), 31)}"
    return where.translate(_PLAIN)


def _place(row: Mapping[Any, Any], begin: dt.date) -> float:
    return round(month_place(as_date(row["date"]), begin), 4)


def _bars(
    rows: list[dict[Any, Any]], stages: Mapping[str, str], begin: dt.date, end: dt.date
) -> list[dict[str, Any]]:
    """A pale bar in the row of each shortage, until its node recovers or the horizon ends."""
    back = {row["node"]: _place(row, begin) for row in rows if row["what"] == "recovered"}
    series = []
    for number, row in enumerate(rows):
        if row["what"] == "starved":
            until = back.get(row["node"], round(month_place(end, begin), 4))
            line = {"color": stage_hue(stages.get(str(row["node"]), "")), "width": 11, "opacity": PALE,
                    "cap": "butt"}  # fmt: skip
            data = [[_place(row, begin), number], [until, number]]
            series.append({"name": "short", "type": "line", "symbol": "none", "silent": True,
                           "data": data, "lineStyle": line})  # fmt: skip
    return series


def _path(rows: list[dict[Any, Any]], begin: dt.date) -> dict[str, Any]:
    """A thin line from step to step."""
    return {
        "name": "path", "type": "line", "symbol": "none", "silent": True,
        "data": [[_place(row, begin), number] for number, row in enumerate(rows)],
        "lineStyle": {"color": MUTED, "width": 1, "type": "dotted"},
    }  # fmt: skip


def _marks(rows: list[dict[Any, Any]], stages: Mapping[str, str], begin: dt.date) -> dict[str, Any]:
    """A mark for each step: filled where something ends, hollow where something begins again."""
    data = []
    for number, row in enumerate(rows):
        hue = INK if row["what"] == "control" else stage_hue(stages.get(str(row["node"]), ""))
        hollow = row["what"] in ("qualified", "recovered", "holds", "empty")
        style = {"color": PAPER if hollow else hue, "borderColor": hue, "borderWidth": 2, "opacity": 1}
        data.append(
            {
                "value": [_place(row, begin), number],
                "symbol": MARKS.get(row["what"], "circle"),
                "itemStyle": style,
            }
        )
    return {"name": "steps", "type": "scatter", "symbolSize": 11, "clip": False, "silent": True, "data": data}


def _ticks() -> dict[str, Any]:
    """The month names need a series of their own, or their axis is not drawn."""
    return {"name": "months", "type": "line", "xAxisIndex": 1, "data": [], "silent": True}

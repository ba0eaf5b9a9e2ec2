"""How much each plan regrets in each world: days on one panel, competitiveness on the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.marks import spans
from meguri.show.figures.panels import Room, empty_panels, nice_step, panel_across, panel_down, panel_head
from meguri.show.ink import INK, MUTED, PAPER, mixed, wrap
from meguri.show.spell import say, significant

ROW, TOP, BOTTOM = 30, 52, 46
ROOM = Room(left=176, gap=52, right=54, top=TOP, bottom=BOTTOM)
AXES = (("regret_time_d", 1.0, "time"), ("regret_share", 100.0, "share"))


def regret_marks(
    worlds: pd.DataFrame, names: Mapping[str, str], *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """A row for each plan, a tick for each world, and its greatest regret in figures.

    Parameters
    ----------
    worlds : DataFrame
        Rows of ``respond_plan_worlds`` of the plans to show.
    names : mapping
        Shown name of each plan; its order is that of the rows.
    """
    rows = worlds[worlds["plan"].isin(list(names))].reset_index(drop=True)
    plans = [plan for plan in names if plan in set(rows["plan"])]
    return Chart(
        key="regret",
        option=_option(rows, plans, names, lang),
        table=rows,
        title=_title(rows, plans, names, lang),
        subtitle=say("regret_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="respond_plan_worlds",
        height=TOP + BOTTOM + ROW * max(1, len(plans)),
    )


def _title(rows: pd.DataFrame, plans: list[str], names: Mapping[str, str], lang: Lang) -> str:
    """The plan with the least greatest regret on each axis."""
    found = []
    for column, _, _ in AXES:
        worst = rows.dropna(subset=[column]).groupby("plan")[column].max().reindex(plans).dropna()
        if worst.empty:
            return say("regret_none", lang)
        found.append(str(worst.idxmin()))
    if found[0] == found[1]:
        return say("regret_one", lang, plan=names[found[0]])
    return say("regret_two", lang, time=names[found[0]], share=names[found[1]])


def _option(rows: pd.DataFrame, plans: list[str], names: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    option = empty_panels()
    shown = [wrap(names[plan], 24) for plan in plans]
    for place, (column, factor, words) in enumerate(AXES):
        grid = ROOM.grid(place)
        known = rows.dropna(subset=[column])
        option["grid"].append(grid)
        option["title"].append(panel_head(say(f"regret_{words}", lang), grid))
        option["xAxis"].append(
            _across(factor * known[column].max() if len(known) else 1.0, words, place, lang)
        )
        option["yAxis"].append(panel_down(shown, place, fontSize=11.5, color=INK))
        option["series"] += _marks(known, plans, column, factor, place)
    return option


def _across(most: float, words: str, place: int, lang: Lang) -> dict[str, Any]:
    step = nice_step(most or 1.0, 5)
    high = step * max(1, math.ceil(most / step))
    return panel_across(0, high, step, say(f"regret_{words}_axis", lang), place)


def _marks(
    rows: pd.DataFrame, plans: list[str], column: str, factor: float, place: int
) -> list[dict[str, Any]]:
    at = {"xAxisIndex": place, "yAxisIndex": place}
    values = {plan: factor * rows.loc[rows["plan"] == plan, column] for plan in plans}
    lines = [
        (float(part.min()), float(part.max()), height)
        for height, part in enumerate(values.values())
        if len(part)
    ]
    ticks = [
        [round(float(value), 6), height] for height, part in enumerate(values.values()) for value in part
    ]
    tops = [
        {"value": [round(high, 6), height], "label": {"formatter": significant(high, 3)}}
        for _, high, height in lines
    ]
    label = {"show": True, "position": "right", "distance": 6, "color": INK, "fontSize": 11,
             "textBorderColor": PAPER, "textBorderWidth": 2.5}  # fmt: skip
    return [
        {**spans(lines, MUTED), **at},
        {"name": "worlds", "type": "scatter", "symbol": "rect", "symbolSize": [1.5, 11], "silent": True,
         "itemStyle": {"color": mixed(INK, 0.6)}, "data": ticks, **at},
        {"name": "greatest", "type": "scatter", "symbol": "circle", "symbolSize": 9, "silent": True, "z": 4,
         "itemStyle": {"color": INK}, "data": tops, "label": label, **at},
    ]  # fmt: skip

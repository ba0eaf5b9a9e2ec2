"""Output of each process as a share of plan, week by week."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import band, milliseconds, panel, panel_title, stage_key, time_axis
from meguri.show.ink import base_option, quiet_axis, stage_hue, wrap
from meguri.show.spell import as_date, day, name_of, percent, say

COLUMNS = 3
CALM = 0.002  # a process that loses less than this share of its plan needs no panel
PANEL = {"top": 76, "height": 110, "gap": 78}


def production_bands(
    production: pd.DataFrame,
    nodes: pd.DataFrame,
    *,
    start: str,
    horizon: float,
    lang: Lang = "en",
    footer: str = "",
    most: int = 9,
) -> Chart:
    """Small panels of output against plan: the processes that lose most, in the order of stages.

    Parameters
    ----------
    production : DataFrame
        Outcome table ``production``: node, date, p10, p50, p90 [share of plan].
    nodes : DataFrame
        Node, stage and labels: outcome table ``survival`` or chain table ``nodes``.
    start, horizon
        ISO date of the first control and days covered.
    most : int
        Panels at most.
    """
    shown = most_lost(production, nodes, most)
    first, end = as_date(start), as_date(start) + dt.timedelta(days=round(horizon))
    table = production[production["node"].isin(shown["node"])].reset_index(drop=True)
    subtitle = say("production_subtitle", lang, start=day(first, lang), end=day(end, lang))
    m = production["node"].nunique()
    if m > len(shown):
        subtitle += ("" if lang == "ja" else " ") + say("production_some", lang, n=len(shown), m=m)
    rows = -(-len(shown) // COLUMNS)
    return Chart(
        key="production",
        option=_option(shown, table, first, end, lang),
        table=table,
        title=_title(production, nodes, lang),
        subtitle=subtitle,
        footer=footer,
        lang=lang,
        declared="production",
        height=max(120, PANEL["top"] + rows * (PANEL["height"] + PANEL["gap"]) - PANEL["gap"] + 34),
    )


def most_lost(production: pd.DataFrame, nodes: pd.DataFrame, most: int) -> pd.DataFrame:
    """Nodes with the largest mean shortfall of the median run, sorted by stage; all columns of ``nodes``."""
    lost = (1 - production["p50"].clip(upper=1)).groupby(production["node"]).mean().rename("_lost")
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    table = nodes.merge(lost[(lost >= CALM) | (lost == lost.max())], left_on="node", right_index=True)
    table["_stage"] = table["stage"].map(order).fillna(len(order))
    table = table.sort_values(["_lost", "node"], ascending=[False, True]).head(most)
    return table.sort_values(["_stage", "_lost"], ascending=[True, False], kind="stable").drop(
        columns=["_stage", "_lost"]
    )


def _title(production: pd.DataFrame, nodes: pd.DataFrame, lang: Lang) -> str:
    known = production[production["node"].isin(nodes["node"])]
    if known.empty or known["p50"].min() >= 0.9:
        return say("production_calm", lang)
    row = known.sort_values(["p50", "date", "node"]).iloc[0]
    node = nodes.loc[nodes["node"] == row["node"]].iloc[0].to_dict()
    return say(
        "production_title",
        lang,
        node=name_of(node, lang),
        share=percent(float(row["p50"])),
        day=day(row["date"], lang),
    )


def _option(
    shown: pd.DataFrame, table: pd.DataFrame, first: dt.date, end: dt.date, lang: Lang
) -> dict[str, Any]:
    option: dict[str, Any] = {**base_option(), "grid": [], "xAxis": [], "yAxis": [], "series": []}
    option["title"] = [stage_key(list(shown["stage"]), lang)]
    top = max(1.0, float(table["p90"].max()) if len(table) else 1.0)
    highest = 25 * -(-round(100 * top) // 25)
    for place, node in enumerate(shown.to_dict("records")):
        grid = panel(place, COLUMNS, **PANEL)
        points = table[table["node"] == node["node"]].sort_values("date")
        percents = points.assign(**{p: 100 * points[p] for p in ("p10", "p50", "p90")})
        option["grid"].append(grid)
        option["title"].append(panel_title(_heading(name_of(node, lang)), grid, lines=2))
        option["xAxis"].append(time_axis(first, end, lang, 4, gridIndex=place))
        option["yAxis"].append(
            quiet_axis(
                type="value",
                gridIndex=place,
                min=0,
                max=highest,
                interval=50 if highest <= 150 else 100,
                axisLabel={"formatter": "{value}%", "showMaxLabel": highest % 50 == 0},
                splitLine={"show": True},
            )
        )
        times = [milliseconds(date) for date in points["date"]]
        option["series"] += band(percents, times, stage_hue(node["stage"]), place, str(node["node"]))
    return option


def _heading(text: str) -> str:
    """A panel's heading on two lines, or on the lower one, so that all panels of a row start level."""
    lines = wrap(text, 34)
    return lines if "\n" in lines else f"\n{lines}"

"""Three rates of every stock under every plan, side by side and never merged into one score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import spans
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, quiet_axis, wrap
from meguri.show.spell import joined, percent, say, significant

FIGURES = ("mass_rate", "function_ratio", "rfr")
LEFT, GAP, RIGHT = 250, 34, 26  # px beside and between the panels
TOP, ROW, BOTTOM = 46, 30, 44
WIDTH = 920


def routes_compared(
    table: pd.DataFrame,
    compared: pd.DataFrame,
    *,
    names: Mapping[str, str],
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """A dot for the median and a line from P10 to P90 for each rate, a row for each plan.

    Parameters
    ----------
    table : DataFrame
        Table ``route_figures``.
    compared : DataFrame
        Table ``plan_comparisons``: its verdicts are the title.
    names : mapping
        Shown name of every stock and plan.
    """
    rows = table[table["figure"].isin(FIGURES)].reset_index(drop=True)
    lines = _lines(rows)
    return Chart(
        key="routes-compared",
        option=_option(rows, lines, names, lang),
        table=rows.assign(stock=rows["stock"].map(names), plan=rows["plan"].map(names)),
        title=_title(compared, names, lang),
        subtitle=say("routes_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="route_figures",
        height=TOP + BOTTOM + ROW * len(lines),
    )


def _lines(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Heading of each stock, and its plans below it: (stock, plan), no plan for a heading."""
    found: list[tuple[str, str]] = []
    for stock, part in rows.groupby("stock", sort=False):
        found += [(str(stock), ""), *((str(stock), str(plan)) for plan in dict.fromkeys(part["plan"]))]
    return found


def _title(compared: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    """For each stock in how many of the runs the direct plan retains more than the best other one."""
    said = []
    for row in compared[compared["by"] == "net"].to_dict("records"):
        words = {name: names[str(row[name])] for name in ("stock", "direct", "other")}
        said.append(say(f"routes_{row['verdict']}", lang, share=percent(row["share_better"]), **words))
    return joined(said, lang) or say("routes_one_plan", lang)


def _option(
    rows: pd.DataFrame, lines: list[tuple[str, str]], names: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    for place, figure in enumerate(FIGURES):
        part = rows[rows["figure"] == figure]
        grid = _grid(place)
        option["grid"].append(grid)
        option["title"].append(_head(figure, grid, lang))
        option["xAxis"].append(_across(figure, part, place, lang))
        option["yAxis"].append(_down(lines, names, place))
        option["series"] += _marks(part, lines, figure, place, lang)
    return option


def _grid(place: int) -> dict[str, Any]:
    """Panels share what the names leave; percent, so that they follow the window."""
    left, width = 100 * LEFT / WIDTH, (100 * (WIDTH - LEFT - RIGHT - GAP * 2) / WIDTH) / 3
    return {
        "left": f"{left + place * (width + 100 * GAP / WIDTH):.2f}%",
        "width": f"{width:.2f}%",
        "top": TOP,
        "bottom": BOTTOM,
    }


def _head(figure: str, grid: dict[str, Any], lang: Lang) -> dict[str, Any]:
    return {
        "text": say(f"routes_{figure}", lang), "left": grid["left"], "top": 8, "padding": 0,
        "textStyle": {"fontSize": 12.5, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def _across(figure: str, part: pd.DataFrame, place: int, lang: Lang) -> dict[str, Any]:
    ratio = figure == "function_ratio"
    most = max([1.0, *part["p90"].dropna(), *part["value"].dropna()])
    step = next(s for s in (0.25, 0.5, 1, 2, 5, 10) if most * 1.12 / s <= 5) if ratio else 25
    return quiet_axis(
        type="value",
        gridIndex=place,
        min=0,
        max=step * -(-most * 1.12 // step) if ratio else 100,
        interval=step,
        name=say("routes_times" if ratio else "routes_percent", lang),
        nameLocation="middle",
        nameGap=24,
        splitLine={"show": True},
    )


def _down(lines: list[tuple[str, str]], names: Mapping[str, str], place: int) -> dict[str, Any]:
    cells = [
        {
            "value": wrap(names[plan or stock], 38),
            "textStyle": {"fontWeight": "normal" if plan else "bold", "color": INK, "fontSize": 11.5},
        }
        for stock, plan in lines
    ]
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells,
        axisLine={"show": True, "onZero": False, "lineStyle": {"color": RULE}},
        axisLabel={"show": place == 0, "interval": 0, "margin": 12, "lineHeight": 13},
    )  # fmt: skip


def _marks(
    part: pd.DataFrame, lines: list[tuple[str, str]], figure: str, place: int, lang: Lang
) -> list[dict[str, Any]]:
    ratio = figure == "function_ratio"
    scale = 1.0 if ratio else 100.0
    at = {"xAxisIndex": place, "yAxisIndex": place}
    known = part.dropna(subset=["p50"])
    heights = [lines.index((row.stock, row.plan)) for row in known.itertuples()]
    ends = list(zip(known["p10"] * scale, known["p90"] * scale, heights, strict=True))
    texts = [significant(value, 2) if ratio else percent(value) for value in known["p50"]]
    unknown = [lines.index((row.stock, row.plan)) for row in part[part["p50"].isna()].itertuples()]
    return [
        {**spans(ends, INK), **at},
        {**_points(known["p50"] * scale, heights, texts), **at},
        {**_modes(known["value"] * scale, heights), **at},
        *([_equal(lang, at)] if ratio else []),
        *([{**_unknown(unknown, lang), **at}] if unknown else []),
    ]


def _points(values: pd.Series[float], heights: list[int], texts: list[str]) -> dict[str, Any]:
    return {
        "name": "median", "type": "scatter", "symbol": "circle", "symbolSize": 9, "silent": True, "z": 4,
        "itemStyle": {"color": INK},
        "data": [
            {
                "value": [number_or_none(value), height],
                "label": {"show": True, "formatter": text, "position": "top", "distance": 4, "color": INK,
                          "fontSize": 11, "textBorderColor": PAPER, "textBorderWidth": 2.5},
            }
            for value, height, text in zip(values, heights, texts, strict=True)
        ],
    }  # fmt: skip


def _modes(values: pd.Series[float], heights: list[int]) -> dict[str, Any]:
    return {
        "name": "modes", "type": "scatter", "symbol": "diamond", "symbolSize": 8, "silent": True, "z": 3,
        "itemStyle": {"color": PAPER, "borderColor": INK, "borderWidth": 1.2},
        "data": [[number_or_none(value), height] for value, height in zip(values, heights, strict=True)],
    }  # fmt: skip


def _equal(lang: Lang, at: dict[str, int]) -> dict[str, Any]:
    """Where as much function comes back as was discarded."""
    words = {"show": True, "formatter": say("routes_as_before", lang), "color": MUTED, "fontSize": 10.5,
             "position": "start", "distance": 3}  # fmt: skip
    mark = {"symbol": "none", "silent": True, "label": words, "data": [{"xAxis": 1}],
            "lineStyle": {"color": INK, "type": [4, 4], "width": 1}}  # fmt: skip
    return {"name": "equal", "type": "line", "data": [], "silent": True, "markLine": mark, **at}


def _unknown(heights: list[int], lang: Lang) -> dict[str, Any]:
    words = {"show": True, "formatter": say("routes_not_known", lang), "color": MUTED, "fontSize": 11,
             "position": "right"}  # fmt: skip
    return {
        "name": "unknown", "type": "scatter", "symbolSize": 0.01, "silent": True, "label": words,
        "data": [[0, height] for height in heights],
    }  # fmt: skip

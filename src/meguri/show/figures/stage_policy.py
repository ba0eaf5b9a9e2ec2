"""Margins by stage under rules aimed at one of them, and the pull to move over the years with its relief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds, time_axis
from meguri.show.figures.marks import LIFT, beside
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.spell import as_date, day, joined, percent, say

ROW = 46  # px of one stage
MARK = 17  # px of one date above the plot
PLOT = 250  # px of the plot of the path
Names = Mapping[str, str]  # product -> name as shown


def margins_chart(table: pd.DataFrame, names: Names, *, lang: Lang = "en", footer: str = "") -> Chart:
    """Margin of every stage over its price: without rules, and inside and outside with them.

    Parameters
    ----------
    table : DataFrame
        Rows of ``stage_incentives`` of one day, those of products that have inputs.
    names : mapping
        Name of each product as shown, with its mark.
    """
    rows = table.to_dict("records")
    return Chart(
        key="stage-margins",
        option=_margins(rows, names, lang),
        table=table,
        title=_margins_title(table, names, lang),
        subtitle=joined(
            [say("stagepolicy.margins_sub", lang, day=day(table["at"].iloc[0], lang)),
             say("stagepolicy.margins_band", lang)], lang),
        footer=footer,
        lang=lang,
        declared="stage_incentives",
        height=64 + ROW * len(rows),
    )  # fmt: skip


def _margins_title(table: pd.DataFrame, names: Names, lang: Lang) -> str:
    best = table.loc[table["share"].idxmax()]
    if best["share"] <= 0.0:
        return say("stagepolicy.margins_none", lang)
    return say(
        "stagepolicy.margins_title", lang, stage=names[best["product"]], share=percent(best["share"]),
        low=percent(best["share_low"]), high=percent(best["share_high"]),
    )  # fmt: skip


def _margins(rows: list[dict[Any, Any]], names: Names, lang: Lang) -> dict[str, Any]:
    def part(name: str) -> list[float]:
        return [float(row[name]) / float(row["price"]) for row in rows]

    before, inside, outside = part("margin_before"), part("margin_inside"), part("margin_outside")
    ends = [*before, *inside, *outside]
    low, high = min(0.0, *ends), max(ends)
    room = 0.5 * (high - low)  # for the pull written at the right
    joints: list[Any] = []
    for place, pair in enumerate(zip(inside, outside, strict=True)):
        joints += [[pair[0], place], [pair[1], place], LIFT]
    return {
        **base_option(),
        "grid": {"left": 8, "right": 12, "top": 34, "bottom": 28, "containLabel": True},
        "title": [_legend(lang)],
        "xAxis": quiet_axis(
            type="value", min=low, max=high + room, splitLine={"show": False}, axisLabel={"show": False},
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=[names[row["product"]] for row in rows],
            axisLabel={"interval": 0, "color": INK, "fontSize": 12},
        ),
        "series": [
            {"name": "joint", "type": "line", "symbol": "none", "silent": True, "data": joints,
             "lineStyle": {"color": RULE, "width": 5}},
            _zero(len(rows)),
            _dots("before", before, [PAPER] * len(rows), "circle", INK),
            _dots("outside", outside, [MUTED] * len(rows), "diamond", MUTED),
            _dots("inside", inside, [stage_hue(row["stage"]) for row in rows], "circle", INK),
            _pulls(rows, high + 0.05 * (high - low), lang),
        ],
    }  # fmt: skip


def _zero(rows: int) -> dict[str, Any]:
    return {
        "name": "zero", "type": "line", "symbol": "none", "silent": True, "data": [[0.0, 0], [0.0, rows - 1]],
        "lineStyle": {"color": MUTED, "width": 1, "type": "dashed"},
        "endLabel": {"show": True, "formatter": "0%", "color": MUTED, "fontSize": 11, "offset": [0, 16]},
    }  # fmt: skip


def _dots(name: str, values: list[float], hues: list[str], symbol: str, edge: str) -> dict[str, Any]:
    data = [
        {"value": [value, place], "itemStyle": {"color": hue, "borderColor": edge, "borderWidth": 1.5}}
        for place, (value, hue) in enumerate(zip(values, hues, strict=True))
    ]
    return {"name": name, "type": "scatter", "symbol": symbol, "symbolSize": 13, "data": data, "z": 3}


def _pulls(rows: list[dict[Any, Any]], at: float, lang: Lang) -> dict[str, Any]:
    """The pull of each stage in words, right of all marks."""
    data = [
        {"value": [at, place], "label": beside(pull_text(row, lang), size=11.5)}
        for place, row in enumerate(rows)
    ]
    return {"name": "pull", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data}


def pull_text(row: Mapping[Any, Any], lang: Lang) -> str:
    """Pull over price with its range, or that there is none; a negative one pushes away.

    Examples
    --------
    >>> pull_text({"share": 0.75, "share_low": 0.42, "share_high": 0.85}, "en")
    'pull 75% (42% to 85%)'
    """
    value = float(row["share"])
    if abs(value) < 0.0005:
        return say("stagepolicy.no_pull", lang)
    key = "stagepolicy.pull" if value > 0.0 else "stagepolicy.push"
    ends = (row["share_low"], row["share_high"]) if value > 0.0 else (-row["share_high"], -row["share_low"])
    return say(key, lang, share=percent(abs(value)), low=signed(ends[0]), high=signed(ends[1]))


def signed(share: float) -> str:
    """A share in percent with a real minus.

    Examples
    --------
    >>> signed(-0.12), signed(0.4)
    ('−12%', '40%')
    """
    return percent(share).replace("-", "−")


def _legend(lang: Lang) -> dict[str, Any]:
    text = "   ".join(say(f"stagepolicy.key_{name}", lang) for name in ("before", "inside", "outside"))
    return {"text": text, "left": 4, "top": 0, "padding": 0,
            "textStyle": {"fontSize": 12, "fontWeight": "normal", "color": MUTED}}  # fmt: skip


def path_chart(
    path: pd.DataFrame, marks: list[tuple[str, str]], names: Names, stages: Names, *, lang: Lang = "en",
    footer: str = "",
) -> Chart:  # fmt: skip
    """Pull of the stages that are ever pulled, month by month, and the dates that stand against it.

    Parameters
    ----------
    path : DataFrame
        Rows of ``stage_path`` of the products to draw.
    marks : list of (ISO date, text)
        Dates drawn as lines with their text above the plot.
    names, stages : mapping
        Name and stage of each product.
    """
    months = sorted(set(path["month"]))
    shown = [mark for mark in marks if months[0] <= mark[0] <= months[-1]]
    return Chart(
        key="stage-path",
        option=_path(path, months, shown, names, stages, lang),
        table=path,
        title=_path_title(path, names, lang),
        subtitle=say("stagepolicy.path_sub", lang),
        footer=footer,
        lang=lang,
        declared="stage_path",
        height=PLOT + 40 + MARK * (len(shown) + 1),
    )


def _path_title(path: pd.DataFrame, names: Names, lang: Lang) -> str:
    best = path.loc[path["share"].idxmax()]
    last = path[(path["product"] == best["product"])].iloc[-1]
    return say(
        "stagepolicy.path_title", lang, stage=names[best["product"]], share=percent(best["share"]),
        year=str(best["month"])[:4], left=percent(last["share"]), last=str(last["month"])[:4],
    )  # fmt: skip


def _path(
    path: pd.DataFrame,
    months: list[str],
    marks: list[tuple[str, str]],
    names: Names,
    stages: Names,
    lang: Lang,
) -> dict[str, Any]:
    top = float(path["share_high"].max()) * 1.08
    series: list[dict[str, Any]] = []
    for product, rows in path.groupby("product", sort=False):
        series += _steps(rows, stage_hue(stages[str(product)]), names[str(product)])
    return {
        **base_option(),
        "grid": {"left": 46, "right": 150, "top": 14 + MARK * (len(marks) + 1), "bottom": 26},
        "xAxis": time_axis(as_date(months[0]), as_date(months[-1]), lang, 8),
        "yAxis": quiet_axis(
            type="value", min=0, max=top, splitLine={"show": True}, axisLabel={"show": False}
        ),
        "series": [*series, _scale(months[0], top), *_dates(marks, top)],
    }


def _steps(rows: pd.DataFrame, hue: str, name: str) -> list[dict[str, Any]]:
    times = [milliseconds(month) for month in rows["month"]]
    low, high = rows["share_low"].clip(lower=0.0), rows["share_high"].clip(lower=0.0)
    shared = {"type": "line", "step": "end", "symbol": "none", "silent": True}
    unseen = {"lineStyle": {"opacity": 0}, "stack": name}
    label = {"show": True, "formatter": clip(name, 20), "color": INK, "fontSize": 11.5, "distance": 6}
    return [
        {**shared, **unseen, "name": f"{name} floor", "data": list(zip(times, low, strict=True))},
        {**shared, **unseen, "name": f"{name} band", "data": list(zip(times, high - low, strict=True)),
         "areaStyle": {"color": hue, "opacity": 0.18}},
        {**shared, "name": name, "data": list(zip(times, rows["share"], strict=True)), "endLabel": label,
         "lineStyle": {"color": hue, "width": 2.5}, "itemStyle": {"color": hue}},
    ]  # fmt: skip


def _scale(month: str, top: float) -> dict[str, Any]:
    """Percentages at the left edge, drawn as marks: axes cannot say them without a function."""
    step = next(size for size in (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0) if top / size <= 5)
    data = [
        {"value": [milliseconds(month), step * n], "label": beside(percent(step * n), left=True, hue=MUTED)}
        for n in range(int(top / step) + 1)
    ]
    return {"name": "scale", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data}


def _dates(marks: list[tuple[str, str]], top: float) -> list[dict[str, Any]]:
    """A line for each date that rises to its own row above the plot, where its text stands."""
    data: list[Any] = []
    texts = []
    for place, (date, text) in enumerate(sorted(marks)):
        row = top * (1.0 + MARK * (len(marks) - place) / PLOT)
        data += [[milliseconds(date), 0.0], [milliseconds(date), row], LIFT]
        texts.append({"value": [milliseconds(date), row], "label": beside(text, size=11)})
    shared = {"silent": True, "clip": False}
    return [
        {**shared, "name": "dates", "type": "line", "symbol": "none", "data": data,
         "lineStyle": {"color": MUTED, "width": 1, "type": "dashed"}},
        {**shared, "name": "texts", "type": "scatter", "symbolSize": 0.1, "data": texts},
    ]  # fmt: skip

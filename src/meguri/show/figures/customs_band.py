"""Process-control share by customs goods: the share by the weights, what they defend, and what could be."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import INK, MUTED, PAPER, base_option, mixed, quiet_axis, stage_hue
from meguri.show.spell import percent, say

HUE = stage_hue("equipment")
HEIGHT = 380
SLOT = 2  # empty years to the right, where the printed ranges stand


def customs_band(
    classes: pd.DataFrame,
    printed: pd.DataFrame,
    *,
    variant: str = "PC4",
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """One area's path with two bands, and the documents' ranges beside it, never among it.

    Parameters
    ----------
    classes : DataFrame
        Rows of ``customs_classes`` of one area.
    printed : DataFrame
        Rows of ``customs_printed``.
    variant : {"PC4", "PC5"}
    """
    rows = classes[classes["class"] == variant].sort_values("year").reset_index(drop=True)
    ranges = printed[printed["variant"] == variant].reset_index(drop=True)
    last = rows.iloc[-1]
    return Chart(
        key=f"customs-band-{variant.lower()}",
        option=_option(rows, ranges, lang),
        table=rows,
        title=say(
            "customs_band_title", lang, variant=variant, share=percent(last["share"]), year=int(last["year"]),
            low=percent(last["low"]), high=percent(last["high"]), could=percent(last["could"]),
        ),
        subtitle=say("customs_band_subtitle", lang, assumed=_assumed(rows, lang)),
        footer=footer,
        lang=lang,
        declared="customs_classes",
        height=HEIGHT,
    )  # fmt: skip


def _assumed(rows: pd.DataFrame, lang: Lang) -> str:
    years = rows.loc[rows["grade"] == "assumed", "year"]
    if years.empty:
        return ""
    return say("customs_band_assumed", lang, first=int(years.min()), last=int(years.max()))


def _option(rows: pd.DataFrame, ranges: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    years = [str(int(year)) for year in rows["year"]]
    slots = [" " * (n + 1) for n in range(SLOT)]  # names no year has
    top = round(max([0.35, *rows["could"], *ranges["printed_high"]]) + 0.05, 1)
    return {
        **base_option(),
        "grid": {"left": 44, "right": 24, "top": 16, "bottom": 26},
        "xAxis": {**quiet_axis(type="category", data=[*years, *slots]), "boundaryGap": False},
        "yAxis": {
            **quiet_axis(type="value", min=0, max=top, interval=0.1, splitLine={"show": True}),
            "axisLabel": {"show": False},
        },
        "series": [
            _scale(years[0], top),
            *_band(years, rows["low"] * 0, rows["could"], "could", 0.1),
            *_band(years, rows["low"], rows["high"], "defended", 0.32),
            _line(years, rows, lang),
            _hinge(years, rows),
            *(_printed(row, slots[0], lang) for row in ranges.to_dict("records")),
        ],
    }  # fmt: skip


def _scale(first: str, top: float) -> dict[str, Any]:
    steps = [round(0.1 * n, 1) for n in range(round(10 * top) + 1)]
    data = [
        {"value": [first, step], "label": {
            "show": True, "formatter": percent(step), "position": "left", "distance": 8, "color": MUTED,
            "fontSize": 11,
        }}
        for step in steps
    ]  # fmt: skip
    return {"name": "scale", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data}


def _band(years: list[str], low: pd.Series, high: pd.Series, name: str, part: float) -> list[dict[str, Any]]:
    """Two stacked lines: an unseen foot, and the height above it filled."""
    foot = [[year, number_or_none(value)] for year, value in zip(years, low, strict=True)]
    rise = [[year, number_or_none(b - a)] for year, a, b in zip(years, low, high, strict=True)]
    quiet: dict[str, Any] = {
        "type": "line", "symbol": "none", "silent": True, "stack": name, "lineStyle": {"opacity": 0},
    }  # fmt: skip
    fill = {"color": mixed(HUE, part), "opacity": 1}
    return [
        {**quiet, "name": f"{name}-foot", "data": foot},
        {**quiet, "name": name, "data": rise, "areaStyle": fill},
    ]


def _line(years: list[str], rows: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    data: list[dict[str, Any]] = [
        {"value": [year, number_or_none(share)]} for year, share in zip(years, rows["share"], strict=True)
    ]
    last = rows.iloc[-1]
    data[0]["label"] = _name(percent(rows["share"].iloc[0]), "right")
    data[-1]["label"] = _name(percent(last["share"]), "top")
    return {
        "name": "share", "type": "line", "symbol": "circle", "symbolSize": 4, "silent": True, "data": data,
        "z": 5, "lineStyle": {"color": INK, "width": 2}, "itemStyle": {"color": INK},
        "markPoint": {"silent": True, "symbolSize": 0.1, "data": [
            _said(years[-3], float(rows["could"].iloc[-3]), say("customs_band_could", lang)),
            _said(years[-3], float(rows["high"].iloc[-3]), say("customs_band_defended", lang)),
        ]},
    }  # fmt: skip


def _said(year: str, height: float, text: str) -> dict[str, Any]:
    return {"coord": [year, height], "label": {**_name(text, "top"), "color": MUTED}}


def _name(text: str, position: str) -> dict[str, Any]:
    return {
        "show": True, "formatter": text, "position": position, "distance": 4, "color": INK, "fontSize": 11,
        "textBorderColor": PAPER, "textBorderWidth": 2.5,
    }  # fmt: skip


def _hinge(years: list[str], rows: pd.DataFrame) -> dict[str, Any]:
    """A line after the last year whose share rests on a proportion taken from another year."""
    assumed = [year for year, grade in zip(years, rows["grade"], strict=True) if grade == "assumed"]
    data = [] if not assumed or len(assumed) == len(years) else [{"xAxis": assumed[-1]}]
    return {
        "name": "hinge", "type": "line", "data": [], "silent": True,
        "markLine": {
            "silent": True, "symbol": "none", "label": {"show": False}, "data": data,
            "lineStyle": {"color": MUTED, "type": "dashed", "width": 1},
        },
    }  # fmt: skip


def _printed(row: dict[Any, Any], slot: str, lang: Lang) -> dict[str, Any]:
    """A printed range to the right of the years: hollow, with its decade."""
    low, high = float(row["printed_low"]), float(row["printed_high"])
    period = str(row["period"]).removesuffix("s")
    named = say("customs_band_printed", lang, period=period)
    text = f"{named}\n{percent(low).rstrip('%')}–{percent(high)}"
    return {
        "name": f"printed-{row['period']}", "type": "line", "symbol": "none", "silent": True, "z": 6,
        "data": [{"value": [slot, low]}, {"value": [slot, high], "symbol": "circle", "symbolSize": 0.1,
                                          "label": {**_name(text, "top"), "lineHeight": 13}}],
        "showSymbol": True, "lineStyle": {"color": INK, "width": 1.3},
    }  # fmt: skip

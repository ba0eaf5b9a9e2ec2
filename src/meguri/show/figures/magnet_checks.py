"""Published figures beside the runs of the case of Japan: one small panel for each quantity, hit or miss."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.axes import panel, panel_title, year_axis, year_place
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, LOSS, MUTED, PAPER, base_option, quiet_axis, wrap
from meguri.show.spell import joined, say, unit_word

PANEL = {"top": 74, "height": 118, "gap": 72}
COLUMNS = 3
CROSS = "path://M0,1 L1,0 L5,4 L9,0 L10,1 L6,5 L10,9 L9,10 L5,6 L1,10 L0,9 L4,5 Z"
MARKS = {
    "hit": {"symbol": "circle", "symbolSize": 9, "itemStyle": {"color": INK}},
    "band": {
        "symbol": "circle", "symbolSize": 8,
        "itemStyle": {"color": PAPER, "borderColor": INK, "borderWidth": 1.6},
    },
    "miss": {"symbol": CROSS, "symbolSize": 10, "itemStyle": {"color": LOSS}},
}  # fmt: skip


def checked_points(told: pd.DataFrame, axis: int) -> list[dict[str, Any]]:
    """Published ranges as upright lines, the mark in the middle saying hit, band or miss."""
    at = {"xAxisIndex": axis, "yAxisIndex": axis, "silent": True, "z": 6}
    bars: list[list[Any]] = []
    for row in told.to_dict("records"):
        at_year = year_place(row["year"])
        bars += [[at_year, row["published_low"]], [at_year, row["published_high"]], LIFT]
    lines = {"name": "published", "type": "line", "symbol": "none", "data": bars, **at,
             "lineStyle": {"color": INK, "width": 2.4}}  # fmt: skip
    found = [lines] if bars else []
    for verdict, mark in MARKS.items():
        rows = told[told["verdict"] == verdict]
        if len(rows):
            middle = (rows["published_low"] + rows["published_high"]) / 2
            data = [[year_place(year), float(y)] for year, y in zip(rows["year"], middle, strict=True)]
            found.append({"name": verdict, "type": "scatter", "data": data, **mark, **at})
    return found


def magnet_checks(
    checks: pd.DataFrame, totals: pd.DataFrame, *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """A panel for each quantity that somebody published a figure of: band of the runs, published ranges.

    Parameters
    ----------
    checks, totals : DataFrame
        Tables ``magnet_checks`` and ``magnet_totals``.
    """
    shown = list(dict.fromkeys(checks["quantity"]))
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [_legend(lang)], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    for place, quantity in enumerate(shown):
        _panel(option, place, quantity, totals, checks[checks["quantity"] == quantity], lang)
    rows = -(-len(shown) // COLUMNS)
    reasons = {key: label(key, lang, "magnet_reasons") if key else "" for key in checks["reason"]}
    table = checks.drop(columns=["source", "note"])
    return Chart(
        key="magnet-checks",
        option=option,
        table=table.assign(reason=table["reason"].map(reasons)),
        title=_title(checks, lang),
        subtitle=say("magnet_checks_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="magnet_checks",
        height=PANEL["top"] + rows * (PANEL["height"] + PANEL["gap"]) - PANEL["gap"] + 34,
    )


def _title(checks: pd.DataFrame, lang: Lang) -> str:
    """How many figures each kind of comparison hits; figures conditioned on are no evidence."""
    said = []
    for role in ("compared", "predicted", "conditioned"):
        rows = checks[checks["role"] == role]
        if len(rows):
            counts = {name: int((rows["verdict"] == name).sum()) for name in MARKS}
            said.append(say(f"magnet_checks_{role}", lang, n=len(rows), **counts))
    return joined(said, lang)


def _legend(lang: Lang) -> dict[str, Any]:
    """What the three marks mean; letters stand in for the drawn ones."""
    rich = {
        "hit": {"color": INK, "fontSize": 13},
        "band": {"color": INK, "fontSize": 13},
        "miss": {"color": LOSS, "fontSize": 13, "fontWeight": "bold"},
    }
    signs = {"hit": "●", "band": "○", "miss": "✕"}
    text = "      ".join(
        f"{{{name}|{sign}}} {label(name, lang, 'magnet_verdicts')}" for name, sign in signs.items()
    )
    style = {"fontSize": 11.5, "fontWeight": "normal", "color": INK, "rich": rich}
    return {"text": text, "left": 8, "top": 2, "padding": 0, "textStyle": style}


def _panel(
    option: dict[str, Any], axis: int, quantity: str, totals: pd.DataFrame, told: pd.DataFrame, lang: Lang
) -> None:
    rows = totals[totals["quantity"] == quantity]
    grid = panel(axis, COLUMNS, **PANEL)
    unit = _unit(str(rows["unit"].iloc[0]), lang)
    head = wrap(f"{label(quantity, lang, 'magnet_results')}{unit}", 44)
    first, last = int(rows["year"].min()), int(rows["year"].max())
    option["grid"].append(grid)
    option["title"].append(panel_title(head, grid, 1 + head.count("\n")))
    option["xAxis"].append(year_axis(first, last, 20, gridIndex=axis))
    option["yAxis"].append(
        quiet_axis(type="value", gridIndex=axis, min=0, splitNumber=3, splitLine={"show": True})
    )
    option["series"] += [*_runs(rows, axis), *checked_points(told, axis)]


def _unit(unit: str, lang: Lang) -> str:
    word = say("magnet_count_a", lang) if unit == "1/a" else unit_word(unit, lang).strip()
    return f" [{word}]" if word else ""


def _runs(rows: pd.DataFrame, axis: int) -> list[dict[str, Any]]:
    """Band from P10 to P90 and the median."""
    shared = {"type": "line", "symbol": "none", "silent": True, "xAxisIndex": axis, "yAxisIndex": axis}
    unseen = {"lineStyle": {"opacity": 0}, "stack": f"band-{axis}"}
    years = [year_place(year) for year in rows["year"]]

    def pairs(values: pd.Series[float]) -> list[list[float]]:
        return [[year, float(value)] for year, value in zip(years, values, strict=True)]

    return [
        {**shared, **unseen, "name": "floor", "data": pairs(rows["low"])},
        {**shared, **unseen, "name": "P10–P90", "data": pairs(rows["high"] - rows["low"]),
         "areaStyle": {"color": MUTED, "opacity": 0.28}},
        {**shared, "name": "median", "data": pairs(rows["median"]),
         "lineStyle": {"color": MUTED, "width": 1.8}},
    ]  # fmt: skip

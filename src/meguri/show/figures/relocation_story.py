"""Shares by place of process in every year, with bands, over the phases of the document."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import year_axis, year_place
from meguri.show.figures.marks import LIFT, beside
from meguri.show.ink import INK, MUTED, RULE, base_option, mixed, quiet_axis, stage_hue
from meguri.show.spell import percent, say, word

TINTS = {"JP": 1.0, "CN": 0.55}  # places drawn; one hue, for one stage
HUE = stage_hue("magnet")


def series_chart(table: pd.DataFrame, phases: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """Bands of the shares by year; phases as texts above.

    Parameters
    ----------
    table : DataFrame
        Rows of ``relocation_series``.
    phases : DataFrame
        Rows of ``relocation_timeline`` of kind ``phase``.
    """
    home = table[(table["country"] == "JP") & table["anchor"].astype(bool)].sort_values("year")
    ends = [
        f"{percent(row['low']).rstrip('%')}–{percent(row['high'])}"
        for _, row in home.iloc[[0, -1]].iterrows()
    ]
    return Chart(
        key="relocation-series",
        option=_option(table, phases, lang),
        table=table,
        title=say("stagepolicy.series_title", lang, first=ends[0], last=ends[1],
                  from_year=int(home["year"].iloc[0]), to_year=int(home["year"].iloc[-1])),
        subtitle=say("stagepolicy.series_sub", lang),
        footer=footer,
        lang=lang,
        declared="relocation_series",
        height=330,
    )  # fmt: skip


def _option(table: pd.DataFrame, phases: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    first, last = int(table["year"].min()), int(table["year"].max())
    series: list[dict[str, Any]] = []
    for country, tint in TINTS.items():
        rows = table[table["country"] == country].sort_values("year")
        if not rows.empty:
            series += _band(rows, mixed(HUE, tint), word(country, "countries", lang))
    return {
        **base_option(),
        "grid": {"left": 44, "right": 86, "top": 42, "bottom": 26},
        "xAxis": year_axis(first, last, 5),
        "yAxis": quiet_axis(
            type="value", min=0, max=1, interval=0.25, splitLine={"show": True}, axisLabel={"show": False}
        ),
        "series": [*series, _scale(first), *_phases(phases, first, last, lang)],
    }


def _band(rows: pd.DataFrame, hue: str, name: str) -> list[dict[str, Any]]:
    years = [year_place(year) for year in rows["year"]]
    low, high, middle = (rows[column].astype(float) for column in ("low", "high", "middle"))
    shared = {"type": "line", "symbol": "none", "silent": True}
    unseen = {"lineStyle": {"opacity": 0}, "stack": name}
    bars: list[Any] = []
    for row in rows[rows["anchor"].astype(bool)].to_dict("records"):
        bars += [[year_place(row["year"]), row["low"]], [year_place(row["year"]), row["high"]], LIFT]
    return [
        {**shared, **unseen, "name": f"{name} floor", "data": list(zip(years, low, strict=True))},
        {**shared, **unseen, "name": f"{name} band", "data": list(zip(years, high - low, strict=True)),
         "areaStyle": {"color": hue, "opacity": 0.28}},
        {**shared, "name": name, "data": list(zip(years, middle, strict=True)),
         "lineStyle": {"color": hue, "width": 2},
         "endLabel": {"show": True, "formatter": name, "color": INK, "fontSize": 12, "distance": 6}},
        {**shared, "name": f"{name} years", "data": bars, "lineStyle": {"color": hue, "width": 6}},
    ]  # fmt: skip


def _scale(first: int) -> dict[str, Any]:
    data = [
        {"value": [year_place(first), share], "label": beside(percent(share), left=True, hue=MUTED)}
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    return {"name": "scale", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data}


def _phases(phases: pd.DataFrame, first: int, last: int, lang: Lang) -> list[dict[str, Any]]:
    """A hairline where a phase begins, its name above."""
    lines: list[Any] = []
    names: list[dict[str, Any]] = []
    for row in phases.to_dict("records"):
        start, end = max(int(row["start"]), first), min(int(row["end"]), last)
        if end <= first:
            continue
        lines += [[year_place(start), 0.0], [year_place(start), 1.0], LIFT]
        label: dict[str, Any] = beside(f"{int(row['phase'])} {row[f'text_{lang}']}", size=10.5, hue=MUTED)
        label |= {"position": [2, -30], "width": max(60, (end - start + 1) * 28), "overflow": "break"}
        names.append({"value": [year_place(start), 1.0], "label": {**label, "lineHeight": 12}})
    return [
        {"name": "phases", "type": "line", "symbol": "none", "silent": True, "data": lines,
         "lineStyle": {"color": RULE, "width": 1}},
        {"name": "names", "type": "scatter", "symbolSize": 0.1, "silent": True, "clip": False, "data": names},
    ]  # fmt: skip

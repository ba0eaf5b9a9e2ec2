"""Month by month: what stayed as it was, and whether anything shifted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, LOSS, MUTED, PAPER, RULE, base_option, quiet_axis
from meguri.show.safetynet_words import figure_text, net_word
from meguri.show.spell import month
from meguri.structure.safetynet_runs import RUN

TOP, PANEL, GAP, FOOT = 22, 74, 30, 40
HUE = "#0d436a"


def run_chart(
    runs: pd.DataFrame, kpis: Sequence[str] = ("uptime", "recovery_median"), *, lang: Lang
) -> Chart:
    """One panel for each key figure: a dot a month, the median as a line, shifts filled.

    Parameters
    ----------
    runs : DataFrame
        ``kpi_runs``.
    kpis : sequence of str
        Figures to draw, from top to bottom; one without a month is left out.
    """
    shown = [kpi for kpi in kpis if (runs["kpi"] == kpi).any()]
    table = runs[runs["kpi"].isin(shown)].reset_index(drop=True)
    return Chart(
        key="runs", option=_option(table, shown, lang), table=table, title=_title(table, shown, lang),
        subtitle=_subtitle(table, lang), footer=net_word("figure_source", lang), lang=lang,
        declared="kpi_runs", height=max(len(shown), 1) * (TOP + PANEL + GAP) + FOOT - GAP,
    )  # fmt: skip


def _title(table: pd.DataFrame, shown: list[str], lang: Lang) -> str:
    if not shown:
        return net_word("run_none", lang)
    shifted = table[table["signal"]]
    if shifted.empty:
        months = table["month"].nunique()
        return net_word("run_title_short" if months < RUN else "run_title", lang, n=months)
    first = shifted.iloc[0]
    name = net_word(f"tile.{first['kpi']}", lang)
    return net_word("run_title_shift", lang, name=name, month=month(first["month"], lang))


def _subtitle(table: pd.DataFrame, lang: Lang) -> str:
    months = table["month"].nunique()
    if not months:
        return ""
    if months < RUN:
        return net_word("run_sub_short", lang, n=months)
    return net_word("run_sub_shift" if table["signal"].any() else "run_sub", lang)


def _option(table: pd.DataFrame, shown: list[str], lang: Lang) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(), **{part: [] for part in ("grid", "title", "xAxis", "yAxis", "series")}
    }  # fmt: skip
    months = _months(table)
    for place, kpi in enumerate(shown):
        rows = table[table["kpi"] == kpi].set_index("month").reindex(months)
        top = TOP + place * (TOP + PANEL + GAP)
        last = place == len(shown) - 1
        option["grid"].append({"left": 6, "right": 86, "top": top, "height": PANEL})
        option["title"].append(_head(net_word(f"tile.{kpi}", lang), top - TOP))
        option["xAxis"].append(_months_axis(months, place, last, lang))
        option["yAxis"].append(_values_axis(rows, place))
        option["series"].append(_dots(rows, months, kpi, place, lang))
    return option


def _months(table: pd.DataFrame) -> list[str]:
    """Every month from the first to the last, so that a month without a record is a gap."""
    if table.empty:
        return []
    found = pd.period_range(table["month"].min(), table["month"].max(), freq="M")
    return [str(one) for one in found]


def _head(text: str, top: int) -> dict[str, Any]:
    style = {"fontSize": 11, "fontWeight": "bold", "color": INK}
    return {"text": text, "left": 0, "top": top, "padding": 0, "textStyle": style}


def _months_axis(months: list[str], place: int, last: bool, lang: Lang) -> dict[str, Any]:
    labels = [f"{int(one[5:])}月" if lang == "ja" else one[2:].replace("-", "/") for one in months]
    if lang == "ja":
        labels = [
            f"{text}\n{one[:4]}年" if at == 0 or one.endswith("-01") else text
            for at, (one, text) in enumerate(zip(months, labels, strict=True))
        ]
    step = max(1, -(-len(months) // 6)) - 1
    return quiet_axis(
        type="category", data=labels, gridIndex=place, boundaryGap=True,
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisLabel={"show": last, "interval": step, "fontSize": 10, "lineHeight": 12},
    )  # fmt: skip


def _values_axis(rows: pd.DataFrame, place: int) -> dict[str, Any]:
    """The axis of a panel ends a little beyond its values: a run chart asks for change, not for size."""
    low, high = float(rows["value"].min()), float(rows["value"].max())
    room = max((high - low) * 0.25, 1e-3)
    return quiet_axis(
        type="value", min=low - room, max=high + room, gridIndex=place, axisLabel={"show": False}
    )


def _dots(rows: pd.DataFrame, months: list[str], kpi: str, place: int, lang: Lang) -> dict[str, Any]:
    known = rows[rows["value"].notna()]
    centre = float(known["centre"].iloc[0])
    told = {known["value"].idxmin(), known["value"].idxmax()}
    data = [
        {"value": "-"} if pd.isna(rows.at[one, "value"]) else _dot(rows.loc[one], kpi, one in told, lang)
        for one in months
    ]
    text = net_word("run_median", lang, value=figure_text(kpi, centre, lang))
    return {
        "name": kpi, "type": "line", "xAxisIndex": place, "yAxisIndex": place, "data": data, "silent": True,
        "symbol": "circle", "symbolSize": 7, "connectNulls": False, "clip": False,
        "lineStyle": {"color": MUTED, "width": 1},
        "markLine": {
            "symbol": "none", "silent": True, "data": [{"yAxis": centre}],
            "lineStyle": {"color": HUE, "width": 1.2, "type": "solid"},
            "label": {"formatter": text, "color": HUE, "fontSize": 10.5, "position": "end", "distance": 5},
        },
    }  # fmt: skip


def _dot(row: Any, kpi: str, told: bool, lang: Lang) -> dict[str, Any]:
    hue = LOSS if row["signal"] else HUE
    low = row["value"] < row["centre"]
    return {
        "value": round(float(row["value"]), 5),
        "itemStyle": {"color": hue if row["signal"] else PAPER, "borderColor": hue, "borderWidth": 1.6},
        "label": {
            "show": told, "formatter": figure_text(kpi, row["value"], lang), "color": MUTED, "fontSize": 10,
            "position": "bottom" if low else "top", "distance": 4,
        },
    }  # fmt: skip

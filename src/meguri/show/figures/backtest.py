"""A backtest case drawn: history, what was known before, the model's band and the naive baselines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds, number_or_none, panel, panel_title
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, MUTED, PALE, PAPER, RULE, base_option, clip, quiet_axis
from meguri.show.spell import missing, percent, say, significant
from meguri.study.backtest import CaseResult
from meguri.study.backtest_case import Series, months_of

PANEL = {"top": 34, "height": 130, "gap": 62}
COLUMNS = 3


def backtest_panels(
    result: CaseResult, *, lang: Lang = "en", footer: str = "", groups: tuple[str, ...] | None = None
) -> Chart:
    """One small panel for each series: history against the model's band and the baselines.

    Parameters
    ----------
    result : CaseResult
        One case of :func:`meguri.study.backtest.backtest`.
    groups : tuple of str, optional
        Groups shown; all when left out.
    """
    shown = [series for series in result.case.series if groups is None or series.group in groups]
    table = result.scores[result.scores["series"].isin([series.id for series in shown])]
    rows = -(-len(shown) // COLUMNS)
    return Chart(
        key=f"backtest-{result.case.name}",
        option=_option(result, shown, lang),
        table=table.reset_index(drop=True),
        title=_title(result, table, lang),
        subtitle=_subtitle(result, lang, groups),
        footer=footer,
        lang=lang,
        declared="backtest_scores",
        height=max(150, PANEL["top"] + rows * (PANEL["height"] + PANEL["gap"]) - PANEL["gap"] + 34),
    )


def _title(result: CaseResult, table: pd.DataFrame, lang: Lang) -> str:
    words = result.case.label.ja if lang == "ja" else result.case.label.en
    known = table[table["in_band"] != "unknown"]
    if known.empty:
        return say("backtest_none", lang, case=words)
    hits = int((known["in_band"] == "yes").sum())
    return say("backtest_title", lang, case=words, hits=hits, points=len(known))


def _subtitle(result: CaseResult, lang: Lang, groups: tuple[str, ...] | None) -> str:
    said = []
    for row in result.pooled.to_dict("records"):
        if (groups is not None and row["group"] not in groups) or not row["points"]:
            continue
        group = result.case.groups[row["group"]].label
        fill = {
            "group": group.ja if lang == "ja" else group.en,
            "error": f"{row['error']:.2f}",
            "naive": "—" if missing(row["error_no_change"]) else f"{row['error_no_change']:.2f}",
            "points": row["points"],
        }
        said.append(say("backtest_pooled", lang, **fill))
    return say("backtest_subtitle", lang, pooled=("" if lang == "ja" else " ").join(said))


def _option(result: CaseResult, shown: list[Series], lang: Lang) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    for place, series in enumerate(shown):
        grid = panel(place, COLUMNS, **PANEL)
        scored = result.scores[result.scores["series"] == series.id]
        seen = result.series[result.series["series"] == series.id]
        name = clip(series.label.ja if lang == "ja" else series.label.en, 38 - len(series.unit))
        times = [when(period) for period in [*seen["period"], *scored["period"]]]
        option["grid"].append(grid)
        option["title"].append(panel_title(f"{name} [{series.unit}]" if series.unit != "1" else name, grid))
        option["xAxis"].append(_years(times, place))
        option["yAxis"].append(_values(series, place))
        option["series"] += _marks(series, scored, seen, place)
    return option


def when(period: str) -> int:
    """Middle of a period on the time axis [ms].

    Examples
    --------
    >>> when("2010") == milliseconds("2010-07-01"), when("2010-07") == milliseconds("2010-07-16")
    (True, True)
    """
    months = months_of(period)
    middle = months[len(months) // 2]
    return milliseconds(f"{middle}-01" if len(months) > 1 else f"{middle}-16")


def _years(times: list[int], place: int) -> dict[str, Any]:
    first, last = (dt.datetime.fromtimestamp(time / 1000, dt.UTC).year for time in (min(times), max(times)))
    step = next(s for s in (1, 2, 5, 10) if (last - first) / s <= 5)
    ticks = [milliseconds(f"{year}-07-01") for year in range(first, last + 1) if (last - year) % step == 0]
    return quiet_axis(
        type="time", min=milliseconds(f"{first}-01-01"), max=milliseconds(f"{last}-12-31"), gridIndex=place,
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisTick={"show": True, "customValues": ticks, "lineStyle": {"color": RULE}, "length": 4},
        axisLabel={"customValues": ticks, "formatter": "{yyyy}"},
    )  # fmt: skip


def _values(series: Series, place: int) -> dict[str, Any]:
    most = 1 if series.what in ("share", "stops") else None
    return quiet_axis(type="value", gridIndex=place, min=0, max=most, splitNumber=3, splitLine={"show": True})


def _marks(series: Series, scored: pd.DataFrame, seen: pd.DataFrame, place: int) -> list[dict[str, Any]]:
    before = seen[(seen["phase"] == "before") & seen["value"].notna()]
    if series.what not in ("share", "stops", "price", "unit_value"):  # flows are drawn at the rate of a year
        scored, before = _by_year(scored), _by_year(before)
    x = [when(period) for period in scored["period"]]
    at = {"xAxisIndex": place, "yAxisIndex": place}
    bars: list[list[Any]] = []
    for year, low, high in zip(x, scored["low"], scored["high"], strict=True):
        if not missing(low):
            bars += [[year, low], [year, high], LIFT]
    wide = {"color": INK, "width": 7, "opacity": PALE}
    return [
        *(_naive(scored, column, line, x, at) for column, line in _NAIVE),
        _line("P10–P90", bars, at, symbol="none", lineStyle=wide),
        _points("predicted", x, scored["predicted"], at, "diamond", PAPER, 9),
        _points("before", [when(p) for p in before["period"]], before["value"], at, "circle", PAPER, 6),
        _points("observed", x, scored["observed"], at, "circle", INK, 6),
    ]


_NAIVE = (("baseline_no_change", "dashed"), ("baseline_trend", "dotted"))


def _by_year(table: pd.DataFrame) -> pd.DataFrame:
    """Amounts of months at the rate of a year, so that they share an axis with years."""
    factor = pd.Series([12 / len(months_of(period)) for period in table["period"]], index=table.index)
    columns = [name for name in table.columns if table[name].dtype == float and "error" not in name]
    return table.assign(**{name: table[name] * factor for name in columns})


def _naive(scored: pd.DataFrame, column: str, line: str, x: list[int], at: dict[str, int]) -> dict[str, Any]:
    data = [
        [year, number_or_none(value)]
        for year, value in sorted(zip(x, scored[column], strict=True))
        if not missing(value)
    ]
    style = {"color": MUTED, "width": 1.2, "type": line}
    return _line(column, data, at, symbol="none" if len(data) > 1 else "rect", lineStyle=style)


def _line(name: str, data: list[Any], at: dict[str, int], **more: Any) -> dict[str, Any]:
    style = {"itemStyle": {"color": MUTED}, "symbolSize": 3, "silent": True}
    return {"name": name, "type": "line", "data": data, **at, **style, **more}


def _points(
    name: str, x: list[int], values: pd.Series[float], at: dict[str, int], symbol: str, fill: str, size: int
) -> dict[str, Any]:
    data = [
        {"value": [year, number_or_none(value)], "name": _said(float(value), name)}
        for year, value in zip(x, values, strict=True)
        if not missing(value)
    ]
    return {
        "name": name, "type": "scatter", "data": data, **at, "symbol": symbol, "symbolSize": size, "z": 4,
        "itemStyle": {"color": fill, "borderColor": INK, "borderWidth": 1.3},
        "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def _said(value: float, name: str) -> str:
    return f"{name}: {percent(value) if 0 < value <= 1 else significant(value, 4)}"

"""A backtest case drawn: history, what was known before, the model's two bands and the naive baselines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds, number_or_none, panel, panel_title
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, MUTED, PALE, PAPER, RULE, base_option, clip, quiet_axis
from meguri.show.spell import missing, percent, say, significant
from meguri.study.backtest import CaseResult
from meguri.study.backtest_case import Series, months_of

PANEL = {"top": 86, "height": 130, "gap": 62}  # two lines of legend above
COLUMNS = 3
BEYOND = 1.6  # a predictive band is cut this far above everything else that is drawn


def backtest_panels(
    result: CaseResult, *, lang: Lang = "en", footer: str = "", groups: tuple[str, ...] | None = None
) -> Chart:
    """One small panel for each series: history against the model's bands and the baselines.

    The thick bar is the band over the declared ranges, the thin line the predictive one; where that
    reaches far above everything else it is cut and ends in an arrow.

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
    wide = table[table["in_predictive"] != "unknown"]
    fill = {"case": words, "hits": int((known["in_band"] == "yes").sum()), "points": len(known)}
    if wide.empty:
        return say("backtest_title", lang, **fill)
    held = int((wide["in_predictive"] == "yes").sum())
    return say("backtest_title_both", lang, **fill, held=held, all=len(wide))


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
        **base_option(), "legend": _legend(result.scores, lang), "grid": [], "title": [], "xAxis": [],
        "yAxis": [], "series": [],
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
        scored, before = _at_one_rate(series, scored, seen)
        most = _most(series, scored, before)
        option["yAxis"].append(_values(place, most))
        option["series"] += _marks(scored, before, place, most, lang)
    return option


def _legend(scored: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    """Every mark once, lines as they stand in the panels; a case run alone has no predictive band."""
    absent = {"predictive"} if scored["predictive_low"].isna().all() else set()
    data = [
        {"name": _name(key, lang), "icon": icon, "itemStyle": style}
        for key, icon, style in _KEYS
        if key not in absent
    ]
    return {
        "left": 0, "top": 0, "itemWidth": 14, "itemHeight": 10, "itemGap": 12, "selectedMode": False,
        "textStyle": {"color": MUTED, "fontSize": 11}, "data": data,
    }  # fmt: skip


_PLAIN = {"color": INK, "borderWidth": 0}
_HOLLOW = {"color": PAPER, "borderColor": INK, "borderWidth": 1.3}
_GREY = {"color": MUTED, "borderWidth": 0}
_KEYS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("observed", "circle", _PLAIN),
    ("before", "circle", _HOLLOW),
    ("predicted", "diamond", _HOLLOW),
    ("parameter", "path://M0,0h7v12h-7z", {**_PLAIN, "opacity": PALE}),
    ("predictive", "path://M0,0h1.4v12h-1.4z", _PLAIN),
    ("no_change", "path://M0,0h5v1.4h-5zM7,0h5v1.4h-5zM14,0h5v1.4h-5z", _GREY),
    ("trend", "path://M0,0h2v1.4h-2zM4,0h2v1.4h-2zM8,0h2v1.4h-2zM12,0h2v1.4h-2zM16,0h2v1.4h-2z", _GREY),
)


def _name(key: str, lang: Lang) -> str:
    return say(f"backtest_mark_{key}", lang)


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


def _values(place: int, most: float | None) -> dict[str, Any]:
    step = None if most is None else most / _parts(most)
    return quiet_axis(
        type="value", gridIndex=place, min=0, max=most, splitNumber=3, interval=step, splitLine={"show": True}
    )


def _parts(top: float) -> int:
    """Equal steps with round ends on an axis up to a rounded top.

    Examples
    --------
    >>> _parts(300.0), _parts(0.5), _parts(1.0)
    (3, 5, 4)
    """
    first = float(f"{top:.1e}".split("e")[0])
    return 3 if first in (1.5, 3, 6) else 5 if first == 5 else 4


def _at_one_rate(
    series: Series, scored: pd.DataFrame, seen: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scored points and those known before; flows at the rate of a year."""
    before = seen[(seen["phase"] == "before") & seen["value"].notna()]
    if series.what in ("share", "stops", "price", "unit_value"):
        return scored, before
    return _by_year(scored), _by_year(before)


def _most(series: Series, scored: pd.DataFrame, before: pd.DataFrame) -> float | None:
    """Top of the axis: 1 for shares; set where a predictive band would dwarf all else; else free."""
    if series.what in ("share", "stops"):
        return 1.0
    drawn = scored[["observed", "predicted", "high", "baseline_no_change", "baseline_trend"]].max().tolist()
    top = max((value for value in [*drawn, before["value"].max()] if not missing(value)), default=0.0)
    return _rounded(BEYOND * top) if (scored["predictive_high"] > BEYOND * top).any() else None


def _rounded(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten.

    Examples
    --------
    >>> _rounded(0.41), _rounded(2600.0)
    (0.5, 3000.0)
    """
    power = 10.0 ** np.floor(np.log10(value)) if value > 0 else 1.0
    steps = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
    return float(next(step * power for step in steps if step * power >= value * (1 - 1e-9)))


def _marks(
    scored: pd.DataFrame, before: pd.DataFrame, place: int, most: float | None, lang: Lang
) -> list[dict[str, Any]]:
    x = [when(period) for period in scored["period"]]
    at = {"xAxisIndex": place, "yAxisIndex": place}
    beyond = (
        []
        if most is None
        else [t for t, high in zip(x, scored["predictive_high"], strict=True) if high > most]
    )
    wide, thin = {"color": INK, "width": 7, "opacity": PALE}, {"color": INK, "width": 1.2}
    known = [when(period) for period in before["period"]]
    return [
        *(_naive(scored, column, line, x, at, lang) for column, line in _NAIVE),
        _line(
            _name("predictive", lang),
            _bars(x, scored, "predictive_", most),
            at,
            symbol="none",
            lineStyle=thin,
        ),
        _line(_name("parameter", lang), _bars(x, scored, "", None), at, symbol="none", lineStyle=wide),
        _cut(beyond, most, at),
        _points(_name("predicted", lang), x, scored["predicted"], at, "diamond", PAPER, 9),
        _points(_name("before", lang), known, before["value"], at, "circle", PAPER, 6),
        _points(_name("observed", lang), x, scored["observed"], at, "circle", INK, 6),
    ]


def _bars(x: list[int], scored: pd.DataFrame, which: str, most: float | None) -> list[list[Any]]:
    """Upright lines from P10 to P90, none above the axis."""
    bars: list[list[Any]] = []
    for time, low, high in zip(x, scored[f"{which}low"], scored[f"{which}high"], strict=True):
        if not missing(low):
            ends = (low, high) if most is None else (min(low, most), min(high, most))
            bars += [[time, ends[0]], [time, ends[1]], LIFT]
    return bars


def _cut(beyond: list[int], most: float | None, at: dict[str, int]) -> dict[str, Any]:
    """Arrows where a band goes on above the panel."""
    return {
        "name": "cut", "type": "scatter", "data": [[time, most] for time in beyond], **at, "silent": True,
        "symbol": "triangle", "symbolSize": 6, "itemStyle": {"color": INK}, "clip": False, "z": 3,
    }  # fmt: skip


_NAIVE = (("no_change", "dashed"), ("trend", "dotted"))


def _by_year(table: pd.DataFrame) -> pd.DataFrame:
    """Amounts of months at the rate of a year, so that they share an axis with years."""
    factor = pd.Series([12 / len(months_of(period)) for period in table["period"]], index=table.index)
    columns = [name for name in table.columns if table[name].dtype == float and "error" not in name]
    return table.assign(**{name: table[name] * factor for name in columns})


def _naive(
    scored: pd.DataFrame, base: str, line: str, x: list[int], at: dict[str, int], lang: Lang
) -> dict[str, Any]:
    data = [
        [year, number_or_none(value)]
        for year, value in sorted(zip(x, scored[f"baseline_{base}"], strict=True))
        if not missing(value)
    ]
    style = {"color": MUTED, "width": 1.2, "type": line}
    return _line(_name(base, lang), data, at, symbol="none" if len(data) > 1 else "rect", lineStyle=style)


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

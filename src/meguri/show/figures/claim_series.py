"""Monthly series a claim is tested on: breaks with their intervals, against the date of the cause."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.observe.dated import read_interval
from meguri.observe.interval import Interval
from meguri.show.chart import Chart
from meguri.show.chronicle_words import tell
from meguri.show.figures.axes import milliseconds, number_or_none, panel_title, time_axis
from meguri.show.figures.datebars import ends
from meguri.show.ink import INK, MUTED, PALE, RULE, base_option, clip, mixed, quiet_axis

PANEL, GAP, TOP, FOOT, LEFT, RIGHT = 74, 42, 62, 26, 62, 10
TICKS = 8
SHOWN = {"show": True}
TITLE = 118  # Latin letters above a panel
MOVED = "supported"  # finding of a series that moves as asked
TOLD = (MOVED, "contradicted", "no-move", "cannot-tell", "before-cause", "after-competing")  # tested
ROLES = ("test", "detour", "placebo")


def claim_series(
    findings: pd.DataFrame,
    points: pd.DataFrame,
    breaks: pd.DataFrame,
    names: pd.DataFrame,
    cause: Interval,
    *,
    key: str = "series",
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """One panel for each series with monthly values: those that must move first, placebos last.

    Parameters
    ----------
    findings : DataFrame
        Series of one claim with ``role`` and ``direction``.
    points : DataFrame
        ``claim_points``: values by period; sums over several months are left to the table.
    breaks : DataFrame
        ``claim_breaks``: months at which the level breaks, with their interval.
    names : DataFrame
        ``claim_series``: label and unit of every series.
    cause : Interval
        Possible days of the cause: an upright at the first of them.
    """
    rows = _drawn(findings, points)
    shown = points[points["series"].isin(rows["series"])]
    height = TOP + len(rows) * (PANEL + GAP) - GAP + FOOT + 14
    return Chart(
        key=key,
        option=_option(rows, shown, breaks, names, cause, lang),
        table=shown,
        title=_title(rows, lang),
        subtitle=_subtitle(len(rows), len(findings), lang),
        footer=footer,
        lang=lang,
        declared="claim_points",
        height=height,
    )


def _subtitle(drawn: int, named: int, lang: Lang) -> str:
    """How many of the series the claim names have monthly values."""
    return tell("series.subtitle" if drawn < named else "series.subtitle_all", lang, n=drawn, all=named)


def has_months(findings: pd.DataFrame, points: pd.DataFrame) -> bool:
    """Whether any series of a claim has monthly values to draw."""
    return len(_drawn(findings, points)) > 0


def _drawn(findings: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Series with at least two monthly values, in the order of their roles."""
    held = _monthly(points)["series"].value_counts()
    rows = findings[findings["series"].map(held).fillna(0) >= 2]
    order = rows["role"].map({role: place for place, role in enumerate(ROLES)})
    return rows.assign(_order=order).sort_values("_order", kind="stable").drop(columns="_order")


def _monthly(points: pd.DataFrame) -> pd.DataFrame:
    return points[points["period"].astype(str).str.fullmatch(r"\d{4}-\d{2}")]


def _title(rows: pd.DataFrame, lang: Lang) -> str:
    """How many of the series that must move do, and how many of those that must not."""
    moved = rows["finding"] == MOVED
    must, must_not = rows["role"] == "test", rows["role"] == "placebo"
    if not rows["finding"].isin(TOLD).any():
        return tell("series.title_untested", lang)
    counts = {"n": int((moved & must).sum()), "all": int(must.sum())}
    if must_not.any():
        return tell("series.title", lang, **counts, m=int((moved & must_not).sum()), of=int(must_not.sum()))
    return tell("series.title_alone", lang, **counts)


def _certain(breaks: pd.DataFrame, series: str) -> pd.DataFrame:
    """Breaks of one series that chance does not explain."""
    if breaks.empty:
        return pd.DataFrame(columns=["series", "at", "low", "high", "direction"])
    return breaks[(breaks["series"] == series) & breaks["significant"].astype(bool)]


def _option(
    rows: pd.DataFrame, points: pd.DataFrame, breaks: pd.DataFrame, names: pd.DataFrame, cause: Interval,
    lang: Lang,
) -> dict[str, Any]:  # fmt: skip
    first, last = _window(points, cause)
    grids, titles, across, upright, series = [], [], [], [], []
    for place, ask in enumerate(rows.to_dict("records")):
        mine = _monthly(points[points["series"] == ask["series"]]).sort_values("period")
        grid = {"left": LEFT, "right": RIGHT, "top": TOP + place * (PANEL + GAP), "height": PANEL}
        grids.append(grid)
        titles.append(panel_title(_heading(ask, mine, names, lang), {**grid, "left": "4.3%"}) | {"left": 0})
        bottom = place == len(rows) - 1
        across.append(
            time_axis(first, last, lang, TICKS, gridIndex=place) | ({} if bottom else {"show": False})
        )
        upright.append(
            quiet_axis(type="value", min=0, splitNumber=2, gridIndex=place, splitLine={"show": True})
        )
        series.append(_line(mine, place, first, last))
        series.append(_marks(_certain(breaks, str(ask["series"])), cause, place))
        series.append(_asked(ask, place))
    return {
        **base_option(), "title": [*titles, _key(lang)], "grid": grids, "xAxis": across, "yAxis": upright,
        "series": series,
    }  # fmt: skip


def _window(points: pd.DataFrame, cause: Interval) -> tuple[dt.date, dt.date]:
    months = [read_interval(str(period)) for period in _monthly(points)["period"]]
    days = [day for span in months for day in (span.earliest, span.latest)] + ends(cause)[:1]
    return (min(days), max(days)) if days else (dt.date(2000, 1, 1), dt.date(2000, 12, 31))


def _heading(ask: dict[Any, Any], mine: pd.DataFrame, names: pd.DataFrame, lang: Lang) -> str:
    """Name and unit of a series, and what the claim asks of it."""
    held = names[names["series"] == ask["series"]]
    name = str(ask["series"]) if held.empty else str(held.iloc[0][f"label_{lang}"])
    unit = "" if mine.empty else str(mine.iloc[0]["unit"])
    role = tell(f"role.{ask['role']}.{ask['direction']}", lang)
    found = tell(f"finding.{ask['finding']}", lang)
    return clip(tell("series.heading", lang, name=name, unit=unit, role=role, found=found), TITLE)


def _key(lang: Lang) -> dict[str, Any]:
    rich = {
        "asked": {"color": mixed(MUTED, 0.35), "fontSize": 13}, "band": {"color": MUTED, "fontSize": 13},
        "cause": {"color": INK, "fontSize": 13},
    }  # fmt: skip
    marks = {"asked": "■", "band": "■", "cause": "┆"}
    text = "     ".join(
        f"{{{part}|{mark}}} {tell(f'series.key.{part}', lang)}" for part, mark in marks.items()
    )
    style = {"color": INK, "fontSize": 11, "fontWeight": "normal", "rich": rich}
    return {"text": text, "left": 0, "top": 0, "padding": 0, "textStyle": style}


def _line(mine: pd.DataFrame, place: int, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Values at the middle of their month; a month without a value is a gap."""
    held = {str(row["period"]): number_or_none(row["value"]) for row in mine.to_dict("records")}
    months = [str(month) for month in pd.period_range(first, last, freq="M")]
    data = [[milliseconds(f"{month}-15"), held.get(month)] for month in months]
    sparse = len(held) < len(months) / 2
    return {
        "name": "values", "type": "line", "xAxisIndex": place, "yAxisIndex": place, "data": data,
        "symbol": "circle" if sparse else "none", "symbolSize": 5, "connectNulls": False, "z": 5,
        "lineStyle": {"color": INK, "width": 1.6}, "itemStyle": {"color": INK},
    }  # fmt: skip


def _asked(ask: dict[Any, Any], place: int) -> dict[str, Any]:
    """The months in which the series must move, as a pale ground."""
    first, last = (str(ask.get(name) or "") for name in ("first", "last"))
    ground = []
    if first and last:
        ends_ = [
            {"xAxis": milliseconds(read_interval(first).earliest)},
            {"xAxis": milliseconds(read_interval(last).latest)},
        ]
        ground = [ends_]
    return {
        "name": "asked", "type": "line", "xAxisIndex": place, "yAxisIndex": place, "data": [], "silent": True,
        "markArea": {"silent": True, "data": ground, "itemStyle": {"color": RULE, "opacity": 0.7}, "z": 1},
    }  # fmt: skip


def _marks(breaks: pd.DataFrame, cause: Interval, place: int) -> dict[str, Any]:
    """A band over the interval of each break, a line at the first possible day of the cause."""
    bands = [
        [{"xAxis": milliseconds(read_interval(str(row["low"])).earliest)},
         {"xAxis": milliseconds(read_interval(str(row["high"])).latest)}]
        for row in breaks.to_dict("records")
    ]  # fmt: skip
    lines = [] if cause.open_start else [{"xAxis": milliseconds(cause.earliest)}]
    return {
        "name": "marks", "type": "line", "xAxisIndex": place, "yAxisIndex": place, "data": [], "silent": True,
        "markArea": {"silent": True, "data": bands, "itemStyle": {"color": MUTED, "opacity": PALE}},
        "markLine": {
            "symbol": "none", "silent": True, "data": lines, "label": {"show": False},
            "lineStyle": {"color": INK, "type": [4, 3], "width": 1.2},
        },
    }  # fmt: skip

"""A monthly series with its breaks, the intervals of their dates, and the events they are held against."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, LOSS, MUTED, PAPER, RULE, base_option, quiet_axis
from meguri.show.spell import joined, listing, say

HEIGHT = 260


def break_series(
    months: pd.DataFrame,
    breaks: pd.DataFrame,
    events: pd.DataFrame,
    *,
    what: str,
    unit: str,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """The months as points, the level of each stretch as a line, each break with the interval of its date.

    Parameters
    ----------
    months : DataFrame
        Rows month ("2019-07"), value; a month that is absent is a gap.
    breaks : DataFrame
        Rows of ``breaks``; only significant ones are drawn, the others stand in the table.
    events : DataFrame
        Rows date ("2019-07-04"), label: a dashed line each.
    what, unit : str
        Words for the series, and its unit.
    """
    held = breaks[breaks["significant"].astype(bool)]
    return Chart(
        key="break-series",
        option=_option(months, held, events),
        table=breaks,
        title=_title(held, what, lang),
        subtitle=joined([say("breaks_subtitle", lang, unit=unit), _doubtful(breaks, lang)], lang),
        footer=footer,
        lang=lang,
        declared="breaks",
        height=HEIGHT,
    )


def _title(held: pd.DataFrame, what: str, lang: Lang) -> str:
    if held.empty:
        return say("breaks_none", lang, what=what)
    spans = [
        row["at"] if row["low"] == row["high"] else f"{row['low']}–{row['high']}"
        for row in held.to_dict("records")
    ]
    return say("breaks_title", lang, what=what, spans=listing(spans, lang))


def _doubtful(breaks: pd.DataFrame, lang: Lang) -> str:
    n = int((~breaks["significant"].astype(bool)).sum())
    return say("breaks_doubtful", lang, n=n) if n else ""


def _option(months: pd.DataFrame, held: pd.DataFrame, events: pd.DataFrame) -> dict[str, Any]:
    first, last = (
        dt.date.fromisoformat(f"{month}-01") for month in (months["month"].min(), months["month"].max())
    )
    ticks = [milliseconds(dt.date(year, 1, 1)) for year in range(first.year, last.year + 2)]
    end = dt.date(last.year + 1, 1, 1)
    return {
        **base_option(),
        "grid": {"left": 58, "right": 14, "top": 30, "bottom": 24},
        "xAxis": quiet_axis(
            type="time", min=milliseconds(first), max=milliseconds(end),
            axisLine={"show": True, "lineStyle": {"color": RULE}},
            axisTick={"show": True, "customValues": ticks, "lineStyle": {"color": RULE}, "length": 4},
            axisLabel={"customValues": ticks, "formatter": "{yyyy}"},
        ),
        "yAxis": quiet_axis(type="value", min=0, splitLine={"show": True}),
        "series": [_intervals(held), _points(months), _levels(months, held), _lines(events)],
    }  # fmt: skip


def _day(month: str) -> Any:
    return milliseconds(dt.date.fromisoformat(f"{month}-01"))


def _after(month: str) -> Any:
    """First day of the month after: an interval holds the whole of its last month."""
    return _day(str(pd.Period(month, freq="M") + 1))


def _points(months: pd.DataFrame) -> dict[str, Any]:
    data = [
        {"value": [_day(month), float(value)],
         "itemStyle": {"color": PAPER if value == 0 else MUTED, "borderColor": MUTED, "borderWidth": 1}}
        for month, value in zip(months["month"], months["value"], strict=True)
        if not pd.isna(value)
    ]  # fmt: skip
    return {"name": "months", "type": "scatter", "symbolSize": 5, "silent": True, "data": data}


def _levels(months: pd.DataFrame, held: pd.DataFrame) -> dict[str, Any]:
    """Mean month of each stretch between two breaks."""
    starts = [str(months["month"].min()), *held["at"]]
    stops = [*held["at"], str(pd.Period(months["month"].max(), freq="M") + 1)]
    data: list[Any] = []
    for start, stop in zip(starts, stops, strict=True):
        inside = months[(months["month"] >= start) & (months["month"] < stop)]
        mean = float(inside["value"].mean())
        data += [[_day(start), mean], [_day(stop), mean], LIFT]
    return {
        "name": "levels", "type": "line", "symbol": "none", "silent": True, "z": 4, "data": data,
        "lineStyle": {"color": INK, "width": 2},
    }  # fmt: skip


def _intervals(held: pd.DataFrame) -> dict[str, Any]:
    data = [[{"xAxis": _day(row["low"])}, {"xAxis": _after(row["high"])}] for row in held.to_dict("records")]
    return {
        "name": "intervals", "type": "line", "data": [], "silent": True,
        "markArea": {"silent": True, "itemStyle": {"color": LOSS, "opacity": 0.18}, "data": data},
    }  # fmt: skip


def _lines(events: pd.DataFrame) -> dict[str, Any]:
    data = [
        {"xAxis": milliseconds(row["date"]),
         "label": {"show": True, "formatter": row["label"], "position": "end", "color": INK, "fontSize": 11}}
        for row in events.to_dict("records")
    ]  # fmt: skip
    return {
        "name": "events", "type": "line", "data": [], "silent": True,
        "markLine": {
            "silent": True, "symbol": "none", "data": data,
            "lineStyle": {"color": INK, "type": "dashed", "width": 1},
        },
    }  # fmt: skip

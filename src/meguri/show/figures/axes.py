"""Axes that several figures share: months as a line of equal steps, dates, small panels."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.ink import INK, RULE, quiet_axis, stage_hue
from meguri.show.spell import as_date, tick, word


def month_place(date: dt.date, origin: dt.date) -> float:
    """Months from the first day of the origin's month; a day is a part of its own month.

    Examples
    --------
    >>> month_place(dt.date(2025, 6, 16), dt.date(2025, 4, 4))
    2.5
    """
    whole = (date.year - origin.year) * 12 + date.month - origin.month
    return whole + (date.day - 1) / calendar.monthrange(date.year, date.month)[1]


def month_starts(start: dt.date, end: dt.date) -> list[dt.date]:
    """First days of the months from that of ``start`` to the first one at or after ``end``."""
    n = math.ceil(month_place(end, start))
    first = start.year * 12 + start.month - 1
    return [dt.date((first + i) // 12, (first + i) % 12 + 1, 1) for i in range(max(n, 1) + 1)]


def month_ticks(months: list[dt.date], lang: Lang, most: int = 9) -> tuple[list[str], int]:
    """Label of each month (blank where there is no room) and the step between labels.

    Examples
    --------
    >>> month_ticks(month_starts(dt.date(2025, 4, 4), dt.date(2025, 6, 1)), "en")
    (['2025\\nApr', 'May', 'Jun'], 1)
    """
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) <= s * most)
    labels, year = [], 0
    for place, month in enumerate(months):
        if place % step:
            labels.append("")
            continue
        labels.append(tick(month, lang, month.year != year))
        year = month.year
    return labels, step


def milliseconds(date: object) -> int:
    """A date as a time axis knows it, in UTC."""
    d = as_date(date)
    return calendar.timegm((d.year, d.month, d.day, 0, 0, 0)) * 1000


def time_axis(start: dt.date, end: dt.date, lang: Lang, most: int, **more: Any) -> dict[str, Any]:
    """A time axis with labels at first days of months, never more than ``most``."""
    months = month_starts(start, end)
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) <= s * most)
    places = [milliseconds(m) for m in months[::step] if m <= end]
    template = "{yyyy}/{M}" if lang == "ja" else "{MMM} {yyyy}"
    return quiet_axis(
        type="time",
        min=milliseconds(months[0]),
        max=milliseconds(end),
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisTick={"show": True, "customValues": places, "lineStyle": {"color": RULE}, "length": 4},
        axisLabel={"customValues": places, "formatter": template},
        **more,
    )


def year_place(year: float) -> int:
    """Where a year stands on an axis of years [ms].

    Examples
    --------
    >>> year_place(2010) == milliseconds("2010-01-01")
    True
    """
    return milliseconds(f"{int(year)}-01-01")


def year_axis(first: int, last: int, step: int, **more: Any) -> dict[str, Any]:
    """An axis of years with a label every ``step`` years, written without thousands separators."""
    places = [year_place(year) for year in range(first, last + 1, step)]
    return quiet_axis(
        type="time",
        min=places[0],
        max=year_place(last),
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisTick={"show": True, "customValues": places, "lineStyle": {"color": RULE}, "length": 4},
        axisLabel={"customValues": places, "formatter": "{yyyy}"},
        **more,
    )


def panel(place: int, columns: int, *, top: int, height: int, gap: int) -> dict[str, Any]:
    """Grid of one small panel: percent across, pixels down."""
    width = 100 / columns
    left = width * (place % columns)
    return {
        "left": f"{left + (5 if columns > 1 else 4):.2f}%",
        "width": f"{width - 7.5:.2f}%",
        "top": top + (place // columns) * (height + gap),
        "height": height,
    }


def panel_title(text: str, grid: dict[str, Any], lines: int = 1) -> dict[str, Any]:
    """Heading of one small panel, above its grid."""
    return {
        "text": text,
        "left": f"{float(str(grid['left']).rstrip('%')) - 4:.2f}%",
        "top": int(grid["top"]) - 14 - 15 * lines,
        "padding": 0,
        "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": INK, "lineHeight": 15},
    }


def stage_key(stages: list[str], lang: Lang) -> dict[str, Any]:
    """The stages present, each written in its own colour: all the legend that a figure needs."""
    present = [stage for stage in keys("stages") if stage in stages]
    return {
        "text": "   ".join(f"{{{stage}|{word(stage, 'stages', lang)}}}" for stage in present),
        "left": 4,
        "top": 0,
        "padding": 0,
        "textStyle": {
            "rich": {s: {"color": stage_hue(s), "fontSize": 12, "fontWeight": "bold"} for s in present}
        },
    }


def number_or_none(value: Any) -> float | None:
    """A cell as a number, nothing as None.

    Examples
    --------
    >>> number_or_none(float("nan")), number_or_none(3)
    (None, 3.0)
    """
    return None if value is None or pd.isna(value) else float(str(value))


def band(points: pd.DataFrame, times: list[int], hue: str, axis: int, name: str) -> list[dict[str, Any]]:
    """Three series of one P10–P90 band and its median: an unseen floor, the band stacked on it, the line."""
    floor, top, mid = (points[column].astype(float) for column in ("p10", "p90", "p50"))
    shared = {"type": "line", "xAxisIndex": axis, "yAxisIndex": axis, "symbol": "none", "silent": True}
    unseen = {"lineStyle": {"opacity": 0}, "stack": f"{name}-{axis}", "tooltip": {"show": False}}
    return [
        {**shared, **unseen, "name": f"{name}-floor", "data": list(zip(times, floor, strict=True))},
        {
            **shared,
            **unseen,
            "name": f"{name}-band",
            "data": list(zip(times, top - floor, strict=True)),
            "areaStyle": {"color": hue, "opacity": 0.22},
        },
        {
            **shared,
            "name": name,
            "data": list(zip(times, mid, strict=True)),
            "lineStyle": {"color": hue, "width": 2},
            "itemStyle": {"color": hue},
        },
    ]

"""Lead times against possible strikes: what works when the control begins, and what comes too late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import month_place, month_starts
from meguri.show.ink import INK, LOSS, MUTED, RULE, base_option, mixed, quiet_axis, wrap
from meguri.show.spell import as_date, day, missing, month, name_of, say

ROW, TOP, BOTTOM, LEFT, RIGHT = 40, 62, 30, 316, 108
NAMED = 5  # strikes up to which each has its month
LABELS = 5  # years named below: more would touch on paper
TONES = {"lead": mixed(INK, 0.16), "ramp": mixed(INK, 0.45), "works": INK}


def lead_times(
    measures: pd.DataFrame,
    strikes: Sequence[str],
    *,
    plan: str,
    end: dt.date,
    fiscal: bool = False,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """A row for each measure of one plan: its lead time, its ramp, the time it works, and every strike.

    Parameters
    ----------
    measures : DataFrame
        Rows of ``respond_plan_measures`` of one plan.
    strikes : sequence of str
        ISO dates on which the control may begin.
    plan : str
        Name of the plan as shown.
    end : date
        Right end of the picture; a measure without an earlier end works up to it.
    fiscal : bool
        Count years from April (年度) instead of January.

    Notes
    -----
    Stacked bars, the first of them unseen: a value axis in months carries them, because a time axis makes
    no sums.
    """
    rows = measures.sort_values(["ready_on", "measure"], kind="stable").reset_index(drop=True)
    dates = sorted({as_date(strike) for strike in strikes})
    begin = min([as_date(start) for start in rows["starts_on"]], default=end)
    months = month_starts(begin, max([end, *dates]))
    return Chart(
        key=f"lead-times-{'-'.join(measures['plan'].unique())}",
        option=_option(rows, dates, months, fiscal, lang),
        table=rows,
        title=_title(rows, dates, plan, lang),
        subtitle=say("lead_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="respond_plan_measures",
        height=TOP + BOTTOM + ROW * max(1, len(rows)),
    )


def _title(rows: pd.DataFrame, strikes: list[dt.date], plan: str, lang: Lang) -> str:
    """Whether the whole plan stands before the first strike."""
    if rows.empty or not strikes:
        return say("lead_none", lang, plan=plan)
    late = rows[[as_date(on) > strikes[0] for on in rows["ready_on"]]]
    words = {"plan": plan, "day": day(strikes[0], lang)}
    if late.empty:
        return say("lead_all", lang, **words)
    last = late.iloc[-1].to_dict()
    key = "lead_nobody" if len(late) == len(rows) else "lead_late"
    return say(key, lang, **words, name=name_of(last, lang, "measure"), ready=month(last["ready_on"], lang))


def _option(
    rows: pd.DataFrame, strikes: list[dt.date], months: list[dt.date], fiscal: bool, lang: Lang
) -> dict[str, Any]:
    first = months[0]
    return {
        **base_option(),
        "title": _key(lang),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": _years(months, fiscal, lang),
        "yAxis": _names(rows, lang),
        "series": [*_bars(rows, first, len(months) - 1), _strikes(strikes, first, lang)],
    }


def _key(lang: Lang) -> list[dict[str, Any]]:
    """What the three tones mean, in one line above the bars."""
    rich = {part: {"color": tone, "fontSize": 15, "fontWeight": "bold"} for part, tone in TONES.items()}
    words = "    ".join(f"{{{part}|■}} {say(f'lead_key.{part}', lang)}" for part in TONES)
    style = {"color": INK, "fontSize": 11.5, "fontWeight": "normal", "rich": rich}
    return [{"text": words, "left": 0, "top": 0, "padding": 0, "textStyle": style}]


def _years(months: list[dt.date], fiscal: bool, lang: Lang) -> dict[str, Any]:
    """A label where each year begins: January, or April for 年度."""
    opening = 4 if fiscal else 1
    places = [place for place, first in enumerate(months) if first.month == opening]
    step = next(s for s in (1, 2, 5, 10, 20, 50) if len(places) <= LABELS * s)
    key = "memo_fiscal" if fiscal else "memo_calendar"
    names = {place: say(key, lang, year=months[place].year) for place in places[::step]}
    lines: list[dict[str, Any]] = [
        {"type": "value", "min": 0, "max": len(months) - 1, "axisLabel": {"show": False}},
        {"type": "category", "position": "bottom", "boundaryGap": False,
         "data": [names.get(place, "") for place in range(len(months))],
         "axisLabel": {"interval": 0, "margin": 8},
         "axisTick": {"show": True, "length": 4, "lineStyle": {"color": RULE},
                      "customValues": list(names)}},
    ]  # fmt: skip
    return [quiet_axis(**line) for line in lines]  # type: ignore[return-value]


def _names(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    shared = {"type": "category", "inverse": True}
    words = {"interval": 0, "color": INK, "fontSize": 11.5, "lineHeight": 13, "margin": 10}
    names = [wrap(name_of(row, lang, "measure"), 46) for row in rows.to_dict("records")]
    ready = [
        say("lead_ready", lang, month=month(row["ready_on"], lang)) for row in rows.to_dict("records")
    ]  # fmt: skip
    return [
        quiet_axis(**shared, data=names, axisLabel=words, axisLine={"show": True,
        "lineStyle": {"color": RULE}}),
        quiet_axis(**shared, data=ready, position="right", axisLabel={**words, "color": MUTED}),
    ]  # fmt: skip


def _bars(rows: pd.DataFrame, first: dt.date, end: int) -> list[dict[str, Any]]:
    columns = ("starts_on", "ready_on", "full_on", "expires_on")
    places = [
        [end if missing(row[name]) else min(end, month_place(as_date(row[name]), first)) for name in columns]
        for row in rows.to_dict("records")
    ]
    shared = {"type": "bar", "stack": "measure", "barWidth": 14, "silent": True}
    series = [
        {**shared, "name": "before", "itemStyle": {"color": "transparent"},
         "data": [round(ends[0], 4) for ends in places]}
    ]  # fmt: skip
    for place, (part, tone) in enumerate(TONES.items()):
        lengths = [max(0.0, round(ends[place + 1] - ends[place], 4)) for ends in places]
        series.append({**shared, "name": part, "itemStyle": {"color": tone}, "data": lengths})
    # the names of the years need a series of their own, or their axis is not drawn
    series.append({"name": "years", "type": "line", "xAxisIndex": 1, "data": [], "silent": True})
    return series


def _strikes(strikes: list[dt.date], first: dt.date, lang: Lang) -> dict[str, Any]:
    """An upright for every day on which the control may begin; of many the first alone has its month."""
    marks = []
    for place, on in enumerate(strikes):
        # neighbours stand on two lines, or they would touch on paper
        label = {
            "formatter": month(on, lang) if place == 0 or len(strikes) <= NAMED else "",
            "distance": 4 + 14 * (place % 2),
        }
        marks.append({"xAxis": round(month_place(on, first), 4), "label": label})
    return {
        "name": "strikes", "type": "line", "data": [], "silent": True,
        "markLine": {
            "symbol": "none", "silent": True, "data": marks, "z": 6,
            "label": {"color": LOSS, "fontSize": 10.5, "position": "start"},
            "lineStyle": {"color": LOSS, "type": [4, 3], "width": 1.2},
        },
    }  # fmt: skip

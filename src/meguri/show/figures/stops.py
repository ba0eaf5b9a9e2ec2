"""What stops when: one row for each process, a bar from running out to recovery."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import month_place, month_starts, month_ticks, number_or_none
from meguri.show.ink import INK, MUTED, PALE, RULE, base_option, clip, quiet_axis, stage_hue, wrap
from meguri.show.short import in_order, soonest
from meguri.show.spell import as_date, day, months, name_of, percent, say, word

ROW, TIGHT_ROW = 30, 22  # px; tight rows hold one line of a name
ROOMY = 26  # rows up to which names may take two lines
MOST = 36  # rows on one sheet of A4
TOP = 40
BOTTOM = 24
PARTS = (("before", 0.0), ("early", PALE), ("short", 1.0), ("late", PALE))  # of a bar, and their opacity


def gantt(
    survival: pd.DataFrame,
    *,
    start: str,
    horizon: float,
    lang: Lang = "en",
    footer: str = "",
    begins: bool = True,
) -> Chart:
    """When each process cannot make what is asked of it, by date.

    Parameters
    ----------
    survival : DataFrame
        Outcome table ``survival``; empty days mean "not within the horizon".
    start : str
        ISO date from which days are counted.
    horizon : float [d]
        Days covered.
    lang : {"en", "ja"}
        Language of the reader.
    footer : str
        Sources and weakest grade.
    begins : bool
        Whether the first control starts on that date.

    Notes
    -----
    A value axis in months carries the bars and a category axis the names of months, because a Gantt of
    stacked bars needs sums, which a time axis does not make. Solid runs from the median day of falling
    short to the median day of recovery, pale from P10 of the first to P90 of the second.
    Where the median days form no pair (:func:`meguri.show.short.in_order`) the bar is pale only.
    """
    rows = gantt_rows(survival, horizon)
    first_ones = rows.sort_values(["solid_from", "pale_from"], kind="stable").head(MOST).index
    drawn = rows[rows.index.isin(first_ones)]
    first, end = as_date(start), as_date(start) + dt.timedelta(days=round(horizon))
    scale = month_starts(first, end)
    option = {
        **base_option(),
        "grid": {"left": 316, "right": 160, "top": TOP, "bottom": BOTTOM},
        "xAxis": month_axes(scale, lang),
        "yAxis": _names(drawn, lang),
        "series": _bars(drawn, first, say("gantt_start" if begins else "gantt_day_zero", lang)),
    }
    row_height = ROW if len(drawn) <= ROOMY else TIGHT_ROW
    return Chart(
        key="what-stops-when",
        option=option,
        table=survival.loc[rows.index].reset_index(drop=True),
        title=_title(survival, first, horizon, lang),
        subtitle=_subtitle(first, end, (len(drawn), len(rows), len(survival)), lang),
        footer=footer,
        lang=lang,
        declared="survival",
        height=TOP + BOTTOM + row_height * max(len(drawn), 1),
    )


def gantt_rows(survival: pd.DataFrame, horizon: float) -> pd.DataFrame:
    """Processes that fall short in at least one run of ten, by stage and day, with the ends of their bars.

    Columns added: ``pale_from, solid_from, solid_to, pale_to`` [d], clipped at the horizon.
    """
    rows = survival[survival["tts_d_p10"].notna()].copy()
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    rows["_stage"] = rows["stage"].map(order).fillna(len(order))
    rows = rows.sort_values(["_stage", "tts_d", "tts_d_p10", "node"], kind="stable", na_position="last")
    rows["pale_from"] = rows["tts_d_p10"].clip(upper=horizon)
    rows["pale_to"] = rows["ttr_d_p90"].fillna(horizon).clip(upper=horizon)
    rows["pale_to"] = np.maximum(rows["pale_to"], rows["pale_from"])
    # without a pair of median days there is nothing solid: the bar is pale from end to end
    paired = in_order(rows)
    rows["solid_from"] = rows["tts_d"].where(paired, rows["pale_to"]).clip(upper=horizon)
    rows["solid_from"] = np.maximum(rows["solid_from"], rows["pale_from"])
    back = rows["ttr_d"].fillna(horizon).clip(upper=horizon)
    rows["solid_to"] = np.maximum(back.where(paired, rows["solid_from"]), rows["solid_from"])
    rows["pale_to"] = np.maximum(rows["pale_to"], rows["solid_to"])
    return rows.drop(columns="_stage")


def _title(survival: pd.DataFrame, first: dt.date, horizon: float, lang: Lang) -> str:
    short = soonest(survival)
    if short.empty:
        return say("gantt_none", lang, months=months(horizon, lang))
    row = short.iloc[0]
    on = day(first + dt.timedelta(days=round(float(row["tts_d"]))), lang)
    key = "gantt_one" if len(short) == 1 else "gantt_first"
    return say(key, lang, node=name_of(row.to_dict(), lang), n=len(short), m=len(survival), day=on)


def _subtitle(first: dt.date, end: dt.date, counted: tuple[int, int, int], lang: Lang) -> str:
    """Days covered, and what is left out: rows drawn, rows that fall short, all rows."""
    drawn, short, whole = counted
    said = [say("gantt_subtitle", lang, start=day(first, lang), end=day(end, lang))]
    if short > drawn:
        said.append(say("gantt_more", lang, n=drawn))
    if whole > short:
        said.append(say("gantt_rest", lang, k=whole - short))
    return ("" if lang == "ja" else " ").join(said)


def month_axes(scale: list[dt.date], lang: Lang) -> list[dict[str, Any]]:
    """A value axis in months that carries the bars, and a category axis with their names."""
    labels, step = month_ticks(scale, lang)
    bars = quiet_axis(type="value", min=0, max=len(scale) - 1, axisLabel={"show": False})
    names = quiet_axis(
        type="category",
        position="top",
        boundaryGap=False,
        data=labels,
        axisLabel={"interval": 0, "margin": 6},
        splitLine={"show": True, "interval": step - 1},
    )
    return [bars, names]


def _names(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Three columns of words: stage (once for each), process, days."""
    new_stage = rows["stage"].ne(rows["stage"].shift())
    stages = [
        {
            "value": word(stage, "stages", lang) if new else "",
            "textStyle": {"color": stage_hue(stage), "fontWeight": "bold"},
        }
        for stage, new in zip(rows["stage"], new_stage, strict=True)
    ]
    fit = wrap if len(rows) <= ROOMY else clip
    names = [fit(name_of(row, lang), 34) for row in rows.to_dict("records")]
    days = [_days(row, lang) for row in rows.to_dict("records")]
    shared = {"type": "category", "inverse": True}
    line = {"show": True, "lineStyle": {"color": RULE}}
    left = quiet_axis(**shared, data=names, axisLine=line, axisLabel=_label(INK))
    outer = quiet_axis(**shared, data=stages, position="left", offset=214, axisLabel=_label(INK))
    right = quiet_axis(**shared, data=days, position="right", axisLabel=_label(MUTED))
    return [left, outer, right]


def _label(colour: str) -> dict[str, Any]:
    return {
        "interval": 0,
        "color": colour,
        "fontSize": 11.5,
        "lineHeight": 13,
        "margin": 10,
    }


def _days(row: dict[Any, Any], lang: Lang) -> str:
    tts, ttr = number_or_none(row["tts_d"]), number_or_none(row["ttr_d"])
    if tts is None or (ttr is not None and ttr < tts):
        early = number_or_none(row["tts_d_p10"])
        from_ = "" if early is None else say("gantt_from", lang, a=round(early))
        return say("gantt_rare", lang, share=percent(row["share_stopped"]), from_=from_)
    if ttr is None:
        return say("gantt_on", lang, a=round(tts))
    return say("gantt_days", lang, a=round(tts), b=round(ttr))


def bar_lengths(rows: pd.DataFrame, since: dt.date, origin: dt.date) -> npt.NDArray[np.float64]:
    """Lengths in months of the four parts of each bar, the first of them unseen; axes (row, part).

    Parameters
    ----------
    rows : DataFrame
        As :func:`gantt_rows` gives them.
    since : date
        Day from which their days are counted.
    origin : date
        Day in whose month the axis begins.
    """

    def place(days: float) -> float:
        # a day becomes its date first, so that bar ends and month names agree whatever the month's length
        return month_place(since + dt.timedelta(days=int(days)), origin)

    ends = rows[["pale_from", "solid_from", "solid_to", "pale_to"]].map(place).to_numpy(dtype=float)
    return np.diff(ends, axis=1, prepend=0.0) if len(rows) else np.empty((0, 4))


def _bars(rows: pd.DataFrame, first: dt.date, start: str) -> list[dict[str, Any]]:
    lengths = bar_lengths(rows, first, first)
    series: list[dict[str, Any]] = []
    for part, (key, alpha) in enumerate(PARTS):
        data = [
            {"value": round(float(length), 4), "itemStyle": {"color": stage_hue(stage), "opacity": alpha}}
            for length, stage in zip(lengths[:, part], rows["stage"], strict=True)
        ]
        series.append(
            {"name": key, "type": "bar", "stack": "bar", "barWidth": 13, "silent": True, "data": data}
        )
    series[0]["markLine"] = {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": INK, "type": "solid", "width": 1},
        "label": {"formatter": start, "color": INK, "fontSize": 11, "position": "end"},
        "data": [{"xAxis": round(month_place(first, first), 4)}],
    }
    # the month names need a series of their own, or their axis is not drawn
    series.append({"name": "months", "type": "line", "xAxisIndex": 1, "data": [], "silent": True})
    return series

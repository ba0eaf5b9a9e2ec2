"""What stays short after thrift and circulation, and which measure closes the rest: a waterfall."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import spans
from meguri.show.figures.panels import nice_step
from meguri.show.ink import INK, LOSS, MUTED, PAPER, RULE, base_option, mixed, quiet_axis, wrap
from meguri.show.spell import missing, name_of, say, significant, unit_word

ROW, TOP, BOTTOM, LEFT, RIGHT = 40, 14, 48, 316, 150
FIRST, CLOSED, LEFT_OVER = mixed(INK, 0.3), mixed(INK, 0.65), LOSS


def deficit_waterfall(table: pd.DataFrame, *, closer: str = "", lang: Lang = "en", footer: str = "") -> Chart:
    """Every bar hangs from what the one above left short; the last stands on the ground again.

    Parameters
    ----------
    table : DataFrame
        Rows of ``respond_deficit`` in order: what is short after each step; below zero is left over.
    closer : str
        Shown name of the measure that closes the rest; empty where none of those tried does.
    """
    rows = table.dropna(subset=["mode"]).reset_index(drop=True)
    return Chart(
        key="deficit",
        option=_option(rows, lang) if len(rows) else {**base_option(), "series": []},
        table=table,
        title=_title(rows, closer, lang),
        subtitle=say("deficit_subtitle", lang, unit=_unit(rows, lang)),
        footer=footer,
        lang=lang,
        declared="respond_deficit",
        height=TOP + BOTTOM + ROW * (len(rows) + 1),
    )


def _unit(rows: pd.DataFrame, lang: Lang) -> str:
    unit = "" if rows.empty or missing(rows["unit"].iloc[0]) else str(rows["unit"].iloc[0])
    return unit_word(unit, lang).strip()


def short_range(row: dict[Any, Any], lang: Lang) -> str:
    """What is short after a step, as low to high; a number below zero is nothing short, but left over.

    Examples
    --------
    >>> short_range({"low": 110.0, "mode": 229.0, "high": 386.0}, "en")
    '110–386'
    """
    low, high = number_or_none(row["low"]), number_or_none(row["high"])
    ends = [float(row["mode"]) if end is None else end for end in (low, high)]
    texts = [significant(end).replace("-", "−") for end in ends]
    if texts[0] == texts[1]:
        return texts[0]
    # a dash would be read as a second minus
    return say("deficit_range" if ends[0] < 0 else "range", lang, low=texts[0], high=texts[1])


def closing_step(rows: pd.DataFrame) -> tuple[dict[Any, Any], dict[Any, Any] | None]:
    """The last step that leaves something short, and the one after which nothing is, whatever the ranges.

    Examples
    --------
    >>> steps = {"step": ["0", "1"], "low": [440.0, -9.0], "mode": [490.0, -5.0], "high": [540.0, 0.0]}
    >>> [row["step"] for row in closing_step(pd.DataFrame(steps))]
    ['0', '1']
    """
    told = rows.to_dict("records")
    for place, row in enumerate(told):
        high = number_or_none(row["high"])
        if (float(row["mode"]) if high is None else high) <= 0:
            return told[max(0, place - 1)], row
    return told[-1], None


def _left(row: dict[Any, Any], lang: Lang) -> str:
    """What a step leaves short, in a sentence that speaks of a lack only."""
    low, high = number_or_none(row["low"]), number_or_none(row["high"])
    if low is not None and high is not None and low <= 0:
        return say("deficit_up_to", lang, n=significant(high))
    return short_range(row, lang)


def _title(rows: pd.DataFrame, closer: str, lang: Lang) -> str:
    """What is short at first, what stays short, and what closes that."""
    if rows.empty:
        return say("deficit_none", lang)
    before, closing = closing_step(rows)
    words = {
        "first": short_range(rows.iloc[0].to_dict(), lang), "left": _left(before, lang),
        "unit": _unit(rows, lang),
    }  # fmt: skip
    name = closer if closing is None else name_of(closing, lang, "step")
    return say("deficit_by", lang, name=name, **words) if name else say("deficit_open", lang, **words)


def _option(rows: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    ends = [*rows["low"].dropna(), *rows["high"].dropna(), *rows["mode"]]
    low, high = min(0.0, *ends), max(1.0, *ends)
    step = nice_step(high - low, 7)
    return {
        **base_option(),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="value", min=step * math.floor(low / step), max=step * math.ceil(high / step), interval=step,
            splitLine={"show": True}, name=say("deficit_axis", lang, unit=_unit(rows, lang)),
            nameLocation="middle", nameGap=28,
        ),
        "yAxis": _names(rows, lang),
        "series": _bars(rows, lang),
    }  # fmt: skip


def _names(rows: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    names = [wrap(name_of(row, lang, "step"), 46) for row in rows.to_dict("records")]
    over = bool(rows["mode"].iloc[-1] < 0)
    last = {
        "value": say("deficit_over" if over else "deficit_left", lang),
        "textStyle": {"fontWeight": "bold"},
    }
    cells: list[Any] = [*names, last]
    return quiet_axis(
        type="category", inverse=True, data=cells,
        axisLine={"show": True, "onZero": False, "lineStyle": {"color": RULE}},
        axisLabel={"interval": 0, "color": INK, "fontSize": 11.5, "lineHeight": 13, "margin": 10},
    )  # fmt: skip


def _bars(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Lines as thick as bars, since a bar that crosses zero cannot be stacked; then ranges and figures."""
    modes = [float(value) for value in rows["mode"]]
    hue = LEFT_OVER if modes[-1] > 0 else CLOSED
    pieces = [(0.0, modes[0], FIRST), *((a, b, CLOSED) for a, b in pairwise(modes)), (0.0, modes[-1], hue)]
    told = [*rows.to_dict("records"), rows.iloc[-1].to_dict()]
    whiskers = [
        (float(row["low"]), float(row["high"]), height)
        for height, row in enumerate(told)
        if not missing(row["low"]) and not missing(row["high"]) and row["low"] < row["high"]
    ]
    return [
        *(_piece(start, end, height, hue) for height, (start, end, hue) in enumerate(pieces)),
        {**spans(whiskers, INK), "z": 5},
        _words(told, pieces, lang),
        _zero(),
    ]


def _piece(start: float, end: float, height: int, hue: str) -> dict[str, Any]:
    return {
        "name": "piece", "type": "line", "symbol": "none", "silent": True, "z": 3,
        "data": [[start, height], [end, height]],
        "lineStyle": {"color": hue, "width": 15, "cap": "butt"},
    }  # fmt: skip


def _words(told: list[dict[Any, Any]], pieces: list[tuple[float, float, str]], lang: Lang) -> dict[str, Any]:
    """What is short after the step and its range, clear of bar and range."""
    data = []
    for height, (row, (start, end, _)) in enumerate(zip(told, pieces, strict=True)):
        mode, range_ = significant(float(row["mode"])).replace("-", "−"), short_range(row, lang)
        text = mode if mode == range_ else say("deficit_number", lang, mode=mode, range=range_)
        reach = max(start, end, number_or_none(row["high"]) or 0.0)
        data.append({"value": [round(reach, 6), height], "label": {"formatter": text}})
    label = {"show": True, "position": "right", "distance": 8, "color": MUTED, "fontSize": 11,
             "textBorderColor": PAPER, "textBorderWidth": 2.5}  # fmt: skip
    return {"name": "words", "type": "scatter", "symbolSize": 0.01, "silent": True, "data": data,
    "label": label,
            "z": 6}  # fmt: skip


def _zero() -> dict[str, Any]:
    mark = {"symbol": "none", "silent": True, "label": {"show": False}, "data": [{"xAxis": 0}],
            "lineStyle": {"color": INK, "type": "solid", "width": 1}}  # fmt: skip
    return {"name": "zero", "type": "line", "data": [], "silent": True, "markLine": mark}

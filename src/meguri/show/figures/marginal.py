"""What one per cent more of the budget buys on each axis, measure by measure, in two panels."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.panels import Room, empty_panels, nice_step, panel_across, panel_down, panel_head
from meguri.show.ink import INK, MUTED, mixed, wrap
from meguri.show.spell import joined, name_of, say, significant

ROW, TOP, BOTTOM = 34, 52, 46
ROOM = Room(left=316, gap=56, right=46, top=TOP, bottom=BOTTOM)
# column, factor to the printed unit, key of the words
AXES = (("time_per_money", 1.0, "time"), ("share_per_money", 100.0, "share"))
OUT = mixed(INK, 0.4)
LEAST = 1e-9
FEW = 3  # measures without any effect that still stand in the picture


def marginal_value(table: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """Two bars a measure: days on the left, competitiveness on the right; neither is added to the other.

    Parameters
    ----------
    table : DataFrame
        Rows of ``respond_marginal`` at one budget.
    """
    rows = table.sort_values(
        ["time_per_money", "share_per_money", "measure"], ascending=[False, False, True], na_position="last",
        kind="stable",
    ).reset_index(drop=True)  # fmt: skip
    moved = (rows[[column for column, _, _ in AXES]].abs() > LEAST).any(axis=1) | rows["in_plan"].astype(bool)
    rest = int((~moved).sum())
    said = [say("marginal_subtitle", lang), say("marginal_rest", lang, n=rest) if rest > FEW else ""]
    rows = rows[moved].reset_index(drop=True) if rest > FEW else rows
    return Chart(
        key="marginal",
        option=_option(rows, lang),
        table=table,
        title=_title(rows, lang),
        subtitle=joined(said, lang),
        footer=footer,
        lang=lang,
        declared="respond_marginal",
        height=TOP + BOTTOM + ROW * max(1, len(rows)),
    )


def _title(rows: pd.DataFrame, lang: Lang) -> str:
    """Which measure moves which axis most at the margin."""
    tops = [_top(rows, column) for column, _, _ in AXES]
    names = [None if row is None else name_of(row, lang, "measure") for row in tops]
    if names[0] is None and names[1] is None:
        return say("marginal_none", lang)
    if names[0] is None or names[1] is None:
        axis = "share" if names[0] is None else "time"
        return say(f"marginal_only_{axis}", lang, name=names[0] or names[1])
    return say("marginal_title", lang, time=names[0], share=names[1])


def _top(rows: pd.DataFrame, column: str) -> dict[Any, Any] | None:
    known = rows[rows[column].abs() > LEAST]
    return None if known.empty else known.loc[known[column].idxmax()].to_dict()


def _option(rows: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    option = empty_panels()
    for place, (column, factor, words) in enumerate(AXES):
        grid = ROOM.grid(place)
        values = [None if (v := number_or_none(cell)) is None else factor * v for cell in rows[column]]
        option["grid"].append(grid)
        option["title"].append(panel_head(say(f"marginal_{words}", lang), grid))
        option["xAxis"].append(_across(values, words, place, lang))
        option["yAxis"].append(_down(rows, place, lang))
        option["series"] += _bars(values, list(rows["in_plan"]), place, lang)
    return option


def _across(values: list[float | None], words: str, place: int, lang: Lang) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    high, low = max([0.0, *known]), min([0.0, *known])
    step = nice_step((high - low) or 1.0, 4)
    low, high = step * math.floor(low / step), step * math.ceil((high * 1.12 or step) / step)
    return panel_across(low, high, step, say(f"marginal_{words}_axis", lang), place)


def _down(rows: pd.DataFrame, place: int, lang: Lang) -> dict[str, Any]:
    cells = [
        {
            "value": wrap(name_of(row, lang, "measure"), 46),
            "textStyle": {"color": INK if row["in_plan"] else MUTED, "fontSize": 11.5},
        }
        for row in rows.to_dict("records")
    ]
    return panel_down(cells, place)


def _bars(values: list[float | None], taken: list[bool], place: int, lang: Lang) -> list[dict[str, Any]]:
    """Bars with their numbers; nothing gained is a nought, nothing known is said."""
    at = {"xAxisIndex": place, "yAxisIndex": place}
    bars = [
        {"value": value, "itemStyle": {"color": INK if inside else OUT}}
        for value, inside in zip(values, taken, strict=True)
    ]
    words = [
        {"value": [value or 0.0, height], "label": {"formatter": _text(value, lang)}}
        for height, value in enumerate(values)
    ]
    label = {"show": True, "position": "right", "distance": 5, "color": MUTED, "fontSize": 11}
    return [
        {"name": "value", "type": "bar", "barWidth": 13, "silent": True, "data": bars, **at},
        {"name": "words", "type": "scatter", "symbolSize": 0.01, "silent": True, "data": words,
         "label": label,
         "z": 5, **at},
    ]  # fmt: skip


def _text(value: float | None, lang: Lang) -> str:
    if value is None:
        return say("marginal_unknown", lang)
    if abs(value) <= LEAST:
        return "0"
    return f"{'+' if value > 0 else '−'}{significant(abs(value), 2)}"

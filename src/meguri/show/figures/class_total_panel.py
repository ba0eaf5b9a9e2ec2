"""The process-control totals over the years on a scale of their own, both variants with their bands."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.classify_words import VARIANTS, class_word, row_range
from meguri.show.figures.axes import number_or_none, year_place
from meguri.show.figures.marks import apart
from meguri.show.ink import INK, RULE, mixed, quiet_axis

NAME_GAP = 17
TONES = {"PC4": "#2e1a4f", "PC5": "#ae83c6"}  # dark for four classes, pale for the five


def total_lines(totals: pd.DataFrame, place: int = 0, height: int = 120, lang: Lang = "en") -> dict[str, Any]:
    """Value axis and series of one panel: ribbons of P10–P90, lines, and names at the last year.

    Parameters
    ----------
    totals : DataFrame
        Rows of ``class_totals`` of one trade over the years.
    place : int
        Number of the grid in the figure.
    height : int
        Height of the panel [px].

    Returns
    -------
    dict
        ``axis`` and ``series``.
    """
    low, high = _ends(totals)
    at = {"xAxisIndex": place, "yAxisIndex": place}
    series: list[dict[str, Any]] = []
    for variant in VARIANTS:
        rows = totals[totals["variant"] == variant].sort_values("year").to_dict("records")
        series += [{**part, **at} for part in _ribbon(rows, variant)]
    axis = quiet_axis(
        type="value", gridIndex=place, min=low, max=high, interval=(high - low) / 2,
        splitLine={"show": True}, axisLabel={"formatter": "{value}%"},
    )  # fmt: skip
    return {"axis": axis, "series": [*series, {**_names(totals, low, high, height, lang), **at}]}


def _ends(totals: pd.DataFrame) -> tuple[float, float]:
    """Whole percent below and above every line and band, an even number apart.

    Examples
    --------
    >>> _ends(pd.DataFrame({"share": [0.18], "p10": [0.171], "p90": [0.2]}))
    (16.0, 22.0)
    """
    cells = totals[["share", "p10", "p90"]]
    low = 2.0 * math.floor(50 * float(cells.min(axis=None)) - 0.3)
    high = 2.0 * math.ceil(50 * float(cells.max(axis=None)) + 0.3)
    return max(0.0, low), high


def _ribbon(rows: list[dict[Any, Any]], variant: str) -> list[dict[str, Any]]:
    tone = TONES[variant]
    known = [row for row in rows if number_or_none(row["p10"]) is not None]
    low = [[year_place(row["year"]), _percent(row["p10"])] for row in known]
    more = [[year_place(row["year"]), _percent(float(row["p90"]) - float(row["p10"]))] for row in known]
    shared = {"type": "line", "symbol": "none", "silent": True, "lineStyle": {"width": 0}}
    area = {"color": mixed(tone, 0.5), "opacity": 0.35}
    stack = f"band {variant}"
    return [
        {**shared, "name": f"{variant} P10", "stack": stack, "data": low},
        {**shared, "name": f"{variant} P90", "stack": stack, "data": more, "areaStyle": area},
        {**shared, "name": variant, "data": [[year_place(r["year"]), _percent(r["share"])] for r in rows],
         "lineStyle": {"width": 2.4, "color": tone}, "z": 5},
    ]  # fmt: skip


def _percent(share: float) -> float:
    return round(100 * float(share), 4)


def _names(totals: pd.DataFrame, low: float, high: float, height: int, lang: Lang) -> dict[str, Any]:
    """What each line is and where it ends, moved apart where the two are near."""
    last = totals[totals["year"] == totals["year"].max()].drop_duplicates("variant").set_index("variant")
    ends = [last.loc[variant].to_dict() for variant in VARIANTS]
    wanted = [height * (1 - (_percent(row["share"]) - low) / (high - low)) for row in ends]
    placed = apart(wanted, NAME_GAP, 0, height)
    data = []
    for variant, row, here, there in zip(VARIANTS, ends, wanted, placed, strict=True):
        text = f"{{s|■}} {class_word(f'short.{variant}', lang)} {row_range(row, lang)}"
        label = {
            "show": True, "formatter": text, "position": "right", "distance": 6, "color": INK,
            "fontSize": 11.5, "offset": [0, round(there - here, 1)],
            "rich": {"s": {"color": TONES[variant], "fontSize": 11, "textBorderColor": RULE,
                           "textBorderWidth": 1}},
        }  # fmt: skip
        data.append({"value": [year_place(row["year"]), _percent(row["share"])], "label": label})
    return {
        "name": "total names", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data,
        "clip": False,
    }  # fmt: skip

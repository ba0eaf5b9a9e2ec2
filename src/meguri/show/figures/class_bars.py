"""Shares of the classes in one trade: a bar for each class, its P10–P90, and its money beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import (
    amount,
    class_hue,
    class_name,
    class_word,
    fine,
    in_order,
    row_range,
    trade_words,
    variant_words,
    with_range,
)
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import spans
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, quiet_axis

ROW, TOP, FOOT, LEFT, RIGHT = 31, 26, 34, 176, 232
_STEPS = (0.02, 0.05, 0.1, 0.2)


def class_bars(
    shares: pd.DataFrame, totals: pd.DataFrame, *, variant: str = "PC4", lang: Lang = "en", footer: str = ""
) -> Chart:
    """One trade of one year by class, the classes in their fixed order, the residual among them.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``class_shares`` of one year, reporter, partner and flow.
    totals : DataFrame
        Rows of ``class_totals`` of the same trade.
    variant : {"PC4", "PC5"}
        Which classes count as process-control in the title.
    """
    rows = _rows(shares)
    total = totals[totals["variant"] == variant].iloc[0]
    return Chart(
        key="class-bars",
        option=_option(rows, lang),
        table=shares,
        title=class_word(
            "bars_title", lang, variant=variant_words(variant, lang, first=True), share=row_range(total, lang)
        ),
        subtitle=class_word("bars_subtitle", lang, trade=trade_words(shares.iloc[0], lang)),
        footer=footer,
        lang=lang,
        declared="class_shares",
        height=TOP + ROW * len(rows) + FOOT,
    )  # fmt: skip


def _rows(shares: pd.DataFrame) -> list[dict[Any, Any]]:
    by_class = shares.drop_duplicates("class").set_index("class", drop=False)
    return [by_class.loc[key].to_dict() for key in in_order(by_class.index)]


def _option(rows: list[dict[Any, Any]], lang: Lang) -> dict[str, Any]:
    top = max(max(float(row["share"]), number_or_none(row["p90"]) or 0.0) for row in rows)
    step = next((size for size in _STEPS if top / size <= 6), 0.25)
    highest = 100 * step * -(-top // step)
    return {
        **base_option(),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": FOOT},
        "xAxis": quiet_axis(
            type="value", min=0, max=round(highest, 4), interval=100 * step, splitLine={"show": True},
            axisLabel={"formatter": "{value}%"}, name=class_word("axis_share", lang), nameLocation="middle",
            nameGap=20,
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=[class_name(row["class"], lang) for row in rows],
            axisLabel={"interval": 0, "color": INK, "fontSize": 12, "margin": 10},
            axisLine={"show": True, "lineStyle": {"color": RULE}},
        ),
        "series": [_bars(rows), *_whiskers(rows), _texts(rows, lang)],
    }  # fmt: skip


def _bars(rows: list[dict[Any, Any]]) -> dict[str, Any]:
    data = [
        {
            "value": round(100 * float(row["share"]), 4),
            "itemStyle": {"color": class_hue(row["class"]), "borderColor": RULE, "borderWidth": 0.5},
        }
        for row in rows
    ]
    return {"name": "shares", "type": "bar", "barWidth": 15, "silent": True, "data": data}


def _whiskers(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Ranges in ink on a rim of paper, so that they are seen on dark bars too."""
    ends = [
        (100 * float(row["p10"]), 100 * float(row["p90"]), place)
        for place, row in enumerate(rows)
        if number_or_none(row["p10"]) is not None and number_or_none(row["p90"]) is not None
    ]
    rim, line = spans(ends, PAPER, "rims"), spans(ends, INK)
    return [
        {**rim, "z": 4, "lineStyle": {"color": PAPER, "width": 4}},
        {**line, "z": 5, "lineStyle": {"color": INK, "width": 1.6}},
    ]


def _texts(rows: list[dict[Any, Any]], lang: Lang) -> dict[str, Any]:
    """Share, range and money, right of the longer of bar and range."""
    data = []
    for place, row in enumerate(rows):
        low, high = number_or_none(row["p10"]), number_or_none(row["p90"])
        end = max(float(row["share"]), high or 0.0)
        text = f"{{b|{fine(row['share'])}}}  {_rest(row, low, high, lang)}"
        data.append({"value": [round(100 * end, 4), place], "label": {"formatter": text}})
    label = {
        "show": True, "position": "right", "distance": 6, "color": MUTED, "fontSize": 11,
        "rich": {"b": {"color": INK, "fontWeight": "bold", "fontSize": 12}},
    }  # fmt: skip
    return {
        "name": "texts", "type": "scatter", "symbolSize": 0.1, "silent": True, "clip": False, "data": data,
        "label": label,
    }  # fmt: skip


def _rest(row: dict[Any, Any], low: float | None, high: float | None, lang: Lang) -> str:
    """Range and money behind a share."""
    range_ = with_range(row["share"], low, high, lang).removeprefix(fine(row["share"])).strip()
    return "  ".join(
        part for part in (range_, amount(number_or_none(row["value"]), row["unit"], lang)) if part
    )

"""Shares of the classes over the years: stacked areas, and the band of the process-control total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import (
    VARIANTS,
    class_hue,
    class_name,
    class_word,
    fine,
    in_order,
    trade_words,
    variant_words,
)
from meguri.show.figures.axes import number_or_none, year_axis, year_place
from meguri.show.figures.class_total_panel import total_lines
from meguri.show.figures.marks import apart
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, quiet_axis
from meguri.show.spell import joined

TOP, INNER, FOOT, LEFT, RIGHT = 34, 300, 30, 46, 250
GAP, PANEL = 62, 110  # below the areas: the totals on a scale of their own
NAME_GAP = 17


def class_area(
    shares: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    breaks: Sequence[float] = (),
    variant: str = "PC4",
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Every class of one trade over the years, stacked to the whole; process-control goods below.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``class_shares`` of one reporter, partner and flow.
    totals : DataFrame
        Rows of ``class_totals`` of the same trade: both variants with P10–P90 below the areas.
    breaks : sequence of float
        Places between two years (2016.5) at which the goods of the file change: shares before and after
        are not comparable.
    variant : {"PC4", "PC5"}
        Which classes count as process-control in the title and in the line over the areas.
    """
    total = totals[totals["variant"] == variant].sort_values("year").to_dict("records")
    return Chart(
        key="class-area",
        option=_option(shares, totals, breaks, variant, lang),
        table=shares,
        title=_title([row for row in total if row["year"] > max(breaks, default=0)], variant, lang),
        subtitle=joined(
            [
                class_word("area_subtitle", lang, trade=trade_words(shares.iloc[0], lang, year=False)),
                *(class_word("area_break", lang, before=int(cut), after=int(cut + 1)) for cut in breaks),
            ],
            lang,
        ),
        footer=footer,
        lang=lang,
        declared="class_shares",
        height=TOP + INNER + GAP + PANEL + FOOT,
    )


def _title(total: list[dict[Any, Any]], variant: str, lang: Lang) -> str:
    first, last = total[0], total[-1]
    return class_word(
        "area_title", lang, variant=variant_words(variant, lang, first=True), a=fine(first["share"]),
        b=fine(last["share"]), first=first["year"], last=last["year"],
    )  # fmt: skip


def _option(
    shares: pd.DataFrame, totals: pd.DataFrame, breaks: Sequence[float], variant: str, lang: Lang
) -> dict[str, Any]:
    years = sorted(int(year) for year in shares["year"].unique())
    classes = in_order(shares["class"])
    drawn = shares.pivot_table(index="year", columns="class", values="share", aggfunc="sum")
    drawn = drawn.reindex(index=years, columns=classes).fillna(0.0)
    total = totals[totals["variant"] == variant].sort_values("year").to_dict("records")
    below = total_lines(totals, 1, PANEL, lang)
    lower = TOP + INNER + GAP
    return {
        **base_option(),
        "title": [_key("area_key", TOP, variant, lang), _key("totals_key", lower, variant, lang)],
        "grid": [
            {"left": LEFT, "right": RIGHT, "top": TOP, "height": INNER},
            {"left": LEFT, "right": RIGHT, "top": lower, "height": PANEL},
        ],
        "xAxis": [_years(years), {**_years(years), "gridIndex": 1}],
        "yAxis": [_whole(), below["axis"]],
        "series": [
            *(_area(drawn, key, lang) for key in classes),
            *_band(total),
            _names(drawn, classes, years[-1], lang),
            *below["series"],
            *(_cut(breaks, place) for place in (0, 1) if breaks),
        ],
    }


def _cut(breaks: Sequence[float], place: int) -> dict[str, Any]:
    """Upright lines where the goods of the file change."""
    return {
        "name": f"breaks {place}", "type": "line", "data": [], "z": 7,
        "xAxisIndex": place, "yAxisIndex": place,
        "markLine": {
            "symbol": "none", "silent": True, "label": {"show": False},
            "lineStyle": {"color": INK, "width": 1.2, "type": [3, 3]},
            "data": [{"xAxis": (year_place(int(cut)) + year_place(int(cut) + 1)) // 2} for cut in breaks],
        },
    }  # fmt: skip


def _whole() -> dict[str, Any]:
    return quiet_axis(type="value", min=0, max=100, interval=25, axisLabel={"formatter": "{value}%"})


def _years(years: list[int]) -> dict[str, Any]:
    """Years, labelled as often as there is room."""
    step = next(size for size in (1, 2, 5, 10, 20) if len(years) <= 12 * size)
    return year_axis(years[0], years[-1], step)


def _area(drawn: pd.DataFrame, key: str, lang: Lang) -> dict[str, Any]:
    points = [[year_place(year), round(100 * float(share), 4)] for year, share in drawn[key].items()]
    return {
        "name": class_name(key, lang), "type": "line", "stack": "classes", "symbol": "none", "silent": True,
        "data": points, "lineStyle": {"color": PAPER, "width": 1},
        "areaStyle": {"color": class_hue(key), "opacity": 1},
    }  # fmt: skip


def _band(total: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """P10–P90 of the total as a pale ribbon with ink edges, and the total itself as a line."""
    known = [row for row in total if number_or_none(row["p10"]) is not None]
    low = [[year_place(row["year"]), round(100 * float(row["p10"]), 4)] for row in known]
    more = [
        [year_place(row["year"]), round(100 * (float(row["p90"]) - float(row["p10"])), 4)] for row in known
    ]
    line = [[year_place(row["year"]), round(100 * float(row["share"]), 4)] for row in total]
    shared = {"type": "line", "symbol": "none", "silent": True, "z": 5}
    edge = {"color": INK, "width": 1, "type": [3, 3]}
    return [
        {**shared, "name": "P10", "stack": "band", "data": low, "lineStyle": edge},
        {**shared, "name": "P90", "stack": "band", "data": more, "lineStyle": edge,
         "areaStyle": {"color": PAPER, "opacity": 0.45}},
        {**shared, "name": "total", "data": line, "lineStyle": {"color": INK, "width": 2.4}},
    ]  # fmt: skip


def _names(drawn: pd.DataFrame, classes: list[str], last: int, lang: Lang) -> dict[str, Any]:
    """Name and last share of every class beside its area, moved apart where areas are thin."""
    ends = drawn.loc[last]
    middles = ends.cumsum() - ends / 2
    wanted = [INNER * (1 - float(middles[key])) for key in classes]
    placed = apart(wanted, NAME_GAP, -6, INNER + 8)
    data = []
    for key, here, there in zip(classes, wanted, placed, strict=True):
        text = f"{{s|■}} {class_name(key, lang)} {fine(float(ends[key]))}"
        label = {
            "show": True, "formatter": text, "position": "right", "distance": 6, "color": INK,
            "offset": [0, round(there - here, 1)], "fontSize": 11.5,
            "rich": {"s": {"color": class_hue(key), "fontSize": 11, "textBorderColor": RULE,
                           "textBorderWidth": 1}},
        }  # fmt: skip
        data.append({"value": [year_place(last), round(100 * float(middles[key]), 4)], "label": label})
    return {
        "name": "names", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data, "clip": False,
        "z": 6,
    }  # fmt: skip


def _key(key: str, top: int, variant: str, lang: Lang) -> dict[str, Any]:
    """What stands in a panel, above it."""
    text = class_word(key, lang, classes=len(VARIANTS[variant]))
    return {
        "text": text, "left": 0, "top": top - 26, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": MUTED},
    }  # fmt: skip

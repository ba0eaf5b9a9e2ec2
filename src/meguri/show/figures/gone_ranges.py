"""What changes when a firm is gone: each measure as a range of today's value."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, MUTED, base_option, quiet_axis
from meguri.show.safetynet_words import change_text, net_word
from meguri.show.spell import missing, word

HUE = "#0d436a"
ROW, TOP, BOTTOM, LEFT, RIGHT = 40, 8, 42, 190, 120
BACK = "back"  # days, not a share of today


def gone_ranges(gone: pd.DataFrame, *, invented: bool = False, lang: Lang) -> Chart:
    """One bar for each measure, from its lowest to its highest end, with the middle as a dot.

    Parameters
    ----------
    gone : DataFrame
        ``card_gone``: after over before, and days until strength is back.
    invented : bool
        Whether they are of a network that is no firm's own.
    """
    rows = [row for row in gone.to_dict("records") if row["measure"] != BACK and not missing(row["low"])]
    foot = net_word("ranges_foot_invented" if invented else "ranges_foot", lang)
    return Chart(
        key="gone_ranges", option=_option(rows, lang), table=gone, title=_title(gone, lang),
        subtitle=net_word("ranges_sub", lang), footer=foot, lang=lang, declared="card_gone",
        height=TOP + BOTTOM + ROW * max(1, len(rows)),
    )  # fmt: skip


def _title(gone: pd.DataFrame, lang: Lang) -> str:
    told = {row["measure"]: row for row in gone.to_dict("records")}
    if "quantity" not in told or BACK not in told:
        return net_word("gone_claim", lang)
    return net_word(
        "ranges_title", lang, quantity=change_text(told["quantity"], lang), back=change_text(told[BACK], lang)
    )


def _option(rows: list[dict[Any, Any]], lang: Lang) -> dict[str, Any]:
    names = [word(row["measure"], "card_gone_measures", lang) for row in rows]
    known = [float(row[end]) for row in rows for end in ("low", "high") if not missing(row[end])]
    low, high = min([0.5, *known]), max([2.0, *known])
    return {
        **base_option(),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="log", logBase=10, min=10 ** math.floor(math.log10(low)),
            max=10 ** math.ceil(math.log10(high)), splitLine={"show": True},
            axisLabel={"formatter": "×{value}"}, name=net_word("ranges_axis", lang), nameLocation="middle",
            nameGap=26,
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names,
            axisLabel={"interval": 0, "color": INK, "width": LEFT - 16, "overflow": "break"},
        ),
        "series": [
            *(_bar(row, place, high, lang) for place, row in enumerate(rows)), _dots(rows), _today(lang),
        ],
    }  # fmt: skip


def _bar(row: dict[Any, Any], place: int, most: float, lang: Lang) -> dict[str, Any]:
    """From low to high; an open end runs to the edge."""
    end = 10 ** math.ceil(math.log10(most)) if missing(row["high"]) else float(row["high"])
    label = {"show": True, "formatter": change_text(row, lang), "position": "right", "color": MUTED,
             "fontSize": 11, "distance": 8}  # fmt: skip
    return {
        "name": str(row["measure"]), "type": "line", "symbol": "circle", "symbolSize": 1, "silent": True,
        "lineStyle": {"color": HUE, "width": 9, "opacity": 0.35, "cap": "round"},
        "data": [[float(row["low"]), place], {"value": [end, place], "label": label}],
    }  # fmt: skip


def _dots(rows: list[dict[Any, Any]]) -> dict[str, Any]:
    data = [[float(row["middle"]), place] for place, row in enumerate(rows) if not missing(row["middle"])]
    return {
        "name": "middle", "type": "scatter", "symbolSize": 9, "silent": True, "data": data,
        "itemStyle": {"color": HUE, "opacity": 1}, "z": 5,
    }  # fmt: skip


def _today(lang: Lang) -> dict[str, Any]:
    return {
        "name": "today", "type": "line", "data": [], "silent": True,
        "markLine": {
            "symbol": "none", "silent": True, "lineStyle": {"color": INK, "width": 1, "type": "solid"},
            "label": {"formatter": net_word("ranges_today", lang), "position": "insideEndTop",
                      "color": INK, "fontSize": 10.5, "rotate": 0},
            "data": [{"xAxis": 1}],
        },
    }  # fmt: skip

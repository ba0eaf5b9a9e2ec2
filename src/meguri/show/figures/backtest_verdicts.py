"""All backtests at a glance: the model's median error beside those of the naive predictions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, quiet_axis
from meguri.show.spell import say

ROW, TOP, BOTTOM = 30, 46, 44
LEFT = 440
_RIVALS = (
    ("error_no_change", "emptyCircle"),
    ("error_last", "emptyDiamond"),
    ("error_trend", "emptyTriangle"),
)


def verdicts(pooled: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """One row for each group of a case that has points: the further left, the nearer to history.

    Parameters
    ----------
    pooled : DataFrame
        Rows of ``backtest_pooled`` with shown names of case and group.
    """
    rows = pooled[pooled["error"].notna()].reset_index(drop=True)
    judged = rows[rows["hit"] != "unknown"]
    option = {
        **base_option(),
        "legend": _legend(lang),
        "grid": {"left": LEFT, "right": 40, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="value", min=0, name=say("verdicts_axis", lang), nameLocation="middle", nameGap=26,
            splitLine={"show": True},
        ),
        "yAxis": _names(rows),
        "series": [*_judged(rows, lang), *_rivals(rows, lang)]  # small on top of large,
    }  # fmt: skip
    met = int((judged["hit"] == "yes").sum())
    return Chart(
        key="verdicts",
        option=option,
        table=pooled.reset_index(drop=True),
        title=say("verdicts_title", lang, met=met, all=len(judged)),
        subtitle=say("verdicts_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="backtest_pooled",
        height=TOP + BOTTOM + ROW * max(len(rows), 1),
    )


_VERDICTS = (
    ("yes", "yes", "circle", INK),
    ("no", "no", "path://M0,0L2,0L6,4L10,0L12,0L12,2L8,6L12,10L12,12L10,12L6,8L2,12L0,12L0,10L4,6L0,2Z", INK),
    ("none", "unknown", "circle", PAPER),
)


def _names(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Group of each row, and its case once for each."""
    new = rows["case"].ne(rows["case"].shift())
    cases = [clip(str(case), 38) if first else "" for case, first in zip(rows["case"], new, strict=True)]
    shared: dict[str, Any] = {"type": "category", "inverse": True}
    words = {"interval": 0, "fontSize": 11.5, "margin": 10}
    line = {"show": True, "lineStyle": {"color": RULE}}
    return [
        quiet_axis(**shared, data=[clip(str(group), 30) for group in rows["group"]], axisLine=line,
                   axisLabel={**words, "color": INK}),
        quiet_axis(**shared, data=cases, position="left", offset=198,
                   axisLabel={**words, "color": INK, "fontWeight": "bold"}),
    ]  # fmt: skip


def _rivals(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Errors of the naive predictions."""
    return [
        _marks(say(f"verdicts_{name}", lang), rows[name], symbol, MUTED, PAPER, 8) for name, symbol in _RIVALS
    ]


def _judged(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Errors of the model, by verdict."""
    return [
        _marks(say(f"verdicts_{key}", lang), rows["error"].where(rows["hit"] == hit), symbol, INK, fill, 12)
        for key, hit, symbol, fill in _VERDICTS
    ]


def _marks(
    name: str, values: pd.Series[float], symbol: str, line: str, fill: str, size: int
) -> dict[str, Any]:
    data = [
        [number_or_none(value), place]
        for place, value in enumerate(values)
        if number_or_none(value) is not None
    ]
    colour = line if symbol.startswith("empty") else fill
    return {
        "name": name, "type": "scatter", "data": data, "symbol": symbol, "symbolSize": size, "silent": True,
        "itemStyle": {"color": colour, "borderColor": line, "borderWidth": 1.2},
    }  # fmt: skip


def _legend(lang: Lang) -> dict[str, Any]:
    keys = [*(key for key, *_ in _VERDICTS), *(name for name, _ in _RIVALS)]
    return {
        "left": 0, "top": 0, "itemWidth": 12, "itemHeight": 10, "itemGap": 14, "selectedMode": False,
        "textStyle": {"color": MUTED, "fontSize": 11},
        "data": [{"name": say(f"verdicts_{key}", lang)} for key in keys],
    }  # fmt: skip

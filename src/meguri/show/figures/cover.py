"""How low the stocks go: days held at the start and on the worst day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import stage_key
from meguri.show.ink import INK, PAPER, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.short import at_home
from meguri.show.spell import joined, listing, name_of, say, word

ROW, TOP, BOTTOM = 22, 30, 46
DRAWN = 1.0  # days; a smaller loss of stock is not worth a row
EMPTY = 0.5  # days; less than half a day of use is nothing
MOST = 34


def stock_lows(
    survival: pd.DataFrame, *, economy: Sequence[str] = (), lang: Lang = "en", footer: str = ""
) -> Chart:
    """A ring for the stock at the start, a dot for the worst day, a line between them.

    Parameters
    ----------
    survival : DataFrame
        Outcome table ``survival`` with ``cover_d`` and ``lowest_cover_d`` [d].
    economy : sequence of str
        Countries whose processes are drawn; all without any.
    """
    held = at_home(survival, economy).dropna(subset=["cover_d", "lowest_cover_d"])
    table = drawn_down(held).head(MOST)
    subtitle = [say("cover_subtitle", lang)]
    if len(held) > len(table):
        subtitle.append(say("cover_left", lang, n=len(held) - len(table)))
    return Chart(
        key="stocks",
        option=_option(table, lang),
        table=table,
        title=_title(held, economy, lang),
        subtitle=joined(subtitle, lang),
        footer=footer,
        lang=lang,
        declared="survival",
        height=TOP + BOTTOM + ROW * max(len(table), 1),
    )


def drawn_down(held: pd.DataFrame) -> pd.DataFrame:
    """Processes whose stock falls by a day or more, by stage and the share that is left."""
    table = held[held["cover_d"] - held["lowest_cover_d"] >= DRAWN].copy()
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    table["_stage"] = table["stage"].map(order).fillna(len(order))
    table["_left"] = table["lowest_cover_d"] / table["cover_d"]
    table = table.sort_values(["_stage", "_left", "node"], kind="stable")
    return table.drop(columns=["_stage", "_left"]).reset_index(drop=True)


def _title(held: pd.DataFrame, economy: Sequence[str], lang: Lang) -> str:
    names = [word(country, "countries", lang) for country in economy]
    place = listing(names, lang) or say("production_whole", lang)
    empty = int((held["lowest_cover_d"] < EMPTY).sum())
    if empty:
        return say("cover_title", lang, place=place, n=empty, m=len(held))
    low = drawn_down(held)
    if low.empty:
        return say("cover_calm", lang, place=place)
    row = low.iloc[int((low["lowest_cover_d"] / low["cover_d"]).argmin())].to_dict()
    return say("cover_kept", lang, place=place, node=name_of(row, lang))


def _option(table: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    if table.empty:
        return {**base_option(), "series": []}
    rows = table.to_dict("records")
    names = [clip(name_of(row, lang), 44) for row in rows]
    label = {"interval": 0, "color": INK, "fontSize": 11.5, "margin": 10}
    return {
        **base_option(),
        "title": [stage_key(list(table["stage"]), lang)],
        "grid": {"left": 280, "right": 40, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="value",
            min=0,
            name=say("cover_axis", lang),
            nameLocation="middle",
            nameGap=28,
            splitLine={"show": True},
        ),
        "yAxis": quiet_axis(
            type="category",
            inverse=True,
            data=names,
            axisLine={"show": True, "lineStyle": {"color": RULE}},
            axisLabel=label,
        ),
        "series": [
            *(_line(place, row) for place, row in enumerate(rows)),
            _points(rows, "cover_d", filled=False),
            _points(rows, "lowest_cover_d", filled=True),
        ],
    }


def _line(place: int, row: dict[Any, Any]) -> dict[str, Any]:
    return {
        "name": str(row["node"]),
        "type": "line",
        "symbol": "none",
        "silent": True,
        "data": [[round(float(row[name]), 2), place] for name in ("cover_d", "lowest_cover_d")],
        "lineStyle": {"color": stage_hue(str(row["stage"])), "width": 2, "opacity": 0.55},
    }


def _points(rows: list[dict[Any, Any]], column: str, *, filled: bool) -> dict[str, Any]:
    data = []
    for place, row in enumerate(rows):
        hue = stage_hue(str(row["stage"]))
        style = {"color": hue if filled else PAPER, "borderColor": hue, "borderWidth": 2, "opacity": 1}
        data.append({"value": [round(float(row[column]), 2), place], "itemStyle": style})
    return {"name": column, "type": "scatter", "symbolSize": 10, "clip": False, "silent": True, "data": data}

"""Sectors against metals: who holds the narrowest stage behind each cell, and how much of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import (
    INK,
    MUTED,
    PAPER,
    RULE,
    base_option,
    clip,
    ink_on,
    mixed,
    quiet_axis,
    stage_hue,
    wrap,
)
from meguri.show.spell import joined, missing, percent, say, word

CELL, TOP, FOOT = 30, 74, 8
TINTS = ((0.25, 0.0), (0.5, 0.14), (0.75, 0.34), (0.9, 0.58), (1.01, 0.8))  # share below, darkness
FIRM = "•"  # behind the country of a holder that is a firm or a group


def sector_heat(table: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """A cell for each sector and metal: darker the more one holder has of the worst stage.

    Letters name the holder's country and, below, the worst stage, whose colour the bar has; a
    question mark is a dependence whose holder nobody names, and an empty cell no dependence known.

    Parameters
    ----------
    table : DataFrame
        Rows of ``sector_exposure``.
    """
    rows = table[table["element"].notna() & (table["element"] != "")]
    sectors = [key for key in keys("sectors") if key in set(table["sector"])]
    elements = by_weight(rows)
    cells = worst_cells(rows).to_dict("records")
    return Chart(
        key="heat",
        option=_option(cells, sectors, elements, lang),
        table=table,
        title=_title(rows, sectors, lang),
        subtitle=joined([say("heat_subtitle", lang), _coverage(table, rows, lang)], lang),
        footer=footer,
        lang=lang,
        declared="sector_exposure",
        height=TOP + CELL * max(len(sectors), 1) + FOOT,
    )


def by_weight(rows: pd.DataFrame) -> list[str]:
    """Metals on which most sectors hang first."""
    counted = rows.groupby("element")["sector"].nunique()
    order = {element: place for place, element in enumerate(keys("materials"))}
    return sorted(
        (str(element) for element in counted.index),
        key=lambda element: (-int(counted[element]), order.get(element, 999)),
    )


def worst_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each sector and metal: the one with the largest known share, else an unknown one."""
    ranked = rows.assign(_rank=rows["holder_share"].fillna(rows["holder_share_high"]).fillna(-1.0))
    order = ["_rank", "sector", "element"]
    kept = ranked.sort_values(order, ascending=[False, True, True], kind="stable")
    return kept.drop_duplicates(["sector", "element"]).drop(columns="_rank").reset_index(drop=True)


def _title(rows: pd.DataFrame, sectors: list[str], lang: Lang) -> str:
    known = rows[rows["holder_share"].notna() & (rows["holder_country"].fillna("") != "")]
    if known.empty:
        return say("heat_none", lang)
    most = known[known["holder_share"] >= 0.5]
    by_country = most.groupby("holder_country")[["sector", "element"]].apply(
        lambda part: len(part.drop_duplicates())
    )
    if by_country.empty:
        return say("heat_none", lang)
    top = by_country.sort_values(ascending=False, kind="stable").index[0]
    n = len(rows[["sector", "element"]].drop_duplicates())
    return say(
        "heat_title",
        lang,
        country=word(top, "countries", lang),
        k=int(by_country[top]),
        n=n,
        sectors=len(sectors),
    )


def _coverage(table: pd.DataFrame, rows: pd.DataFrame, lang: Lang) -> str:
    bare = sorted(set(table["sector"]) - set(rows["sector"]))
    pairs = worst_cells(rows)
    unknown = int(pairs["holder_share"].isna().sum())
    said = say("heat_unknown", lang, n=unknown, m=len(pairs))
    if bare:
        names = [word(sector, "sectors", lang) for sector in bare]
        said = joined([said, say("heat_bare", lang, names=", ".join(names))], lang)
    return said


def darkness(share: float | None) -> float:
    """How dark a share is drawn.

    Examples
    --------
    >>> darkness(0.1), darkness(0.6), darkness(1.0)
    (0.0, 0.34, 0.8)
    """
    return 0.0 if share is None else next(dark for limit, dark in TINTS if share < limit)


def _option(
    cells: list[dict[Any, Any]], sectors: list[str], elements: list[str], lang: Lang
) -> dict[str, Any]:
    names = [wrap(word(sector, "sectors", lang), 32) for sector in sectors]
    used = list(dict.fromkeys(str(cell["worst_stage"]) for cell in cells if not missing(cell["worst_stage"])))
    return {
        **base_option(),
        "title": [_key(lang), _stages(used, lang)],
        "grid": {"left": 214, "right": 8, "top": TOP, "bottom": FOOT},
        "xAxis": quiet_axis(
            type="category", position="top", data=[clip(element, 4) for element in elements],
            axisLabel={"interval": 0, "color": INK, "fontSize": 11.5, "fontWeight": "bold"},
            splitLine={"show": True}, splitArea={"show": False},
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, splitLine={"show": True},
            axisLabel={"interval": 0, "color": INK, "fontSize": 11, "lineHeight": 14},
        ),
        "series": [_squares(cells, sectors, elements, lang), _bars(cells, sectors, elements)],
    }  # fmt: skip


def _key(lang: Lang) -> dict[str, Any]:
    """What the darkness means."""
    low, parts, rich = 0.0, [], {}
    for n, (limit, dark) in enumerate(TINTS):
        parts.append(f"{{t{n}|}} {round(100 * low)}–{min(100, round(100 * limit))}%")
        rich[f"t{n}"] = {
            "backgroundColor": mixed(INK, dark), "width": 13, "height": 10, "borderColor": RULE,
            "borderWidth": 1,
        }  # fmt: skip
        low = limit
    text = f"{say('heat_key', lang)}  {'   '.join(parts)}    {say('heat_marks', lang)}"
    return {
        "text": text, "left": 0, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11, "fontWeight": "normal", "color": MUTED, "rich": rich},
    }  # fmt: skip


def _stages(used: list[str], lang: Lang) -> dict[str, Any]:
    present = [stage for stage in keys("stages") if stage in used]
    rich = {
        s: {"backgroundColor": stage_hue(s), "width": 16, "height": 5, "verticalAlign": "middle"}
        for s in present
    }
    parts = [f"{{{stage}|}} {short(stage, lang)} {word(stage, 'stages', lang)}" for stage in present]
    return {
        "text": f"{say('heat_bar', lang)}  {'   '.join(parts)}", "left": 0, "top": 22, "padding": 0,
        "textStyle": {"fontSize": 11, "fontWeight": "normal", "color": MUTED, "rich": rich},
    }  # fmt: skip


def _place(cell: dict[Any, Any], sectors: list[str], elements: list[str]) -> list[int]:
    return [elements.index(str(cell["element"])), sectors.index(str(cell["sector"]))]


def _squares(
    cells: list[dict[Any, Any]], sectors: list[str], elements: list[str], lang: Lang
) -> dict[str, Any]:
    data = []
    for cell in cells:
        share = number_or_none(cell["holder_share"])
        share = number_or_none(cell["holder_share_high"]) if share is None else share
        dark = darkness(share)
        text, ink = mark_of(cell), ink_on(mixed(INK, dark))
        below = "" if missing(cell["worst_stage"]) else f"\n{short(str(cell['worst_stage']), lang)}"
        data.append(
            {
                "name": _told(cell, share, lang),
                "value": [*_place(cell, sectors, elements), 0 if share is None else round(share, 4)],
                "itemStyle": {"color": mixed(INK, dark)},
                "label": {"formatter": f"{text}{below}", "color": MUTED if text == "?" else ink},
            }
        )
    return {
        "name": "cells", "type": "heatmap", "data": data,
        "itemStyle": {"borderColor": PAPER, "borderWidth": 2},
        "label": {"show": True, "fontSize": 9.5, "lineHeight": 12, "offset": [0, -2]},
        "emphasis": {"disabled": True}, "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def mark_of(cell: dict[Any, Any]) -> str:
    """Letters in a cell: the holder's country, with a point for a firm; a question mark for nobody known.

    Examples
    --------
    >>> mark_of({"holder_kind": "firm", "holder_country": "JP"}), mark_of({"holder_kind": "unknown"})
    ('JP•', '?')
    """
    country = cell.get("holder_country")
    if cell["holder_kind"] == "unknown":
        return "?"
    if missing(country):
        return FIRM
    return f"{country}{FIRM}" if cell["holder_kind"] in ("firm", "group") else str(country)


def short(stage: str, lang: Lang) -> str:
    """A stage in the fewest letters; its key where nobody gave it any.

    Examples
    --------
    >>> short("separation", "ja"), short("my own", "en")
    ('分', 'my own')
    """
    key = f"st.{stage}"
    found = word(key, "phrases", lang)
    return stage if found == key else found


def _told(cell: dict[Any, Any], share: float | None, lang: Lang) -> str:
    """What a pointer resting on a cell is told."""
    firm = cell["holder_kind"] in ("firm", "group")
    holder = "?" if missing(cell["holder"]) else str(cell["holder"])
    holder = holder if firm else word(holder, "countries", lang)
    stage = "" if missing(cell["worst_stage"]) else word(cell["worst_stage"], "stages", lang)
    use = cell.get(f"use_{lang}")
    first = f"{word(cell['sector'], 'sectors', lang)} · {word(cell['element'], 'materials', lang)}"
    second = f"{stage} · {holder} {percent(share)}" if stage else holder
    return "\n".join([first, second, *([] if missing(use) else [clip(str(use), 60)])])


def _bars(cells: list[dict[Any, Any]], sectors: list[str], elements: list[str]) -> dict[str, Any]:
    data = [
        {
            "value": _place(cell, sectors, elements),
            "itemStyle": {
                "color": stage_hue(str(cell["worst_stage"])),
                "borderColor": PAPER,
                "borderWidth": 1,
            },
        }
        for cell in cells
        if not missing(cell["worst_stage"]) and cell["holder_kind"] != "unknown"
    ]
    return {
        "name": "stages", "type": "scatter", "silent": True, "symbol": "rect", "symbolSize": [22, 4],
        "symbolOffset": [0, 12], "data": data,
    }  # fmt: skip

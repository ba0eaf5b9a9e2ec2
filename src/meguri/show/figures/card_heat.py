"""The card table over one, three and ten years: benefit and harm on two scales, computed beside printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, MUTED, PAPER, base_option, ink_on, mixed, quiet_axis, wrap
from meguri.show.leverage_words import BENEFIT, CARD_ROWS, HARM, HORIZONS, lever_word
from meguri.show.spell import missing

LEFT, GAP, RIGHT, TOP, ROW, FOOT, WIDTH = 176, 20, 4, 92, 36, 10, 920
DARK: Mapping[str, float] = {"×": 0.06, "△": 0.28, "○": 0.55, "◎": 0.9}  # as table B-6 orders them
PRINTED = "printed"


def card_heat(table: pd.DataFrame, names: Mapping[str, str], *, lang: Lang = "en", footer: str = "") -> Chart:
    """Four blocks of three horizons: one of benefit, three of harm; the printed table has a row of its own.

    Parameters
    ----------
    table : DataFrame
        Rows of ``leverage_cards``: card, row, polarity, horizon, symbol, printed_symbol.
    names : mapping of card to str
        Shown name of every card, in the reader's language.
    """
    cards = list(dict.fromkeys(str(card) for card in table["card"]))
    rows = [PRINTED, *cards] if table["printed_symbol"].map(lambda cell: not missing(cell)).any() else cards
    return Chart(
        key="card-heat",
        option=_option(table, rows, names, lang),
        table=table,
        title=_title(table, cards, lang),
        subtitle=lever_word("cards_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="leverage_cards",
        height=TOP + ROW * max(1, len(rows)) + FOOT,
    )


def agreeing(table: pd.DataFrame) -> tuple[int, int]:
    """How many computed symbols are those printed, and of how many.

    Examples
    --------
    >>> agreeing(pd.DataFrame({"symbol": ["◎", "×"], "printed_symbol": ["◎", "△"]}))
    (1, 2)
    """
    both = table[[not missing(cell) for cell in table["printed_symbol"]]]
    both = both[[not missing(cell) for cell in both["symbol"]]]
    return int((both["symbol"] == both["printed_symbol"]).sum()), len(both)


def _title(table: pd.DataFrame, cards: Sequence[str], lang: Lang) -> str:
    same, known = agreeing(table)
    key = "cards_title" if known else "cards_title_alone"
    return lever_word(key, lang, same=same, n=known, k=len(cards))


def _option(table: pd.DataFrame, rows: list[str], names: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    option: dict[str, Any] = {**base_option(), "grid": [], "xAxis": [], "yAxis": [], "series": [],
                              "title": [_key(lang)]}  # fmt: skip
    kinds = [kind for kind in CARD_ROWS if (table["row"] == kind).any()]
    for place, kind in enumerate(kinds):
        cells = table[table["row"] == kind]
        harm = bool((cells["polarity"] == "harm").any())
        grid = _grid(place, len(kinds), len(rows))
        option["grid"].append(grid)
        option["title"] += _heads(kind, grid, harm, lang)
        option["xAxis"].append(_across(place, lang))
        option["yAxis"].append(_down(rows, place, names, lang))
        option["series"] += _squares(cells, rows, place, HARM if harm else BENEFIT)
    return option


def _grid(place: int, blocks: int, rows: int) -> dict[str, Any]:
    width = (WIDTH - LEFT - RIGHT - GAP * (blocks - 1)) / blocks
    left = LEFT + place * (width + GAP)
    return {
        "left": f"{100 * left / WIDTH:.2f}%", "width": f"{100 * width / WIDTH:.2f}%", "top": TOP,
        "height": ROW * rows,
    }  # fmt: skip


def _heads(kind: str, grid: dict[str, Any], harm: bool, lang: Lang) -> list[dict[str, Any]]:
    """Polarity and name of a block, in the hue of its scale."""
    hue = HARM if harm else BENEFIT
    polarity = lever_word("polarity.harm" if harm else "polarity.benefit", lang)
    name = wrap(lever_word(f"row.{kind}", lang), 27)
    style = {
        "fontSize": 12, "fontWeight": "bold", "color": INK, "lineHeight": 15,
        "rich": {"p": {"color": hue, "fontSize": 11, "fontWeight": "bold", "lineHeight": 15}},
    }  # fmt: skip
    return [{"text": f"{{p|{polarity}}}\n{name}", "left": grid["left"], "top": 24, "padding": 0,
             "textStyle": style}]  # fmt: skip


def _key(lang: Lang) -> dict[str, Any]:
    """What the symbols mean: how much of it, whether that is good or bad is said by the block."""
    text = "    ".join(f"{sign} {lever_word(f'sign.{place}', lang)}" for place, sign in enumerate(DARK))
    return {
        "text": f"{text}    ? {lever_word('sign.unknown', lang)}", "left": 0, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11, "fontWeight": "normal", "color": MUTED},
    }  # fmt: skip


def _across(place: int, lang: Lang) -> dict[str, Any]:
    return quiet_axis(
        type="category", gridIndex=place, position="top",
        data=[lever_word(f"horizon.{key}", lang) for key in HORIZONS],
        axisLabel={"interval": 0, "fontSize": 10.5, "margin": 5},
    )  # fmt: skip


def _down(rows: list[str], place: int, names: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    cells = [
        {"value": wrap(lever_word("cards_printed", lang) if key == PRINTED else names[key], 25),
         "textStyle": {"color": MUTED if key == PRINTED else INK,
                       "fontWeight": "normal" if key == PRINTED else "bold"}}
        for key in rows
    ]  # fmt: skip
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells,
        axisLabel={"show": place == 0, "interval": 0, "fontSize": 11.5, "lineHeight": 14, "margin": 10},
    )  # fmt: skip


def _squares(cells: pd.DataFrame, rows: list[str], place: int, hue: str) -> list[dict[str, Any]]:
    """Squares of one block; a printed one is hollow, so that nobody takes it for a result."""
    data = [_square(symbol, [HORIZONS.index(horizon), rows.index(card)], hue, card == PRINTED)
            for card, horizon, symbol in _told(cells, rows)]  # fmt: skip
    return [{
        "name": f"block-{place}", "type": "heatmap", "xAxisIndex": place, "yAxisIndex": place, "data": data,
        "silent": True, "label": {"show": True, "fontSize": 15}, "emphasis": {"disabled": True},
    }]  # fmt: skip


def _told(cells: pd.DataFrame, rows: list[str]) -> list[tuple[str, str, str]]:
    """Row of the figure, horizon and symbol of each square; the printed table once."""
    told = [(str(row["card"]), str(row["horizon"]), str(row["symbol"])) for row in cells.to_dict("records")]
    if PRINTED not in rows:
        return told
    once = cells.dropna(subset=["printed_symbol"]).drop_duplicates("horizon")
    printed = zip(once["horizon"], once["printed_symbol"], strict=True)
    return [*((PRINTED, str(horizon), str(symbol)) for horizon, symbol in printed), *told]


def _square(symbol: str, place: list[int], hue: str, printed: bool) -> dict[str, Any]:
    known = symbol in DARK
    fill = mixed(hue, DARK[symbol]) if known else "#f4f5f6"
    style = {"color": PAPER if printed else fill, "borderColor": mixed(hue, 0.35) if printed else PAPER,
             "borderWidth": 1 if printed else 2}  # fmt: skip
    ink = hue if printed else ink_on(fill)
    return {
        "value": [*place, list(DARK).index(symbol) if known else -1], "itemStyle": style,
        "label": {"formatter": symbol if known else "?", "color": ink if known else MUTED},
    }  # fmt: skip

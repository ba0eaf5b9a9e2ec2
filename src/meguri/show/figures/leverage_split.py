"""Who supplies the partner: the holder, third countries, or the partner itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import panel, panel_title
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, quiet_axis, wrap
from meguri.show.leverage_words import lever_word
from meguri.show.spell import percent

PANEL = {"top": 58, "height": 150, "gap": 74}
COLUMNS = 2
FOOT = 46
# who supplies: dark is what the card still reaches; third countries are hatched, because they may go again
PARTS: Mapping[str, dict[str, Any]] = {
    "holder": {"color": "#3b4148"},
    "third": {"color": "#c9ccd0", "decal": {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 4],
                                            "rotation": -0.785, "color": "rgba(34,38,43,0.45)"}},
    "home": {"color": "#2f8f9d"},
}  # fmt: skip


def leverage_split(
    table: pd.DataFrame, names: Mapping[str, str], *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """A panel for each card: three parts of the partner's supply that add to all of it, over the years.

    Parameters
    ----------
    table : DataFrame
        Rows of ``leverage_split``: card, year (since the control), holder, third, home.
    names : mapping of card to str
        Shown name of every card, in the reader's language.
    """
    cards = list(dict.fromkeys(str(card) for card in table["card"]))
    option: dict[str, Any] = {**base_option(), "grid": [], "xAxis": [], "yAxis": [], "series": [],
                              "title": [_key(lang)]}  # fmt: skip
    for place, card in enumerate(cards):
        _panel(option, place, len(cards), table[table["card"] == card].sort_values("year"), names[card], lang)
    rows = -(-len(cards) // COLUMNS)
    return Chart(
        key="leverage-split",
        option=option,
        table=table,
        title=_title(table, names, lang),
        subtitle=lever_word("split_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="leverage_split",
        height=PANEL["top"] + rows * PANEL["height"] + max(rows - 1, 0) * PANEL["gap"] + FOOT,
    )


def _title(table: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    """The card in which third countries step in most."""
    if table.empty:
        return lever_word("split_none", lang)
    rows = table.sort_values("year").groupby("card", sort=False)
    last, first = rows.tail(1).set_index("card"), rows.head(1).set_index("card")
    most = str((last["third"] - first["third"]).idxmax())
    row = last.loc[most]
    return lever_word(
        "split_title", lang, name=names[most], third=percent(float(row["third"])),
        home=percent(float(row["home"])), holder=percent(float(row["holder"])), n=f"{float(row['year']):g}",
    )  # fmt: skip


def _key(lang: Lang) -> dict[str, Any]:
    hues = {"holder": "#3b4148", "third": "#8d9298", "home": "#2f8f9d"}
    rich = {part: {"color": hue, "fontSize": 15, "fontWeight": "bold"} for part, hue in hues.items()}
    signs = {"holder": "■", "third": "▨", "home": "■"}
    text = "     ".join(f"{{{part}|{signs[part]}}} {lever_word(f'part.{part}', lang)}" for part in PARTS)
    return {
        "text": text, "left": 4, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": INK, "rich": rich},
    }  # fmt: skip


def _panel(option: dict[str, Any], place: int, of: int, rows: pd.DataFrame, name: str, lang: Lang) -> None:
    grid = panel(place, min(COLUMNS, of), **PANEL)
    reach = float(rows["year"].max())
    option["grid"].append(grid)
    option["title"].append(panel_title(wrap(name, 60), grid))
    step = next(s for s in (1, 2, 5, 10) if reach / s <= 10)
    option["xAxis"].append(
        quiet_axis(type="value", gridIndex=place, min=float(rows["year"].min()), max=reach, interval=step,
                   axisLine={"show": True, "lineStyle": {"color": RULE}},
                   name=lever_word("axis_years", lang), nameLocation="middle", nameGap=20)
    )  # fmt: skip
    option["yAxis"].append(
        quiet_axis(type="value", gridIndex=place, min=0, max=100, interval=25, z=5,
                   axisLabel={"formatter": "{value}%"})
    )  # fmt: skip
    for part, style in PARTS.items():
        data = [
            [float(year), 100 * float(share)] for year, share in zip(rows["year"], rows[part], strict=True)
        ]
        option["series"].append({
            "name": part, "type": "line", "stack": f"split-{place}", "symbol": "none", "silent": True,
            "xAxisIndex": place, "yAxisIndex": place, "data": data, "areaStyle": {**style, "opacity": 0.9},
            "lineStyle": {"color": PAPER, "width": 1}, "itemStyle": {"color": MUTED},
        })  # fmt: skip

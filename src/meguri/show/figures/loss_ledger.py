"""The loss ledger as a waterfall: from all that was discarded down to what was realised, with owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, LOSS, MUTED, RULE, base_option, ink_on, mixed, quiet_axis, wrap
from meguri.show.spell import listing, percent, say

ORDER = ("irreducible", "uncollected", "handling", "route_choice")
LEFT, GAP, RIGHT, WIDTH = 190, 40, 24, 920
TOP, ROW, BOTTOM = 58, 40, 46
LEAST = 0.0005  # a share that prints as 0.0 % is not drawn
AVOIDABLE = mixed(LOSS, 0.6)
TONES = {"discarded": mixed(INK, 0.1), "irreducible": mixed(INK, 0.25), "realised": INK}


def loss_ledger(
    table: pd.DataFrame, *, stock: str, names: Mapping[str, str], lang: Lang = "en", footer: str = ""
) -> Chart:
    """A panel for each plan; every bar begins where the one above it ended, and the last is what is left.

    Parameters
    ----------
    table : DataFrame
        Table ``loss_ledger``.
    stock : str
        Stock shown.
    names : mapping
        Shown name of every stock, plan, route and state.
    """
    rows = table[table["stock"] == stock].reset_index(drop=True)
    lines = _lines(rows)
    told = rows.assign(
        stock=names[stock],
        plan=rows["plan"].map(names),
        about=[names.get(about, about) for about in rows["about"]],
    )
    return Chart(
        key=f"loss-ledger-{stock}",
        option=_option(rows, lines, names, lang),
        table=told,
        title=_title(rows, names, lang),
        subtitle=say("ledger_subtitle", lang, stock=names[stock]),
        footer=footer,
        lang=lang,
        declared="loss_ledger",
        height=TOP + BOTTOM + ROW * len(lines),
    )


def _lines(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Rows of the picture: (term, owner), those without any loss in any plan left out."""
    found: list[tuple[str, str]] = [("discarded", "")]
    top = rows[(rows["part_of"] == "") & (rows["share"] > LEAST)]
    for term in ORDER:
        found += [(term, owner) for owner in dict.fromkeys(top.loc[top["term"] == term, "loss_owner"])]
    return [*found, ("realised", "")]


def _title(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    """What each plan realises, and the largest loss that somebody could avoid under the best of them."""
    kept = rows[rows["term"] == "realised"].sort_values("share", ascending=False)
    plans = listing(
        [
            say("ledger_plan", lang, plan=names[row["plan"]], share=percent(row["share"]))
            for row in kept.to_dict("records")
        ],
        lang,
    )
    best = rows[(rows["plan"] == kept["plan"].iloc[0]) & (rows["part_of"] == "")]
    losses = best[~best["term"].isin(("realised", "irreducible")) & (best["share"] > LEAST)]
    if losses.empty:
        return say("ledger_title_none", lang, plans=plans)
    worst = losses.loc[losses["share"].idxmax()]
    return say(
        "ledger_title",
        lang,
        plans=plans,
        term=_lower(label(worst["term"], lang, "ledger_terms"), lang),
        owner=label(worst["loss_owner"], lang, "loss_owners"),
        share=percent(worst["share"]),
    )


def _lower(text: str, lang: Lang) -> str:
    return text[:1].lower() + text[1:] if lang == "en" else text


def _option(
    rows: pd.DataFrame, lines: list[tuple[str, str]], names: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    plans = list(dict.fromkeys(rows["plan"]))
    for place, plan in enumerate(plans):
        grid = _grid(place, len(plans))
        option["grid"].append(grid)
        option["title"].append(_head(names[plan], grid, len(plans)))
        option["xAxis"].append(_across(place, lang))
        option["yAxis"].append(_down(lines, place, lang))
        bars = _waterfall(rows[rows["plan"] == plan], lines)
        option["series"] += _bars(bars, place, _room(len(plans)), lang)
    return option


def _room(panels: int) -> float:
    """Width of a panel [px]."""
    return (WIDTH - LEFT - RIGHT - GAP * (panels - 1)) / panels


def _grid(place: int, panels: int) -> dict[str, Any]:
    width = 100 * _room(panels) / WIDTH
    left = 100 * LEFT / WIDTH + place * (width + 100 * GAP / WIDTH)
    return {"left": f"{left:.2f}%", "width": f"{width:.2f}%", "top": TOP, "bottom": BOTTOM}


def _head(text: str, grid: dict[str, Any], panels: int) -> dict[str, Any]:
    return {
        "text": wrap(text, 88 // panels), "left": grid["left"], "top": 12, "padding": 0,
        "textStyle": {"fontSize": 12.5, "fontWeight": "bold", "color": INK, "lineHeight": 16},
    }  # fmt: skip


def _across(place: int, lang: Lang) -> dict[str, Any]:
    return quiet_axis(
        type="value", gridIndex=place, min=0, max=100, interval=25, splitLine={"show": True},
        name=say("ledger_axis", lang), nameLocation="middle", nameGap=26,
    )  # fmt: skip


def _down(lines: list[tuple[str, str]], place: int, lang: Lang) -> dict[str, Any]:
    rich = {
        "t": {"fontSize": 12, "fontWeight": "bold", "color": INK, "lineHeight": 15},
        "o": {"fontSize": 10.5, "color": MUTED, "lineHeight": 14},
    }
    words = [say("ledger_all", lang) if term == "discarded" else label(term, lang, "ledger_terms")
             for term, _ in lines]  # fmt: skip
    cells = [
        f"{{t|{wrap(word, 28)}}}"
        + (f"\n{{o|{wrap(label(owner, lang, 'loss_owners'), 34)}}}" if owner else "")
        for word, (_, owner) in zip(words, lines, strict=True)
    ]
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells,
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisLabel={"show": place == 0, "interval": 0, "margin": 12, "align": "right", "rich": rich},
    )  # fmt: skip


@dataclass(frozen=True)
class _Bar:
    """One bar of the waterfall, all as shares of what was discarded."""

    term: str
    start: float
    share: float
    position: float  # part of it that is lost position
    low: float  # P10–P90 at the end that moves; equal where there is no range
    high: float

    @property
    def end(self) -> float:
        """Right end."""
        return self.start + self.share


def _waterfall(rows: pd.DataFrame, lines: list[tuple[str, str]]) -> list[_Bar]:
    """Every loss hangs from what the rows above it left; what is realised stands on the ground again."""
    bars, left = [], 1.0
    for term, owner in lines:
        if term == "discarded":
            bars.append(_Bar(term, 0.0, 1.0, 0.0, 1.0, 1.0))
            continue
        share, low, high = _amount(rows, term, owner)
        if term == "realised":
            bars.append(_Bar(term, 0.0, share, 0.0, low, high))
            continue
        position = _amount(rows, "position", owner)[0] if term == "route_choice" else 0.0
        bars.append(_Bar(term, left - share, share, position, left - high, left - low))
        left -= share
    return bars


def _amount(rows: pd.DataFrame, term: str, owner: str) -> tuple[float, float, float]:
    """Share, P10 and P90 of one line; nothing where the line does not stand."""
    found = rows[(rows["term"] == term) & ((rows["loss_owner"] == owner) | (term == "realised"))]
    if found.empty:
        return 0.0, 0.0, 0.0
    total = rows.loc[rows["part_of"] == "", "value"].sum()
    first = found.iloc[0]
    return float(first["share"]), float(first["p10"]) / total, float(first["p90"]) / total


def _bars(bars: list[_Bar], place: int, room: float, lang: Lang) -> list[dict[str, Any]]:
    """Stacked bars on an unseen floor, P10–P90 at the end that moves, and the share in figures."""
    at = {"xAxisIndex": place, "yAxisIndex": place}
    shared = {"type": "bar", "stack": f"ledger-{place}", "barWidth": 17, "silent": True, **at}
    plain = [
        {"value": 100 * (bar.share - bar.position), "itemStyle": {"color": TONES.get(bar.term, AVOIDABLE)}}
        for bar in bars
    ]
    whiskers: list[list[Any]] = []
    for height, bar in enumerate(bars):
        if bar.high - bar.low > LEAST:
            whiskers += [[100 * bar.low, height], [100 * bar.high, height], LIFT]
    words = [_words(bar, height, room, lang) for height, bar in enumerate(bars)]
    floor = {"data": [100 * bar.start for bar in bars], "itemStyle": {"color": "transparent"}}
    position = {"data": [100 * bar.position for bar in bars], "itemStyle": {"color": LOSS}}
    return [
        {**shared, "name": "floor", **floor},
        {**shared, "name": "position", **position},
        {**shared, "name": "share", "data": plain},
        {
            "name": "P10–P90", "type": "line", "symbol": "none", "silent": True, "data": whiskers, "z": 5,
            "lineStyle": {"color": INK, "width": 1.3}, **at,
        },
        {"name": "words", "type": "scatter", "symbolSize": 0.01, "silent": True, "data": words, "z": 6, **at},
    ]  # fmt: skip


def _words(bar: _Bar, height: int, room: float, lang: Lang) -> dict[str, Any]:
    """The share beside its bar and clear of its range: right of it, left of it, or inside."""
    text = percent(bar.share) if bar.share > LEAST else "0%"
    if bar.position > LEAST:
        text = say("ledger_position", lang, share=text, part=percent(bar.position))
    needed = sum(12.0 if ord(letter) > 0x2E7F else 6.8 for letter in text) / room
    ranged = bar.high - bar.low > LEAST
    first, last = (min(bar.start, bar.low), max(bar.end, bar.high)) if ranged else (bar.start, bar.end)
    words = {"show": True, "formatter": text, "color": INK, "fontSize": 11, "distance": 4}
    if bar.term == "discarded":
        return {"value": [0, height], "label": {**words, "position": "right"}}
    if last + needed < 1 + (RIGHT - 6) / room:
        return {"value": [100 * last, height], "label": {**words, "position": "right"}}
    if first - needed > 0:
        return {"value": [100 * first, height], "label": {**words, "position": "left"}}
    tone = ink_on(TONES.get(bar.term, AVOIDABLE))
    return {"value": [100 * bar.end, height], "label": {**words, "position": "left", "color": tone}}

"""How far the partner supplies itself: computed bands, points observed, and printed bands apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds, panel, panel_title
from meguri.show.figures.marks import LIFT, beside
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, mixed, quiet_axis, wrap
from meguri.show.leverage_words import item_hue, lever_word, range_text
from meguri.show.spell import missing, percent

PANEL = {"top": 58, "height": 168, "gap": 62}
COLUMNS = 2
FOOT = 34
GUTTER = 0.2  # part of a panel kept for what is printed


def supply_path(
    table: pd.DataFrame,
    observed: pd.DataFrame,
    names: Mapping[str, str],
    *,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """A panel for each card: self-supply with its band, without the control a dashed line, points observed.

    Parameters
    ----------
    table : DataFrame
        Rows of ``leverage_supply``: card, item, year (with its fraction), controlled, self_supply, low, high.
    observed : DataFrame
        Rows of ``leverage_observed``: card, year, value, low, high, use (fit, blind, context, printed).
    names : mapping of card to str
        Shown name of every card, in the reader's language.
    """
    cards = list(dict.fromkeys(str(card) for card in table["card"]))
    option: dict[str, Any] = {**base_option(), "grid": [], "xAxis": [], "yAxis": [], "series": [],
                              "title": [_key(observed, table, lang)]}  # fmt: skip
    for place, card in enumerate(cards):
        seen = observed[observed["card"] == card]
        _panel(option, place, len(cards), table[table["card"] == card], seen, names[card], lang)
    rows = -(-len(cards) // COLUMNS)
    return Chart(
        key="supply-path",
        option=option,
        table=table,
        title=_title(table, cards, names, lang),
        subtitle=lever_word("supply_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="leverage_supply",
        height=PANEL["top"] + rows * PANEL["height"] + max(rows - 1, 0) * PANEL["gap"] + FOOT,
    )


def moment(year: float) -> int:
    """A year with its fraction on an axis of time [ms].

    Examples
    --------
    >>> moment(2020.0) == milliseconds("2020-01-01")
    True
    """
    whole = math.floor(year)
    first, after = milliseconds(f"{whole}-01-01"), milliseconds(f"{whole + 1}-01-01")
    return round(first + (year - whole) * (after - first))


def _title(table: pd.DataFrame, cards: list[str], names: Mapping[str, str], lang: Lang) -> str:
    """Where the first card ends, and of several what they span."""
    ends = {}
    for card in cards:
        rows = table[(table["card"] == card) & table["controlled"].astype(bool)]
        if len(rows):
            ends[card] = rows.loc[rows["year"].idxmax()].to_dict()
    if not ends:
        return lever_word("supply_none", lang)
    fast = max(ends, key=lambda card: float(ends[card]["self_supply"]))
    slow = min(ends, key=lambda card: float(ends[card]["self_supply"]))
    fill = {
        "name": names[fast], "share": percent(float(ends[fast]["self_supply"])),
        "range": range_text(ends[fast]["low"], ends[fast]["high"], lang), "year": int(ends[fast]["year"]),
    }  # fmt: skip
    if len(ends) == 1:
        return lever_word("supply_one", lang, **fill)
    slowest = percent(float(ends[slow]["self_supply"]))
    if slowest == fill["share"]:
        return lever_word("supply_alike", lang, **fill)
    return lever_word("supply_title", lang, **fill, last=names[slow], last_share=slowest)


def _key(observed: pd.DataFrame, table: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    """What the marks mean, as far as they are drawn."""
    signs = [("━", "computed")]
    if not table["controlled"].all():
        signs.append(("┅", "without"))
    used = set(observed["use"])
    marks = (("●", "fit"), ("○", "blind"), ("◇", "context"), ("▯", "printed"))
    signs += [(sign, use) for sign, use in marks if use in used]
    text = "     ".join(f"{sign} {lever_word(f'use.{key}', lang)}" for sign, key in signs)
    return {
        "text": text, "left": 4, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": INK},
    }  # fmt: skip


def _panel(
    option: dict[str, Any], place: int, of: int, rows: pd.DataFrame, seen: pd.DataFrame, name: str, lang: Lang
) -> None:
    grid = panel(place, min(COLUMNS, of), **PANEL)
    years = [*rows["year"], *seen["year"]]
    first, last = math.floor(min(years)), math.ceil(max(years))
    printed = seen[seen["use"] == "printed"]
    end = last + (GUTTER / (1 - GUTTER) * (last - first) if len(printed) else 0.0)
    option["grid"].append(grid)
    option["title"].append(panel_title(wrap(name, 60), grid))
    option["xAxis"].append(_years(first, last, end, place))
    option["yAxis"].append(
        quiet_axis(type="value", gridIndex=place, min=0, max=100, interval=25, splitLine={"show": True},
                   axisLabel={"formatter": "{value}%"})
    )  # fmt: skip
    at = {"xAxisIndex": place, "yAxisIndex": place, "silent": True}
    series = [*_paths(rows), *_points(seen), *_printed(printed, last, end, lang)]
    option["series"] += [{**one, **at, **({"stack": f"{one['stack']}-{place}"} if "stack" in one else {})}
                         for one in series]  # fmt: skip


def _years(first: int, last: int, end: float, place: int) -> dict[str, Any]:
    span = last - first
    step = next(s for s in (1, 2, 5, 10, 20) if span / s <= 6)
    ticks = [moment(year) for year in range(first, last + 1) if year % step == 0]
    return quiet_axis(
        type="time", gridIndex=place, min=moment(first), max=moment(end),
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisTick={"show": True, "customValues": ticks, "lineStyle": {"color": RULE}, "length": 4},
        axisLabel={"customValues": ticks, "formatter": "{yyyy}"},
    )  # fmt: skip


def _paths(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Band and median with the control, a dashed line without it [%]."""
    hue = item_hue(rows["item"].iloc[0])
    shared = {"type": "line", "symbol": "none"}
    found: list[dict[str, Any]] = []
    for controlled in (False, True):
        part = rows[rows["controlled"].astype(bool) == controlled].sort_values("year")
        if part.empty:
            continue
        known = part.dropna(subset=["low", "high"])
        if controlled and len(known):
            unseen = {"lineStyle": {"opacity": 0}, "stack": "band"}
            found += [
                {**shared, **unseen, "name": "floor", "data": _pairs(known["year"], known["low"])},
                {**shared, **unseen, "name": "band", "areaStyle": {"color": hue, "opacity": 0.2},
                 "data": _pairs(known["year"], known["high"] - known["low"])},
            ]  # fmt: skip
        style = {"color": hue if controlled else MUTED, "width": 2.2 if controlled else 1.4,
                 "type": "solid" if controlled else [4, 3]}  # fmt: skip
        data = _pairs(part["year"], part["self_supply"])
        found.append(
            {**shared, "name": "with" if controlled else "without", "data": data, "lineStyle": style, "z": 4}
        )
    return found


def _pairs(years: pd.Series[float], shares: pd.Series[float]) -> list[list[float]]:
    return [[moment(float(year)), 100 * float(part)] for year, part in zip(years, shares, strict=True)]


def _points(seen: pd.DataFrame) -> list[dict[str, Any]]:
    """Observed values: filled where fitted to, hollow where the model was blind to them."""
    styles = {
        "fit": {"symbol": "circle", "itemStyle": {"color": INK}},
        "blind": {"symbol": "circle", "itemStyle": {"color": PAPER, "borderColor": INK, "borderWidth": 1.8}},
        "context": {"symbol": "diamond",
                    "itemStyle": {"color": PAPER, "borderColor": MUTED, "borderWidth": 1.4}},
    }  # fmt: skip
    found: list[dict[str, Any]] = []
    bars: list[list[Any]] = []
    for use, style in styles.items():
        rows = seen[seen["use"] == use].to_dict("records")
        for row in rows:
            if not missing(row["low"]) and not missing(row["high"]):
                x = moment(float(row["year"]))
                bars += [[x, 100 * row["low"]], [x, 100 * row["high"]], LIFT]
        data = [[moment(float(row["year"])), 100 * row["value"]] for row in rows if not missing(row["value"])]
        if data:
            found.append({"name": use, "type": "scatter", "symbolSize": 9, "data": data, "z": 7, **style})
    if bars:
        found.append({"name": "spans", "type": "line", "symbol": "none", "data": bars, "z": 6,
                      "lineStyle": {"color": INK, "width": 1.6}})  # fmt: skip
    return found


def _printed(printed: pd.DataFrame, last: int, end: float, lang: Lang) -> list[dict[str, Any]]:
    """What the documents print, right of a rule: hollow bars with their year, never on the computed line."""
    rows = printed.to_dict("records")
    if not rows:
        return []
    at_rule = [[moment(last), 0], [moment(last), 100]]
    rule = {"name": "rule", "type": "line", "symbol": "none", "z": 1, "data": at_rule,
            "lineStyle": {"color": MUTED, "width": 1}}  # fmt: skip
    bars: list[list[Any]] = []
    words = []
    for place, row in enumerate(rows):
        x = moment(last + (end - last) * (place + 0.5) / len(rows))
        low = row["value"] if missing(row["low"]) else row["low"]
        high = row["value"] if missing(row["high"]) else row["high"]
        bars += [[x, 100 * low], [x, max(100 * high, 100 * low + 0.8)], LIFT]
        text = f"{int(row['year'])}\n{range_text(low, high, lang)}"
        label = {**beside(text, hue=MUTED, size=10.5), "position": "top", "lineHeight": 13, "distance": 3}
        words.append({"value": [x, 100 * high], "label": label})
    shared = {"name": "printed", "type": "line", "symbol": "none", "data": bars}
    return [
        rule,
        {**shared, "lineStyle": {"color": MUTED, "width": 15, "cap": "butt"}, "z": 5},
        {**shared, "lineStyle": {"color": mixed(MUTED, 0.12), "width": 12.5, "cap": "butt"}, "z": 6},
        {"name": "printed-words", "type": "scatter", "symbolSize": 0.1, "data": words, "z": 7},
    ]

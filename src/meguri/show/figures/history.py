"""What happened to a metal: controls as bars over the years, prices as printed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds, number_or_none
from meguri.show.figures.marks import LIFT, SYMBOLS
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, quiet_axis
from meguri.show.spell import as_date, joined, missing, say, significant, word

ROW = 17  # px of one control
STATUS = {"in-force": INK, "suspended": "#8a9097", "ended": "#c3c8cd", "unknown": "#c3c8cd"}


def control_strip(table: pd.DataFrame, *, today: str, lang: Lang = "en", footer: str = "") -> Chart:
    """One row for each authority and kind of control, a bar for each spell; open ones reach the edge.

    Parameters
    ----------
    table : DataFrame
        Rows of ``dated_controls``.
    today : str
        ISO date at which the strip ends; a control without a known end reaches it.
    """
    rows = table.sort_values(["authority", "start", "control"], kind="stable")
    names = list(dict.fromkeys(_lane(row, lang) for row in rows.to_dict("records")))
    first = min((as_date(start) for start in rows["start"]), default=as_date(today))
    return Chart(
        key="controls",
        option=_strip_option(rows.to_dict("records"), names, first, as_date(today), lang),
        table=table,
        title=_strip_title(rows, lang),
        subtitle=say("strip_subtitle", lang) if len(rows) else "",
        footer=footer,
        lang=lang,
        declared="dated_controls",
        height=30 + ROW * len(names) if names else 10,
    )


def _lane(row: dict[Any, Any], lang: Lang) -> str:
    kind = word(f"control.{row['kind']}", "phrases", lang).removeprefix("control.")
    return f"{word(row['authority'], 'countries', lang)}: {clip(kind, 26)}"


def _strip_title(rows: pd.DataFrame, lang: Lang) -> str:
    if rows.empty:
        return say("strip_none", lang)
    return say("strip_title", lang, n=len(rows), k=int((rows["status"] == "in-force").sum()))


def _strip_option(
    rows: list[dict[Any, Any]], names: list[str], first: dt.date, today: dt.date, lang: Lang
) -> dict[str, Any]:
    if not rows:
        return {**base_option(), "series": []}
    start = dt.date(first.year, 1, 1)
    end = dt.date(max(today.year, first.year) + 1, 1, 1)
    return {
        **base_option(),
        "grid": {"left": 4, "right": 14, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": _calendar(start, end),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, splitLine={"show": True},
            axisLabel={"interval": 0, "color": INK, "fontSize": 11},
        ),
        "series": [_spells(rows, names, status, end, lang) for status in STATUS],
    }  # fmt: skip


def _calendar(start: dt.date, end: dt.date) -> dict[str, Any]:
    span = end.year - start.year
    step = next(s for s in (1, 2, 5, 10, 20) if span / s <= 9)
    ticks = [
        milliseconds(dt.date(year, 1, 1)) for year in range(start.year, end.year + 1) if year % step == 0
    ]
    return quiet_axis(
        type="time", min=milliseconds(start), max=milliseconds(end),
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisTick={"show": True, "customValues": ticks, "lineStyle": {"color": RULE}, "length": 4},
        axisLabel={"customValues": ticks, "formatter": "{yyyy}"},
    )  # fmt: skip


def _spells(
    rows: list[dict[Any, Any]], names: list[str], status: str, end: dt.date, lang: Lang
) -> dict[str, Any]:
    data: list[Any] = []
    for row in rows:
        if row["status"] != status:
            continue
        lane = names.index(_lane(row, lang))
        until = end if missing(row["end"]) else as_date(row["end"])
        begin = milliseconds(row["start"])
        # a spell of some days is still seen
        data += [[begin, lane], [max(milliseconds(until), begin + 40 * 86_400_000), lane], LIFT]
    return {
        "name": status, "type": "line", "symbol": "none", "silent": True, "data": data,
        "lineStyle": {"color": STATUS[status], "width": 8, "cap": "butt", "type": "solid"},
    }  # fmt: skip


def price_history(
    quotes: pd.DataFrame, doubts: pd.DataFrame, *, lang: Lang = "en", footer: str = "", height: int = 250
) -> Chart:
    """Price quotes in US dollars per kilogram, one mark for each; a misprinted unit is read and hollow.

    Quotes in yuan stay in the table: no rate of exchange of the day is at hand.

    Parameters
    ----------
    quotes : DataFrame
        Rows of ``price_quotes``.
    doubts : DataFrame
        Facts whose printed unit cannot be meant, with the factor that repairs it.
    """
    repaired = dict(zip(doubts["fact"], doubts["factor"], strict=True)) if len(doubts) else {}
    rows = [point for row in quotes.to_dict("records") if (point := _quote(row, repaired)) is not None]
    left = len(quotes) - len(rows)
    return Chart(
        key="prices",
        option=_price_option(rows, lang),
        table=quotes,
        title=_price_title(rows, len(quotes), lang),
        subtitle=joined(
            [
                say("prices_subtitle", lang) if rows else "",
                say("prices_hollow", lang) if any(row["hollow"] for row in rows) else "",
                say("prices_left", lang, n=left) if left else "",
            ],
            lang,
        ),
        footer=footer,
        lang=lang,
        declared="price_quotes",
        height=height if rows else 10,
    )


def _quote(row: dict[Any, Any], repaired: dict[str, float]) -> dict[str, Any] | None:
    """A quote in USD/kg, None where it is in another currency."""
    factor = {"USD/kg": 1.0, "USD/t": 0.001}.get(str(row["unit"]))
    if factor is None:
        return None
    factor *= float(repaired.get(str(row["fact"]), 1.0))
    low, high = number_or_none(row["price_low"]), number_or_none(row["price_high"])
    price = number_or_none(row["price"])
    if price is None:
        if low is None or high is None:
            return None
        price = (low * high) ** 0.5  # the middle on a logarithmic axis
    ends = [None if end is None else end * factor for end in (low, high)]
    return {**row, "usd": price * factor, "low": ends[0], "high": ends[1], "hollow": row["fact"] in repaired}


def _price_title(rows: list[dict[str, Any]], n: int, lang: Lang) -> str:
    if not rows:
        return say("prices_other" if n else "prices_none", lang)
    top = max(rows, key=lambda row: float(row["usd"]))
    last = max(rows, key=lambda row: as_date(row["date"]))
    return say(
        "prices_title",
        lang,
        top=significant(float(top["usd"]), 2),
        year=as_date(top["date"]).year,
        now=significant(float(last["usd"]), 2),
        last=as_date(last["date"]).year,
    )


def _price_option(rows: list[dict[str, Any]], lang: Lang) -> dict[str, Any]:
    if not rows:
        return {**base_option(), "series": []}
    days = [as_date(row["date"]) for row in rows]
    kinds = list(dict.fromkeys((str(row["form"]), str(row["place"])) for row in rows))
    top = 10 + 20 * _legend_rows([_kind(kind, lang) for kind in kinds])
    return {
        **base_option(),
        "legend": {
            "left": 0, "top": 0, "itemWidth": 9, "itemHeight": 9, "itemGap": 7, "selectedMode": False,
            "textStyle": {"color": MUTED, "fontSize": 11},
            "data": [_kind(kind, lang) for kind in kinds],
        },
        "grid": {"left": 50, "right": 14, "top": top, "bottom": 24},
        "xAxis": _calendar(dt.date(min(days).year, 1, 1), dt.date(max(days).year + 1, 1, 1)),
        "yAxis": quiet_axis(type="log", splitLine={"show": True}),
        "series": [_ends(rows), *(_marks(rows, kind, place, lang) for place, kind in enumerate(kinds))],
    }  # fmt: skip


def _legend_rows(names: list[str], room: float = 405) -> int:
    """Rows that the legend fills at the narrowest width the figure is drawn in."""
    rows, used = 1, 0.0
    for name in names:
        wide = 26 + sum(11 if ord(letter) > 0x2E7F else 6 for letter in name)
        if used and used + wide > room:
            rows, used = rows + 1, 0.0
        used += wide
    return rows


def _kind(kind: tuple[str, str], lang: Lang) -> str:
    return f"{word(kind[0], 'forms', lang)} · {word('place.' + kind[1], 'phrases', lang)}"


def _ends(rows: list[dict[str, Any]]) -> dict[str, Any]:
    data: list[Any] = []
    for row in rows:
        if row["low"] is not None and row["high"] is not None:
            day = milliseconds(row["date"])
            data += [[day, row["low"]], [day, row["high"]], LIFT]
    return {
        "name": "ranges", "type": "line", "symbol": "none", "silent": True, "data": data,
        "lineStyle": {"color": MUTED, "width": 1.5},
    }  # fmt: skip


def _marks(rows: list[dict[str, Any]], kind: tuple[str, str], place: int, lang: Lang) -> dict[str, Any]:
    hue = INK if place % 2 == 0 else MUTED
    data = [
        {
            "value": [milliseconds(row["date"]), round(float(row["usd"]), 4)],
            "itemStyle": {"color": PAPER if row["hollow"] else hue, "borderColor": hue, "borderWidth": 1.2},
        }
        for row in rows
        if (str(row["form"]), str(row["place"])) == kind
    ]
    return {
        "name": _kind(kind, lang), "type": "scatter", "silent": True, "symbolSize": 7,
        "symbol": SYMBOLS[place % len(SYMBOLS)], "itemStyle": {"color": hue}, "data": data,
    }  # fmt: skip

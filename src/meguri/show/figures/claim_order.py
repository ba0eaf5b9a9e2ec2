"""Cause and effect against each other, with the events that could have contributed as well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.observe.interval import Interval
from meguri.show.chart import Chart
from meguri.show.chronicle_words import tell
from meguri.show.claims_tables import interval_of
from meguri.show.figures.axes import milliseconds
from meguri.show.figures.datebars import Bar, date_bars, ends, height_of
from meguri.show.ink import INK, MUTED
from meguri.show.spell import missing

MOST = 12  # competing events drawn; all stand in the table
PARTS = ("cause", "through", "effect")
KEY = ("known", "open", "other")
ROOM = 0.25  # of the span of cause and effect, left free on both sides
LEAST = 120  # days left free at least
HEAD = 16  # px for the names of the two uprights


def claim_order(
    readings: pd.DataFrame,
    competing: pd.DataFrame,
    *,
    order: str,
    key: str = "order",
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Every reading of cause and effect as a bar, and the events that compete with the cause below them.

    Parameters
    ----------
    readings, competing : DataFrame
        Tables of a verdict (``claim_readings``, ``claim_competing``) of one claim.
    order : {"before", "after", "undecided", "unknown"}
        Where the cause stands against the effect.

    Notes
    -----
    An upright marks the first day on which the cause can have happened: an effect wholly left of it
    cannot follow from that cause.
    """
    bars = _stated(readings, lang)
    window = _window([bar.days for bar in bars])
    rivals = _rivals(competing, window, lang)
    rows = [*bars, *rivals]
    option = date_bars(rows, window, {part: tell(f"order.key.{part}", lang) for part in KEY}, lang)
    option["grid"]["top"] += HEAD
    option["series"].append(_upright(readings, window, lang))
    return Chart(
        key=key,
        option=option,
        table=readings.drop(columns="label_en" if lang == "ja" else "label_ja"),
        title=tell(f"order.title.{order if (readings['part'] == 'cause').any() else 'alone'}", lang),
        subtitle=_subtitle(len(rivals), len(competing), lang),
        footer=footer,
        lang=lang,
        declared="claim_readings",
        height=height_of(rows) + HEAD,
    )


def _subtitle(drawn: int, found: int, lang: Lang) -> str:
    return tell("order.subtitle", lang, n=drawn, all=found) if found else tell("order.subtitle_alone", lang)


def _stated(readings: pd.DataFrame, lang: Lang) -> list[Bar]:
    """A bar for each dated reading of the cause, of the steps between, and of the effect."""
    found = []
    for part in PARTS:
        for row in readings[readings["part"] == part].to_dict("records"):
            days = interval_of(row)
            if days.known:
                kind = "known" if row["precision"] == "day" else "open"
                found.append(Bar(tell(f"part.{part}", lang), _named(row, lang), days, kind))
    return found


def _named(row: Mapping[Any, Any], lang: Lang) -> str:
    """What happened, and which document dates it so."""
    name = str(row[f"label_{lang}"])
    document = row.get("document")
    if missing(document):
        return name
    said = tell("by_public", lang) if document == "public" else tell("by_document", lang, document=document)
    return tell("reading", lang, name=name, by=said)


def _window(spans: list[Interval]) -> tuple[dt.date, dt.date]:
    """Cause and effect with some room on either side."""
    days = [day for one in spans for day in ends(one)]
    if not days:
        return dt.date(2000, 1, 1), dt.date(2000, 12, 31)
    first, last = min(days), max(days)
    room = dt.timedelta(days=max(LEAST, int(ROOM * (last - first).days)))
    return (first - room).replace(day=1), last + room


def _rivals(competing: pd.DataFrame, window: tuple[dt.date, dt.date], lang: Lang) -> list[Bar]:
    """Competing events within the picture: those the claim itself lists first, then the nearest."""
    shown = []
    for row in competing.to_dict("records"):
        days = interval_of(row)
        if days.known and days.latest >= window[0] and days.earliest <= window[1]:
            bar = Bar(tell("part.other", lang), str(row[f"label_{lang}"]), days, "other")
            shown.append((row["listed"] != "yes", -days.latest.toordinal(), days.earliest, bar))
    kept = sorted(shown, key=lambda one: one[:2])[:MOST]
    return [bar for *_, bar in sorted(kept, key=lambda one: (one[2], one[3].name))]


def _upright(readings: pd.DataFrame, window: tuple[dt.date, dt.date], lang: Lang) -> dict[str, Any]:
    """First possible day of the cause."""
    days = [interval_of(row) for row in readings[readings["part"] == "cause"].to_dict("records")]
    known = [one.earliest for one in days if one.known and not one.open_start]
    marks = []
    if known and window[0] <= min(known) <= window[1]:
        words = tell("order.from_here", lang)
        marks = [{"xAxis": milliseconds(min(known)), "label": {"formatter": words, "position": "start"}}]
    return {
        "name": "cause-from", "type": "line", "data": [], "silent": True,
        "markLine": {
            "symbol": "none", "silent": True, "data": marks, "z": 3,
            "label": {"color": INK, "fontSize": 10.5, "distance": 3},
            "lineStyle": {"color": MUTED, "type": [4, 3], "width": 1.2},
        },
    }  # fmt: skip

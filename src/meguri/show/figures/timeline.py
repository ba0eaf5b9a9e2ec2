"""Events in lanes of actors or instruments; dates of the documents and of the public record side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.observe.dated import span
from meguri.observe.interval import Interval
from meguri.show.chart import Chart
from meguri.show.chronicle_words import actor_word, instrument_word, tell
from meguri.show.figures.datebars import Bar, date_bars, ends, height_of, years_around
from meguri.show.spell import missing, name_of

MOST, FEWEST = 20, 7  # events of one panel; a last one with fewer joins the one before
KEY = ("known", "open", "public")


def panels(events: pd.DataFrame, most: int = MOST) -> list[pd.DataFrame]:
    """Events cut into stretches of whole years with about equally many, so that each can be read.

    Events without any date belong to no stretch.

    Examples
    --------
    >>> events = pd.DataFrame({"start": ["2009", "2010-01", "2010-09", "2012"], "end": ["", "", "", ""]})
    >>> [list(part["start"]) for part in panels(events, 1)]
    [['2009'], ['2010-01', '2010-09'], ['2012']]
    """
    begun = pd.Series(
        [_first_year(row) for row in events.to_dict("records")], index=events.index, dtype="Int64"
    )
    groups: list[list[int]] = []
    held = 0
    for year, n in begun.value_counts().sort_index().items():
        if not groups or held + n > most:
            groups.append([])
            held = 0
        groups[-1].append(int(str(year)))
        held += int(n)
    if len(groups) > 1 and held < min(FEWEST, most):
        groups[-2:] = [groups[-2] + groups[-1]]
    return [events[begun.isin(years)] for years in groups]


def _first_year(row: Mapping[Any, Any]) -> int | None:
    known = ends(dates_of(row))
    return known[0].year if known else None


def dates_of(row: Mapping[Any, Any], public: bool = False) -> Interval:
    """Days that the dates of an event allow, in its own record or in the public one.

    Examples
    --------
    >>> dates_of({"start": "2010-01", "end": ""}).written()
    '2010-01-01/'
    """
    first, last = ("public_start", "public_end") if public else ("start", "end")
    return span(*("" if missing(row[name]) else str(row[name]) for name in (first, last)))


def timeline(
    events: pd.DataFrame,
    *,
    lane: str = "actor",
    key: str = "timeline",
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """One row for each dated event, under the name of its lane; lanes in the order of their first event.

    Parameters
    ----------
    events : DataFrame
        Rows of ``chronicle``: one stretch of :func:`panels`, or a selection of the reader's own.
    lane : {"actor", "instrument"}
        What the rows are grouped by.
    key : str
        Name of the figure on its page.

    Notes
    -----
    A thick bar is a date of the documents, a thin line one of the public record: both are drawn where the
    two differ. Dark bars are dates known to the day, pale ones lie somewhere within.
    """
    rows = _ordered(events, lane)
    bars = [bar_of(row, lane, lang) for row in rows.to_dict("records")]
    first, last = years_around(bars)
    differ = sum(bar.beside is not None for bar in bars)
    title = "timeline.year" if first.year == last.year else "timeline.title"
    return Chart(
        key=key,
        option=date_bars(
            bars, (first, last), {part: tell(f"timeline.key.{part}", lang) for part in KEY}, lang
        ),
        table=rows.drop(columns="label_en" if lang == "ja" else "label_ja"),
        title=tell(title, lang, first=first.year, last=last.year),
        subtitle=tell("timeline.subtitle", lang, n=len(rows), differ=differ),
        footer=footer,
        lang=lang,
        declared="chronicle",
        height=height_of(bars),
    )


def bar_of(row: Mapping[Any, Any], lane: str, lang: Lang) -> Bar:
    """An event as a row of the figure; the public record stands beside where its date differs."""
    own, public = dates_of(row), dates_of(row, public=True)
    of_documents = str(row["document"]).isdecimal()
    kind = "public" if not of_documents else "known" if row["precision"] == "day" else "open"
    differs = of_documents and public.known and ends(public) != ends(own)
    spell = actor_word if lane == "actor" else instrument_word
    return Bar(spell(row[lane], lang), name_of(row, lang, "event"), own, kind, public if differs else None)


def _ordered(events: pd.DataFrame, lane: str) -> pd.DataFrame:
    """Dated events by lane and day; the lane whose first event is earliest comes first."""
    known = [ends(dates_of(row)) for row in events.to_dict("records")]
    rows = events.assign(
        _from=[days[0] if days else None for days in known],
        _to=[days[-1] if days else None for days in known],
    )
    rows = rows[rows["_from"].notna()]
    rows = rows.assign(_begins=rows.groupby(lane)["_from"].transform("min"))
    order = rows.sort_values(["_begins", lane, "_from", "_to"], kind="stable")
    return order[list(events.columns)].reset_index(drop=True)

"""Events in time: who did what when, and how the documents stand against the public record."""

from __future__ import annotations

import pandas as pd

from meguri.app import chronicle as record
from meguri.app.web.desk import Desk
from meguri.app.web.pages.card_worth import onward
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, Table, View
from meguri.base.errors import DataError, Problem
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.sets import data_folder
from meguri.show.chronicle import MOST_DRAWN, timelines
from meguri.show.chronicle_said import events_said
from meguri.show.chronicle_words import actor_word, instrument_word, tell, when
from meguri.show.claims_tables import columns_of, sources_of
from meguri.show.spell import missing

SOURCES = {
    "both": "documents,public", "documents": "documents", "public": "public", "sets": "documents,public,sets"
}  # fmt: skip


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """Events that fit every filter, as a timeline and as a table.

    Raises
    ------
    DataError
        When the first day lies after the last.
    """
    if asked["since"] and asked["until"] and asked["since"] > asked["until"]:
        details = {"last": asked["until"]}
        raise DataError(Problem("web_days", "since", asked["since"], details=details), "card")
    if asked["records"] == "sets" and data_folder() is None:
        return absent(asked, lang)
    filters = (asked[name] or None for name in ("element", "actor", "instrument"))
    element, actor, instrument = filters
    events = record.events_of(
        record.Asked(element, actor, instrument, None, asked["since"] or None, asked["until"] or None,
                     SOURCES[asked["records"]], None, False, False, None)
    )  # fmt: skip
    if events.empty:
        return View(label("events_none", lang, "web_card"), (label("events_none_lead", lang, "web_card"),),
                    sections=(onward("chronicle", asked, lang),))  # fmt: skip
    return told(events, asked, lang)


def absent(asked: Asked, lang: Lang) -> View:
    """The policy sets are not at hand: what to do instead."""
    return View(
        label("sets_absent", lang, "web_card"),
        (label("sets_absent_lead", lang, "web_card"),),
        sections=(onward("chronicle", asked, lang),),
    )


def told(events: pd.DataFrame, asked: Asked, lang: Lang) -> View:
    """Timeline figures of at most so many acts, and every event as a table."""
    acts = events[events["heading"] == events["event"]] if "heading" in events else events
    few = len(acts) <= MOST_DRAWN
    drawn = acts if few else acts[acts["record"].fillna("") == ""]
    texts = [tell("timeline.left_out", lang, drawn=len(drawn), n=f"{len(events):,}")]
    charts = timelines(drawn[columns_of("chronicle")], lang) if len(drawn) else []
    shown = Table("events", tell("sec.timeline", lang), _rows(events, lang), "web_events")
    lead, *others = events_said(events, lang)
    return View(
        title=lead,
        lead=others,
        sections=(
            Section("timeline", tell("sec.timeline", lang), [] if len(drawn) == len(events) else texts,
                    charts, (shown,)),
            onward("chronicle", asked, lang),
        ),
        sources=sources_of([events]),
    )  # fmt: skip


def _rows(events: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Rows of ``web_events``: dates as given, actor and kind in words."""
    rows = [
        {"dates": when(row["start"], row["end"], lang), "actor": actor_word(row["actor"], lang),
         "instrument": instrument_word(row["instrument"], lang),
         **{f"label_{one}": row[f"label_{one}"] or row["label_en"] for one in LANGS},
         "agrees": None if missing(row["agrees"]) else row["agrees"],
         "public": "" if missing(row["public_start"]) else when(row["public_start"], row["public_end"], lang),
         "source": row["source"]}
        for row in events.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows)

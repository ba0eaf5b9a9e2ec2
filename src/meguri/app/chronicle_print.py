"""Events, claims and forecasts on a terminal."""

from __future__ import annotations

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.base.terms import Lang
from meguri.show.chronicle_words import actor_word, instrument_word, tell, when
from meguri.show.spell import name_of


def print_events(events: pd.DataFrame, lang: Lang) -> None:
    """A row for each event: its dates in the documents and in the public record side by side."""
    names = ("when", "public", "actor", "instrument", "event", "agrees", "id")
    rows = [
        [
            when(row["start"], row["end"], lang), _public(row, lang), actor_word(row["actor"], lang),
            instrument_word(row["instrument"], lang), name_of(row, lang, "event"),
            tell(f"agrees.{row['agrees']}", lang), str(row["event"]),
        ]
        for row in events.to_dict("records")
    ]  # fmt: skip
    print_table([tell(f"col.{name}", lang) for name in names], rows)
    say()
    say_folded(tell("events.count", lang, n=len(rows)))


def _public(row: dict[str, object], lang: Lang) -> str:
    if row["document"] == "public" or not (row["public_start"] or row["public_end"]):
        return "—"
    return when(row["public_start"], row["public_end"], lang)

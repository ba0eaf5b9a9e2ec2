"""What the chronicle and its claims come to, in sentences whose numbers are counted from the tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chronicle_words import tell, verdict_word
from meguri.show.claims_tables import counted
from meguri.show.figures.datebars import ends
from meguri.show.figures.timeline import dates_of
from meguri.show.spell import listing

VERDICTS = (
    "impossible-by-order", "contradicted-by-series", "not-excluded", "supported-by-change-point",
    "contested-motive", "unverifiable",
)  # fmt: skip
Tables = Mapping[str, pd.DataFrame]


def sentences(tables: Tables, lang: Lang) -> list[str]:
    """One to four sentences: verdicts, events, and how the documents stand against the public record."""
    found = []
    if "claim_verdicts" in tables:
        found.append(verdicts_said(tables, lang))
    if "chronicle" in tables and len(tables["chronicle"]):
        found += events_said(tables["chronicle"], lang)
    return found


def verdicts_said(tables: Tables, lang: Lang) -> str:
    """Number of claims by verdict."""
    parts = [
        tell("said.part", lang, verdict=verdict_word(key, lang), n=n)
        for key, n in counted(tables, VERDICTS).items()
    ]
    return tell("said.claims", lang, n=len(tables["claim_verdicts"]), parts=listing(parts, lang))


def events_said(events: pd.DataFrame, lang: Lang) -> list[str]:
    """How many events, of whom, and how many of the documents' agree with the public record."""
    days = [day for row in events.to_dict("records") for day in ends(dates_of(row))]
    own = events[events["document"].astype(str).str.isdecimal()]
    found = []
    if days:
        years = {"first": min(days).year, "last": max(days).year}
        found.append(
            tell(
                "said.events", lang, n=len(events), documents=len(own), public=len(events) - len(own), **years
            )
        )
    if len(own):
        held = own["agrees"].value_counts()
        number = {key: int(held.get(key, 0)) for key in ("yes", "partly", "unchecked")}
        found.append(tell("said.agrees", lang, **number, no=len(own) - sum(number.values())))
    return found

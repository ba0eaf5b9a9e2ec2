"""What the chronicle and its claims come to, in sentences whose numbers are counted from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chronicle_words import tell, when
from meguri.show.claims_tables import counted
from meguri.show.figures.datebars import ends
from meguri.show.figures.forecast_scores import SCORES
from meguri.show.figures.timeline import dates_of
from meguri.show.page import Small
from meguri.show.spell import listing, missing

VERDICTS = (
    "impossible-by-order", "contradicted-by-series", "not-excluded", "supported-by-change-point",
    "contested-motive", "unverifiable",
)  # fmt: skip
Tables = Mapping[str, pd.DataFrame]


def sentences(tables: Tables, lang: Lang) -> list[str]:
    """Verdicts, forecasts, events, and how the documents stand against the public record."""
    found = []
    if "claim_verdicts" in tables:
        found.append(verdicts_said(tables, lang))
    if "forecasts" in tables:
        found.append(forecasts_said(tables["forecasts"], lang))
    if "chronicle" in tables and len(tables["chronicle"]):
        found += events_said(tables["chronicle"], lang)
    return found


def verdicts_said(tables: Tables, lang: Lang) -> str:
    """Number of claims by verdict."""
    parts = [tell(f"said.{key}", lang, n=n) for key, n in counted(tables, VERDICTS).items()]
    return tell("said.claims", lang, n=len(tables["claim_verdicts"]), parts=listing(parts, lang))


def forecasts_said(table: pd.DataFrame, lang: Lang) -> str:
    """Number of forecasts by what came of them."""
    held = table["score"].value_counts()
    counts = {score: int(held.get(score, 0)) for score in SCORES}
    return tell("said.forecasts", lang, all=len(table), **counts)


def forecast_cells(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    """A forecast as a row of a table: as said and where, its two dates, the score, what decides."""
    public = row["document"] == "public"
    place = (
        tell("place_public", lang)
        if public
        else tell(
            "place", lang, document=row["document"], line="—" if missing(row["line"]) else int(row["line"])
        )
    )
    return [
        Small(str(row[f"text_{lang}"]), place),
        when(row["issued"], row["issued"], lang), when(row["due"], row["due"], lang),
        tell(f"score.{row['score']}", lang), str(row[f"decided_by_{lang}"]),
    ]  # fmt: skip


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

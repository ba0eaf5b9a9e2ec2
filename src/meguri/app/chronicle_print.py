"""Events, claims and forecasts on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.base.terms import Lang
from meguri.show.chronicle_said import forecast_cells, forecasts_said, verdicts_said
from meguri.show.chronicle_words import (
    actor_word,
    days_said,
    instrument_word,
    tell,
    verdict_word,
    when,
    who_word,
)
from meguri.show.claims import because, said_by, sources_said
from meguri.show.claims_series import change_said
from meguri.show.spell import name_of


def print_answer(tables: Mapping[str, pd.DataFrame], lang: Lang) -> None:
    """Events, one claim in full, or a table of several."""
    if "chronicle_pairs" in tables:
        print_pairs(tables["chronicle_pairs"], tables["chronicle"], lang)
    elif "forecasts" in tables:
        print_forecasts(tables["forecasts"], lang)
    elif "claim_verdicts" not in tables:
        print_events(tables["chronicle"], lang)
    elif len(tables["claim_verdicts"]) == 1:
        print_claim(tables, lang)
    else:
        print_claims(tables, lang)


def print_claims(tables: Mapping[str, pd.DataFrame], lang: Lang) -> None:
    """A row for each claim: as said, by whom, the verdict and the rule behind it."""
    rows = [
        [str(row["claim"]), str(row[f"text_{lang}"]), who_word(row["who"], lang),
         verdict_word(row["verdict"], lang), because(row, lang)]
        for row in tables["claim_verdicts"].to_dict("records")
    ]  # fmt: skip
    print_table([tell(f"col.{name}", lang) for name in ("id", "claim", "who", "verdict", "because")], rows)
    say()
    say_folded(verdicts_said(tables, lang))


def print_claim(tables: Mapping[str, pd.DataFrame], lang: Lang) -> None:
    """One claim: what was said, the verdict, its dates, the evidence, and what would decide it."""
    row = tables["claim_verdicts"].iloc[0].to_dict()
    say_folded(f"{row['claim']}: {row[f'text_{lang}']}")
    say_folded(said_by(row, lang))
    say()
    say(verdict_word(row["verdict"], lang), "bold")
    say_folded(str(row[f"why_{lang}"]))
    for table, names, cells in PRINTED:
        if table in tables:
            heads = [tell(f"col.{name}", lang) for name in names]
            say()
            print_table(heads, [cells(one, lang) for one in tables[table].to_dict("records")])


def print_forecasts(table: pd.DataFrame, lang: Lang) -> None:
    """A row for each forecast: when it was made, when it was due, and what came of it."""
    names = ("forecast", "issued", "due", "result", "decided_by")
    rows = [forecast_cells(row, lang) for row in table.to_dict("records")]
    print_table([tell(f"col.{name}", lang) for name in names], rows)
    say()
    say_folded(forecasts_said(table, lang))


def print_pairs(pairs: pd.DataFrame, events: pd.DataFrame, lang: Lang) -> None:
    """Pairs of rows that seem to tell the same act, with the parts of their score."""
    named = {row["event"]: name_of(row, lang, "event") for row in events.to_dict("records")}
    rows = [
        [f"{one['event']}\n{named[one['event']]}", f"{one['other']}\n{named[one['other']]}",
         *(f"{one[part]:.2f}" for part in SCORED), tell(f"why.{one['why']}", lang)]
        for one in pairs.to_dict("records")
    ]  # fmt: skip
    print_table([tell(f"col.{name}", lang) for name in ("one", "other", *SCORED, "why")], rows)
    say()
    say_folded(tell("pairs.count", lang, n=len(rows)))


def _reading(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    return [tell(f"part.{row['part']}", lang), days_said(row["earliest"], row["latest"], lang),
            str(row[f"label_{lang}"]), sources_said(row["source"])]  # fmt: skip


def _evidence(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    return [tell(f"side.{row['side']}", lang), str(row[f"text_{lang}"]), sources_said(row["source"])]


def _finding(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    return [str(row["series"]), tell(f"role.{row['role']}.{row['direction']}", lang),
            tell(f"finding.{row['finding']}", lang), change_said(row["change"])]  # fmt: skip


def _decides(row: Mapping[Any, Any], lang: Lang) -> list[str]:
    return [str(row[f"text_{lang}"])]


SCORED = ("score", "date", "instrument", "materials", "title")
Cells = Callable[[Mapping[Any, Any], Lang], list[str]]
PRINTED: tuple[tuple[str, tuple[str, ...], Cells], ...] = (
    ("claim_readings", ("part", "when", "event", "source"), _reading),
    ("claim_findings", ("series", "role", "finding", "change"), _finding),
    ("claim_evidence", ("side", "evidence", "source"), _evidence),
    ("claim_would_decide", ("decides",), _decides),
)


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

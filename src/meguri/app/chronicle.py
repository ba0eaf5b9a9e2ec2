"""`meguri chronicle`: what was asked, the tables that answer it, and where they go."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from meguri.app.chronicle_print import print_answer
from meguri.app.printing import as_csv, deliver, say
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.records import records
from meguri.base.terms import Lang, find_key, label, suggest_key
from meguri.observe.chronicle import chronicle, selected
from meguri.observe.near_duplicates import headings, near_duplicates
from meguri.observe.policy_events import policy_events
from meguri.show.claims_tables import claim_tables
from meguri.structure.claims import claim, claims, read_claims
from meguri.structure.claims import test_claim as judge  # its own name would make it a test
from meguri.structure.claims_points import claim_points, series_names
from meguri.structure.forecasts import forecasts

FIRST = ("claim_verdicts", "forecasts", "chronicle_pairs", "chronicle")  # table that CSV writes
ALL, SETS = "all", "sets"
Tables = dict[str, pd.DataFrame]


class Asked(NamedTuple):
    """What the command line was asked."""

    element: str | None
    actor: str | None
    instrument: str | None
    stage: str | None
    since: str | None
    until: str | None
    sources: str
    claim: str | None
    forecasts: bool
    duplicates: bool
    series: Path | None


def deliver_chronicle(asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """The answer on the terminal, as page, workbook or folder, or in the form asked for."""
    _apart(asked)
    if form == "table" and out is not None:
        _known_ending(out)
    tables = answered(asked, whole=form == "table" and out is not None)
    if form != "table":
        content = {name: records(table) for name, table in tables.items()}
        deliver(content, tables[leading(tables)], form, out, sheets=tables)
        return
    if out is None:
        print_answer(tables, lang)
        return
    _write(tables, out, lang)
    say(label("saved", lang, "cli", path=out))


def answered(asked: Asked, whole: bool = False) -> Tables:
    """The tables that answer what was asked, by their declared names.

    Parameters
    ----------
    asked : Asked
        Claims, or else events.
    whole : bool
        For a page or a folder: where nothing narrower was asked for, all claims beside the events.
    """
    if asked.claim is not None:
        return claims_answered(asked.claim, asked.series)
    if asked.forecasts:
        return {"forecasts": forecasts()}
    tables = {"chronicle": events_of(asked)}
    if asked.duplicates:
        return {"chronicle_pairs": near_duplicates(tables["chronicle"])} | tables
    narrowed = [asked.element, asked.actor, asked.instrument, asked.stage, asked.since, asked.until]
    if whole and all(name is None for name in narrowed):
        tables = claims_answered(ALL, asked.series) | {"forecasts": forecasts()} | tables
    return tables


def claims_answered(which: str, series: Path | None) -> Tables:
    """Tables of the verdicts on all packaged claims, on one of them, or on those of a file.

    Raises
    ------
    DataError
        For an id that is none, and for every problem of a file.
    """
    points = claim_points(series)
    if which == ALL:
        chosen = claims()
    elif Path(which).suffix.lower() in (".yaml", ".yml"):
        chosen = read_claims(which)
    else:
        chosen = [claim(which)]
    return claim_tables([judge(one, series=points) for one in chosen], points, series_names())


def leading(tables: Tables) -> str:
    """The table that stands for an answer where only one can be written."""
    return next(name for name in FIRST if name in tables)


def events_of(asked: Asked) -> pd.DataFrame:
    """Events that fit every filter.

    Raises
    ------
    DataError
        For an element, an instrument, a stage, a source or a date that is none.
    """
    asked_for = [part.strip() for part in asked.sources.split(",") if part.strip()]
    filters = (
        _element(asked.element), asked.actor, asked.instrument, asked.stage, asked.since, asked.until
    )  # fmt: skip
    events = chronicle(*filters, [part for part in asked_for if part != SETS])
    if SETS not in asked_for:
        return events
    added = selected(policy_events(), *filters)
    return headings_of(pd.concat([events, added], ignore_index=True))


def headings_of(events: pd.DataFrame) -> pd.DataFrame:
    """Rows that tell the same act under one heading, none thrown away."""
    return headings(events, near_duplicates(events))


def _element(name: str | None) -> str | None:
    if name is None or name == "REO":
        return name
    key = find_key(name, "materials")
    if key is None:
        near = suggest_key(name, "materials") or "Dy"
        raise DataError(Problem("term_materials", "--element", name, "", {"near": near}))
    return key


def _apart(asked: Asked) -> None:
    """Claims, forecasts and events are asked about apart: an option left unread would mislead."""
    filters = {
        "--element": asked.element, "--actor": asked.actor, "--instrument": asked.instrument,
        "--stage": asked.stage, "--since": asked.since, "--until": asked.until,
        "--duplicates": asked.duplicates,
    }  # fmt: skip
    beside: dict[str, object] = {}
    if asked.claim is not None:
        beside = {"--forecasts": asked.forecasts, **filters}
    elif asked.forecasts:
        beside = {"--series": asked.series, **filters}
    elif any(filters.values()):
        beside = {"--series": asked.series}
    with_ = "--claim" if asked.claim is not None else "--forecasts" if asked.forecasts else "--element …"
    found = [
        Problem("chronicle_apart", name, "" if value is True else str(value)[:80], "", {"with": with_})
        for name, value in beside.items()
        if value
    ]
    if found:
        raise DataError(found)


def _known_ending(out: Path) -> None:
    """A page, a workbook or a folder: said before anything is computed."""
    if out.suffix.lower() not in (".html", ".xlsx", ""):
        details = {"choices": ".html, .xlsx, folder", "near": "chronicle.html"}
        raise DataError(Problem("choice", "--out", out.name, "", details))


def _write(tables: Tables, out: Path, lang: Lang) -> None:
    """A page, a workbook, or a folder of tables, by the ending of the name."""
    if out.suffix.lower() == ".xlsx":
        deliver({}, tables[leading(tables)], "xlsx", out, sheets=tables)
    elif out.suffix.lower() == ".html":
        from meguri.show.chronicle import write_chronicle

        write_chronicle(tables, out, lang)
    else:
        for name, table in tables.items():
            write_atomically(out / f"{name}.csv", as_csv(table).encode("utf-8-sig"))

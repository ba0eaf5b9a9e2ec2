"""What a claim file may not say although its form is right: lost references, contradictory dates, circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from meguri.base.sources import sources
from meguri.base.terms import suggest
from meguri.structure.claims_model import Claim, Occurrence
from meguri.structure.claims_order import row_intervals
from meguri.structure.claims_points import series_names

Where = tuple[str | int, ...]
Lost = tuple[str, int, Where, str, dict[str, str]]  # problem, number of the claim, place, value, details


def check_claims(
    read: Mapping[int, Claim], events: pd.DataFrame, own: Mapping[str, set[str]], others: Iterable[str]
) -> Iterator[Lost]:
    """Every reference and date of a file's claims that does not hold.

    Parameters
    ----------
    read : mapping of number to Claim
        Claims whose form is right, by their place in the file.
    events : DataFrame
        The chronicle.
    own : mapping
        The file's own ``sources`` and ``series``.
    others : iterable of str
        Ids of packaged claims, which a file may name too.
    """
    rows = events.drop_duplicates("event").set_index("event")
    known = {*own["sources"], *sources()["source"]}
    series = {*own["series"], *series_names()["series"]}
    ids = [claim.id for claim in read.values()]
    for number, claim in read.items():
        if ids.count(claim.id) > 1:
            yield "duplicate", number, ("id",), claim.id, {"key": "id"}
        if claim.cause is None and claim.kind in ("cause", "motive", "order", "forecast"):
            yield "claim_missing", number, (), "", {"field": "cause"}
        for where, part in parts(claim):
            yield from ((key, number, (*where, *place), value, details)
                        for key, place, value, details in _part(part, rows, known))  # fmt: skip
        yield from ((key, number, place, value, details)
                    for key, place, value, details in _references(claim, rows, known, series))  # fmt: skip
        for name in {*claim.rivals, *filter(None, [claim.part_of])} - {*ids, *others}:
            near = suggest(name, [*ids, *others]) or "…"
            yield "claim_unknown", number, ("rivals",), name, {"near": near}
    yield from _circles(read)


def parts(claim: Claim) -> Iterator[tuple[Where, Occurrence]]:
    """Cause, steps between and effect, each with its place in the file."""
    if claim.cause is not None:
        yield ("cause",), claim.cause
    for number, step in enumerate(claim.through):
        yield ("through", number), step
    yield ("effect",), claim.effect


def _part(
    part: Occurrence, rows: pd.DataFrame, known: set[str]
) -> Iterator[tuple[str, Where, str, dict[str, str]]]:
    for name in part.events:
        if name not in rows.index:
            place = ("event",) if name == part.event else ("also",)
            yield "claim_event", place, name, {"near": suggest(name, rows.index) or "…"}
    if part.date is not None:
        if not part.event and not part.source:
            yield "claim_source_missing", ("date",), part.date.written(), {"field": "source"}
        if part.event in rows.index:
            recorded = [interval for interval, _ in row_intervals(rows.loc[part.event])]
            if not any(part.date.overlaps(interval) for interval in recorded):
                details = {"event": part.event, "recorded": " · ".join(one.written() for one in recorded)}
                yield "claim_dates", ("date",), part.date.written(), details
    for number, item in enumerate(part.dates):
        yield from _source(item.source, ("dates", number, "source"), known)
    if part.source:
        yield from _source(part.source, ("source",), known)


def _references(
    claim: Claim, rows: pd.DataFrame, known: set[str], series: set[str]
) -> Iterator[tuple[str, Where, str, dict[str, str]]]:
    yield from _source(claim.source, ("source",), known)
    for number, said in enumerate(claim.evidence):
        yield from _source(said.source, ("evidence", number, "source"), known)
    for number, item in enumerate(claim.alternatives):
        where: Where = ("alternatives", number)
        if not (item.event or item.claim or item.label):
            yield "claim_missing", where, "", {"field": "event"}
        if item.event and item.event not in rows.index:
            near = suggest(item.event, rows.index) or "…"
            yield "claim_event", (*where, "event"), item.event, {"near": near}
        if item.label is not None:
            yield from _source(item.source, (*where, "source"), known)
        if item.event and any(item.event in part.events for _, part in parts(claim)):
            yield "claim_alternative_own", (*where, "event"), item.event, {}
    for number, ask in enumerate(claim.series):
        if ask.series not in series:
            near = suggest(ask.series, series) or ", ".join(sorted(series))
            yield "claim_series", ("series", number, "series"), ask.series, {"near": near}


def _source(cell: str, where: Where, known: set[str]) -> Iterator[tuple[str, Where, str, dict[str, str]]]:
    if not cell.strip():
        yield "claim_source_missing", where, "", {"field": "source"}
    for key in filter(None, cell.split("|")):
        if key not in known and not key.startswith(("http://", "https://")):
            yield "claim_source", where, key, {"near": suggest(key, known) or "…"}


def _circles(read: Mapping[int, Claim]) -> Iterator[Lost]:
    """Alternatives that name claims whose own alternatives lead back."""
    by_id = {claim.id: claim for claim in read.values()}
    for number, claim in read.items():
        for place, item in enumerate(claim.alternatives):
            path = _back(item.claim, claim.id, by_id)
            if path:
                shown = " → ".join([claim.id, *path])
                yield "claim_circle", number, ("alternatives", place, "claim"), shown, {}


def _back(start: str, goal: str, by_id: Mapping[str, Claim]) -> list[str]:
    """Shortest way from one claim over alternatives to another; empty where there is none."""
    ways, seen = [[start]] if start else [], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for item in by_id[way[-1]].alternatives if way[-1] in by_id else ():
            if item.claim and item.claim not in seen:
                seen.add(item.claim)
                ways.append([*way, item.claim])
    return []

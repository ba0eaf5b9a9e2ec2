"""Events with the precision of their dates: what the documents say, and what the public record says."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import find_key, fold, keys, suggest
from meguri.observe.controls import RARE_EARTHS
from meguri.observe.dated import read_interval, span
from meguri.observe.interval import Interval
from meguri.observe.packaged import facts, holds

SOURCES = ("documents", "public")
_MOMENTS = ("day", "month", "year")  # a row with two of these tells a duration, not a doubt


def chronicle(
    element: str | None = None,
    actor: str | None = None,
    instrument: str | None = None,
    stage: str | None = None,
    since: str | None = None,
    until: str | None = None,
    sources: Sequence[str] = SOURCES,
) -> pd.DataFrame:
    """Events of the documents and of the public record, side by side and in order.

    Parameters
    ----------
    element : str, optional
        Element key; events on rare earths as a whole count for each rare earth.
    actor : str, optional
        Economy by any of its names, or a body or firm as the table spells it.
    instrument, stage : str, optional
        Key of the instrument or of the stage.
    since, until : str, optional
        Written dates (`read_interval`); an event stays when it can lie between them by either of its dates.
    sources : sequence of str
        ``documents``, ``public`` or both.

    Returns
    -------
    DataFrame
        Columns of ``chronicle``; ``agrees`` says how an event of the documents stands against the
        public record, whose own dates are in ``public_start`` and ``public_end``.

    Raises
    ------
    DataError
        When an instrument, a stage, a source or a date is none we know.

    Examples
    --------
    >>> events = chronicle("Dy").set_index("event")
    >>> events.at["ev-002", "start"], events.at["ev-002", "agrees"], events.at["ev-002", "public_start"]
    ('2010-01', 'none-found', '2010-09-21')
    >>> chronicle(actor="China", instrument="export-tax", sources=["public"], until="2010")["event"].tolist()
    ['pub-duty-2007', 'pub-duty-heavy-2008']
    """
    table = facts("chronicle", "chronicle.csv", "chronicle_public.csv", "chronicle_events.csv")
    table = of_sources(table, sources)
    return selected(table, element, actor, instrument, stage, since, until)


def of_sources(table: pd.DataFrame, sources: Sequence[str]) -> pd.DataFrame:
    """Rows of the documents, of the public record, or of both.

    Raises
    ------
    DataError
        For any other word.
    """
    strange = [name for name in sources if name not in SOURCES]
    if strange:
        near = suggest(strange[0], SOURCES) or SOURCES[0]
        details = {"choices": ", ".join(SOURCES), "near": near}
        raise DataError([Problem("chronicle_choice", "sources", name, "", details) for name in strange])
    public = table["document"].eq("public")
    return table[(public & ("public" in sources)) | (~public & ("documents" in sources))]


def selected(
    table: pd.DataFrame,
    element: str | None = None,
    actor: str | None = None,
    instrument: str | None = None,
    stage: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> pd.DataFrame:
    """Rows of any table in the columns of ``chronicle`` that fit all the given filters, in order of date."""
    if element is not None:
        named = holds(table["elements"], element)
        if element in RARE_EARTHS:
            named |= holds(table["elements"], "REO")
        table = table[named]
    if actor is not None:
        wanted = _actor(actor)
        table = _kept(table, [wanted in actors(cell) for cell in table["actor"]])
    for name, value in (("instrument", instrument), ("stage", stage)):
        table = table if value is None else _equal(table, name, value)
    if since is not None or until is not None:
        first = None if since is None else read_interval(since, "since")
        last = None if until is None else read_interval(until, "until")
        if first is not None and last is not None and first.known and last.known and last.before(first):
            raise DataError(Problem("chronicle_date_inverted", "since … until", f"{since} … {until}"))
        table = _kept(table, [_within(row, first, last) for row in table.to_dict("records")])
    return in_order(table)


def _kept(table: pd.DataFrame, wanted: list[bool]) -> pd.DataFrame:
    """Rows that are wanted; a table without rows keeps its columns."""
    return table[pd.Series(wanted, index=table.index, dtype=bool)]


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by start, end and key."""
    return table.sort_values(["start", "end", "event"], kind="stable").reset_index(drop=True)


def _equal(table: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    listed = keys("chronicle_instruments") if column == "instrument" else keys("stages")
    known = sorted({*listed, *table[column]} - {""})
    if value not in known:
        details = {"choices": ", ".join(known), "near": suggest(value, known) or known[0]}
        raise DataError(Problem("chronicle_choice", column, value, "", details))
    return table[table[column].eq(value)]


def actors(cell: str) -> set[str]:
    """Keys of the economies in an actor cell, and folded names of what is none.

    Examples
    --------
    >>> sorted(actors("JPN/USA/EU")), actors("Hitachi Metals")
    (['EU', 'JP', 'US'], {'hitachi metals'})
    """
    parts = [part.strip() for part in cell.replace("|", "/").split("/") if part.strip()]
    return {_actor(part) for part in parts}


def _actor(name: str) -> str:
    if name.upper() in ("EU", "EUR", "EUROPEAN UNION"):
        return "EU"
    return find_key(name, "countries") or fold(name)


def _within(row: dict[str, object], first: Interval | None, last: Interval | None) -> bool:
    dates = [found for found in (document_dates(row), public_dates(row)) if found is not None and found.known]
    return any(
        (first is None or found.latest >= first.earliest) and (last is None or found.earliest <= last.latest)
        for found in dates
    )


def document_dates(row: dict[str, object]) -> Interval:
    """The days a row of the chronicle can mean, from its start to its end, as its own source gives them.

    Examples
    --------
    >>> document_dates({"event": "ev-007", "start": "2010-09-21", "end": "2010-09-30"}).written()
    '2010-09-21/2010-09-30'
    """
    return span(str(row["start"]), str(row["end"]), str(row.get("event", "date")))


def public_dates(row: dict[str, object]) -> Interval | None:
    """The days of the same event in the public record; none where the record gives none."""
    start, end = str(row.get("public_start", "")), str(row.get("public_end", ""))
    return span(start, end, f"{row.get('event', 'date')}, public") if start or end else None


def onset(row: dict[str, object]) -> Interval:
    """The days on which an event can have begun.

    A row whose two dates differ and are given to the day, the month or the year tells a duration: it begins
    with the first. Any other pair ("year range", "late month") bounds one date of which no more is known.

    Examples
    --------
    >>> onset({"start": "2010-09-21", "end": "2010-11-20", "precision": "day"}).written()
    '2010-09-21'
    >>> onset({"start": "2022", "end": "2023", "precision": "year range"}).written()
    '2022-01-01/2023-12-31'
    """
    start, end = str(row["start"]), str(row["end"])
    if start and start != end and row["precision"] in _MOMENTS:
        return read_interval(start, str(row.get("event", "date")))
    return document_dates(row)


def dates(events: pd.DataFrame) -> pd.DataFrame:
    """Each event's dates by who gives them: the documents and the public record never in one cell.

    Returns
    -------
    DataFrame
        ``chronicle_dates``: event, basis (document | public), earliest, latest (ISO days, empty where
        open), onset_latest, precision, source.

    Examples
    --------
    >>> table = dates(chronicle("Dy")).set_index(["event", "basis"])
    >>> table.at[("ev-002", "document"), "latest"], table.at[("ev-002", "public"), "earliest"]
    ('2010-01-31', '2010-09-21')
    >>> table.at[("ev-002", "public"), "source"]
    'gta-2092|meti-survey-2010'
    """
    linked = _public_sources()
    rows = []
    for row in events.to_dict("records"):
        own = "public" if row["document"] == "public" else "document"
        rows.append(_dated(row, own, document_dates(row), row["source"]))
        public = public_dates(row)
        if own == "document" and public is not None:
            source = linked.get(row["event"], "")
            rows.append(_dated({**row, "precision": ""}, "public", public, source or row["reference"]))
    columns = ["event", "basis", "earliest", "latest", "onset_latest", "precision", "source"]
    return pd.DataFrame(rows, columns=columns)


def _dated(row: dict[str, object], basis: str, found: Interval, source: object) -> dict[str, object]:
    begun = onset(row) if basis != "public" or row["precision"] else found
    return {
        "event": row["event"],
        "basis": basis,
        "earliest": "" if found.open_start else found.earliest.isoformat(),
        "latest": "" if found.open_end else found.latest.isoformat(),
        "onset_latest": "" if begun.open_end else begun.latest.isoformat(),
        "precision": row["precision"] or found.precision,
        "source": source,
    }


def links() -> pd.DataFrame:
    """Events of the documents and the events of the public record that tell the same, or what came of it.

    Returns
    -------
    DataFrame
        ``chronicle_links``: event, other, relation (same | part | outcome | disputed, where
        the document dates it otherwise).

    Examples
    --------
    >>> links().set_index("event").at["ev-002", "other"]
    'pub-halt-2010'
    """
    return facts("chronicle_links")


def _public_sources() -> dict[str, str]:
    public = facts("chronicle", "chronicle_public.csv", "chronicle_events.csv").set_index("event")["source"]
    table = links()
    return dict(zip(table["event"], table["other"].map(public), strict=True))

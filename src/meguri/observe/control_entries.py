"""Entries of control lists as data: what each names, from when to when, and how closely it was read.

An entry is a conjunction of specifications. Most could only be read as public summaries: what stands in the
full text of an ordinance and was not at hand is not filled in. An aid of this kind is trusted only as far as
its dates hold, so every entry carries its source and the day on which it was checked.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import packaged

FILES = {
    "control_entries": "entries.csv",
    "entry_specs": "entry_specs.csv",
    "screen_destinations": "destinations.csv",
    "screen_routes": "routes.csv",
    "screen_texts": "questions.csv",
}


@cache
def _read(table: str) -> pd.DataFrame:
    with packaged("screening", FILES[table]).open("rb") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of(table).check(frame, FILES[table])


def screening_table(table: str) -> pd.DataFrame:
    """A packaged table of the screening, checked once, then copied.

    Parameters
    ----------
    table : {"control_entries", "entry_specs", "screen_destinations", "screen_routes", "screen_texts"}
        Name declared in ``columns.csv``.

    Examples
    --------
    >>> bool(screening_table("control_entries")["checked_on"].eq("").any())
    False
    """
    return _read(table).copy()


def control_entries(on: str | None = None) -> pd.DataFrame:
    """Entries with a column ``standing`` where a day is given.

    Parameters
    ----------
    on : str, optional
        ISO day.

    Returns
    -------
    DataFrame
        Columns of ``control_entries``.

    Examples
    --------
    >>> table = control_entries("2023-07-22").set_index("entry")
    >>> table.at["jp-23-etching", "standing"]
    'not-yet'
    """
    table = screening_table("control_entries")
    return table if on is None else table.assign(standing=standing(table, on))


def standing(entries: pd.DataFrame, on: str) -> pd.Series[str]:
    """How each entry stands on a day.

    ``not-yet`` before its start, ``ended`` after its last day, ``suspended``, ``unclear`` where a suspension
    has run out and what followed is not at hand, else ``in-force``. A start known as a month counts from the
    first day of the month: a day too early is checked, a day too late would be missed.

    Raises
    ------
    DataError
        When the day is no ISO day.

    Examples
    --------
    >>> row = {"start": "2012-08", "end": "", "suspended_from": "", "suspended_to": ""}
    >>> standing(pd.DataFrame([row]), "2012-08-01").tolist()
    ['in-force']
    """
    iso_day(on)
    found = pd.Series("in-force", index=entries.index, dtype=object)
    over = _before(entries["suspended_to"], on)
    found[over] = "unclear"
    found[_reached(entries["suspended_from"], on) & ~over] = "suspended"
    found[_before(entries["end"], on)] = "ended"
    found[entries["start"].ne("") & ~_reached(entries["start"], on)] = "not-yet"
    return found


def iso_day(on: str) -> str:
    """The day itself, when it is an ISO day such as 2026-03-31.

    Raises
    ------
    DataError
        When it is not.
    """
    try:
        return dt.date.fromisoformat(on).isoformat()
    except (TypeError, ValueError):
        raise DataError(Problem("screen_day", "on", str(on)[:40])) from None


def _reached(days: pd.Series[str], on: str) -> pd.Series[bool]:
    return days.map(lambda day: bool(day) and day <= on[: len(day)]).astype(bool)


def _before(days: pd.Series[str], on: str) -> pd.Series[bool]:
    return days.map(lambda day: bool(day) and day < on[: len(day)]).astype(bool)

"""A control list of one's own: entries and their specifications from two CSV files, checked like ours.

A firm that holds the ordinance, or a list that is not packaged, can add it. What it marks as verified may
exclude; what it does not, leaves the entry open.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.tables import Schema
from meguri.base.terms import keys
from meguri.observe.control_entries import screening_table
from meguri.respond.screening_specs import SYMBOLS, declared, kind_of, quantity


@dataclass(frozen=True)
class OwnEntries:
    """Entries and specifications, with the columns of ``control_entries`` and ``entry_specs``."""

    entries: pd.DataFrame
    specs: pd.DataFrame


def read_own(entries: str | Path, specs: str | Path) -> OwnEntries:
    """Read a list of one's own.

    Parameters
    ----------
    entries, specs : path
        CSV files with the columns of ``control_entries`` and ``entry_specs``; every row of the list ``own``
        if the column is left out.

    Raises
    ------
    DataError
        Naming each cell that is not as declared, each specification or threshold that cannot be compared,
        and an entry that is packaged already.
    """
    listed, named = Schema.of("control_entries"), Schema.of("entry_specs")
    raw = read_csv(Path(entries))
    if "list" not in raw:
        raw = raw.assign(list="own")
    table, found = listed.problems(raw, Path(entries).name)
    needs, more = named.problems(read_csv(Path(specs)), Path(specs).name)
    found = [*found, *more]
    if not found:
        found = [*_twice(table), *_unfit(needs, set(table["entry"]), Path(specs).name)]
    if found:
        raise DataError(found)
    return OwnEntries(table, needs)


def _twice(table: pd.DataFrame) -> list[Problem]:
    taken = set(screening_table("control_entries")["entry"])
    return [
        Problem("duplicate", f"control_entries[{row + 1}]", entry, "", {"key": "entry"})
        for row, entry in enumerate(table["entry"])
        if entry in taken
    ]


def _unfit(needs: pd.DataFrame, entries: set[str], file: str) -> list[Problem]:
    """Specifications that no item could be compared with."""
    found = []
    for number, row in enumerate(needs.to_dict("records"), start=1):
        place = f"entry_specs[{number}]"
        if row["entry"] not in entries:
            found.append(Problem("screen_entry_unknown", f"{place}.entry", row["entry"], file))
        if not is_spec(row["spec"]):
            found.append(Problem("screen_entry_spec", f"{place}.spec", row["spec"], file))
        elif not fits(row["spec"], row["operator"], row["threshold"]):
            text = f"{row['operator']} {row['threshold']}"
            found.append(Problem("screen_entry_threshold", f"{place}.threshold", text, file))
    return found


def is_spec(key: str) -> bool:
    """Whether a key names a specification.

    Examples
    --------
    >>> is_spec("purity"), is_spec("content:W"), is_spec("content:Q")
    (True, True, False)
    """
    return key in declared() or (key.partition(":")[2] in SYMBOLS and key.startswith("content:"))


def fits(spec: str, operator: str, threshold: str) -> bool:
    """Whether a threshold can be compared with values of its specification.

    Examples
    --------
    >>> fits("purity", ">", "99.9 %"), fits("purity", ">", "99.9"), fits("category", "is", "magnet|part")
    (True, False, True)
    """
    kind = kind_of(spec)
    named = set(threshold.split("|"))
    if operator in ("is", "not"):
        return kind["kind"] == "category" and named <= set(keys("screen_categories"))
    if operator == "contains":
        return kind["kind"] == "elements" and named <= SYMBOLS
    if operator == "yes":
        return kind["kind"] == "flag"
    try:
        return kind["kind"] == "number" and quantity(threshold, kind["dimension"]) is not None
    except ValueError:
        return False

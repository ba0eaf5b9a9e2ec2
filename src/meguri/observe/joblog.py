"""A shop's own sheets, read as they are: daily sheets, furnace logs, 不適合報告, customer and item lists.

The reader shows what it understood, names every cell it could not read, and never guesses silently: what is
not said stays unknown. Names of people become numbers on the way in and are kept nowhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import as_text, read_bytes, read_workbook
from meguri.base.sheets import Extent
from meguri.base.tables import Schema
from meguri.base.terms import find_key
from meguri.observe.joblog_cells import READERS, UnreadError, is_empty, plain
from meguri.observe.joblog_grid import Block, Field, Row, address, blocks, fields, heading, is_remark
from meguri.observe.shop import TABLES, Shop

RETOLD = {"cause", "role"}  # free texts of a sheet, which may tell who did it
LISTED = 200  # problems kept of one reading; more are counted
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, or a workbook behind a password
NAMES = re.compile(r"[・、,/／\n]+")  # between the names of one cell
YEAR = re.compile(r"(?:19|20)\d{2}年?|(?:令和|平成|R|H)\s?(?:元|\d{1,2})年?度?")


@dataclass
class Reading:
    """What came out of the sheets.

    Attributes
    ----------
    shop : Shop
        The records.
    understood : DataFrame
        Columns of ``joblog_understood``: which heading was taken for what.
    problems : tuple of Problem
        Cells that could not be read, by file, sheet and address; they are unknown in the records.
    dropped : int
        Further problems that are not listed.
    """

    shop: Shop
    understood: pd.DataFrame
    problems: tuple[Problem, ...]
    dropped: int = 0


@dataclass
class _Heap:
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    understood: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)  # in columns of names that are not used
    dropped: int = 0

    def unname(self) -> None:
        """Put numbers for the names of people wherever a text of the sheets repeats one."""
        for name in self.named:
            self.people.setdefault(name, f"P{len(self.people) + 1}")
        names = sorted((name for name in self.people if len(name) > 1), key=len, reverse=True)
        if not names:
            return
        known = re.compile("|".join(map(re.escape, names)))
        for rows in self.rows.values():
            for row in rows:
                for field_name in RETOLD & row.keys():
                    row[field_name] = known.sub(self._number, str(row[field_name]))
        self.problems = [replace(one, found=known.sub(self._number, one.found)) for one in self.problems]

    def _number(self, found: re.Match[str]) -> str:
        return self.people[found[0]]

    def problem(self, key: str, place: str, found: str, file: str) -> None:
        if len(self.problems) < LISTED:
            self.problems.append(Problem(key, place, found[:80], file))
        else:
            self.dropped += 1


def read_shop(paths: str | Path | Sequence[str | Path]) -> Reading:
    """Read one or more files of a firm.

    Parameters
    ----------
    paths : path or sequence of paths
        .xlsx, .xlsm or .csv (UTF-8 or Shift_JIS), of any layout.

    Returns
    -------
    Reading
        Records, what was understood, and what was not.

    Raises
    ------
    DataError
        When a file cannot be opened (missing, behind a password, no workbook, too large), or no sheet of
        all files holds a table.
    """
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    heap = _Heap()
    refused: list[Problem] = []
    for file in files:
        try:
            for sheet, rows, extent in _sheets(file, heap):
                _read_sheet(heap, file.name, sheet, rows, extent)
        except DataError as error:
            refused += error.problems
    if refused:
        raise DataError(refused)
    if not heap.understood:
        raise DataError(Problem("joblog_no_table", ", ".join(file.name for file in files)))
    from meguri.observe.joblog_tables import assemble

    heap.unname()
    shop, late = assemble(heap.rows)
    for key, place, found in late:
        heap.problem(key, place, found, place.split("/")[0])
    schema = Schema.of("joblog_understood")
    understood = schema.check(
        pd.DataFrame(heap.understood).reindex(columns=schema.names), "joblog_understood"
    )
    return Reading(shop, understood, tuple(heap.problems), heap.dropped)


def _sheets(file: Path, heap: _Heap) -> Iterable[tuple[str, Sequence[Row], Extent | None]]:
    if file.suffix.lower() in (".csv", ".tsv", ".txt"):
        text = as_text(read_bytes(file), str(file))
        try:
            dialect = csv.Sniffer().sniff(text[:4096], delimiters=",\t;")
        except csv.Error:
            dialect = csv.excel
        try:
            yield file.stem, list(csv.reader(io.StringIO(text, newline=""), dialect)), None
        except csv.Error as error:
            raise DataError(Problem("csv_broken", str(file), str(error), str(file))) from None
        return
    if read_bytes(file).startswith(OLD_OFFICE):
        raise DataError(Problem("joblog_locked", file.name, "", str(file)))
    for name, sheet in read_workbook(file).items():
        if sheet.extent.hidden:
            heap.problem("joblog_hidden", f"{file.name}/{name}", name, file.name)
            continue
        for cell in sorted(sheet.extent.uncalculated | sheet.extent.errors):
            heap.problem("joblog_formula", f"{file.name}/{name}!{cell}", "", file.name)
        yield name, sheet.rows, sheet.extent


def _read_sheet(heap: _Heap, file: str, sheet: str, rows: Sequence[Row], extent: Extent | None) -> None:
    for block in blocks(rows, extent):
        place = f"{file}/{sheet}"
        for column, (one, unit, text) in sorted(block.columns.items()):
            heap.understood.append({
                "file": file, "sheet": sheet, "cell": address(block.head, column), "heading": text,
                "table": one.table, "field": one.name, "unit": unit, "rows": block.last - block.first,
            })  # fmt: skip
        for column, text in sorted(block.unread.items()):
            heap.understood.append({
                "file": file, "sheet": sheet, "cell": address(block.head, column), "heading": text,
                "table": block.table, "field": "", "unit": "", "rows": block.last - block.first,
            })  # fmt: skip
            if any(one.kind == "name" for one in fields().get(heading(text)[0], ())):
                cells = (row[column] for row in rows[block.first : block.last] if column < len(row))
                heap.named |= dict.fromkeys(
                    name for cell in cells for name in NAMES.split(plain(cell)) if name
                )
        year = _year(rows[: block.first], sheet)
        aside = _aside_values(heap, block, place, year)
        for at in range(block.first, block.last):
            if not is_remark(rows[at], block.columns):
                _read_row(heap, block, rows[at], at, place, year, aside)


def _year(rows: Sequence[Row], sheet: str) -> int | None:
    """The one year that a sheet names above its table or in its name; two years name none."""
    texts = [sheet, *(plain(cell) for row in rows[:40] for cell in row[:40])]
    found = set()
    for text in texts:
        for written in YEAR.findall(text):
            try:
                found.add(int(READERS["year"](written.removesuffix("度"), "", None)))
            except UnreadError:
                continue
    return found.pop() if len(found) == 1 else None


def _aside_values(heap: _Heap, block: Block, place: str, year: int | None) -> dict[str, Any]:
    """Values that hold for all rows of a block, where a column of its own does not say it."""
    given = {one.name for one, _, _ in block.columns.values()}
    out = {}
    known = {one.name: one for found in fields().values() for one in found if one.table == block.table}
    for name, cell in block.aside.items():
        if name not in given:
            value = _cell(heap, cell, known[name], known[name].unit, year, f"{place} ({plain(cell)[:20]})")
            if value is not None:
                out[name] = value
    return out


def _read_row(
    heap: _Heap, block: Block, row: Row, at: int, place: str, year: int | None, aside: dict[str, Any]
) -> None:
    records: dict[str, dict[str, Any]] = {}
    for column, (one, unit, _) in block.columns.items():
        if column < len(row) and not is_empty(row[column]):
            value = _cell(heap, row[column], one, unit, year, f"{place}!{address(at, column)}")
            if value is not None:
                records.setdefault(one.table, {})[one.name] = value
    main = {**aside, **records.get(block.table, {})}
    shared: dict[str, Any] = {name: main[name] for name in ("date", "asset") if name in main}
    for table, record in records.items():
        whole = main if table == block.table else {**shared, **record}
        heap.rows[table].append({**whole, "place": f"{place}!{at + 1}"})


def _cell(heap: _Heap, cell: object, one: Field, unit: str, year: int | None, place: str) -> Any:
    try:
        value = READERS[one.kind](cell, unit, year)
    except UnreadError as error:
        heap.problem(error.key, place, plain(cell), place.split("/")[0])
        return None
    if one.kind == "name":
        return heap.people.setdefault(str(value), f"P{len(heap.people) + 1}")
    if one.name == "country":
        key = find_key(str(value), "countries")
        if key is None:
            heap.problem("joblog_country", place, str(value), place.split("/")[0])
        return key
    return value

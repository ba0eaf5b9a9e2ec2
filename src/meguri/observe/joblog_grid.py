"""Where the tables stand in somebody's own sheet: heading rows, merged headings, blocks, notes around them.

A heading is a row in which at least two cells are words that a shop uses for a column
(``data/sme/fields.csv``). Words beside a value above it (日付 | 令和8年4月1日) hold for every row below.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from meguri.base.sheets import Extent, column_letters, column_number
from meguri.base.words import packaged
from meguri.observe.joblog_cells import plain

Row = Sequence[object]
UNIT = re.compile(r"[(\[（［【〔]([^)\]）］】〕]*)[)\]）］】〕]")
TOTAL = re.compile(r"^(合計|小計|総計|計|平均|total|sum|subtotal)")
NOTE = re.compile(r"^(※|＊|\*|注|備考|凡例|note)")
REACH = 400  # columns looked at
COMPANIONS = {  # a column of another kind in a sheet of one kind: 停止時間 in a daily sheet is a stop
    "jobs": ("stops", "schedule"), "stops": ("jobs", "schedule"), "schedule": ("stops", "jobs"),
}  # fmt: skip
BLANK_ROWS = 20  # empty rows after which a table is over


@dataclass(frozen=True)
class Field:
    """A column meguri knows: its table, key, kind of cell, unit, and how much it says about the table."""

    table: str
    name: str
    kind: str
    unit: str
    weight: int


@cache
def fields() -> dict[str, tuple[Field, ...]]:
    """Word of a heading → columns it can be."""
    known: dict[str, list[Field]] = {}
    text = packaged("sme", "fields.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        one = Field(row["table"], row["field"], row["kind"], row["unit"], int(row["weight"]))
        for word in row["words"].split("|"):
            known.setdefault(heading(word)[0], []).append(one)
    return {word: tuple(found) for word, found in known.items()}


def heading(cell: object) -> tuple[str, str]:
    """Word of a heading and the unit behind it.

    Examples
    --------
    >>> heading("停止時間（分）"), heading("工事費 [千円]"), heading("炉 No.")
    (('停止時間', '分'), ('工事費', '千円'), ('炉no', ''))
    """
    text = plain(cell).casefold()
    unit = UNIT.search(text)
    word = re.sub(r"[\s・:：.。_/]", "", UNIT.sub("", text))
    return word, unit[1].strip() if unit else ""


@dataclass
class Block:
    """One table of a sheet.

    Attributes
    ----------
    table : str
        Which of the shop's tables it is.
    columns : dict
        Column number (from 0) → (field, unit, heading as written).
    unread : dict
        Column number → heading that is no column we know.
    first, last : int
        Rows (from 0) below the heading.
    head : int
        Row of the heading (from 0).
    aside : dict
        Field → value that stands beside the table and holds for all its rows.
    """

    table: str
    columns: dict[int, tuple[Field, str, str]]
    unread: dict[int, str]
    head: int
    first: int
    last: int
    aside: dict[str, object] = field(default_factory=dict)


def blocks(rows: Sequence[Row], extent: Extent | None) -> list[Block]:
    """Tables of a sheet, from above."""
    heads = [(at, found) for at in range(len(rows)) if (found := _heading_at(rows, at, extent)) is not None]
    made: list[Block] = []
    for order, (at, (table, columns, unread, deep)) in enumerate(heads):
        if made and at < made[-1].first:
            continue  # second row of a heading that was read with the first
        first = at + deep
        stop = next((later for later, _ in heads[order + 1 :] if later >= first), len(rows))
        last = _end(rows, first, stop, columns)
        if last > first:  # words beside values, and headings over nothing, are no table
            above = made[-1].last if made else 0
            made.append(Block(table, columns, unread, at, first, last, _aside(rows[above:at], table)))
    return made


def _heading_at(
    rows: Sequence[Row], at: int, extent: Extent | None
) -> tuple[str, dict[int, tuple[Field, str, str]], dict[int, str], int] | None:
    """Best reading of a row as a heading, alone or with the row below under merged cells."""
    alone = _reading(rows[at][:REACH], None)
    if at + 1 < len(rows) and extent is not None and _merged_at(extent, at):
        both = _reading(_spread(rows[at], extent, at)[:REACH], rows[at + 1][:REACH])
        if both is not None and (alone is None or len(both[1]) > len(alone[1])):
            return *both, 2
    return None if alone is None else (*alone, 1)


def _merged_at(extent: Extent, row: int) -> bool:
    return any(first <= row + 1 <= last for first, last, _, _ in map(_corners, extent.merged))


def _corners(ref: str) -> tuple[int, int, int, int]:
    """First and last row and column of A1:B2, counted from 1."""
    found = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", ref)
    assert found is not None
    return int(found[2]), int(found[4]), column_number(found[1]), column_number(found[3])


def _spread(row: Row, extent: Extent, at: int) -> list[object]:
    """The heading above several columns written over each of them."""
    out = list(row)
    for first, last, left, right in map(_corners, extent.merged):
        if first <= at + 1 <= last and left - 1 < len(out):
            for column in range(left, min(right, len(out))):
                out[column] = out[left - 1]
    return out


def _reading(
    row: Row, below: Row | None
) -> tuple[str, dict[int, tuple[Field, str, str]], dict[int, str]] | None:
    words: dict[int, tuple[str, str, str]] = {}
    for column, cell in enumerate(row):
        lower = below[column] if below is not None and column < len(below) else None
        for text in (lower, f"{plain(cell)}{plain(lower)}", cell) if below is not None else (cell,):
            word, unit = heading(text)
            if word in fields() and column not in words:
                words[column] = (word, unit, plain(text))
    if len(words) < 2 or sum(1 for cell in row if _is_number(cell)) > len(words):
        return None
    table = _table(word for word, _, _ in words.values())
    columns: dict[int, tuple[Field, str, str]] = {}
    taken: set[str] = set()
    taken_elsewhere: set[tuple[str, str]] = set()
    for column, (word, unit, text) in words.items():
        fit = next((one for one in fields()[word] if one.table == table and one.name not in taken), None)
        if fit is not None:
            columns[column] = (fit, unit or fit.unit, text)
            taken.add(fit.name)
    for column, (word, unit, text) in words.items():
        also = [one for one in fields()[word] if one.table in COMPANIONS.get(table, ()) and one.weight > 1]
        if column not in columns and also and (also[0].table, also[0].name) not in taken_elsewhere:
            columns[column] = (also[0], unit or also[0].unit, text)
            taken_elsewhere.add((also[0].table, also[0].name))
    unread = {column: plain(cell) for column, cell in enumerate(row) if column not in columns and plain(cell)}
    return (table, columns, unread) if len(columns) >= 2 else None


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _table(words: Iterable[str]) -> str:
    """The table for which the words speak most: each counts by how much it tells, shared words less."""
    score: dict[str, float] = {}
    for word in words:
        found = fields()[word]
        for one in found:
            score[one.table] = score.get(one.table, 0.0) + one.weight / len({other.table for other in found})
    return max(score, key=lambda table: score[table])


def _end(rows: Sequence[Row], first: int, stop: int, columns: Mapping[int, object]) -> int:
    """Row after the last one of a table; twenty empty rows end it."""
    last, empty = first, 0
    for at in range(first, stop):
        filled = any(plain(rows[at][column]) for column in columns if column < len(rows[at]))
        empty = 0 if filled else empty + 1
        if filled:
            last = at + 1
        if empty >= BLANK_ROWS:
            break
    return last


def is_remark(row: Row, columns: Mapping[int, object]) -> bool:
    """Whether a row is a sum, a note or a heading written again, and no record."""
    texts = [plain(row[column]) for column in range(min(len(row), REACH)) if plain(row[column])]
    if not texts or TOTAL.match(texts[0].casefold()) or NOTE.match(texts[0].casefold()):
        return True
    known = sum(heading(row[column])[0] in fields() for column in columns if column < len(row))
    return known >= max(2, len(columns) // 2 + 1)


def _aside(rows: Sequence[Row], table: str) -> dict[str, object]:
    """Values that stand right of a known word, or behind a colon in one cell."""
    found: dict[str, object] = {}
    for row in rows[-40:]:
        cells = [(column, cell) for column, cell in enumerate(row[:REACH]) if plain(cell)]
        for order, (_, cell) in enumerate(cells):
            label, _, inline = plain(cell).partition(":")
            value: object = inline.strip()
            if not value and order + 1 < len(cells):
                value = cells[order + 1][1]
            fit = [one for one in fields().get(heading(label)[0], ()) if one.table == table]
            if fit and plain(value) and heading(value)[0] not in fields():
                found.setdefault(fit[0].name, value)
    return found


def address(row: int, column: int) -> str:
    """A1 address of a cell counted from 0."""
    return f"{column_letters(column + 1)}{row + 1}"

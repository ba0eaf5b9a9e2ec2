"""From a workbook a buyer filled in to the tables of a chain, every doubt named by its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import Sheet, read_workbook
from meguri.base.sheets import column_letters, column_number
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, find_key, fold, keys, label, suggest, suggest_key
from meguri.structure.bom import Bom, build
from meguri.structure.check import check_tables, checked_example
from meguri.structure.parts import complete, contradictions
from meguri.structure.read import REQUIRED, TABLES
from meguri.structure.template import ABOUT_KEYS, example_parts

MAX_PART_ROWS = 5_000
_HEADING_DEPTH = 20  # rows in which headings are looked for
_DEFAULT_BASE = "ndfeb-japan"
_PLACE = re.compile(r"\b([a-z_]+)\[([0-9]+)\](?:\.([a-z_]+))?")
_LEVELS = ("public", "partner", "internal")  # weakest first


class Filled(NamedTuple):
    """What one sheet holds: its cells by declared column, and where each of them stands."""

    sheet: str
    cells: pd.DataFrame
    rows: tuple[int, ...]  # Excel row of each row of cells
    letters: Mapping[str, str]  # column → letters
    levels: Mapping[str, str]  # column → confidentiality of the column

    def place(self, row: int, column: str) -> str:
        """Address of a cell; of the row, where the sheet has no such column."""
        return f"{self.sheet}!{self.letters.get(column, '')}{self.rows[row]}"


@dataclass(frozen=True)
class Book:
    """A workbook read: its sheets, its description, and the buyer's parts if there are any."""

    file: str
    about: Mapping[str, str]
    about_at: Mapping[str, str]  # key → address of its value
    parts: Filled | None
    full: Mapping[str, Filled]
    example: bool  # only the example rows are filled
    examples_ignored: int


@dataclass(frozen=True)
class Answer:
    """Tables of the chain a workbook describes, with how the parts were read."""

    book: Book
    tables: dict[str, pd.DataFrame]
    about: dict[str, str]
    parts: pd.DataFrame | None
    bom: Bom | None


def read_chain_workbook(path: Path) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Tables and description of the chain in a workbook.

    Rows of the sheet ``parts`` are set into a base chain: the sheets ``materials`` to ``ownership``
    when they are filled, else the packaged chain named in ``about``. Without parts the full sheets
    are the chain. Example rows count only where nothing else is filled.

    Raises
    ------
    DataError
        With every problem found, each with sheet and cell address.
    """
    answer = read_answer(path)
    return answer.tables, answer.about


def read_answer(path: Path) -> Answer:
    """As :func:`read_chain_workbook`, keeping how each part was read."""
    book = read_book(Path(path))
    base, described = _base(book)
    own_name = re.sub(r"\s+", "-", Path(path).stem) or "chain"
    about = {**described, "name": own_name, **book.about}
    if book.parts is None:
        return Answer(book, base, about, None, None)
    file = book.file
    typed, found = _check_parts(book.parts, file)
    if found:
        raise DataError(found, file)
    parts = complete(typed)
    bom = build(parts, base, country=about.get("country", "JP"), as_of=about.get("as_of", ""))
    about |= {"base": described.get("name", own_name), "example": "yes" if book.example else "no"}
    for lang in LANGS:
        about[f"label_{lang}"] = book.about.get(f"label_{lang}", "") or about["name"]
    return Answer(book, bom.tables, about, parts, bom)


def read_book(path: Path) -> Book:
    """Sheets of a workbook, found by name, their columns found by key or heading in either language.

    Raises
    ------
    DataError
        When there is nothing to read, or with every problem of headings and cells.
    """
    file = str(path)
    sheets = read_workbook(path, ("parts", "about", *TABLES))
    by_table = {fold(name): (name, sheet) for name, sheet in sheets.items()}
    found: list[Problem] = []
    about, about_at = _read_about(*by_table["about"], file, found) if "about" in by_table else ({}, {})
    filled: dict[str, Filled] = {}
    for table in ("parts", *TABLES):
        if table in by_table:
            held = read_table_sheet(*by_table[table], Schema.of(table), file, found)
            if held is not None:
                filled[table] = held
    full = {table: filled[table] for table in TABLES if table in filled and filled[table].rows}
    parts, example, ignored = _without_examples(filled.get("parts"), bool(full), file, found)
    if found:
        raise DataError(found, file)
    if parts is None and not full:
        key = "rows_none" if "parts" in by_table else "table_missing"
        raise DataError(Problem(key, "parts", "", file, {"table": "parts"}))
    return Book(file, about, about_at, parts, full, example, ignored)


def read_table_sheet(
    name: str, sheet: Sheet, schema: Schema, file: str, found: list[Problem]
) -> Filled | None:
    """Cells under their headings, known by key or in either language; ``None`` where there are none.

    What is wrong with headings and cells that no reader of values would see is added to ``found``.
    """
    if not any(_filled(cell) for row in sheet.rows for cell in row):
        return None
    first, last, columns = _headings(sheet.rows, schema)
    if not columns:
        expected = ", ".join(schema.names[:6])
        found.append(Problem("sheet_headings", f"{name}!A1", "", file, {"columns": expected}))
        return None
    levels: dict[str, str] = {}
    numbers, rows = [], []
    for number, row in enumerate(sheet.rows[last + 1 :], start=last + 2):
        if _is_level_row(row):
            levels = _levels(row, columns, f"{name}!", number, file, found)
        elif any(_filled(cell) for cell in row):
            numbers.append(number)
            rows.append(row)
    if schema.table == "parts" and len(rows) > MAX_PART_ROWS:
        details = {"limit": f"{MAX_PART_ROWS:,}"}
        found.append(Problem("rows_many", name, f"{len(rows):,}", file, details))
        return None
    _stray_columns(name, sheet.rows, first, last, columns, rows, schema, file, found)
    _unseen_cells(name, sheet, last + 1, columns, file, found)
    cells = pd.DataFrame(
        {column: [row[at] if at < len(row) else None for row in rows] for at, column in columns.items()},
        dtype=object,
    )
    letters = {column: column_letters(at + 1) for at, column in columns.items()}
    return Filled(name, cells, tuple(numbers), letters, levels)


def _headings(rows: list[list[object]], schema: Schema) -> tuple[int, int, dict[int, str]]:
    """First and last row of headings, and column index → declared name."""
    names = {fold(word): column for word, column in _words(schema).items()}
    first = last = -1
    columns: dict[int, str] = {}
    for number, row in enumerate(rows[:_HEADING_DEPTH]):
        seen = {
            at: names[fold(cell)]
            for at, cell in enumerate(row)
            if isinstance(cell, str) and fold(cell) in names
        }
        if len(set(seen.values())) < 2:
            if first >= 0:
                break
            continue
        first = number if first < 0 else first
        last = number
        for at, key in seen.items():
            if key not in columns.values():
                columns.setdefault(at, key)
    return first, last, columns


def _words(schema: Schema) -> dict[str, str]:
    """Every heading by which a column is known → its name."""
    words: dict[str, str] = {}
    for column in schema.columns:
        for text in (column.name, column.label_en, column.label_ja, column.label("en"), column.label("ja")):
            words.setdefault(text, column.name)
    return words


def _stray_columns(
    name: str,
    all_rows: list[list[object]],
    first: int,
    last: int,
    columns: Mapping[int, str],
    rows: list[list[object]],
    schema: Schema,
    file: str,
    found: list[Problem],
) -> None:
    """Columns with cells but no heading we know: a typing error must not make a column vanish."""
    width = max(len(row) for row in all_rows)
    for at in range(width):
        if at in columns:
            continue
        texts = [
            str(row[at]).strip() for row in all_rows[first : last + 1] if at < len(row) and _filled(row[at])
        ]
        place = f"{name}!{column_letters(at + 1)}{first + 1}"
        if texts and fold(texts[0]) in {fold(word) for word in _words(schema)}:
            found.append(Problem("column_twice", place, texts[0][:80], file))
        elif texts and not texts[0].startswith(("#", "＃")):
            near = next((hit for hit in (suggest(text, _words(schema)) for text in texts) if hit), None)
            details = {"near": near or ", ".join(schema.names[:6])}
            found.append(Problem("heading_unknown", place, texts[0][:80], file, details))
        elif not texts and any(at < len(row) and _filled(row[at]) for row in rows):
            found.append(Problem("heading_blank", place, "", file))
    found += [
        Problem("column_missing", name, "", file, {"column": column.name})
        for column in schema.columns
        if column.required and column.name not in columns.values()
    ]


def _unseen_cells(
    name: str, sheet: Sheet, first_row: int, columns: Mapping[int, str], file: str, found: list[Problem]
) -> None:
    """Merged cells, Excel errors and formulas without a value read as empty: say so instead."""
    extent = sheet.extent
    for key, places in (
        ("merged_cells", extent.merged),
        ("formula_error", extent.errors),
        ("formula_no_value", extent.uncalculated),
    ):
        for place in sorted(places, key=lambda text: (len(text), text)):
            corners = re.findall(r"([A-Z]+)([0-9]+)", place)
            lowest = max(int(row) for _, row in corners)
            read = {column_number(letters) - 1 for letters, _ in corners} & set(columns)
            if lowest > first_row and read:
                found.append(Problem(key, f"{name}!{place}", "", file))


def _is_level_row(row: list[object]) -> bool:
    text = fold(str(row[0])) if row else ""
    return any(fold(label("column_confidentiality", lang, "workbook")) in text for lang in LANGS)


def _levels(
    row: list[object], columns: Mapping[int, str], sheet: str, number: int, file: str, found: list[Problem]
) -> dict[str, str]:
    levels = {}
    for at, column in columns.items():
        cell = row[at] if 0 < at < len(row) else None
        if not _filled(cell):
            continue
        key = find_key(str(cell), "confidentiality")
        if key is None:
            near = suggest_key(str(cell), "confidentiality") or ", ".join(keys("confidentiality"))
            place = f"{sheet}{column_letters(at + 1)}{number}"
            found.append(Problem("term_confidentiality", place, str(cell)[:80], file, {"near": near}))
        else:
            levels[column] = key
    return levels


def _filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


def _read_about(
    name: str, sheet: Sheet, file: str, found: list[Problem]
) -> tuple[dict[str, str], dict[str, str]]:
    about: dict[str, str] = {}
    about_at: dict[str, str] = {}
    headings = {fold(label("about_key", lang, "workbook")) for lang in LANGS} | {"key"}
    for number, row in enumerate(sheet.rows, start=1):
        cells = [*row, None, None]
        if not _filled(cells[0]) or fold(str(cells[0])) in headings:
            continue
        key = fold(str(cells[0]))
        if key not in ABOUT_KEYS:
            details = {"near": suggest(key, ABOUT_KEYS) or ", ".join(ABOUT_KEYS)}
            found.append(Problem("about_key", f"{name}!A{number}", str(cells[0])[:80], file, details))
        elif _filled(cells[1]):
            value = _about_value(key, cells[1], f"{name}!B{number}", file, found)
            if value is not None:
                about[key] = value
                about_at[key] = f"{name}!B{number}"
    return about, about_at


def _about_value(key: str, cell: object, place: str, file: str, found: list[Problem]) -> str | None:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if key == "country":
        country = find_key(text, "countries")
        if country is None:
            near = suggest_key(text, "countries") or ", ".join(keys("countries")[:5])
            found.append(Problem("term_countries", place, text[:80], file, {"near": near}))
        return country
    if key == "as_of" and not re.fullmatch(r"[12][0-9]{3}", text):
        found.append(Problem("date", place, text[:80], file))
        return None
    if key == "name":
        return re.sub(r"\s+", "-", text)
    return text


def _without_examples(
    parts: Filled | None, full: bool, file: str, found: list[Problem]
) -> tuple[Filled | None, bool, int]:
    """Rows that count; whether they are only the examples; how many examples were passed over."""
    if parts is None or not parts.rows:
        return None, False, 0
    marks = parts.cells["mark"] if "mark" in parts.cells else pd.Series([None] * len(parts.rows))
    marked = [_filled(cell) and find_key(str(cell), "marks") == "example" for cell in marks]
    own = [number for number, is_example in enumerate(marked) if not is_example]
    if not own:
        return (None, False, len(marked)) if full else (parts, True, 0)
    for number, is_example in enumerate(marked):
        if is_example and not _unchanged(parts, number):
            found.append(Problem("example_edited", parts.place(number, "mark"), str(marks[number]), file))
    kept = parts._replace(
        cells=parts.cells.iloc[own].reset_index(drop=True), rows=tuple(parts.rows[n] for n in own)
    )
    return kept, False, len(marked) - len(own)


def _unchanged(parts: Filled, number: int) -> bool:
    """Whether a row marked as example is still one of the template's."""
    typed, _ = Schema.of("parts").problems(parts.cells.iloc[[number]])
    row = _comparable(typed.iloc[0])
    for lang in LANGS:
        given, _ = Schema.of("parts").problems(example_parts(lang))
        if any(row == _comparable(given.iloc[at]) for at in range(len(given))):
            return True
    return False


def _comparable(row: pd.Series[Any]) -> tuple[str, ...]:
    return tuple("" if pd.isna(value) else str(value) for value in row)


def _check_parts(parts: Filled, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    typed, found = Schema.of("parts").problems(parts.cells, file)
    if not found:
        return typed, contradictions(typed, parts.place, file)
    return typed, addressed(found, {"parts": parts})


def addressed(problems: list[Problem], filled: Mapping[str, Filled]) -> list[Problem]:
    """The same problems, naming cells as Excel does instead of table, row and column.

    Places of tables that are not in the workbook stay as they are.
    """

    def address(match: re.Match[str]) -> str:
        held = filled.get(match[1])
        row = int(match[2]) - 1
        if held is None or row >= len(held.rows):
            return match[0]
        return held.place(row, match[3] or Schema.of(match[1]).key[0])

    return [
        Problem(item.key, _PLACE.sub(address, item.place), item.found, item.file, item.details)
        for item in problems
    ]


def _base(book: Book) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Checked tables of the chain that parts are set into, or of the chain itself."""
    if not book.full:
        return _packaged_base(book)
    missing = [table for table in REQUIRED if table not in book.full]
    found = [Problem("table_missing", table, "", book.file, {"table": table}) for table in missing]
    if found:
        raise DataError(found, book.file)
    tables = {table: book.full[table].cells for table in TABLES if table in book.full}
    typed, found = check_tables(tables, book.file)
    if found:
        raise DataError(addressed(found, book.full), book.file)
    return typed, {}


def _packaged_base(book: Book) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    name = book.about.get("base", _DEFAULT_BASE)
    try:
        tables, about = checked_example(name)
    except DataError as error:
        place = book.about_at.get("base", "about")
        found = [Problem(item.key, place, item.found, book.file, item.details) for item in error.problems]
        raise DataError(found, book.file) from None
    return {table: frame.copy() for table, frame in tables.items()}, dict(about)


def confidentiality_counts(book: Book) -> dict[str, int]:
    """Filled cells of the parts by level: the stricter of row and column; an unmarked row is internal.

    Returns
    -------
    dict
        internal, partner, public → number of cells.
    """
    counts = dict.fromkeys(reversed(_LEVELS), 0)
    if book.parts is None:
        return counts
    for row in book.parts.cells.to_dict("records"):
        of_row = find_key(str(row.get("confidentiality") or ""), "confidentiality") or "internal"
        for column, cell in row.items():
            if _filled(cell) and column not in ("mark", "confidentiality"):
                of_column = book.parts.levels.get(str(column), "public")
                counts[max(of_row, of_column, key=_LEVELS.index)] += 1
    return counts

"""Opening what users bring: sizes, encodings and kinds of file, with a named problem for each doubt."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sheets import Extent, survey
from meguri.base.terms import fold

MAX_BYTES = 256 << 20
MAX_ROWS = 1_000_000
MAX_CELLS = 20_000_000
MAX_SHEET_CELLS = 4_000_000  # a sheet is laid out as a full rectangle in memory
_ENCODINGS = ("utf-8-sig", "cp932")  # what Excel in Japan writes is read too


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Content of a file that exists, is a file, is not empty and is not larger than the limit.

    Raises
    ------
    DataError
        When one of these does not hold.
    """
    name = str(path)
    if not path.exists():
        raise DataError(Problem("file_missing", name, "", name))
    if not path.is_file():
        raise DataError(Problem("file_not_file", name, "", name))
    size = path.stat().st_size
    if size == 0:
        raise DataError(Problem("file_empty", name, "0 B", name))
    if size > limit:
        raise DataError(Problem("file_too_large", name, f"{size:,} B", name, {"limit": f"{limit:,} B"}))
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(Problem("file_unreadable", name, error.strerror or "", name)) from None


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Text of a file in UTF-8 or in the encoding Japanese Excel writes.

    Raises
    ------
    DataError
        When the file cannot be read or is no text.
    """
    return as_text(read_bytes(path, limit), str(path))


def as_text(content: bytes, file: str, encodings: Iterable[str] = _ENCODINGS) -> str:
    """Text of a content in the first of some encodings that reads it.

    Raises
    ------
    DataError
        When none does, or it holds what no text has.

    Examples
    --------
    >>> as_text("銅".encode("cp932"), "a.csv")
    '銅'
    """
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise DataError(Problem("file_not_text", file, content[:8].hex(" "), file))


def read_csv(path: Path) -> pd.DataFrame:
    """Cells of a CSV file as text, one column for each heading.

    Raises
    ------
    DataError
        When the file is missing, empty, no text, too long, or its rows are of different lengths.
    """
    text = read_text(path)
    name = str(path)
    rows = max(text.count("\n"), text.count("\r"))
    if rows > MAX_ROWS or text.count(",") > MAX_CELLS:
        raise DataError(Problem("too_many_rows", name, f"{rows:,}", name, {"limit": f"{MAX_ROWS:,}"}))
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise DataError(Problem("csv_broken", name, str(error), name)) from None
    filled = [(number, row) for number, row in enumerate(cells, start=1) if any(cell.strip() for cell in row)]
    if not filled:
        raise DataError(Problem("file_empty", name, "", name))
    header = [cell.strip() for cell in filled[0][1]]
    uneven = [
        Problem("csv_width", f"{path.name}:{number}", str(len(row)), name, {"n": str(len(header))})
        for number, row in filled[1:]
        if len(row) != len(header)
    ]
    repeated = sorted({column for column in header if header.count(column) > 1})
    uneven += [Problem("column_twice", path.name, column, name) for column in repeated]
    if uneven:
        raise DataError(uneven[:50], name)
    return pd.DataFrame([row for _, row in filled[1:]], columns=header, dtype=object)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: cell values from A1 on, and what a reader should beware of."""

    rows: list[list[object]]
    extent: Extent


def read_workbook(path: Path, only: Iterable[str] | None = None) -> dict[str, Sheet]:
    """Sheets of an Excel workbook, values only, each from its cell A1 on.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    only : names, optional
        Sheets wanted, in any spelling of case and width; others are not laid out, so that a
        user's own large sheets do no harm.

    Raises
    ------
    DataError
        When the file is no workbook (whatever its name says), unpacks to too much, or a wanted
        sheet is too long.
    """
    from python_calamine import CalamineWorkbook  # heavy, and only Excel users need it

    content = read_bytes(path)
    name = str(path)
    if not content.startswith(b"PK\x03\x04"):
        raise DataError(Problem("not_a_workbook", name, content[:4].hex(" "), name))
    extents = survey(content, name)
    chosen = None if only is None else {fold(sheet) for sheet in only}
    wanted = [sheet for sheet in extents if chosen is None or fold(sheet) in chosen]
    for sheet in wanted:
        height, width = extents[sheet].height, extents[sheet].width
        if height > MAX_ROWS or height * width > MAX_SHEET_CELLS:
            details = {"limit": f"{MAX_ROWS:,}"}
            found = f"{height:,} × {width:,}"
            raise DataError(Problem("too_many_rows", f"{name}/{sheet}", found, name, details))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {sheet: Sheet(_from_a1(book.get_sheet_by_name(sheet)), extents[sheet]) for sheet in wanted}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the parser's panics are no Exception
        raise DataError(Problem("not_a_workbook", name, type(error).__name__, name)) from None


def read_sheets(path: Path) -> dict[str, list[list[object]]]:
    """Rows of every sheet of an Excel workbook, values only.

    Raises
    ------
    DataError
        As :func:`read_workbook`.
    """
    return {name: sheet.rows for name, sheet in read_workbook(path).items()}


def _from_a1(sheet: Any) -> list[list[object]]:
    """Rows of a sheet with its empty margin, so that places are addresses."""
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file or nothing: a half-written result is worse than none.

    Raises
    ------
    DataError
        When the folder cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise DataError(Problem("file_unwritable", str(path), error.strerror or "", str(path))) from None

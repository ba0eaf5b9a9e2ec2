"""From a trade file of the user to its cells as text: plain, zipped or packed, whatever its delimiter is."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from meguri.base.errors import DataError, Problem
from meguri.base.files import MAX_BYTES, MAX_ROWS, as_text, read_bytes
from meguri.observe.tradeforms import FORMS, key

ENCODINGS = ("utf-8-sig", "cp932", "cp949", "cp1252")  # the last three as Excel writes
_YEAR_IN_NAME = re.compile(r"_Y([0-9]{4})")
_DELIMITERS = {";": "semicolon ;", "\t": "tab", "|": "|"}


def read_cells(path: Path, year: int | None = None) -> pd.DataFrame:
    """Cells of a trade file as text, one column for each heading; the index is the line in the file.

    Parameters
    ----------
    path : Path
        .csv, .csv.gz, .zip with one table (or one for each year), or .parquet.
    year : int, optional
        Chooses among the tables of a zip by the year in their names.

    Raises
    ------
    DataError
        When the file is missing, empty, no text, packed otherwise than its name says, holds no table or
        several, or separates its cells by something else than a comma.
    """
    name = path.name
    if name.endswith(".parquet"):
        return _parquet(path)
    content = read_bytes(path)
    if name.endswith(".zip"):
        content = _unzip(content, name, year)
    elif name.endswith(".gz"):
        content = _gunzip(content, name)
    return _table(as_text(content, name, ENCODINGS), name)


def choose_member(names: list[str], file: str, year: int | None) -> str:
    """The table of a zip that is meant: the only one, or that of the year.

    Raises
    ------
    DataError
        When there is none, or several and no year that chooses.

    Examples
    --------
    >>> tables = ["BACI_HS22_Y2022_V202501.csv", "BACI_HS22_Y2023_V202501.csv", "country_codes_V202501.csv"]
    >>> choose_member(tables, "BACI_HS22_V202501.zip", 2023)
    'BACI_HS22_Y2023_V202501.csv'
    """
    tables = [n for n in names if n.lower().endswith(".csv") and not n.startswith("__MACOSX")]
    dated = [n for n in tables if _YEAR_IN_NAME.search(n)]
    if len(dated) > 1 or (dated and year is not None):
        years = {int(m[1]): n for n in dated if (m := _YEAR_IN_NAME.search(n))}
        if year in years:
            return years[year]
        listed = ", ".join(str(y) for y in sorted(years))
        raise DataError(Problem("trade_zip_year", file, str(year or ""), file, {"years": listed}))
    wanted = dated or [n for n in tables if not re.search(r"(country|product)_codes", n)]
    if len(wanted) != 1:
        listed = ", ".join(names[:5]) or "—"
        raise DataError(Problem("trade_zip", file, listed, file))
    return wanted[0]


def _unzip(content: bytes, file: str, year: int | None) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            member = packed.getinfo(choose_member(packed.namelist(), file, year))
            if member.file_size > MAX_BYTES:
                limit = {"limit": f"{MAX_BYTES:,} B"}
                raise DataError(
                    Problem("trade_large", member.filename, f"{member.file_size:,} B", file, limit)
                )
            return packed.read(member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise DataError(Problem("trade_zip", file, content[:4].hex(" "), file)) from None


def _gunzip(content: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            text = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError(Problem("trade_zip", file, content[:4].hex(" "), file)) from None
    if len(text) > MAX_BYTES:
        raise DataError(Problem("trade_large", file, "", file, {"limit": f"{MAX_BYTES:,} B"}))
    return text


def _table(text: str, file: str) -> pd.DataFrame:
    lines = text.count("\n") or text.count("\r")
    if lines > MAX_ROWS:
        raise DataError(Problem("trade_large", file, f"{lines:,}", file, {"limit": f"{MAX_ROWS:,}"}))
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise DataError(Problem("file_empty", file, "", file))
    _check_delimiter(first, file)
    try:
        return _rectangle(csv.reader(io.StringIO(text, newline=""), strict=True), file)
    except csv.Error as error:
        raise DataError(Problem("csv_broken", file, str(error), file)) from None


def _check_delimiter(first: str, file: str) -> None:
    commas = first.count(",")
    for mark, name in _DELIMITERS.items():
        if first.count(mark) > max(commas, 1):
            raise DataError(Problem("trade_delimiter", file, name, file))


def _rectangle(rows: Iterable[list[str]], file: str) -> pd.DataFrame:
    """Cells under the headings that some form knows; the index is the line.

    Of a row only these cells are kept, each different text once: a download has 35 to 47 columns.
    """
    filled = ((number, row) for number, row in enumerate(rows, start=1) if any(map(str.strip, row)))
    header = _header(next(filled, (0, []))[1])
    if not header:
        raise DataError(Problem("file_empty", file, "", file))
    width, wanted = len(header), _wanted(header)
    twice = sorted({heading for heading in header if header.count(heading) > 1})
    problems = [Problem("column_twice", file, heading, file) for heading in twice]
    lines: list[int] = []
    kept: list[list[str]] = [[] for _ in wanted]
    texts: dict[str, str] = {}
    for number, row in filled:
        # Comtrade ends its lines with a comma: cells beyond the headings may be empty, not filled
        if len(row) < width or any(map(str.strip, row[width:])):
            details = {"n": str(width)}
            problems.append(Problem("csv_width", f"{file}:{number}", str(len(row)), file, details))
            continue
        lines.append(number)
        for column, place in zip(kept, wanted, strict=True):
            cell = row[place].strip()
            column.append(texts.setdefault(cell, cell))
    if problems:
        raise DataError(problems[:50], file)
    cells = {header[place]: column for place, column in zip(wanted, kept, strict=True)}
    return pd.DataFrame(cells, index=lines, dtype=object)


def _header(row: list[str]) -> list[str]:
    """Headings without blank ones at the end."""
    header = [cell.strip() for cell in row]
    while header and not header[-1]:
        header.pop()
    return header


def _wanted(header: list[str]) -> list[int]:
    """Places of the headings that some form knows; all of them where none does."""
    known = {key(heading) for form in FORMS for names in form.headings.values() for heading in names}
    return [place for place, heading in enumerate(header) if key(heading) in known] or list(
        range(len(header))
    )


def _parquet(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(Problem("file_missing_plain", str(path), "", str(path)))
    try:
        with pq.ParquetFile(path) as held:
            rows = held.metadata.num_rows
            if rows > MAX_ROWS:
                limit = {"limit": f"{MAX_ROWS:,}"}
                raise DataError(Problem("trade_large", path.name, f"{rows:,}", path.name, limit))
            names = list(held.schema_arrow.names)
            table = held.read([names[place] for place in _wanted(names)]).to_pandas()
    except (pa.ArrowInvalid, OSError):
        raise DataError(Problem("parquet", path.name, "", path.name)) from None
    if table.empty:
        raise DataError(Problem("file_empty", path.name, "", path.name))
    texts = {name: column.astype(object).map(_cell) for name, column in table.items()}
    return pd.DataFrame(texts, dtype=object).set_axis(range(1, len(table) + 1))


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

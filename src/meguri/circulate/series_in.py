"""A yearly table of your own: as flodym writes a parameter, as ODYM lists one, or with years across.

Long: one column for each dimension, one of them the time, and a column of values; ODYM's LIST layout is
the same with its own headings beside the value. Wide: dimensions first, then one column for each year.
Nothing is filled in: a cell that is not there is a problem, never 0.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_text, read_workbook
from meguri.base.terms import fold
from meguri.base.units import read_quantity

Floats = npt.NDArray[np.float64]
TIMES = ("time", "t", "year", "historic time", "age-cohort", "年")
VALUES = ("value", "values", "値")
UNITS = ("unit", "単位")
REMARKS = ("stats_array string", "comment", "comments", "note", "source", "備考", "出典")  # not dimensions
SHOWN = 50  # problems named in one message
_YEAR = re.compile(r"[12]\d{3}(\.0+)?")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d+)?")
_PER_YEAR = re.compile(r"\s*(/\s*(a|y|yr|year|年)|\s(a|yr)(-1|\^-1|⁻¹))$")


class Series(NamedTuple):
    """Yearly series of one table: every year from first to last, in one unit."""

    years: tuple[int, ...]  # (time,)
    labels: tuple[str, ...]  # (series,) the dimensions but time, " / " between them
    values: Floats  # (time, series) in `unit`, >= 0
    unit: str  # "t", "t/a", the file's own word, or "" where it says none


class _Cell(NamedTuple):
    """One value and where it stands."""

    place: str
    series: tuple[str, ...]
    year: object
    value: object
    unit: str


def read_series(path: Path) -> Series:
    """Read yearly series from a CSV file or an .xlsx workbook.

    Time is a column named time, t, year, Historic Time, Age-cohort or 年; values stand in value (any
    case), or below years across. A unit column is optional: masses come back in t or t/a, any other
    unit as it is. Remarks (comment, note, source, ODYM's stats_array string) are no dimensions.

    Raises
    ------
    DataError
        With every problem: no time or value column, text for a number, blank, negative or repeated
        cells, years left out, units that do not go together. At most 50 are named.
    """
    frame = _frame(path)
    cells = list(_cells(frame, path))
    found: list[Problem] = []
    read: dict[tuple[tuple[str, ...], int], tuple[float, str]] = {}
    for cell in cells:
        year, value = _read_year(cell, path, found), _read_value(cell, path, found)
        if year is None:
            continue
        if (cell.series, year) in read:
            what = {"key": f"{_name(cell.series, path)}, {year}"}
            found.append(Problem("duplicate", cell.place, str(cell.value), str(path), what))
        read[cell.series, year] = (float("nan") if value is None else value, cell.unit)
    found += _gaps(read, path)
    factors, unit = _one_unit({unit for _, unit in read.values()}, path, found)
    if found:
        raise DataError(found[:SHOWN], str(path))
    return _laid_out(read, factors, unit, path)


def _laid_out(
    read: dict[tuple[tuple[str, ...], int], tuple[float, str]],
    factors: dict[str, float],
    unit: str,
    path: Path,
) -> Series:
    """The cells as one array."""
    names = list(dict.fromkeys(series for series, _ in read))
    years = tuple(sorted({year for _, year in read}))
    told = [[read[series, year] for series in names] for year in years]
    values = np.array([[value * factors[of] for value, of in row] for row in told])
    return Series(years, tuple(_name(series, path) for series in names), values, unit)


def _name(series: tuple[str, ...], path: Path) -> str:
    """What people call a series; the file's name where it has no dimension but time."""
    return " / ".join(series) or path.stem


def _frame(path: Path) -> pd.DataFrame:
    """Cells of the one table of a file, one column for each heading; the index is the row in the file."""
    if path.suffix.lower() == ".csv":
        frame = read_csv(path)
        lines = csv.reader(io.StringIO(read_text(path), newline=""))
        return frame.set_axis(_filled(lines)[1:], axis=0)
    tables = {}
    for name, sheet in read_workbook(path).items():
        filled = _filled(sheet.rows)
        if filled:
            heads = [str(cell).strip() for cell in sheet.rows[filled[0] - 1]]
            kept = [place for place, head in enumerate(heads) if head]
            cells = [[sheet.rows[row - 1][place] for place in kept] for row in filled[1:]]
            columns = [heads[place] for place in kept]
            tables[name] = pd.DataFrame(cells, filled[1:], columns, dtype=object)
    fitting = [name for name, table in tables.items() if len(tables) == 1 or _fits(list(table.columns))]
    if len(fitting) != 1:
        raise DataError(Problem("series_sheet", path.name, ", ".join(fitting or tables), str(path)))
    table = tables[fitting[0]]
    twice = sorted({head for head in table.columns if list(table.columns).count(head) > 1})
    if twice:
        raise DataError([Problem("column_twice", path.name, head, str(path)) for head in twice])
    return table


def _filled(rows: Iterable[Sequence[object]]) -> list[int]:
    """Rows that hold anything, counted from 1 as a reader of the file does."""
    return [at for at, row in enumerate(rows, start=1) if any(str(cell).strip() for cell in row)]


def _fits(heads: list[str]) -> bool:
    """Whether headings are those of a long or a wide table."""
    folded = [fold(head) for head in heads]
    timed = any(head in TIMES for head in folded) and any(head in VALUES for head in folded)
    return timed or sum(bool(_YEAR.fullmatch(head)) for head in folded) > 1


def _cells(frame: pd.DataFrame, path: Path) -> Iterator[_Cell]:
    """Cells of a long or wide table; refuses one that is neither."""
    heads = {str(head): fold(str(head)) for head in frame.columns}
    times = [head for head, folded in heads.items() if folded in TIMES]
    values = [head for head, folded in heads.items() if folded in VALUES]
    years = [head for head, folded in heads.items() if _YEAR.fullmatch(folded)]
    units = [head for head, folded in heads.items() if folded in UNITS]
    found = []
    if not (values or years) or len(values) > 1 or (values and years):
        found.append(Problem("series_value", path.name, ", ".join(heads), str(path)))
    if len(times) != (0 if years and not values else 1):
        found.append(Problem("series_time", path.name, ", ".join(times or heads), str(path)))
    if frame.empty:
        found.append(Problem("file_empty", path.name, "", str(path)))
    if found:
        raise DataError(found)
    aside = {*times, *values, *years, *units, *(head for head, folded in heads.items() if folded in REMARKS)}
    dimensions = [head for head in heads if head not in aside]
    for row, record in zip(frame.index, frame.to_dict("records"), strict=True):
        series = tuple(_text(record[head]) for head in dimensions)
        unit = _text(record[units[0]]) if units else ""
        for head in values or years:
            year = record[times[0]] if times else heads[head]
            yield _Cell(f"{path.name}:{row}, {head}", series, year, record[head], unit)


def _text(cell: object) -> str:
    """A cell as text; a whole number without its decimals."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _read_year(cell: _Cell, path: Path, found: list[Problem]) -> int | None:
    text = unicodedata.normalize("NFKC", _text(cell.year))
    if _YEAR.fullmatch(text):
        return int(text[:4])
    found.append(Problem("series_year", cell.place, text, str(path)))
    return None


def _read_value(cell: _Cell, path: Path, found: list[Problem]) -> float | None:
    """A number >= 0; a decimal comma is refused, as it reads as thousands elsewhere."""
    text = unicodedata.normalize("NFKC", str(cell.value)).strip()
    plain = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    if not plain and not (_NUMBER.fullmatch(text) and re.search(r"\d", text)):
        found.append(Problem("series_number", cell.place, text, str(path)))
        return None
    number = float(text.replace(",", ""))
    if not (np.isfinite(number) and number >= 0):
        found.append(Problem("amount_negative", cell.place, text, str(path)))
        return None
    return number


def _gaps(read: dict[tuple[tuple[str, ...], int], tuple[float, str]], path: Path) -> list[Problem]:
    """Years between the first and the last that a series does not have."""
    if not read:
        return []
    told = {year for _, year in read}
    every = range(min(told), max(told) + 1)
    found = []
    for series in dict.fromkeys(series for series, _ in read):
        missing = [str(year) for year in every if (series, year) not in read]
        if missing:
            listed = ", ".join(missing[:8]) + (f" +{len(missing) - 8}" if len(missing) > 8 else "")
            span = {"first": str(every[0]), "last": str(every[-1]), "missing": listed}
            place = f"{path.name}, {_name(series, path)}"
            count = str(len(every) - len(missing))
            found.append(Problem("series_gap", place, count, str(path), span))
    return found


def _one_unit(said: set[str], path: Path, found: list[Problem]) -> tuple[dict[str, float], str]:
    """Factor of each unit to the one they share, and that one."""
    told = {unit: _factor(unit) for unit in said}
    shared = {unit for _, unit in told.values()}
    if len(shared) > 1:
        listed = ", ".join(sorted(unit or "—" for unit in said))
        found.append(Problem("series_units", path.name, listed, str(path)))
    return {unit: factor for unit, (factor, _) in told.items()}, next(iter(shared), "")


def _factor(unit: str) -> tuple[float, str]:
    """Tonnes (a year) in one of a unit; 1 and the unit itself where it is no mass.

    Examples
    --------
    >>> _factor("kt/yr"), _factor("kg"), _factor("cars"), _factor("cars/year")
    ((1000.0, 't/a'), (0.001, 't'), (1.0, 'cars'), (1.0, 'cars/a'))
    """
    base = _PER_YEAR.sub("", unit)
    if not base:
        return 1.0, ""
    for text, dimension in ((unit, "mass_flow"), (base, "mass")):
        try:
            factor = read_quantity(f"1 {text}", dimension).value
        except ValueError:
            continue
        return factor, "t/a" if dimension == "mass_flow" or base != unit else "t"
    return 1.0, base + ("/a" if base != unit else "")

"""Declared columns, the check that collects every problem, and the way from a table to an array.

``data/columns.csv`` declares each column once: table, name, kind, unit, range, label and meaning.
The same row checks data, heads the Excel export, labels the axis and writes the reference page.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import GRADES
from meguri.base.terms import Lang, find_key, keys, packaged, suggest, suggest_key
from meguri.base.units import read_quantity

_DIMENSION = {"t": "mass", "t/a": "mass_flow", "d": "time", "1": "share", "USD/kg": "price"}
MAX_PROBLEMS = 200


@dataclass(frozen=True)
class Column:
    """One declared column: what it holds, in which unit, between which bounds, and its two labels."""

    table: str
    name: str
    kind: str  # id | text | number | share | int | year | date | bool | choice | term
    unit: str
    low: float
    high: float
    required: bool
    key: bool
    choices: tuple[str, ...]
    label_en: str
    label_ja: str
    meaning_en: str
    meaning_ja: str

    def label(self, lang: Lang = "en") -> str:
        """Heading of the column, with its unit."""
        name = self.label_ja if lang == "ja" else self.label_en
        return f"{name} [{self.unit}]" if self.unit and self.unit != "1" else name


@cache
def _declared() -> dict[str, tuple[Column, ...]]:
    tables: dict[str, list[Column]] = {}
    with packaged("columns.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["table"], []).append(_column(row))
    return {name: tuple(columns) for name, columns in tables.items()}


def _column(row: dict[str, str]) -> Column:
    return Column(
        table=row["table"],
        name=row["name"],
        kind=row["kind"],
        unit=row["unit"],
        low=float(row["low"] or "-inf"),
        high=float(row["high"] or "inf"),
        required=row["required"] == "yes",
        key=row["key"] == "yes",
        choices=tuple(filter(None, row["choices"].split("|"))),
        label_en=row["label_en"],
        label_ja=row["label_ja"],
        meaning_en=row["meaning_en"],
        meaning_ja=row["meaning_ja"],
    )


def declared_tables() -> list[str]:
    """Names of all declared tables."""
    return list(_declared())


@dataclass(frozen=True)
class Schema:
    """The declared columns of one table."""

    table: str
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, table: str) -> Schema:
        """Schema declared under a name in ``columns.csv``.

        Examples
        --------
        >>> Schema.of("ownership").column("share").kind
        'share'
        """
        return cls(table, _declared()[table])

    @property
    def names(self) -> list[str]:
        """Column names in declared order."""
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        """Names of the key columns."""
        return [column.name for column in self.columns if column.key]

    def column(self, name: str) -> Column:
        """The declaration of one column."""
        return next(column for column in self.columns if column.name == name)

    def empty(self) -> pd.DataFrame:
        """A table with the declared columns and no row."""
        return pd.DataFrame({column.name: pd.Series(dtype=_dtype(column)) for column in self.columns})

    def problems(self, frame: pd.DataFrame, file: str = "") -> tuple[pd.DataFrame, list[Problem]]:
        """Typed table and every problem found; the table is only trustworthy when there is none.

        Missing optional columns are added as unknown. Names of countries and materials in either
        language become their keys; numbers may carry their unit ("30 t/a", "2 %").
        """
        found: list[Problem] = []
        for name in frame.columns:
            if name not in self.names:
                near = suggest(str(name), self.names)
                found.append(
                    Problem(
                        "column_unknown", self.table, str(name), file, {"near": near or ", ".join(self.names)}
                    )
                )
        typed: dict[str, pd.Series[Any]] = {}
        for column in self.columns:
            if column.name in frame.columns:
                typed[column.name] = self._read(frame[column.name], column, file, found)
            else:
                if column.required:
                    found.append(Problem("column_missing", self.table, "", file, {"column": column.name}))
                typed[column.name] = pd.Series(_blank(column), index=frame.index, dtype=_dtype(column))
        table = pd.DataFrame(typed, index=frame.index).reset_index(drop=True)
        if self.key and not found:
            found += self._duplicates(table, file)
        if not found and len(table):
            found += self._inverted_ranges(typed, set(frame.columns), file)
        return table, found[:MAX_PROBLEMS]

    def check(self, frame: pd.DataFrame, file: str = "") -> pd.DataFrame:
        """Typed table, or one error with every problem.

        Raises
        ------
        DataError
            Naming file, place, value found, what was expected and the way out, for each problem.

        Examples
        --------
        >>> rows = pd.DataFrame({"owner": ["Proterial"], "owned": ["Santoku"], "share": ["100 %"]})
        >>> float(Schema.of("ownership").check(rows)["share"].iloc[0])
        1.0
        """
        table, found = self.problems(frame, file)
        if found:
            raise DataError(found, file)
        return table

    def _read(self, cells: pd.Series[Any], column: Column, file: str, found: list[Problem]) -> pd.Series[Any]:
        if _is_ready(cells, column):
            return cells.astype(_dtype(column))
        reader = _READERS[column.kind]
        plain = _plain_texts(cells, column)
        if plain is not None:
            return pd.Series(plain, index=cells.index, dtype=_dtype(column))
        values: list[Any] = []
        read: dict[str, Any] = {}  # a text that stands in many rows is read once
        for row, cell in enumerate(cells.tolist(), start=1):
            if type(cell) is str and cell in read:
                values.append(read[cell])
                continue
            if len(found) >= MAX_PROBLEMS:  # enough to go on with; a suggestion for each of a million is slow
                values += [_blank(column)] * (len(cells) - len(values))
                break
            if _is_blank(cell):
                if column.required:
                    found.append(
                        Problem("cell_empty", self.place(row, column), "", file, {"column": column.name})
                    )
                values.append(_blank(column))
                continue
            try:
                values.append(reader(cell, column))
                if type(cell) is str:
                    read[cell] = values[-1]
            except _CellError as error:
                values.append(_blank(column))
                found.append(Problem(error.key, self.place(row, column), str(cell)[:80], file, error.details))
        return pd.Series(values, index=cells.index, dtype=_dtype(column))

    def place(self, row: int, column: Column) -> str:
        """How a cell is named in a message: table, data row counted from 1, column."""
        return f"{self.table}[{row}].{column.name}"

    def _duplicates(self, table: pd.DataFrame, file: str) -> list[Problem]:
        if len(table) < 2:
            return []
        repeated = table.duplicated(self.key, keep="first")
        return [
            Problem(
                "duplicate",
                f"{self.table}[{row + 1}]",
                ", ".join(str(table.at[row, name]) for name in self.key),
                file,
                {"key": ", ".join(self.key)},
            )
            for row in np.flatnonzero(repeated)
        ]

    def _inverted_ranges(
        self, table: Mapping[str, pd.Series[Any]], given: set[str], file: str
    ) -> list[Problem]:
        found = []
        for name in self.names:
            low, high = f"{name}_low", f"{name}_high"
            if low not in table or high not in table or not given & {low, high}:
                continue
            value, least, most = (
                table[part].to_numpy(dtype="float64", na_value=math.nan) for part in (name, low, high)
            )
            wrong = (least > most) | (value < least) | (value > most)
            found += [
                Problem(
                    "range_inverted",
                    f"{self.table}[{row + 1}].{name}",
                    f"{least[row]} … {value[row]} … {most[row]}",
                    file,
                )
                for row in np.flatnonzero(wrong)
            ]
        return found


class _CellError(Exception):
    def __init__(self, key: str, **details: str) -> None:
        self.key, self.details = key, details


def _is_ready(cells: pd.Series[Any], column: Column) -> bool:
    """Whether a column already holds plain numbers that are all as declared: nothing is left to read."""
    whole = column.kind in ("int", "year") and pd.api.types.is_integer_dtype(cells.dtype)
    real = column.kind in ("number", "share") and cells.dtype == np.dtype("float64")
    if not whole and not real:
        return False
    known = cells.dropna().to_numpy(dtype="float64")
    if column.required and known.size < len(cells):
        return False
    return bool((np.isfinite(known) & (column.low <= known) & (known <= column.high)).all())


def _plain_texts(cells: pd.Series[Any], column: Column) -> list[Any] | None:
    """Values of a column of texts, each different one read once; None where a cell needs a closer look."""
    listed = cells.tolist()
    different = set(listed) if set(map(type, listed)) == {str} else set()
    blank = {cell for cell in different if not cell.strip()}
    if not different or (column.required and blank):
        return None
    reader = _READERS[column.kind]
    try:
        read = {cell: _blank(column) if cell in blank else reader(cell, column) for cell in different}
    except _CellError:
        return None
    return [read[cell] for cell in listed]


def _is_blank(cell: object) -> bool:
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, float) and math.isnan(cell):
        return True
    return isinstance(cell, str) and not cell.strip()


def _blank(column: Column) -> Any:
    return {"number": math.nan, "share": math.nan, "int": pd.NA, "year": pd.NA, "bool": pd.NA}.get(
        column.kind, ""
    )


def _dtype(column: Column) -> str:
    numeric = {"number": "float64", "share": "float64", "int": "Int64", "year": "Int64", "bool": "boolean"}
    return numeric.get(column.kind, "object")


def _read_text(cell: object, column: Column) -> str:  # noqa: ARG001
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        raise _CellError("text_became_date")  # a part number 3-1 is no first of March
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # Excel keeps HS code 850511 as 850511.0
    return str(cell).strip()


def _read_number(cell: Any, column: Column) -> float:
    dimension = _DIMENSION.get(column.unit)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | np.number):
        raise _CellError("number", unit=column.unit or "1")
    try:
        if not isinstance(cell, str):
            value = float(cell)
        elif dimension is None:
            value = _plain_number(cell, column.unit)
        else:
            quantity = read_quantity(cell, dimension)
            if quantity.dimension != dimension:  # working days need a calendar, which a table has not
                raise ValueError
            value = quantity.value
    except (ValueError, OverflowError):
        raise _CellError("number", unit=column.unit or "1") from None
    if not math.isfinite(value):
        raise _CellError("number", unit=column.unit or "1")
    if not column.low <= value <= column.high:
        if column.kind == "share":
            raise _CellError("share")
        raise _CellError("out_of_range", low=f"{column.low:g}", high=f"{column.high:g}", unit=column.unit)
    return value


def _plain_number(text: str, unit: str) -> float:
    """Number of a column without a dimension of its own; its unit may be written behind it."""
    number = unicodedata.normalize("NFKC", text[:100]).strip().removesuffix(unit).strip()
    if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", number):
        number = number.replace(",", "")
    return float(number)


def _read_int(cell: Any, column: Column) -> int:
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise _CellError("integer") from None
    if isinstance(cell, bool) or not math.isfinite(value):
        raise _CellError("integer")
    if value != int(value) or not column.low <= value <= column.high:
        raise _CellError("integer")
    return int(value)


def _read_date(cell: Any, column: Column) -> str:  # noqa: ARG001
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a year typed into Excel
    text = str(cell).strip()
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):  # a year, a month or a day, each with its precision
        try:
            dt.date.fromisoformat(text + "-01-01"[: 10 - len(text)])
        except ValueError:
            raise _CellError("date") from None
        return text
    raise _CellError("date")


def _read_bool(cell: Any, column: Column) -> bool:  # noqa: ARG001
    if isinstance(cell, bool | np.bool_):
        return bool(cell)
    known = {
        "yes": True,
        "true": True,
        "1": True,
        "はい": True,
        "no": False,
        "false": False,
        "0": False,
        "いいえ": False,
    }
    try:
        return known[str(cell).strip().casefold()]
    except KeyError:
        raise _CellError("yes_no") from None


def _read_choice(cell: Any, column: Column) -> str:
    text = str(cell).strip()
    allowed = GRADES if column.choices == ("grades",) else column.choices
    if text in allowed:
        return text
    raise _CellError("choice", choices=", ".join(allowed), near=suggest(text, allowed) or allowed[0])


def _read_term(cell: Any, column: Column) -> str:
    words = column.choices[0]
    key = find_key(str(cell), words)
    if key is not None:
        return key
    near = suggest_key(str(cell), words)
    raise _CellError(f"term_{words}", near=near or ", ".join(keys(words)[:5]) + " …")


_READERS: dict[str, Callable[[Any, Column], Any]] = {
    "id": _read_text,
    "text": _read_text,
    "number": _read_number,
    "share": _read_number,
    "int": _read_int,
    "year": _read_int,
    "date": _read_date,
    "bool": _read_bool,
    "choice": _read_choice,
    "term": _read_term,
}


def cube(table: pd.DataFrame, axes: dict[str, Sequence[Any]], value: str) -> npt.NDArray[np.float64]:
    """Cross from a tidy table to an array: every key must match, every cell must be given.

    Parameters
    ----------
    table : DataFrame
        One row for each combination of the axes.
    axes : dict
        Column name → its keys, in the order of the array's axes.
    value : str
        Column that fills the array.

    Returns
    -------
    array
        Shape: the lengths of the axes, in their order.

    Raises
    ------
    DataError
        When a key is unknown, a cell is given twice, or a cell is missing: absence is stated
        (a row with 0), never guessed.

    Examples
    --------
    >>> rows = pd.DataFrame({"node": ["a", "b"], "stock": [1.0, 2.0]})
    >>> cube(rows, {"node": ["b", "a"]}, "stock")
    array([2., 1.])
    """
    shape = tuple(len(axis_keys) for axis_keys in axes.values())
    places = []
    found: list[Problem] = []
    for name, axis_keys in axes.items():
        place = pd.Index(axis_keys).get_indexer(pd.Index(table[name]))
        strangers = table.loc[place < 0, name].unique()
        found += [Problem("cube_key", name, str(stranger)) for stranger in strangers]
        places.append(place)
    if found:
        raise DataError(found)
    flat = np.ravel_multi_index(tuple(places), shape)
    counts = np.bincount(flat, minlength=int(np.prod(shape)))
    for cell in np.flatnonzero(counts != 1)[:MAX_PROBLEMS]:
        names = [str(list(k)[i]) for k, i in zip(axes.values(), np.unravel_index(cell, shape), strict=True)]
        found.append(Problem("cube_cell", ", ".join(names), str(counts[cell])))
    if found:
        raise DataError(found)
    array = np.empty(int(np.prod(shape)))
    array[flat] = table[value].to_numpy(dtype=float)
    return array.reshape(shape)

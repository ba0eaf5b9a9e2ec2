"""The user's own measures: a workbook or a folder of CSV files, read into the library's tables."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_workbook
from meguri.base.tables import Column, Schema
from meguri.base.terms import LANGS, fold, keys, label
from meguri.base.units import DAYS_PER_YEAR, read_quantity
from meguri.structure.filled import Filled, addressed, read_table_sheet

SHEETS = {
    "measures": "response_measures",
    "effects": "response_effects",
    "costs": "response_costs",
    "rules": "response_rules",
    "risks": "response_risks",
    "schemes": "response_schemes",
    "prices": "response_prices",
    "rates": "exchange_rates",
}
EXAMPLE = "example-"  # keys of rows that show how to fill in
MAX_ROWS = 2_000
_OF_A_MEASURE = ("effects", "costs", "rules", "risks")
_SIZE = {"d": "time", "t": "mass", "t/a": "mass_flow", "1": "share"}
_MONEY = {"money_jpy": "JPY", "money": "USD"}
_AMOUNTS = ("amount", "amount_low", "amount_high")


def read_own_measures(path: Path) -> dict[str, pd.DataFrame]:
    """Tables of the user's own measures; empty where a sheet or file is missing.

    Cells may carry units ("6 months", "600 t/a", "44 %", "500 万円"); choices may be written in either
    language; rows whose key begins with ``example-`` are passed over.

    Parameters
    ----------
    path : Path
        A workbook as :func:`meguri.respond.template.write_measures_template` writes it, or a folder of
        CSV files ``measures.csv``, ``effects.csv`` … with the same columns.

    Raises
    ------
    DataError
        With every problem, each with its sheet and cell, or its file, row and column.
    """
    file = str(path)
    found: list[Problem] = []
    filled = _from_folder(path, found) if path.is_dir() else _from_workbook(path, file, found)
    filled = {table: _without_examples(held) for table, held in filled.items()}
    if not found and ("response_measures" not in filled or filled["response_measures"].cells.empty):
        found.append(Problem("measures_none", "measures", "", file))
    units = _units(filled.get("response_measures"))
    tables = {table: Schema.of(table).empty() for table in SHEETS.values()}
    for table, held in filled.items():
        cells, problems = _plain(table, held, units, file)
        tables[table], typed = Schema.of(table).problems(cells, file)
        told = {problem.place for problem in problems}
        found += problems + [item for item in addressed(typed, filled) if item.place not in told]
    if not found:
        found = _unfit(tables, filled, file)
    if found:
        raise DataError(found, file)
    return tables


def _from_workbook(path: Path, file: str, found: list[Problem]) -> dict[str, Filled]:
    filled = {}
    for name, sheet in read_workbook(path, SHEETS).items():
        table = SHEETS[fold(name)]
        held = read_table_sheet(name, sheet, Schema.of(table), file, found)
        if held is not None and not _too_long(name, len(held.rows), file, found):
            filled[table] = held
    return filled


def _from_folder(path: Path, found: list[Problem]) -> dict[str, Filled]:
    filled = {}
    for name, table in SHEETS.items():
        file = path / f"{name}.csv"
        if not file.exists():
            continue
        try:
            cells = read_csv(file)
        except DataError as error:
            found += error.problems
            continue
        schema = Schema.of(table)
        known = [column for column in cells if column in schema.names or not str(column).startswith("#")]
        if not _too_long(file.name, len(cells), str(file), found):
            rows = tuple(range(2, len(cells) + 2))
            letters = {str(column): f"{column}, " for column in cells}
            filled[table] = Filled(file.name, cells[known], rows, letters, {})
    return filled


def _too_long(place: str, rows: int, file: str, found: list[Problem]) -> bool:
    if rows > MAX_ROWS:
        found.append(Problem("rows_many", place, f"{rows:,}", file, {"limit": f"{MAX_ROWS:,}"}))
    return rows > MAX_ROWS


def _without_examples(held: Filled) -> Filled:
    key = next((name for name in ("measure", "scheme", "product") if name in held.cells), None)
    if key is None:
        return held
    own = [at for at, cell in enumerate(held.cells[key]) if not str(cell).startswith(EXAMPLE)]
    cells = held.cells.iloc[own].reset_index(drop=True)
    return held._replace(cells=cells, rows=tuple(held.rows[at] for at in own))


def _units(measures: Filled | None) -> dict[str, str]:
    """Measure → the unit in which its size is counted."""
    if measures is None or not {"measure", "unit"} <= set(measures.cells):
        return {}
    pairs = zip(measures.cells["measure"], measures.cells["unit"], strict=True)
    return {str(key).strip(): _written(unit) for key, unit in pairs}


def _written(cell: object) -> str:
    """Text of a cell; Excel keeps the unit 1 as a number."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if _blank(cell) else str(cell).strip()


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell)) or not str(cell).strip()


def _plain(
    table: str, held: Filled, units: Mapping[str, str], file: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Cells as the schema reads them: choices as keys, sizes and times and money as plain numbers."""
    schema, found = Schema.of(table), list[Problem]()
    rows = []
    for at, row in enumerate(held.cells.to_dict("records")):
        row = {str(name): cell for name, cell in row.items()}
        for column in schema.columns:
            if column.kind == "choice" and column.name in row:
                row[column.name] = _choice(row[column.name], column)
        for name in [name for name in row if re.match(r"(life_a|size_max|per_unit|amount|step_from)", name)]:
            row[name] = _number(name, row, units, held, at, file, found)
        if {"label_en", "label_ja"} & set(row):  # one language is enough of a user's own words
            first, second = row.get("label_en"), row.get("label_ja")
            row |= {
                "label_en": second if _blank(first) else first,
                "label_ja": first if _blank(second) else second,
            }
        if table == "response_measures" and _blank(row.get("scope")):
            row["scope"] = "modelled"
        rows.append(row)
    columns = list(dict.fromkeys([*held.cells.columns, *(name for row in rows for name in row)]))
    return pd.DataFrame(rows, columns=columns, dtype=object), found


def _choice(cell: object, column: Column) -> object:
    """Key of a choice written in either language; anything else stays for the schema to judge."""
    text = _written(cell)
    names = set(keys("response_words"))
    for choice in column.choices:
        word = f"{column.name}_{choice}"
        shown = [label(word, lang, "response_words") for lang in LANGS] if word in names else []
        if fold(text) in {fold(choice), *(fold(name) for name in shown)}:
            return choice
    return text


def _number(
    name: str,
    row: dict[str, Any],
    units: Mapping[str, str],
    held: Filled,
    at: int,
    file: str,
    found: list[Problem],
) -> object:
    """A number written with its unit, in the unit of its column; what is no such text stays."""
    cell = row[name]
    if not isinstance(cell, str) or not cell.strip():
        return cell
    if name in _AMOUNTS:
        return _money(cell, row)
    unit = units.get(_written(row.get("measure")), _written(row.get("unit")))
    if name.startswith("life_a"):
        return _quantity(cell, "time", held.place(at, name), file, found, "a", 1 / DAYS_PER_YEAR)
    if name.startswith("per_unit"):  # in the unit of its effect, which may differ from that of the size
        return _either(cell)
    dimension = _SIZE.get(unit)
    if dimension is None or (name.startswith("size_max") and _written(row.get("size_of")) == "use"):
        dimension, unit = "share", "1"
    return _quantity(cell, dimension, held.place(at, name), file, found, unit)


def _quantity(
    cell: str, dimension: str, place: str, file: str, found: list[Problem], unit: str, scale: float = 1.0
) -> object:
    """A quantity of one dimension; a number without a unit is taken in the column's own."""
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        pass
    try:
        quantity = read_quantity(cell, dimension)
        if quantity.dimension == dimension:
            return quantity.value * scale
    except ValueError:
        pass
    found.append(Problem("size_unit", place, cell[:80], file, {"unit": unit}))
    return None


def _either(cell: str) -> object:
    for dimension in _SIZE.values():
        try:
            quantity = read_quantity(cell, dimension)
        except ValueError:
            continue
        if quantity.dimension == dimension:
            return quantity.value
    return cell


def _money(cell: str, row: dict[str, Any]) -> object:
    """An amount of money with its currency, or a percentage of value."""
    for dimension, currency in _MONEY.items():
        try:
            quantity = read_quantity(cell, dimension)
        except ValueError:
            continue
        if re.search(r"[^0-9.,eE+\-\s]", cell) and _blank(row.get("currency")):
            row["currency"] = currency
        elif re.search(r"[^0-9.,eE+\-\s]", cell) and _written(row["currency"]) != currency:
            return cell  # the column says another currency: the schema names the cell
        return quantity.value
    if cell.strip().endswith(("%", "％")):
        return _either(cell)
    return cell


def _unfit(tables: Mapping[str, pd.DataFrame], filled: Mapping[str, Filled], file: str) -> list[Problem]:
    """Rows that name no measure of the sheet, measures without effect, costs without currency or step 0."""
    measures = tables["response_measures"]
    known, found = set(measures["measure"]), list[Problem]()

    def add(key: str, table: str, at: int, column: str, value: object = "", **details: str) -> None:
        found.append(Problem(key, filled[table].place(at, column), str(value), file, details))

    for name in _OF_A_MEASURE:
        table = SHEETS[name]
        for at, key in enumerate(tables[table]["measure"]):
            if key not in known:
                add("measure_row", table, at, "measure", key, near=", ".join(sorted(known)[:10]))
    acting = set(tables["response_effects"]["measure"])
    for at, row in enumerate(measures.to_dict("records")):
        if row["scope"] != "unknown" and row["measure"] not in acting:
            add("measure_no_effect", "response_measures", at, "measure", row["measure"])
    costs = tables["response_costs"]
    steps = costs["step_from"].fillna(0.0)
    lowest = steps.groupby([costs["measure"], costs["cost"]]).transform("min") if len(costs) else steps
    for at, row in enumerate(costs.to_dict("records")):
        if not row["currency"] and row["basis"] != "value":
            add("cost_currency", "response_costs", at, "amount", row["amount"])
        if lowest[at] > 0.0 and steps[at] == lowest[at]:
            add("cost_step", "response_costs", at, "step_from", row["step_from"])
    return found

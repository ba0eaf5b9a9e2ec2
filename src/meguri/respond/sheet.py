"""The user's own measures: a workbook or a folder of CSV files, read into the library's tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.tables import Schema

SHEETS = {
    "measures": "response_measures",
    "effects": "response_effects",
    "costs": "response_costs",
    "rules": "response_rules",
    "risks": "response_risks",
    "schemes": "response_schemes",
    "prices": "response_prices",
}


def read_own_measures(path: Path) -> dict[str, pd.DataFrame]:
    """Tables of the user's own measures from a folder of CSV files; empty where a file is missing.

    Raises
    ------
    DataError
        With every problem of every file.
    """
    found: list[Problem] = []
    tables = {}
    for sheet, table in SHEETS.items():
        file = path / f"{sheet}.csv"
        if not file.exists():
            tables[table] = Schema.of(table).empty()
            continue
        tables[table], problems = Schema.of(table).problems(read_csv(file), str(file))
        found += problems
    if found:
        raise DataError(found, str(path))
    return tables

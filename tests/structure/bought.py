"""Small workbooks and a five-node chain for the tests of what a buyer brings."""

from __future__ import annotations

import io
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from meguri.base.tables import Schema
from meguri.structure.check import check_tables
from meguri.structure.template import FIRST_ROW, write_template

COLUMNS = Schema.of("parts").names


def base_tables() -> dict[str, pd.DataFrame]:
    """Ore → metal → magnet: one maker in China, one in Japan, one free of heavy rare earths."""
    tables = {
        "materials": pd.DataFrame(
            {
                "material": ["ore", "metal", "magnet-hree", "magnet-hree-free"],
                "form": ["ore", "metal", "magnet", "magnet"],
                "stage": ["ore", "metal", "magnet", "magnet"],
            }
        ),
        "contents": pd.DataFrame({"material": ["magnet-hree"], "element": ["Dy"], "share": [0.03]}),
        "nodes": pd.DataFrame(
            {
                "node": ["mine", "smelter", "cn-tdk", "jp-proterial", "jp-daido"],
                "kind": ["site", "site", "firm", "firm", "firm"],
                "stage": ["ore", "metal", "magnet", "magnet", "magnet"],
                "country": ["CN", "CN", "CN", "JP", "JP"],
                "firm": ["", "", "TDK", "Proterial", "Daido Electronics"],
                "material": ["ore", "metal", "magnet-hree", "magnet-hree", "magnet-hree-free"],
                "output": [1000, 500, 400, 800, 40],
                "capacity": [1000, 500, 400, 800, 40],
            }
        ),
        "flows": pd.DataFrame(
            {
                "supplier": ["mine", "smelter", "smelter", "smelter"],
                "customer": ["smelter", "cn-tdk", "jp-proterial", "jp-daido"],
                "amount": [1000, 160, 320, 16],
                "lead": [10, 5, 30, 30],
            }
        ),
        "recipes": pd.DataFrame(
            {
                "node": ["smelter", "cn-tdk", "jp-proterial", "jp-daido"],
                "input": ["ore", "metal", "metal", "metal"],
                "need": [2, 0.4, 0.4, 0.4],
                "essentiality": ["essential"] * 4,
                "stock": [30, 30, 60, 45],
            }
        ),
        "ownership": pd.DataFrame(
            {"owner": ["Proterial"], "owned": ["Santoku"], "share": [1.0], "start": ["2018-04-02"]}
        ),
    }
    typed, found = check_tables(tables)
    assert not found, [item.text() for item in found]
    return typed


def parts_table(*rows: dict[str, Any]) -> pd.DataFrame:
    """Checked rows of the sheet parts."""
    return Schema.of("parts").check(pd.DataFrame(rows))


def part(**cells: Any) -> dict[str, Any]:
    """A row without doubt, changed where the test wants it."""
    known = {
        "part": "motor",
        "magnet_grade": "N38UH",
        "technology": "sintered",
        "supplier": "Proterial",
        "country": "JP",
        "amount": 100,
        "stock": 45,
        "alternative": "no",
    }
    return known | cells


@cache
def template(example: bool) -> bytes:
    """Bytes of the English template; written once, it is the same every time."""
    with tempfile.TemporaryDirectory() as folder:
        return write_template(Path(folder) / "t.xlsx", lang="en", example=example).read_bytes()


@cache
def _opened(example: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template(example)))


def workbook(path: Path, *rows: dict[str, Any], example: bool = False) -> Path:
    """The template with rows typed into parts from its first free row on."""
    sheet = _opened(example)["parts"]
    places = {
        (FIRST_ROW + n + 3 * example, key): cell for n, row in enumerate(rows) for key, cell in row.items()
    }
    typed = _type(sheet, places)
    _opened(example).save(path)
    for cell in typed:  # the template is opened once: leave it as it was
        cell.value, cell.number_format = None, "General"
    return path


def edit(path: Path, cells: dict[tuple[int, str], Any], sheet: str = "parts") -> Path:
    """Cells of a written template changed by Excel row and key of the column."""
    book = openpyxl.load_workbook(path)
    _type(book[sheet], cells)
    book.save(path)
    return path


def _type(sheet: Any, cells: dict[tuple[int, str], Any]) -> list[Any]:
    keys = [cell.value for cell in sheet[3]]
    found = {sheet.cell(row, keys.index(key) + 1): value for (row, key), value in cells.items()}
    for cell, value in found.items():
        cell.value = value  # also None, which empties it
    return list(found)


@cache
def full_book() -> bytes:
    """The template with every sheet of the five-node chain filled; written once."""
    book = openpyxl.load_workbook(io.BytesIO(template(False)))
    for table, frame in base_tables().items():
        for number, row in enumerate(frame.to_dict("records"), start=4):
            known = {key: None if value != value else value for key, value in row.items()}
            _type(book[table], {(number, key): value for key, value in known.items()})
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()

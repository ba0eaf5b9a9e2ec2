"""The workbook for a small firm: one sheet a table, headings as shops write them, an invented example."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.book import explain_sheet, save_book
from meguri.base.sheets import column_letters
from meguri.base.terms import Lang, label
from meguri.base.words import packaged
from meguri.observe.shop import TABLES

LINES = 8  # of the sheet that explains
WIDTH = 16
HEAD, MUST = "FFDCE6F1", "FFFFF2CC"
NEEDED = {  # without these columns a row says nothing
    "jobs": ("date",), "stops": ("start",), "schedule": ("date", "hours"), "assets": ("asset",),
    "lives": ("group", "start"), "works": ("kind",), "people": ("process",), "customers": ("name",),
    "items": ("item",),
}  # fmt: skip
LEFT_OUT = {"stops": ("date", "start_time", "end_date", "end_time", "hours")}  # other ways to say the same


def headings(table: str, lang: Lang) -> dict[str, str]:
    """Columns of a sheet and their headings, the first word of the language that stands for only one column.

    Examples
    --------
    >>> list(headings("schedule", "ja").values()), list(headings("schedule", "en").values())
    (['炉', '日付', '計画稼働時間'], ['furnace', 'date', 'scheduled hours'])
    """
    text = packaged("sme", "fields.csv").read_text(encoding="utf-8")
    out = {}
    for row in csv.DictReader(text.splitlines()):
        if row["table"] == table and row["field"] not in LEFT_OUT.get(table, ()):
            words = row["words"].split("|")
            own = [word for word in words if word.isascii() == (lang == "en")]
            out[row["field"]] = (own or words)[0]
    return out


def example_table(table: str) -> pd.DataFrame:
    """Invented rows of one sheet, as text.

    Examples
    --------
    >>> example_table("people")["age"].tolist()[:2]
    ['68', '66']
    """
    with packaged("sme", f"example_{table}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def write_shop_template(path: str | Path, lang: Lang = "ja", example: bool = True) -> Path:
    """Write the workbook; the same call writes the same bytes.

    Parameters
    ----------
    path : path
        Where to write; an .xlsx file.
    lang : {"ja", "en"}
        Language of the headings; the sheet that explains is in both.
    example : bool
        Whether the invented records are filled in, so that the file can be read at once.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    from openpyxl import Workbook  # heavy, and only this function needs it

    book = Workbook()
    explain_sheet(book.active, "shop", LINES, lang)
    for table in TABLES:
        sheet = book.create_sheet(label(f"shop_sheet_{table}", lang, "workbook"))
        _write_sheet(sheet, table, lang, example)
    return save_book(book, path)


def _write_sheet(sheet: Any, table: str, lang: Lang, example: bool) -> None:
    from openpyxl.styles import Font, PatternFill

    columns = headings(table, lang)
    rows = example_table(table) if example else pd.DataFrame(columns=list(columns))
    for at, (name, text) in enumerate(columns.items(), start=1):
        cell = sheet.cell(1, at, text)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=MUST if name in NEEDED[table] else HEAD)
        sheet.column_dimensions[column_letters(at)].width = WIDTH
        held = rows.get(name, [])
        for below, value in enumerate(held, start=2):
            sheet.cell(below, at, _cell(value))
    sheet.freeze_panes = "A2"


def _cell(value: str) -> str | float | None:
    """Numbers as numbers, the rest as text; nothing begins a formula."""
    try:
        return float(value) if value else None
    except ValueError:
        return value.replace("T", " ") if value[:2] == "20" and "T" in value else value

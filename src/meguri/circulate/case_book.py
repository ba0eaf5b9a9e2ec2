"""The workbook of a case of circulation: every table, its columns explained, to be filled and read back.

Sheets of the case carry the names of its tables, headings in Japanese and English and the key of each
column in row 3, which is what the program reads. Three further sheets take measured flows, stocks and
shares; there a flow may be an amount or, written with a percent sign, a part of what enters its process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.book import explain_sheet, save_book
from meguri.base.files import read_workbook
from meguri.base.sheets import column_letters
from meguri.base.tables import Column, Schema
from meguri.base.terms import LANGS, Lang, keys, label
from meguri.circulate.route_case import RouteCase, laid_out
from meguri.circulate.routes import REQUIRED, TABLES

MEASURED = ("measured_flows", "measured_stocks", "measured_shares")
ABOUT = ("name", "label_en", "label_ja", "element", "use", "metric", "direct")
FIRST_ROW, LAST_ROW = 4, 1003  # below two rows of headings and the keys
LINES = 7  # of the sheet that explains
_LONGEST_LIST = 250  # letters that Excel takes for the choices of a cell
_HEAD, _KEYS = "FFDCE6F1", "FFEDEDED"


def case_workbook(case: RouteCase | None, path: str | Path, lang: Lang = "ja") -> Path:
    """Write a case as a workbook that :func:`meguri.circulate.route_case.load_case` reads back.

    Parameters
    ----------
    case : RouteCase, optional
        Case whose rows are filled in; empty sheets without one.
    path : str or Path
        An ``.xlsx`` file. The same call writes the same bytes.
    lang : {"ja", "en"}
        Language of notes; headings are in both.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    from openpyxl import Workbook  # heavy, and only this function needs it

    book = Workbook()
    explain_sheet(book.active, "case", LINES, lang)
    _about(book.create_sheet("about"), case, lang)
    for table in (*TABLES, *MEASURED):
        rows = case.tables.get(table) if case is not None else None
        table_sheet(book.create_sheet(table), Schema.of(table), rows, lang)
    return save_book(book, path)


def read_measured(path: str | Path) -> dict[str, pd.DataFrame]:
    """Measured flows, stocks and shares of a workbook, as ``reconcile_flows`` takes them by name.

    A flow whose value carries a percent sign is a part of all that enters its process: it becomes a row
    of shares, and the flow itself is unknown.

    Returns
    -------
    dict
        ``flows``, ``stocks`` and ``shares``; empty tables where a sheet has no row.

    Raises
    ------
    DataError
        With every cell that is not as declared.
    """
    raw = {}
    for sheet, content in read_workbook(Path(path), MEASURED).items():
        raw[sheet.strip().casefold()] = laid_out(content.rows, sheet.strip().casefold())
    flows = raw.get("measured_flows", pd.DataFrame())
    if len(flows):
        flows, parts = _shares_apart(flows)
        raw["measured_flows"] = flows
        raw["measured_shares"] = pd.concat([raw.get("measured_shares", pd.DataFrame()), parts])
    checked = {
        table: Schema.of(table).check(raw[table].reset_index(drop=True), f"{path}/{table}")
        if table in raw and len(raw[table])
        else Schema.of(table).empty()
        for table in MEASURED
    }
    return {table.removeprefix("measured_"): frame for table, frame in checked.items()}


def _shares_apart(flows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flows without the values that are percentages, and these as rows of shares."""
    percent = flows["value"].map(lambda cell: str(cell).strip().endswith(("%", "％")))
    named = flows[percent].rename(columns={"from_process": "process"})
    parts = named[[name for name in Schema.of("measured_shares").names if name in named]]
    blank = {name: flows[name].mask(percent, "") for name in ("value", "sd") if name in flows}
    return flows.assign(**blank), parts


def _about(sheet: Any, case: RouteCase | None, lang: Lang) -> None:
    """Name, labels, use and metric of the case, each with what it is."""
    from openpyxl.styles import Font

    for place, name in enumerate(("key", "value", "note"), start=1):
        sheet.cell(1, place, name).font = Font(bold=True)
    told = {} if case is None else dict(case.about)
    for row, key in enumerate(dict.fromkeys([*ABOUT, *told]), start=2):
        sheet.cell(row, 1, key)
        sheet.cell(row, 2, told.get(key))
        sheet.cell(row, 3, label(f"case_about_{key}", lang, "workbook") if key in ABOUT else None)
    for letter, width in (("A", 14), ("B", 56), ("C", 60)):
        sheet.column_dimensions[letter].width = width


def table_sheet(sheet: Any, schema: Schema, rows: pd.DataFrame | None, lang: Lang) -> None:
    """Two rows of headings, the keys, and rows below them; text is never taken for a formula."""
    for place, column in enumerate(schema.columns, start=1):
        _heading(sheet, place, column, lang)
        _choices(sheet, place, column)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 2)
    sheet.sheet_properties.tabColor = "22262B" if schema.table in REQUIRED else "9AA0A6"
    if rows is None:
        return
    for height, row in enumerate(rows[schema.names].to_dict("records"), start=FIRST_ROW):
        for place, column in enumerate(schema.columns, start=1):
            _write(sheet.cell(height, place), row[column.name], column)


def _heading(sheet: Any, place: int, column: Column, lang: Lang) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    for row, text in enumerate((column.label("ja"), column.label("en"), column.name), start=1):
        cell = sheet.cell(row, place, text)
        cell.fill = PatternFill("solid", fgColor=_KEYS if row == 3 else _HEAD)
        cell.font = Font(bold=column.required and row < 3, italic=row == 3, size=9 if row == 3 else 11)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.cell(1, place).comment = Comment(_note(column, lang), "meguri", width=320, height=130)
    letter = column_letters(place)
    wide = column.kind == "text" or column.name.startswith("label_")
    sheet.column_dimensions[letter].width = 34 if wide else 15
    if column.table in MEASURED and column.name in ("value", "sd"):
        # a percentage typed into a cell of numbers would lose its sign: 35 % would read 0.35 t/a
        sheet.column_dimensions[letter].number_format = "@"
        for row in range(FIRST_ROW, FIRST_ROW + 200):
            sheet.cell(row, place).number_format = "@"


def _note(column: Column, lang: Lang) -> str:
    """What a column holds and whether it must be filled, in both languages."""
    lines = []
    for shown in (lang, *(other for other in LANGS if other != lang)):
        meaning = column.meaning_ja if shown == "ja" else column.meaning_en
        need = label("required" if column.required else "optional", shown, "workbook")
        unit = f" {label('unit', shown, 'workbook')}: {column.unit}" if column.unit else ""
        lines.append(f"{meaning} {need}{unit}")
    return "\n".join(lines)


def _choices(sheet: Any, place: int, column: Column) -> None:
    """A drop-down of keys where the column is a choice that fits into one."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.kind == "bool":
        words = ["yes", "no"]
    elif column.kind in ("choice", "term"):
        words = list(column.choices)
        if column.kind == "term" or column.choices == ("grades",):
            words = list(keys(column.choices[0]))
    else:
        return
    listed = ",".join(words)
    if len(listed) > _LONGEST_LIST:
        return
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
    letter = column_letters(place)
    rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _write(cell: Any, value: object, column: Column) -> None:
    """One value; text is never taken for a formula, and a number keeps every digit."""
    if value is None or value is pd.NA or value == "" or value != value:
        return
    if column.kind == "bool":
        cell.value = "yes" if value else "no"
        return
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))

"""The workbook a buyer fills in: drop-downs, a note on every column, headings in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from meguri.base.book import explain_sheet, save_book
from meguri.base.sheets import column_letters
from meguri.base.sources import GRADES
from meguri.base.tables import Column, Schema
from meguri.base.terms import Lang, keys, label, packaged
from meguri.structure.grades import hree_range

FULL_SHEETS = ("materials", "contents", "nodes", "flows", "recipes", "ownership", "specs")
ABOUT_KEYS = ("name", "base", "as_of", "country", "label_en", "label_ja")
FIRST_ROW = 5  # of the sheet parts: two rows of headings, keys, confidentiality of columns
LAST_ROW = 1004
LINES = 9  # of the sheet that explains
COMMON_GRADES = tuple(
    f"N{number}{heat}" for heat in ("", "M", "H", "SH", "UH", "EH") for number in (35, 38, 42, 48)
)
_INTERNAL = (
    "supplier",
    "amount",
    "pieces",
    "stock",
    "stock_months",
    "price",
    "currency",
    "alternative_supplier",
)
_PARTNER = ("magnet_grade", "technology", "hree", "country", "piece_mass", "hs", "qualification")
_GREY, _HEAD, _EXAMPLE = "FFEDEDED", "FFDCE6F1", "FFFFF7DB"


@cache
def _examples() -> pd.DataFrame:
    with packaged("facts", "parts_example.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def example_parts(lang: Lang = "en") -> pd.DataFrame:
    """Example rows of the sheet ``parts``: 500,000 motors with 1.2 kg of magnet from three makers.

    Examples
    --------
    >>> list(example_parts("en")["supplier"])
    ['Proterial', 'TDK Meizhou', 'Daido Electronics']
    """
    rows = _examples()
    return rows[rows["lang"] == lang].drop(columns="lang").reset_index(drop=True)


def write_template(
    path: str | Path, kind: Literal["chain"] = "chain", *, lang: Lang = "ja", example: bool = True
) -> Path:
    """Write a workbook to fill in; the same call writes the same bytes.

    Parameters
    ----------
    path : path
        Where to write; an .xlsx file.
    kind : {"chain"}
        What the workbook is for.
    lang : {"ja", "en"}
        Language of drop-downs, notes and example; headings are in both.
    example : bool
        Whether example rows are filled, so that the file can be checked and run at once.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    from openpyxl import Workbook  # heavy, and only this function needs it

    if kind != "chain":
        raise ValueError(kind)
    book = Workbook()
    lists = _lists(lang)
    explain_sheet(book.active, "readme", LINES, lang)
    _write_parts(book.create_sheet("parts"), lang, lists, example)
    _write_about(book.create_sheet("about"), lang, lists)
    for table in FULL_SHEETS:
        _write_table(book.create_sheet(table), Schema.of(table), lang, lists, 4)
    _write_lists(book.create_sheet("lists"), lists)
    return save_book(book, path)


def _lists(lang: Lang) -> dict[str, list[str]]:
    """Every drop-down by name: word lists in the reader's language, choices as keys."""
    words = (
        "countries",
        "technologies",
        "confidentiality",
        "currencies",
        "marks",
        "stages",
        "forms",
        "materials",
    )
    lists = {name: [label(key, lang, name) for key in keys(name)] for name in words}
    lists["yes_no"] = [label("yes", lang, "workbook"), label("no", lang, "workbook")]
    lists["magnet_grades"] = list(COMMON_GRADES)
    lists["makers"] = [label(key, lang, "magnet_makers") for key in keys("magnet_makers")]
    lists["grades"] = list(GRADES)
    for table in FULL_SHEETS:
        for column in Schema.of(table).columns:
            if column.kind == "choice" and column.choices != ("grades",):
                lists[f"{table}_{column.name}"] = list(column.choices)
    return lists


def _list_of(column: Column) -> tuple[str, bool]:
    """Drop-down of a column and whether other words are refused; empty when it has none."""
    if column.table == "parts" and column.name == "magnet_grade":
        return "magnet_grades", False
    if column.table == "parts" and column.name in ("supplier", "alternative_supplier"):
        return "makers", False
    if column.kind == "bool":
        return "yes_no", True
    if column.kind == "term":
        return column.choices[0], True
    if column.kind == "choice":
        return ("grades" if column.choices == ("grades",) else f"{column.table}_{column.name}"), True
    return "", False


def _write_table(sheet: Any, schema: Schema, lang: Lang, lists: dict[str, list[str]], first_row: int) -> None:
    """Headings in Japanese, English and as keys, with a note and a drop-down for each column."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    for number, column in enumerate(schema.columns, start=1):
        headings = (column.label("ja"), column.label("en"), column.name)
        for row, text in enumerate(headings, start=1):
            cell = sheet.cell(row, number, text)
            cell.fill = PatternFill("solid", fgColor=_GREY if row == 3 else _HEAD)
            cell.font = Font(bold=column.required and row < 3, italic=row == 3, size=9 if row == 3 else 11)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        note = Comment(_note(column, lang), "meguri", width=320, height=130)
        sheet.cell(1, number).comment = note
        sheet.column_dimensions[column_letters(number)].width = 16 if column.kind != "text" else 22
        _add_dropdown(sheet, column, number, lang, lists, first_row)
    sheet.freeze_panes = sheet.cell(first_row, 2)


def _note(column: Column, lang: Lang) -> str:
    other: Lang = "en" if lang == "ja" else "ja"
    need = "required" if column.required else "optional"
    lines = []
    for shown in (lang, other):
        meaning = column.meaning_ja if shown == "ja" else column.meaning_en
        unit = f" {label('unit', shown, 'workbook')}: {column.unit}" if column.unit else ""
        lines.append(f"{meaning} {label(need, shown, 'workbook')}{unit}")
    if column.table == "parts" and column.name == "hree":
        guess = hree_range("N42SH", "sintered")
        lines.append(f"N42SH: {guess.low:.1%} – {guess.high:.1%}")
    return "\n".join(lines)


def _add_dropdown(
    sheet: Any, column: Column, number: int, lang: Lang, lists: dict[str, list[str]], first_row: int
) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    name, strict = _list_of(column)
    if not name:
        return
    letter = column_letters(list(lists).index(name) + 1)
    rule = DataValidation(
        type="list",
        formula1=f"lists!${letter}$2:${letter}${len(lists[name]) + 1}",
        allow_blank=True,
        showErrorMessage=strict,
    )
    rule.errorTitle = label("dropdown_title", lang, "workbook")
    rule.error = label("dropdown_text", lang, "workbook")
    here = column_letters(number)
    rule.add(f"{here}{first_row}:{here}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _write_parts(sheet: Any, lang: Lang, lists: dict[str, list[str]], example: bool) -> None:
    from openpyxl.styles import Font, PatternFill

    schema = Schema.of("parts")
    _write_table(sheet, schema, lang, lists, FIRST_ROW)
    grey = PatternFill("solid", fgColor=_GREY)
    both = " ".join(label("column_confidentiality", shown, "workbook") for shown in ("ja", "en"))
    for number, column in enumerate(schema.columns, start=1):
        cell = sheet.cell(4, number, both if number == 1 else _column_level(column.name, lang))
        cell.fill, cell.font = grey, Font(size=9)
    _confidentiality_dropdown(sheet, len(schema.columns), lists)
    for offset, row in enumerate(example_parts(lang).to_dict("records") if example else []):
        for number, column in enumerate(schema.columns, start=1):
            cell = sheet.cell(FIRST_ROW + offset, number, _shown(row.get(column.name, ""), column, lang))
            cell.fill = PatternFill("solid", fgColor=_EXAMPLE)
            cell.font = Font(italic=True)
    for name in ("part", "magnet_grade", "hs"):  # part numbers and HS codes stay what was typed
        sheet.column_dimensions[column_letters(schema.names.index(name) + 1)].number_format = "@"


def _column_level(name: str, lang: Lang) -> str | None:
    if name in _INTERNAL:
        return label("internal", lang, "confidentiality")
    return label("partner", lang, "confidentiality") if name in _PARTNER else None


def _confidentiality_dropdown(sheet: Any, width: int, lists: dict[str, list[str]]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = column_letters(list(lists).index("confidentiality") + 1)
    source = f"lists!${letter}$2:${letter}${len(lists['confidentiality']) + 1}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True)
    rule.add(f"B4:{column_letters(width)}4")
    sheet.add_data_validation(rule)


def _shown(cell: str, column: Column, lang: Lang) -> str | float | None:
    """Cell of an example as a person would type it in the reader's language."""
    if cell == "":
        return None
    if column.kind == "term":
        return label(cell, lang, column.choices[0])
    if column.kind == "bool":
        return label(cell, lang, "workbook")
    return float(cell) if column.kind in ("number", "share") else cell


def _write_about(sheet: Any, lang: Lang, lists: dict[str, list[str]]) -> None:
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    values = {"base": "ndfeb-japan", "country": label("JP", lang, "countries")}
    for number, name in enumerate(("about_key", "about_value", "about_note"), start=1):
        sheet.cell(1, number, label(name, lang, "workbook")).font = Font(bold=True)
    for row, key in enumerate(ABOUT_KEYS, start=2):
        sheet.cell(row, 1, key)
        sheet.cell(row, 2, values.get(key))
        sheet.cell(row, 3, label(f"about_{key}", lang, "workbook"))
    letter = column_letters(list(lists).index("countries") + 1)
    rule = DataValidation(type="list", formula1=f"lists!${letter}$2:${letter}${len(lists['countries']) + 1}")
    rule.add(f"B{ABOUT_KEYS.index('country') + 2}")
    sheet.add_data_validation(rule)
    for letter, width in (("A", 14), ("B", 28), ("C", 44)):
        sheet.column_dimensions[letter].width = width


def _write_lists(sheet: Any, lists: dict[str, list[str]]) -> None:
    for number, (name, words) in enumerate(lists.items(), start=1):
        sheet.cell(1, number, name)
        for row, word in enumerate(words, start=2):
            sheet.cell(row, number, word)

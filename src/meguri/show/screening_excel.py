"""The workbook of a screening: a 項目別対比表 to be judged, and every table; each sheet has the header."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from meguri.base.files import write_atomically
from meguri.base.tables import Column, Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.base.zipped import timeless
from meguri.respond.screening_questions import spec_name
from meguri.show.excel import text_cell
from meguri.show.screening import first_steps, late, lead
from meguri.show.screening_case import ScreenCase
from meguri.show.screening_words import RULINGS, header, screen_word, wanted_word
from meguri.show.spell import missing, word

SHEET = (
    "item", "name", "entry", "entry_name", "list", "basis", "start", "result", "spec", "need", "have",
    "state", "threshold_read", "source", "checked_on", "judge", "judged_by", "judged_on",
)  # fmt: skip
WIDTHS = (9, 18, 22, 34, 18, 26, 11, 16, 18, 24, 20, 10, 16, 20, 11, 14, 14, 12)
JUDGE = SHEET.index("judge") + 1


def write_screening_excel(case: ScreenCase, path: str | Path, lang: Lang = "ja") -> Path:
    """Write the workbook; the same case gives the same bytes, and no cell begins a formula.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    book = Workbook(write_only=True)
    _summary(book, case, lang)
    _comparison(book, case, lang)
    for name, frame in case.tables.items():
        _table(book, name, frame, lang)
    _table(book, "sources", case.sources(), lang)
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(Path(path), timeless(buffer.getvalue()))
    return Path(path)


def _sheet(book: Any, title: str, lang: Lang, widths: Sequence[int]) -> Any:
    """A sheet with the header in its first row and on top of every printed page."""
    sheet = book.create_sheet(title)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.oddHeader.center.text = header(lang).replace("&", "&&")
    sheet.page_setup.orientation = "landscape"
    sheet.append([text_cell(sheet, header(lang), font=Font(bold=True, size=12, color="A3312B"))])
    return sheet


def _summary(book: Any, case: ScreenCase, lang: Lang) -> None:
    sheet = _sheet(book, screen_word("sheet_summary", lang), lang, (24, 110))
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    to = case.place(case.destination, lang) if case.destination else screen_word("to_customers", lang)
    facts = [("", screen_word("no_ruling", one)) for one in (lang, *(one for one in LANGS if one != lang))]
    facts += [
        (screen_word("fact_on", lang), case.on), (screen_word("fact_to", lang), to),
        (screen_word("fact_end_user", lang), case.end_user or "—"),
        (screen_word("fact_files", lang), ", ".join(case.files)),
        ("", lead(case, lang) + (f" {late(case, lang)}" if late(case, lang) else "")),
    ]  # fmt: skip
    for number, (said, why) in enumerate(first_steps(case, lang), start=1):
        head = screen_word("sec_next", lang) if number == 1 else ""
        facts.append((head, f"{number}. {said}{' — ' if why else ''}{why}"))
    facts += [(screen_word("sec_names", lang), screen_word("no_match", lang))]
    facts += [("", str(row[f"text_{lang}"])) for row in case.answer.notes.iloc[2:].to_dict("records")]
    for name, text in facts:
        cells = [text_cell(sheet, name, font=Font(bold=True), alignment=wrap)]
        sheet.append([*cells, text_cell(sheet, text, alignment=wrap)])


def _heads(sheet: Any, heads: Sequence[str]) -> None:
    fill = PatternFill("solid", start_color="F1F3F5")
    wrap = Alignment(vertical="top", wrap_text=True)
    sheet.append([text_cell(sheet, text, font=Font(bold=True), fill=fill, alignment=wrap) for text in heads])


def _comparison(book: Any, case: ScreenCase, lang: Lang) -> None:
    """A row for each requirement; the first row of a pair has the cells of the person who rules."""
    sheet = _sheet(book, screen_word("sheet_comparison", lang), lang, WIDTHS)
    sheet.freeze_panes = "C3"
    _heads(sheet, [screen_word(f"xl_{key}", lang) for key in SHEET])
    rows = comparison_rows(case, lang)
    top, grey = Alignment(vertical="top", wrap_text=True), PatternFill("solid", start_color="FFF8E1")
    before: list[str] = []
    for row in rows:
        cells = [text_cell(sheet, cell, alignment=top) for cell in row]
        if row[:3] != before[:3]:  # one ruling for a pair of item and entry
            cells += [text_cell(sheet, None, fill=grey) for _ in range(3)]
        sheet.append(cells)
        before = row
    choice = DataValidation(type="list", formula1=f'"{",".join(RULINGS)}"', allow_blank=True)
    letter = get_column_letter(JUDGE)
    choice.add(f"{letter}3:{letter}{len(rows) + 2}")
    sheet.data_validations.append(choice)


def comparison_rows(case: ScreenCase, lang: Lang) -> list[list[str]]:
    """Cells of the 項目別対比表 without those of the person who rules, pairs with a pointer first."""
    names = dict(zip(case.goods["item"], case.goods["name"], strict=True))
    order = case.pairs.assign(quiet=case.pairs["signals"].eq("")).sort_values("quiet", kind="stable")
    verdicts = {(row["item"], row["entry"]): row["verdict"] for row in order.to_dict("records")}
    held = {
        key: part.to_dict("records") for key, part in case.compared.groupby(["item", "entry"], sort=False)
    }
    rows = []
    for (item, entry), verdict in verdicts.items():
        about = case.entries[entry]
        for need in held.get(
            (item, entry), [{"spec": "", "need": "", "have": "", "state": "", "verified": ""}]
        ):
            rows.append(_requirement(item, names.get(item, ""), about, verdict, need, lang))  # noqa: PERF401 - two loops
    return rows


def _requirement(
    item: str, name: str, about: Mapping[str, str], verdict: str, need: Mapping[Any, Any], lang: Lang
) -> list[str]:
    known = bool(need["spec"])
    return [
        item, name, about["entry"], about[f"item_{lang}"], label(about["list"], lang, "screen_lists"),
        about[f"basis_{lang}"], about["start"], label(verdict, lang, "screen_verdicts"),
        spec_name(need["spec"], lang) if known else "", wanted_word(need["need"], lang), need["have"],
        label(need["state"], lang, "screen_states") if known else "", _read(need["verified"], lang),
        about["source"].replace("|", ", "), about["checked_on"],
    ]  # fmt: skip


def _read(verified: object, lang: Lang) -> str:
    if verified == "":
        return ""
    return screen_word("read_in_source" if verified else "not_read_in_source", lang)


def _table(book: Any, name: str, frame: pd.DataFrame, lang: Lang) -> None:
    """One declared table, headed by its labels; terms in words and keys of columns that have none."""
    known = {} if name == "sources" else {column.name: column for column in Schema.of(name).columns}
    columns = [known.get(str(key)) for key in frame.columns]
    heads = [column.label(lang) if column else str(key) for key, column in zip(frame, columns, strict=True)]
    sheet = _sheet(book, screen_word(f"sheet_{name}", lang), lang, [18] * len(heads))
    sheet.freeze_panes = "A3"
    _heads(sheet, heads)
    for row in frame.to_numpy(dtype=object):
        sheet.append(
            [text_cell(sheet, _value(cell, column, lang)) for cell, column in zip(row, columns, strict=True)]
        )


def _value(value: object, column: Column | None, lang: Lang) -> object:
    if missing(value):
        return None
    if column is not None and column.kind == "term":
        return word(value, column.choices[0], lang)
    if column is not None and column.kind in ("number", "share"):
        return float(str(value))
    if column is not None and column.kind in ("int", "year"):
        return int(str(value))
    return str(value)

"""The workbook: every table, assumption and source of an outcome, with both languages in the headings."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from meguri.base.files import write_atomically
from meguri.base.tables import Column, Schema
from meguri.base.terms import Lang, keys, remark
from meguri.base.zipped import timeless
from meguri.show.basis import Told, horizon_of, start_of
from meguri.show.phrases import answer, assumption_sentences
from meguri.show.report import chain_name, scenario_name
from meguri.show.spell import as_date, missing, say, word

TABLES = (
    "survival", "bottlenecks", "lost_output", "quality", "production", "price", "shadow", "flows_cut",
    "indirect_exports", "assumptions", "sobol", "notes", "sources",
)  # fmt: skip
WHERE_ASKED = ("sobol",)  # no sheet where the study was not asked for it
_FORMATS = {"share": "0%", "int": "0", "year": "0"}
_NUMBER_FORMATS = {"d": "#,##0", "t/a": "#,##0.0", "t": "#,##0.0", "USD/kg": "#,##0.0", "1": "0.00"}
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_000  # Excel holds 32,767 letters in a cell
_MOST_ROWS = 1_048_000


def workbook(outcome: Told, path: str | Path, lang: Lang = "en") -> Path:
    """Write the workbook; the same outcome gives the same bytes."""
    book = Workbook(write_only=True)
    _summary(book, outcome, lang)
    for name in TABLES:
        frame = outcome.sources() if name == "sources" else _frame(outcome, name)
        if name in WHERE_ASKED and frame.empty:
            continue
        add_sheet(book, name, frame, lang)
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(Path(path), timeless(buffer.getvalue()))
    return Path(path)


def _frame(outcome: Told, name: str) -> pd.DataFrame:
    frame = outcome.notes() if name == "notes" else outcome.table(name)
    return frame.head(_MOST_ROWS)


def safe_text(text: str) -> str:
    """Text without letters that a workbook cannot hold, cut to what a cell can hold.

    Examples
    --------
    >>> safe_text("a\\x00b")
    'ab'
    """
    clean: str = ILLEGAL_CHARACTERS_RE.sub("", text)
    return clean if len(clean) <= _LONGEST else clean[:_LONGEST] + "…"


def text_cell(sheet: Any, value: object, **style: Any) -> Any:
    """One cell; text is always text, and marked as such where a spreadsheet would read a formula."""
    empty = missing(value)
    text = safe_text(value) if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, value=None if empty else text)
    for name, setting in style.items():
        setattr(cell, name, setting)
    if isinstance(text, str) and not empty:
        cell.data_type = "s"
        if text.startswith(_RISKY):
            cell.quotePrefix = True
    return cell


def _value(value: object, column: Column | None, lang: Lang) -> object:
    if missing(value):
        return None
    if column is None:
        return value if isinstance(value, int | float) else str(value)
    if column.kind in ("number", "share"):
        return float(str(value))
    if column.kind in ("int", "year"):
        return int(str(value))
    if column.kind == "date" and len(str(value)) >= 10:
        return as_date(value)
    if column.kind == "term":
        return word(value, column.choices[0], lang)
    if column.kind == "choice":
        key = f"{column.name}.{value}"
        return say(key, lang) if key in keys("phrases") else str(value)
    return remark(str(value), lang) if column.name == "note" else str(value)


def _format(column: Column | None) -> str:
    if column is None:
        return "General"
    if column.kind == "date":
        return "yyyy-mm-dd"
    return _FORMATS.get(column.kind) or (
        _NUMBER_FORMATS.get(column.unit, "General") if column.kind == "number" else "General"
    )


def add_sheet(book: Any, name: str, frame: pd.DataFrame, lang: Lang, called: str = "") -> None:
    """One declared table as a sheet, headed in both languages; ``called`` names the sheet."""
    declared = {} if name == "sources" else {c.name: c for c in Schema.of(name).columns}
    columns = [declared.get(str(column)) for column in frame.columns]
    title = f"sheet_{name}"
    sheet = book.create_sheet(called or (say(title, lang) if title in keys("phrases") else name))
    texts = [_heads(str(key), column, lang) for key, column in zip(frame.columns, columns, strict=True)]
    for place, (first, second) in enumerate(texts, start=1):
        longest = frame.iloc[:200, place - 1].map(lambda cell: _width(str(cell))).max() if len(frame) else 0
        width = min(60, max(10, _width(first) + 2, _width(second) + 2, int(longest) + 2))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = _freeze(name)
    sheet.auto_filter.ref = f"A2:{get_column_letter(max(len(texts), 1))}{len(frame) + 2}"
    sheet.append([text_cell(sheet, first, **_head_style(bold=True)) for first, _ in texts])
    sheet.append([text_cell(sheet, second, **_head_style(bold=False)) for _, second in texts])
    formats = [_format(column) for column in columns]
    wrap = Alignment(vertical="top", wrap_text=name in ("notes", "sources"))
    for row in frame.to_numpy(dtype=object):
        sheet.append(
            [
                text_cell(sheet, _value(cell, column, lang), number_format=shown, alignment=wrap)
                for cell, column, shown in zip(row, columns, formats, strict=True)
            ]
        )


def _freeze(name: str) -> str:
    return "C3" if name == "survival" else "B3" if name in ("production", "assumptions") else "A3"


def _heads(key: str, column: Column | None, lang: Lang) -> tuple[str, str]:
    """Heading in the reader's language, and in the other one below it."""
    other: Lang = "en" if lang == "ja" else "ja"
    if column is not None:
        return column.label(lang), column.label(other)
    try:
        return say(f"source_col.{key}", lang), say(f"source_col.{key}", other)
    except KeyError:
        return key, key


def _head_style(*, bold: bool) -> dict[str, Any]:
    line = Side(style="thin", color="22262B")
    return {
        "font": Font(bold=bold, color="22262B" if bold else "6A7178", size=11 if bold else 9),
        "fill": PatternFill("solid", start_color="F1F3F5"),
        "alignment": Alignment(vertical="top", wrap_text=True),
        "border": Border() if bold else Border(bottom=line),
    }


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _summary(book: Any, outcome: Told, lang: Lang) -> None:
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 110
    sheet.freeze_panes = "A2"
    manifest, start = outcome.manifest, as_date(start_of(outcome))
    top = [text_cell(sheet, say("report_kicker", lang), font=Font(bold=True, size=14))]
    sheet.append(top)
    facts: list[tuple[str, object]] = [
        (say("summary_scenario", lang), scenario_name(manifest, lang)),
        (say("summary_chain", lang), chain_name(manifest, lang)),
        (say("summary_start", lang), start),
        (say("summary_end", lang), start + dt.timedelta(days=round(horizon_of(outcome)))),
        (say("again_runs", lang), int(manifest["runs"])),
        (say("again_seed", lang), int(manifest["seed"])),
        (say("again_hash", lang), str(manifest["hash"])),
    ]
    facts += [(say("summary_answer", lang) if not i else "", s) for i, s in enumerate(answer(outcome, lang))]
    told = assumption_sentences(outcome.table("assumptions"), lang)
    facts += [(say("sec_top", lang) if not i else "", sentence) for i, sentence in enumerate(told)]
    facts.append(("", say("disclaimer", lang)))
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    for name, value in facts:
        shown = "yyyy-mm-dd" if isinstance(value, dt.date) else "General"
        name_cell = text_cell(sheet, name, font=Font(bold=True), alignment=wrap)
        sheet.append([name_cell, text_cell(sheet, value, alignment=wrap, number_format=shown)])

"""The workbook about cards: what the page says, then a readable sheet for every table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.base.zipped import timeless
from meguri.show.excel import add_sheet, text_cell
from meguri.show.leverage import Levered, leverage_sources
from meguri.show.leverage_said import heading, home_sentences, lead, sentences
from meguri.show.leverage_words import lever_word
from meguri.show.spell import say, word

SHEETS = (
    "leverage_summary", "leverage_path", "leverage_cards", "leverage_rules", "leverage_costs",
    "leverage_rebounds", "leverage_attributes", "leverage_observations", "leverage_items", "leverage_notes",
)  # fmt: skip


def write_leverage_excel(answer: Levered, path: str | Path, lang: Lang = "en") -> Path:
    """Write the workbook; the same answer gives the same bytes.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    book = Workbook(write_only=True)
    _summary(book, answer, lang)
    others = [name for name in answer.tables if name not in SHEETS]
    for name in (*SHEETS, *others):
        frame = answer.tables.get(name)
        if frame is not None and len(frame):
            add_sheet(book, name, frame, lang)
    add_sheet(book, "sources", leverage_sources(answer.tables), lang)
    raw = io.BytesIO()
    book.save(raw)
    write_atomically(Path(path), timeless(raw.getvalue()))
    return Path(path)


def _summary(book: Any, answer: Levered, lang: Lang) -> None:
    """First sheet: the card, every sentence, and how it was made."""
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    sheet.append([text_cell(sheet, heading(answer.tables, lang), font=Font(bold=True, size=14))])
    tables = answer.tables
    told = [lead(tables, lang), *home_sentences(tables, lang), *sentences(tables, lang)]
    facts: list[tuple[str, object]] = [
        (say("summary_answer", lang) if not place else "", text) for place, text in enumerate(told)
    ]
    facts += [
        (word(f"about.{key}", "leverage_words", lang).removeprefix("about."), str(value))
        for key, value in answer.about.items()
    ]
    facts.append(("", lever_word("end", lang)))
    for name, value in facts:
        head = text_cell(sheet, name, font=Font(bold=True), alignment=wrap)
        sheet.append([head, text_cell(sheet, value, alignment=wrap)])

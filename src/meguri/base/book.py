"""What every workbook to be filled in has: a sheet that explains it, and bytes that hold no clock time."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from meguri.base.files import write_atomically
from meguri.base.terms import LANGS, Lang, label
from meguri.base.zipped import STAMP, timeless


def explain_sheet(sheet: Any, topic: str, lines: int, lang: Lang) -> None:
    """What the sheets of a workbook are for, in both languages, the reader's first.

    Parameters
    ----------
    sheet : Worksheet
        Filled; its title becomes "readme" in both languages.
    topic : str
        Words ``TOPIC_title``, ``TOPIC_1`` … of ``data/terms/workbook.csv``.
    lines : int
        How many lines there are.
    lang : {"ja", "en"}
        The reader's language.
    """
    from openpyxl.styles import Alignment, Font

    sheet.title = f"{label('readme_sheet', 'ja', 'workbook')} {label('readme_sheet', 'en', 'workbook')}"
    row = 1
    for shown in (lang, *(other for other in LANGS if other != lang)):
        sheet.cell(row, 1, label(f"{topic}_title", shown, "workbook")).font = Font(bold=True, size=14)
        for line in range(1, lines + 1):
            cell = sheet.cell(row + line, 1, label(f"{topic}_{line}", shown, "workbook"))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        row += lines + 2
    sheet.column_dimensions["A"].width = 110


def save_book(book: Any, path: str | Path) -> Path:
    """Write a workbook; the same contents give the same bytes.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    book.properties.creator = "meguri"
    book.properties.created = datetime(*STAMP)
    raw = io.BytesIO()
    book.save(raw)
    write_atomically(Path(path), timeless(raw.getvalue()))
    return Path(path)

"""The workbook about cards: what the page says, then a readable sheet for every table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.base.files import write_atomically
from meguri.base.terms import Lang, keys
from meguri.base.zipped import timeless
from meguri.show.excel import add_sheet, text_cell
from meguri.show.leverage import Levered, leverage_sources, said_of
from meguri.show.leverage_said import heading, home_sentences, lead
from meguri.show.leverage_tables import Tables
from meguri.show.leverage_words import item_name, lever_word
from meguri.show.spell import say, word

WORDED = {  # column -> family of words
    "row": "row", "polarity": "polarity", "horizon": "horizon", "kind": "cost", "tier": "tier",
    "measure": "measure", "use": "use", "attribute": "attribute", "method": "method", "verdict": "verdict",
    "jump": "jump", "order": "order",
}  # fmt: skip
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
    if "leverage_summary" in answer.tables:
        _summary(book, answer, lang)
    others = [name for name in answer.tables if name not in SHEETS]
    for name in (*SHEETS, *others):
        frame = answer.tables.get(name)
        if frame is not None and len(frame):
            add_sheet(book, name, readable(frame, answer.tables, lang), lang)
    add_sheet(book, "sources", leverage_sources(answer.tables), lang)
    raw = io.BytesIO()
    book.save(raw)
    write_atomically(Path(path), timeless(raw.getvalue()))
    return Path(path)


def readable(frame: pd.DataFrame, tables: Tables, lang: Lang) -> pd.DataFrame:
    """A table with its keys in words, without the columns of the other language.

    Examples
    --------
    >>> cells = {"row": ["own_burden"], "agrees": [True], "note_en": ["a"], "note_ja": ["b"]}
    >>> readable(pd.DataFrame(cells), {}, "ja").iloc[0].tolist()
    ['国内サプライチェーンの負担', 'はい', 'b']
    """
    other = "_en" if lang == "ja" else "_ja"
    found = frame[[name for name in frame.columns if not str(name).endswith(other)]].copy()
    for name in found.columns:
        if name in WORDED:
            found[name] = [_spelled(cell, WORDED[name], lang) for cell in found[name]]
        elif name == "item":
            found[name] = [item_name(cell, lang, tables.get("leverage_items")) for cell in found[name]]
        elif pd.api.types.is_bool_dtype(found[name]):
            found[name] = [lever_word("yes" if cell else "no", lang) for cell in found[name]]
    return found


def _spelled(cell: object, prefix: str, lang: Lang) -> str:
    """A key in words; the key itself where a user's own stands."""
    key = f"{prefix}.{cell}"
    return lever_word(key, lang) if key in keys("leverage_words") else str(cell)


def _summary(book: Any, answer: Levered, lang: Lang) -> None:
    """First sheet: the card, every sentence, and how it was made."""
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    sheet.append([text_cell(sheet, heading(answer.tables, lang), font=Font(bold=True, size=14))])
    tables = answer.tables
    told = [lead(tables, lang), *home_sentences(tables, lang), *said_of(answer, lang)]
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

"""The workbook of a circulation answer: what it says, every table of it, every number it stands on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.base.zipped import timeless
from meguri.circulate.answer import CirculateAnswer
from meguri.circulate.pictured import picture_tables
from meguri.show.circulate import shown_names
from meguri.show.excel import add_sheet, text_cell
from meguri.show.spell import say

NAMED = (
    "stock",
    "plan",
    "state",
    "route",
    "best_route",
    "direct",
    "other",
    "from_state",
    "to_state",
    "about",
)


def write_circulation_excel(answer: CirculateAnswer, path: str | Path, lang: Lang = "en") -> Path:
    """Write the workbook; the same answer gives the same bytes.

    Parameters
    ----------
    answer : CirculateAnswer
        What :func:`meguri.circulate.answer.circulate_answer` found.
    path : str or Path
        An ``.xlsx`` file.
    lang : {"en", "ja"}
        Language of the words; headings are in both.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    book = Workbook(write_only=True)
    _answer(book, answer, lang)
    names = shown_names(answer, lang)
    for name, frame in {**answer.tables, **picture_tables(answer)}.items():
        if len(frame):
            add_sheet(book, name, _named(frame, names), lang)
    for name, frame in answer.case.tables.items():
        if len(frame):
            add_sheet(book, name, frame, lang)
    add_sheet(book, "sources", answer.sources, lang)
    raw = io.BytesIO()
    book.save(raw)
    write_atomically(Path(path), timeless(raw.getvalue()))
    return Path(path)


def _named(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Keys of stocks, plans, states and routes replaced by what they are called."""
    columns = [name for name in NAMED if name in frame]
    return frame.assign(**{name: [names.get(cell, cell) for cell in frame[name]] for name in columns})


def _answer(book: Any, answer: CirculateAnswer, lang: Lang) -> None:
    """First sheet: the case, how it was counted, and every sentence."""
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    sheet.append([text_cell(sheet, answer.case.label(lang), font=Font(bold=True, size=14))])
    facts: list[tuple[str, object]] = [
        (say("summary_metric", lang), label(answer.metric, lang, "burden_metrics")),
        (say("again_runs", lang), answer.runs),
        (say("again_seed", lang), answer.seed),
    ]
    facts += [
        (say("summary_answer", lang) if not place else "", text)
        for place, text in enumerate(answer.sentences[lang])
    ]
    facts.append(("", say("disclaimer", lang)))
    for name, value in facts:
        head = text_cell(sheet, name, font=Font(bold=True), alignment=wrap)
        sheet.append([head, text_cell(sheet, value, alignment=wrap)])

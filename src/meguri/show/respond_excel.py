"""The workbook of a response: what the memo says, every table of the answer, and the cell of each figure."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.base.files import write_atomically
from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.base.zipped import timeless
from meguri.respond.answer import RespondAnswer
from meguri.show.cited import plain_text
from meguri.show.excel import add_sheet, text_cell
from meguri.show.memo import Memo, Years, memo_of
from meguri.show.respond import evidence_rows, first_figures, scenario_words
from meguri.show.respond_words import answer_sentences, lead
from meguri.show.spell import say


def write_respond_excel(
    answer: RespondAnswer, path: str | Path, lang: Lang = "en", years: Years = "calendar"
) -> Path:
    """Write the workbook; the same answer gives the same bytes.

    Sheets stand in full and in the order of the answer, so that the cells that the memo names hold
    what the memo prints.

    Parameters
    ----------
    answer : RespondAnswer
        What :mod:`meguri.respond` found.
    path : str or Path
        An ``.xlsx`` file.
    lang : {"en", "ja"}
        Language of the words; headings are in both.
    years : {"calendar", "fiscal"}
        Years from January, or from April (年度).

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    memo = memo_of(answer, lang, years)
    book = Workbook(write_only=True)
    _answer(book, memo)
    for name, frame in memo.tables.items():
        add_sheet(book, memo.declared(name), frame.drop(columns="_row"), lang)
    add_sheet(book, "sources", answer.sources(), lang)
    add_sheet(book, "respond_evidence", _evidence(memo), lang)
    raw = io.BytesIO()
    book.save(raw)
    write_atomically(Path(path), timeless(raw.getvalue()))
    return Path(path)


def _evidence(memo: Memo) -> pd.DataFrame:
    """The list of evidence as the memo prints it."""
    numbers = {cited: place for place, cited in enumerate(first_figures(memo), start=1)}
    schema = Schema.of("respond_evidence")
    return schema.check(pd.DataFrame(evidence_rows(memo, numbers), columns=schema.names), "respond_evidence")


def _answer(book: Any, memo: Memo) -> None:
    """First sheet: the scenario and the sentences of the first screen."""
    lang = memo.lang
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    sheet.append([text_cell(sheet, say("memo_kicker", lang), font=Font(bold=True, size=14))])
    told = [plain_text(sentence) for sentence in (lead(memo), *answer_sentences(memo))]
    facts: list[tuple[str, object]] = [(say("summary_scenario", lang), scenario_words(memo.answer, lang))]
    facts += [(say("summary_answer", lang) if not place else "", text) for place, text in enumerate(told)]
    if memo.answer.manifest.get("made_up"):
        facts.append(("", say("memo_made_up", lang)))
    facts.append(("", say("disclaimer", lang)))
    for name, value in facts:
        head = text_cell(sheet, name, font=Font(bold=True), alignment=wrap)
        sheet.append([head, text_cell(sheet, value, alignment=wrap)])

"""The workbook of a classified trade file: what the page says, every table, every assumption of the map."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.base.zipped import timeless
from meguri.show.classify import Classed, class_sources
from meguri.show.classify_said import lead, sentences, unsaid
from meguri.show.classify_trades import main_trade
from meguri.show.classify_words import class_word, trade_words
from meguri.show.excel import add_sheet, text_cell
from meguri.show.spell import say, word


def write_classes_excel(answer: Classed, path: str | Path, lang: Lang = "en", variant: str = "PC4") -> Path:
    """Write the workbook; the same answer gives the same bytes.

    Parameters
    ----------
    answer : Classed
        Its tables become sheets; ``class_weights`` among them is the map as it was used: weight, range,
        confidence, reason, source and reviewer of every code found in the file.
    path : str or Path
        An ``.xlsx`` file.
    lang : {"en", "ja"}
        Language of the words; headings are in both.
    variant : {"PC4", "PC5"}
        Which classes count as process-control in the first sentence.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    book = Workbook(write_only=True)
    _answer(book, answer, variant, lang)
    for name, frame in answer.tables.items():
        if len(frame):
            add_sheet(book, name, frame, lang)
    add_sheet(book, "sources", class_sources(answer, lang), lang)
    raw = io.BytesIO()
    book.save(raw)
    write_atomically(Path(path), timeless(raw.getvalue()))
    return Path(path)


def _answer(book: Any, answer: Classed, variant: str, lang: Lang) -> None:
    """First sheet: the trade, every sentence, how it was counted, what cannot be said."""
    trade = main_trade(answer.tables["class_shares"])
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    sheet.append([text_cell(sheet, trade_words(trade, lang), font=Font(bold=True, size=14))])
    told = [lead(answer.tables, trade, variant, lang), *sentences(answer.tables, trade, variant, lang)]
    facts: list[tuple[str, object]] = [
        (say("summary_answer", lang) if not place else "", text) for place, text in enumerate(told)
    ]
    facts += [
        (word(f"about.{key}", "class_words", lang).removeprefix("about."), str(value))
        for key, value in answer.about.items()
    ]
    open_ = unsaid(answer.tables, trade, lang)
    facts += [(class_word("sec.unsaid", lang) if not place else "", text) for place, text in enumerate(open_)]
    facts.append(("", say("disclaimer", lang)))
    for name, value in facts:
        head = text_cell(sheet, name, font=Font(bold=True), alignment=wrap)
        sheet.append([head, text_cell(sheet, value, alignment=wrap)])

"""The workbook of a card: what the page says, every table behind it, and what this reader does not see."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.base.terms import Lang
from meguri.base.zipped import timeless
from meguri.show.excel import add_sheet, text_cell
from meguri.show.safetynet import Card
from meguri.show.safetynet_texts import texts_of
from meguri.show.safetynet_words import (
    definition_lines,
    gone_sentences,
    lead,
    lead_detail,
    licence_sentence,
    loss_sentences,
    net_word,
    people_sentence,
    period,
    unpaid_sentences,
)
from meguri.show.spell import say
from meguri.structure.safety_card import Net

SHEETS = (
    "kpi_values", "kpi_runs", "kpi_curve", "kpi_avoided", "card_people", "card_customers", "card_served",
    "card_gone", "card_unpaid", "unpaid_service", "service_offers", "tacit_items", "joblog_understood",
    "card_records",
)  # fmt: skip
ALWAYS = ("kpi_values",)
EMPTY = pd.DataFrame()


def card_workbook(card: Card) -> bytes:
    """The workbook; the same card gives the same bytes. No cell is a formula."""
    book = Workbook(write_only=True)
    _summary(book, card)
    for name in SHEETS:
        table = card.answer.tables.get(name, EMPTY)
        if len(table) or name in ALWAYS:
            add_sheet(book, name, table, card.lang)
    if len(card.withheld):
        add_sheet(book, "card_withheld", card.withheld, card.lang)
    return _bytes(book)


def net_workbook(net: Net, lang: Lang) -> bytes:
    """The tables of the net."""
    book = Workbook(write_only=True)
    for name, table in net.tables.items():
        add_sheet(book, name, table, lang)
    return _bytes(book)


def _bytes(book: Any) -> bytes:
    raw = io.BytesIO()
    book.save(raw)
    return timeless(raw.getvalue())


def _summary(book: Any, card: Card) -> None:
    """First sheet: the sentences of the page, and the drafts to paste."""
    lang, answer = card.lang, card.answer
    sheet = book.create_sheet(say("sheet_summary", lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    reader = net_word(f"for.{card.audience}", lang)
    sheet.append([text_cell(sheet, f"{net_word('kicker', lang)} ({reader})", font=Font(bold=True, size=14))])
    blocks = [
        (period(answer, lang), [lead(answer, lang), lead_detail(answer, lang)]),
        (net_word("sec_people", lang), [people_sentence(answer, lang)]),
        (net_word("sec_gone", lang), gone_sentences(answer, lang)),
        (net_word("sec_loss", lang), loss_sentences(answer, card.stated, lang)),
        (net_word("sec_unpaid", lang), unpaid_sentences(answer, lang)),
        (net_word("sec_withheld", lang), [net_word("withheld_names", lang), licence_sentence(answer, lang)]),
        (net_word("sec_how", lang), [*definition_lines(answer, lang), net_word("grade_line", lang)]),
        *texts_of(answer, card.audience, lang),
    ]
    if answer.facts["invented"]:
        blocks.insert(0, ("", [net_word("made_up", lang)]))
    for title, lines in blocks:
        for place, text in enumerate(lines):
            head = text_cell(sheet, title if place == 0 else "", font=Font(bold=True), alignment=wrap)
            sheet.append([head, text_cell(sheet, text, alignment=wrap)])

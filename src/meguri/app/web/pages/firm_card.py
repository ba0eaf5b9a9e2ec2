"""The card for one reader: what it says, what it leaves out, and the papers."""

from __future__ import annotations

from collections.abc import Mapping

from meguri.app.web.desk import Desk
from meguri.app.web.firm_opened import audience_of, card_answer
from meguri.app.web.firm_words import firm_word, papers_of, table_of
from meguri.app.web.pages.firm_kpis import figures_of, headlines, withheld_sections
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, Table, View
from meguri.base.terms import Lang
from meguri.show.figures.gone_ranges import gone_ranges
from meguri.show.safetynet import Card
from meguri.show.safetynet_texts import texts_of
from meguri.show.safetynet_words import (
    change_rows,
    definition_lines,
    gone_rows,
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
from meguri.structure.safety_masks import masked, withheld_table

PAPERS: Mapping[str, tuple[str, ...]] = {"card": ("html", "pdf", "docx", "xlsx")}
OWN: Mapping[str, tuple[str, ...]] = {
    "own_card": ("json",)
}  # handed to an association: counts and sums alone


def card_view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """What this reader will hold in hand, before it is written."""
    card = card_of(asked, desk, lang)
    shown = card.answer
    reader = net_word(f"for.{card.audience}", lang)
    charts = figures_of(card)
    said = [] if len(charts) == 2 else [firm_word("no_curve", lang)]
    sections = [
        Section("papers", firm_word("sec_card", lang, reader=reader), [firm_word("card_said", lang)]),
        Section("runs", net_word("sec_runs", lang), said, charts),
        _said("people", [people_sentence(shown, lang)], lang), _gone(card),
        _said("loss", loss_sentences(shown, card.stated, lang), lang),
        _said("unpaid", unpaid_sentences(shown, lang), lang),
        *_drafts(card), *withheld_sections(card.withheld, lang),
        _said("how", definition_lines(shown, lang), lang),
    ]  # fmt: skip
    return View(
        title=lead(shown, lang), lead=[reader, lead_detail(shown, lang), period(shown, lang)],
        headlines=headlines(card), sections=sections,
        notes=[net_word("withheld_names", lang), licence_sentence(shown, lang), net_word("grade_line", lang)],
        papers=papers_of({**PAPERS, **OWN} if card.audience == "internal" else PAPERS, lang),
    )  # fmt: skip


def card_of(asked: Asked, desk: Desk, lang: Lang) -> Card:
    """The card as this reader may see it."""
    full, audience = card_answer(asked, desk, lang), audience_of(asked)
    hidden = withheld_table(audience, full, lang)
    return Card(masked(full, audience), audience, hidden, bool(asked["without_care"]), lang)


def _said(key: str, texts: list[str], lang: Lang) -> Section:
    return Section(key, net_word(f"sec_{key}", lang), [text for text in texts if text])


def _gone(card: Card) -> Section:
    lang, answer = card.lang, card.answer
    said = [*gone_sentences(answer, lang), *gone_rows(answer, lang)]
    rows, served = change_rows(answer, lang), answer.table("card_served")
    tables = [table_of("web_firm_change", rows, net_word("gone_claim", lang))] if rows else []
    if len(served):
        tables.append(Table("card_served", net_word("gone_served", lang), served, "card_served", open=True))
    said.append(firm_word("gone_assumed", lang) if rows else net_word("gone_bare", lang))
    charts = [gone_ranges(answer.table("card_gone"), lang=lang)] if rows else []
    return Section("gone", net_word("sec_gone", lang), said, charts, tables)


def _drafts(card: Card) -> list[Section]:
    """Texts to paste, each under its heading."""
    found = texts_of(card.answer, card.audience, card.lang)
    intro = net_word("texts_intro", card.lang)
    return [
        Section(f"text{place}", head, [intro, *lines] if place == 1 else lines)
        for place, (head, lines) in enumerate(found, start=1)
    ]

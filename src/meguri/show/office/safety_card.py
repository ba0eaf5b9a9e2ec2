"""The card as a Word document: two pages that can be corrected by hand, and the drafts on a third."""

from __future__ import annotations

from typing import Any

from meguri.show.office.paper import WIDTH, Paper
from meguri.show.safetynet import (
    Card,
    people_cells,
    served_cells,
    shown_runs,
    tile_rows,
    unpaid_cells,
    withheld_lines,
)
from meguri.show.safetynet_texts import texts_of
from meguri.show.safetynet_words import (
    change_rows,
    definition_lines,
    figure_text,
    gone_rows,
    gone_sentences,
    lead,
    lead_detail,
    licence_sentence,
    loss_sentences,
    net_word,
    offer_rows,
    people_sentence,
    period,
    question_cells,
    unpaid_sentences,
)
from meguri.structure.safetynet_runs import RUN

SMALL = 8.5
MONTHS = 12  # of the run table


def card_document(card: Card) -> bytes:
    """The document; the same card gives the same bytes.

    Raises
    ------
    DataError
        When the extra ``report`` is not installed.
    """
    lang = card.lang
    paper = Paper(lang, title=net_word("title", lang))
    _first(paper, card)
    paper.turn()
    _second(paper, card)
    texts = texts_of(card.answer, card.audience, lang)
    if texts:
        paper.turn()
        paper.heading(net_word("sec_texts", lang), 1)
        paper.line(net_word("texts_intro", lang), size=SMALL, muted=True, after=4)
        for head, lines in texts:
            paper.heading(head, 2)
            _lines(paper, lines)
    return paper.content()


def _lines(paper: Paper, texts: list[str], **style: Any) -> None:
    for text in texts:
        paper.line(text, after=2, **style)


def _bullets(paper: Paper, texts: list[str], size: float = 9.0) -> None:
    for text in texts:
        paper.line(f"・{text}" if paper.lang == "ja" else f"• {text}", size=size, bullet=True, after=1)


def _first(paper: Paper, card: Card) -> None:
    lang, answer = card.lang, card.answer
    reader = net_word(f"for.{card.audience}", lang)
    paper.line(f"{net_word('kicker', lang)} — {reader}", size=SMALL, bold=True)
    paper.line(period(answer, lang), size=SMALL, muted=True, after=4)
    if answer.facts["invented"]:
        paper.line(net_word("made_up", lang), bold=True, after=4)
    paper.line(net_word("subtitle", lang), size=SMALL, muted=True)
    paper.line(lead(answer, lang), size=16, bold=True, after=3)
    paper.line(lead_detail(answer, lang), after=6)
    _tiles(paper, card)
    paper.heading(net_word("sec_runs", lang), 1)
    _runs(paper, card)
    paper.heading(net_word("sec_people", lang), 1)
    paper.line(people_sentence(answer, lang), bold=True, after=2)
    heads, rows = people_cells(card)
    if rows:
        _grid(paper, heads, rows)
        rule = "people_rule" if len(heads) > 3 else "people_rule_masked"
        paper.line(net_word(rule, lang), size=8, muted=True)
    paper.heading(net_word("sec_gone", lang), 1)
    said = gone_sentences(answer, lang)
    paper.line(said[0], bold=True, after=2)
    _bullets(paper, [*gone_rows(answer, lang), *said[1:]])
    heads, rows = served_cells(card)
    if rows:
        _grid(paper, heads, rows)
    changes = change_rows(answer, lang)
    if changes:
        paper.line(net_word("gone_claim", lang), after=2)
        heads = [net_word(key, lang) for key in ("head_figure", "head_change")]
        paper.grid(heads, changes, [WIDTH - 50.0, 50.0], right=(1,), size=SMALL)
    paper.line(net_word("gone_assumed" if changes else "gone_bare", lang), size=8, muted=True)


def _tiles(paper: Paper, card: Card) -> None:
    rows = tile_rows(card)
    table = paper.table([WIDTH / len(rows)] * len(rows), 3)
    for place, (name, value, below) in enumerate(rows):
        paper.fill(table.cell(0, place), name, size=SMALL, bold=True)
        paper.shade(table.cell(0, place))
        paper.fill(table.cell(1, place), value, size=16, bold=True)
        paper.fill(table.cell(2, place), below[0] if below else "", size=7.5, muted=True)
        for text in below[1:]:
            paper.line(text, table.cell(2, place), size=7.5, muted=True)


def _runs(paper: Paper, card: Card) -> None:
    """The run chart as a table: the last twelve months of two figures, and whether a level shifted."""
    lang, runs = card.lang, shown_runs(card.answer)
    months = sorted(set(runs["month"]))[-MONTHS:]
    if not months:
        paper.line(net_word("run_none", lang))
        return
    rows = []
    for kpi in (one for one in ("uptime", "recovery_median") if (runs["kpi"] == one).any()):
        values = runs[runs["kpi"] == kpi].set_index("month")["value"]
        cells = [figure_text(kpi, values.get(month), lang, unit=False).removesuffix("%") for month in months]
        unit = "%" if kpi == "uptime" else "h"
        rows.append([f"{net_word(f'tile.{kpi}', lang)} [{unit}]", *cells])
    first = 32.0
    each = (WIDTH - first) / len(months)
    heads = ["", *(month[2:].replace("-", "/") for month in months)]
    paper.grid(heads, rows, [first, *[each] * len(months)], right=range(1, len(heads)), size=7.5)
    shifted = bool(runs["signal"].any())
    n = runs["month"].nunique()
    short = net_word("run_title_short", lang, n=n)
    plain = net_word("run_title", lang, n=n)
    paper.line(net_word("run_shifted", lang) if shifted else short if n < RUN else plain, size=8, muted=True)


def _grid(paper: Paper, heads: list[str], rows: list[list[str]]) -> None:
    rest = 24.0
    widths = [WIDTH - rest * (len(heads) - 1), *[rest] * (len(heads) - 1)]
    paper.grid(heads, rows, widths, right=range(1, len(heads)), size=SMALL)


def _second(paper: Paper, card: Card) -> None:
    lang, answer = card.lang, card.answer
    paper.heading(net_word("sec_loss", lang), 1)
    said = loss_sentences(answer, card.stated, lang)
    paper.line(said[0], bold=True, after=2)
    _lines(paper, said[1:])
    paper.heading(net_word("sec_unpaid", lang), 1)
    said = unpaid_sentences(answer, lang)
    paper.line(said[0], bold=True, after=2)
    _lines(paper, said[1:])
    heads, rows = unpaid_cells(card)
    if rows:
        _grid(paper, heads, rows)
    paper.heading(net_word("sec_offers", lang), 1)
    heads = [net_word(key, lang) for key in ("head_offer", "offer_promise", "offer_price")]
    paper.grid(heads, offer_rows(answer, card.audience, lang), [62.0, 50.0, WIDTH - 112.0], size=SMALL)
    paper.line(net_word("offer_basis", lang), size=8, muted=True)
    heads, rows = question_cells(answer, lang)
    if rows:
        paper.heading(net_word("sec_questions", lang), 1)
        paper.grid(heads, rows, [WIDTH - 26.0, 26.0], right=(1,), size=SMALL)
    paper.heading(net_word("sec_withheld", lang), 1)
    lines = withheld_lines(card)
    paper.line(net_word("withheld_intro" if lines else "withheld_none", lang), after=2)
    _bullets(paper, lines, SMALL)
    _lines(paper, [net_word("withheld_names", lang), licence_sentence(answer, lang)], size=9)
    paper.heading(net_word("sec_how", lang), 1)
    _bullets(paper, [*definition_lines(answer, lang), net_word("grade_line", lang)], 8)

"""稟議書: one page for the seals, and an annex for whoever checks it; in English a memo for the board.

The order is that of the form: 件名・目的・結論・金額・効果・代替案・リスク・予算・年度・承認欄.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.respond.answer import RespondAnswer
from meguri.show.money import in_thousands
from meguri.show.office import brief
from meguri.show.office.annex import annexes
from meguri.show.office.extra import phrase
from meguri.show.office.fit import clipped
from meguri.show.office.form import DATES, Form
from meguri.show.office.paper import WIDTH, Paper
from meguri.show.office.quotes import NONE, Quotes, Row, chain_words, scenario_words
from meguri.show.spell import day, missing

HEAD = (("number", "date", "department", "drafter"), ("wanted", "account", "decided", "decision_number"))
LABEL = 24.0  # mm, width of the column of headings
MOST_OTHERS, MOST_RISKS, MOST_YEARS, MOST_NAMES, MOST_SCHEMES = 5, 4, 5, 5, 3  # what one page holds
BODY, SMALL = 9.5, 8.5  # points


def ringi(
    answer: RespondAnswer, plan: str, path: str | Path, lang: Lang = "en", form: Form | None = None
) -> Path:
    """Write the 稟議書 (in English: the memo for the board's approval) of one plan.

    Parameters
    ----------
    answer : RespondAnswer
        Its tables are quoted, nothing is computed anew.
    plan : str
        Key of the plan asked for.
    path : str or Path
        A ``.docx`` file.
    lang : {"en", "ja"}
        Language of the document.
    form : Form, optional
        What only the drafter knows, as :func:`meguri.show.office.form.read_form` reads it.

    Raises
    ------
    DataError
        When the answer has no such plan, the extra ``report`` is not installed, or the place cannot be
        written to.
    """
    given, q = form or Form(), Quotes.of(answer, lang, plan)
    row = q.chosen[0]
    title = given.title or phrase("subject_words", lang, scenario=scenario_words(answer, lang))
    paper = Paper(lang, title=title)
    paper.heading(phrase("ringi_title", lang), 0)
    _head(paper, given, lang)
    _body(paper, q, row, title)
    _seals(paper, given, lang)
    annexes(paper, q)
    write_atomically(Path(path), paper.content())
    return Path(path)


def _head(paper: Paper, form: Form, lang: Lang) -> None:
    """What the drafter says, and what is filled in when it is decided: given, or blank for the pen."""
    width = WIDTH / 8
    table = paper.table([width * 0.8, width * 1.2] * 4, len(HEAD))
    for row, keys in zip(table.rows, HEAD, strict=True):
        cells = iter(row.cells)
        for key in keys:
            head, cell = next(cells), next(cells)
            text = str(getattr(form, key, ""))
            paper.fill(head, phrase(f"ringi_{key}", lang), size=8, bold=True)
            paper.shade(head)
            paper.fill(cell, day(text, lang) if key in DATES and text else text, size=8.5)
    paper.line("", size=4)


def _body(paper: Paper, q: Quotes, plan: Row, title: str) -> None:
    parts: dict[str, Callable[[Any], None]] = {
        "subject": lambda cell: paper.fill(cell, clipped(title, 90), bold=True),
        "purpose": lambda cell: _lines(paper, cell, _purpose(q)),
        "decision": lambda cell: _lines(paper, cell, _decision(q, plan)),
        "amount": lambda cell: _lines(paper, cell, _amount(q, plan)),
        "effect": lambda cell: _effect(paper, cell, q, plan),
        "alternatives": lambda cell: _alternatives(paper, cell, q, plan),
        "risks": lambda cell: _lines(paper, cell, _risks(q, plan)),
        "budget": lambda cell: _lines(paper, cell, _budget(q, plan)),
        "fiscal_head": lambda cell: _years(paper, cell, q, plan),
    }
    table = paper.table([LABEL, WIDTH - LABEL], len(parts))
    for row, (key, write) in zip(table.rows, parts.items(), strict=True):
        paper.fill(row.cells[0], phrase(key, q.lang), bold=True)
        paper.shade(row.cells[0])
        write(row.cells[1])


def _lines(paper: Paper, cell: Any, texts: list[str]) -> None:
    for place, text in enumerate(texts):
        if place:
            paper.line(text, cell, size=BODY)
        else:
            paper.fill(cell, text, size=BODY)


def _purpose(q: Quotes) -> list[str]:
    fill = {"scenario": scenario_words(q.answer, q.lang), "chain": chain_words(q.answer, q.lang)}
    said = [phrase("purpose_words", q.lang, **fill)]
    if (none := q.nothing()) is not None:
        found = {
            "days": q.days(none, "time_d"),
            "range": q.span(none, "time", q.days),
            "share": q.share(none, "share"),
        }
        said.append(phrase("purpose_none", q.lang, after=brief.after(q), **found) + brief.first_stop(q, none))
    return said


def _decision(q: Quotes, plan: Row) -> list[str]:
    n = len({row["measure"] for row in q.rows("plan_measures", plan=plan["plan"])})
    names = clipped(brief.measure_names(q, plan, MOST_NAMES), 170)
    said = [phrase("decision_words", q.lang, plan=plan.name(q.lang), n=n, names=names)]
    if plan["role"] != NONE and not missing(plan["ready_on"]):
        fill = {"decided": day(q.answer.decided, q.lang), "ready": q.date(plan, "ready_on")}
        said.append(phrase("decision_ready", q.lang, **fill))
    return said


def _amount(q: Quotes, plan: Row) -> list[str]:
    both, firm, state = brief.paid(plan)
    shown = {"both": (both, "cost"), "firm": (firm, "cost_firm"), "state": (state, "cost_state")}
    words = {key: q.cite(in_thousands(n, q.lang), [plan], column) for key, (n, column) in shown.items()}
    said = [
        phrase("amount_words", q.lang, **words),
        phrase("amount_usd", q.lang, usd=brief.dollars(q, plan), rate=brief.rate_words(q)),
    ]
    schemes = brief.scheme_lines(q, plan)
    kept = [clipped(text, 62) for text in schemes[:MOST_SCHEMES]]
    rest = [phrase("rest_in_annex", q.lang, n=len(schemes) - len(kept))] if len(schemes) > len(kept) else []
    return [*said, *kept, *rest, phrase("amount_public", q.lang)] if state else said


def _effect(paper: Paper, cell: Any, q: Quotes, plan: Row) -> None:
    heads = brief.axes_heads(q.lang)
    widths = [40.0, 18.0, 18.0, 22.0, 28.0, 24.0]
    paper.fill(cell, phrase("confirmed_line", q.lang, said=brief.confirmed_words(q, plan)), size=BODY)
    paper.grid(heads, brief.axes(q, plan), widths, right=(1, 2, 3, 4, 5), where=cell, size=SMALL)
    if stops := brief.first_stop(q, plan):
        paper.line(phrase("first_with", q.lang, said=stops.strip()), cell, size=SMALL)
    paper.line(phrase("axes_note", q.lang), cell, size=8, muted=True)


def _alternatives(paper: Paper, cell: Any, q: Quotes, plan: Row) -> None:
    rows = [brief.alternative(q, row) for row in brief.rivals(q, plan)[:MOST_OTHERS]]
    short = [[clipped(row[0], 26), *row[1:]] for row in rows]
    widths = [44.0, 24.0, 20.0, 17.0, 21.0, 24.0]
    paper.grid(brief.alternative_heads(q.lang), short, widths, right=(1, 2, 3), where=cell, size=SMALL)
    _drop_first(cell)
    rest = len(brief.others(q, plan)) - len(rows)
    paper.line(phrase("rest_in_annex", q.lang, n=rest) if rest else "", cell, size=8, muted=True)


def _risks(q: Quotes, plan: Row) -> list[str]:
    said = [] if missing(plan["confirmed"]) or plan["confirmed"] else [_unconfirmed(q, plan)]
    said += brief.risk_lines(q, plan) or [phrase("risk_none", q.lang)]
    kept = [clipped(text, 100) for text in said[:MOST_RISKS]]
    rest = len(said) - len(kept)
    return [*kept, phrase("rest_in_annex", q.lang, n=rest)] if rest else kept


def _unconfirmed(q: Quotes, plan: Row) -> str:
    return phrase(
        "risk_unconfirmed", q.lang, time=q.days(plan, "sim_time_d"), share=q.share(plan, "sim_share")
    )


def _budget(q: Quotes, plan: Row) -> list[str]:
    rows = [row for row in q.rows("plan_measures", plan=plan["plan"]) if not missing(row["running"])]
    upkeep = sum(float(row["running"]) for row in rows)
    said = [brief.budget_words(q, plan)]
    if upkeep:
        amount = q.cite(in_thousands(round(upkeep / 1e3), q.lang), rows, "running")
        said.append(phrase("running_words", q.lang, amount=amount))
    return said


def _years(paper: Paper, cell: Any, q: Quotes, plan: Row) -> None:
    """Fiscal years side by side: amount, firm, state, limit; thousands of yen that add up both ways."""
    years, total = brief.fiscal_years(q, plan, MOST_YEARS)
    heads = ["", *(year[0] for year in years), phrase("year_sum", q.lang)]
    rows = [
        [phrase(f"year_{key}", q.lang), *(f"{year[place]:,}" for year in years), f"{total[place - 1]:,}"]
        for place, key in ((1, "both"), (2, "firm"), (3, "state"))
    ]
    if any(year[4] != phrase("dash", q.lang) for year in years):
        rows.append([phrase("year_budget", q.lang), *(year[4] for year in years), ""])
    each = min(28.0, 122.0 / (len(years) + 1))
    paper.fill(cell, f"{phrase('year_unit', q.lang)}　{phrase('year_note', q.lang)}", size=8, muted=True)
    widths = [28.0, *[each] * (len(years) + 1)]
    paper.grid(heads, rows, widths, right=range(1, len(years) + 2), where=cell, size=SMALL)
    paper.line("", cell, size=2)


def _drop_first(cell: Any) -> None:
    """A cell that begins with a table needs no empty line above it."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _seals(paper: Paper, form: Form, lang: Lang) -> None:
    """Boxes to sign: a heading, room for a seal, a line for the date."""
    names = form.boxes(lang)
    paper.line("", size=4)
    table = paper.table([LABEL, *[(WIDTH - LABEL) / len(names)] * len(names)], 3)
    head = table.cell(0, 0).merge(table.cell(2, 0))
    paper.fill(head, phrase("approval", lang), bold=True)
    paper.shade(head)
    for cell, name in zip(table.rows[0].cells[1:], names, strict=True):
        paper.fill(cell, name, size=8.5, bold=True, align="center")
        paper.shade(cell)
    paper.tall(table.rows[1], 18.0)
    for cell in table.rows[2].cells[1:]:
        paper.fill(cell, phrase("approver_date", lang) + "　　/　　/", size=7.5, muted=True)

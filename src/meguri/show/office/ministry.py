"""The pack for a ministry: one page that shows the whole, 想定問答, sources, and the workbook behind them."""

from __future__ import annotations

from pathlib import Path

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.respond.answer import RespondAnswer
from meguri.show.office import brief
from meguri.show.office.deck import Deck
from meguri.show.office.extra import phrase
from meguri.show.office.paper import Paper
from meguri.show.office.picture import A4, picture
from meguri.show.office.questions import Question, questions
from meguri.show.office.quotes import Quotes, scenario_words
from meguri.show.office.slides import noted
from meguri.show.respond_excel import write_respond_excel

FILES = {
    "picture": "picture.pptx",
    "questions": "questions.docx",
    "sources": "sources.docx",
    "annex": "annex.xlsx",
}


def ministry_pack(
    answer: RespondAnswer, folder: str | Path, lang: Lang = "en", plan: str = ""
) -> dict[str, Path]:
    """Write the pack of an answer: a page that shows the whole, questions, sources, workbook.

    Parameters
    ----------
    answer : RespondAnswer
        Its tables are quoted, nothing is computed anew.
    folder : str or Path
        Made where it is missing; files of the pack in it are replaced.
    lang : {"en", "ja"}
        Language of the pack.
    plan : str, optional
        Plan the pack speaks for; without one, the plan of least regret on each axis, a page for each.

    Returns
    -------
    dict of str to Path
        ``picture``, ``questions``, ``sources`` and ``annex``.

    Raises
    ------
    DataError
        When the answer has no such plan, the extra ``report`` is not installed, or the place cannot be
        written to.
    """
    paths = {key: Path(folder) / name for key, name in FILES.items()}
    q = Quotes.of(answer, lang, plan)
    contents = {
        "picture": _picture(q),
        "questions": _questions(q),
        "sources": _sources(q),
    }
    for key, content in contents.items():
        write_atomically(paths[key], content)
    write_respond_excel(answer, paths["annex"], lang)
    return paths


def _title(q: Quotes) -> str:
    return phrase("subject_words", q.lang, scenario=scenario_words(q.answer, q.lang))


def _picture(q: Quotes) -> bytes:
    deck = Deck(q.lang, _title(q), A4)
    for row in q.chosen:
        noted(deck, q, lambda row=row: picture(deck, q, row))
    return deck.content()


def _questions(q: Quotes) -> bytes:
    paper = Paper(q.lang, title=phrase("pack_title", q.lang), size=10)
    paper.heading(phrase("pack_title", q.lang), 0)
    paper.line(_title(q), align="center", after=2)
    names = phrase("list", q.lang).join(row.name(q.lang) for row in q.chosen)
    paper.line(phrase("pack_plan", q.lang, plan=names), align="center", size=9, muted=True, after=6)
    for n, question in enumerate(questions(q), start=1):
        _asked(paper, q, n, question)
    return paper.content()


def _asked(paper: Paper, q: Quotes, n: int, question: Question) -> None:
    """A question with its answer, and the table of the numbers it stands on."""
    paper.heading(phrase("qa_number", q.lang, n=n, asked=question.asked))
    for place, text in enumerate(question.said):
        said = phrase("qa_answer", q.lang, said=text) if place == 0 else text
        line = paper.line(said, after=2)
        line.paragraph_format.keep_with_next = bool(question.evidence) or place + 1 < len(question.said)
    if question.evidence:
        heads = [phrase(f"qa_{key}", q.lang) for key in ("what", "value", "span", "grade", "where")]
        rows = [[one.what, one.value, one.span, one.grade, one.source] for one in question.evidence]
        paper.grid(heads, rows, [60.0, 22.0, 28.0, 14.0, 52.0], right=(1, 2), size=8)


def _sources(q: Quotes) -> bytes:
    paper = Paper(q.lang, title=phrase("pack_sources", q.lang))
    paper.heading(phrase("pack_sources", q.lang), 0)
    paper.line(_title(q), align="center", after=6)
    rows = brief.source_rows(q)
    if rows:
        paper.grid(brief.source_heads(q.lang), rows, [28.0, 34.0, 54.0, 20.0, 40.0], size=8)
    else:
        paper.line(phrase("source_none", q.lang))
    return paper.content()

"""The annex of a 稟議書: measures with dates, all plans, assumptions, doubts, sources, every cell quoted."""

from __future__ import annotations

from meguri.show.office import brief
from meguri.show.office.extra import phrase
from meguri.show.office.paper import Paper
from meguri.show.office.quotes import SINGLE, Quotes

MOST = 40  # assumptions in the annex; the workbook has all


def annexes(paper: Paper, q: Quotes) -> None:
    """Write every part of the annex from a new page on."""
    paper.turn()
    parts = (_measures, _others, _risks, _assumptions, _doubts, _sources, _cells)
    for n, part in enumerate(parts, start=1):
        part(paper, q, n)


def _head(paper: Paper, q: Quotes, n: int, what: str) -> None:
    paper.heading(phrase("annex", q.lang, n=n, what=phrase(what, q.lang)))


def _measures(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_measures")
    paper.line(phrase("year_unit", q.lang), size=8, muted=True)
    rows, heads = brief.measure_rows(q, q.chosen[0]), brief.measure_heads(q.lang)
    widths = [29.0, 14.0, 14.0, 14.0, 14.0, 16.5, 16.5, 16.5, 16.5, 11.0, 14.0]
    paper.grid(heads, rows, widths, right=(1, 2, 3, 4), size=6.5)
    if schemes := brief.scheme_lines(q, q.chosen[0], full=True):
        paper.line("", size=4)
        paper.line(phrase("schemes_head", q.lang), size=9, bold=True, after=2)
        _bullets(paper, schemes)


def _others(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_others")
    rows = [brief.alternative(q, row) for row in (q.chosen[0], *brief.others(q, q.chosen[0]))]
    widths = [62.0, 24.0, 22.0, 18.0, 24.0, 26.0]
    paper.grid(brief.alternative_heads(q.lang), rows, widths, right=(1, 2, 3), size=8)
    paper.line(phrase("axes_note", q.lang), size=8, muted=True, after=4)
    shown = [row for row in (q.chosen[0], *brief.others(q, q.chosen[0])) if row["role"] != SINGLE]
    if stops := brief.first_stops(q, shown):
        paper.grid(brief.first_heads(q.lang), stops, [58.0, 62.0, 22.0, 34.0], right=(2, 3), size=8)


def _risks(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_risks")
    _bullets(paper, brief.risk_lines(q, q.chosen[0]) or [phrase("risk_none", q.lang)])


def _assumptions(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_assumptions")
    rows = brief.assumption_rows(q, MOST)
    rest = len(q.rows("assumptions")) - len(rows)
    if rest:
        text = phrase("assumptions_first", q.lang, most=len(rows), n=rest)
        paper.line(text, size=8, muted=True, after=3)
    if rows:
        widths = [46.0, 16.0, 28.0, 14.0, 14.0, 22.0, 36.0]
        paper.grid(brief.assumption_heads(q.lang), rows, widths, right=(1, 2), size=7.5)
    else:
        paper.line(phrase("none_listed", q.lang))


def _doubts(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_doubts")
    _bullets(paper, brief.doubts(q) or [phrase("doubt_none", q.lang)])


def _sources(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_sources")
    rows = brief.source_rows(q)
    if rows:
        paper.grid(brief.source_heads(q.lang), rows, [28.0, 34.0, 54.0, 20.0, 40.0], size=7.5)
    else:
        paper.line(phrase("source_none", q.lang))


def _cells(paper: Paper, q: Quotes, n: int) -> None:
    _head(paper, q, n, "annex_cells")
    paper.line(phrase("annex_cells_note", q.lang), size=8, muted=True, after=3)
    rows = [[*one, *two] for one, two in _pairs(brief.cited_rows(q))]
    heads = [phrase("cells_shown", q.lang), phrase("cells_cell", q.lang)] * 2
    paper.grid(heads, rows, [26.0, 62.0] * 2, size=6.5)


def _pairs(rows: list[list[str]]) -> list[tuple[list[str], list[str]]]:
    """Two rows beside each other, first column of pairs downward."""
    half = -(-len(rows) // 2)
    left, right = rows[:half], [*rows[half:], *[["", ""]] * (2 * half - len(rows))]
    return list(zip(left, right, strict=True))


def _bullets(paper: Paper, texts: list[str]) -> None:
    for text in texts:
        paper.line(f"・{text}" if q_is_wide(text) else f"• {text}", size=9, bullet=True, after=2)


def q_is_wide(text: str) -> bool:
    """Whether a text is Japanese, so that its bullet is the Japanese one.

    Examples
    --------
    >>> q_is_wide("稟議"), q_is_wide("memo")
    (True, False)
    """
    return any(ord(letter) > 0x2E7F for letter in text)

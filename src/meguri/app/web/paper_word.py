"""A copy as a Word document: findings, figures as pictures or tables, tables, doubts, sources."""

from __future__ import annotations

import io

from meguri.app.web.paper_copy import Copy, filled, shares
from meguri.app.web.paper_picture import pictures
from meguri.app.web.view import Section, Table
from meguri.show.chart import Chart
from meguri.show.office.paper import WIDTH, Paper
from meguri.show.spell import missing, say

PRINTED = 40  # rows of a table; Excel has all
COLUMNS = 9
SMALL = 8.0


def as_docx(copy: Copy) -> bytes:
    """The document; figures are pictures where a Chromium is there to draw them, else tables.

    Raises
    ------
    DataError
        When the extra ``report`` is not installed.
    """
    view = copy.view
    paper = Paper(copy.lang, title=view.title)
    paper.line(copy.reader, size=9, bold=True, after=4)
    paper.heading(view.title, 0)
    for text in view.lead:
        paper.line(text, after=3)
    if view.headlines:
        rows = [[one.asks, one.value, one.hangs_on] for one in view.headlines]
        heads = [copy.said(f"head_{key}") for key in ("asked", "answer", "hangs")]
        paper.grid(heads, rows, [52.0, 62.0, WIDTH - 114.0])
    drawn = pictures([chart for section in view.sections for chart in section.charts], copy.lang)
    for section in view.sections:
        _section(paper, copy, section, drawn)
    if view.notes:
        paper.heading(say("sec_notes", copy.lang), 1)
        _bullets(paper, list(view.notes))
    _sources(paper, copy)
    paper.heading(copy.said("withheld"), 1)
    for text in copy.closing():
        paper.line(text, size=9, after=2)
    return paper.content()


def _bullets(paper: Paper, texts: list[str]) -> None:
    for text in texts:
        paper.line(f"・{text}" if paper.lang == "ja" else f"• {text}", size=9, bullet=True, after=2)


def _section(paper: Paper, copy: Copy, section: Section, drawn: dict[str, bytes]) -> None:
    tables = [one for one in section.tables if filled(one.frame)]
    if not (section.texts or section.charts or tables):
        return
    paper.heading(section.title, 1)
    for text in section.texts:
        paper.line(text, after=3)
    for chart in section.charts:
        _figure(paper, copy, chart, drawn.get(chart.key))
    for table in tables:
        if table.title != section.title:
            paper.heading(table.title, 2)
        if table.note:
            paper.line(table.note, size=SMALL, muted=True, after=2)
        _table(paper, copy, table)
        foot = copy.footer(table)
        paper.line(foot, size=7.5, muted=True, after=6)


def _figure(paper: Paper, copy: Copy, chart: Chart, picture: bytes | None) -> None:
    paper.heading(chart.title, 2)
    paper.line(chart.subtitle, size=SMALL, muted=True, after=3)
    if picture is not None:
        paper.document.add_picture(io.BytesIO(picture), width=paper.mm(WIDTH))
    elif len(chart.table):
        _table(paper, copy, Table(chart.key, chart.title, chart.table, chart.declared))
    paper.line(chart.footer, size=7.5, muted=True, after=6)


def _table(paper: Paper, copy: Copy, table: Table) -> None:
    """The first rows and columns, and a word on the rest."""
    cells = copy.cells(table)
    heads, rows = cells["heads"][:COLUMNS], [row[:COLUMNS] for row in cells["rows"][:PRINTED]]
    wide = shares(heads, rows, cells["right"])
    widths = [WIDTH * part / sum(wide) for part in wide]
    right = [n for n in range(len(heads)) if cells["right"][n]]
    paper.grid(heads, rows, widths, right=right, size=7.5)
    if len(rows) < cells["total"]:
        text = copy.said("printed", n=len(rows), m=f"{cells['total']:,}")
        paper.line(text, size=7.5, muted=True)
    if len(heads) < len(cells["heads"]):
        paper.line(copy.said("columns", n=len(heads), m=len(cells["heads"])), size=7.5, muted=True)


def _sources(paper: Paper, copy: Copy) -> None:
    sources = copy.view.sources
    if sources.empty:
        return
    paper.heading(say("sec_sources", copy.lang), 1)
    names = [name for name in ("source", "producer", "title", "published", "licence") if name in sources]
    rows = [
        ["—" if missing(row[name]) else str(row[name]) for name in names]
        for row in sources.to_dict("records")
    ]
    widths = [30.0, 34.0, 62.0, 20.0, WIDTH - 146.0][: len(names)]
    paper.grid([say(f"source_col.{name}", copy.lang) for name in names], rows, widths, size=7.5)

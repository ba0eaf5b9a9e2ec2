"""A copy as slides that can be edited: a finding on each, charts as charts, sources at the foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from meguri.app.web.paper_copy import Copy, filled, shares
from meguri.app.web.view import Section, Table
from meguri.show.chart import Chart
from meguri.show.office.deck import EDGE, HEIGHT, MUTED, SHADE, WIDTH, Box, Deck
from meguri.show.office.fit import clipped
from meguri.show.office.native import native
from meguri.show.spell import say

TOP, FOOT = 110.0, 58.0  # of the field between title and sources
FIELD: Box = (EDGE, TOP, WIDTH - 2 * EDGE, HEIGHT - TOP - FOOT)
BELOW: Box = (EDGE, HEIGHT - FOOT + 4, WIDTH - 2 * EDGE - 50, 40.0)
COLUMNS = 9  # of a table on a slide; Excel has all
PER_SLIDE = 7  # sentences on a slide
CELL = 70.0  # widths of letters that a cell may take


def as_pptx(copy: Copy) -> bytes:
    """A presentation of the copy; the same copy gives the same bytes.

    Raises
    ------
    DataError
        When the extra ``report`` is not installed.
    """
    deck = Deck(copy.lang, copy.view.title)
    _first(deck, copy)
    for section in copy.view.sections:
        only = section.texts[0] if len(section.texts) == 1 and section.tables and not section.charts else ""
        if section.texts and not only:  # one sentence about a table stands above it
            _texts(deck, section.title, section.texts)
        for chart in section.charts:
            _figure(deck, copy, chart)
        for table in section.tables:
            if filled(table.frame):
                _table(deck, copy, table if table.note else replace(table, note=only), section)
    if copy.view.notes:
        _texts(deck, say("sec_notes", copy.lang), copy.view.notes)
    _sources(deck, copy)
    _texts(deck, copy.said("withheld"), copy.closing())
    return deck.content()


def _first(deck: Deck, copy: Copy) -> None:
    """The finding, the answers at a glance, and on what it stands."""
    view = copy.view
    slide = deck.slide(view.title, copy.reader)
    shown = view.headlines[:6]
    wide = (FIELD[2] - 12 * (len(shown) - 1)) / max(len(shown), 1)
    for place, one in enumerate(shown):
        box = (EDGE + place * (wide + 12), TOP, wide, 130.0)
        deck.card(slide, [one.asks, one.value, one.hangs_on], box, SHADE, most=17, least=9)
    top = TOP + (146.0 if shown else 0.0)
    deck.text(slide, list(view.lead), (EDGE, top, FIELD[2], HEIGHT - top - FOOT), most=13, least=8)
    deck.notes(slide, [view.title, *view.lead])


def _texts(deck: Deck, title: str, texts: Sequence[str]) -> None:
    for place in range(0, len(texts), PER_SLIDE):
        slide = deck.slide(title)
        part = texts[place : place + PER_SLIDE]
        deck.text(slide, part, (EDGE, 92.0, FIELD[2], HEIGHT - 92.0 - 30.0), most=15, least=8)


def _figure(deck: Deck, copy: Copy, chart: Chart) -> None:
    """A figure as charts; of a kind that has none, its table."""
    slide = deck.slide(chart.title, clipped(chart.subtitle, 96))
    if not native(deck, slide, FIELD, chart):
        told = _grid(deck, slide, copy, Table(chart.key, chart.title, chart.table, chart.declared))
        _foot(deck, slide, f"{copy.said('as_table')} {told}{chart.footer}")
    else:
        _foot(deck, slide, chart.footer)
    deck.notes(slide, [chart.title, chart.subtitle, chart.footer])


def _table(deck: Deck, copy: Copy, table: Table, section: Section) -> None:
    title = table.title if table.title == section.title else f"{section.title}: {table.title}"
    slide = deck.slide(title, clipped(table.note, 96))
    told = _grid(deck, slide, copy, table)
    _foot(deck, slide, f"{told}{copy.footer(table)}")


def _grid(deck: Deck, slide: Any, copy: Copy, table: Table) -> str:
    """The table as far as there is room, and a word on what found none."""
    cells = copy.cells(table)
    heads, rows = cells["heads"][:COLUMNS], [row[:COLUMNS] for row in cells["rows"]]
    rows = [[clipped(cell, CELL) for cell in row] for row in rows[:40]]
    parts = shares(heads, rows, cells["right"])
    right = [n for n in range(len(heads)) if cells["right"][n]]
    shown = deck.table(slide, heads, rows, FIELD, parts, right=right)
    return "".join(_short(copy, shown, cells["total"], len(heads), len(cells["heads"])))


def _short(copy: Copy, rows: int, of_rows: int, columns: int, of_columns: int) -> Iterator[str]:
    gap = "" if copy.lang == "ja" else " "
    if rows < of_rows:
        yield copy.said("printed", n=f"{rows:,}", m=f"{of_rows:,}") + gap
    if columns < of_columns:
        yield copy.said("columns", n=columns, m=of_columns) + gap


def _foot(deck: Deck, slide: Any, text: str) -> None:
    if text:
        deck.text(slide, [text], BELOW, most=9, least=6, colour=MUTED)


def _sources(deck: Deck, copy: Copy) -> None:
    """Every source, as many slides as they take."""
    rows = copy.view.sources.to_dict("records")
    names = [
        name for name in ("source", "producer", "title", "published", "licence") if name in copy.view.sources
    ]
    while rows:
        slide = deck.slide(say("sec_sources", copy.lang))
        heads = [say(f"source_col.{name}", copy.lang) for name in names]
        cells = [[clipped(_text(row[name]), CELL) for name in names] for row in rows[:24]]
        shown = deck.table(slide, heads, cells, FIELD, [3.0, 4.0, 8.0, 2.0, 3.0][: len(names)], most=9.0)
        rows = rows[max(shown, 1) :]


def _text(value: object) -> str:
    return "—" if value is None or value != value or value == "" else str(value)

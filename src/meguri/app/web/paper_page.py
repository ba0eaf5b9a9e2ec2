"""A copy as one self-contained page, for the screen and, printed by Chromium, for paper."""

from __future__ import annotations

from html import escape

from meguri.app.web.paper_copy import Copy, filled
from meguri.app.web.view import Section, Table
from meguri.show.page import figure_html, page, table_html
from meguri.show.pdf import pdf_of
from meguri.show.spell import say
from meguri.show.tables import sources_table

PRINTED = 40  # rows of a table on paper; the screen has more, Excel has all
WIDE = 9  # columns beyond which a table turns its sheet of paper


def as_html(copy: Copy) -> bytes:
    """One page with every figure, table and source; nothing is fetched."""
    return _page(copy).encode("utf-8")


def as_pdf(copy: Copy) -> bytes:
    """The same on A4; a wide table turns its sheet.

    Raises
    ------
    DataError
        When no Chromium is found.
    """
    return pdf_of(_page(copy))


def _page(copy: Copy) -> str:
    body = _head(copy) + "".join(_section(copy, one) for one in copy.view.sections) + _foot(copy)
    return page(body, title=f"{copy.view.title} | meguri", lang=copy.lang, css="report paper")


def _head(copy: Copy) -> str:
    view = copy.view
    tiles = "".join(
        f"<div><dt>{escape(one.asks)}</dt><dd>{escape(one.value)}</dd>"
        f'<dd class="range">{escape(one.hangs_on)}</dd></div>\n'
        for one in view.headlines
    )
    lead = "".join(f'<p class="detail">{escape(text)}</p>\n' for text in view.lead)
    return (
        f'<header>\n<p class="kicker">{escape(copy.reader)}</p>\n<h1 class="lead">{escape(view.title)}</h1>\n'
        + lead
        + (f'<dl class="tiles">\n{tiles}</dl>\n' if tiles else "")
        + "</header>\n"
    )


def _section(copy: Copy, section: Section) -> str:
    texts = "".join(f"<p>{escape(text)}</p>\n" for text in section.texts)
    charts = "".join(figure_html(chart) for chart in section.charts)
    tables = "".join(_table(copy, one, section) for one in section.tables if filled(one.frame))
    if not texts + charts + tables:
        return ""
    # a heading goes with the wide table that follows it
    turned = ' class="wide"' if tables.startswith('<div class="wide">') and not texts + charts else ""
    return f"<section{turned}><h2>{escape(section.title)}</h2>\n{texts}{charts}{tables}</section>\n"


def _table(copy: Copy, table: Table, section: Section) -> str:
    """A table: its first rows on paper, more of them one click away on the screen."""
    cells = copy.cells(table)
    heads, right, rows, total = cells["heads"], cells["right"], cells["rows"], cells["total"]
    title = "" if table.title == section.title else f"<h3>{escape(table.title)}</h3>\n"
    note = f'<p class="quiet">{escape(table.note)}</p>\n' if table.note else ""
    html = table_html(heads, rows[:PRINTED], right)
    if len(rows) > PRINTED:
        rest = copy.said("rest", n=f"{len(rows) - PRINTED:,}")
        html += (
            f"<details><summary>{escape(rest)}</summary>{table_html(heads, rows[PRINTED:], right)}</details>"
        )
    if total > PRINTED:
        html += f'<p class="onpaper">{escape(copy.said("printed", n=PRINTED, m=f"{total:,}"))}</p>'
    if total > len(rows):
        html += f'<p class="quiet">{say("table_first", copy.lang, n=len(rows), m=f"{total:,}")}</p>'
    foot = copy.footer(table)
    html += f'<p class="sources">{escape(foot)}</p>\n' if foot else ""
    turned = ' class="wide"' if len(heads) > WIDE else ""
    return f"<div{turned}>{title}{note}{html}</div>\n"


def _foot(copy: Copy) -> str:
    """Doubts, sources, and what this reader does not see."""
    notes = "".join(f"<li>{escape(text)}</li>\n" for text in copy.view.notes)
    html = f'<section><h2>{say("sec_notes", copy.lang)}</h2>\n<ul class="notes">\n{notes}</ul></section>\n'
    html = html if notes else ""
    if len(copy.view.sources):
        table = sources_table(copy.view.sources, copy.lang)
        html += f'<section class="wide"><h2>{say("sec_sources", copy.lang)}</h2>\n{table}</section>\n'
    closing = "".join(f"<p>{escape(text)}</p>\n" for text in copy.closing())
    return html + f"<section><h2>{escape(copy.said('withheld'))}</h2>\n{closing}</section>\n"

"""A copy as a workbook, and as CSV files in an archive: one sheet or file for each table, and the sources."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from meguri.app.printing import as_csv
from meguri.app.web.paper_copy import Copy, behind, filled
from meguri.app.web.view import Table
from meguri.base.zipped import STAMP, timeless
from meguri.show.excel import add_sheet, text_cell
from meguri.show.spell import say

LONGEST = 31  # letters of the name of a sheet


def tables_of(copy: Copy) -> Iterator[Table]:
    """Every table of a copy that holds anything, in the order of the page."""
    for section in copy.view.sections:
        yield from (one for one in behind(section) if filled(one.frame))


def as_xlsx(copy: Copy) -> bytes:
    """The first sheet says what the page says; the others hold its tables; equal copies give equal bytes."""
    book = Workbook(write_only=True)
    tables = list(tables_of(copy))
    names = [sheet_name(f"{n} {one.title}") for n, one in enumerate(tables, start=1)]
    _first(book, copy, list(zip(names, tables, strict=True)))
    for name, one in zip(names, tables, strict=True):
        add_sheet(book, one.declared, one.frame, copy.lang, name)
    if len(copy.view.sources):
        add_sheet(book, "sources", copy.view.sources, copy.lang)
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer.getvalue())


def sheet_name(title: str) -> str:
    """A title as the name of a sheet may be.

    Examples
    --------
    >>> sheet_name("1 What: stops [days]?"), len(sheet_name("2 " + "x" * 50))
    ('1 What stops days', 31)
    """
    plain = re.sub(r"[\[\]:*?/\\']", " ", title)
    return re.sub(r"\s+", " ", plain)[:LONGEST].strip()


def _first(book: Workbook, copy: Copy, tables: list[tuple[str, Table]]) -> None:
    """What the page says, where each table stands, and what is withheld."""
    sheet = book.create_sheet(say("sheet_summary", copy.lang))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 110
    wrap = Alignment(vertical="top", wrap_text=True, horizontal="left")
    view = copy.view
    sheet.append([text_cell(sheet, copy.reader, font=Font(bold=True)), None])
    facts = [("", view.title), *(("", text) for text in view.lead)]
    facts += [(one.asks, f"{one.value}  {one.hangs_on}".strip()) for one in view.headlines]
    for section in view.sections:
        facts += [("" if n else section.title, text) for n, text in enumerate(section.texts)]
    facts += [(name, f"{one.title}{'  ' if one.note else ''}{one.note}") for name, one in tables]
    facts += [("" if n else say("sec_notes", copy.lang), text) for n, text in enumerate(view.notes)]
    facts += [("" if n else copy.said("withheld"), text) for n, text in enumerate(copy.closing())]
    for n, (name, text) in enumerate(facts):
        size = Font(bold=True, size=14) if n == 0 else Font()
        head = text_cell(sheet, name, font=Font(bold=True), alignment=wrap)
        sheet.append([head, text_cell(sheet, text, alignment=wrap, font=size)])


def as_zip(copy: Copy) -> bytes:
    """Every table as CSV (UTF-8 with mark), the sources, and a text of what is withheld."""
    files = {f"{n:02d}-{one.key}.csv": _csv(one.frame) for n, one in enumerate(tables_of(copy), start=1)}
    if len(copy.view.sources):
        files["sources.csv"] = _csv(copy.view.sources)
    lines = [copy.reader, copy.view.title, *copy.view.lead, "", *copy.closing()]
    files["README.txt"] = ("\n".join(lines) + "\n").encode("utf-8-sig")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, date_time=STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def _csv(frame: pd.DataFrame) -> bytes:
    return as_csv(frame).encode("utf-8-sig")

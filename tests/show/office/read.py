"""Reading office files back, and every way in which a cell of the answer may be printed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pptx

from meguri.respond.answer import SCHEMAS, RespondAnswer
from tests.respond.made_up import made_up_answer

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@cache
def answer() -> RespondAnswer:
    """The made-up answer, made once."""
    return made_up_answer()


@cache
def document(path: Path) -> Any:
    """A document read back, once."""
    return docx.Document(str(path))


def cell_texts(cell: Any) -> Iterator[str]:
    """Paragraphs of a cell and of the tables inside it, in reading order."""
    for block in cell.iter_inner_content():
        if hasattr(block, "rows"):
            yield from table_texts(block)
        else:
            yield block.text


def table_texts(table: Any) -> Iterator[str]:
    """Texts of a table row by row; a merged cell once."""
    for row in table.rows:
        seen: list[Any] = []
        for cell in row.cells:
            if cell._tc not in seen:
                seen.append(cell._tc)
                yield from cell_texts(cell)


@cache
def docx_texts(path: Path) -> list[str]:
    """Every text of a document in reading order."""
    found: list[str] = []
    for block in document(path).iter_inner_content():
        found += table_texts(block) if hasattr(block, "rows") else [block.text]
    return [text for text in found if text.strip()]


def shape_texts(shape: Any) -> Iterator[str]:
    """Texts of a shape: frame or table."""
    if shape.has_text_frame:
        yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
    if getattr(shape, "has_table", False) and shape.has_table:
        yield from (cell.text for row in shape.table.rows for cell in row.cells)


@cache
def pptx_texts(path: Path) -> list[str]:
    """Every text of a presentation, page numbers left out."""
    show = pptx.Presentation(str(path))
    found = [
        text for slide in show.slides for shape in slide.shapes for text in shape_texts(shape) if text.strip()
    ]
    numbers = {str(n) for n in range(1, len(show.slides) + 1)}
    return [text for text in found if text not in numbers]


@cache
def charts(path: Path) -> list[Any]:
    """Every native chart of a presentation, slide by slide."""
    show = pptx.Presentation(str(path))
    return [shape.chart for slide in show.slides for shape in slide.shapes if shape.has_chart]


def numbers_in(text: str) -> list[str]:
    """Numbers of a text as they are written."""
    return NUMBER.findall(text)


@cache
def printed(lang: str) -> frozenset[str]:
    """Numbers that any cell of the answer may be printed as: whole, in percent, in thousands, in dollars."""
    found: set[str] = set()
    for name in SCHEMAS:
        for cell in answer().table(name).to_numpy(dtype=object).ravel():
            found |= ways(cell)
    for cell in (answer().budget, answer().horizon_d, answer().rate.rate, *map(str, dates())):
        found |= ways(cell)
    return frozenset(found)


def dates() -> list[dt.date]:
    """Days that stand in the manifest."""
    return [answer().decided, answer().rate.date]


def ways(cell: Any) -> set[str]:
    """Numbers one cell may be printed as."""
    if isinstance(cell, str):
        return set(numbers_in(cell)) | {str(int(part)) for part in re.findall(r"\d+", cell)}
    if isinstance(cell, bool) or not isinstance(cell, int | float) or cell != cell:
        return set()
    size = abs(float(cell))
    scaled = (size, 100 * size, size / 1e3, size / 150.0 / 1e6, size / 150.0 / 1e4)
    found = {f"{value:,.{places}f}" for value in scaled for places in (0, 1, 2)} | {f"{size:.0f}"}
    return found | {f"{value:,.3g}" for value in scaled if value < 1e4} | {f"{size:,.0f}"}


def holds(shown: str, cell: Any) -> bool:
    """Whether the digits shown are those of the cell, in one of the units it may be printed in."""
    if isinstance(cell, dt.datetime):
        cell = cell.date().isoformat()
    if isinstance(cell, str):
        return [int(n) for n in re.findall(r"\d+", shown)][:1] != [] and str(int(cell[:4])) in shown
    size = abs(float(cell))
    if re.fullmatch(r"\d/\d", shown):
        return abs(float(Fraction(shown)) - size) < 1e-3
    number = float(numbers_in(shown)[0].replace(",", ""))
    scaled = [size * scale for scale in (1, 100, 1e-3, 1 / 150e6, 1 / 150e4)]
    return any(abs(number - value) <= 0.006 * value for value in scaled)

"""Slides written by python-pptx: texts that fit their boxes, tables, notes, and charts that stay editable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook

from meguri.base.terms import Lang
from meguri.base.zipped import timeless
from meguri.show.excel import safe_text
from meguri.show.office.extra import writer
from meguri.show.office.fit import LEADING, clipped, lines, size_for
from meguri.show.office.paper import FONTS

WIDTH, HEIGHT = 960.0, 540.0  # points, 16:9
EDGE = 36.0
INK, MUTED, RULE, SHADE, PAPER = "22262B", "6A7178", "DFE2E5", "EDEFF1", "FFFFFF"
TIME, SHARE = "1D305E", "2F7D5C"  # one hue for each axis, through all office documents
FIRM, STATE = "3D4A5C", "A9B4C4"
TITLE_ONLY = 5  # layout of the default template

Box = tuple[float, float, float, float]  # left, top, width, height in points


@dataclass(frozen=True)
class Series:
    """One series of a chart; without a colour it is there but not seen.

    ``form`` is the number format of its cells, where it differs from that of the chart; ``over`` says that
    its points mark others that stand there already.
    """

    name: str
    values: Sequence[float | None]
    colour: str = ""
    form: str = ""
    over: bool = False


class Deck:
    """A presentation that grows, slide by slide."""

    def __init__(self, lang: Lang, title: str, size: tuple[float, float] = (WIDTH, HEIGHT)) -> None:
        self.pptx = writer("pptx")
        self.pt = writer("pptx.util").Pt
        self.lang, self.latin, self.asian = lang, *FONTS[lang]
        self.show: Any = self.pptx.Presentation()
        self.show.slide_width, self.show.slide_height = (self.pt(side) for side in size)
        core = self.show.core_properties
        core.title, core.author, core.last_modified_by, core.language = safe_text(title)[:200], "", "", lang

    def slide(self, title: str, below: str = "") -> Any:
        """A slide under a title that says what it shows, with a quieter line below."""
        slide = self.show.slides.add_slide(self.show.slide_layouts[TITLE_ONLY])
        holder = slide.shapes.title
        box = (EDGE, 20.0, WIDTH - 2 * EDGE, 62.0)
        self._place(holder, box)
        self._write(holder.text_frame, [title], box, most=24, least=15, bold=True, middle=True)
        if below:
            self.text(slide, [below], (EDGE, 82.0, WIDTH - 2 * EDGE, 22.0), most=12, colour=MUTED)
        number = str(len(self.show.slides))
        self.text(slide, [number], (WIDTH - 70, HEIGHT - 26, 40, 18), most=9, colour=MUTED, right=True)
        return slide

    def _place(self, shape: Any, box: Box) -> None:
        shape.left, shape.top, shape.width, shape.height = (self.pt(part) for part in box)

    def text(self, slide: Any, texts: Sequence[str], box: Box, **style: Any) -> Any:
        """Paragraphs in a box, as large as fits between ``most`` and ``least`` points; the rest is cut."""
        shape = slide.shapes.add_textbox(*(self.pt(part) for part in box))
        self._write(shape.text_frame, texts, box, **style)
        return shape

    def card(self, slide: Any, texts: Sequence[str], box: Box, ground: str, **style: Any) -> Any:
        """Paragraphs in a filled box."""
        kind = writer("pptx.enum.shapes").MSO_SHAPE.RECTANGLE
        shape = slide.shapes.add_shape(kind, *(self.pt(part) for part in box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = self._rgb(ground)
        shape.line.fill.background()
        theme = shape._element.find(writer("pptx.oxml.ns").qn("p:style"))
        shape._element.remove(theme)  # its shadow and its letters
        self._write(shape.text_frame, texts, box, **style)
        return shape

    def _write(self, frame: Any, texts: Sequence[str], box: Box, **style: Any) -> None:
        inner = (box[2] - 10, box[3] - 6)
        most, least = style.get("most", 14), style.get("least", 9)
        size = size_for(texts, inner, most, min(most, least))
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = self.pt(5)
        frame.margin_top = frame.margin_bottom = self.pt(3)
        anchor = writer("pptx.enum.text").MSO_ANCHOR
        frame.vertical_anchor = anchor.MIDDLE if style.get("middle") else anchor.TOP
        for place, text in enumerate(_cut(texts, inner, size)):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            bold = bool(style.get("bold")) or (bool(style.get("head")) and place == 0)
            self._run(paragraph, text, size, style.get("colour", INK), bold=bold)
            align = writer("pptx.enum.text").PP_ALIGN
            paragraph.alignment = align.RIGHT if style.get("right") else align.LEFT
            if style.get("center"):
                paragraph.alignment = align.CENTER
            paragraph.space_after = self.pt(round(0.3 * size, 1))

    def _run(self, paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        run = paragraph.add_run()
        run.text = safe_text(text)
        run.font.size, run.font.bold = self.pt(size), bold
        run.font.color.rgb = self._rgb(colour)
        self._font(run.font)

    def _font(self, font: Any) -> None:
        """Both fonts: Latin letters, and those of East Asia, which the library has no name for."""
        font.name = self.latin
        properties, qn = font._rPr, writer("pptx.oxml.ns").qn
        for old in properties.findall(qn("a:ea")):
            properties.remove(old)
        asian = properties.makeelement(qn("a:ea"), {"typeface": self.asian})
        properties.find(qn("a:latin")).addnext(asian)

    def _rgb(self, colour: str) -> Any:
        return writer("pptx.dml.color").RGBColor.from_string(colour)

    def table(
        self,
        slide: Any,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        box: Box,
        parts: Sequence[float],
        *,
        right: Sequence[int] = (),
        most: float = 11.0,
    ) -> int:
        """A table in a box; columns share its width by ``parts``. Gives back how many rows found room."""
        widths = [box[2] * part / sum(parts) for part in parts]
        size, kept = _room([heads, *rows], widths, box[3], most)
        holder = slide.shapes.add_table(len(kept), len(heads), *(self.pt(part) for part in box))
        table = holder.table
        self._plain(holder)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self.pt(width)
        for place, (line, texts) in enumerate(zip(table.rows, kept, strict=True)):
            line.height = self.pt(_high(texts, widths, size))
            for spot, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
                self._cell(cell, text, size, head=place == 0, right=spot in right)
        return len(kept) - 1

    def _plain(self, holder: Any) -> None:
        """No banded colours: the heading row alone is shaded."""
        holder.table.horz_banding = False
        qn = writer("pptx.oxml.ns").qn
        style = holder._element.graphic.graphicData.tbl.find(qn("a:tblPr")).find(qn("a:tableStyleId"))
        style.text = "{5940675A-B579-460E-94D1-54222C63F5DA}"  # "No Style, Table Grid"

    def _cell(self, cell: Any, text: str, size: float, *, head: bool, right: bool) -> None:
        cell.margin_left = cell.margin_right = self.pt(4)
        cell.margin_top = cell.margin_bottom = self.pt(2)
        if head:
            cell.fill.solid()
            cell.fill.fore_color.rgb = self._rgb(SHADE)
        paragraph = cell.text_frame.paragraphs[0]
        self._run(paragraph, text, size, INK, bold=head)
        align = writer("pptx.enum.text").PP_ALIGN
        paragraph.alignment = align.RIGHT if right else align.LEFT

    def notes(self, slide: Any, texts: Sequence[str]) -> None:
        """What the speaker reads: where each number comes from."""
        slide.notes_slide.notes_text_frame.text = safe_text("\n".join(texts))

    def content(self) -> bytes:
        """The presentation as bytes; the same contents give the same bytes."""
        buffer = io.BytesIO()
        self.show.save(buffer)
        return timeless(buffer.getvalue())


def _cut(texts: Sequence[str], room: tuple[float, float], size: float) -> list[str]:
    """Paragraphs that find room at a size; the one at the edge is cut, those behind it left out."""
    left, kept = int(room[1] / (size * LEADING)) or 1, list[str]()
    for text in texts:
        need = lines(text, room[0], size)
        if left <= 0:
            break
        kept.append(text if need <= left else clipped(text, left * room[0] / size - 1))
        left -= need
    return kept


def _high(texts: Sequence[str], widths: Sequence[float], size: float) -> float:
    """Height of a row of a table."""
    most = max(lines(text, width - 9, size) for text, width in zip(texts, widths, strict=True))
    return most * size * LEADING + 4


def _room(
    rows: Sequence[Sequence[str]], widths: Sequence[float], height: float, most: float
) -> tuple[float, list[Sequence[str]]]:
    """Size at which a table fits a height, and its rows; at the smallest size the last ones are left out."""
    size = most
    while size > 8 and sum(_high(row, widths, size) for row in rows) > height:
        size -= 0.5
    kept, used = list[Sequence[str]](), 0.0
    for row in rows:
        used += _high(row, widths, size)
        if kept and used > height:
            break
        kept.append(row)
    return size, kept


def harmless(workbook: bytes) -> bytes:
    """The workbook inside a chart with every text marked as text, and without clock times.

    A name that begins with ``=`` would else stand in it as a formula.
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        if not any(b"<f" in parts.read(name) for name in parts.namelist() if "/worksheets/" in name):
            return timeless(workbook)
    book = load_workbook(io.BytesIO(workbook))
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if cell.data_type == "f":
            cell.data_type, cell.quotePrefix = "s", True
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer.getvalue())

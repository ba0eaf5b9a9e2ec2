"""A page of A4 written by python-docx: fonts that render Japanese, form tables, boxes and lists."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from meguri.base.terms import Lang
from meguri.base.zipped import timeless
from meguri.show.excel import safe_text
from meguri.show.office.extra import writer

FONTS = {"ja": ("Yu Gothic", "Yu Gothic"), "en": ("Arial", "Yu Gothic")}
MARGIN = 17.0  # mm
WIDTH = 210.0 - 2 * MARGIN
SHADE = "EDEFF1"
INK = "22262B"
MUTED = "6A7178"


class Paper:
    """A document that grows; every text is cleaned of letters a document cannot hold."""

    def __init__(self, lang: Lang, *, title: str, size: float = 9.5) -> None:
        docx = writer("docx")
        self.mm, self.pt = writer("docx.shared").Mm, writer("docx.shared").Pt
        self.lang, self.size = lang, size
        self.document: Any = docx.Document()
        self._page()
        self._styles(size)
        core = self.document.core_properties
        core.author, core.title, core.comments = "", safe_text(title)[:200], ""
        core.language = lang

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = self.mm(210), self.mm(297)
        section.left_margin = section.right_margin = self.mm(MARGIN)
        section.top_margin = section.bottom_margin = self.mm(13)
        section.footer_distance = section.header_distance = self.mm(7)

    def _styles(self, size: float) -> None:
        qn = writer("docx.oxml.ns").qn
        latin, asian = FONTS[self.lang]
        colour = writer("docx.shared").RGBColor.from_string(INK)
        for name, points in (("Normal", size), ("Title", 16), ("Heading 1", 12), ("Heading 2", 10.5)):
            style = self.document.styles[name]
            style.font.name, style.font.size, style.font.color.rgb = latin, self.pt(points), colour
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), asian)
            style.paragraph_format.space_after = self.pt(0)
            style.paragraph_format.line_spacing = 1.0
        for name, before in (("Title", 0), ("Heading 1", 12), ("Heading 2", 8)):
            shape = self.document.styles[name].paragraph_format
            shape.space_before, shape.space_after, shape.keep_with_next = self.pt(before), self.pt(4), True
        title = self.document.styles["Title"].element
        for border in title.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)

    def line(self, text: str, where: Any = None, **style: Any) -> Any:
        """A paragraph; ``where`` is a cell or the document.

        ``size``, ``bold``, ``muted``, ``align`` (left, center, right), ``after`` in points and ``bullet``.
        """
        holder = where or self.document
        # a cell that ends with a table already has the empty paragraph it must end with
        last = holder.paragraphs[-1] if where is not None else None
        paragraph = last if last is not None and _ends_with_table(last) else holder.add_paragraph()
        self.dress(paragraph, text, **style)
        return paragraph

    def dress(self, paragraph: Any, text: str, **style: Any) -> None:
        """Write a text into an empty paragraph."""
        run = paragraph.add_run(safe_text(text))
        if style.get("bold"):
            run.bold = True
        if "size" in style:
            run.font.size = self.pt(style["size"])
        if style.get("muted"):
            run.font.color.rgb = writer("docx.shared").RGBColor.from_string(MUTED)
        if style.get("align", "left") != "left":
            align = writer("docx.enum.text").WD_ALIGN_PARAGRAPH
            paragraph.alignment = getattr(align, style["align"].upper())
        if style.get("after"):
            paragraph.paragraph_format.space_after = self.pt(style["after"])
        if style.get("bullet"):
            paragraph.paragraph_format.left_indent = self.mm(3.5)
            paragraph.paragraph_format.first_line_indent = self.mm(-3.5)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading that the navigation of the program shows; level 0 is the title."""
        paragraph = self.document.add_heading(safe_text(text), level)
        if level == 0:
            paragraph.alignment = writer("docx.enum.text").WD_ALIGN_PARAGRAPH.CENTER

    def table(self, widths: Sequence[float], rows: int, where: Any = None) -> Any:
        """An empty table with ruled cells of given widths [mm]."""
        if where is None:
            table = self.document.add_table(rows, len(widths))
        else:
            table = where.add_table(rows, len(widths))
        table.style = self.document.styles["Table Grid"]
        table.autofit = False
        self._padding(table)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = self.mm(width)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self.mm(width)
        return table

    def _padding(self, table: Any) -> None:
        """Narrow margins in the cells of a table, so that narrow columns hold a word."""
        element, qn = writer("docx.oxml").OxmlElement, writer("docx.oxml.ns").qn
        margins = element("w:tblCellMar")
        for side, twips in (("top", 20), ("left", 68), ("bottom", 20), ("right", 68)):
            margin = element(f"w:{side}")
            margin.set(qn("w:w"), str(twips))
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.append(margins)

    def grid(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        right: Sequence[int] = (),
        where: Any = None,
        size: float = 0.0,
    ) -> Any:
        """A table of texts under shaded headings that repeat on every page."""
        small = size or self.size - 1
        table = self.table(widths, 1 + len(rows), where)
        for place, (cell, head) in enumerate(zip(table.rows[0].cells, heads, strict=True)):
            self.fill(cell, head, size=small, bold=True, align="right" if place in right else "left")
            self.shade(cell)
        for line, row in zip(list(table.rows)[1:], rows, strict=True):
            self._whole(line)
            for place, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
                self.fill(cell, text, size=small, align="right" if place in right else "left")
        self._repeat(table.rows[0])
        return table

    def fill(self, cell: Any, text: str, **style: Any) -> None:
        """Write into the first, empty paragraph of a cell."""
        self.dress(cell.paragraphs[0], text, **style)

    def shade(self, cell: Any) -> None:
        """Grey ground of a heading cell."""
        properties = cell._tc.get_or_add_tcPr()
        element = writer("docx.oxml").OxmlElement("w:shd")
        qn = writer("docx.oxml.ns").qn
        for key, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", SHADE)):
            element.set(qn(key), value)
        properties.append(element)

    def _whole(self, row: Any) -> None:
        """A row is not broken between two pages."""
        row._tr.get_or_add_trPr().append(writer("docx.oxml").OxmlElement("w:cantSplit"))

    def _repeat(self, row: Any) -> None:
        """A heading row stands again on every page the table reaches."""
        row._tr.get_or_add_trPr().append(writer("docx.oxml").OxmlElement("w:tblHeader"))

    def tall(self, row: Any, height: float) -> None:
        """At least so high a row [mm]."""
        row.height = self.mm(height)

    def turn(self) -> None:
        """Begin a new page."""
        self.document.add_page_break()

    def content(self) -> bytes:
        """The document as bytes; the same contents give the same bytes."""
        buffer = io.BytesIO()
        self.document.save(buffer)
        return timeless(buffer.getvalue())


def _ends_with_table(paragraph: Any) -> bool:
    """Whether a paragraph is the empty one that stands behind a table."""
    before = paragraph._p.getprevious()
    return not paragraph.runs and before is not None and before.tag.endswith("}tbl")

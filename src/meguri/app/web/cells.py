"""Correct single cells of a workbook and leave everything else in it as it is, byte for byte.

The sheet's own XML is cut open at the cell: formats, drop-downs, notes, pictures, charts and the kept values
of formulas stay, which no library that loads and saves a workbook would promise. What is written is a number
or a text, never a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape

from meguri.app.printing import harmless
from meguri.app.web import disk, door
from meguri.app.web.worker import Told
from meguri.base.errors import DataError, Problem
from meguri.base.sheets import column_letters, column_number

MOST_CELLS = 200  # corrected at once
LONGEST = 1000  # letters of one
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_TAG = re.compile(rb"""<[^<>"']*+(?:"[^"]*+"[^<>"']*+|'[^']*+'[^<>"']*+)*+>""")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")


@dataclass(frozen=True)
class Correction:
    """One cell and what it is to hold; "" empties it."""

    sheet: str
    cell: str
    value: str


@dataclass
class _Spot:
    """Where a cell stands in the bytes of a sheet: a part to be cut out and what comes in its place."""

    start: int
    end: int
    text: bytes


def correct_task(args: Mapping[str, Any], told: Told) -> str:
    """As a worker is asked: ``{"path": …, "out": …, "cells": [{"sheet", "cell", "value"}]}``."""
    told(0, 1)
    cells = [Correction(one["sheet"], one["cell"], one["value"]) for one in args["cells"]]
    correct(Path(args["path"]), Path(args["out"]), cells)
    return str(args["out"])


def correct(path: Path, out: Path, cells: Sequence[Correction]) -> None:
    """Write a file with some cells corrected.

    Parameters
    ----------
    path, out : Path
        The file as it is, and where the new one goes; .xlsx, or a table of text (sheet "" there).
    cells : sequence of Correction
        At most ``MOST_CELLS``.

    Raises
    ------
    DataError
        For a sheet that is not there, an address that is none, a cell that a formula fills, or a file whose
        cells cannot be corrected here.
    """
    _checked(cells, path.name)
    suffix = door.suffix_of(path.name)
    if suffix == ".xlsx":
        _correct_workbook(path, out, cells)
    elif suffix in (".csv", ".tsv", ".txt"):
        _correct_text(path, out, cells)
    else:
        raise DataError(Problem("web_cells_kind", path.name, suffix, path.name))


def plain_value(value: str) -> float | str:
    """What a corrected cell holds: a plain number, or the text as it stands.

    Examples
    --------
    >>> plain_value("0.4"), plain_value("-3"), plain_value("007"), plain_value("=1+1")
    (0.4, -3.0, '007', '=1+1')
    """
    return float(value) if _NUMBER.fullmatch(value.strip()) else value


def _checked(cells: Sequence[Correction], file: str) -> None:
    found = []
    if not 1 <= len(cells) <= MOST_CELLS:
        details = {"most": str(MOST_CELLS)}
        raise DataError(Problem("web_cells_many", file, str(len(cells)), file, details))
    for one in cells:
        address = _ADDRESS.fullmatch(one.cell)
        known = address and int(address[2]) <= LAST_ROW and column_number(address[1].upper()) <= LAST_COLUMN
        place = disk.printable(f"{one.sheet}!{one.cell}")
        if not known:
            found.append(Problem("web_cell_address", place, disk.printable(one.cell), file))
        if len(one.value) > LONGEST or any(not letter.isprintable() for letter in one.value):
            found.append(
                Problem("web_text", place, disk.printable(one.value, 40), file, {"most": str(LONGEST)})
            )
    if found:
        raise DataError(found, file)


def _correct_workbook(path: Path, out: Path, cells: Sequence[Correction]) -> None:
    name = path.name
    by_sheet: dict[str, dict[str, str]] = {}
    for one in cells:
        by_sheet.setdefault(one.sheet, {})[one.cell.upper()] = one.value
    with zipfile.ZipFile(path) as archive:
        parts = _sheet_parts(archive)
        details = {"names": ", ".join(parts)[:200]}
        missing = [Problem("web_no_sheet", name, disk.printable(sheet), name, details)
                   for sheet in by_sheet if sheet not in parts]  # fmt: skip
        if missing:
            raise DataError(missing, name)
        changed = {parts[sheet]: _patched(archive.read(parts[sheet]), values, f"{name}/{sheet}", name)
                   for sheet, values in by_sheet.items()}  # fmt: skip
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
            for item in archive.infolist():
                content = changed.get(item.filename)
                if content is None:
                    content = archive.read(item)
                if item.filename == "xl/workbook.xml":
                    content = _recalculated(content)
                written.writestr(item, content, compress_type=zipfile.ZIP_DEFLATED)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → member that holds it."""
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.rsplit("}", 1)[-1] == "sheet":
            relation = next((text for key, text in element.attrib.items() if key.endswith("}id")), "")
            link = target.get(relation, "")
            found[element.get("name", "")] = link.lstrip("/") if link.startswith("/") else f"xl/{link}"
    return found


def _recalculated(book: bytes) -> bytes:
    """Ask Excel to calculate anew when it opens the workbook: kept values of formulas may be old."""
    if b"fullCalcOnLoad" in book:
        return book
    return re.sub(rb"<((?:\w{1,9}:)?calcPr)\b", rb'<\1 fullCalcOnLoad="1"', book, count=1)


def _patched(sheet: bytes, values: Mapping[str, str], place: str, file: str) -> bytes:
    """The XML of a sheet with some cells written anew."""
    seen = _Sheet(sheet, values)
    for address in values:
        if address in seen.formulas:
            raise DataError(Problem("web_cell_formula", f"{place}!{address}", "=…", file))
    spots = list(seen.spots(values))
    for spot in sorted(spots, key=lambda one: (one.start, one.end), reverse=True):
        sheet = sheet[: spot.start] + spot.text + sheet[spot.end :]
    return sheet


class _Sheet:
    """One pass over a sheet: where its rows and the wanted cells begin and end, in bytes."""

    def __init__(self, content: bytes, wanted: Iterable[str]) -> None:
        self.content = content
        self.cells: dict[str, tuple[int, int, str]] = {}  # start, end, style
        self.formulas: set[str] = set()
        self.rows: dict[int, list[tuple[int, int]]] = {}  # wanted rows: column and start of their cells
        self.row_ends: dict[int, tuple[int, int]] = {}  # start of the row, where its content ends
        self.data = (0, 0)  # start of sheetData, where its content ends
        self.prefix = ""
        self._wanted = set(wanted)
        self._wanted_rows = {_row(one) for one in self._wanted}
        self._row = self._column = 0
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(content, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheetData":
            self.prefix = tag.removesuffix("sheetData")
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            address = attributes.get("r") or f"{column_letters(self._column + 1)}{self._row}"
            self._column = _column(address)
            attributes = attributes | {"r": address}
        elif name == "f" and self._open and self._open[-1][0] == "c":
            self.formulas.add(self._open[-1][1]["r"])
        self._open.append((name, attributes, self._parser.CurrentByteIndex))

    def _end(self, _: str) -> None:
        name, attributes, start = self._open.pop()
        if name == "c" and self._row in self._wanted_rows:
            self.rows.setdefault(self._row, []).append((self._column, start))
            if attributes["r"] in self._wanted:
                whole = self.content.index(b">", self._content_end(start)) + 1
                self.cells[attributes["r"]] = (start, whole, attributes.get("s", ""))
        elif name == "row":
            self.row_ends[self._row] = (start, self._content_end(start))
        elif name == "sheetData":
            self.data = (start, self._content_end(start))

    def _content_end(self, start: int) -> int:
        """Where the content of the element just ended ends: at its end tag, or at the /> of an empty one."""
        opening = _TAG.match(self.content, start)
        if opening is not None and opening[0].endswith(b"/>"):
            return opening.end() - 2
        return int(self._parser.CurrentByteIndex)

    def spots(self, values: Mapping[str, str]) -> Iterable[_Spot]:
        """What is to be cut out and put in, for every wanted cell."""
        added: dict[int, dict[str, str]] = {}
        for address, value in values.items():
            if address in self.cells:
                start, end, style = self.cells[address]
                yield _Spot(start, end, self._cell(address, value, style))
            else:
                added.setdefault(_row(address), {})[address] = value
        for row, cells in added.items():
            if row in self.row_ends:
                yield from self._into_row(row, cells)
        yield from self._new_rows({row: cells for row, cells in added.items() if row not in self.row_ends})

    def _into_row(self, row: int, added: Mapping[str, str]) -> Iterable[_Spot]:
        """Cells that a row lacks, each before the next that it has."""
        _, end = self.row_ends[row]
        groups: dict[int, list[str]] = {}
        for address in sorted(added, key=_column):
            after = [first for column, first in self.rows.get(row, ()) if column > _column(address)]
            groups.setdefault(min(after, default=end), []).append(address)
        for at, addresses in groups.items():
            text = b"".join(self._cell(one, added[one], "") for one in addresses)
            yield self._opened(end, text, "row") if at == end else _Spot(at, at, text)

    def _new_rows(self, rows: Mapping[int, Mapping[str, str]]) -> Iterable[_Spot]:
        """Rows that the sheet lacks, each before the next that it has."""
        _, end = self.data
        groups: dict[int, list[bytes]] = {}
        for row in sorted(rows):
            after = [first for number, (first, _) in self.row_ends.items() if number > row]
            cells = b"".join(self._cell(one, rows[row][one], "") for one in sorted(rows[row], key=_column))
            tag = f"{self.prefix}row".encode()
            written = b'<%s r="%d">%s</%s>' % (tag, row, cells, tag)
            groups.setdefault(min(after, default=end), []).append(written)
        for at, written_rows in groups.items():
            text = b"".join(written_rows)
            yield self._opened(end, text, "sheetData") if at == end else _Spot(at, at, text)

    def _opened(self, end: int, text: bytes, name: str) -> _Spot:
        """Text put before an end tag; an element written as <x/> is opened for it."""
        if self.content.startswith(b"/>", end):
            return _Spot(end, end + 2, b">" + text + f"</{self.prefix}{name}>".encode())
        return _Spot(end, end, text)

    def _cell(self, address: str, value: str, style: str) -> bytes:
        """A cell as XML: a number, a text within the cell itself, or nothing."""
        p, kept = self.prefix, f' s="{int(style)}"' if style.isdecimal() else ""
        plain = plain_value(value)
        if value == "":
            return f'<{p}c r="{address}"{kept}/>'.encode()
        if isinstance(plain, float):
            return f'<{p}c r="{address}"{kept}><{p}v>{value.strip()}</{p}v></{p}c>'.encode()
        text = f'<{p}is><{p}t xml:space="preserve">{escape(plain)}</{p}t></{p}is>'
        return f'<{p}c r="{address}"{kept} t="inlineStr">{text}</{p}c>'.encode()


def _row(address: str) -> int:
    return int(re.sub(r"[^0-9]", "", address))


def _column(address: str) -> int:
    return column_number(re.sub(r"[^A-Z]", "", address))


def _correct_text(path: Path, out: Path, cells: Sequence[Correction]) -> None:
    """Correct cells of a table of text; its encoding and delimiter stay."""
    raw = path.read_bytes()
    encoding = next((one for one in ("utf-8-sig", "cp932") if _decodes(raw, one)), "")
    if not encoding:
        raise DataError(Problem("file_not_text", path.name, raw[:8].hex(" "), path.name))
    text = raw.decode(encoding)
    try:
        delimiter = csv.Sniffer().sniff(text[:4096], delimiters=",\t;").delimiter
    except csv.Error:
        delimiter = ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    for one in cells:
        row, column = _row(one.cell) - 1, _column(one.cell.upper()) - 1
        if row >= len(rows) or column >= max(map(len, rows), default=0):
            raise DataError(Problem("web_cell_address", one.cell, one.cell, path.name))
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = harmless(one.value)
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    bom = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8" if encoding == "utf-8-sig" else encoding
    out.write_bytes(made.getvalue().encode(bom, "xmlcharrefreplace" if bom == "cp932" else "strict"))


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

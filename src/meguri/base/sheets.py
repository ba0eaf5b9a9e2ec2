"""A look into an Excel workbook before it is opened: how large it really is, and what to beware of.

A reader of workbooks lays every sheet out as a full rectangle. One stray cell in the last corner of
a sheet, or an archive that lies about its sizes, would take more memory than any machine has. So
the archive is streamed once, with a limit, and the rectangle is measured first.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from meguri.base.errors import DataError, Problem

MAX_UNPACKED = 256 << 20
MAX_LISTED = 50  # addresses kept of each kind
_CHUNK = 1 << 20
_OVERLAP = 1 << 14
# Every repeat is bounded: a hostile sheet must not make the search itself slow.
_CELL = re.compile(rb'<(?:\w{1,9}:)?c\s[^<>]{0,200}?\br="([A-Z]{1,4})([0-9]{1,9})"')
_ERROR = re.compile(rb'<(?:\w{1,9}:)?c\s[^<>]{0,200}?\br="([A-Z]{1,4}[0-9]{1,9})"[^<>]{0,200}?\bt="e"')
_FORMULA = re.compile(
    rb'<(?:\w{1,9}:)?c\s[^<>]{0,200}?\br="([A-Z]{1,4}[0-9]{1,9})"[^<>]{0,200}>\s{0,20}'
    rb"<(?:\w{1,9}:)?f\b(?:[^<>]{0,300}/>|[^<>]{0,300}>[^<]{0,9000}</(?:\w{1,9}:)?f>)\s{0,20}"
    rb"(?:<(?:\w{1,9}:)?v\s?/>|<(?:\w{1,9}:)?v>\s{0,20}</(?:\w{1,9}:)?v>)?\s{0,20}</(?:\w{1,9}:)?c>"
)
_MERGED = re.compile(
    rb'<(?:\w{1,9}:)?mergeCell\s[^<>]{0,200}?\bref="([A-Z]{1,4}[0-9]{1,9}:[A-Z]{1,4}[0-9]{1,9})"'
)


@dataclass
class Extent:
    """What one sheet holds: its last row and column, and cells a reader of values would not see."""

    height: int = 0
    width: int = 0
    uncalculated: set[str] = field(default_factory=set)  # formulas without a value
    errors: set[str] = field(default_factory=set)  # #REF! and its like
    merged: set[str] = field(default_factory=set)  # ranges
    hidden: bool = False  # from the reader of the workbook, who may not know that it is there


def column_number(letters: str) -> int:
    """Number of a column, counted from 1.

    Examples
    --------
    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Letters of a column counted from 1.

    Examples
    --------
    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def survey(content: bytes, name: str) -> dict[str, Extent]:
    """Extent of every sheet of a workbook, by sheet name.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        File named in messages.

    Raises
    ------
    DataError
        When the archive holds no Excel workbook or unpacks to more than the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            budget = _Budget(MAX_UNPACKED, name)
            paths = _sheet_paths(archive, budget)
            extents = {sheet: _extent(archive, path, budget) for sheet, path in paths.items()}
            for sheet in _hidden(archive, budget) & set(extents):
                extents[sheet].hidden = True
            for item in archive.infolist():  # shared strings and the rest count too
                if item.filename not in paths.values() and not item.is_dir():
                    for _ in _chunks(archive, item.filename, budget):
                        pass
    except DataError:
        raise
    # An archive is somebody else's bytes: zlib, zipfile and the XML parser each have their own errors.
    except Exception as error:
        raise DataError(Problem("not_a_workbook", name, type(error).__name__, name)) from None
    return extents


class _Budget:
    """Bytes that may still be unpacked; what an archive says of its own sizes is not believed."""

    def __init__(self, limit: int, name: str) -> None:
        self.limit, self.left, self.name = limit, limit, name

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            limit = f"{self.limit >> 20} MB"
            raise DataError(Problem("file_too_large", self.name, f"> {limit}", self.name, {"limit": limit}))


def _chunks(archive: zipfile.ZipFile, path: str, budget: _Budget) -> Iterator[bytes]:
    with archive.open(path) as file:
        while chunk := file.read(_CHUNK):
            budget.spend(len(chunk))
            yield chunk


def _sheet_paths(archive: zipfile.ZipFile, budget: _Budget) -> dict[str, str]:
    """Sheet name → member of the archive; raises KeyError when it is no .xlsx."""
    book = ElementTree.fromstring(b"".join(_chunks(archive, "xl/workbook.xml", budget)))
    links = ElementTree.fromstring(b"".join(_chunks(archive, "xl/_rels/workbook.xml.rels", budget)))
    target = {link.get("Id"): link.get("Target", "") for link in links}
    members = set(archive.namelist())
    paths: dict[str, str] = {}
    for element in book.iter():
        if element.tag.rsplit("}", 1)[-1] != "sheet":
            continue
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        link = target.get(relation, "")
        path = link.lstrip("/") if link.startswith("/") else f"xl/{link}"
        if path in members:
            paths[element.get("name", "")] = path
    return paths


def _hidden(archive: zipfile.ZipFile, budget: _Budget) -> set[str]:
    """Names of the sheets that a person opening the workbook does not see."""
    book = ElementTree.fromstring(b"".join(_chunks(archive, "xl/workbook.xml", budget)))
    sheets = [element for element in book.iter() if element.tag.rsplit("}", 1)[-1] == "sheet"]
    return {element.get("name", "") for element in sheets if element.get("state", "visible") != "visible"}


def _extent(archive: zipfile.ZipFile, path: str, budget: _Budget) -> Extent:
    extent = Extent()
    tail = b""
    for chunk in _chunks(archive, path, budget):
        text = tail + chunk
        for letters, row in _CELL.findall(text):
            extent.height = max(extent.height, int(row))
            extent.width = max(extent.width, column_number(letters.decode()))
        for pattern, kept in (
            (_FORMULA, extent.uncalculated),
            (_ERROR, extent.errors),
            (_MERGED, extent.merged),
        ):
            if len(kept) < MAX_LISTED:
                kept.update(found.decode() for found in pattern.findall(text)[:MAX_LISTED])
        tail = text[-_OVERLAP:]
    return extent

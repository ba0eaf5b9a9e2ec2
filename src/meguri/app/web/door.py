"""What may come in: a first look at name and first bytes, and a bounded look into archives and texts.

Nothing here trusts what a file says of itself: archives are streamed against a budget, lines are counted
before a table is laid out, and every refusal has a name. Thin; `inspect` is meant for a worker, as it may
take seconds.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from meguri.app.web import disk
from meguri.base.errors import DataError, Problem

SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt", ".yaml", ".yml", ".csv.gz", ".zip", ".parquet")
MOST_UNPACKED = 128 << 20  # bytes of all that a file unpacks to
MOST_STRINGS = 192 << 20  # bytes of text once every cell has its own
MOST_YAML = 1 << 20
MOST_LINE, MOST_LINES, MOST_COMMAS = 1 << 20, 1_000_000, 6_000_000
MOST_MEMBERS = 2_000
MEMORY = 2 << 30  # bytes a check may take on top of what its process has
HEAD = 4096
_PIECE = 1 << 20
_OVERLAP = 64
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, or a workbook behind a password
_MAGIC = {".xlsx": b"PK\x03\x04", ".zip": b"PK\x03\x04", ".csv.gz": b"\x1f\x8b", ".parquet": b"PAR1"}
_STRING_END = re.compile(rb"</(?:\w{1,9}:)?si>|<(?:\w{1,9}:)?si\s?/>")
_STRING_CELL = re.compile(
    rb'<(?:\w{1,9}:)?c\s[^<>]{0,200}?\bt="s"[^<>]{0,200}>\s{0,9}<(?:\w{1,9}:)?v>(\d{1,9})<'
)


def suffix_of(name: str) -> str:
    """The ending of a name that we know; "" for any other.

    Examples
    --------
    >>> suffix_of("a.b.CSV.GZ"), suffix_of("a.exe")
    ('.csv.gz', '')
    """
    lower = name.lower()
    return next((one for one in sorted(SUFFIXES, key=len, reverse=True) if lower.endswith(one)), "")


def knock(name: str, head: bytes, size: int) -> str:
    """The name under which a file may come in, judged by its name, first bytes and size.

    Raises
    ------
    DataError
        When the name may do harm, the file is empty, of no kind we read, or not what its name says.

    Examples
    --------
    >>> knock("部品.xlsx", b"PK\\x03\\x04", 900)
    '部品.xlsx'
    """
    kept = disk.checked_name(name, "file")
    suffix = suffix_of(kept)
    if size == 0:
        raise DataError(Problem("file_empty", kept, "0 B", kept))
    if head.startswith(_OLD_OFFICE):
        raise DataError(Problem("web_locked", kept, "", kept))
    if head.startswith(_PROGRAMS):
        raise DataError(Problem("web_program", kept, disk.printable(head[:4].hex(" ")), kept))
    if not suffix:
        key = "web_macro" if kept.lower().endswith((".xlsm", ".xltm", ".xlsb")) else "web_suffix"
        raise DataError(Problem(key, kept, Path(kept).suffix, kept, {"suffixes": ", ".join(SUFFIXES)}))
    magic = _MAGIC.get(suffix)
    if (magic and not head.startswith(magic)) or (magic is None and b"\0" in head):
        raise DataError(Problem("web_not_as_named", kept, head[:4].hex(" "), kept, {"suffix": suffix}))
    if suffix in (".yaml", ".yml") and size > MOST_YAML:
        limit = {"limit": f"{MOST_YAML >> 20} MB"}
        raise DataError(Problem("file_too_large", kept, f"{size:,} B", kept, limit))
    return kept


def inspect(path: Path) -> None:
    """Look into a file with bounded memory and time.

    Raises
    ------
    DataError
        When it is broken, holds what no such file should, or would take too much room once read.
    """
    suffix = suffix_of(path.name)
    try:
        if suffix == ".xlsx":
            _inspect_workbook(path)
        elif suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                _inspect_members(archive, path.name)
                for _ in _pieces_of_all(archive, path.name):
                    pass
                for table in (item for item in archive.infolist() if suffix_of(item.filename) == ".csv"):
                    with archive.open(table) as file:
                        _inspect_lines(_pieces(file), path.name)
        elif suffix == ".csv.gz":
            with gzip.open(path) as packed:
                _inspect_lines(_pieces(packed), path.name)
        elif suffix in (".csv", ".tsv", ".txt", ".yaml", ".yml"):
            with path.open("rb") as file:
                _inspect_lines(_pieces(file), path.name)
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, KeyError,
            ValueError, UnicodeError) as error:  # fmt: skip
        key = "not_a_workbook" if suffix == ".xlsx" else "web_broken_archive"
        raise DataError(Problem(key, path.name, type(error).__name__, path.name)) from None


def _inspect_workbook(path: Path) -> None:
    name = path.name
    with zipfile.ZipFile(path) as archive:
        _inspect_members(archive, name)
        members = {item.filename.lower() for item in archive.infolist()}
        if any("vbaproject" in item or item.endswith((".exe", ".dll", ".js", ".vbs")) for item in members):
            raise DataError(Problem("web_macro", name, "vbaProject.bin", name))
        tail, last = b"", ""
        for item, piece in _pieces_of_all(archive, name):
            if not item.endswith((".xml", ".rels", ".vml")):
                continue
            start = piece[:4]
            if item != last and (start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start):
                raise DataError(Problem("web_xml_entities", f"{name}/{item}", "UTF-16", name))
            text = piece if item != last else tail + piece
            found = re.search(rb"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE)
            if found:
                raise DataError(Problem("web_xml_entities", f"{name}/{item}", found[0].decode(), name))
            tail, last = piece[-_OVERLAP:], item
        _inspect_strings(archive, name)


def _inspect_members(archive: zipfile.ZipFile, name: str) -> None:
    """Members of an archive: not too many, none behind a password, none that leads elsewhere."""
    items = archive.infolist()
    if len(items) > MOST_MEMBERS:
        raise DataError(
            Problem("web_archive_members", name, f"{len(items):,}", name, {"most": f"{MOST_MEMBERS:,}"})
        )
    for item in items:
        if item.flag_bits & 1:
            raise DataError(Problem("web_locked", name, disk.printable(item.filename), name))
        parts = re.split(r"[/\\]", item.filename)
        if ".." in parts or item.filename.startswith(("/", "\\")) or ":" in parts[0]:
            raise DataError(Problem("web_archive_path", name, disk.printable(item.filename), name))


def _pieces(file: IO[bytes] | gzip.GzipFile | zipfile.ZipExtFile) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _pieces_of_all(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, bytes]]:
    """Every member of an archive piece by piece, as long as the budget lasts."""
    left = MOST_UNPACKED
    for item in archive.infolist():
        with archive.open(item) as file:
            for piece in _pieces(file):
                left -= len(piece)
                if left < 0:
                    raise _too_large(name, MOST_UNPACKED)
                yield item.filename, piece


def _too_large(name: str, limit: int) -> DataError:
    text = f"{limit >> 20} MB"
    return DataError(Problem("web_unpacks_large", name, f"> {text}", name, {"limit": text}))


def _inspect_strings(archive: zipfile.ZipFile, name: str) -> None:
    """A text kept once may stand in a million cells: count what it takes once every cell has its own."""
    shared = next((one for one in archive.namelist() if one.lower() == "xl/sharedstrings.xml"), None)
    if shared is None:
        return
    lengths, at = [], 0
    content = archive.read(shared)  # within the budget, as just measured
    for end in _STRING_END.finditer(content):
        lengths.append(end.end() - at)
        at = end.end()
    longest, total = max(lengths, default=0), 0
    for item in archive.namelist():
        if item.lower().startswith("xl/worksheets/") and item.endswith(".xml"):
            for cells in _string_cells(archive, item):
                if longest * len(cells) > _PIECE:
                    total += sum(lengths[int(one)] for one in cells if int(one) < len(lengths))
                else:
                    total += longest * len(cells)
                if total > MOST_STRINGS:
                    raise _too_large(name, MOST_STRINGS)


def _string_cells(archive: zipfile.ZipFile, item: str) -> Iterator[list[bytes]]:
    """Numbers of the shared texts that the cells of a sheet name, piece by piece; a cut cell counts once."""
    tail = b""
    with archive.open(item) as file:
        for piece in _pieces(file):
            text = tail + piece
            cut = text.rfind(b"<c ")
            keep = cut if cut >= 0 and len(text) - cut < _PIECE else len(text)
            yield _STRING_CELL.findall(text[:keep])
            tail = text[keep:]
    yield _STRING_CELL.findall(tail)


def _inspect_lines(pieces: Iterable[bytes], name: str) -> None:
    """A text: no line without end, not too many of them, not too many cells, nothing that is no text."""
    size = lines = commas = run = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_UNPACKED:
            raise _too_large(name, MOST_UNPACKED)
        if b"\0" in piece:
            raise DataError(Problem("file_not_text", name, "00", name))
        ends = piece.replace(b"\r", b"\n").split(b"\n")
        lines += len(ends) - 1
        longest = (
            max(run + len(ends[0]), *(len(one) for one in ends[1:]), 0)
            if len(ends) > 1
            else run + len(ends[0])
        )
        run = len(ends[-1]) if len(ends) > 1 else longest
        if longest > MOST_LINE:
            details = {"limit": f"{MOST_LINE >> 20} MB"}
            raise DataError(
                Problem("web_long_line", f"{name}:{lines + 1}", f"> {details['limit']}", name, details)
            )
        commas += piece.count(b",") + piece.count(b"\t") + piece.count(b";")
        if lines > MOST_LINES or commas > MOST_COMMAS:
            found = f"{max(lines, commas):,}"
            raise DataError(Problem("too_many_rows", name, found, name, {"limit": f"{MOST_LINES:,}"}))


@contextlib.contextmanager
def bounded(extra: int = MEMORY) -> Iterator[None]:
    """Let the process take only so many more bytes inside, where the system can be asked to watch."""
    try:
        import resource  # not on every system

        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = held + extra if hard == resource.RLIM_INFINITY else min(held + extra, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

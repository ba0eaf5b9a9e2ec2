"""Files that somebody who means harm could upload, made small here and large on unpacking."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MEGABYTE = 1 << 14  # of the fast tests, whose door is as much smaller; the slow ones make it whole
LAST = 1_048_576  # row of a sheet
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@cache
def _parts() -> dict[str, bytes]:
    made = io.BytesIO()
    book = Workbook()
    book.active.title = "parts"
    book.active.append(["part", "supplier", "amount"])
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(changes: dict[str, bytes | Callable[[], bytes]]) -> bytes:
    """A workbook with some of its members replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (_parts() | changes).items():
            archive.writestr(name, content() if callable(content) else content)
    return made.getvalue()


def blanks(megabytes: int) -> bytes:
    return (b" " * 1023 + b"\n") * (megabytes * MEGABYTE // 1024)


def sheet(data: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}">{data}</worksheet>'.encode()


def zip_bomb() -> bytes:
    return packed({"xl/media/image1.bin": lambda: blanks(300)})


def sheet_bomb() -> bytes:
    return packed({"xl/worksheets/sheet1.xml": lambda: sheet("<sheetData>") + blanks(200)})


def one_text_a_million_times() -> bytes:
    """A text of 30 kB in 200,000 cells: small on disk, 6 GB once every cell has its own."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'.encode()
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 200_001))
    link = b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/xml"/></Types>'
    types = _parts()["[Content_Types].xml"].replace(b"</Types>", link)
    return packed({"xl/sharedStrings.xml": strings, "[Content_Types].xml": types,
                   "xl/worksheets/sheet1.xml": sheet(f"<sheetData>{cells}</sheetData>")})  # fmt: skip


def billion_laughs() -> bytes:
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]><x>&l9;</x>'
    return packed({"xl/workbook.xml": text.encode()})


def external_entity() -> bytes:
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    return packed({"xl/worksheets/sheet1.xml": text.encode()})


def entity_in_utf16() -> bytes:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "a">]><x>&e;</x>'
    return packed({"xl/styles.xml": text.encode("utf-16")})


def entity_far_behind() -> bytes:
    """The declaration lies across the edge of a piece read at once."""
    text = b'<?xml version="1.0"?>' + b" " * ((1 << 20) - 26) + b'<!DOCTYPE x [<!ENTITY e "a">]><x>&e;</x>'
    return packed({"xl/styles.xml": text})


def with_macros() -> bytes:
    return packed({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"})


def out_of_its_folder() -> bytes:
    return packed({"../../../tmp/x.xml": b"<x/>"})


def far_cell() -> bytes:
    rows = (
        f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>' for row, cell in ((1, "A1"), (LAST, f"XFD{LAST}"))
    )
    return packed({"xl/worksheets/sheet1.xml": sheet(f"<sheetData>{''.join(rows)}</sheetData>")})


def says_it_is_large() -> bytes:
    """Only the dimension is large: nothing to fear, but nothing to believe either."""
    data = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    return packed({"xl/worksheets/sheet1.xml": sheet(data)})


def truncated() -> bytes:
    whole = packed({})
    return whole[: len(whole) // 2]


def locked() -> bytes:
    made = bytearray(packed({}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # the flag that a member is behind a password
        at = made.find(mark)
        while at >= 0:
            made[at + (6 if mark.endswith(b"\x04") else 8)] |= 1
            at = made.find(mark, at + 4)
    return bytes(made)


def many_members() -> bytes:
    return packed({f"xl/x{n}.xml": b"<x/>" for n in range(2500)})


def anchors() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines).encode()


def deep_yaml() -> bytes:
    return b"a: " + b"[" * 5_000 + b"]" * 5_000


def one_long_line() -> bytes:
    return b"item,specs\n" + b"a," * (6 << 20)


def gzip_bomb() -> bytes:
    import gzip

    return gzip.compress(blanks(200), 9)


def damaged_parquet() -> bytes:
    return b"PAR1" + b"\xff" * 200 + b"PAR1"


def forged_sizes() -> bytes:
    """The archive says that a large member is small."""
    made = bytearray(packed({"xl/media/a.bin": lambda: blanks(200)}))
    for mark, at_size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = made.rfind(mark)
        made[at + at_size : at + at_size + 4] = (1000).to_bytes(4, "little")
    return bytes(made)


# name of the file, its content, and the problem by which it is refused
REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("bomb.xlsx", zip_bomb, "web_unpacks_large"),
    ("sheet.xlsx", sheet_bomb, "web_unpacks_large"),
    ("strings.xlsx", one_text_a_million_times, "web_unpacks_large"),
    ("laughs.xlsx", billion_laughs, "web_xml_entities"),
    ("entity.xlsx", external_entity, "web_xml_entities"),
    ("utf16.xlsx", entity_in_utf16, "web_xml_entities"),
    ("behind.xlsx", entity_far_behind, "web_xml_entities"),
    ("macros.xlsx", with_macros, "web_macro"),
    ("folder.xlsx", out_of_its_folder, "web_archive_path"),
    ("far.xlsx", far_cell, "web_many_cells"),
    ("cut.xlsx", truncated, "not_a_workbook"),
    ("password.xlsx", locked, "web_locked"),
    ("members.xlsx", many_members, "web_archive_members"),
    ("anchors.yaml", anchors, "yaml"),
    ("deep.yaml", deep_yaml, "yaml"),
    ("line.csv", one_long_line, "web_long_line"),
    ("bomb.csv.gz", gzip_bomb, "web_unpacks_large"),
    ("bomb.zip", lambda: packed({"a.csv": lambda: blanks(200)}), "web_unpacks_large"),
    ("broken.parquet", damaged_parquet, "web_broken_archive"),
    ("forged.xlsx", forged_sizes, "not_a_workbook"),
]

# name, first bytes, and the problem by which it is refused at the door already
AT_THE_DOOR: list[tuple[str, bytes, str]] = [
    ("empty.xlsx", b"", "file_empty"),
    ("program.xlsx", b"MZ\x90\x00 program", "web_program"),
    ("program.csv", b"\x7fELF\x02", "web_program"),
    ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "web_locked"),
    ("parts.xlsm", b"PK\x03\x04", "web_macro"),
    ("parts.exe", b"PK\x03\x04", "web_suffix"),
    ("page.html", b"<script>", "web_suffix"),
    ("renamed.xlsx", b"part,supplier\n", "web_not_as_named"),
    ("renamed.csv", b"PK\x03\x04\x00\x00", "web_not_as_named"),
    ("large.yaml", b"a" * ((1 << 20) + 1), "file_too_large"),
    ("../../x.xlsx", b"PK\x03\x04", "web_name_path"),
    ("a\0.xlsx", b"PK\x03\x04", "web_name_unseen"),
    ("exe.\u202exslx", b"PK\x03\x04", "web_name_unseen"),
]


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path

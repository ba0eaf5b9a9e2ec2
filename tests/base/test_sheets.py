"""Workbooks are measured before they are opened."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base import sheets
from meguri.base.errors import DataError
from meguri.base.files import read_sheets, read_workbook
from meguri.base.sheets import column_letters, column_number, survey

BOOK = '<workbook xmlns:r="http://r"><sheets><sheet name="parts" r:id="a"/></sheets></workbook>'
LINKS = '<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>'


def archive(sheet: bytes, **others: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", BOOK)
        file.writestr("xl/_rels/workbook.xml.rels", LINKS)
        file.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in others.items():
            file.writestr(name, content)
    return raw.getvalue()


def kinds(error: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [item.key for item in error.value.problems]


@given(st.integers(1, 16_384))
def test_letters_and_numbers_of_columns_are_the_same_thing(number: int) -> None:
    assert column_number(column_letters(number)) == number


def test_a_cell_in_the_last_corner_is_refused_before_memory_is_asked_for(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(DataError) as error:
        read_sheets(tmp_path / "x.xlsx")
    assert kinds(error) == ["too_many_rows"]
    assert "1,048,576 × 16,384" in error.value.text()


def test_a_wide_flat_sheet_counts_by_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["XFD900"] = 1
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(DataError) as error:
        read_sheets(tmp_path / "x.xlsx")
    assert kinds(error) == ["too_many_rows"]


def test_sheets_nobody_asked_for_may_be_large(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Parts"
    book.active["A1"] = 1
    book.create_sheet("mine")["XFD1048576"] = 1
    book.save(tmp_path / "x.xlsx")
    assert read_workbook(tmp_path / "x.xlsx", ["parts"])["Parts"].rows == [[1.0]]


def test_a_bomb_is_measured_by_what_it_unpacks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 10 << 20)
    bomb = archive(b" " * (11 << 20))
    assert len(bomb) < 100_000
    with pytest.raises(DataError) as error:
        survey(bomb, "x")
    assert kinds(error) == ["file_too_large"]


def test_a_bomb_in_any_member_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 10 << 20)
    with pytest.raises(DataError) as error:
        survey(archive(b"<c/>", **{"xl/sharedStrings.xml": b" " * (11 << 20)}), "x")
    assert kinds(error) == ["file_too_large"]


def test_an_archive_that_lies_about_its_sizes_is_no_workbook() -> None:
    content = bytearray(archive(b'<c r="A1"/>' * 100_000))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as file:
        size = file.getinfo("xl/worksheets/sheet1.xml").file_size
    lied = bytes(content).replace(struct.pack("<L", size), struct.pack("<L", 10))
    with pytest.raises(DataError) as error:
        survey(lied, "x")
    assert kinds(error) == ["not_a_workbook"]


def test_cells_on_the_edge_of_a_chunk_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = (
        b"".join(b'<c r="A%d"><v>1</v></c>' % row for row in range(1, 300))
        + b'<c r="ZZ300" t="e"><v>#N/A</v></c>'
    )
    for size in (37, 64, 1000):
        monkeypatch.setattr(sheets, "_CHUNK", size)
        extent = survey(archive(sheet), "x")["parts"]
        assert (extent.height, extent.width, extent.errors) == (300, 702, {"ZZ300"})


def test_formulas_without_a_value_are_told_from_those_with_one() -> None:
    sheet = (
        b'<c r="A1"><f>1+1</f></c><c r="A2"><f>1+1</f><v></v></c><c r="A3"><f>1+1</f><v>2</v></c>'
        b'<c r="A4" s="1"><f t="shared" si="0"/></c><c r="A5"><v>3</v></c><mergeCell ref="B1:C2"/>'
    )
    extent = survey(archive(sheet), "x")["parts"]
    assert extent.uncalculated == {"A1", "A2", "A4"}
    assert extent.merged == {"B1:C2"}


@pytest.mark.parametrize(
    "sheet", [b"<c " * 2_000_000, b'<c r="' * 1_000_000, b'<c r="A1"><f>' * 300_000, b"<mergeCell " * 500_000]
)
@pytest.mark.slow
def test_a_hostile_sheet_does_not_make_the_search_slow(sheet: bytes) -> None:
    import time

    started = time.process_time()
    survey(archive(sheet), "x")
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + os.urandom(100),
        b"PK\x03\x04" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"a,b\n1,2\n",
    ],
    ids=["picture", "broken-zip", "old-xls", "csv"],
)
def test_something_else_renamed_to_xlsx_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(DataError) as error:
        read_sheets(tmp_path / "x.xlsx")
    assert kinds(error) == ["not_a_workbook"]


def test_another_kind_of_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as file:
        file.writestr("content.xml", "<office/>")
    with pytest.raises(DataError) as error:
        read_sheets(tmp_path / "x.xlsx")
    assert kinds(error) == ["not_a_workbook"]


@pytest.mark.parametrize(
    ("make", "key"), [("empty", "file_empty"), ("folder", "file_not_file"), ("", "file_missing")]
)
def test_nothing_there_is_said(tmp_path: Path, make: str, key: str) -> None:
    path = tmp_path / "x.xlsx"
    if make == "empty":
        path.touch()
    elif make == "folder":
        path.mkdir()
    with pytest.raises(DataError) as error:
        read_sheets(path)
    assert kinds(error) == [key]

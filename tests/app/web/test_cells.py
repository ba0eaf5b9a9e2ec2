"""A corrected cell holds what was typed, and nothing else in the workbook has changed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from meguri.app.web.cells import Correction, correct, plain_value
from meguri.app.web.checks import check
from meguri.base.errors import DataError
from meguri.structure.template import write_template

SHEET = "parts"


def book(path: Path, sheet_xml: str) -> Path:
    """A workbook whose only sheet has this XML between its row tags."""
    made = Workbook()
    made.active.title = SHEET
    made.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet_xml.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def xml(data: str, p: str = "") -> str:
    name = "x" if p else ""
    space = f'xmlns{":" + name if name else ""}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f'<?xml version="1.0"?>\n<{p}worksheet {space}>{data}</{p}worksheet>'


def values(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def at(rows: list[list[object]], row: int, column: int) -> object:
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""


@pytest.mark.parametrize(
    "sheet",
    [
        xml("<sheetData/>"),
        xml("<sheetData></sheetData>"),
        xml('<sheetData><row r="2"/></sheetData>'),
        xml(
            '<sheetData><row r="2"><c r="C2"><v>9</v></c></row>'
            '<row r="5"><c r="A5"><v>1</v></c></row></sheetData>'
        ),
        xml('<sheetData><row r="2" spans="4>3"><c r="B2" s="0"/><c r="D2"/></row></sheetData>'),
        xml("<sheetData><row><c><v>1</v></c></row><row><c/><c><v>2</v></c></row></sheetData>"),
        xml('<x:sheetData><x:row r="2"><x:c r="A2"><x:v>7</x:v></x:c></x:row></x:sheetData>', "x:"),
    ],
)
def test_a_cell_is_written_wherever_the_sheet_has_or_lacks_it(tmp_path: Path, sheet: str):
    path = book(tmp_path / "a.xlsx", sheet)
    before = values(path)
    cells = [Correction(SHEET, cell, text) for cell, text in (("B2", "0.4"), ("A4", "x<&>"), ("C7", "'q"))]
    correct(path, tmp_path / "b.xlsx", cells)
    after = values(tmp_path / "b.xlsx")
    assert (at(after, 2, 2), at(after, 4, 1), at(after, 7, 3)) == (0.4, "x<&>", "'q")
    untouched = [(r, c) for r in range(1, 9) for c in range(1, 6) if (r, c) not in ((2, 2), (4, 1), (7, 3))]
    assert [at(after, *one) for one in untouched] == [at(before, *one) for one in untouched]
    load_workbook(tmp_path / "b.xlsx")  # another reader takes it too


@settings(max_examples=30, deadline=None)
@given(
    st.sets(st.tuples(st.integers(1, 5), st.integers(1, 4)), max_size=8),
    st.dictionaries(
        st.tuples(st.integers(1, 5), st.integers(1, 4)), st.integers(0, 99), min_size=1, max_size=5
    ),
)
def test_corrections_are_laid_over_any_sheet_like_a_dictionary(held, wanted):
    rows = {}
    for row, column in sorted(held):
        rows.setdefault(row, []).append(f'<c r="{"ABCD"[column - 1]}{row}"><v>{row * 100 + column}</v></c>')
    data = "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in rows.items())
    path = book(Path("/tmp") / "meguri-laid-over.xlsx", xml(f"<sheetData>{data}</sheetData>"))
    out = path.with_name("meguri-laid-over-out.xlsx")
    correct(path, out, [Correction(SHEET, f"{'ABCD'[c - 1]}{r}", str(v)) for (r, c), v in wanted.items()])
    expected = {(r, c): float(r * 100 + c) for r, c in held} | {one: float(v) for one, v in wanted.items()}
    after = values(out)
    path.unlink(), out.unlink()
    assert {
        (r, c): at(after, r, c) for r in range(1, 6) for c in range(1, 5) if at(after, r, c) != ""
    } == expected


def test_everything_else_in_the_workbook_stays_byte_for_byte(tmp_path: Path):
    path = write_template(tmp_path / "parts.xlsx", lang="en")
    correct(path, tmp_path / "out.xlsx", [Correction(SHEET, "E5", "0.05")])
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(tmp_path / "out.xlsx") as other:
        assert one.namelist() == other.namelist()
        changed = [name for name in one.namelist() if one.read(name) != other.read(name)]
        sheets = [name for name in changed if name != "xl/workbook.xml"]
        before, after = one.read(sheets[0]), other.read(sheets[0])
    assert len(sheets) == 1
    cell = rb'<c r="E5"[^>]*?(?:/>|>.*?</c>)'
    assert re.sub(cell, b"", before, count=1) == re.sub(cell, b"", after, count=1)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_what_would_be_a_formula_is_stored_as_text(tmp_path: Path, text: str):
    path = book(tmp_path / "a.xlsx", xml("<sheetData/>"))
    correct(path, tmp_path / "b.xlsx", [Correction(SHEET, "A1", text)])
    cell = load_workbook(tmp_path / "b.xlsx")[SHEET]["A1"]
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
    assert values(tmp_path / "b.xlsx")[0][0] == text and str(cell.value) == text
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    correct(tmp_path / "a.csv", tmp_path / "b.csv", [Correction("", "B2", text)])
    assert (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[1].strip('"')[
        :1
    ] == "'"


def test_a_calculated_cell_is_not_overwritten_and_kept_values_stay(tmp_path: Path):
    sheet = xml(
        '<sheetData><row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>4</v></c></row></sheetData>'
    )
    path = book(tmp_path / "a.xlsx", sheet)
    with pytest.raises(DataError, match="calculated"):
        correct(path, tmp_path / "b.xlsx", [Correction(SHEET, "B1", "5")])
    correct(path, tmp_path / "b.xlsx", [Correction(SHEET, "A1", "3")])
    assert values(tmp_path / "b.xlsx") == [[3.0, 4.0]]  # Excel is asked to calculate anew when it opens
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (Correction("parts", "A0", "1"), "web_cell_address"),
        (Correction("parts", "XFE1", "1"), "web_cell_address"),
        (Correction("parts", "A1:B2", "1"), "web_cell_address"),
        (Correction("../x", "A1", "1"), "web_no_sheet"),
        (Correction("parts", "A1", "a\0b"), "web_text"),
        (Correction("parts", "A1", "a" * 1001), "web_text"),
    ],
)
def test_a_correction_that_names_no_cell_is_refused(tmp_path: Path, one: Correction, key: str):
    path = book(tmp_path / "a.xlsx", xml("<sheetData/>"))
    with pytest.raises(DataError) as error:
        correct(path, tmp_path / "b.xlsx", [one])
    assert error.value.problems[0].key == key and not (tmp_path / "b.xlsx").exists()


def test_a_table_of_text_keeps_its_encoding_and_its_delimiter(tmp_path: Path):
    (tmp_path / "a.csv").write_bytes("品目;値\r\nネオジム;1,5\r\n".encode("cp932"))
    correct(tmp_path / "a.csv", tmp_path / "b.csv", [Correction("", "B2", "2,5")])
    assert (tmp_path / "b.csv").read_bytes() == "品目;値\r\nネオジム;2,5\r\n".encode("cp932")


def test_numbers_are_numbers_and_part_numbers_stay_as_typed():
    assert [plain_value(text) for text in ("12", "-0.5", "007", "1e5", "4 %", "")] == [
        12.0, -0.5, "007", "1e5", "4 %", "",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_wrong_cell_named_by_the_check_is_right_after_its_correction(tmp_path: Path):
    path = write_template(tmp_path / "parts.xlsx", lang="en")
    filled = load_workbook(path)
    filled["parts"]["E5"] = "much"
    filled.save(path)
    told = check(path)
    wrong = [one for one in told["messages"] if one["severity"] == "error"]
    assert not told["usable"] and {(one["sheet"], one["cell"]) for one in wrong} >= {("parts", "E5")}
    correct(
        path, tmp_path / "mended.xlsx", [Correction("parts", "E5", "0.04"), Correction("parts", "A5", "")]
    )
    again = check(tmp_path / "mended.xlsx")
    assert again["usable"], again["messages"]

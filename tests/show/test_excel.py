import openpyxl
import pytest

from meguri import show
from tests.show import told


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return show.write_workbook(told.outcome(), tmp_path_factory.mktemp("book") / "report.xlsx", "ja")


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written)


def test_sheets_are_named_in_the_readers_language(book):
    assert book.sheetnames == [
        "要約", "存続と回復", "隘路", "生産損失", "品質", "生産", "価格", "シャドーコスト", "流れ",
        "間接輸出", "仮定", "注記", "出典",
    ]  # fmt: skip


def test_a_shadow_cost_stands_in_the_workbook_with_its_heading(book):
    sheet = book["シャドーコスト"]
    assert [cell.value for cell in sheet[1]][5] == "シャドーコスト（中央値）"
    assert max(row[5] for row in sheet.iter_rows(min_row=3, values_only=True)) == 9.8


def test_headings_carry_label_and_unit_in_both_languages(book):
    sheet = book["存続と回復"]
    heads = {cell.value: sheet.cell(2, cell.column).value for cell in sheet[1]}
    assert heads["存続時間（中央値） [d]"] == "Time to survive (median) [d]"
    assert sheet.freeze_panes == "C3" and sheet.auto_filter.ref.startswith("A2:")


def test_numbers_are_numbers_with_a_format_and_never_is_an_empty_cell(book):
    sheet = book["存続と回復"]
    column = {cell.value: cell.column for cell in sheet[2]}
    rows = {sheet.cell(r, 1).value: r for r in range(3, sheet.max_row + 1)}
    stopped = sheet.cell(rows["jp-dymetal"], column["Share of runs that fall short"])
    assert stopped.value == 1 and stopped.number_format == "0%"
    assert sheet.cell(rows["jp-dymetal"], column["Time to survive (median) [d]"]).value == 34
    assert sheet.cell(rows["cn-ore"], column["Time to survive (median) [d]"]).value is None
    assert sheet.cell(rows["cn-ore"], column["Stage"]).value == "鉱石・精鉱"


def test_every_assumption_stands_there_with_source_and_grade(book):
    sheet = book["仮定"]
    heads = [cell.value for cell in sheet[2]]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert len(rows) == len(told.assumptions_table())
    assert {row[heads.index("Grade")] for row in rows} == {"仮定", "推定", "算出"}
    assert rows[0][heads.index("Source")] == "mofcom-2025-18"


def test_no_cell_of_the_users_is_ever_a_formula(tmp_path):
    risky = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A0", "a\x00b"]
    notes = told.notes_table().iloc[[0] * len(risky)].assign(text_en=risky, key=[f"n{i}" for i in range(8)])
    path = show.write_workbook(told.outcome(notes=notes), tmp_path / "x.xlsx", "en")
    sheet = openpyxl.load_workbook(path)["Notes"]
    column = [cell.value for cell in sheet[1]].index("Text (English)") + 1
    cells = [sheet.cell(row, column) for row in range(3, 3 + len(risky))]
    assert [cell.data_type for cell in cells] == ["s"] * len(risky)
    assert all(cell.quotePrefix for cell in cells[:5])
    assert cells[7].value == "ab"


def test_the_same_outcome_gives_the_same_bytes(written, tmp_path):
    again = show.write_workbook(told.outcome(), tmp_path / "b.xlsx", "ja")
    assert again.read_bytes() == written.read_bytes()


def test_summary_answers_before_it_explains(book):
    cells = [[cell.value for cell in row] for row in book["要約"].iter_rows()]
    answers = [row[1] for row in cells if row[0] == "答え"]
    assert answers[0].startswith("最初に止まるのは")

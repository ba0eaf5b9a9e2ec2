"""A case written as a workbook reads back as the same case; measured flows are amounts or percentages."""

import openpyxl
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.circulate.case_book import case_workbook, read_measured
from meguri.circulate.reconcile_flows import reconcile_flows
from meguri.circulate.route_case import case_names, load_case

FAST = ("dy-position", "ta-target")


@pytest.mark.parametrize(
    "name", [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in case_names()]
)
def test_a_packaged_case_reads_back_from_its_workbook_table_by_table(name, tmp_path):
    case = load_case(name)
    back = load_case(case_workbook(case, tmp_path / "case.xlsx"))
    assert dict(back.about) == dict(case.about)
    assert back.tables.keys() == case.tables.keys()
    for table, frame in case.tables.items():
        pd.testing.assert_frame_equal(back.tables[table], frame, obj=table)


def test_the_same_case_writes_the_same_bytes(tmp_path):
    case = load_case("dy-routes")
    first, second = (case_workbook(case, tmp_path / f"{n}.xlsx").read_bytes() for n in "ab")
    assert first == second


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_column_is_explained_in_both_languages(lang, tmp_path):
    book = openpyxl.load_workbook(case_workbook(load_case("dy-routes"), tmp_path / "case.xlsx", lang))
    sheet = book["routes"]
    for place, column in enumerate(Schema.of("routes").columns, start=1):
        assert [sheet.cell(row, place).value for row in (1, 2, 3)] == [
            column.label("ja"),
            column.label("en"),
            column.name,
        ]
        note = sheet.cell(1, place).comment.text
        assert column.meaning_en in note and column.meaning_ja in note
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert '"reported,derived,estimated,assumed"' in lists


def test_a_wrong_cell_of_a_workbook_is_named(tmp_path):
    path = case_workbook(load_case("dy-routes"), tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(path)
    book["routes"]["F4"] = 1.4
    book.save(path)
    with pytest.raises(DataError, match=r"routes\[1\]\.share"):
        load_case(path)


def test_amounts_and_percentages_of_flows_stand_in_one_sheet(tmp_path):
    path = case_workbook(None, tmp_path / "measured.xlsx")
    book = openpyxl.load_workbook(path)
    for row, cells in enumerate(
        [
            ("in", None, "plant", "100", "5"),
            ("scrap", "plant", None, "35 %", "1 %"),
            ("goods", "plant", None, None, None),
        ],
        start=4,
    ):
        for place, cell in enumerate(cells, start=1):
            book["measured_flows"].cell(row, place, cell)
    book.save(path)
    tables = read_measured(path)
    share = tables["shares"].iloc[0]
    assert (share["process"], share["flow"]) == ("plant", "scrap")
    assert (share["value"], share["sd"]) == pytest.approx((0.35, 0.01))
    found = reconcile_flows(**tables).table.set_index("item")["value"]
    assert found["scrap"] == pytest.approx(35) and found["goods"] == pytest.approx(65)

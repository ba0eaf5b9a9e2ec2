"""Lists of end users are read as their authorities wrote them, and a user's own list stands beside them."""

import pytest
from openpyxl import Workbook

from meguri.base.errors import DataError
from meguri.observe.entities import entities, read_entities


def test_the_packaged_lists_hold_as_many_entries_as_their_authorities_count():
    lists = entities()["list"].value_counts()
    assert lists["jp-end-user-list"] == 835
    assert lists[[name for name in lists.index if name.startswith("cn-")]].sum() == 240


def test_a_name_that_had_run_into_its_address_is_a_name_again():
    row = entities().set_index("name").loc["23rd Research Institute"]
    assert row["country"] == "CN"
    assert "BIRM" in row["aliases"].split("|")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "shift_jis"])
def test_a_list_of_ones_own_is_read_in_the_encodings_of_japanese_offices(tmp_path, encoding):
    file = tmp_path / "own.csv"
    file.write_text("会社名,別名\n甲乙商事,KO Trading|コウオツ\n,\n丙,\n", encoding=encoding)
    own = read_entities(file, "2026-11-01")
    assert own[["entity", "name", "list"]].to_numpy().tolist() == [
        ["own-1", "甲乙商事", "own"], ["own-2", "丙", "own"],
    ]  # fmt: skip


def test_the_first_sheet_with_a_column_of_names_is_the_list(tmp_path):
    book = Workbook()
    book.active.append(["memo"])
    book.active.append(["nothing here"])
    sheet = book.create_sheet("list")
    sheet.append([None])
    sheet.append(["name", "country"])
    sheet.append(["Delta Works", "NL"])
    book.save(tmp_path / "own.xlsx")
    assert read_entities(tmp_path / "own.xlsx", "2026-11-01")["name"].tolist() == ["Delta Works"]


def test_a_file_without_names_says_what_is_missing(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("firm no,city\n1,Osaka\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"own\.csv"):
        read_entities(file, "2026-11-01")

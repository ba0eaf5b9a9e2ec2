import csv

import pytest

from meguri.base.errors import DataError
from meguri.base.terms import find_key, label, packaged

ROWS = list(csv.DictReader(packaged("terms", "taiwan.csv").read_text(encoding="utf-8").splitlines()))


def test_without_a_choice_the_name_is_the_one_of_the_list_of_countries():
    listed = csv.DictReader(packaged("terms", "countries.csv").read_text(encoding="utf-8").splitlines())
    row = next(row for row in listed if row["key"] == "TW")
    assert (label("TW", "en", "countries"), label("TW", "ja", "countries")) == (row["en"], row["ja"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["key"])
def test_the_choice_changes_the_shown_name_and_nothing_else(row, monkeypatch):
    monkeypatch.setenv("MEGURI_TAIWAN", row["key"])
    assert label("TW", "en", "countries") == row["en"]
    assert label("TW", "ja", "countries") == row["ja"]
    assert label("CN", "ja", "countries") == "中国"
    assert find_key("Chinese Taipei", "countries") == find_key("台湾", "countries") == "TW"


def test_a_choice_that_is_no_row_is_refused_with_the_list(monkeypatch):
    monkeypatch.setenv("MEGURI_TAIWAN", "formosa")
    with pytest.raises(DataError) as error:
        label("TW", "en", "countries")
    text = error.value.text("ja")
    assert "MEGURI_TAIWAN" in text and "formosa" in text and "chinese-taipei" in text

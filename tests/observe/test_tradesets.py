"""The raw sets as trade lines: totals as the documents and publishers print them."""

import os
from pathlib import Path

import pytest

from meguri.base.errors import DataError
from meguri.observe.tradefile import read_trade

pytestmark = pytest.mark.skipif(not os.environ.get("MEGURI_DATA"), reason="MEGURI_DATA is not set")
FOLDER = Path(os.environ.get("MEGURI_DATA", "."))


@pytest.mark.data
def test_korea_imports_from_japan_are_the_printed_54_60_billion():
    lines = read_trade("korea-from-japan", FOLDER)
    totals = lines.table.groupby("year")["value"].sum() / 1e9
    assert totals.round(2).to_dict() == {2018: 54.60, 2019: 47.58, 2020: 46.02}
    assert lines.vintage == "HS2017"
    largest = lines.table.nlargest(1, "value")
    assert (largest["code"].item(), largest["year"].item()) == ("848620", 2018)


@pytest.mark.data
def test_indonesia_has_each_year_once_in_its_own_edition():
    lines = read_trade("indonesia-hs6", FOLDER)
    years = lines.table.groupby("year")["vintage"].agg(lambda v: "|".join(sorted(set(v))))
    assert years.to_dict() == {y: "HS2012" if y < 2017 else "HS2017" for y in range(2014, 2022)}
    assert not lines.table.duplicated(["code", "year"]).any()


@pytest.mark.data
def test_a_year_that_is_not_there_names_the_years_that_are():
    with pytest.raises(DataError, match="2018, 2019, 2020"):
        read_trade("korea-from-japan", FOLDER, year=2017)

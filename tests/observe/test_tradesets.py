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


@pytest.mark.slow
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


@pytest.mark.data
def test_japans_goods_add_up_to_the_total_of_every_partner_and_year():
    lines = read_trade("japan-goods", FOLDER)
    exports = lines.table[lines.table["flow"] == "export"]
    totals = exports.groupby("year")["value"].sum() / 1e12
    # totals of the customs' own press tables, trillion yen
    assert totals.round(2)[[2009, 2019, 2024]].to_dict() == {2009: 54.17, 2019: 76.93, 2024: 107.09}
    assert "WLD" not in set(exports["partner"])


@pytest.mark.data
def test_chinas_share_of_japans_chip_machines_is_the_printed_one():
    table = read_trade("japan-goods", FOLDER).table
    tools = table[(table["code"] == "Semicon Machinery Etc") & (table["flow"] == "export")]
    value = tools.pivot_table(index="year", columns="partner", values="value", aggfunc="sum")
    share = value["CN"] / value.sum(axis=1)
    assert (100 * share[[2019, 2024]]).round(1).tolist() == [36.5, 48.4]
    assert (value.sum(axis=1)[[2019, 2024]] / 1e9).round().tolist() == [2467, 4496]


@pytest.mark.slow
@pytest.mark.data
def test_headings_of_wits_are_each_once_for_reporter_and_year():
    lines = read_trade("wits-hs4", FOLDER)
    assert (len(lines.table), lines.vintage) == (405_404, "HS1996")
    japan = lines.table[(lines.table["reporter"] == "JP") & (lines.table["year"] == 1997)]
    assert japan["value"].sum() / 1e9 == pytest.approx(421.0, abs=0.1)


@pytest.mark.slow
@pytest.mark.data
def test_the_raw_download_of_korea_reads_to_the_same_lines_as_its_table():
    table = read_trade("korea-from-japan", FOLDER, year=2018).table
    raw = read_trade(FOLDER / "korea-2019-controls" / "raw" / "KJimport2018.csv.gz")
    assert raw.table["value"].sum() == table["value"].sum() == 54_603_331_337
    assert set(raw.table["code"]) == set(table["code"])
    assert "159 codes had lost their leading zero" in " ".join(raw.notes["text_en"])


@pytest.mark.slow
@pytest.mark.data
def test_a_line_that_stands_twice_in_koreas_monthly_table_is_found():
    # the table holds Taiwan's flash memories twice
    path = FOLDER / "korea-2019-controls" / "derived" / "korea_monthly_by_country_hs10.parquet"
    with pytest.raises(DataError, match="8542321030, HS2017, 2021, export, KR, TW"):
        read_trade(path)

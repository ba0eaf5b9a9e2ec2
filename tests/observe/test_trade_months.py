"""Monthly imports by partner: packaged rows against the raw set, and a user's own file."""

import os
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.trade_months import month_series, raw_trade_months, read_trade_months, trade_months


def test_years_of_japans_hydrogen_fluoride_repeat_the_published_tonnes():
    series = month_series(trade_months(), "hf", "JP")
    years = series.groupby(series.index.str.slice(0, 4)).sum()
    assert [round(years[year]) for year in ("2018", "2019", "2020", "2021")] == [38339, 19836, 4943, 5946]


def test_months_after_the_extract_ends_are_absent_and_not_zero():
    assert trade_months("hf")["month"].max() == "2021-11"
    assert month_series(trade_months(), "hf", "JP")["2019-08"] == 0


def test_an_unknown_series_is_named():
    with pytest.raises(DataError, match="hf, KR ← AQ"):
        month_series(trade_months(), "hf", "AQ")


def test_a_users_file_names_each_wrong_cell(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("item,economy,partner,month,quantity_t\nx,JP,CN,2010,1\nx,JP,CN,2010-02,-4\n")
    with pytest.raises(DataError) as error:
        read_trade_months(path)
    assert {(p.key, p.found) for p in error.value.problems} == {
        ("out_of_range", "-4"),
        ("break_month", "2010"),
    }
    path.write_text("item,economy,partner,month,quantity_t\nx,JP,China,2010-01,\nx,JP,CN,2010-02,4\n")
    assert month_series(read_trade_months(path), "x", "CN", "JP").isna().tolist() == [True, False]


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("MEGURI_DATA"), reason="MEGURI_DATA not set")
def test_packaged_rows_are_those_of_the_raw_set():
    raw = raw_trade_months(Path(os.environ["MEGURI_DATA"]))
    packaged = trade_months().query("partner != 'WLD'")
    keys = ["item", "economy", "partner", "month"]
    joined = packaged.merge(raw, on=keys, how="left", suffixes=("", "_raw"))
    pd.testing.assert_series_equal(joined["quantity_t"], joined["quantity_t_raw"], check_names=False)
    pd.testing.assert_series_equal(joined["value_kusd"], joined["value_kusd_raw"], check_names=False)

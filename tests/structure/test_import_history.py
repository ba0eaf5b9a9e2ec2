import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.observe.sets import VARIABLE
from meguri.structure.import_history import (
    history,
    import_history,
    origin_shares,
    quantity_range,
    series_history,
)

pytestmark = pytest.mark.slow  # thirty years of trade are read

REE = [280530, 284610, 284690]


def total(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["code"].str.len() > 6].set_index("year")


@pytest.fixture(scope="module")
def by_quantity():
    return import_history(REE, "JP", by="quantity")


@pytest.fixture(scope="module")
def by_value():
    return import_history(REE, "JP")


# DATA.md: China's share of Japan's rare-earth imports, by value and by quantity
PRINTED = {
    2005: (84.2, 87.0),
    2010: (79.6, 78.5),
    2011: (79.1, 64.1),
    2012: (61.8, 53.7),
    2019: (40.9, 60.6),
    2024: (37.8, 66.1),
}


@pytest.mark.parametrize("year", PRINTED)
def test_japans_rare_earth_series_meets_the_printed_shares(year, by_value, by_quantity):
    assert total(by_value).at[year, "top"] == total(by_quantity).at[year, "top"] == "CN"
    assert round(100 * total(by_value).at[year, "top_share"], 1) == PRINTED[year][0]
    assert round(100 * total(by_quantity).at[year, "top_share"], 1) == PRINTED[year][1]


def test_one_year_asked_for_alone_is_that_year_of_the_series(by_value):
    alone = import_history(REE, "JP", 2010)
    among = by_value[by_value["year"] == 2010].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), among, check_dtype=False)


def test_ranges_hold_the_figure_and_are_wide_where_quantities_are_missing(by_quantity):
    table = total(by_quantity)
    for name in ("hhi", "top_share", "top_three"):
        assert (table[f"{name}_low"] <= table[name] + 1e-12).all()
        assert (table[name] <= table[f"{name}_high"] + 1e-12).all()
    width = table["top_share_high"] - table["top_share_low"]
    assert width[table["known"] == 1.0].max() < 1e-9
    assert width[2009] > 0.5  # 5 % of the value has no quantity, and unit values span four powers of ten
    assert width[1996] > 0.9  # 284690 has no quantity at all


def test_by_value_nothing_is_open():
    table = import_history(280530, "JP", 2009)
    assert table["known"].tolist() == [1.0]
    assert table.at[0, "hhi_low"] == pytest.approx(table.at[0, "hhi_high"], abs=1e-12)


def test_a_retired_code_says_so_instead_of_showing_remnants():
    table = import_history(811230, "JP").set_index("year")
    assert table.loc[2007:, "reason"].eq("retired").all()
    assert table.loc[2007:, "hhi"].isna().all()
    assert table.loc[:2006, "hhi"].notna().all()


def test_an_origin_without_a_quantity_keeps_a_range_without_a_share():
    rows = origin_shares(280530, "JP", 2010, "quantity")
    bare = rows[rows["share"].isna()]
    assert len(bare) == 2
    assert bare["reason"].eq("no_quantity").all()
    assert (bare["share_high"] > bare["share_low"]).all()


def test_a_year_recorded_without_any_quantity_says_so():
    row = import_history(284690, "JP", 1996, "quantity").iloc[0]
    assert (row["reason"], row["top"]) == ("no_quantity", "")
    assert import_history(284690, "JP", 1996).iloc[0]["top"] == "CN"


def test_the_basis_always_stands_in_the_table(by_quantity):
    assert set(by_quantity["basis"]) == {"quantity"}
    assert set(series_history("810194")["basis"]) == {"value"}


@pytest.mark.parametrize("code", ["810411", "810194", "850511"])
def test_the_change_of_vintage_is_marked_in_2017_only(code):
    table = series_history(code)
    assert table.loc[table["break"], "year"].tolist() == [2017]
    full = series_history(code, source="atlas-trade-2024")
    assert full["break"].tolist() == [False]


def test_packaged_magnesium_tungsten_and_magnets_meet_the_printed_shares():
    mg = series_history("810411").set_index("year").loc[2010:, "top_share"]
    assert (round(100 * mg.min(), 1), round(100 * mg.max(), 1)) == (95.9, 99.7)
    w = series_history("810194").set_index("year")["top_share"]
    assert (round(100 * w[2002]), round(100 * w[2024], 1)) == (62, 99.6)
    full = series_history("850511", "WLD", "atlas-trade-2024").set_index("year")
    assert (full.at[2024, "top"], round(100 * full.at[2024, "top_share"], 1)) == ("CN", 62.7)


def flows_of_set(hs6: str, importer: str | None) -> pd.DataFrame:
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip("MEGURI_DATA is not set: the raw set critical-materials-atlas is needed")
    path = Path(folder) / "critical-materials-atlas" / "derived" / "flows_2002_2026.parquet"
    table = pd.read_parquet(path)
    table = table[(table["hs6"].astype(str) == hs6) & table["year"].between(2002, 2024)]
    return table if importer is None else table[table["importer"] == importer]


@pytest.mark.data
@pytest.mark.parametrize(
    ("code", "importer", "years", "low", "high", "digits"),
    [
        ("810411", "JP", range(2010, 2025), 95.9, 99.7, 1),
        ("810194", "JP", [2002], 62, 62, 0),
        ("810194", "JP", [2024], 99.6, 99.6, 1),
        ("850511", None, [2002], 19.4, 19.4, 1),
        ("850511", None, [2024], 63.9, 63.9, 1),
    ],
)
def test_the_raw_set_gives_the_printed_shares_of_china(code, importer, years, low, high, digits):
    flows = flows_of_set(code, importer)
    value = next(name for name in ("value", "value_usd", "v") if name in flows)
    flows = flows[flows["year"].isin(list(years))]
    parts = flows.groupby(["year", "exporter"])[value].sum().unstack()
    share = 100 * parts["CN"] / parts.sum(axis=1)
    assert (round(share.min(), digits), round(share.max(), digits)) == (low, high)


def test_unit_values_bound_a_missing_quantity_by_hand():
    flows = pd.DataFrame({
        "code": ["a"] * 4 + ["b"], "year": 2020, "value_kusd": [10.0, 90.0, 30.0, 5.0, 7.0],
        "quantity_t": [10.0, 30.0, None, 0.0, None],
    })  # fmt: skip
    table = quantity_range(flows)
    assert table["amount_low"].tolist()[:4] == [10, 30, 10, 0]  # 30 kUSD at 3 kUSD/t
    assert table["amount_high"].tolist()[:4] == [10, 30, 30, 0]  # at 1 kUSD/t
    assert table.loc[4, ["amount_low", "amount_high"]].isna().all()


AMOUNTS = st.lists(st.integers(1, 800).map(lambda n: n / 8), min_size=1, max_size=6)


def origins(amounts: list[float], names: list[str] | None = None) -> pd.DataFrame:
    whole = sum(amounts)
    share = [amount / whole for amount in amounts]
    return pd.DataFrame({
        "year": 2020, "code": "1", "importer": "JP", "basis": "value", "source": "s", "grade": "derived",
        "exporter": names or ["CN", "US", "DE", "FR", "IT", "ES"][: len(amounts)], "amount": amounts,
        "amount_low": amounts, "amount_high": amounts, "share": share, "share_low": share,
        "share_high": share, "break": False, "reason": "",
    })  # fmt: skip


@given(AMOUNTS)
def test_concentration_lies_between_equal_parts_and_one(amounts):
    row = history(origins(amounts)).iloc[0]
    n = len(amounts)
    assert 1 / n - 1e-9 <= row["hhi"] <= row["top_share"] + 1e-9 <= 1 + 1e-8
    assert row["top_share"] <= row["top_three"] + 1e-9
    assert row["suppliers"] == n


@given(AMOUNTS, st.sampled_from([0.5, 8.0]))
def test_doubling_all_amounts_changes_no_figure(amounts, factor):
    names = ["hhi", "top_share", "top_three"]
    before, after = history(origins(amounts)), history(origins([factor * a for a in amounts]))
    assert before.loc[0, names].tolist() == pytest.approx(after.loc[0, names].tolist())


@given(AMOUNTS)
def test_renaming_countries_changes_no_figure(amounts):
    names = ["BR", "AU", "ZA", "RU", "CL", "PE"][: len(amounts)]
    before, after = history(origins(amounts)), history(origins(amounts, names))
    assert before["hhi"].equals(after["hhi"]) and before["top_share"].equals(after["top_share"])

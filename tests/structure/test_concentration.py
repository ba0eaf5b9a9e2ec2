import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.observe.firms import ownership
from meguri.observe.mining import production
from meguri.structure.concentration import concentration, group_shares, hhi, ore_against_refined, shares

AMOUNTS = st.lists(st.integers(1, 8000).map(lambda n: n / 8), min_size=1, max_size=12)
COUNTRIES = ["CN", "JP", "US", "AU", "DE", "FR", "BR", "IN", "ZA", "CL", "RU", "CA"]


def rows(amounts, countries=COUNTRIES, **more):
    n = len(amounts)
    table = pd.DataFrame({
        "element": "W", "stage": "ore", "country": countries[:n], "kind": "country", "year": 2020,
        "period": "2020",
        "basis": "metal_content", "amount": amounts, "share": math.nan, "reason": "", "source": "bgs-wms",
        "grade": "reported",
    })  # fmt: skip
    return table.assign(**more)


def test_hhi_of_two_unequal_suppliers_by_hand():
    assert hhi([0.7, 0.3]) == pytest.approx(0.58)
    assert hhi([70, 30]) == pytest.approx(0.58)
    assert math.isnan(hhi([]))


@given(AMOUNTS)
@pytest.mark.slow
def test_relabelling_countries_leaves_the_hhi(amounts):
    there = concentration(shares(rows(amounts)))["hhi"].iloc[0]
    back = concentration(shares(rows(amounts, COUNTRIES[::-1])))["hhi"].iloc[0]
    assert there == pytest.approx(back, rel=1e-12) and 1 / len(amounts) - 1e-12 <= there <= 1 + 1e-12


@given(AMOUNTS, st.sampled_from([2.0, 0.5, 1024.0]))
def test_doubling_all_amounts_changes_no_share(amounts, factor):
    once, twice = shares(rows(amounts)), shares(rows([factor * a for a in amounts]))
    assert once["share"].tolist() == twice["share"].tolist()
    assert once["share"].sum() == pytest.approx(1)


@given(AMOUNTS.filter(lambda a: len(a) > 1), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(amounts, random):
    table = rows(amounts)
    order = list(range(len(amounts)))
    random.shuffle(order)
    one, two = shares(table), shares(table.iloc[order])
    key = ["country"]
    assert one.sort_values(key)["share"].tolist() == pytest.approx(
        two.sort_values(key)["share"].tolist(), rel=1e-12
    )


@given(AMOUNTS.filter(lambda a: len(a) > 1))
def test_a_merger_never_lowers_the_hhi(amounts):
    firms = pd.DataFrame({"firm": COUNTRIES[: len(amounts)], "share": [a / sum(amounts) for a in amounts]})
    edges = pd.DataFrame({"owner": ["CN"], "owned": ["JP"], "share": [0.51], "start": [""], "end": [""]})
    merged = group_shares(firms, edges, "2020-01-01")
    assert len(merged) == len(firms) - 1
    assert hhi(merged["share"]) >= hhi(firms["share"]) - 1e-12


def test_other_countries_widen_the_hhi_and_hide_no_one():
    table = rows([60.0, 20.0, 20.0], ["CN", "JP", "XX"])
    table["kind"] = ["country", "country", "rest"]
    row = concentration(shares(table)).iloc[0]
    assert row["hhi_low"] == pytest.approx(0.36 + 0.04)
    assert row["hhi_high"] == pytest.approx(0.36 + 0.04 + 0.04)
    assert row["reason"] == "incomplete" and row["producers"] == 2


def test_a_withheld_small_producer_leaves_upper_bounds_only():
    table = rows([80.0, 20.0, math.nan], ["AU", "CL", "US"])
    table["reason"] = ["", "", "withheld"]
    found = shares(table).set_index("country")
    assert math.isnan(found.at["AU", "share"]) and found.at["AU", "share_high"] == pytest.approx(0.8)
    assert found.at["AU", "reason"] == "upper_bound" and found.at["US", "reason"] == "withheld"
    row = concentration(shares(table)).iloc[0]
    assert row["reason"] == "known_only" and math.isnan(row["hhi_high"])


def test_without_its_largest_producer_a_year_has_no_shares():
    before = rows([90.0, 10.0], ["CN", "JP"])
    after = rows([math.nan, 10.0], ["CN", "JP"], year=2021)
    after["reason"] = ["not_available", ""]
    found = shares(pd.concat([before, after]))
    assert found.query("year == 2021")["share_high"].isna().all()
    assert set(found.query("year == 2021 and country == 'JP'")["reason"]) == {"producer_unknown"}


def test_chinese_gallium_of_2010_is_missing_so_no_share_is_computed():
    for table in (production("Ga"), production("Ga", year=2010)):
        found = shares(table).query("source == 'bgs-wms' and year == 2010")
        assert len(found) >= 4 and found["share_high"].isna().all()


def test_printed_shares_of_2023_give_the_hhi_by_hand():
    row = concentration(shares(production("Ga", source="ec-crm-2023"))).iloc[0]
    p = [0.938, 0.022, 0.019, 0.010, 0.009, 0.003]
    assert row["hhi"] == pytest.approx(sum(x * x for x in p) / sum(p) ** 2)
    dy = concentration(shares(production("Dy", source="ec-crm-2023"))).set_index("stage")
    assert dy.at["separation", "hhi"] == 1.0 and dy.at["ore", "top"] == "CN"


def test_ore_and_refined_cobalt_have_different_faces():
    table = ore_against_refined(shares(production("Co")), "Co").set_index(["source", "country"])
    assert table.at[("bgs-wms", "CD"), "share_ore"] == pytest.approx(0.690, abs=5e-4)
    assert table.at[("bgs-wms", "CN"), "share_refined"] == pytest.approx(0.797, abs=5e-4)
    assert table.at[("bgs-wms", "CN"), "difference"] > 0 > table.at[("bgs-wms", "CD"), "difference"]
    whole = table.dropna().groupby(level="source").filter(lambda part: len(part) == len(table.loc[part.name]))
    assert {"bgs-wms"} <= set(whole.index.get_level_values("source"))
    for _, part in whole.groupby(level="source"):
        assert part["difference"].sum() == pytest.approx(
            part["share_refined"].sum() - part["share_ore"].sum()
        )


def test_a_country_that_only_the_rest_may_hold_is_unknown_not_zero():
    table = ore_against_refined(shares(production("Co")), "Co").set_index(["source", "country"])
    china = table.loc[("iea-cm-2024", "CN")]  # its ore stands in "other countries"
    assert math.isnan(china["share_ore"]) and math.isnan(china["difference"])
    assert china["share_refined"] == pytest.approx(0.784, abs=5e-4)


def test_three_practising_firms_become_two_groups_in_2018():  # AC2.3
    firms = pd.DataFrame({"firm": ["Proterial", "TDK", "Santoku"], "share": [math.nan] * 3})
    assert len(group_shares(firms, ownership(), "2018-04-01")) == 3
    groups = group_shares(firms, ownership(), "2018-04-02").set_index("group")
    assert list(groups.index) == ["Proterial", "TDK"]
    assert groups.at["Proterial", "firms"] == "Proterial|Santoku"
    assert (
        "73.9 %" in groups.at["Proterial", "reason_en"]
        and "2018-04-02" in groups.at["Proterial", "reason_ja"]
    )
    assert "public-santoku-2018" in groups.at["Proterial", "source"]
    assert groups["share"].isna().all(), "unknown shares are not turned into zeros"

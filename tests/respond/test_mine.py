"""A mine sells every element of its ore: printed basket prices, outlets, gluts and lead times."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import ModelError
from meguri.respond.deficit import Amount
from meguri.respond.mine import (
    basket,
    basket_price,
    composition,
    cost_per_kg,
    deliveries,
    document_glut,
    factor_sums,
    glut_ratio,
    net_present_value,
    outlets,
    oxide_prices,
    oxide_shares,
    project,
)

MT_WELD = project("mt-weld")
PRICES_2024 = oxide_prices("2024")
PRINTED = {"2007": 11.59, "2008": 14.87, "2009": 10.32, "2010-02": 13.13, "2010-07-26": 21.43}


@pytest.mark.parametrize(("date", "printed"), PRINTED.items())
def test_the_makers_own_basket_price_of_mt_weld_comes_out(date, printed):
    table = basket(composition("mt-weld"), oxide_prices(date))
    priced = table.loc[table["element"] != "rest", "share"].sum()
    assert table["revenue"].sum() / priced == pytest.approx(printed, abs=0.01)


def test_a_new_heavy_mine_brings_nothing_to_a_plan_from_2012_to_2014():
    assert (deliveries("clay-abroad", 2012, 2014, "Dy")[["low", "mode", "high"]] == 0).all(axis=None)


def test_the_same_mine_delivers_once_its_lead_time_is_over():
    table = deliveries("clay-abroad", 2012, 2024, "Dy").set_index("year")
    dy = 3000 * 0.0528 / 1.1477
    assert table.loc[[2019, 2020, 2022, 2024], "high"].tolist() == pytest.approx([0, dy, dy, dy])
    assert table.loc[[2021, 2022], "mode"].tolist() == pytest.approx([0, dy])
    assert table.loc[[2023, 2024], "low"].tolist() == pytest.approx([0, dy])


def test_at_prices_of_2010_the_mine_pays_only_when_co_products_find_a_buyer():
    table = outlets("mt-weld", "2010-07-26").set_index("case")
    assert table.at["main-only", "npv"] < 0 < table.at["all-sold", "npv"]
    assert 0 < table.at["break-even", "co_products_sold"] < 1
    assert table.at["break-even", "npv"] == pytest.approx(0, abs=1)
    assert table["grade"].eq("assumed").all()


def test_neodymium_left_over_is_6_to_7_kt_and_lowers_the_basket_until_the_mine_no_longer_pays():
    surplus, market = document_glut()
    assert (surplus.span.low, surplus.span.high) == (6000, 7000)  # C13
    ratio = glut_ratio(surplus, market, "Nd")
    assert 0 < ratio.span.low < ratio.mode < ratio.span.high < 1
    before = outlets("mt-weld", "2010-07-26").set_index("case")
    after = outlets("mt-weld", "2010-07-26", {"Nd": ratio.mode, "Pr": ratio.mode}).set_index("case")
    assert after.at["all-sold", "revenue"] < before.at["all-sold", "revenue"]
    assert after.at["all-sold", "npv"] < 0 < before.at["all-sold", "npv"]
    assert after.at["all-sold", "basket_needed"] > 1


def test_a_glut_ends_in_the_price_that_elasticities_give():
    ratio = glut_ratio(Amount.of(300.0), Amount.of(1000.0), "Nd")
    assert ratio.mode == pytest.approx(1.3 ** (-1 / 0.4), rel=1e-6)
    assert glut_ratio(Amount.of(0.0), Amount.of(1000.0), "Nd").mode == 1.0


def test_present_values_by_hand():
    paid, earned = factor_sums(lead=1, life=2, rate=0.1)
    assert paid == pytest.approx(1 / 1.1)
    assert earned == pytest.approx(1 / 1.1**2 + 1 / 1.1**3)
    mine = project("mt-weld").copy()
    mine[["lead", "life", "rate", "output"]] = [1, 2, 0.1, 1.0]
    mine[["capex", "capex_low", "capex_high"]] = [1000.0] * 3
    mine[["opex", "opex_low", "opex_high"]] = [2.0] * 3
    assert net_present_value(mine, 3.0).mode == pytest.approx(1000 * (earned - paid))
    assert net_present_value(mine, cost_per_kg(mine)).mode == pytest.approx(0, abs=1e-9)


def test_what_has_no_quote_is_a_row_of_its_own_and_earns_nothing():
    table = basket(composition("clay"), PRICES_2024).set_index("element")
    assert table.at["rest", "share"] == pytest.approx(1 - table["share"].drop("rest").sum())
    assert table.at["rest", "share"] > 0.6  # yttrium is not quoted, lanthanum and cerium not listed
    assert table.at["rest", "revenue"] == 0
    assert np.isnan(table.at["rest", "price"])


def test_oxides_of_the_packaged_clay_are_those_of_the_chain():
    contents = pd.DataFrame({"element": ["Nd", "Dy", "Y"], "share": [0.18, 0.046, 0.25]})
    shares = oxide_shares(contents)
    assert composition("clay")[["Nd", "Dy", "Y"]].tolist() == pytest.approx(shares.tolist(), rel=2e-3)


def test_a_date_without_quotes_is_refused_with_a_way_out():
    with pytest.raises(ModelError, match="2021 to 2025"):
        oxide_prices("1999")
    with pytest.raises(ModelError, match="mt-weld"):
        project("atlantis")


@given(st.floats(0.1, 10), st.floats(5, 60))
def test_a_mine_of_another_size_earns_in_proportion_and_needs_the_same_share_of_its_basket(times, revenue):
    mine = MT_WELD
    larger = mine.copy()
    for name in ("output", "capex", "capex_low", "capex_high"):
        larger[name] = mine[name] * times
    assert net_present_value(larger, revenue).mode == pytest.approx(
        times * net_present_value(mine, revenue).mode, rel=1e-9, abs=1e-3
    )
    assert cost_per_kg(larger) == pytest.approx(cost_per_kg(mine))


@pytest.mark.parametrize("sold", [set(), {"Ce"}, {"La", "Ce", "Nd", "Dy", "Tb"}])
@pytest.mark.parametrize("more", ["Nd", "Ce"])
def test_another_buyer_never_lowers_the_basket_and_shares_of_revenue_add_to_one(sold, more):
    shares = composition("mt-weld")
    assert basket_price(shares, PRICES_2024, sold | {more}) >= basket_price(shares, PRICES_2024, sold)
    assert basket(shares, PRICES_2024, sold | {more})["revenue_share"].sum() == pytest.approx(1)

"""Costs: a curve worked by hand, rates with their date, and values that say from what they are made."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.respond.costs import Rates, Spent, cost_of, product_values, rates_on
from meguri.respond.measures import packaged_measures
from meguri.structure.chain import Chain

CURVE = pd.DataFrame(
    [
        ("entry", 0.0, 7.0),
        ("fixed", 0.0, 100.0),
        ("unit", 20.0, 8.0),  # steps may stand in any order
        ("unit", 0.0, 5.0),
        ("unit", 10.0, 6.0),
        ("running_fixed", 0.0, 3.0),
        ("running_unit", 0.0, 0.5),
    ],
    columns=["cost", "step_from", "amount"],
)


def test_a_curve_of_three_steps_worked_by_hand() -> None:
    """25 units: 10 at 5, 10 at 6, 5 at 8 make 150; with entry 7 and fixed 100 it is 257, running 15.5."""
    assert cost_of(CURVE, 25.0) == Spent(257.0, 15.5)
    assert cost_of(CURVE, 25.0, entered=True) == Spent(250.0, 15.5)
    assert cost_of(CURVE, 25.0).over(4.0) == 257.0 + 4 * 15.5


def test_nothing_costs_nothing_and_less_than_nothing_is_refused() -> None:
    assert cost_of(CURVE, 0.0) == Spent(0.0, 0.0)
    with pytest.raises(ValueError, match="-1"):
        cost_of(CURVE, -1.0)


@settings(max_examples=25)
@given(st.floats(0.01, 100.0), st.floats(0.01, 100.0))
def test_a_larger_size_never_costs_less(first: float, second: float) -> None:
    small, large = (cost_of(CURVE, size) for size in sorted((first, second)))
    assert small.once <= large.once + 1e-9
    assert small.running <= large.running + 1e-9


def test_the_latest_rate_of_the_day_is_taken_and_named() -> None:
    table = packaged_measures()["exchange_rates"]
    assert rates_on(table, "2012-06-30").per_unit["USD"] == 79.82
    spring = rates_on(table, "2026-04-01")
    assert (spring.date, round(spring.per_unit["USD"], 1)) == ("2026-01-06", 156.7)
    assert rates_on(table, "1999").date == "2009"  # before the first: the first, which the date shows
    assert rates_on(table).date == max(table["date"])


def test_a_dollar_of_the_user_moves_every_currency_that_is_quoted_in_dollars() -> None:
    table = packaged_measures()["exchange_rates"]
    usual, own = rates_on(table), rates_on(table, usd_jpy=100.0)
    ratio = 100.0 / usual.per_unit["USD"]
    assert own.per_unit["JPY"] == 1.0
    for currency in ("USD", "EUR", "AUD"):
        assert own.per_unit[currency] == pytest.approx(usual.per_unit[currency] * ratio)


@pytest.mark.parametrize("rate", [0.0, -150.0, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(DataError, match="--rate"):
        rates_on(packaged_measures()["exchange_rates"], usd_jpy=rate)


def test_a_product_without_a_price_is_worth_its_elements_and_says_so() -> None:
    chain, rates = Chain.example("ndfeb-japan@2024"), Rates({"JPY": 1.0, "USD": 100.0}, "", "", given=True)
    prices = packaged_measures()["response_prices"]
    values = product_values(chain, prices, rates).set_index("product")
    contents = chain.contents.query("material == 'metal-hree'").set_index("element")["share"]
    price = prices.sort_values("price_year").groupby("product")["price"].last()
    by_hand = sum(share * price[element] * 100.0 * 1000 for element, share in contents.items())
    assert values.at["metal-hree", "value"] == pytest.approx(by_hand)
    assert values.at["metal-hree", "grade"] == "derived"
    assert values.at["magnet-hree", "value"] == pytest.approx(
        price["magnet-hree"] * 1e5
    )  # its own price wins
    assert "motor-traction" not in values.index  # unknown is no zero


def test_a_price_of_one_chain_is_not_taken_for_another() -> None:
    chain, rates = Chain.example("ndfeb-japan@2024"), Rates({"USD": 1.0}, "", "", given=True)
    row = {"product": "magnet-hree", "price": 9.0, "currency": "USD", "price_year": 2024, "grade": "assumed"}
    prices = packaged_measures()["response_prices"]
    for name, expected in (("ndfeb-japan@2009", 80e3), ("ndfeb-japan", 9e3), ("ndfeb-japan@2024", 9e3)):
        own = pd.concat([prices, pd.DataFrame([{**row, "chain": name}])], ignore_index=True)
        value = product_values(chain, own.fillna({"source": "", "note": ""}), rates).set_index("product")
        assert value.at["magnet-hree", "value"] == pytest.approx(expected)


@pytest.mark.parametrize(("on", "usd_per_kg"), [("2012-08-01", 706), ("2010-10-01", 133), ("2005", 133)])
def test_what_a_plan_buys_is_priced_in_its_own_year(on: str, usd_per_kg: float) -> None:
    """Dy metal in USD/kg from oxide at 615 (2012) and 115.67 (2009), over 0.871."""
    rates = Rates({"JPY": 1.0, "USD": 1.0}, "", "", given=True)
    prices = packaged_measures()["response_prices"]
    chain = Chain.example("ndfeb-japan@2009")
    pure = chain.contents.assign(share=1.0, share_low=1.0, share_high=1.0).query("material == 'metal-hree'")
    only_dy = chain.with_table("contents", pure.query("element == 'Dy'"))
    value = product_values(only_dy, prices, rates, on).set_index("product").at["metal-hree", "value"]
    assert value / 1000 == pytest.approx(usd_per_kg, rel=0.01)

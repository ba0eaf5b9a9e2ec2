"""Old and new scrap never mix, every rate is worked by hand, and ranges hold what they must."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.circulate.indicators import (
    Amount,
    Cycle,
    NewScrap,
    OldScrap,
    Product,
    eol_rir,
    eol_rr,
    indicator_table,
    iso_table,
    linear_flow,
    longevity,
    mci,
    nonfunctional_rr,
    old_scrap_ratio,
    recycled_content,
    route_difference,
    spanned,
    statistical_entropy,
    uses,
)

MASS = st.floats(0.5, 1000)
SHARE = st.floats(0, 1)


# --- recycling rates ----------------------------------------------------------------------------


def test_the_rates_of_a_cycle_worked_by_hand():
    # 60 t primary, 10 t from old and 30 t from new scrap; 40 t discarded, of which 5 t end as tramp
    old, new = OldScrap(Amount(10.0)), NewScrap(Amount(30.0))
    assert eol_rr(discarded=Amount(40.0), old=old).value == 0.25
    assert nonfunctional_rr(discarded=Amount(40.0), tramp=Amount(5.0)).value == 0.125
    assert recycled_content(primary=Amount(60.0), old=old, new=new).value == 0.4
    assert old_scrap_ratio(old=old, new=new).value == 0.25
    assert eol_rir(primary=Amount(60.0), old=old, new=new).value == 0.1


def test_process_scrap_given_as_old_scrap_is_refused():
    scrap = NewScrap(Amount(30.0))
    with pytest.raises(DataError) as caught:
        eol_rir(primary=Amount(60.0), old=scrap, new=scrap)  # type: ignore[arg-type]
    assert caught.value.problems[0].key == "scrap_kind"
    with pytest.raises(DataError):
        eol_rr(discarded=Amount(60.0), old=scrap)  # type: ignore[arg-type]


def test_scrap_without_its_kind_is_refused_too():
    with pytest.raises(DataError):
        eol_rir(primary=Amount(60.0), old=Amount(30.0), new=NewScrap(Amount(0.0)))  # type: ignore[arg-type]


def test_scrap_cannot_be_passed_by_place():
    with pytest.raises(TypeError):
        eol_rir(Amount(60.0), OldScrap(Amount(1.0)), NewScrap(Amount(1.0)))  # type: ignore[misc]


@given(MASS, MASS, st.floats(0, 1000), st.floats(0.1, 1000))
def test_more_process_scrap_never_raises_the_end_of_life_rate(primary, old, new, more):
    rates = [
        eol_rir(primary=Amount(primary), old=OldScrap(Amount(old)), new=NewScrap(Amount(mass))).value
        for mass in (new, new + more)
    ]
    assert rates[1] < rates[0]


@given(MASS, MASS, st.floats(0, 1000))
def test_the_end_of_life_input_rate_is_content_times_old_scrap_ratio(primary, old, new):
    scrap = {"old": OldScrap(Amount(old)), "new": NewScrap(Amount(new))}
    product = recycled_content(primary=Amount(primary), **scrap).value * old_scrap_ratio(**scrap).value
    assert eol_rir(primary=Amount(primary), **scrap).value == pytest.approx(product)


def test_indium_is_mostly_recycled_and_yet_has_no_end_of_life_input():
    # Indium Corp for 2009: 444 t virgin, 786 t reclaimed, all of it from sputtering: new scrap
    scrap = {"old": OldScrap(Amount(0.0)), "new": NewScrap(Amount(786.0))}
    assert recycled_content(primary=Amount(444.0), **scrap).value == pytest.approx(0.639, abs=5e-4)
    assert eol_rir(primary=Amount(444.0), **scrap).value == 0


def test_process_scrap_of_the_dy_loop_keeps_its_input_rate_low():
    # the documents' feed of 60–80 % process scrap: with half of all metal from that loop, EoL-RIR is 10–20 %
    rates = [
        eol_rir(primary=Amount(50.0), old=OldScrap(Amount(50 * (1 - p))), new=NewScrap(Amount(50 * p))).value
        for p in (0.6, 0.8)
    ]
    np.testing.assert_allclose(rates, [0.2, 0.1])


def test_the_retained_function_stands_beside_every_mass_rate_or_says_why_not():
    cycle = Cycle(Amount(60.0), OldScrap(Amount(10.0)), NewScrap(Amount(30.0)), Amount(40.0))
    without = indicator_table(cycle).set_index("indicator")
    assert np.isnan(without.at["rfr", "value"])
    assert without.at["rfr", "reason"] == "rfr_no_routes"
    beside = indicator_table(cycle, rfr=Amount(0.098, 0.05, 0.2)).set_index("indicator")
    assert (beside.at["rfr", "value"], beside.at["rfr", "reason"]) == (0.098, "")


def test_a_rate_of_nothing_is_unknown_with_a_reason():
    cycle = Cycle(Amount(60.0), OldScrap(Amount(0.0)), NewScrap(Amount(0.0)), Amount(0.0))
    rows = indicator_table(cycle).set_index("indicator")
    assert rows.at["eol_rr", "reason"] == rows.at["old_scrap_ratio", "reason"] == "rate_no_whole"


def test_ranges_are_the_extremes_over_all_corners():
    found = eol_rir(
        primary=Amount(60.0, 50.0, 70.0), old=OldScrap(Amount(10.0, 5.0, 15.0)), new=NewScrap(Amount(30.0))
    )
    assert found == (0.1, pytest.approx(5 / 105), pytest.approx(15 / 95))


@given(st.tuples(SHARE, SHARE).map(sorted), st.tuples(SHARE, SHARE).map(sorted), SHARE, SHARE)
def test_no_point_inside_the_ranges_lies_outside_the_result(a, b, at_a, at_b):
    def rate(a: float, b: float) -> float:
        return (a + 1) / (a + b + 2)

    found = spanned(rate, a=Amount(a[0], *a), b=Amount(b[0], *b))
    inside = rate(a[0] + at_a * (a[1] - a[0]), b[0] + at_b * (b[1] - b[0]))
    assert found.low - 1e-12 <= inside <= found.high + 1e-12


# --- MCI ----------------------------------------------------------------------------------------


def test_the_ends_of_the_scale_are_those_of_the_method():
    assert mci(Product()).value == pytest.approx(0.1)
    whole = Product(feed_recycled=Amount(1.0), to_recycling=Amount(1.0))
    assert mci(whole).value == pytest.approx(1.0)


def test_a_product_worked_by_hand_with_losses_of_recycling():
    # 30 % recycled feed made at 80 %, half collected and recycled at 60 %, lives 1.5 times the average:
    # V .7, W0 .5, WC .2, WF .075, W .6375, LFI 1.3375/1.9375, X 1.5
    product = Product(
        feed_recycled=Amount(0.3), to_recycling=Amount(0.5), recycling_yield=Amount(0.6),
        feedstock_yield=Amount(0.8), lifetime=Amount(1.5),
    )  # fmt: skip
    assert mci(product).value == pytest.approx(1 - 0.9 * (1.3375 / 1.9375) / 1.5)


def test_dropping_the_shared_waste_from_the_denominator_gives_another_number():
    # what two public codes do: 1.3375/2 in place of 1.3375/1.9375
    whole = linear_flow(0.3, 0, 0, 0.5, 0, 0, 0, 0.6, 0.8)
    assert whole == pytest.approx(1.3375 / 1.9375)
    assert abs(whole - 1.3375 / 2) > 0.02


@given(SHARE, SHARE, SHARE, SHARE, st.floats(0.1, 1), st.floats(0.1, 1))
def test_the_indicator_stays_between_its_ends(feed, reuse, collected, kept, after, before):
    product = Product(
        feed_recycled=Amount(feed * (1 - reuse)), feed_reused=Amount(feed * reuse),
        to_recycling=Amount(collected * (1 - kept)), to_reuse=Amount(collected * kept),
        recycling_yield=Amount(after), feedstock_yield=Amount(before),
    )  # fmt: skip
    assert -1e-12 <= mci(product).value <= 1 + 1e-12


def test_living_longer_and_collecting_more_raise_it():
    base = Product(to_recycling=Amount(0.3), recycling_yield=Amount(0.8))
    for better in ({"lifetime": Amount(2.0)}, {"intensity": Amount(2.0)}, {"to_recycling": Amount(0.6)}):
        assert mci(dataclasses.replace(base, **better)).value > mci(base).value


def test_shares_above_one_are_refused():
    with pytest.raises(DataError):
        mci(Product(feed_recycled=Amount(0.7), feed_reused=Amount(0.7)))


# --- entropy, longevity, ISO, routes ------------------------------------------------------------


def test_mixing_raises_and_concentrating_lowers_the_entropy():
    # 1 t of metal in 100 t of goods, by hand: magnets of 30 % and the rest of 0.1 %
    mixed = statistical_entropy(np.array([100.0]), np.array([0.01]))
    magnets, rest = 1.0 * 0.3, 1.0 - 0.3
    sorted_out = statistical_entropy(np.array([1.0, 99.0]), np.array([0.3, rest / 99]))
    by_hand = -(magnets * np.log2(0.3) + rest * np.log2(rest / 99)) / np.log2(100)
    assert mixed == pytest.approx(1)
    assert sorted_out == pytest.approx(by_hand)
    assert sorted_out < mixed


@given(st.lists(st.tuples(MASS, st.floats(1e-6, 1)), min_size=1, max_size=6))
def test_the_entropy_lies_between_none_and_all(flows):
    mass, content = np.array(flows).T
    assert -1e-12 <= statistical_entropy(mass, content) <= 1 + 1e-12


def test_splitting_a_flow_changes_no_entropy():
    one = statistical_entropy(np.array([10.0, 90.0]), np.array([0.2, 0.01]))
    two = statistical_entropy(np.array([4.0, 6.0, 90.0]), np.array([0.2, 0.2, 0.01]))
    assert one == pytest.approx(two)


def test_entropy_without_the_element_is_refused():
    with pytest.raises(DataError):
        statistical_entropy(np.array([1.0]), np.array([0.0]))


def test_longevity_is_the_sum_over_all_lives():
    # 10 years, half returns, half of that again …: 10 + 5 + 2.5 + … = 20; refurbishing adds 2 each time
    lives = sum(12 * 0.5**n for n in range(60))
    found = longevity(Amount(10.0), refurbished=Amount(2.0), returned=Amount(0.5)).value
    assert found == pytest.approx(lives) == pytest.approx(12 * uses(Amount(0.5)).value)


def test_a_return_of_everything_is_refused():
    with pytest.raises(DataError):
        longevity(Amount(10.0), returned=Amount(0.9, 0.8, 1.0))


def test_the_iso_table_divides_each_part_by_its_whole():
    rows = iso_table(
        {"total": Amount(100.0), "recycled": Amount(20.0)}, {"total": Amount(50.0), "reused": Amount(5.0)},
        Amount(12.0), Amount(10.0),
    ).set_index("indicator")["value"]  # fmt: skip
    assert rows["iso_recycled_inflow"] == 0.2
    assert rows["iso_reused_outflow"] == 0.1
    assert rows["iso_lifetime"] == 1.2
    assert rows["iso_biological_outflow"] == 0


BURDENS = pd.DataFrame(
    [
        ("direct", "CO2", "t/t", 2.0, 1.0, 3.0), ("separation", "CO2", "t/t", 10.0, 5.0, 20.0),
        ("direct", "cost", "JPY/kg", 900.0, 600.0, 1500.0),
        ("separation", "cost", "JPY/kg", 1000.0, 800.0, 1200.0),
        ("separation", "acid", "t/t", 3.0, np.nan, np.nan),
    ],
    columns=["route", "metric", "unit", "value", "low", "high"],
)  # fmt: skip


def test_routes_differ_by_metric_with_the_widest_range_and_a_sign():
    rows = route_difference(BURDENS, "direct", "separation").set_index("metric")
    assert rows.loc["CO2", ["difference", "low", "high"]].tolist() == [-8.0, -19.0, -2.0]
    assert rows["sign"].to_dict() == {"CO2": "less", "acid": "unknown", "cost": "open"}


def test_the_other_way_round_the_difference_changes_its_sign():
    one = route_difference(BURDENS, "direct", "separation").set_index("metric")
    other = route_difference(BURDENS, "separation", "direct").set_index("metric")
    pd.testing.assert_series_equal(one["difference"], -other["difference"])
    pd.testing.assert_series_equal(one["low"], -other["high"], check_names=False)


def test_a_route_nobody_described_is_refused():
    with pytest.raises(DataError):
        route_difference(BURDENS, "direct", "magic")

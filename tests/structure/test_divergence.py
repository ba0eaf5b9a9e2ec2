import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.structure.divergence import distance_range, divergence_scores, ore_refined_divergence


def side(**shares: float) -> pd.Series:
    return pd.Series(shares, dtype=float)


def test_the_same_countries_do_not_diverge():
    assert distance_range(side(CN=0.5, AU=0.5), side(CN=0.5, AU=0.5)) == (0, 0, 0)


def test_no_country_in_common_is_full_divergence():
    assert distance_range(side(CD=1), side(CN=1)) == (1, 1, 1)


def test_a_rest_may_meet_what_the_other_side_has_there_by_hand():
    # ore: CD .5, others .5; metal: CN .6, CD .4. The others may be CN: overlap .4 + .5 = .9, or not: .4
    assert distance_range(side(CD=0.5), side(CN=0.6, CD=0.4)) == pytest.approx((0.1, 0.6, 0.6))


def test_two_rests_may_meet_each_other():
    # one counts as the same "others" in the value: ½(.5 + .5 + 0)
    assert distance_range(side(CD=0.5), side(CN=0.5)) == pytest.approx((0.0, 0.5, 1.0))


PARTS = st.lists(st.integers(0, 8), min_size=4, max_size=4).filter(any)


def whole(parts: list[int]) -> pd.Series:
    return pd.Series(parts, index=["CN", "CD", "AU", "CL"]) / sum(parts)


@given(PARTS, PARTS)
def test_whole_sides_give_half_the_sum_of_differences_without_a_range(a, b):
    low, value, high = distance_range(whole(a), whole(b))
    plain = 0.5 * (whole(a) - whole(b)).abs().sum()
    assert low == pytest.approx(plain, abs=1e-9)
    assert value == pytest.approx(plain, abs=1e-9)
    assert high == pytest.approx(plain, abs=1e-9)


@given(PARTS, PARTS)
def test_it_is_the_same_both_ways(a, b):
    assert distance_range(whole(a), whole(b)) == pytest.approx(distance_range(whole(b), whole(a)), abs=1e-9)


@given(PARTS, PARTS, st.sampled_from(["CN", "CD"]), st.sampled_from(["AU", "CL"]))
def test_hiding_countries_leaves_the_true_distance_within_the_range(a, b, hidden_a, hidden_b):
    first, second = whole(a), whole(b)
    true = 0.5 * (first - second).abs().sum()
    named = [x[x > 0].drop(hide, errors="ignore") for x, hide in ((first, hidden_a), (second, hidden_b))]
    low, value, high = distance_range(*named)
    assert low - 1e-9 <= true <= high + 1e-9
    assert low <= value <= high


def test_cobalt_is_refined_elsewhere_and_tungsten_where_it_is_mined():
    cobalt = ore_refined_divergence("Co").set_index("source")["divergence"]
    tungsten = ore_refined_divergence("W").set_index("source")["divergence"]
    assert cobalt["bgs-wms"] > 0.8
    assert tungsten["ec-crm-2023"] < 0.2


def test_a_metal_whose_ore_no_source_counts_has_no_row():
    assert ore_refined_divergence("Ga").empty


def test_scores_name_method_measure_and_years():
    rows = divergence_scores(["Li"])
    assert set(rows["method"]) == set(rows["measure"]) == {"divergence"}
    assert rows["data_year"].str.fullmatch(r"\d{4}(/\d{4})?").all()
    assert (rows["low"] <= rows["value"]).all() and (rows["value"] <= rows["high"]).all()

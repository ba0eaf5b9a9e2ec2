"""Reconciled figures balance, are never less certain than before, and match published examples."""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from meguri.base.errors import ModelError
from meguri.circulate.reconcile import Product, Reconciled, reconcile
from tests.reference import plain_reconcile

UNKNOWN = np.nan


def network(seed: int, nodes: int = 4, flows: int = 9, unknown: float = 0.0, constant: float = 0.0):
    """Random flows between processes and the outside; some unknown, some constant and consistent."""
    chance = np.random.default_rng(seed)
    ends = chance.integers(0, nodes + 1, (flows, 2))  # the last node is the outside
    ends[:, 1] = np.where(ends[:, 0] == ends[:, 1], (ends[:, 0] + 1) % (nodes + 1), ends[:, 1])
    balances = np.zeros((nodes + 1, flows))
    balances[ends[:, 1], np.arange(flows)] += 1
    balances[ends[:, 0], np.arange(flows)] -= 1
    balances = balances[:nodes]
    null = np.linalg.svd(balances)[2][np.linalg.matrix_rank(balances) :]
    true = chance.normal(size=len(null)) @ null * 50
    true[np.abs(true) < 1e-9] = 0.0  # dust of the decomposition is no flow
    sd = chance.uniform(0.5, 5, flows)
    value = true + sd * chance.normal(size=flows)
    kind = chance.random(flows)
    value = np.where(kind < constant, true, value)
    sd = np.where(kind < constant, 0.0, sd)
    return np.where(kind > 1 - unknown, UNKNOWN, value), sd, balances


SEEDS = st.integers(0, 10_000)


# --- worked and published -----------------------------------------------------------------------


def test_the_example_of_cencic_2016_comes_out_to_the_last_printed_digit():
    # Three processes, a recycle given by a transfer coefficient, one constant, two outputs nobody knows.
    value = np.array([100, 50, 300, UNKNOWN, 160, UNKNOWN, UNKNOWN, 0.5])
    sd = np.array([10, 0, 30, 0, 16, 0, 0, 0.05])
    balances = np.zeros((3, 8))
    balances[0, [0, 1, 3]], balances[0, 2] = 1, -1
    balances[1, 2], balances[1, [3, 4]] = 1, -1
    balances[2, 4], balances[2, [5, 6]] = 1, -1
    found = reconcile(value, sd, balances, products=[Product(3, 7, (2,))])
    printed = [102.425960, 50, 302.416229, 149.990270, 152.425960, UNKNOWN, UNKNOWN, 0.495973]
    printed_sd = [7.882792, 0, 22.608614, 21.213297, 7.882792, UNKNOWN, UNKNOWN, 0.037681]
    np.testing.assert_allclose(found.value, printed, atol=6e-7)
    np.testing.assert_allclose(found.sd, printed_sd, atol=6e-7)
    assert found.status == (
        "adjusted", "constant", "adjusted", "computed", "adjusted", "undetermined", "undetermined",
        "adjusted",
    )  # fmt: skip
    assert found.dof == 2


def test_the_heat_exchanger_with_bypass_of_narasimhan_and_jordache_comes_out_as_printed():
    # Data Reconciliation and Gross Error Detection (2000), ch. 1: six flows, all with the same sd.
    balances = np.array([[1, -1, -1, 0, 0, 0], [0, 1, 0, -1, 0, 0], [0, 0, 1, 0, -1, 0], [0, 0, 0, 1, 1, -1]])
    measured = np.array([101.91, 64.45, 34.65, 64.20, 36.44, 98.88])
    found = reconcile(measured, np.ones(6), balances)
    np.testing.assert_allclose(found.value, [100.22, 64.50, 35.72, 64.50, 35.72, 100.22], atol=1e-9)


def test_two_readings_of_one_flow_are_averaged_by_their_precision():
    found = reconcile(np.array([100.0, 90.0]), np.array([10.0, 5.0]), np.array([[1.0, -1.0]]))
    # by hand: gap 10, shares 100/125 and 25/125; sd² left = 100 − 100²/125 = 20
    np.testing.assert_allclose(found.value, [92.0, 92.0])
    np.testing.assert_allclose(found.sd**2, [20.0, 20.0])
    assert found.chi2 == pytest.approx(100 / 125)
    assert found.p == pytest.approx(chi2.sf(0.8, 1))


# --- twin ---------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_textbook_formulas_give_the_same_on_fully_measured_flows(seed):
    value, sd, balances = network(seed)
    basis = balances[:0]
    for row in balances:  # the formulas need independent balances
        more = np.vstack([basis, row])
        basis = more if np.linalg.matrix_rank(more) == len(more) else basis
    right = np.random.default_rng(seed).normal(size=len(basis))
    x, v, chi = plain_reconcile.textbook(value, np.diag(sd**2), basis, right)
    found = reconcile(value, sd, basis, right=right)
    np.testing.assert_allclose(found.value, x, atol=1e-8)
    np.testing.assert_allclose(found.covariance, v, atol=1e-8)
    assert found.chi2 == pytest.approx(chi, rel=1e-8, abs=1e-8)
    assert found.dof == len(basis)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
@example(7300)  # balances that add up to nothing leave only rounding, which once passed for a test
def test_unknowns_and_constants_come_out_as_from_one_system_of_multipliers(seed):
    value, sd, balances = network(seed, unknown=0.3, constant=0.2)
    twin = plain_reconcile.reconcile(value, sd, balances, np.zeros(len(balances)))
    found = reconcile(value, sd, balances)
    determined = np.array(found.status) != "undetermined"
    np.testing.assert_allclose(found.value[determined], twin[determined], atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_with_transfer_coefficients_no_feasible_change_lowers_the_sum_of_squares(seed):
    # first-order conditions: V⁻¹(x − m) is a combination of the constraints' slopes, 0 for unknowns
    chance = np.random.default_rng(seed)
    inputs = chance.uniform(50, 150, 2)
    share = chance.uniform(0.2, 0.8)
    true = np.array([*inputs, share * inputs.sum(), (1 - share) * inputs.sum(), share, 0.0])
    sd = np.array([*(0.1 * true[:4]), 0.05, 0.0])
    value = np.where(np.arange(6) < 5, true + sd * chance.normal(size=6), UNKNOWN)
    balances = np.array([[1.0, 1, -1, -1, 0, 0], [0, 0, 0, 1, 0, -1]])
    found = reconcile(value, sd, balances, products=[Product(2, 4, (0, 1))])
    x = found.value
    assert abs(x[2] - x[4] * (x[0] + x[1])) < 1e-9 * x[2]
    slope = np.vstack([balances, [-x[4], -x[4], 1, 0, -(x[0] + x[1]), 0]])
    pull = np.append((x[:5] - value[:5]) / sd[:5] ** 2, 0.0)
    pulled = slope.T @ np.linalg.lstsq(slope.T, pull, rcond=None)[0]
    np.testing.assert_allclose(pulled, pull, atol=1e-6 * np.abs(pull).max())


# --- laws ---------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_what_is_determined_balances_and_no_variance_grows(seed):
    value, sd, balances = network(seed, unknown=0.2, constant=0.1)
    found = reconcile(value, sd, balances)
    whole = np.isfinite(found.value)
    rows = (np.abs(balances[:, ~whole]) < 0.5).all(axis=1)
    missed = balances[rows][:, whole] @ found.value[whole]
    assert np.abs(missed).max(initial=0.0) < 1e-9 * max(1.0, np.nanmax(np.abs(value), initial=1.0))
    measured = np.isfinite(value)
    assert (found.sd[measured] <= sd[measured] * (1 + 1e-9)).all()
    known = measured & (sd > 0)
    less = np.diag(sd[known] ** 2) - found.covariance[np.ix_(known, known)]
    assert np.linalg.eigvalsh(less).min(initial=0.0) > -1e-9


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.sampled_from([1e-6, 1e-3, 1e3, 1e6]))
def test_kilograms_instead_of_tonnes_change_nothing_but_the_numbers(seed, factor):
    value, sd, balances = network(seed, unknown=0.2, constant=0.1)
    one, other = reconcile(value, sd, balances), reconcile(value * factor, sd * factor, balances)
    size = np.nanmax(np.abs(value), initial=1.0)
    np.testing.assert_allclose(other.value / factor, one.value, atol=1e-8 * size)
    assert (other.status, other.dof) == (one.status, one.dof)
    assert other.chi2 == pytest.approx(one.chi2, rel=1e-7, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_order_of_flows_and_of_balances_is_irrelevant(seed):
    value, sd, balances = network(seed, unknown=0.2)
    chance = np.random.default_rng(seed + 1)
    flows, rows = chance.permutation(len(value)), chance.permutation(len(balances))
    one = reconcile(value, sd, balances)
    other = reconcile(value[flows], sd[flows], balances[rows][:, flows])
    np.testing.assert_allclose(other.value, one.value[flows], atol=1e-8)
    np.testing.assert_allclose(other.sd, one.sd[flows], atol=1e-8)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_a_balance_said_twice_counts_once(seed):
    value, sd, balances = network(seed)
    one, twice = reconcile(value, sd, balances), reconcile(value, sd, np.vstack([balances, balances[:2]]))
    np.testing.assert_allclose(twice.value, one.value, atol=1e-8)
    assert twice.dof == one.dof


def test_reconciling_the_result_again_changes_nothing():
    value, sd, balances = network(3)
    found = reconcile(value, sd, balances)
    again = reconcile(found.value, sd, balances)
    np.testing.assert_allclose(again.value, found.value, atol=1e-9)
    assert again.chi2 == pytest.approx(0, abs=1e-12)


@cache
def sound() -> list[Reconciled]:
    """Many networks whose figures carry no error but the declared one."""
    return [reconcile(*network(seed)) for seed in range(200)]


def test_the_sum_of_squares_follows_its_distribution_when_all_figures_are_sound():
    p = np.sort([one.p for one in sound()])
    assert np.abs(p - np.linspace(0, 1, p.size)).max() < 0.1  # Kolmogorov–Smirnov at about 0.5 %


# --- classes, gross errors, distributions -------------------------------------------------------


def test_unknowns_are_told_apart_by_what_the_balances_say():
    # in → A → out1 + out2: with one output unknown it follows, with two neither does
    balances = np.array([[1.0, -1.0, -1.0]])
    one = reconcile(np.array([10.0, 4.0, UNKNOWN]), np.array([1.0, 1.0, 0.0]), balances)
    assert one.status == ("unchecked", "unchecked", "computed")
    assert (one.value[2], one.sd[2]) == (pytest.approx(6.0), pytest.approx(2**0.5))
    two = reconcile(np.array([10.0, UNKNOWN, UNKNOWN]), np.array([1.0, 1.0, 0.0]), balances)
    assert two.status[1:] == ("undetermined", "undetermined")
    assert np.isnan(two.value[1:]).all()
    assert one.dof == two.dof == 0


def test_a_zero_too_many_is_found_and_named():
    balances = np.array([[1, -1, -1, 0, 0, 0], [0, 1, 0, -1, 0, 0], [0, 0, 1, 0, -1, 0], [0, 0, 0, 1, 1, -1]])
    measured = np.array([100.0, 64.0, 36.0, 640.0, 36.0, 100.0])
    found = reconcile(measured, np.ones(6), balances)
    assert int(np.nanargmax(np.abs(found.standardised))) == 3
    assert found.suspect[3]
    assert found.p < 1e-6


def test_sound_figures_are_rarely_suspected():
    assert np.mean([one.suspect.any() for one in sound()]) < 0.08  # 5 % by design


def test_constants_that_contradict_each_other_are_named():
    with pytest.raises(ModelError) as caught:
        reconcile(
            np.array([10.0, 4.0, 5.0]), np.zeros(3), np.array([[1.0, -1.0, -1.0]]), names=["in", "a", "b"]
        )
    assert "in, a, b" in str(caught.value)


def test_a_contradiction_behind_an_unknown_is_found_too():
    # a = u and b = u with constants a ≠ b
    balances = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]])
    with pytest.raises(ModelError):
        reconcile(np.array([10.0, 4.0, UNKNOWN]), np.zeros(3), balances)


def test_missing_or_negative_uncertainties_are_all_named_at_once():
    with pytest.raises(ModelError) as caught:
        reconcile(np.array([1.0, 2.0]), np.array([np.nan, -1.0]), np.array([[1.0, -1.0]]), names=["p", "q"])
    assert len(caught.value.problems) == 2


def test_lognormal_figures_stay_positive_where_normal_ones_would_not():
    balances = np.array([[1.0, -1.0, -1.0]])
    value, sd = np.array([10.0, 12.0, 1.0]), np.array([0.1, 1.0, 2.0])
    normal = reconcile(value, sd, balances)
    lognormal = reconcile(value, sd, balances, lognormal=np.array([False, False, True]))
    assert normal.value[2] < 0 < lognormal.value[2]
    assert balances @ lognormal.value == pytest.approx(0, abs=1e-9)


def test_a_narrow_lognormal_is_a_normal():
    value, sd, balances = network(5)
    value = np.abs(value) + 100
    narrow = sd * 1e-4
    balances = np.abs(balances[:1])
    right = balances @ value + 1e-4
    one = reconcile(value, narrow, balances, right=right)
    other = reconcile(value, narrow, balances, right=right, lognormal=np.ones(value.size, bool))
    np.testing.assert_allclose(other.value, one.value, rtol=1e-8)
    np.testing.assert_allclose(other.sd, one.sd, rtol=1e-4)


def test_the_uncertainty_of_an_untouched_lognormal_is_the_one_given():
    found = reconcile(
        np.array([10.0, UNKNOWN]), np.array([8.0, 0.0]), np.array([[1.0, -1.0]]),
        lognormal=np.array([True, False]),
    )  # fmt: skip
    assert found.sd[0] == pytest.approx(8.0)


@pytest.mark.parametrize("ppm", [1.0, 1e-3, 1e-6])
def test_contents_in_parts_per_million_weigh_like_any_other(ppm):
    # goods of 1 Mt, an element's content and its own flow: the same picture at any scale
    value, sd = np.array([1e6, 0.02 * ppm, 21e3 * ppm]), np.array([5e4, 0.002 * ppm, 1e3 * ppm])
    found = reconcile(value, sd, np.zeros((0, 3)), products=[Product(2, 1, (0,))])
    by_hand = reconcile(
        np.array([1e6, 0.02, 21e3]),
        np.array([5e4, 0.002, 1e3]),
        np.zeros((0, 3)),
        products=[Product(2, 1, (0,))],
    )
    np.testing.assert_allclose(found.value / [1, ppm, ppm], by_hand.value, rtol=1e-9)
    assert found.dof == 1
    assert found.value[2] == pytest.approx(found.value[0] * found.value[1], rel=1e-9)


def test_a_product_that_cannot_hold_is_refused():
    # share 2 of 10 is 20, not 5, and nothing may move
    with pytest.raises(ModelError):
        reconcile(np.array([10.0, 5.0, 2.0]), np.zeros(3), np.zeros((0, 3)), products=[Product(1, 2, (0,))])

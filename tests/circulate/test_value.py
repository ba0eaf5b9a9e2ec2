"""Laws of value and plan on random route systems with cycles, and the plain twin (METHODS 3.6)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import ModelError
from meguri.circulate.value import PlanValue, best_policy, endless, plan_value, state_value
from tests.circulate.systems import STATES, System, systems
from tests.reference import plain_routes

SOME = settings(max_examples=12, deadline=None)
NEAR = 1e-12


def value_of(system: System) -> np.ndarray:
    return state_value(system.starts, system.yields, system.burdens, system.worth)


def plan_of(system: System, burden: float = 1.0, worth: np.ndarray | None = None) -> PlanValue:
    worth = system.worth if worth is None else worth
    return plan_value(system.plan, system.yields, burden * system.burdens, worth, system.usable)


@given(systems())
@SOME
def test_value_is_what_iterating_from_nothing_comes_to(system: System) -> None:
    worth = dict(zip(STATES, system.worth, strict=True))
    plain = plain_routes.value(worth, system.routes())
    assert dict(zip(STATES, value_of(system), strict=True)) == pytest.approx(plain, abs=1e-9)


@given(systems())
@SOME
def test_a_plan_brings_what_following_the_material_step_by_step_brings(system: System) -> None:
    got = plan_of(system)
    product = {name for name, is_product in zip(STATES, system.product, strict=True) if is_product}
    worth = dict(zip(STATES, system.efficacy, strict=True))
    plan = dict(zip(STATES, system.plan.tolist(), strict=True))
    for k, state in enumerate(STATES):
        plain = plain_routes.follow(state, worth, product, system.routes(), plan)
        assert (got.mass[k], got.function[k], got.burden[k]) == pytest.approx(plain, abs=1e-9)


@given(systems(lossy=False))
@SOME
def test_value_is_the_least_fixed_point_even_where_cycles_lose_nothing(system: System) -> None:
    value = value_of(system)
    offers = system.yields @ value - system.burdens
    best = system.worth.copy()
    np.maximum.at(best, system.starts, offers)
    assert value == pytest.approx(best, abs=1e-9)
    plain = plain_routes.value(dict(zip(STATES, system.worth, strict=True)), system.routes(), rounds=200)
    assert (value >= np.array(list(plain.values())) - 1e-9).all()  # iteration rises towards it
    assert ((value >= 0) & (value <= 1 + NEAR)).all()


def test_a_free_cycle_without_losses_creates_nothing() -> None:
    to = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    value = state_value(np.array([0, 1]), to, np.zeros(2), np.array([0.0, 0.0, 1.0]))
    assert value.tolist() == [0, 0, 1]


def test_a_slow_cycle_is_solved_exactly_where_iterating_would_creep() -> None:
    to = np.array([[1 - 2.0**-20, 2.0**-21]])  # half of what leaves the cycle arrives
    assert state_value(np.array([0]), to, np.zeros(1), np.array([0.0, 1.0]))[0] == pytest.approx(0.5)


@given(systems())
@SOME
def test_retained_function_is_at_most_function_is_at_most_mass_is_at_most_one(system: System) -> None:
    got = plan_of(system)
    retained = np.maximum(got.net, 0.0)
    assert (retained >= 0).all()
    assert (retained <= got.function + NEAR).all()
    assert (got.function <= got.mass + NEAR).all()
    assert (got.mass <= 1 + NEAR).all()


@given(systems())
@SOME
def test_no_plan_is_worth_more_than_the_value_of_the_state(system: System) -> None:
    assert (plan_of(system).net <= value_of(system) + NEAR).all()


@given(systems())
@SOME
def test_without_burden_and_with_every_position_alike_it_is_the_mass_rate(system: System) -> None:
    got = plan_of(system, burden=0.0, worth=system.usable)
    assert got.net == pytest.approx(got.mass, abs=NEAR)


@given(systems())
@SOME
def test_without_burden_and_with_efficacy_yes_or_no_it_is_the_functional_rate(system: System) -> None:
    functional = (np.array(system.efficacy) >= 0.5) & np.array(system.product)
    got = plan_of(system, burden=0.0, worth=functional.astype(float))
    only = plan_value(
        system.plan, system.yields, system.burdens, functional.astype(float), functional.astype(float)
    )
    assert got.net == pytest.approx(only.mass, abs=NEAR)  # mass that reaches a functional product


@given(systems(), st.integers(0, 5), st.integers(0, 4), st.sampled_from(["yield", "burden"]))
@SOME
def test_value_rises_with_a_yield_and_falls_with_a_burden(system: System, q: int, k: int, what: str) -> None:
    q %= len(system.start)
    yields, burdens = system.yields, system.burdens
    if what == "yield":
        yields[q, k] += 1 - yields[q].sum()
    else:
        burdens[q] /= 2
    better = state_value(system.starts, yields, burdens, system.worth)
    assert (better >= value_of(system) - NEAR).all()


@given(systems(), st.integers(0, 8))
@SOME
def test_splitting_a_state_changes_nothing(system: System, eighths: int) -> None:
    """State a becomes a and a', alike in everything; what came to a comes to both in any proportion."""
    part = eighths / 8
    yields = np.column_stack([system.yields, system.yields[:, 0] * (1 - part)])
    yields[:, 0] *= part
    copies = np.flatnonzero(system.starts == 0)
    twice = np.vstack([yields, yields[copies]])
    start = np.append(system.starts, np.full(len(copies), len(STATES)))
    burden = np.append(system.burdens, system.burdens[copies])
    worth = np.append(system.worth, system.worth[0])
    value = state_value(start, twice, burden, worth)
    assert value[:-1] == pytest.approx(value_of(system), abs=NEAR)
    assert value[-1] == pytest.approx(value[0], abs=NEAR)
    plan = np.zeros((len(STATES) + 1, len(start)))
    plan[:-1, : len(system.start)] = system.plan
    plan[-1, len(system.start) :] = system.plan[0, copies]
    got = plan_value(plan, twice, burden, worth, np.append(system.usable, system.usable[0]))
    assert got.net[:-1] == pytest.approx(plan_of(system).net, abs=NEAR)


@given(st.lists(systems(), min_size=2, max_size=3))
@SOME
def test_many_runs_at_once_give_what_one_at_a_time_gives(several: list[System]) -> None:
    first = several[0]
    worth = np.stack([system.worth for system in several])
    usable = np.ones(len(STATES))
    together = best_policy(first.starts, first.yields, first.burdens, worth).value
    plans = plan_value(first.plan, first.yields, first.burdens, worth, usable).net
    for run, own in enumerate(worth):
        assert together[run] == pytest.approx(
            state_value(first.starts, first.yields, first.burdens, own), abs=NEAR
        )
        alone = plan_value(first.plan, first.yields, first.burdens, own, usable).net
        assert plans[run] == pytest.approx(alone, abs=NEAR)


def test_a_plan_that_sends_material_round_for_ever_is_refused() -> None:
    share, to = np.eye(2), np.array([[0.0, 1.0], [1.0, 0.0]])
    assert endless(share @ to).all()
    with pytest.raises(ModelError, match="way out of the cycle"):
        plan_value(share, to, np.zeros(2), np.zeros(2), np.zeros(2))

"""Laws of the best plan: what more money, more options, another order or another currency may change."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.respond.held import days_held
from meguri.respond.instance import Goal, Instance, Limits, Option
from meguri.respond.program import only, solve_extensive
from tests.respond.cases import line, option

SHARES = st.sampled_from([0.0, 0.25, 0.5, 0.75])
PRICES = st.integers(1, 6).map(float)
FEW = settings(max_examples=4, deadline=None)


class _Named(Instance):
    """A problem that prints its name only: its arrays would fill pages."""

    def __repr__(self) -> str:
        return f"limits and prices {[(o.name, o.unit, o.fixed) for o in self.options]}, {self.budget}"


@st.composite
def problems(draw: st.DrawFn) -> Instance:
    """A line with a stock, a supply and a saving at drawn prices, two worlds, a drawn budget."""
    options = (
        option("stock", "stock", 0, 1.0, draw(PRICES), 6.0, fixed=draw(st.sampled_from([0.0, 2.0]))),
        option("supply", "supply", 0, 365.0, draw(PRICES), 5.0, available=draw(SHARES)),
        option("save", "saving", 0, 0.1, draw(PRICES), 3.0, whole="integer"),
    )
    limits = [draw(SHARES), draw(SHARES)]
    one = line(limits, options=options, budget=float(draw(st.integers(0, 20))))
    return _Named(**{field.name: getattr(one, field.name) for field in fields(one)})


def best(one: Instance, days: float) -> float:
    """Most competitiveness with some days bought; below any where they cannot be."""
    return solve_extensive(one, Goal("share"), Limits(time=days)).objective


@FEW
@given(problems(), st.integers(1, 10))
def test_more_budget_never_worsens_either_axis(one: Instance, more: int) -> None:
    richer = replace(one, budget=one.budget + more)
    for days in (0.0, 2.0):
        assert best(richer, days) >= best(one, days) - 1e-7
    loss = [solve_extensive(each, Goal("loss")).objective for each in (richer, one)]
    assert loss[0] <= loss[1] + 1e-7


@FEW
@given(problems(), st.integers(0, 2))
def test_a_further_option_never_shrinks_the_front(one: Instance, left_out: int) -> None:
    fewer = one.with_options([part for at, part in enumerate(one.options) if at != left_out])
    for days in (0.0, 1.0, 3.0):
        assert best(one, days) >= best(fewer, days) - 1e-7


@pytest.mark.slow
@FEW
@given(problems(), st.sampled_from([1e-3, 137.0, 1e6]))
def test_neither_the_order_of_worlds_nor_the_currency_matters(one: Instance, rate: float) -> None:
    def dearer(part: Option) -> Option:
        return replace(part, unit=part.unit * rate, fixed=part.fixed * rate)

    other = replace(
        one, worlds=one.worlds[::-1], budget=one.budget * rate,
        options=tuple(dearer(part) for part in one.options),
    )  # fmt: skip
    for goal in (Goal("share"), Goal("loss", tail=0.5)):
        assert solve_extensive(other, goal).objective == pytest.approx(
            solve_extensive(one, goal).objective, abs=1e-6
        )
    cost = solve_extensive(one, Goal("cost"), Limits(time=1.0)).objective
    assert solve_extensive(other, Goal("cost"), Limits(time=1.0)).objective == pytest.approx(
        cost * rate, rel=1e-6, abs=1e-6 * rate
    )


@pytest.mark.slow
@FEW
@given(problems(), st.floats(0.0, 6.0))
def test_stocks_change_days_and_never_competitiveness(one: Instance, size: float) -> None:
    stocks = np.array([size, 0.0, 0.0])
    assert (days_held(one, stocks) >= days_held(one, np.zeros(3)) - 1e-6).all()
    free = replace(one, budget=np.array([0.0]))
    stocked = replace(one, budget=one.budget * 0.0 + 100.0, options=(one.options[0],))
    assert solve_extensive(stocked, Goal("share")).share == pytest.approx(
        solve_extensive(free, Goal("share")).share, abs=1e-9
    )


@pytest.mark.slow
@FEW
@given(problems(), st.integers(0, 1))
def test_a_world_alone_is_never_worse_off_than_among_others(one: Instance, number: int) -> None:
    together = solve_extensive(one, Goal("share")).share[number]
    assert solve_extensive(only(one, number), Goal("share")).objective >= together - 1e-7

"""Cohort accounts checked by hand, on any grid, and where they must refuse."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.circulate.cohorts import inflow_driven, stock_driven
from meguri.circulate.grid import RULES, Grid
from meguri.circulate.lifetimes import Lifetime

LITTLE = {"start": 29.5, "end": 30.5, "middle": 30.0, "quadrature": 30.0}


@pytest.mark.parametrize(("rule", "years"), LITTLE.items())
@pytest.mark.parametrize(
    "lifetime",
    [Lifetime("fixed", mean=30), Lifetime("weibull", shape=3, mean=30), Lifetime("lognormal", mean=30, sd=8)],
    ids=lambda told: told.kind,
)
def test_littles_law_says_how_far_each_rule_of_entry_is_off(
    rule: str, years: float, lifetime: Lifetime
) -> None:
    # goods counted at the end of a year, entered at its start, have ages 1, 2, 3, …: half a year is lost
    grid = Grid.of_years(1900, 2099, rule=rule)  # type: ignore[arg-type]
    told = inflow_driven(np.ones(200), grid, lifetime)
    assert told.stock[-1, 0] == pytest.approx(years, abs=1e-6)
    assert told.outflow[-1, 0] == pytest.approx(1.0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "edges", [range(2000, 2011), range(1990, 2035, 5), (1995, 2000, 2005, 2006, 2010, 2020)]
)
def test_any_grid_balances_both_ways(rule: str, edges: tuple[float, ...]) -> None:
    grid = Grid(tuple(edges), rule)  # type: ignore[arg-type]
    lifetime = Lifetime("lognormal", mean=[8, 12, 20], sd=[3, 4, 5])
    inflow = np.random.default_rng(1).random((len(grid), 3)) * 100
    forward = inflow_driven(inflow, grid, lifetime)
    back = stock_driven(forward.stock, grid, lifetime)
    for told in (forward, back):
        assert np.abs(told.missing()).max() < 1e-9
        assert np.abs(told.cohorts.sum(axis=(0, 2)) - told.stock[-1]).max() < 1e-9
    assert np.abs(back.inflow - inflow).max() < 1e-9


def test_five_year_steps_meet_yearly_steps_where_goods_enter_evenly() -> None:
    lifetime = Lifetime("weibull", shape=2, mean=9)
    yearly = inflow_driven(np.full(20, 7.0), Grid.of_years(2000, 2019, rule="quadrature"), lifetime)
    coarse = Grid((2000, 2005, 2006, 2010, 2020), "quadrature")
    steps = inflow_driven(np.full(4, 7.0), coarse, lifetime)
    assert np.allclose(steps.stock[:, 0], yearly.stock[[4, 5, 9, 19], 0], rtol=1e-12)

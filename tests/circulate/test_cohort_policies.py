"""A stock that falls faster than its goods die, by hand; and without a policy, refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.base.errors import ModelError
from meguri.circulate.cohorts import Stocks, stock_driven
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime

# Ten a year for three years; then 12 of the 30 are there and only 10 of them would have died by themselves.
STOCK = [10.0, 20.0, 30.0, 12.0, 12.0, 30.0]
GRID = Grid.of_years(2000, 2005, rule="middle")
LIFE = Lifetime("fixed", mean=3)


def told(policy: str) -> Stocks:
    found = stock_driven(STOCK, GRID, LIFE, negative=policy)  # type: ignore[arg-type]
    assert found.stock.ravel().tolist() == pytest.approx(STOCK)
    assert np.abs(found.missing()).max() < 1e-9
    return found


def test_allowed_to_go_negative_the_inflow_says_so() -> None:
    found = told("allow")
    assert found.inflow.ravel().tolist() == pytest.approx([10, 10, 10, -8, 10, 28])
    assert found.early.sum() == 0


def test_retired_in_proportion_every_age_loses_the_same_share() -> None:
    found = told("retire")
    # 20 would be left: 8 too many; of the cohorts 2001 and 2002, 6 of 10 each stay
    assert found.early.ravel().tolist() == pytest.approx([0, 0, 0, 8, 0, 0])
    assert found.outflow[3, 0] == pytest.approx(10 + 8)
    # 2004: 2001's 6 leave, 6 are wanted; 2005: 2002's 6 leave, 24 are wanted
    assert found.inflow.ravel().tolist() == pytest.approx([10, 10, 10, 0, 6, 24])


def test_the_oldest_go_first() -> None:
    found = told("oldest")
    assert found.early[3, 0] == pytest.approx(8)
    # of 2001 only 2 stay: 2 leave in 2004, and 2002's 10 in 2005
    assert found.inflow.ravel().tolist() == pytest.approx([10, 10, 10, 0, 2, 28])


def test_laid_aside_goods_die_in_the_drawer_and_come_back_before_new_ones_are_made() -> None:
    found = told("hibernate")
    assert found.early.sum() == 0
    # 8 rest in 2003 (4 of each cohort); in 2004 the 2001 cohort dies, in use and resting alike:
    # 6 are wanted, the 4 that rest come back, 2 are made; in 2005 2002's 10 die and 28 are made
    assert found.hibernating.ravel().tolist() == pytest.approx([0, 0, 0, 8, 0, 0])
    assert found.inflow.ravel().tolist() == pytest.approx([10, 10, 10, 0, 2, 28])
    assert found.outflow.ravel().tolist() == pytest.approx([0, 0, 0, 10, 10, 10])


def test_without_a_policy_a_falling_stock_is_refused_with_its_years_and_the_ways_out() -> None:
    with pytest.raises(ModelError) as refused:
        stock_driven(np.column_stack([STOCK, STOCK]), GRID, LIFE, names=("drives", "motors"))
    assert [problem.key for problem in refused.value.problems] == ["stock_falls", "stock_falls"]
    text = refused.value.text("en")
    assert "drives" in text and "motors" in text and "2003 (8 t)" in text
    for policy in ("retire", "oldest", "hibernate", "allow"):
        assert policy in text and policy in refused.value.text("ja")


def test_a_falling_stock_of_several_types_is_shared_by_their_policy() -> None:
    lives = Lifetime("fixed", mean=[3, 100])
    found = stock_driven([10, 20, 5], Grid.of_years(2000, 2002, rule="middle"), lives,
                         negative="retire", split=[0.5, 0.5])  # fmt: skip
    assert found.stock.sum(axis=1).tolist() == pytest.approx([10, 20, 5])
    assert found.early[2].tolist() == pytest.approx([7.5, 7.5])


def test_goods_that_are_gone_before_they_are_counted_are_a_named_error() -> None:
    with pytest.raises(ModelError) as refused:
        stock_driven([1, 1], Grid((2000, 2005, 2010), "start"), LIFE)
    assert [problem.key for problem in refused.value.problems] == ["gone_at_once"]
    told_evenly = stock_driven([1, 1], Grid((2000, 2005, 2010), "quadrature"), LIFE)
    assert told_evenly.inflow[:, 0].tolist() == pytest.approx([1 / 3, 1 / 3])  # three years' worth are there

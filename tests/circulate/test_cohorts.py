"""Cohort accounts checked by hand, on any grid, and where they must refuse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import ModelError
from meguri.circulate._cohort_kernel import pass_interval
from meguri.circulate.cohort_inputs import Initial
from meguri.circulate.cohort_tables import cohorts_table, stocks_table, write_stocks
from meguri.circulate.cohorts import by_type, inflow_driven, laid_aside, stock_driven
from meguri.circulate.grid import RULES, Grid
from meguri.circulate.lifetimes import Lifetime


def used(time: int, entered: int, series: str, mass: float) -> pd.DataFrame:
    return pd.DataFrame({"time": [time], "entered": [entered], "series": [series], "mass": [mass]})


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


def test_an_opening_stock_dies_by_its_own_ages() -> None:
    grid = Grid.of_years(2000, 2003, rule="middle")
    opening = Initial((1997, 1998, 1999, 2000), np.array([[1.0], [2.0], [3.0]]))
    told = inflow_driven(np.zeros(4), grid, Lifetime("fixed", mean=3), initial=opening)
    assert told.opening.tolist() == [6.0]
    assert told.stock.ravel().tolist() == [5.0, 3.0, 0.0, 0.0]  # 1997's reach 3.5 years in 2000
    assert told.outflow.ravel().tolist() == [1.0, 2.0, 3.0, 0.0]


def test_an_opening_stock_may_have_entered_long_before() -> None:
    grid, life = Grid.of_years(2000, 2002, rule="middle"), Lifetime("fixed", mean=5)
    opening = Initial((1995, 1996, 1997), np.array([[1.0], [2.0]]))
    for method in ("auto", "streaming"):
        told = inflow_driven(np.zeros(3), grid, life, initial=opening, method=method)  # type: ignore[arg-type]
        assert told.stock.ravel().tolist() == [2.0, 0.0, 0.0]  # 1995's are 5.5 years old at the end of 2000


@pytest.mark.parametrize("rule", RULES)
def test_a_steady_opening_stock_stays_as_it_is(rule: str) -> None:
    grid, lifetime = Grid.of_years(2000, 2019, rule=rule), Lifetime("weibull", shape=2, mean=[5, 14])  # type: ignore[arg-type]
    ageing = np.array([[0.9, 0.1], [0.0, 1.0]])
    more = {"mix": np.array([1.0, 0.0]), "ageing": ageing}
    opening = Initial.steady([100, 300], grid, lifetime, **more)
    told = stock_driven(np.full((20, 2), [100.0, 300.0]), grid, lifetime, initial=opening, **more)
    assert np.allclose(told.inflow, told.outflow, rtol=1e-6)
    assert np.allclose(told.inflow, told.inflow[0], rtol=1e-6)
    assert np.allclose(told.stock_by_state, told.stock_by_state[0], rtol=1e-6)


def test_care_changes_old_goods_and_design_only_new_ones() -> None:
    # Lifetimes of e years' half: from 2001 on goods are cared for (calendar) or made better (cohort)
    grid = Grid.of_years(2000, 2002, rule="middle")
    mean = np.array([[1.0], [1e9], [1e9]])
    nature = inflow_driven([1, 1, 1], grid, Lifetime("weibull", shape=1, mean=mean))
    nurture = inflow_driven([1, 1, 1], grid, Lifetime("weibull", shape=1, mean=mean, by="calendar"))
    half = np.exp(-0.5)
    assert nature.stock.ravel() == pytest.approx([half, half * np.exp(-1) + 1, half * np.exp(-2) + 2])
    assert nurture.stock.ravel() == pytest.approx([half, half + 1, half + 2])


@pytest.mark.parametrize("rule", RULES)
def test_the_hazard_of_a_year_holds_however_old_a_good_is(rule: str) -> None:
    # 60 years old at a mean life of one year: the share left is rounding, its hazard is not
    grid = Grid.of_years(2000, 2002, rule=rule)  # type: ignore[arg-type]
    life = Lifetime("weibull", shape=1, mean=1, by="calendar")
    opening = Initial((1940, 1941), np.array([[8.0]]))
    told = inflow_driven(np.zeros(3), grid, life, initial=opening)
    assert told.stock.ravel() == pytest.approx(8 * np.exp([-1.0, -2.0, -3.0]), rel=1e-9)


def test_used_goods_come_and_go_by_cohort_in_the_state_of_their_age() -> None:
    grid = Grid.of_years(2000, 2003, rule="start")
    trade = pd.DataFrame(
        {
            "time": [2002, 2002, 2003],
            "entered": [2000, 2001, 2001],
            "series": "cars",
            "mass": [-4.0, 5.0, -1.0],
        }
    )
    told = inflow_driven(
        [10, 0, 0, 0], grid, Lifetime("fixed", mean=50), names=("cars",), trade=trade,
        mix=[1, 0], ageing=[[0.5, 0.5], [0, 1]],
    )  # fmt: skip
    assert told.traded.ravel().tolist() == [0, 0, 1, -1]
    assert told.stock.ravel().tolist() == [10, 10, 11, 10]
    assert np.abs(told.missing()).max() < 1e-12
    # 2002: 6 t three years old (1/8 new) and 5 t two years old (1/4); 2003: 4 t of the latter stay
    assert told.stock_by_state[2, 0, 0] == pytest.approx(6 / 8 + 5 / 4)
    assert told.stock_by_state[3, 0, 0] == pytest.approx(6 / 16 + 4 / 8)
    again = stock_driven(told.stock, grid, Lifetime("fixed", mean=50), names=("cars",), trade=trade)
    assert again.inflow.ravel().tolist() == pytest.approx([10, 0, 0, 0])


def test_types_share_an_inflow_and_live_their_own_lives() -> None:
    grid, lives = Grid.of_years(2000, 2009, rule="middle"), Lifetime("weibull", shape=2, mean=[3, 9, 3, 9])
    split = np.linspace([0.9, 0.1], [0.2, 0.8], 10)[:, None, :]
    inflow = np.column_stack([np.full(10, 8.0), np.arange(10.0) + 1])
    forward = inflow_driven(by_type(inflow, grid, split), grid, lives)
    whole = forward.stock.reshape(10, 2, 2).sum(axis=2)
    back = stock_driven(whole, grid, lives, split=split)
    assert np.allclose(back.inflow, forward.inflow, rtol=1e-9)
    assert np.allclose(back.inflow.reshape(10, 2, 2).sum(axis=2), inflow, rtol=1e-9)


def test_goods_in_drawers_leave_later_and_nothing_is_lost() -> None:
    grid = Grid.of_years(2000, 2009, rule="middle")
    used = inflow_driven(np.r_[10.0, np.zeros(9)], grid, Lifetime("fixed", mean=2), mix=[0.4, 0.6],
                         ageing=np.eye(2))  # fmt: skip
    drawer = laid_aside(used, 0.3, Lifetime("fixed", mean=3))
    assert drawer.stock.ravel().tolist() == pytest.approx([0, 0, 3, 3, 3, 0, 0, 0, 0, 0])
    assert drawer.outflow_by_state[5, 0].tolist() == pytest.approx([1.2, 1.8])


def test_many_years_are_told_alike_by_fourier_transform_and_step_by_step() -> None:
    grid = Grid.of_years(1880, 2009, rule="quadrature")
    chance = np.random.default_rng(3)
    inflow, life = chance.random((130, 3)) * 50, Lifetime("lognormal", mean=[4, 9, 15], sd=[1, 2, 3])
    ageing = chance.random((20, 4, 4))
    more = {"mix": [0.7, 0.1, 0.1, 0.1], "ageing": ageing / ageing.sum(axis=2, keepdims=True)}
    opening = Initial.steady([5, 50, 100], grid, life, **more)
    short, long = (inflow_driven(inflow, grid, life, initial=opening, method=way, **more)  # type: ignore[arg-type]
                   for way in ("auto", "streaming"))  # fmt: skip
    assert (short.method, long.method) == ("convolution", "streaming")
    for name in ("stock_by_state", "outflow_by_state", "cohorts"):
        assert np.allclose(getattr(short, name), getattr(long, name), rtol=1e-9, atol=1e-9)
    assert short.outflow_by_state.min() >= 0
    kept = stock_driven(long.stock, grid, life, initial=opening, **more)
    assert kept.method == "convolution"
    assert np.allclose(kept.outflow_by_state, long.outflow_by_state, rtol=1e-9, atol=1e-9)


def test_where_cohorts_differ_the_account_is_streamed() -> None:
    grid, mean = Grid.of_years(2000, 2002, rule="middle"), np.array([[5.0], [6.0], [7.0]])
    uneven = Grid((2000, 2001, 2003, 2004), "middle")
    alike = Lifetime("fixed", mean=5)
    assert inflow_driven(np.ones(3), grid, alike).method == "convolution"
    assert inflow_driven(np.ones(3), grid, Lifetime("fixed", mean=mean)).method == "streaming"
    assert inflow_driven(np.ones(3), grid, Lifetime("fixed", mean=mean, by="calendar")).method == "streaming"
    assert inflow_driven(np.ones(3), uneven, alike).method == "streaming"
    assert (
        inflow_driven(np.ones(3), grid, alike, mix=np.full((3, 1, 2), 0.5), ageing=np.eye(2)).method
        == "streaming"
    )


def test_a_cohort_may_age_in_its_own_way() -> None:
    still, turns = np.eye(2), np.array([[0.0, 1.0], [0.0, 1.0]])
    ageing = np.stack([still, turns, still])[:, None]  # only what enters in 2001 turns, after a year
    grid = Grid.of_years(2000, 2002, rule="start")
    told = inflow_driven([1, 2, 4], grid, Lifetime("fixed", mean=9), mix=[1, 0], ageing=ageing)
    assert told.method == "streaming"
    assert told.stock_by_state[2, 0].tolist() == [5.0, 2.0]


@pytest.mark.parametrize("policy", ["retire", "oldest", "hibernate"])
def test_a_policy_acts_on_states_too(policy: str) -> None:
    grid, life = Grid.of_years(2000, 2003, rule="start"), Lifetime("fixed", mean=9)
    turns = np.array([[0.0, 1.0], [0.0, 1.0]])  # worn after three years
    told = stock_driven([10, 20, 5, 5], grid, life, mix=[1, 0], ageing=[np.eye(2), np.eye(2), turns],
                        negative=policy)  # type: ignore[arg-type]  # fmt: skip
    # in 2002 there are 10 t three years old (worn) and 10 t two years old: a quarter of each, or the younger
    known = {"retire": [2.5, 2.5], "oldest": [5.0, 0.0], "hibernate": [2.5, 2.5]}[policy]
    assert told.method == "streaming"
    assert told.stock_by_state[2, 0].tolist() == pytest.approx(known)
    assert np.abs(told.missing()).max() < 1e-12


def test_tables_hold_every_amount_once() -> None:
    grid = Grid.of_years(2000, 2004, rule="middle")
    told = inflow_driven(np.full((5, 2), 10.0), grid, Lifetime("fixed", mean=[2, 3]), mix=[0.5, 0.5],
                         ageing=[[0.9, 0.1], [0, 1]], names=("drives", "motors"), trace=True)  # fmt: skip
    table = stocks_table(told, ("alloyed", "shell"))
    sums = table[table["what"] == "stock"].groupby(["time", "series"])["value"].sum()
    assert sums[2004.0, "motors"] == pytest.approx(30.0)
    assert set(table.loc[table["what"] == "inflow", "state"]) == {"all"}
    at_end = cohorts_table(
        inflow_driven([10, 10], Grid.of_years(2000, 2001, rule="middle"), Lifetime("fixed", mean=1))
    )
    assert at_end[["time", "entered_from", "mass"]].to_numpy().tolist() == [[2001.0, 2001.0, 10.0]]
    ages = cohorts_table(told)
    there = ages[(ages["time"] == 2003) & (ages["series"] == "motors")]
    assert there["entered_from"].tolist() == [2001.0, 2002.0, 2003.0]
    assert ages.groupby(["time", "series"])["mass"].sum()[2003.0, "motors"] == pytest.approx(told.stock[3, 1])


def test_rows_written_to_parquet_are_read_back(tmp_path: Path) -> None:
    told = inflow_driven([10, 10], Grid.of_years(2000, 2001, rule="middle"), Lifetime("fixed", mean=1))
    write_stocks(told, tmp_path / "stocks.parquet")
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "stocks.parquet"), stocks_table(told), check_dtype=False
    )


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"inflow": [1, -1, 1]}, ["amount_negative"]),
    ({"inflow": [1, np.nan, 1]}, ["amount_negative"]),
    ({"inflow": [1, 1]}, ["array_shape"]),
    ({"lifetime": Lifetime("fixed", mean=[[3], [4]])}, ["array_shape"]),
    ({"lifetime": Lifetime("fixed", mean=[3, 4])}, ["array_shape"]),
    ({"ageing": [[0.5, 0.5], [0, 1]]}, ["mix_missing"]),
    ({"ageing": [[0.5, 0.4], [0, 1]], "mix": [0.5, 0.4]}, ["shares_sum", "shares_sum"]),
    ({"ageing": np.eye(3), "mix": [0.5, 0.5]}, ["array_shape"]),
    ({"names": ("a", "b")}, ["array_shape"]),
    ({"initial": Initial((1999, 2001), np.ones((1, 1)))}, ["initial_edges"]),
    ({"initial": Initial((1999, 2000), -np.ones((1, 1)))}, ["amount_negative"]),
    ({"initial": Initial((1999, 2000), np.ones((2, 1)))}, ["array_shape"]),
    ({"trade": pd.DataFrame({"time": [2000]})}, ["column_missing"] * 3),
    ({"trade": used(2000, 2000, "1", 1)}, ["trade_row"]),  # made in the same year
    ({"trade": used(2001, 1990, "1", 1)}, ["trade_row"]),  # no such cohort
    ({"trade": used(2001, 1995, "1", 1), "initial": Initial((1990, 1991), np.ones((1, 1)))}, ["trade_row"]),
    ({"trade": used(2001, 2000, "x", 1)}, ["trade_row"]),
    ({"trade": used(1999, 1998, "1", 1)}, ["trade_row"]),
    ({"trade": used(2001, 2000, "1", -5)}, ["trade_too_much"]),
]


@pytest.mark.parametrize(("told", "keys"), WRONG)
def test_what_does_not_fit_is_named(told: dict[str, Any], keys: list[str]) -> None:
    given = {"inflow": [1, 1, 1], "lifetime": Lifetime("fixed", mean=9)} | told
    with pytest.raises(ModelError) as refused:
        inflow_driven(grid=Grid.of_years(2000, 2002, rule="middle"), **given)
    assert [problem.key for problem in refused.value.problems] == keys
    assert refused.value.text("ja")


@pytest.mark.parametrize("edges", [(2000,), (2000, 2000), (2001, 2000), (2000, np.nan), ()])
def test_a_grid_that_does_not_go_forward_is_named(edges: tuple[float, ...]) -> None:
    with pytest.raises(ModelError) as refused:
        Grid(edges, "middle")
    assert [problem.key for problem in refused.value.problems] == ["grid_edges"]


def test_an_unknown_rule_and_missing_labels_are_named_together() -> None:
    with pytest.raises(ModelError) as refused:
        Grid((2000, 2001, 2002), "noon", (2000,))  # type: ignore[arg-type]
    assert [problem.key for problem in refused.value.problems] == ["grid_labels", "choice_of"]


@pytest.mark.parametrize("rule", RULES)
def test_states_do_not_depend_on_the_grid_that_leads_to_an_age(rule: str) -> None:
    ageing = np.array([[[0.9, 0.1], [0.0, 1.0]], [[0.5, 0.5], [0.2, 0.8]]])
    more = {"mix": [1.0, 0.0], "ageing": ageing, "initial": Initial((1999, 2000), np.array([[8.0]]))}
    ends = []
    for edges in ((2000, 2004), (2000, 2001, 2004), (2000, 2000.25, 2000.5, 2003.75, 2004)):
        grid = Grid(edges, rule)  # type: ignore[arg-type]
        ends.append(inflow_driven(np.zeros(len(grid)), grid, Lifetime("weibull", shape=2, mean=9), **more))
    for told in ends[1:]:
        assert np.allclose(told.cohorts[0], ends[0].cohorts[0], rtol=1e-12)


def test_a_steady_opening_stock_needs_one_lifetime_for_all_its_cohorts() -> None:
    grid = Grid.of_years(2000, 2001, rule="middle")
    with pytest.raises(ModelError) as refused:
        Initial.steady([-1.0], grid, Lifetime("fixed", mean=[[3], [4]]))
    assert [problem.key for problem in refused.value.problems] == ["array_shape", "amount_negative"]


def test_the_kernel_is_compiled_once() -> None:
    # every further mixture of types or layouts would cost a second on a fresh clone
    grid = Grid((2000, 2001, 2003), "quadrature")
    for by in ("cohort", "calendar"):
        inflow_driven([1, 2], grid, Lifetime("fixed", mean=[[3], [4]], by=by))  # type: ignore[arg-type]
        stock_driven([9, 1], grid, Lifetime("fixed", mean=[[3], [4]], by=by), negative="hibernate")  # type: ignore[arg-type]
    assert len(pass_interval.signatures) == 1


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_how_to_prints_what_it_says(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / lang / "howto" / "stocks.md").read_text(encoding="utf-8")
    exec("".join(re.findall(r"```python\n(.*?)```", page, re.S)), {})
    said = re.findall(r"```\n(\[.*?)```", page, re.S)
    assert capsys.readouterr().out == "".join(said)

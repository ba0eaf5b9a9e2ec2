"""Laws of cohort accounts on random grids, lifetimes, states and opening stocks, and their plain twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.circulate.cohort_account import Stocks
from meguri.circulate.cohort_inputs import Initial
from meguri.circulate.cohorts import inflow_driven, stock_driven
from meguri.circulate.grid import RULES, Grid
from meguri.circulate.lifetimes import Lifetime
from tests.reference import plain_cohorts as plain

Floats = npt.NDArray[np.float64]
NEAR = {"rtol": 1e-9, "atol": 1e-9}
SERIES = 2
MORE = settings(max_examples=max(settings.default.max_examples * 2, 24))


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """A grid, lifetime, opening stock, mix and ageing, and amounts for each interval and series."""
    even = draw(st.booleans())
    count = draw(st.integers(2, 6))
    steps = [draw(st.sampled_from([1.0, 5.0, 0.5]))] * count if even else None
    steps = steps or draw(
        st.lists(st.sampled_from([0.5, 1.0, 2.0, 5.0, 10.0]), min_size=count, max_size=count)
    )
    grid = Grid(tuple(2000 + np.concatenate([[0], np.cumsum(steps)])), draw(st.sampled_from(RULES)))
    before = draw(st.integers(0, 2))
    states = draw(st.integers(1, 3))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    edges = tuple(2000 - steps[0] * np.arange(before, -1, -1.0))
    by, rows = draw(st.sampled_from([("cohort", 1), ("cohort", before + count), ("calendar", count)]))
    life = lifetime(draw(st.sampled_from(["weibull", "lognormal", "normal", "fixed"])), chance, by, rows)
    ageing = shares(chance, draw(st.integers(1, 3)), states, states) if states > 1 else None
    mix = shares(chance, draw(st.sampled_from([1, count])), SERIES, states)
    initial = Initial(edges, chance.random((before, SERIES)) * 20, shares(chance, before, SERIES, states))
    return {
        "amounts": chance.integers(0, 80, (count, SERIES)) / 8.0,
        "settings": {"grid": grid, "lifetime": life, "initial": initial, "mix": mix, "ageing": ageing},
    }


def lifetime(kind: str, chance: np.random.Generator, by: Any, rows: int) -> Lifetime:
    mean = chance.uniform(11, 20, (rows, SERIES))  # above the longest step, or a first stock may be gone
    if kind == "fixed":
        return Lifetime(kind, by=by, mean=mean)
    if kind == "weibull":
        return Lifetime(kind, by=by, mean=mean, shape=chance.uniform(1, 3, SERIES))
    return Lifetime(kind, by=by, mean=mean, sd=mean * 0.3)


def shares(chance: np.random.Generator, *shape: int) -> Floats:
    told = chance.integers(1, 9, shape).astype(float)
    return np.asarray(told / told.sum(axis=-1, keepdims=True))


def twin(account: dict[str, Any], series: int, **more: Any) -> plain.Plain:
    told = account["settings"]
    life: Lifetime = told["lifetime"]
    initial, ageing = told["initial"], told["ageing"]
    opening = [
        (*born, (mass[series] * mix[series]).tolist())
        for born, mass, mix in zip(initial.born.tolist(), initial.mass, initial.mix, strict=True)
    ]
    return plain.tell(
        told["grid"].edges,
        told["grid"].rule,
        lambda row: life.part(slice(row, row + 1), slice(series, series + 1)),
        calendar=life.by == "calendar",
        opening=opening,
        mix=told["mix"][:, series].tolist(),
        yearly=[[[1.0]]] if ageing is None else ageing.tolist(),
        **more,
    )


def assert_same(told: Stocks, series: int, known: plain.Plain) -> None:
    assert np.allclose(told.inflow[:, series], known.inflow, **NEAR)
    assert np.allclose(told.outflow[:, series], known.outflow, **NEAR)
    assert np.allclose(told.early[:, series], known.early, **NEAR)
    assert np.allclose(told.hibernating[:, series], known.resting, **NEAR)
    assert np.allclose(told.stock_by_state[:, series], known.by_state, **NEAR)
    assert np.allclose(told.cohorts[:, series], [cohort.states for cohort in known.cohorts], **NEAR)


def assert_balanced(told: Stocks) -> None:
    assert np.abs(told.missing()).max() < 1e-9
    assert np.allclose(told.cohorts.sum(axis=(0, 2)), told.stock[-1] + told.hibernating[-1], **NEAR)
    assert np.allclose(told.stock_by_state.sum(axis=2), told.stock, **NEAR)
    assert np.allclose(told.outflow_by_state.sum(axis=2), told.outflow, **NEAR)


@MORE
@given(accounts())
def test_shortcut_streaming_and_twin_tell_the_same(account: dict[str, Any]) -> None:
    short = inflow_driven(account["amounts"], **account["settings"])
    long = inflow_driven(account["amounts"], **account["settings"], method="streaming")
    assert long.method == "streaming"
    for series in range(SERIES):
        known = twin(account, series, inflow=account["amounts"][:, series])
        assert_same(short, series, known)
        assert_same(long, series, known)
    assert np.allclose(short.outflow_by_state, long.outflow_by_state, **NEAR)
    assert_balanced(short)
    assert_balanced(long)


@MORE
@given(accounts(), st.sampled_from(["allow", "retire", "oldest", "hibernate"]))
def test_every_policy_keeps_the_stock_and_meets_its_twin(account: dict[str, Any], policy: Any) -> None:
    told = stock_driven(account["amounts"], **account["settings"], negative=policy)
    for series in range(SERIES):
        assert_same(told, series, twin(account, series, stock=account["amounts"][:, series], policy=policy))
    assert_balanced(told)
    assert np.allclose(told.stock, account["amounts"], **NEAR)
    assert policy == "allow" or told.inflow.min() >= 0


@given(accounts())
def test_a_stock_gives_back_the_inflow_it_came_from(account: dict[str, Any]) -> None:
    forward = inflow_driven(account["amounts"], **account["settings"])
    back = stock_driven(forward.stock, **account["settings"])
    assert np.allclose(back.inflow, account["amounts"], **NEAR)
    assert np.allclose(back.outflow_by_state, forward.outflow_by_state, **NEAR)


@given(accounts(), st.integers(2, 5))
def test_stock_and_outflow_are_linear_in_what_entered(account: dict[str, Any], factor: int) -> None:
    told, amounts = account["settings"], account["amounts"]
    opening: Initial = told["initial"]
    empty = told | {"initial": Initial(opening.edges, 0 * opening.mass, opening.mix)}
    once, rest = inflow_driven(amounts, **empty), inflow_driven(0 * amounts, **told)
    both = inflow_driven(amounts * factor, **told)
    assert np.allclose(both.stock_by_state, factor * once.stock_by_state + rest.stock_by_state, **NEAR)
    assert np.allclose(both.outflow, factor * once.outflow + rest.outflow, **NEAR)


@given(accounts())
def test_ageing_keeps_mass(account: dict[str, Any]) -> None:
    aged = inflow_driven(account["amounts"], **account["settings"])
    told = account["settings"] | {"mix": None, "ageing": None}
    told["initial"] = Initial(told["initial"].edges, told["initial"].mass)
    ageless = inflow_driven(account["amounts"], **told)
    assert np.allclose(aged.stock, ageless.stock, **NEAR)
    assert np.allclose(aged.outflow, ageless.outflow, **NEAR)


@given(accounts())
def test_going_on_from_the_closing_stock_changes_nothing(account: dict[str, Any]) -> None:
    told = account["settings"]
    grid: Grid = told["grid"]
    whole = inflow_driven(account["amounts"], **told)
    life = told["lifetime"]
    early, late = Grid(grid.edges[:2], grid.rule), Grid(grid.edges[1:], grid.rule)
    before = len(told["initial"].born) + 1
    if life.by == "calendar":
        lives = life.part(slice(0, 1), slice(None)), life.part(slice(1, None), slice(None))
    else:
        lives = life.part(slice(0, before), slice(None)), life
    mixes = told["mix"][:1], told["mix"][1:] if len(told["mix"]) > 1 else told["mix"]
    first = inflow_driven(
        account["amounts"][:1], **told | {"grid": early, "lifetime": lives[0], "mix": mixes[0]}
    )
    rest = {"grid": late, "lifetime": lives[1], "mix": mixes[1], "initial": first.closing()}
    then = inflow_driven(account["amounts"][1:], **told | rest)
    assert np.allclose(then.stock_by_state, whole.stock_by_state[1:], **NEAR)
    assert np.allclose(then.cohorts, whole.cohorts, **NEAR)


@given(accounts())
def test_splitting_a_series_changes_nothing(account: dict[str, Any]) -> None:
    told = account["settings"] | {"initial": None, "mix": account["settings"]["mix"][:, :1]}
    grid, life = told["grid"], Lifetime("weibull", shape=2, mean=12)
    both = {
        "grid": grid,
        "lifetime": life,
        "mix": told["mix"],
        "ageing": told["ageing"],
        "negative": "retire",
    }
    one = stock_driven(account["amounts"][:, :1], **both)
    two = stock_driven(account["amounts"][:, :1], **both, split=[0.3, 0.7])
    assert np.allclose(two.inflow.sum(axis=1), one.inflow[:, 0], **NEAR)
    assert np.allclose(two.stock_by_state.sum(axis=1), one.stock_by_state[:, 0], **NEAR)
    assert np.allclose(two.stock[:, 0], 0.3 * one.stock[:, 0], **NEAR)


@given(accounts())
def test_splitting_a_cohort_that_enters_evenly_changes_nothing(account: dict[str, Any]) -> None:
    edges = account["settings"]["grid"].edges
    halves = tuple(sorted({*edges, *(np.add(edges[:-1], edges[1:]) / 2).tolist()}))
    life = Lifetime("lognormal", mean=[7, 12], sd=3)
    whole = inflow_driven(account["amounts"], Grid(edges, "quadrature"), life)
    split = inflow_driven(np.repeat(account["amounts"], 2, axis=0), Grid(halves, "quadrature"), life)
    assert np.allclose(split.stock[1::2], whole.stock, **NEAR)

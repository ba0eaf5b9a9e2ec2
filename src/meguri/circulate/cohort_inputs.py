"""What a cohort account is given besides a flow and a lifetime: an opening stock, states, used goods.

Everything is checked here, all problems at once; `cohorts` trusts what it gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.circulate.ageing import ages_at, every_year, lay_out_turns, turns_to
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime, surviving

if TYPE_CHECKING:  # a third of the memory of a small account
    import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Trade = dict[int, tuple[Ints, Ints, Floats]]  # by interval: cohort, series, mass [t], imports positive
_ROUND = 1e-9  # shares may miss their sum by this much
_TRADE = ("time", "entered", "series", "mass")


@dataclass(frozen=True)
class Initial:
    """The stock at the opening, by when it entered.

    Parameters
    ----------
    edges : sequence (cohort + 1,) [a]
        Cohort c entered between edges c and c + 1, by the grid's rule; the last is not after the opening.
    mass : array (cohort, series) [t]
        What of each is still there at the opening.
    mix : array (cohort, series, state), optional [1]
        Its shares by state at the opening; those of new goods where nothing is said.
    """

    edges: tuple[float, ...]
    mass: Floats
    mix: Floats | None = None

    @property
    def born(self) -> Floats:
        """(cohort, 2) [a] between which times each entered."""
        return np.column_stack([self.edges[:-1], self.edges[1:]])

    @classmethod
    def steady(
        cls,
        stock: npt.ArrayLike,
        grid: Grid,
        lifetime: Lifetime,
        *,
        mix: npt.ArrayLike | None = None,
        ageing: npt.ArrayLike | None = None,
    ) -> Initial:
        """The stock (series,) [t] by the age it has after an even inflow for ever, in steps of a year.

        Examples
        --------
        >>> grid = Grid.of_years(2000, 2009, rule="middle")
        >>> Initial.steady([30.0], grid, Lifetime("fixed", mean=3)).mass.ravel()
        array([10., 10., 10.])
        """
        total = np.atleast_1d(np.asarray(stock, dtype=float))
        problems = list(_wrong_lifetime(lifetime, total.size, 1))
        if not np.all(np.isfinite(total) & (total >= 0)):
            problems.append(Problem("amount_negative", "initial, stock", f"{total.min():g}"))
        if problems:
            raise ModelError(problems)
        edges = grid.edges[0] - np.arange(np.ceil(lifetime.oldest()), -1, -1.0)
        born = np.column_stack([edges[:-1], edges[1:]])
        left = np.broadcast_to(surviving(lifetime, born, grid.edges[0], grid.rule), (len(born), total.size))
        there = left.any(axis=1)
        first = int(np.argmax(there)) if there.any() else len(born)
        left, born, edges = left[first:], born[first:], edges[first:]
        if not np.all(left.sum(axis=0) > 0):
            raise ModelError(Problem("gone_at_once", "initial", f"{grid.edges[0]:g}"))
        states = None
        if mix is not None and ageing is not None:
            yearly = every_year(ageing)
            turns = turns_to(yearly, ages_at(grid.edges[0], born, grid.rule))
            new = np.broadcast_to(np.asarray(mix, dtype=float), (total.size, yearly.shape[-1]))
            states = np.einsum("sj,cjk->csk", new, turns)
        return cls(tuple(edges.tolist()), total * left / left.sum(axis=0), states)


@dataclass(frozen=True)
class Case:
    """One cohort account, laid out: cohorts of the opening stock first, then one for each interval."""

    grid: Grid
    lifetime: Lifetime
    born: Floats  # (cohort, 2) [a]
    opening: Floats  # (cohort of the opening stock, state, series) [t]
    mix: Floats  # (interval or 1, series, state) [1] of new goods
    which: Ints  # (interval, cohort) row of `turns`; -1 where nothing ages
    turns: Floats  # (row, state, state) [1]
    trade: Trade
    names: tuple[str, ...]  # (series,)

    @property
    def before(self) -> int:
        """Cohorts of the opening stock."""
        return len(self.opening)

    @property
    def opens_only(self) -> bool:
        """Nothing enters: the opening stock is all there is."""
        return len(self.born) == self.before

    def opening_only(self) -> Case:
        """The same for the opening stock alone."""
        return replace(self, born=self.born[: self.before], which=self.which[:, : self.before])

    def mass_only(self) -> Case:
        """The same without states: ageing keeps mass, so stocks and inflows are the same."""
        opening, mix = self.opening.sum(axis=1, keepdims=True), np.ones((1, self.series, 1))
        none = np.full_like(self.which, -1)
        return replace(self, opening=opening, mix=mix, which=none, turns=np.ones((0, 1, 1)))

    @property
    def states(self) -> int:
        """How many states a cohort can be in."""
        return int(self.mix.shape[-1])

    @property
    def series(self) -> int:
        """How many series are told."""
        return len(self.names)


def lay_out(
    series: int,
    grid: Grid,
    lifetime: Lifetime,
    *,
    initial: Initial | None = None,
    mix: npt.ArrayLike | None = None,
    ageing: npt.ArrayLike | None = None,
    trade: pd.DataFrame | None = None,
    names: tuple[str, ...] = (),
) -> Case:
    """Check and lay out a cohort account.

    Raises
    ------
    ModelError
        Shapes that do not fit, shares that do not sum to 1, an opening stock after the opening,
        traded goods of no cohort; all of them at once.
    """
    names = tuple(names) or tuple(str(place + 1) for place in range(series))
    initial = initial or Initial((grid.edges[0],), np.zeros((0, series)))
    yearly = None if ageing is None else every_year(ageing)
    new = _mix_of(mix, yearly)
    born = np.concatenate([initial.born, np.column_stack([grid.edges[:-1], grid.edges[1:]])])
    problems = [
        *_wrong_shape("series", (len(names),), (series,)),
        *_wrong_initial(initial, grid, series, new.shape[-1]),
        *_wrong_mix(new, len(grid), series),
        *_wrong_ageing(yearly, mix, new.shape[-1], len(born)),
        *_wrong_lifetime(lifetime, series, len(grid) if lifetime.by == "calendar" else len(born)),
    ]
    if problems:
        raise ModelError(problems)
    spread = np.broadcast_to(new, (new.shape[0], series, new.shape[-1]))
    held = spread[:1] if initial.mix is None else np.asarray(initial.mix, dtype=float)
    mass = np.asarray(initial.mass, dtype=float)
    opening = np.moveaxis(mass[:, :, None] * held, 1, 2).copy()
    which, turns = lay_out_turns(yearly, born, grid, len(initial.born))
    traded = {} if trade is None else _lay_out_trade(trade, grid, born, names)
    return Case(grid, lifetime, born, opening, spread, which, turns, traded, names)


def _mix_of(mix: npt.ArrayLike | None, ageing: Floats | None) -> Floats:
    """(interval or 1, series or 1, state) from what was given."""
    if mix is None:
        states = 1 if ageing is None else ageing.shape[-1]
        return np.full((1, 1, states), 1.0 / states)  # with ageing the lack of a mix is refused below
    told = np.asarray(mix, dtype=float)
    return told.reshape((1,) * (3 - told.ndim) + told.shape) if told.ndim <= 3 else told


def _wrong_shape(place: str, found: tuple[int, ...], expected: tuple[int, ...]) -> Iterator[Problem]:
    """A shape that is not the expected one; 1 stands for any length."""
    if len(found) != len(expected) or any(f not in (1, e) for f, e in zip(found, expected, strict=True)):
        yield Problem("array_shape", place, str(found), details={"shape": str(expected)})


def _wrong_initial(initial: Initial, grid: Grid, series: int, states: int) -> Iterator[Problem]:
    """What is wrong with an opening stock."""
    edges, mass = np.asarray(initial.edges, dtype=float), np.asarray(initial.mass, dtype=float)
    if not (np.all(np.isfinite(edges)) and np.all(np.diff(edges) > 0) and edges[-1] <= grid.edges[0] + 1e-9):
        yield Problem("initial_edges", "initial", str(edges.tolist())[:80])
    if mass.shape != (len(edges) - 1, series):
        shape = str((len(edges) - 1, series))
        yield Problem("array_shape", "initial, mass", str(mass.shape), details={"shape": shape})
    elif not np.all(np.isfinite(mass) & (mass >= 0)):
        yield Problem("amount_negative", "initial, mass", f"{np.nanmin(mass):g}")
    if initial.mix is not None:
        held = np.asarray(initial.mix, dtype=float)
        if held.shape != (*mass.shape, states):
            shape = str((*mass.shape, states))
            yield Problem("array_shape", "initial, mix", str(held.shape), details={"shape": shape})
        elif not shares(held):
            yield Problem("shares_sum", "initial, mix", f"{held.sum(axis=-1).max():g}")


def _wrong_mix(mix: Floats, intervals: int, series: int) -> Iterator[Problem]:
    """What is wrong with the states in which new goods enter."""
    wrong = list(_wrong_shape("mix", mix.shape, (intervals, series, mix.shape[-1])))
    yield from wrong
    if not wrong and mix.shape[-1] > 1 and not shares(mix):
        yield Problem("shares_sum", "mix", f"{mix.sum(axis=-1).max():g}")


def shares(told: Floats) -> bool:
    """Whether the last axis holds shares that sum to 1."""
    return bool(np.all(told >= 0) and np.all(np.abs(told.sum(axis=-1) - 1) < _ROUND))


def _wrong_ageing(ageing: Floats | None, mix: object, states: int, cohorts: int) -> Iterator[Problem]:
    """What is wrong with the turning of one state into another."""
    if ageing is None:
        return
    if mix is None and ageing.shape[-1] > 1:
        yield Problem("mix_missing", "mix")
    by_cohort = (cohorts,) if ageing.ndim == 4 else ()
    years = ageing.shape[-3:-2] if ageing.ndim in (3, 4) else (1,)
    expected = (*by_cohort, *years, states, states)
    if ageing.shape != expected:
        yield Problem("array_shape", "ageing", str(ageing.shape), details={"shape": str(expected)})
    elif not shares(ageing):
        yield Problem("shares_sum", "ageing", f"{ageing.sum(axis=-1).ravel()[0]:g}")


def _wrong_lifetime(lifetime: Lifetime, series: int, rows: int) -> Iterator[Problem]:
    """A lifetime told for other cohorts, intervals or series than the account has."""
    if lifetime.rows() not in (1, rows) or lifetime.series() not in (1, series):
        found, shape = str((lifetime.rows(), lifetime.series())), str((rows, series))
        yield Problem("array_shape", "lifetime", found, details={"shape": shape})


def _lay_out_trade(trade: pd.DataFrame, grid: Grid, born: Floats, names: tuple[str, ...]) -> Trade:
    """Rows (time, entered, series, mass) as places; goods made in the same interval are inflow, not used."""
    problems = [Problem("column_missing", "trade", details={"column": c}) for c in _TRADE if c not in trade]
    if problems:
        raise ModelError(problems)
    rows = trade.groupby(["time", "entered", "series"], as_index=False)["mass"].sum()
    interval = {label: place for place, label in enumerate(grid.labels)}
    series = {name: place for place, name in enumerate(names)}
    found: dict[int, list[tuple[int, int, float]]] = {}
    for row in rows.itertuples(index=False):
        at, of = interval.get(float(row.time), -1), series.get(str(row.series), -1)
        cohort = int(np.searchsorted(born[:, 0], float(row.entered) + 1e-9)) - 1
        old = at >= 0 and 0 <= cohort < len(born) - len(grid) + at and row.entered < born[cohort, 1]
        if old and of >= 0 and np.isfinite(row.mass):
            found.setdefault(at, []).append((cohort, of, float(row.mass)))
        else:
            place = f"trade, {row.time} {row.series}"
            problems.append(Problem("trade_row", place, f"{row.entered}: {row.mass} t"))
    if problems:
        raise ModelError(problems)
    return {
        at: (np.array([r[0] for r in told]), np.array([r[1] for r in told]), np.array([r[2] for r in told]))
        for at, told in found.items()
    }

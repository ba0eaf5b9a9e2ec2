"""Stocks by cohort: what goods that entered when are still there, in which state, and what leaves.

Two questions, one account: the inflow is known and the stock follows, or the stock is known and the inflow
that keeps it follows. S(t) = Σ_c I(c)·sf(t, c), solved forward in time holding [cohort, state, series] only
(METHODS 3.1, 3.6); where survival and ageing depend on age alone, the sum is a convolution.

Order of an interval: goods age, leave, are traded; the policy for a falling stock acts; new goods enter
by the grid's rule and part of them leaves within the same interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.circulate._cohort_kernel import pass_interval
from meguri.circulate.cohort_inputs import NO_TRADE, Case, Initial, lay_out, shares
from meguri.circulate.cohort_policies import Given, Moment, Wanted, refuse_falls
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime, surviving

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Negative = Literal["error", "allow", "retire", "oldest", "hibernate"]
POLICIES: tuple[str, ...] = get_args(Negative)
_NOISE = 1e-10  # share of an amount by which more may be sent out than is there
_CACHED = 131_072  # numbers of a block of series: about what a processor keeps at hand


@dataclass(frozen=True)
class Stocks:
    """A cohort account, told: stocks in t at the end of each interval, flows in t/a over it."""

    grid: Grid
    names: tuple[str, ...]  # (series,)
    method: str  # "streaming" or "convolution"
    opening: Floats  # (series,) [t] at the first edge
    inflow: Floats  # (time, series) [t/a] new goods
    outflow: Floats  # (time, series) [t/a] left for good, early retirement included
    stock: Floats  # (time, series) [t] in use
    early: Floats  # (time, series) [t/a] of the outflow, retired before its time
    traded: Floats  # (time, series) [t/a] used goods brought in, less those sent out
    hibernating: Floats  # (time, series) [t] there but not in use
    stock_by_state: Floats  # (time, series, state) [t] in use
    outflow_by_state: Floats  # (time, series, state) [t/a]
    born: Floats  # (cohort, 2) [a] between which times each entered
    cohorts: Floats  # (cohort, series, state) [t] at the last edge, hibernating goods included

    def missing(self) -> Floats:
        """(time, series) [t] by which an interval does not balance: rounding only.

        Stock now less before = (inflow + trade - outflow) · length; hibernating goods count as stock.
        """
        there = np.concatenate([self.opening[None], self.stock + self.hibernating])
        moved = (self.inflow + self.traded - self.outflow) * self.grid.lengths[:, None]
        return np.diff(there, axis=0) - moved

    def closing(self) -> Initial:
        """The stock at the end, as the opening stock of an account that goes on from here."""
        mass = self.cohorts.sum(axis=2)
        even = np.full_like(self.cohorts, 1.0 / self.cohorts.shape[2])  # of nothing, any mix will do
        mix = np.divide(self.cohorts, mass[..., None], out=even, where=mass[..., None] > 0)
        return Initial((*self.born[:, 0].tolist(), self.grid.edges[-1]), mass, mix)


def inflow_driven(
    inflow: npt.ArrayLike,
    grid: Grid,
    lifetime: Lifetime,
    *,
    initial: Initial | None = None,
    mix: npt.ArrayLike | None = None,
    ageing: npt.ArrayLike | None = None,
    trade: pd.DataFrame | None = None,
    names: tuple[str, ...] = (),
) -> Stocks:
    """Stock and outflow that follow from an inflow.

    Parameters
    ----------
    inflow : array (time,) or (time, series) [t/a]
        New goods, >= 0.
    grid, lifetime : Grid, Lifetime
        Intervals with their rule of entry, and how long goods stay.
    initial : Initial, optional
        What is there at the opening, by cohort; nothing where it is not given.
    mix : array (state,), (series, state) or (time, series, state), optional [1]
        States of new goods; needed with `ageing`.
    ageing : array (state, state), (age, state, state) or (cohort, age, state, state), optional [1]
        Share of a state that becomes another in each year of life; rows sum to 1.
    trade : DataFrame time, entered, series, mass, optional [t]
        Used goods that entered at a time `entered` [a] and come (+) or go (-) within interval `time`.
    names : sequence (series,)
        For tables and messages.

    Raises
    ------
    ModelError
        Inputs that do not fit; a negative inflow; more goods sent out than there are.

    Examples
    --------
    >>> grid = Grid.of_years(2000, 2004, rule="middle")
    >>> told = inflow_driven([10, 10, 10, 10, 10], grid, Lifetime("fixed", mean=3))
    >>> told.stock.ravel()
    array([10., 20., 30., 30., 30.])
    >>> told.outflow.ravel()
    array([ 0.,  0.,  0., 10., 10.])
    """
    amounts = _amounts(inflow, grid, "inflow")
    case = lay_out(
        amounts.shape[1], grid, lifetime, initial=initial, mix=mix, ageing=ageing, trade=trade, names=names
    )
    return _stream(case, lambda part: Given(amounts[:, part] * grid.lengths[:, None]))


def _amounts(told: npt.ArrayLike, grid: Grid, place: str) -> Floats:
    """(time, series) of finite amounts that are not negative."""
    amounts = np.asarray(told, dtype=float)
    amounts = amounts[:, None] if amounts.ndim == 1 else amounts
    if amounts.ndim != 2 or len(amounts) != len(grid):
        shape = {"shape": f"({len(grid)}, series)"}
        raise ModelError(Problem("array_shape", place, str(amounts.shape), details=shape))
    wrong = ~(np.isfinite(amounts) & (amounts >= 0))
    if wrong.any():
        at, of = (int(axis[0]) for axis in np.nonzero(wrong))
        raise ModelError(
            Problem("amount_negative", f"{place}, {grid.labels[at]:g}, {of + 1}", f"{amounts[at, of]:g}")
        )
    return amounts


def stock_driven(
    stock: npt.ArrayLike,
    grid: Grid,
    lifetime: Lifetime,
    *,
    negative: Negative = "error",
    split: npt.ArrayLike | None = None,
    initial: Initial | None = None,
    mix: npt.ArrayLike | None = None,
    ageing: npt.ArrayLike | None = None,
    trade: pd.DataFrame | None = None,
    names: tuple[str, ...] = (),
) -> Stocks:
    """Inflow and outflow that keep a stock as large as it was or will be.

    Parameters
    ----------
    stock : array (time,) or (time, stock) [t]
        In use at the end of each interval, >= 0.
    negative : "error", "allow", "retire", "oldest" or "hibernate"
        What happens where the stock falls faster than its goods die; see `cohort_policies`.
    split : array (type,), (stock, type) or (time, stock, type), optional [1]
        Shares of types in the inflow of each stock; the series are then stock 1 type 1, stock 1 type 2, …
    grid, lifetime, initial, mix, ageing, trade, names
        As in `inflow_driven`, by series.

    Raises
    ------
    ModelError
        As `inflow_driven`; a stock that falls faster than it dies, with its years and the ways out;
        goods of which nothing is left at the end of the interval in which they enter.

    Examples
    --------
    >>> grid = Grid.of_years(2000, 2004, rule="middle")
    >>> stock_driven([10, 20, 30, 30, 30], grid, Lifetime("fixed", mean=3)).inflow.ravel()
    array([10., 10., 10., 10., 10.])
    >>> stock_driven([10, 5, 5, 5, 5], grid, Lifetime("fixed", mean=3), negative="retire").early.ravel()
    array([0., 5., 0., 0., 0.])
    """
    if negative not in POLICIES:
        raise ModelError(Problem("choice_of", "negative", negative, details={"choices": ", ".join(POLICIES)}))
    wanted = _amounts(stock, grid, "stock")
    share, group = _split(split, len(grid), wanted.shape[1])
    case = lay_out(
        share.shape[1], grid, lifetime, initial=initial, mix=mix, ageing=ageing, trade=trade, names=names
    )
    policy = "retire" if negative == "error" else negative
    blocks: list[Wanted] = []

    def decide(part: slice) -> Wanted:
        target = wanted if group is not None else wanted[:, part]
        blocks.append(Wanted(target, policy, share[:, part], group, grid))
        return blocks[-1]

    told = _stream(case, decide, whole=group is not None)
    if negative == "error":
        refuse_falls(blocks, _stock_names(case.names, wanted.shape[1]))
    return told


def _split(split: npt.ArrayLike | None, intervals: int, stocks: int) -> tuple[Floats, Ints | None]:
    """Shares of the inflow (time, series) and the stock each series belongs to."""
    if split is None:
        return np.ones((intervals, stocks)), None
    told = np.asarray(split, dtype=float)
    told = told.reshape((1,) * (3 - told.ndim) + told.shape) if told.ndim < 3 else told
    if told.ndim != 3 or told.shape[0] not in (1, intervals) or told.shape[1] not in (1, stocks):
        shape = {"shape": f"({intervals}, {stocks}, type)"}
        raise ModelError(Problem("array_shape", "split", str(told.shape), details=shape))
    if not shares(told):
        raise ModelError(Problem("shares_sum", "split", f"{told.sum(axis=-1).ravel()[0]:g}"))
    types = told.shape[-1]
    whole = np.broadcast_to(told, (intervals, stocks, types)).reshape(intervals, stocks * types)
    return whole, np.repeat(np.arange(stocks), types)


def _stock_names(names: tuple[str, ...], stocks: int) -> tuple[str, ...]:
    """A stock is named by its series, or by its place where several share it."""
    return names if len(names) == stocks else tuple(str(place + 1) for place in range(stocks))


def _stream(case: Case, decide: Callable[[slice], Given | Wanted], *, whole: bool = False) -> Stocks:
    """Tell a case interval by interval, in blocks of series that stay close to the processor."""
    told = _blank(case, "streaming")
    size = len(case.born) * case.states
    width = case.series if whole else max(8, _CACHED // size // 8 * 8)
    for first in range(0, case.series, width):
        part = slice(first, min(first + width, case.series))
        _stream_part(case, part, decide(part), told)
    return told


def _blank(case: Case, method: str) -> Stocks:
    """An account of which nothing is told yet."""
    intervals, series, states = len(case.grid), case.series, case.states

    def flat() -> Floats:
        return np.zeros((intervals, series))

    return Stocks(
        case.grid, case.names, method, case.opening.sum(axis=(0, 1)),
        flat(), flat(), flat(), flat(), flat(), flat(),
        np.zeros((intervals, series, states)), np.zeros((intervals, series, states)),
        case.born, np.zeros((len(case.born), series, states)),
    )  # fmt: skip


def _stream_part(case: Case, part: slice, decide: Given | Wanted, told: Stocks) -> None:
    """Tell some series of a case, holding their cohorts only."""
    series = part.stop - part.start
    there = np.zeros((len(case.born), case.states, series))
    there[: case.before] = case.opening[:, :, part]
    keep = _keeper(case, part)
    for interval, length in enumerate(case.grid.lengths):
        old = case.before + interval
        share, which = keep(interval), case.which[interval]
        none = np.zeros((2, case.states, series))
        m = Moment(interval, there[:old], share[old], none[0], none[1])
        pass_interval(there[:old], share[:old], which[:old], case.turns, m.stays, m.leaves)
        told.traded[interval, part] = _trade(case, part, m) / length
        entering = decide(m)
        there[old] = entering * case.mix[min(interval, len(case.mix) - 1), part].T
        new = slice(old, old + 1)
        pass_interval(there[new], share[new], which[new], case.turns, m.stays, m.leaves)
        _book(told, m, part, entering, float(length))
    told.cohorts[:, part] = np.moveaxis(there, 1, 2)


def _book(told: Stocks, m: Moment, part: slice, entering: Floats, length: float) -> None:
    """Write an interval's amounts down: stocks in t, flows in t/a."""
    told.inflow[m.interval, part] = entering / length
    told.stock[m.interval, part] = m.stays.sum(axis=0)
    told.outflow[m.interval, part] = m.leaves.sum(axis=0) / length
    told.early[m.interval, part] = m.early / length
    told.hibernating[m.interval, part] = m.resting
    told.stock_by_state[m.interval, part] = m.stays.T
    told.outflow_by_state[m.interval, part] = m.leaves.T / length


def _keeper(case: Case, part: slice) -> Callable[[int], Floats]:
    """For each interval, the share of each cohort that stays through it: (cohort so far, series)."""
    if _by_age_alone(case):
        table = _ratio(*_by_age(case, part))
        return lambda interval: np.ascontiguousarray(table[case.before + interval :: -1])
    calendar, rule, edges = case.lifetime.by == "calendar", case.grid.rule, case.grid.edges
    series = part.stop - part.start
    every = slice(None)

    def keep(interval: int) -> Floats:
        old = case.before + interval
        rows = slice(interval, interval + 1) if calendar else slice(0, old + 1)
        life, born = case.lifetime.part(rows, part), case.born[: old + 1]
        after = np.broadcast_to(surviving(life, born, edges[interval + 1], rule), (old + 1, series))
        before = np.ones((old + 1, series))
        older = life.part(slice(0, old), every) if not calendar else life
        before[:old] = surviving(older, born[:old], edges[interval], rule)
        return _ratio(after, before)

    return keep


def _by_age_alone(case: Case) -> bool:
    """Whether what stays depends on a cohort's age only, counted in whole steps of the grid."""
    step = case.grid.lengths[0]
    spans = np.allclose(case.born[:, 1] - case.born[:, 0], step, rtol=0, atol=1e-9)
    joined = np.allclose(np.diff(case.born[:, 0]), step, rtol=0, atol=1e-9)
    return case.grid.even and spans and joined and not case.lifetime.depends


def _by_age(case: Case, part: slice) -> tuple[Floats, Floats]:
    """Share left at the end and at the start of each interval of a cohort's life: (age, series)."""
    count, step = len(case.born), case.grid.lengths[0]
    ends = -step * np.arange(count)
    life = case.lifetime.part(slice(None), part)
    left = surviving(life, np.column_stack([ends - step, ends]), 0.0, case.grid.rule)
    left = np.broadcast_to(left, (count, part.stop - part.start))
    return left, np.concatenate([np.ones_like(left[:1]), left[:-1]])


def _ratio(after: Floats, before: Floats) -> Floats:
    """Share that stays; of nothing, nothing stays."""
    return np.minimum(np.divide(after, before, out=np.zeros_like(before), where=before > 0), 1.0)


def _trade(case: Case, part: slice, m: Moment) -> Floats:
    """Bring used goods in and send them out, in the states goods of their age have; net by series [t]."""
    net = np.zeros_like(m.first)
    cohorts, series, mass = case.trade.get(m.interval, NO_TRADE)
    here = (series >= part.start) & (series < part.stop)
    problems = []
    for cohort, place, amount in zip(cohorts[here], series[here], mass[here], strict=True):
        at = place - part.start
        there = m.there[cohort, :, at]
        held = float(there.sum())
        if held + amount < -_NOISE * held:
            name = f"trade, {case.grid.labels[m.interval]:g} {case.names[place]}"
            problems.append(Problem("trade_too_much", name, f"{-amount:g} t", details={"there": f"{held:g}"}))
            continue
        moved = amount * (there / held if held > 0 else _usual_mix(case, int(cohort), int(place), m.interval))
        there += moved
        m.stays[:, at] += moved
        net[at] += amount
    if problems:
        raise ModelError(problems)
    return net


def _usual_mix(case: Case, cohort: int, series: int, interval: int) -> Floats:
    """Shares by state (state,) of a good of this cohort at the end of an interval."""
    own = cohort - case.before
    mix = case.mix[min(max(own, 0), len(case.mix) - 1), series]
    for passed in range(max(own, 0), interval + 1):
        turn = case.which[passed, cohort]
        mix = mix @ case.turns[turn] if turn >= 0 else mix
    return np.asarray(mix)

"""Stocks by cohort: what goods that entered when are still there, in which state, and what leaves.

Two questions, one account: the inflow is known and the stock follows, or the stock is known and the inflow
that keeps it follows. S(t) = Σ_c I(c)·sf(t, c), solved forward in time holding [cohort, state, series] only
(METHODS 3.1, 3.6). Where survival and ageing depend on age alone, the sum is a convolution and is told as
one; `Stocks.method` says which way was taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.circulate._cohort_shortcut import by_convolution, convolves
from meguri.circulate._cohort_stream import stream
from meguri.circulate.cohort_account import Stocks
from meguri.circulate.cohort_inputs import Case, Initial, lay_out, shares
from meguri.circulate.cohort_policies import Given, Wanted, refuse_falls
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime

if TYPE_CHECKING:  # a third of the memory of a small account
    import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Negative = Literal["error", "allow", "retire", "oldest", "hibernate"]
POLICIES: tuple[str, ...] = get_args(Negative)
Method = Literal["auto", "streaming"]


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
    method: Method = "auto",
    trace: bool = False,
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
        Share of a state that has become another at the end of each year of life; rows sum to 1.
    trade : DataFrame time, entered, series, mass, optional [t]
        Used goods that entered at a time `entered` [a] and come (+) or go (-) within interval `time`.
    names : sequence (series,)
        For tables and messages.
    method : "auto" or "streaming"
        Streaming even where the shortcut would do; both tell the same.
    trace : bool
        Keep every cohort at the end of every interval, for a picture of few series.

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
    entering = amounts * grid.lengths[:, None]
    if method == "auto" and not trace and convolves(case):
        return by_convolution(case, entering)
    return stream(case, lambda part: Given(entering[:, part]), trace=trace)


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
    method: Method = "auto",
    trace: bool = False,
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
    grid, lifetime, initial, mix, ageing, trade, names, method, trace
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
    short = method == "auto" and not trace and convolves(case) and case.states > 1
    told, falls = _kept(case.mass_only() if short else case, wanted, share, group, negative, trace)
    if short and not falls:
        return by_convolution(case, told.inflow * grid.lengths[:, None])
    return _kept(case, wanted, share, group, negative, trace)[0] if short else told


def _kept(
    case: Case, wanted: Floats, share: Floats, group: Ints | None, negative: Negative, trace: bool
) -> tuple[Stocks, bool]:
    """The account that keeps the stocks, and whether a policy had to act."""
    policy = "retire" if negative == "error" else negative
    blocks: list[Wanted] = []

    def decide(part: slice) -> Wanted:
        target = wanted if group is not None else wanted[:, part]
        blocks.append(Wanted(target, policy, share[:, part], group, case.grid))
        return blocks[-1]

    told = stream(case, decide, whole=group is not None, trace=trace)
    if negative == "error":
        refuse_falls(blocks, _stock_names(case.names, wanted.shape[1]))
    return told, any(block.falls for block in blocks)


def by_type(inflow: npt.ArrayLike, grid: Grid, split: npt.ArrayLike) -> Floats:
    """An inflow (time, good) [t/a] by type: (time, good 1 type 1, good 1 type 2, …).

    `split` holds shares that sum to 1: (type,), (good, type) or (time, good, type).

    Examples
    --------
    >>> by_type([10, 20], Grid.of_years(2000, 2001, rule="middle"), [0.25, 0.75]).tolist()
    [[2.5, 7.5], [5.0, 15.0]]
    """
    amounts = _amounts(inflow, grid, "inflow")
    share, group = _split(split, *amounts.shape)
    return np.asarray(share * amounts[:, group])


def laid_aside(
    told: Stocks, share: npt.ArrayLike, lifetime: Lifetime, *, ageing: npt.ArrayLike | None = None
) -> Stocks:
    """Goods that lie in drawers after use: a share of the outflow, in the states it left in.

    `share` is a number, (series,) or (time, series); what is not laid aside goes on at once. The lifetime
    is the time until they are handed in, counted from the end of use.
    """
    part = np.broadcast_to(np.asarray(share, dtype=float), told.outflow.shape)
    if not np.all((part >= 0) & (part <= 1)):
        raise ModelError(Problem("share", "laid aside, share", f"{part.max():g}"))
    gone = told.outflow[..., None]
    even = np.full_like(told.outflow_by_state, 1.0 / told.outflow_by_state.shape[2])
    mix = np.divide(told.outflow_by_state, gone, out=even, where=gone > 0)
    inflow = np.maximum(told.outflow, 0.0) * part
    return inflow_driven(inflow, told.grid, lifetime, mix=mix, ageing=ageing, names=told.names)


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

"""Time to survive, time to recover, days short: read off the days on which a node falls short."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def time_to_survive(short: Bools, first: int) -> Floats:
    """Days from the first control until each node falls short for the first time.

    Parameters
    ----------
    short : array (day, node)
        Whether the node makes less than is asked of it.
    first : int [d]
        Day from which is counted; earlier days do not count.

    Returns
    -------
    array (node,) [d]
        ``inf`` where the node never falls short within the horizon.

    Notes
    -----
    Simchi-Levi et al. (2015), Interfaces 45:375, call TTS the longest time without loss.

    Examples
    --------
    >>> time_to_survive(np.array([[False, False], [True, False], [True, False]]), 0)
    array([ 1., inf])
    """
    after = short[first:]
    return np.where(after.any(axis=0), after.argmax(axis=0), np.inf)


def time_to_recover(short: Bools, first: int) -> Floats:
    """Days from the first control until each node makes, for good, all that is asked of it.

    Parameters
    ----------
    short : array (day, node)
        Whether the node makes less than is asked of it.
    first : int [d]
        Day from which is counted.

    Returns
    -------
    array (node,) [d]
        0 where the node never falls short; ``inf`` where it still falls short on the last day.

    Examples
    --------
    >>> time_to_recover(np.array([[False, False], [True, False], [False, True]]), 0)
    array([ 2., inf])
    """
    after = short[first:]
    days = after.shape[0]
    last = days - after[::-1].argmax(axis=0)  # one past the last short day
    recovered = np.where(last >= days, np.inf, last.astype(float))
    return np.where(after.any(axis=0), recovered, 0.0)


def days_short(short: Bools, first: int) -> Floats:
    """Number of days on which each node falls short within the horizon; axes (node,).

    Examples
    --------
    >>> days_short(np.array([[True], [False], [True]]), 0)
    array([2.])
    """
    return short[first:].sum(axis=0).astype(float)


def percentile(values: Floats, share: float) -> Floats:
    """Percentile over runs, where ``inf`` (never) is later than any day.

    Parameters
    ----------
    values : array (run, …)
        Days, ``inf`` for never.
    share : float
        0 … 1; the smallest value that at least this share of the runs does not exceed.

    Returns
    -------
    array (…)
        ``inf`` where fewer than that share of the runs have a day.

    Examples
    --------
    >>> percentile(np.array([10.0, 20.0, np.inf, np.inf]), 0.5)
    array(20.)
    >>> percentile(np.array([10.0, np.inf, np.inf]), 0.5)
    array(inf)
    """
    ordered = np.sort(values, axis=0)
    place = max(int(np.ceil(share * values.shape[0] - 1e-9)) - 1, 0)
    return np.asarray(ordered[place])


def weekly_share(output: Floats, plan: Floats) -> Floats:
    """Output of whole weeks as a share of plan.

    Parameters
    ----------
    output : array (day, node) [t/d]
        Usable output.
    plan : array (node,) [t/d]
        Planned output.

    Returns
    -------
    array (week, node) [1]

    Examples
    --------
    >>> weekly_share(np.full((14, 1), 3.0), np.array([4.0])).ravel()
    array([0.75, 0.75])
    """
    weeks = output.shape[0] // 7
    mean = output[: weeks * 7].reshape(weeks, 7, -1).mean(axis=1)
    return np.divide(mean, plan, out=np.ones_like(mean), where=plan > 0)


def cover_days(stock: Floats, use: Floats, holder: npt.NDArray[np.int64], nodes: int) -> Floats:
    """Days of use at hand of the input each node has least of.

    Parameters
    ----------
    stock : array (slot,) [t]
        Stock of each input at each node.
    use : array (slot,) [t/d]
        Planned use.
    holder : array (slot,)
        Node that holds the stock.
    nodes : int
        Number of nodes.

    Returns
    -------
    array (node,) [d]
        ``inf`` where a node needs no input.

    Examples
    --------
    >>> cover_days(np.array([6.0, 8.0]), np.array([2.0, 1.0]), np.array([0, 0]), 2)
    array([ 3., inf])
    """
    days = np.full(nodes, np.inf)
    needed = use > 0
    np.minimum.at(days, holder[needed], stock[needed] / use[needed])
    return days


def delivery_days(output: Floats, plan: float) -> Floats:
    """How long what was planned for each day waits until it is made: a maker's lead time beyond the usual.

    Parameters
    ----------
    output : array (day,) [t/d]
        What a node makes.
    plan : float [t/d]
        What is asked of it on usual days, > 0.

    Returns
    -------
    array (day,) [d]
        Days until all planned up to a day is made; 0 when nothing waits, ``inf`` when it is not made
        within the horizon.

    Examples
    --------
    >>> delivery_days(np.array([1.0, 0.0, 1.0, 2.0, 1.0]), 1.0)
    array([0., 1., 1., 0., 0.])
    """
    made = np.cumsum(output) * (1 + 1e-9)
    asked = plan * np.arange(1, output.size + 1)
    first = np.searchsorted(made, asked)
    days = np.arange(output.size)
    return np.where(first < output.size, np.maximum(first - days, 0), np.inf).astype(float)

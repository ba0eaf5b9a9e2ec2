"""Rank statistics whose items can be drawn again and again, whole headings at a time, at little cost.

A statistic is prepared once (values sorted, ties found) and then asked with different weights: how often
each item counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Weighted = Callable[[Array], float]


def mid_ranks(x: Array) -> Callable[[Array], Array]:
    """Ranks of values as a function of how often each counts; equal values share the middle of theirs.

    Examples
    --------
    >>> mid_ranks(np.array([5.0, 3.0, 5.0]))(np.ones(3)).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place = np.unique(x, return_inverse=True)

    def ranks(weight: Array) -> Array:
        group = np.bincount(place, weights=weight)
        return (np.cumsum(group) - group + (group + 1) / 2)[place]

    return ranks


def spearman(x: Array, y: Array) -> Weighted:
    """Spearman's rank correlation as a function of weights; NaN when one side does not vary.

    Parameters
    ----------
    x, y : array (item,)
        Both sides.

    Returns
    -------
    function of array (item,) -> float [1]
        Pearson's correlation of the mid-ranks (Spearman 1904).

    Examples
    --------
    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]))(np.ones(3))
    1.0
    """
    first, second = mid_ranks(x), mid_ranks(y)

    def correlation(weight: Array) -> float:
        whole = weight.sum()
        if whole == 0:
            return float("nan")
        a, b = first(weight), second(weight)
        a, b = a - (weight @ a) / whole, b - (weight @ b) / whole
        spread = float((weight @ (a * a)) * (weight @ (b * b)))
        return float(np.clip((weight @ (a * b)) / np.sqrt(spread), -1, 1)) if spread > 0 else float("nan")

    return correlation


def auc(x: Array, listed: Array) -> Weighted:
    """Chance that a listed item scores above one that is not, as a function of weights; ties count half.

    Parameters
    ----------
    x : array (item,)
        Score.
    listed : array (item,)
        1 for a listed item, 0 for another.

    Returns
    -------
    function of array (item,) -> float [1]
        0.5 by chance; NaN without items on both sides. Area under the ROC curve as Mann–Whitney's U over
        the number of pairs (Hanley and McNeil 1982).

    Examples
    --------
    >>> auc(np.array([3.0, 2.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0]))(np.ones(4))
    0.875
    """
    _, place = np.unique(x, return_inverse=True)

    def chance(weight: Array) -> float:
        yes = np.bincount(place, weights=weight * listed)
        no = np.bincount(place, weights=weight * (1 - listed))
        pairs = yes.sum() * no.sum()
        below = np.cumsum(no) - no
        return float((yes * (below + no / 2)).sum() / pairs) if pairs > 0 else float("nan")

    return chance


def drawn(statistic: Weighted, group: npt.NDArray[np.int64], draws: int, seed: int) -> tuple[float, float]:
    """Bootstrap interval (2.5 to 97.5 %) of a statistic, groups drawn whole with replacement.

    Items of one group share their errors: drawing them one by one would make the interval too narrow.

    Parameters
    ----------
    statistic : function of array (item,) -> float
        Value when each item counts that often.
    group : array (item,) of int
        Group of each item, counted from 0.
    draws, seed : int
        Number of draws and seed of the random numbers.

    Returns
    -------
    tuple of float
        Both ends; NaN when there is no item or fewer than half of the draws can be computed.
    """
    if group.size == 0:
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    n = int(group.max()) + 1
    times = (np.bincount(random.integers(0, n, n), minlength=n)[group].astype(float) for _ in range(draws))
    values = np.array([statistic(weight) for weight in times])
    known = values[~np.isnan(values)]
    if known.size < draws / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)

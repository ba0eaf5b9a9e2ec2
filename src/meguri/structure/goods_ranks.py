"""Rank statistics with weights, so that whole headings can be drawn again and again at little cost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Statistic = Callable[[Array, Array, Array], float]


def mid_ranks(x: Array, weight: Array) -> Array:
    """Rank of each value when it counts `weight` times; equal values share the middle of their ranks.

    Examples
    --------
    >>> mid_ranks(np.array([5.0, 3.0, 5.0]), np.ones(3)).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place = np.unique(x, return_inverse=True)
    group = np.bincount(place, weights=weight)
    return (np.cumsum(group) - group + (group + 1) / 2)[place]


def spearman(x: Array, y: Array, weight: Array) -> float:
    """Spearman's rank correlation with weights; NaN when one side does not vary.

    Notes
    -----
    Pearson's correlation of the mid-ranks (Spearman 1904).

    Examples
    --------
    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]), np.ones(3))
    1.0
    """
    a, b = mid_ranks(x, weight), mid_ranks(y, weight)
    whole = weight.sum()
    a, b = a - (weight * a).sum() / whole, b - (weight * b).sum() / whole
    spread = float((weight * a * a).sum() * (weight * b * b).sum())
    return float(np.clip((weight * a * b).sum() / np.sqrt(spread), -1, 1)) if spread > 0 else float("nan")


def auc(x: Array, listed: Array, weight: Array) -> float:
    """Chance that a listed item scores above one that is not; a tie counts one half.

    Parameters
    ----------
    x : array (item,)
        Score.
    listed : array (item,)
        1 for a listed item, 0 for another.
    weight : array (item,)
        How often the item counts.

    Returns
    -------
    float [1]
        0.5 by chance; NaN without items on both sides.

    Notes
    -----
    Area under the ROC curve as Mann–Whitney's U over the number of pairs (Hanley and McNeil 1982).

    Examples
    --------
    >>> auc(np.array([3.0, 2.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4))
    0.875
    """
    _, place = np.unique(x, return_inverse=True)
    yes = np.bincount(place, weights=weight * listed)
    no = np.bincount(place, weights=weight * (1 - listed))
    pairs = yes.sum() * no.sum()
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / pairs) if pairs > 0 else float("nan")


def drawn(
    statistic: Statistic, x: Array, y: Array, group: npt.NDArray[np.int64], draws: int, seed: int
) -> tuple[float, float]:
    """Bootstrap interval (2.5 to 97.5 %) of a statistic, groups drawn whole with replacement.

    Items of one group share their errors: drawing them one by one would make the interval too narrow.

    Parameters
    ----------
    x, y : array (item,)
        Both sides of the statistic.
    group : array (item,) of int
        Group of each item, counted from 0.
    draws, seed : int
        Number of draws and seed of the random numbers.

    Returns
    -------
    tuple of float
        Both ends; NaN when fewer than half of the draws can be computed.
    """
    random = np.random.default_rng(seed)
    n = int(group.max()) + 1
    values = np.empty(draws)
    for k in range(draws):
        times = np.bincount(random.integers(0, n, n), minlength=n)[group].astype(float)
        values[k] = statistic(x, y, times)
    known = values[~np.isnan(values)]
    if known.size < draws / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)

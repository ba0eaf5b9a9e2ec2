"""Means over the worst worlds, and regret: each on one axis, never on both together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def cvar(losses: npt.ArrayLike, chances: npt.ArrayLike, tail: float) -> float:
    """Mean loss over the worst 1 - tail of the probability.

    Parameters
    ----------
    losses : array (world,)
        Larger is worse.
    chances : array (world,) [1]
        Probabilities, sum 1.
    tail : float [1]
        α in [0, 1); 0 is the mean over all worlds.

    Notes
    -----
    Rockafellar and Uryasev (2000), Journal of Risk 2(3):21: CVaR_α = min_η η + E[(L - η)⁺]/(1 - α). Of a
    world that stands across the edge of the tail the part inside counts.

    Examples
    --------
    >>> cvar([0.0, 10.0, 30.0], [0.5, 0.25, 0.25], 0.5)
    20.0
    """
    loss, chance = np.asarray(losses, dtype=float), np.asarray(chances, dtype=float)
    worst = np.argsort(-loss, kind="stable")
    inside = np.minimum(np.cumsum(chance[worst]), 1.0 - tail)
    part = np.diff(np.concatenate([[0.0], inside]))
    return float(part @ loss[worst] / (1.0 - tail))


def edge(losses: npt.ArrayLike, chances: npt.ArrayLike, tail: float) -> float:
    """Loss at the edge of the tail (VaR): what stays at or below it does not enter `cvar`.

    Examples
    --------
    >>> edge([0.0, 10.0, 30.0], [0.5, 0.25, 0.25], 0.5)
    10.0
    """
    loss, chance = np.asarray(losses, dtype=float), np.asarray(chances, dtype=float)
    worst = np.argsort(-loss, kind="stable")
    inside = np.cumsum(chance[worst]) < 1.0 - tail - 1e-12
    return float(loss[worst[min(int(inside.sum()), loss.size - 1)]])


def regrets(values: npt.ArrayLike, larger_is_better: bool = True) -> Floats:
    """What each plan falls behind the best plan in each world; axes (plan, world).

    Parameters
    ----------
    values : array (plan, world)
        One axis: days held, or competitiveness. Two days that are both "never within the horizon" have
        no regret towards each other.

    Examples
    --------
    >>> regrets([[10.0, 30.0], [20.0, 25.0]])
    array([[10.,  0.],
           [ 0.,  5.]])
    """
    found = np.asarray(values, dtype=float) if larger_is_better else -np.asarray(values, dtype=float)
    best = found.max(axis=0)[None, :]
    with np.errstate(invalid="ignore"):
        return np.where(found == best, 0.0, best - found)


def least_worst(values: npt.ArrayLike, larger_is_better: bool = True) -> int:
    """Plan with the smallest worst regret over the worlds (Savage); the first of equals.

    Examples
    --------
    >>> least_worst([[10.0, 30.0], [20.0, 25.0]])
    1
    """
    return int(np.argmin(regrets(values, larger_is_better).max(axis=1)))

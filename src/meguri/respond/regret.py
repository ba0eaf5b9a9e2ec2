"""Values over the worlds read as one number: days that are held, percentiles by probability, regret."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def held_gain(time: Floats, base: Floats, chance: Floats, horizon: float, held_by: float) -> float:
    """Days a plan buys in worlds of at least a stated probability.

    A world in which no process falls short within the horizon holds any number of days: how many it
    really buys there is not seen.

    Parameters
    ----------
    time, base : array (world,) [d]
        Until the first process falls short, with and without the plan, at most the horizon.
    chance : array (world,) [1]
        Probabilities, sum 1.
    horizon : float [d]
        Days told.
    held_by : float [1]
        Probability of the worlds in which the days have to hold.

    Examples
    --------
    >>> base, half = np.array([40.0, 60.0]), np.array([0.5, 0.5])
    >>> held_gain(np.array([85.0, 90.0]), base, half, 500.0, 1.0)
    30.0
    >>> held_gain(np.array([85.0, 90.0]), base, half, 500.0, 0.5)
    45.0
    >>> held_gain(np.array([85.0, 500.0]), base, half, 500.0, 1.0)
    45.0
    """
    unseen = time >= horizon - 1e-9
    gain = np.where(unseen, np.inf, time - base)
    order = np.argsort(-gain, kind="stable")
    enough = np.cumsum(chance[order]) >= held_by - 1e-9
    found = gain[order][int(np.argmax(enough))] if enough.any() else gain.min()
    return float(found) if np.isfinite(found) else float(np.max(horizon - base))


def weighted(values: Floats, chance: Floats, share: float) -> float:
    """Percentile over worlds of different probability: the least value that ``share`` of them do not exceed.

    Examples
    --------
    >>> weighted(np.array([10.0, 20.0, 30.0]), np.array([0.25, 0.5, 0.25]), 0.5)
    20.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(chance[order]) >= share - 1e-9
    return float(values[order][int(np.argmax(reached))])

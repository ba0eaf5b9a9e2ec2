"""Times that may not have ended yet: the Kaplan-Meier curve with its band, computed by lifelines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from meguri.base.extras import part

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Survival:
    """Share of cases not yet ended after each time.

    Attributes
    ----------
    time : ndarray
        Times at which the curve steps, beginning with 0 [as given].
    alive, low, high : ndarray
        Share still open and its 95 % band (Greenwood, log-log).
    n, events : int
        Cases, and those that have ended.
    """

    time: Floats
    alive: Floats
    low: Floats
    high: Floats
    n: int
    events: int

    def by(self, done: float) -> tuple[float, float, float]:
        """Time by which a share of cases has ended, with the interval that the band gives.

        Infinite where the curve does not fall that far.

        Examples
        --------
        >>> survival(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4, dtype=bool)).by(0.5)[0]
        2.0
        """
        left = 1 - done + 1e-12
        return (
            _first(self.time, self.alive, left),
            _first(self.time, self.low, left),
            _first(self.time, self.high, left),
        )

    def mean_to(self, horizon: float) -> float:
        """Mean time up to a horizon: the area under the curve."""
        edges = np.append(self.time[self.time < horizon], horizon)
        return float(np.sum(self.alive[: len(edges) - 1] * np.diff(edges)))


def _first(time: Floats, curve: Floats, level: float) -> float:
    below = np.flatnonzero(curve <= level)
    return float(time[below[0]]) if below.size else math.inf


def survival(times: Floats, ended: npt.NDArray[np.bool_]) -> Survival:
    """Kaplan-Meier curve of times of which some have not ended (Kaplan and Meier 1958).

    Parameters
    ----------
    times : ndarray of shape (case,)
        Time to the end, or so far.
    ended : ndarray of shape (case,)
        Whether it has ended.

    Raises
    ------
    DataError
        When lifelines is not installed.

    Examples
    --------
    >>> curve = survival(np.array([2.0, 3.0, 5.0]), np.array([True, False, True]))
    >>> curve.alive.round(3).tolist()
    [1.0, 0.667, 0.667, 0.0]
    """
    if not len(times):
        return Survival(np.zeros(1), np.ones(1), np.ones(1), np.ones(1), 0, 0)
    lifelines = part("lifelines", "lifelines", "sme")
    fit = lifelines.KaplanMeierFitter().fit(times, ended)
    alive = fit.survival_function_
    band = fit.confidence_interval_.to_numpy(dtype=float)
    return Survival(
        alive.index.to_numpy(dtype=float), alive.iloc[:, 0].to_numpy(dtype=float),
        band[:, 0], band[:, 1], len(times), int(np.sum(ended)),
    )  # fmt: skip

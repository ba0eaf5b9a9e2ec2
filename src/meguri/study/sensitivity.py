"""Which assumptions move the answer: rank correlation for all, then low against high for the few."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.shock.run import run_values
from meguri.shock.runs import Runs
from meguri.study.losses import lost_days

Floats = npt.NDArray[np.float64]
CANDIDATES = 12  # numbers that correlate most and are then tried at both ends
DRAWS = 4  # runs whose other numbers stay as drawn while one is tried


def effects(runs: Runs) -> Floats:
    """Rank correlation of every parameter with the lost days; axes (parameter,).

    Where the scenario has no price feedback, numbers of the price response move prices only: their
    effect is 0.
    """
    prices = runs.ranges["parameter"].str.startswith("price_response").to_numpy()
    still = prices & (runs.setup.scenario.feedback == "none")
    lost = lost_days(runs)
    return np.where(still, 0.0, runs.drawn.over_runs(lambda values: rank_correlation(values, lost)))


def rank_correlation(values: Floats, answer: Floats) -> Floats:
    """Spearman's rank correlation of each parameter with the answer; 0 where one does not vary.

    Parameters
    ----------
    values : array (run, parameter)
        Drawn values.
    answer : array (run,)
        One number for each run.

    Returns
    -------
    array (parameter,)
        -1 … 1.

    Examples
    --------
    >>> rank_correlation(np.array([[1.0], [2.0], [3.0]]), np.array([9.0, 8.0, 7.0]))
    array([-1.])
    """
    ranks = pd.DataFrame(values).rank().to_numpy()
    target = pd.Series(answer).rank().to_numpy()
    ranks = ranks - ranks.mean(axis=0)
    target = target - target.mean()
    size = np.sqrt((ranks**2).sum(axis=0) * (target**2).sum())
    return np.divide(ranks.T @ target, size, out=np.zeros(ranks.shape[1]), where=size > 0)


class Swings(NamedTuple):
    """Lost days of end users with one parameter at an end of its range and the others as drawn; [d]."""

    low: Floats  # (parameter,) NaN where not tried
    high: Floats  # (parameter,)
    drawn: float  # with this parameter as drawn too


def swings(runs: Runs, effect: Floats) -> Swings:
    """Lost days when one parameter goes from its low to its high end, others as drawn.

    With hundreds of parameters some correlate by chance; trying the first few at both ends, on the
    same draws, tells those from the ones that really move the answer (Morris 1991, Technometrics
    33:161, in the idea of averaging one-at-a-time changes over many base points).

    Parameters
    ----------
    runs : Runs
        Runs over the declared ranges.
    effect : array (parameter,)
        Rank correlations, which choose the candidates.
    """
    found = Swings(np.full(effect.size, np.nan), np.full(effect.size, np.nan), _mean_of_first(runs))
    tried = [place for place in np.argsort(-np.abs(effect), kind="stable")[:CANDIDATES] if effect[place] != 0]
    if not tried:
        return found
    base = runs.drawn.rows(0, min(DRAWS, len(runs)))
    low, high = runs.ranges["low"].to_numpy(dtype=float), runs.ranges["high"].to_numpy(dtype=float)
    rows = []
    for place in tried:
        for end in (low, high):
            values = base.copy()
            values[:, place] = end[place]
            rows.append(values)
    lost = lost_days(run_values(runs.setup, np.vstack(rows))).reshape(len(tried), 2, len(base)).mean(axis=2)
    found.low[tried], found.high[tried] = lost.T
    return found


def _mean_of_first(runs: Runs) -> float:
    """Lost days of the runs whose draws are kept while one parameter is tried, on their mean."""
    return float(lost_days(runs)[:DRAWS].mean())

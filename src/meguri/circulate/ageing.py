"""How the state of a good turns into another with age: x ← x·A(age), rows of A summing to 1.

Ageing is told per year of life: `ageing[y]`, from age y to y + 1, takes effect at age y + 1. At age a a good
has turned by A(0)·A(1)…, one for each whole year, on whatever grid it got there: parts of a year would have
to be roots of a matrix, which need not hold shares. Mass is exact; the state lags by half a year on average.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from meguri.circulate.grid import Grid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_NEAR = 1e-9  # [a] ages as close as this are the same


def entry_times(born: Floats, rule: str) -> Floats:
    """(cohort,) [a] when a cohort entered, on average."""
    return {"start": born[:, 0], "end": born[:, 1]}.get(rule, born.mean(axis=1))


def ages_at(time: float, born: Floats, rule: str) -> Floats:
    """(cohort,) [a] ages at a time, on average; 0 for those yet to come."""
    return np.maximum(time - entry_times(born, rule), 0.0)


def every_year(ageing: npt.ArrayLike) -> Floats:
    """([cohort,] age, state, state); one matrix (state, state) holds for every year of life."""
    told = np.asarray(ageing, dtype=float)
    return told[None] if told.ndim == 2 else told


def turned(yearly: Floats, young: float, old: float) -> Floats:
    """What becomes of each state between two ages: (state, state), rows summing to 1.

    `yearly` (age, state, state) holds a matrix for each year of life; the last one holds from then on.

    Examples
    --------
    >>> turned(np.array([[[0.9, 0.1], [0.0, 1.0]]]), 0.0, 2.5).round(4)
    array([[0.81, 0.19],
           [0.  , 1.  ]])
    """
    matrix = np.eye(yearly.shape[-1])
    for year in range(int(young + _NEAR), int(old + _NEAR)):
        matrix = matrix @ yearly[min(year, len(yearly) - 1)]
    return matrix


def turns_to(yearly: Floats, ages: Floats) -> Floats:
    """What has become of new goods at each of falling ages: (age, state, state)."""
    found, young, matrix = [], 0.0, np.eye(yearly.shape[-1])
    for age in ages[::-1]:
        matrix = matrix @ turned(yearly, young, float(age))
        found.append(matrix)
        young = float(age)
    return np.stack(found[::-1])


def lay_out_turns(ageing: Floats | None, born: Floats, grid: Grid, before: int) -> tuple[Ints, Floats]:
    """Which turn each cohort takes in each interval, and every turn once.

    Returns
    -------
    array (interval, cohort)
        Row of the next; -1 where nothing ages.
    array (row, state, state) [1]
        Turns. On equal steps there are as many as ages, so no table of interval by cohort is held.
    """
    shape = (len(grid), len(born))
    if ageing is None:
        return np.full(shape, -1), np.ones((0, 1, 1))
    years = np.stack([ages_at(edge, born, grid.rule) + _NEAR for edge in grid.edges]).astype(np.int64)
    span = int(years.max()) + 1
    own = np.arange(len(born)) if ageing.ndim == 4 else np.zeros(len(born), dtype=np.int64)
    codes = (own * span + years[:-1]) * span + years[1:]
    there = np.arange(len(born)) <= before + np.arange(len(grid))[:, None]
    found, rows = np.unique(codes[there], return_inverse=True)
    which = np.full(shape, -1)
    which[there] = rows
    turns = [
        turned(ageing[code // span**2] if ageing.ndim == 4 else ageing, code // span % span, code % span)
        for code in found.tolist()
    ]
    return which, np.stack(turns)

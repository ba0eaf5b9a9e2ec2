"""The same account as a convolution, where survival and ageing depend on age alone.

A cohort of age a is then I·sf(a)·e₀·A(1)…A(a), whenever it entered: with the inflow laid out as a
triangular matrix, stock and outflow by state are one matrix product for each series. Direct sums are taken
rather than a Fourier transform: they cost as little at these lengths, and nothing stays exactly nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from meguri.circulate._cohort_stream import by_age, stream
from meguri.circulate.cohort_account import Stocks, blank
from meguri.circulate.cohort_inputs import Case
from meguri.circulate.cohort_policies import Given

Floats = npt.NDArray[np.float64]
_BLOCK = 64  # series at a time


def convolves(case: Case) -> bool:
    """Whether the new cohorts of a case differ in size only."""
    new = case.which[:, case.before :]
    alike = bool(np.array_equal(new[1:, 1:], new[:-1, :-1]))
    return case.grid.even and alike and not case.lifetime.depends and len(case.mix) == 1 and not case.trade


def by_convolution(case: Case, entering: Floats) -> Stocks:
    """Tell a case whose inflow (time, series) [t] is known; the opening stock alone is streamed."""
    told = blank(case, "convolution")
    if case.before:
        told = stream(case.opening_only(), lambda part: Given(0.0 * entering[:, part]), told.method)
    length, states = float(case.grid.lengths[0]), case.states
    cohorts = np.zeros((len(entering), case.series, states))
    told.inflow[:] = entering / length
    for first in range(0, case.series, _BLOCK):
        part = slice(first, min(first + _BLOCK, case.series))
        left, before = by_age(case, part, len(entering))
        mixes = _mix_by_age(case, part, len(entering))
        both = np.concatenate([left[..., None] * mixes, (before - left)[..., None] * mixes], axis=2)
        for place in range(part.start, part.stop):
            one = both[:, place - first]
            sums = _lower(entering[:, place]) @ one[::-1]
            told.stock_by_state[:, place] += sums[:, :states]
            told.outflow_by_state[:, place] += sums[:, states:] / length
            cohorts[:, place] = entering[:, place, None] * one[::-1, :states]
    told.stock[:] = told.stock_by_state.sum(axis=2)
    told.outflow[:] = told.outflow_by_state.sum(axis=2)
    return told.with_cohorts(case.born, np.concatenate([told.cohorts, cohorts]) if case.before else cohorts)


def _lower(entering: Floats) -> Floats:
    """What entered by the end of each interval, oldest first: (time, age from old to new)."""
    before = np.zeros(len(entering) - 1)
    return np.ascontiguousarray(sliding_window_view(np.concatenate([before, entering]), len(entering)))


def _mix_by_age(case: Case, part: slice, ages: int) -> Floats:
    """Shares by state of goods at the end of each interval of their life: (age, series, state)."""
    mix = case.mix[0, part]
    found = np.empty((ages, *mix.shape))
    for age in range(ages):
        turn = case.which[age, case.before]
        mix = mix @ case.turns[turn] if turn >= 0 else mix
        found[age] = mix
    return found

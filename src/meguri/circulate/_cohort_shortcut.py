"""The same account as a convolution, where survival and ageing depend on age alone.

A cohort of age a is then I·sf(a)·e₀·A(1)…A(a), whenever it entered, so stock and outflow by state are the
inflow folded with a kernel over ages.
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
_DIRECT = 96  # intervals up to which sums are taken directly


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
        sums = _sums(entering[:, part], both)
        told.stock_by_state[:, part] += sums[..., :states]
        told.outflow_by_state[:, part] += sums[..., states:] / length
        cohorts[:, part] = entering[:, part, None] * both[::-1, :, :states]
    told.stock[:] = told.stock_by_state.sum(axis=2)
    told.outflow[:] = told.outflow_by_state.sum(axis=2)
    return told.with_cohorts(case.born, np.concatenate([told.cohorts, cohorts]) if case.before else cohorts)


def _sums(entering: Floats, by_age: Floats) -> Floats:
    """What is left of (or leaves) all that entered so far: (time, series, column).

    Few intervals are summed directly, so that nothing stays exactly nothing; many by Fourier transform.
    """
    count = len(entering)
    if count <= _DIRECT:
        padded = np.concatenate([np.zeros((count - 1, entering.shape[1])), entering])
        so_far = sliding_window_view(padded, count, axis=0)  # (time, series, age from old to new)
        oldest_first = by_age[::-1]
        pairs = [so_far[:, of].copy() @ oldest_first[:, of].copy() for of in range(entering.shape[1])]
        return np.stack(pairs, axis=1)
    size = 1 << (2 * count - 1).bit_length()
    both = np.fft.rfft(entering, size, axis=0)[..., None] * np.fft.rfft(by_age, size, axis=0)
    sums = np.fft.irfft(both, size, axis=0)[:count]
    return np.maximum(sums, 0.0) if entering.min() >= 0 else sums  # rounding alone is below nothing


def _mix_by_age(case: Case, part: slice, ages: int) -> Floats:
    """Shares by state of goods at the end of each interval of their life: (age, series, state)."""
    mix = case.mix[0, part]
    found = np.empty((ages, *mix.shape))
    for age in range(ages):
        turn = case.which[age, case.before]
        mix = mix @ case.turns[turn] if turn >= 0 else mix
        found[age] = mix
    return found

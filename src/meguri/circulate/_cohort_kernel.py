"""The compiled step of the cohort model; its slow plain twin stands in tests/reference.

The series is the last axis here, so that the inner loops run over neighbours in memory.
"""

from __future__ import annotations

from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
# only `pass_interval` is called from Python: a way in for its part would take longer to compile
_PART: dict[str, Any] = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


@njit(**_PART)
def _any(cohort):  # type: ignore[no-untyped-def]
    """Whether anything of a cohort is there; most often its first number says so."""
    for state in range(cohort.shape[0]):
        for place in range(cohort.shape[1]):
            if cohort[state, place] != 0.0:
                return True
    return False


@njit(**_OPTIONS)
def pass_interval(x, keep, which, turns, stays, leaves):  # type: ignore[no-untyped-def]
    """One interval: every cohort ages, then a part of it leaves; changes `x`, adds to the two sums.

    Parameters
    ----------
    x : array (cohort, state, series) [t]
        What is there; afterwards what is left.
    keep : array (cohort, series) [1]
        Share of it that stays through the interval.
    which : array (cohort,)
        Row of `turns` by which the cohort ages; -1 where it does not.
    turns : array (row, state, state) [1]
        Share of one state that becomes another; rows sum to 1, so mass is exact.
    stays, leaves : array (state, series) [t]
        Sums over cohorts.
    """
    states, series = x.shape[1], x.shape[2]
    aged = stays.copy()
    for cohort in range(keep.shape[0]):
        if not _any(x[cohort]):
            continue
        aged[:] = 0.0
        for old in range(states):
            for new in range(states):
                share = turns[which[cohort], old, new] if which[cohort] >= 0 else 1.0 * (old == new)
                if share != 0.0:
                    for place in range(series):
                        aged[new, place] += share * x[cohort, old, place]
        for state in range(states):
            for place in range(series):
                left = aged[state, place] * keep[cohort, place]
                stays[state, place] += left
                leaves[state, place] += aged[state, place] - left
                x[cohort, state, place] = left

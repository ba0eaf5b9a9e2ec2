"""A cohort account told interval by interval, holding [cohort, state, series] of some series only.

Order of an interval: goods age, leave, are traded; the policy for a falling stock acts; new goods enter
by the grid's rule and part of them leaves within the same interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.circulate._cohort_kernel import pass_interval
from meguri.circulate.cohort_account import Stocks, blank
from meguri.circulate.cohort_inputs import Case
from meguri.circulate.cohort_policies import Given, Moment, Wanted
from meguri.circulate.lifetimes import surviving

Floats = npt.NDArray[np.float64]
_NOISE = 1e-10  # share of an amount by which more may be sent out than is there
_FAINT = 1e-6  # share left below which a difference of years lived is mostly rounding
_GONE = 1e-15  # share left that counts as nothing: the cohort then costs nothing either
_CACHED = 262_144  # numbers of a block of series: about what a processor keeps at hand


def stream(
    case: Case,
    decide: Callable[[slice], Given | Wanted],
    method: str = "streaming",
    *,
    whole: bool = False,
    trace: bool = False,
) -> Stocks:
    """Tell a case interval by interval, in blocks of series that stay close to the processor.

    `decide` says what enters for a block; `whole` keeps all series in one block,
    `trace` keeps every cohort at every time.
    """
    told = blank(case, method, trace)
    size = len(case.born) * case.states
    width = case.series if whole else max(8, _CACHED // size // 8 * 8)
    for first in range(0, case.series, width):
        part = slice(first, min(first + width, case.series))
        _stream_part(case, part, decide(part), told)
    return told


def _stream_part(case: Case, part: slice, decide: Given | Wanted, told: Stocks) -> None:
    """Tell some series of a case, holding their cohorts only."""
    series = part.stop - part.start
    there = np.zeros((len(case.born), case.states, series))
    there[: case.before] = case.opening[:, :, part]
    keep = _keeper(case, part)
    for interval, length in enumerate(case.grid.lengths):
        old = min(case.before + interval, len(there))
        share, which = keep(interval), case.which[interval]
        none = np.zeros((2, case.states, series))
        m = Moment(interval, there[:old], share[-1], none[0], none[1])
        pass_interval(there[:old], share[:old], which[:old], case.turns, m.stays, m.leaves)
        told.traded[interval, part] = _trade(case, part, m) / length
        entering = decide(m)
        if old < len(there):
            there[old] = entering * case.mix[min(interval, len(case.mix) - 1), part].T
            new = slice(old, old + 1)
            pass_interval(there[new], share[new], which[new], case.turns, m.stays, m.leaves)
        _book(told, m, part, entering, float(length))
        if told.traced is not None:
            told.traced[interval, :, part] = there.sum(axis=1)
    told.cohorts[:, part] = np.moveaxis(there, 1, 2)


def _book(told: Stocks, m: Moment, part: slice, entering: Floats, length: float) -> None:
    """Write an interval's amounts down: stocks in t, flows in t/a."""
    told.inflow[m.interval, part] = entering / length
    told.stock[m.interval, part] = m.stays.sum(axis=0)
    told.outflow[m.interval, part] = m.leaves.sum(axis=0) / length
    told.early[m.interval, part] = m.early / length
    told.hibernating[m.interval, part] = m.resting
    told.stock_by_state[m.interval, part] = m.stays.T
    told.outflow_by_state[m.interval, part] = m.leaves.T / length


def _keeper(case: Case, part: slice) -> Callable[[int], Floats]:
    """For each interval, the share of each cohort that stays through it: (cohort so far, series)."""
    if _by_age_alone(case):
        table = _ratio(*by_age(case, part, case.before + len(case.grid)))
        return lambda interval: np.ascontiguousarray(table[case.before + interval :: -1])
    return _keep_by_calendar(case, part) if case.lifetime.by == "calendar" else _keep_by_cohort(case, part)


def _keep_by_cohort(case: Case, part: slice) -> Callable[[int], Floats]:
    """Each cohort keeps the numbers it was made with; the eldest are left out once they are gone."""
    edges, rule, gone = case.grid.edges, case.grid.rule, 0
    before = np.zeros((len(case.born), part.stop - part.start))  # share left at the last edge
    before[: case.before] = surviving(
        case.lifetime.part(slice(case.before), part), case.born[: case.before], edges[0], rule
    )

    def keep(interval: int) -> Floats:
        nonlocal gone
        told = slice(gone, min(case.before + interval + 1, len(case.born)))
        left = surviving(case.lifetime.part(told, part), case.born[told], edges[interval + 1], rule)
        if case.before + interval < told.stop:
            before[told.stop - 1] = 1.0  # what enters now
        after = np.zeros_like(before[: told.stop])
        after[told] = np.where(left < _GONE, 0.0, left)
        share = _ratio(after, before[: told.stop])
        before[: told.stop] = after
        gone += int(np.argmax(np.append(after[told].any(axis=1), True)))
        return share

    return keep


def _keep_by_calendar(case: Case, part: slice) -> Callable[[int], Floats]:
    """Every cohort goes as fast as the interval's numbers say at its age."""
    edges, rule = case.grid.edges, case.grid.rule

    def keep(interval: int) -> Floats:
        born = case.born[: case.before + interval + 1]
        life, old = (
            case.lifetime.part(slice(interval, interval + 1), part),
            min(case.before + interval, len(born)),
        )
        shape = (len(born), part.stop - part.start)

        def ends(rule: str) -> tuple[Floats, Floats]:
            after = np.broadcast_to(surviving(life, born, edges[interval + 1], rule), shape)
            before = np.ones(shape)
            before[:old] = surviving(life, born[:old], edges[interval], rule)
            return after, before

        after, before = ends(rule)
        if rule != "quadrature":
            return _ratio(after, before)
        # an old cohort may be all but impossible under a later year's numbers: its mean share left is
        # then rounding, and its middle tells how fast it goes
        return np.where(before < _FAINT, _ratio(*ends("middle")), _ratio(after, before))

    return keep


def _by_age_alone(case: Case) -> bool:
    """Whether what stays depends on a cohort's age only, counted in whole steps of the grid."""
    step = case.grid.lengths[0]
    spans = np.allclose(case.born[:, 1] - case.born[:, 0], step, rtol=0, atol=1e-9)
    ends = np.append(case.born[:, 0], case.grid.edges[0]) if case.opens_only else case.born[:, 0]
    joined = np.allclose(np.diff(ends), step, rtol=0, atol=1e-9)
    return case.grid.even and spans and joined and not case.lifetime.depends


def by_age(case: Case, part: slice, count: int) -> tuple[Floats, Floats]:
    """Share left at the end and at the start of each interval of a cohort's life: (age, series)."""
    step = case.grid.lengths[0]
    ends = -step * np.arange(count)
    life = case.lifetime.part(slice(None), part)
    left = surviving(life, np.column_stack([ends - step, ends]), 0.0, case.grid.rule)
    left = np.broadcast_to(np.where(left < _GONE, 0.0, left), (count, part.stop - part.start))
    return left, np.concatenate([np.ones_like(left[:1]), left[:-1]])


def _ratio(after: Floats, before: Floats) -> Floats:
    """Share that stays; of nothing, nothing stays."""
    return np.minimum(np.divide(after, before, out=np.zeros_like(before), where=before > 0), 1.0)


def _trade(case: Case, part: slice, m: Moment) -> Floats:
    """Bring used goods in and send them out, in the states goods of their age have; net by series [t]."""
    net = np.zeros_like(m.first)
    if m.interval not in case.trade:
        return net
    cohorts, series, mass = case.trade[m.interval]
    here = (series >= part.start) & (series < part.stop)
    problems = []
    for cohort, place, amount in zip(cohorts[here], series[here], mass[here], strict=True):
        at = place - part.start
        there = m.there[cohort, :, at]
        held = float(there.sum())
        if held + amount < -_NOISE * held:
            name = f"trade, {case.grid.labels[m.interval]:g} {case.names[place]}"
            problems.append(Problem("trade_too_much", name, f"{-amount:g} t", details={"there": f"{held:g}"}))
            continue
        moved = amount * (there / held if held > 0 else _usual_mix(case, int(cohort), int(place), m.interval))
        there += moved
        m.stays[:, at] += moved
        net[at] += amount
    if problems:
        raise ModelError(problems)
    return net


def _usual_mix(case: Case, cohort: int, series: int, interval: int) -> Floats:
    """Shares by state (state,) of a good of this cohort at the end of an interval."""
    own = cohort - case.before
    mix = case.mix[min(max(own, 0), len(case.mix) - 1), series]
    for passed in range(max(own, 0), interval + 1):
        turn = case.which[passed, cohort]
        mix = mix @ case.turns[turn] if turn >= 0 else mix
    return np.asarray(mix)

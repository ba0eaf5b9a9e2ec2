"""The slow, plain twin of ``meguri.circulate.cohorts``: one series, cohort by cohort, with lists only.

Survival at one age and years lived up to it come from ``Lifetime``, which its own tests check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from meguri.circulate.lifetimes import Lifetime

Row = list[float]


@dataclass
class Cohort:
    first: float
    last: float
    states: Row
    life: Lifetime
    used: float = 1.0  # share in use


@dataclass
class Plain:
    """What is told: one entry for each interval."""

    inflow: Row = field(default_factory=list)
    outflow: Row = field(default_factory=list)
    stock: Row = field(default_factory=list)
    early: Row = field(default_factory=list)
    resting: Row = field(default_factory=list)
    by_state: list[Row] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)


def left(life: Lifetime, cohort: Cohort, at: float, rule: str) -> float:
    """Share of a cohort left at a time."""
    if at <= cohort.first:
        return 1.0
    old, young = at - cohort.first, at - cohort.last
    if rule == "quadrature":
        return (life.lived(old) - life.lived(young)).item() / (old - young)
    age = {"start": old, "end": young, "middle": (old + young) / 2}[rule]
    return life.survival(age).item()


def age(cohort: Cohort, at: float, rule: str) -> float:
    entered = {"start": cohort.first, "end": cohort.last}.get(rule, (cohort.first + cohort.last) / 2)
    return max(at - entered, 0.0)


def turn(states: Row, yearly: Sequence[Sequence[Row]], young: float, old: float) -> Row:
    """What becomes of the states between two ages: one turn at the end of each year of life."""
    for year in range(int(young + 1e-9), int(old + 1e-9)):
        matrix = yearly[min(year, len(yearly) - 1)]
        states = [
            sum(mass * row[aim] for mass, row in zip(states, matrix, strict=True))
            for aim in range(len(states))
        ]
    return states


def pass_on(
    cohort: Cohort, begin: float, end: float, rule: str, yearly: Sequence[Sequence[Row]], life: Lifetime
) -> float:
    """A cohort ages, then part of it leaves; how much [t]."""
    states = turn(cohort.states, yearly, age(cohort, begin, rule), age(cohort, end, rule))
    before, after = left(life, cohort, begin, rule), left(life, cohort, end, rule)
    keep = min(after / before, 1.0) if before > 0 else 0.0
    cohort.states = [mass * keep for mass in states]
    return sum(states) - sum(cohort.states)


def in_use(cohorts: list[Cohort]) -> float:
    return sum(cohort.used * sum(cohort.states) for cohort in cohorts)


def fall(cohorts: list[Cohort], excess: float, policy: str) -> float:
    """Let a policy take an excess out of use; how much was retired [t]."""
    share = excess / in_use(cohorts)
    for cohort in cohorts:
        there = sum(cohort.states)
        if policy == "hibernate":
            cohort.used *= 1 - share
            continue
        gone = min(excess, there) if policy == "oldest" else there * share
        excess -= gone if policy == "oldest" else 0.0
        cohort.states = [mass * (1 - gone / there) if there > 0 else 0.0 for mass in cohort.states]
    return 0.0 if policy == "hibernate" else 1.0


def bring_back(cohorts: list[Cohort], gap: float) -> float:
    """Resting goods return, all ages alike; how much [t]."""
    resting = sum((1 - cohort.used) * sum(cohort.states) for cohort in cohorts)
    back = min(resting, gap)
    if back > 0:
        for cohort in cohorts:
            cohort.used += (1 - cohort.used) * back / resting
    return back


def tell(
    edges: Sequence[float],
    rule: str,
    life: Callable[[int], Lifetime],
    *,
    inflow: Sequence[float] | None = None,
    stock: Sequence[float] | None = None,
    policy: str = "allow",
    calendar: bool = False,
    opening: Sequence[tuple[float, float, Row]] = (),
    mix: Sequence[Row] = ((1.0,),),
    yearly: Sequence[Sequence[Row]] = (((1.0,),),),
) -> Plain:
    """Tell one series; `life` answers by cohort (those of the opening first) or by interval."""
    told = Plain()
    told.cohorts = [
        Cohort(*given[:2], list(given[2]), life(0 if calendar else c)) for c, given in enumerate(opening)
    ]
    for t, (begin, end) in enumerate(pairwise(edges)):
        length = end - begin
        new = Cohort(begin, end, list(mix[min(t, len(mix) - 1)]), life(t if calendar else len(told.cohorts)))
        leaves, early = 0.0, 0.0
        for cohort in told.cohorts:
            leaves += pass_on(cohort, begin, end, rule, yearly, life(t) if calendar else cohort.life)
        pass_on(new, begin, end, rule, yearly, new.life)  # one tonne of new goods
        first = sum(new.states)
        if stock is not None:
            gap = stock[t] - in_use(told.cohorts)
            if gap < -1e-10 * max(in_use(told.cohorts), stock[t]) and policy != "allow":
                retired = fall(told.cohorts, -gap, policy)
                early, gap = -gap * retired, 0.0
                leaves += early
            elif gap < 0 and policy != "allow":
                gap = 0.0
            if policy == "hibernate":
                gap -= bring_back(told.cohorts, gap)
            enters = gap / first
        else:
            assert inflow is not None
            enters = inflow[t] * length
        new.states = [enters * mass for mass in new.states]
        leaves += enters * (1 - first)
        told.cohorts.append(new)
        told.inflow.append(enters / length)
        told.outflow.append(leaves / length)
        told.early.append(early / length)
        told.stock.append(in_use(told.cohorts))
        told.resting.append(sum((1 - c.used) * sum(c.states) for c in told.cohorts))
        told.by_state.append(
            [sum(c.used * c.states[k] for c in told.cohorts) for k in range(len(new.states))]
        )
    return told

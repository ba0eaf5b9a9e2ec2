"""The front: plans no other plan of the budget beats on both axes, found one level of days at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from meguri.respond.flow import rate_block, reach
from meguri.respond.held import Held, families, form_of
from meguri.respond.instance import Goal, Instance, Limits
from meguri.respond.kept import Kept
from meguri.respond.lshaped import solve_lshaped
from meguri.respond.program import Solution
from meguri.respond.regret import held_gain
from meguri.respond.solver import solve_form
from meguri.shock.cancel import cores

Floats = npt.NDArray[np.float64]
LEVELS = 6  # levels of days tried between none and the most the budget buys
LADDER = (7.0, 14.0, 30.0, 45.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 365.0)
SAME = 1e-4  # [1] of competitiveness: what the cheaper plan of a level may give up
GAP = 1e-3  # [1] between plan and bound at which a search ends
_SLACK = 1e-6


@dataclass(frozen=True)
class Judged:
    """What sizes bring in each world, as the program sees it; axes (world,)."""

    time: Floats  # [d], at most the horizon
    share: Floats  # [1]


class Judge:
    """Days and competitiveness of given sizes in every world; blocks are built once."""

    def __init__(self, instance: Instance, workers: int | None = None) -> None:
        self.instance, self._workers = instance, workers or cores()
        reached = reach(instance)
        self._rates = [rate_block(instance, reached, world) for world in range(len(instance.worlds))]
        self._blocks, self._family = families(instance, reached)
        firsts = list(dict.fromkeys(self._family))
        with ThreadPoolExecutor(self._workers) as pool:
            held = pool.map(lambda first: Held(self._blocks[first]), firsts)
        self._held = dict(zip(firsts, held, strict=True))

    @property
    def horizon(self) -> float:
        """Days told from the first day of the control."""
        return float(self.instance.steps.sum())

    def time(self, sizes: Floats, worlds: Sequence[int] | None = None) -> Floats:
        """Days until the first process falls short, at most the horizon; axes (world,)."""
        chosen = list(range(len(self.instance.worlds)) if worlds is None else worlds)
        members: dict[int, list[int]] = {}
        for world in chosen:
            members.setdefault(self._family[world], []).append(world)
        found: dict[int, float] = {}

        def ask(first: int) -> None:
            for world in members[first]:
                found[world] = self._held[first].days(self._blocks[world].effect @ sizes)

        with ThreadPoolExecutor(self._workers) as pool:
            list(pool.map(ask, members))
        return np.minimum(np.array([found[world] for world in chosen]), self.horizon)

    def share(self, sizes: Floats) -> Floats:
        """Competitiveness kept; axes (world,)."""
        return np.array([1.0 - solve_form(form_of(block, sizes)).objective for block in self._rates])

    def judged(self, sizes: Floats) -> Judged:
        """Both axes beside each other."""
        return Judged(self.time(sizes), np.clip(self.share(sizes), 0.0, 1.0))


@dataclass(frozen=True)
class Level:
    """The best plan at one level of days."""

    days: float  # [d] asked for
    sizes: Floats  # (option,)
    bound: float  # [1] no plan of this level keeps more
    gap: float
    finished: bool


class Clock:
    """How much of a time limit is left."""

    def __init__(self, limit: float | None) -> None:
        self._until = float("inf") if limit is None else time.monotonic() + limit

    def left(self) -> float:
        """Seconds, never below a little: the last step still brings something."""
        return max(self._until - time.monotonic(), 0.5)

    @property
    def over(self) -> bool:
        """Whether the limit has passed."""
        return time.monotonic() >= self._until


def solve(kept: Kept, goal: Goal, limits: Limits, clock: Clock) -> Solution:
    """The best plan for a goal, within what is left of the time; what is learned serves the next.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended the search.
    """
    found = solve_lshaped(
        kept.instance, goal, limits, gap=GAP, seconds=clock.left(), kept=kept, explain=False
    )
    if found.status == "cancelled":
        raise KeyboardInterrupt
    return found


def priced(kept: Kept, instance: Instance) -> Kept:
    """What was learned about an instance, for the same one with other costs or budgets: cuts stay true."""
    other = copy(kept)
    other.instance = instance
    return other


def most_days(kept: Kept, held_by: float, clock: Clock, step: Callable[[], None]) -> float:
    """Most days of the ladder that the budget buys; 0 where it buys none.

    Feasibility falls with the days asked for, so that halving the ladder finds the last one that holds.
    """
    ladder = [days for days in LADDER if days < float(kept.instance.steps.sum())]
    low, high = -1, len(ladder)
    while high - low > 1:
        middle = (low + high) // 2
        limits = Limits(time=ladder[middle], held_by=held_by)
        found = solve(kept, Goal("cost"), limits, clock)
        step()
        if np.isfinite(found.objective):
            low = middle
        else:
            high = middle
    return ladder[low] if low >= 0 else 0.0


def levels(kept: Kept, held_by: float, clock: Clock, step: Callable[[], None] = lambda: None) -> list[Level]:
    """The best plan for each level of days, from none to the most that the budget buys.

    For every level the share is made as large as the budget allows, and then, at that share, the cost
    as small as possible (ε-constraint: Haimes, Lasdon and Wismer 1971; the second step takes away weakly
    efficient plans). Levels are days, never points of a score.
    """
    most = most_days(kept, held_by, clock, step)
    asked = [0.0, *np.linspace(0.0, most, LEVELS)[1:].tolist()] if most > 0 else [0.0]
    found: list[Level] = []
    for days in asked:
        if found and clock.over:
            break
        level = best_at(kept, days, held_by, clock)
        step()
        if level is not None:
            found.append(level)
    return found


def best_at(kept: Kept, days: float, held_by: float, clock: Clock) -> Level | None:
    """The cheapest of the plans that keep most competitiveness at a level of days; ``None`` without any."""
    limits = Limits(time=days if days > 0 else None, held_by=held_by)
    best = solve(kept, Goal("share"), limits, clock)
    if not np.isfinite(best.objective):
        return None
    as_good = replace(limits, share=max(best.objective - SAME, 0.0))
    cheap = solve(kept, Goal("cost"), as_good, clock)
    taken = cheap if np.isfinite(cheap.objective) else best
    finished = best.status == "optimal" and taken.status == "optimal"
    return Level(days, taken.sizes, best.bound, best.gap, finished)


def efficient(points: Sequence[tuple[float, float]]) -> list[int]:
    """Places of the points no other point beats on both axes; of equal ones the first.

    Examples
    --------
    >>> efficient([(0.0, 0.9), (30.0, 0.8), (20.0, 0.7), (30.0, 0.8)])
    [0, 1]
    """
    kept: list[int] = []
    for place, (days, share) in enumerate(points):
        beaten = any(
            other >= days - _SLACK and part >= share - _SLACK
            and (other > days + _SLACK or part > share + _SLACK or at < place)
            for at, (other, part) in enumerate(points)
            if at != place
        )  # fmt: skip
        if not beaten:
            kept.append(place)
    return kept


def singles(
    instance: Instance, measures: Mapping[str, Sequence[int]], needed: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Floats]]:
    """Sizes of every measure alone, as large as the budget pays, begun in the first year that works.

    Parameters
    ----------
    instance : Instance
        With budgets.
    measures : dict
        Measure → numbers of its options, earliest first; a measure that cannot stand alone comes with
        the smallest size of what it needs.
    needed : dict
        Measure → measures it requires.
    """
    budget = instance.budget
    for measure, own in measures.items():
        for first in own:
            sizes = np.zeros(len(instance.options))
            base = np.zeros(budget.size)
            helped = True
            for other in needed.get(measure, ()):
                year = instance.options[first].year
                helper = next(
                    (at for at in measures.get(other, ()) if instance.options[at].year == year), None
                )
                if helper is None:
                    helped = False
                    break
                sizes[helper] = _smallest(instance, helper)
                base = base + _money(instance, helper, sizes[helper])
            if not helped:
                continue
            size = _affordable(instance, first, base)
            if size > 0:
                sizes[first] = max(size, sizes[first])
                yield measure, sizes
                break


def _smallest(instance: Instance, at: int) -> float:
    option = instance.options[at]
    return option.size_max if option.whole == "on-off" else max(option.size_min, 1e-3 * option.size_max)


def _money(instance: Instance, at: int, size: float) -> Floats:
    option = instance.options[at]
    return np.asarray(option.unit * size + option.fixed * float(size > 0))


def _affordable(instance: Instance, at: int, base: Floats) -> float:
    """Largest size of one option within the budgets beside what is spent already."""
    option, budget = instance.options[at], instance.budget
    spent, unit = base + option.fixed, option.unit
    if instance.pooled:
        spent, unit, budget = np.cumsum(spent), np.cumsum(unit), np.cumsum(budget)
    if (spent > budget * (1 + 1e-9)).any():
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(unit > 0, (budget - spent) / unit, np.inf).min()
    size = min(option.size_max, float(most))
    if option.whole == "on-off":
        return option.size_max if size >= option.size_max * (1 - 1e-9) else 0.0
    return float(np.floor(size)) if option.whole == "integer" else max(size, 0.0)


def gained(judged: Judged, base: Judged, instance: Instance, held_by: float) -> tuple[float, float]:
    """Days bought and competitiveness gained by a plan: two numbers, never one."""
    chance = instance.chances
    days = held_gain(judged.time, base.time, chance, float(instance.steps.sum()), held_by)
    return days, float(chance @ (judged.share - base.share))

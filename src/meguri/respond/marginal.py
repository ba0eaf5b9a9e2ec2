"""The next yen: what one per cent more of the budget buys on each axis, and what a rejected measure lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError
from meguri.respond.front import Clock, Judge, Judged, gained, priced, solve
from meguri.respond.instance import Goal, Instance, Limits
from meguri.respond.kept import Kept
from meguri.respond.options import Menu
from meguri.respond.regret import held_gain
from meguri.respond.tables import Plan, Scene
from meguri.respond.words import labels, named

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]
PER_CENT = 0.01
HALVINGS = 6  # of the cost factor: known to a sixty-fourth
LEAST = 1e-3  # [1] of its cost: cheaper is as good as nothing
CHEAPER = 2e-3  # [1] of the cost of a plan: a saving that counts
_GIVEN, _GIVEN_D = 1e-4, 0.5  # [1], [d] that a plan as good may give up
_ROUNDING = 1e-7  # [d], [1]
_WORST = 5  # worlds in which days are closest to not being held


@dataclass(frozen=True)
class Grounds:
    """Plans from which the next yen is spent, one for each axis, and all plans of the front."""

    by_days: Plan
    by_share: Plan
    front: Sequence[Plan]


@dataclass(frozen=True)
class Few:
    """The problem over some of its worlds, and which these are."""

    kept: Kept
    worlds: Sequence[int]

    @classmethod
    def of(cls, instance: Instance, worlds: Sequence[int]) -> Few:
        """Likely as they are among each other."""
        at = list(worlds)
        total = float(instance.chances[at].sum())
        chosen = tuple(
            replace(instance.worlds[one], probability=instance.worlds[one].probability / total) for one in at
        )
        options = tuple(
            replace(
                option,
                effects=tuple(
                    replace(effect, available=effect.available[at], lasting=effect.lasting[at])
                    for effect in option.effects
                ),
            )
            for option in instance.options
        )
        return cls(Kept(replace(instance, worlds=chosen, options=options)), at)


def marginal_rows(
    scene: Scene,
    judge: Judge,
    few: Few,
    base: Judged,
    grounds: Grounds,
    budget: float,
    clock: Clock,
    step: Callable[[], None] = lambda: None,
) -> list[Row]:
    """Rows of ``marginal``.

    Parameters
    ----------
    scene : Scene
        Library, menu and worlds.
    judge : Judge
        Days and share of given sizes in all worlds.
    few : Few
        The problem over few worlds, on which costs are bisected.
    base : Judged
        Without a plan.
    grounds : Grounds
        Plans the next yen is added to: one for each axis, never a mixture.
    budget : float [JPY]
        Of which a per cent is spent.
    clock : Clock
        When it is over, what is left is told as not tried.
    step : callable
        Called for each measure.
    """
    kept, targets = few.kept, _targets(few, base, grounds, scene, clock)
    factor: float | None
    taken = {name for plan in grounds.front for name, size in plan.sizes.items() if size > 0}
    found = []
    for measure in scene.library.measures["measure"]:
        own = [at for at, choice in enumerate(scene.menu.choices) if choice.measure == measure]
        inside = any(scene.menu.choices[at].option.name in taken for at in own)
        if inside:
            factor, reason = 1.0, "in_plan"
        elif _excluded(measure, scene.menu, grounds):
            factor, reason = None, "excluded"
        else:
            try:
                factor, reason = _entry(measure, own, scene, kept, targets, clock)
            except ModelError:  # no answer for this measure is no reason to give none at all
                factor, reason = None, "not_tried"
        found.append(
            {
                "measure": measure,
                **labels(named(scene.library, measure)),
                "budget": budget,
                "time_per_money": _days(own, scene, judge, base, grounds.by_days, budget),
                "share_per_money": _share(own, judge, grounds.by_share, budget),
                "in_plan": inside,
                "entry_cost_factor": factor,
                "entry_reason": reason,
            }
        )
        step()
    return found


def _array(plan: Plan, instance: Instance) -> Floats:
    return np.array([plan.sizes.get(option.name, 0.0) for option in instance.options])


def _more(own: Sequence[int], sizes: Floats, instance: Instance, money: float) -> tuple[Floats, float] | None:
    """Sizes with a little more of one measure, and what part of the money that is worth.

    The earliest start that can still grow; what can only be taken whole is taken whole, and its value
    is told for the same money.
    """
    for at in sorted(own, key=lambda at: (instance.options[at].year, at)):
        option = instance.options[at]
        together = sum(sizes[other] for other in own)
        room = option.size_max - (together if option.size_max > 0 else 0.0)
        unit, fixed = float(option.unit.sum()), float(option.fixed.sum())
        if room <= 1e-9 * option.size_max or not option.effects:
            continue
        grown = sizes.copy()
        if option.whole == "no" and (sizes[at] > 0 or fixed == 0.0) and unit > 0:
            size = min(room, money / unit)
            grown[at] += size
            return grown, size * unit / money
        grown[at] = option.size_max if option.whole == "on-off" else min(option.size_max, room)
        cost = unit * (grown[at] - sizes[at]) + (fixed if sizes[at] == 0 else 0.0)
        if cost > 0:
            return grown, cost / money
    return None


def _days(
    own: Sequence[int], scene: Scene, judge: Judge, base: Judged, plan: Plan, budget: float
) -> float | None:
    """Days bought by one per cent more of the budget, in the worlds that decide how many are held."""
    sizes = _array(plan, judge.instance)
    more = _more(own, sizes, judge.instance, PER_CENT * budget)
    if more is None:
        return None
    gain = np.where(plan.time >= judge.horizon - 1e-9, np.inf, plan.time - base.time)
    worlds = [int(world) for world in np.argsort(gain, kind="stable")[:_WORST]]
    time = plan.time.copy()
    time[worlds] = judge.time(more[0], worlds)
    chances = judge.instance
    before, after = (
        gained(Judged(days, base.share), base, chances, scene.held_by)[0] for days in (plan.time, time)
    )
    return _told(after - before, more[1])


def _share(own: Sequence[int], judge: Judge, plan: Plan, budget: float) -> float | None:
    """Competitiveness gained by one per cent more of the budget, on the mean of the worlds."""
    sizes = _array(plan, judge.instance)
    more = _more(own, sizes, judge.instance, PER_CENT * budget)
    if more is None:
        return None
    gain = float(judge.instance.chances @ (judge.share(more[0]) - plan.share))
    return _told(gain, more[1])


def _told(gain: float, part: float) -> float:
    """Gain for the money of one per cent; what rounding leaves of nothing is nothing."""
    return gain / part if gain > _ROUNDING and part > 0.0 else 0.0


@dataclass(frozen=True)
class _Target:
    """What a plan of the front brings, as limits, and the least money that brings it."""

    limits: Limits
    cost: float


def _targets(few: Few, base: Judged, grounds: Grounds, scene: Scene, clock: Clock) -> list[_Target]:
    """Both picks as targets; one when they are the same plan."""
    found, kept, at = [], few.kept, list(few.worlds)
    horizon, chance = float(kept.instance.steps.sum()), kept.instance.chances
    for plan in {one.key: one for one in (grounds.by_days, grounds.by_share)}.values():
        days = held_gain(plan.time[at], base.time[at], chance, horizon, scene.held_by)
        share = max(float(chance @ plan.share[at]) - _GIVEN, 0.0)
        limits = Limits(time=days - _GIVEN_D if days > _GIVEN_D else None, share=share, held_by=scene.held_by)
        least = solve(kept, Goal("cost"), limits, clock)
        if np.isfinite(least.objective):
            found.append(_Target(limits, least.objective))
    return found


def _entry(
    measure: str, own: Sequence[int], scene: Scene, kept: Kept, targets: Sequence[_Target], clock: Clock
) -> tuple[float | None, str]:
    """Cost factor at which a measure enters a plan of the front, or why none brings it in."""
    if not own:
        return None, scene.menu.reasons.get(measure, "no_effect")
    for target in targets:
        if clock.over:
            return None, "not_tried"
        if not _cheaper(kept, own, LEAST, target, clock):
            continue
        low, high = LEAST, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if _cheaper(kept, own, middle, target, clock):
                low = middle
            else:
                high = middle
        return low, "cheaper"
    return None, "no_need"


def _cheaper(kept: Kept, own: Sequence[int], factor: float, target: _Target, clock: Clock) -> bool:
    """Whether the same levels are reached for less when a measure costs a part of what it does."""
    options = tuple(
        replace(option, unit=option.unit * factor, fixed=option.fixed * factor) if at in set(own) else option
        for at, option in enumerate(kept.instance.options)
    )
    other = priced(kept, kept.instance.with_options(options))
    found = solve(other, Goal("cost"), target.limits, clock)
    if not np.isfinite(found.objective):
        return False
    return bool(found.sizes[list(own)].sum() > 0 and found.objective < target.cost * (1.0 - CHEAPER))


def _excluded(measure: str, menu: Menu, grounds: Grounds) -> bool:
    """Whether every plan of the front holds something that excludes the measure."""
    names = {choice.option.name for choice in menu.of(measure)}
    against: set[str] = set()
    for rule in menu.rules:
        if rule.kind == "excludes":
            if rule.option in names:
                against |= set(rule.others)
            elif names & set(rule.others):
                against.add(rule.option)
    return bool(against) and all(
        any(size > 0 and name in against for name, size in plan.sizes.items()) for plan in grounds.front
    )


def measures_text(plan_sizes: Mapping[str, float], scene: Scene) -> str:
    """Measures of a plan with their sizes, separated by |."""
    sums: dict[str, float] = {}
    for choice in scene.menu.choices:
        size = plan_sizes.get(choice.option.name, 0.0)
        if size > 0:
            sums[choice.measure] = sums.get(choice.measure, 0.0) + size
    units = scene.library.measures.set_index("measure")["unit"]
    return "|".join(f"{key} {size:.3g} {units[key]}".removesuffix(" 1") for key, size in sums.items())

"""What the optimiser is given: worlds that may come, options one may pay for, rules, and what is wanted.

Everything stands in the order of the kernel's arrays (`meguri.shock._kernel`). Axes are named beside
each field: world, option, year (of the plan, from the decision), step (counted from the first day of the
control in each world, lengths in days), node, slot (input of a node), link. Money is in one unit.

A world is one draw of numbers with one date of the control. What options bring is linear in their size,
and is spread over the steps of each world by ``available``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.shock._kernel import Filters, Numbers, Wiring

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
EffectKind = Literal["stock", "reserve", "supply", "qualify", "saving", "capacity", "knowledge"]
Whole = Literal["no", "integer", "on-off"]
RuleKind = Literal["requires", "excludes", "together"]
Wanted = Literal["share", "cost", "loss", "regret"]
# what the numbers in ``at`` are the places of
PLACES: dict[EffectKind, str] = {
    "stock": "slot", "reserve": "reserve", "supply": "slot", "qualify": "link", "saving": "slot",
    "capacity": "node", "knowledge": "node",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """One draw of what may come."""

    name: str
    probability: float  # [1], sum 1
    numbers: Numbers  # amounts of the draw (`shock.arrays.numbers_of_run`)
    filters: Filters  # controls, disruptions and answers of buyers (`shock.controls.filters_of_run`)
    first: int  # [d] first day of the control, counted as the days of the filters
    baseline: float = float(
        "nan"
    )  # [d] time until the first process falls short without a plan; NaN: worked out


@dataclass(frozen=True)
class Effect:
    """What one unit of an option's size brings at some places.

    ``per_unit`` by kind, each per unit of size:

    * ``stock`` [d of use] at every slot of ``at``; ``available[w, 0]`` is the share that stands when the
      control begins
    * ``reserve`` [t] more in the national reserve ``at`` (number in ``Filters.held``); as for stocks
    * ``supply`` [t/a] offered to the slots of ``at`` together; the usable share (yield, whether it is already
      qualified at its user) is part of ``available``
    * ``qualify`` [1, usually 1] the link ``at`` may deliver the share ``available`` of its potential, if that
      is more than it does anyhow; the supplier's own output and the controls bind as ever
    * ``saving`` [1 of the need] of each slot of ``at``
    * ``capacity`` [t/a] at each node of ``at``
    * ``knowledge`` [1] share of the working capacity and of the usable share lost by a disruption at the
      nodes of ``at`` that is not lost
    """

    kind: EffectKind
    at: tuple[int, ...]
    per_unit: float
    available: Floats  # (world, step) [1]
    lasting: (
        Floats  # (world,) [1] the same in the window in which competitiveness is measured; stocks: unread
    )


@dataclass(frozen=True)
class Option:
    """One measure begun in one year of the plan."""

    name: str  # unique
    measure: str
    year: int  # of the plan
    size_max: float
    unit: Floats  # (year,) money per unit of size, spent in each year of the plan
    fixed: Floats  # (year,) money once it is chosen at all
    effects: tuple[Effect, ...] = ()
    whole: Whole = "no"  # continuous, integer, or all (size_max) or nothing
    size_min: float = 0.0  # least size once chosen


@dataclass(frozen=True)
class Rule:
    """``requires``: the option only with at least one of ``others``; ``excludes``: with none of them.

    ``together``: sizes of the option and of ``others`` sum to at most ``most`` (one measure begun in
    several years).
    """

    kind: RuleKind
    option: str
    others: tuple[str, ...]
    most: float = float("inf")


@dataclass(frozen=True)
class Instance:
    """The whole problem."""

    wiring: Wiring
    worlds: tuple[World, ...]
    options: tuple[Option, ...]
    steps: Floats  # (step,) [d] lengths, from the first day of the control
    budget: Floats  # (year,) money
    ends: Floats  # (node,) [1] weights of end users, sum 1: what competitiveness and loss are weighted by
    processes: Ints  # (process,) nodes that time bought is about
    window: tuple[int, int]  # [d] days after the control over which competitiveness is measured
    rules: tuple[Rule, ...] = ()
    pooled: bool = False  # money left over in a year may be spent later
    shared: Literal["usual", "best"] = "usual"  # how what lacks is split among a supplier's usual customers
    names: tuple[str, ...] = ()  # (node,) for answers in words

    @property
    def starts(self) -> Floats:
        """First day of each step, counted from the control, and the end of the last; axes (step + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.steps)])

    @property
    def chances(self) -> Floats:
        """Probability of each world."""
        return np.array([world.probability for world in self.worlds])

    def node(self, number: int) -> str:
        """Name of a node."""
        return self.names[number] if self.names else str(number)

    def with_options(self, options: Sequence[Option]) -> Instance:
        """The same problem with other options."""
        return replace(self, options=tuple(options))


@dataclass(frozen=True)
class Goal:
    """What is sought: one thing at a time, never a mixture of the two axes.

    ``share``: most competitiveness; ``cost``: least money; ``loss``: least lost output over the horizon;
    ``regret``: least worst regret of competitiveness over the worlds. ``tail`` α in [0, 1): instead of
    the mean, the mean over the worst 1 - α of the worlds (CVaR).
    """

    wanted: Wanted
    tail: float = 0.0


@dataclass(frozen=True)
class Limits:
    """What has to hold beside the budget.

    ``time`` [d]: no process falls short earlier than this many days after it would without a plan, in worlds
    of at least the probability ``held_by``; ``share`` [1]: competitiveness on the mean, or over the worst
    1 - ``share_tail``; ``cost``: money in all.
    """

    time: float | None = None
    share: float | None = None
    share_tail: float = 0.0
    held_by: float = 1.0
    cost: float | None = None
    budget: Floats | None = field(default=None)  # (year,) instead of the instance's


def coarser(instance: Instance, steps: int) -> Instance:
    """The same problem with at most so many steps: neighbours are joined, what options bring is averaged."""
    count = instance.steps.size
    firsts = np.unique(np.arange(steps) * count // steps)
    lengths = np.add.reduceat(instance.steps, firsts)

    def joined(effect: Effect) -> Effect:
        mean = np.add.reduceat(effect.available * instance.steps, firsts, axis=1) / lengths
        if effect.kind in ("stock", "reserve"):  # what stands when the control begins
            mean[:, 0] = effect.available[:, 0]
        return replace(effect, available=mean)

    options = tuple(
        replace(option, effects=tuple(joined(effect) for effect in option.effects))
        for option in instance.options
    )
    return replace(instance, options=options, steps=lengths)


def checked(instance: Instance) -> Instance:
    """The instance, if nothing in it is wrong.

    Raises
    ------
    ModelError
        Naming every option, rule or world that cannot be right.
    """
    problems = [*_odd_worlds(instance), *_odd_options(instance), *_odd_rules(instance)]
    if problems:
        raise ModelError(problems)
    return instance


def _odd_worlds(instance: Instance) -> Iterator[Problem]:
    total = float(instance.chances.sum())
    if not instance.worlds or abs(total - 1.0) > 1e-9:
        yield Problem("plan_chances", "worlds", f"{total:g}")
    if abs(float(instance.ends.sum()) - 1.0) > 1e-9:
        yield Problem("plan_chances", "ends", f"{instance.ends.sum():g}")
    needed = max(float(instance.steps.sum()), float(instance.window[1]))
    for world in instance.worlds:
        days = world.filters.limit.shape[0] - world.first
        if days < needed:
            yield Problem("plan_days", f"worlds.{world.name}", f"{days} d", "", {"needed": f"{needed:g}"})


def _odd_options(instance: Instance) -> Iterator[Problem]:
    years, shape = instance.budget.size, (len(instance.worlds), instance.steps.size)
    names = [option.name for option in instance.options]
    for option in instance.options:
        place = f"options.{option.name}"
        if names.count(option.name) > 1:
            yield Problem("plan_option", place, option.name, "", {"expected": "unique"})
        if option.unit.shape != (years,) or option.fixed.shape != (years,):
            found = f"{option.unit.shape}, {option.fixed.shape}"
            yield Problem("plan_option", place, found, "", {"expected": f"({years},)"})
        if not 0.0 <= option.size_min <= option.size_max < np.inf:
            found = f"{option.size_min:g} … {option.size_max:g}"
            yield Problem("plan_option", place, found, "", {"expected": "0 <= min <= max < inf"})
        for effect in option.effects:
            if effect.available.shape != shape or effect.lasting.shape != shape[:1]:
                found = f"{effect.available.shape}, {effect.lasting.shape}"
                yield Problem("plan_option", place, found, "", {"expected": f"{shape}, {shape[:1]}"})


def _odd_rules(instance: Instance) -> Iterator[Problem]:
    names = {option.name for option in instance.options}
    for rule in instance.rules:
        for name in (rule.option, *rule.others):
            if name not in names:
                yield Problem("plan_rule", f"rules.{rule.kind}", name)

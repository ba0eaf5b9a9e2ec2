"""The simulator's check: every plan is run again in the same worlds by somebody who knows no future."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from meguri.respond.measures import Library
from meguri.respond.options import Drawn, Menu
from meguri.respond.worlds import Asked, Course
from meguri.respond.written import Written, written
from meguri.scenario.measures import AnyEffect
from meguri.shock.run import set_up, tell_run
from meguri.shock.runs import Setup
from meguri.shock.sample import Draw
from meguri.shock.survive import time_to_survive, weekly_share
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures

Floats = npt.NDArray[np.float64]
SHOWN = 1e-3  # [1] of the share: less is no difference between two plans
DAYS, PART, SHARE = 7.0, 0.10, 0.05  # tolerance: the larger of a week and a tenth of the days; of the share


@dataclass(frozen=True)
class Ends:
    """What is looked at: the processes that must not fall short, and the weights of end users."""

    processes: tuple[str, ...]
    weights: Mapping[str, float]  # node → [1], sum 1


@dataclass(frozen=True)
class Told:
    """What the simulator says of one plan; axes (world,)."""

    time: Floats  # [d] until the first process falls short, the horizon when it never does
    share: Floats  # [1] competitiveness kept
    loss: Floats  # [d of plan] lost output, function-weighted
    first: tuple[str, ...] = ()  # process that falls short first; "" where none does within the horizon

    def stops_first(self, chance: Floats) -> tuple[str, float]:
        """The process that falls short first in most worlds, and the probability of these; ("", 0) if none.

        Examples
        --------
        >>> told = Told(*np.zeros((3, 3)), first=("motor", "", "magnet"))
        >>> told.stops_first(np.array([0.3, 0.3, 0.4]))
        ('magnet', 0.4)
        >>> Told(*np.zeros((3, 20)), first=("motor",) * 20).stops_first(np.full(20, 0.05))
        ('motor', 1.0)
        """
        likely: dict[str, float] = {}
        for node, part in zip(self.first, chance, strict=True):
            likely[node] = likely.get(node, 0.0) + float(part)
        likely.pop("", None)
        node, part = max(likely.items(), key=lambda item: item[1], default=("", 0.0))
        return node, min(part, 1.0)  # twenty times 0.05 is a little more than 1


def told_plan(
    sizes: Mapping[str, float],
    menu: Menu,
    asked: Asked,
    library: Library,
    courses: Sequence[Course],
    drawn: Drawn,
    ends: Ends,
    tick: Callable[[], None] = lambda: None,
) -> Told:
    """Run a plan in every world.

    Parameters
    ----------
    sizes : dict
        Option → size; empty for no plan.
    menu, asked, library : Menu, Asked, Library
        What the plan is made of.
    courses, drawn : sequence of Course, Drawn
        The worlds and the measures' numbers in them.
    ends : Ends
        Processes and weights.
    tick : callable
        Called after each run.
    """
    time, share, loss = (np.zeros(len(courses)) for _ in range(3))
    first = [""] * len(courses)
    grown: dict[tuple[tuple[AnyEffect, ...], str], Chain] = {}  # the dates of the control change no table
    for setup in dict.fromkeys(id(course.setup) for course in courses):
        worlds = [place for place, course in enumerate(courses) if id(course.setup) == setup]
        one = courses[worlds[0]]
        plan = written(sizes, menu, asked, library, one.strike_on)
        planned, draw = _planned([courses[place] for place in worlds], worlds, plan, drawn, grown)
        for row, place in enumerate(worlds):
            time[place], share[place], loss[place], first[place] = _axes(planned, draw, row, asked, ends)
            tick()
    return Told(time, share, loss, tuple(first))


def _planned(
    courses: Sequence[Course],
    worlds: Sequence[int],
    plan: Written,
    drawn: Drawn,
    grown: dict[tuple[tuple[AnyEffect, ...], str], Chain],
) -> tuple[Setup, Draw]:
    """The chain and scenario with the plan, and the same draws with the plan's own beside them."""
    one = courses[0]
    scenario = plan.into(one.scenario)
    if not plan.effects and not plan.reserves:
        return one.setup, one.draw
    key = plan.effects, one.setup.chain.hash
    if key not in grown:
        grown[key] = with_measures(one.setup.chain, scenario)
    chain = grown[key]
    setup = set_up(chain, scenario)
    known = {name: place for place, name in enumerate(one.setup.ranges["parameter"])}
    links = {link.parameter: link for link in plan.links}
    last = {reserve.product: (at, reserve) for at, reserve in enumerate(one.scenario.reserves)}
    held = {f"reserves.{at}.amount": reserve for at, reserve in last.values()}
    values = np.empty((len(courses), len(setup.ranges)))
    modes = setup.ranges["mode"].to_numpy(dtype=float)
    for place, name in enumerate(setup.ranges["parameter"]):
        if name in held and held[name].product in plan.reserves:
            reserve, amount = held[name], held[name].amount.mode
            before = [course.values[known[name]] if name in known else amount for course in courses]
            pairs = zip(before, worlds, strict=True)
            values[:, place] = [plan.held(reserve, had, drawn, world) for had, world in pairs]
        elif name in known:
            values[:, place] = [course.values[known[name]] for course in courses]
        elif name in links:
            values[:, place] = [links[name].value(drawn, world) for world in worlds]
        else:
            values[:, place] = modes[place]
    return setup, Draw(chain, setup.ranges, values)


def _axes(setup: Setup, draw: Draw, row: int, asked: Asked, ends: Ends) -> tuple[float, float, float, str]:
    """Days until the first process falls short, share kept in the window, lost output, and that process."""
    told = tell_run(setup, draw, row)
    number = {name: place for place, name in enumerate(setup.layout.nodes["node"])}
    processes = [number[name] for name in ends.processes]
    horizon = float(asked.horizon)
    days = time_to_survive(told.story.short[:, processes], setup.first)
    time = float(np.min(days, initial=horizon))
    # of several on one day the one that weighs most
    soonest = [name for name, day in zip(ends.processes, days, strict=True) if day <= time < horizon]
    stops = max(soonest, key=lambda name: ends.weights.get(name, 0.0), default="")
    places = [number[name] for name in ends.weights]
    weight = np.array(list(ends.weights.values()))
    since = told.story.output[setup.first :, places]
    weekly = np.minimum(weekly_share(since, told.numbers.plan[places]), 1.0)  # catching up keeps no function
    first, last = (day // 7 for day in asked.window)
    share = weekly[first:last].mean(axis=0) @ weight
    loss = 7.0 * (1.0 - weekly).sum(axis=0) @ weight
    return min(time, horizon), float(share), float(loss), stops


def agrees(time: float, share: float, told_time: float, told_share: float, horizon: float) -> bool:
    """Whether the simulator confirms a plan's days and share within the stated tolerance.

    Examples
    --------
    >>> agrees(100.0, 0.80, 91.0, 0.84, 500.0), agrees(100.0, 0.80, 85.0, 0.80, 500.0)
    (True, False)
    """
    both_never = time >= horizon and told_time >= horizon
    days = both_never or abs(time - told_time) <= max(DAYS, PART * time) + 1e-9
    return bool(days and abs(share - told_share) <= SHARE + 1e-9)


def beaten(points: Sequence[tuple[float, float]]) -> dict[int, int]:
    """Places of plans that another is at least as good as on both axes in the simulator, and that other.

    What two plans differ by has to show: a day, or a thousandth of the share.

    Parameters
    ----------
    points : sequence of (float, float)
        Days bought and share kept of each plan, as the simulator tells them.

    Examples
    --------
    >>> beaten([(10.0, 0.9), (12.0, 0.9), (30.0, 0.8), (12.4, 0.9)])
    {0: 1}
    """
    found: dict[int, int] = {}
    for place, (days, share) in enumerate(points):
        for other, (more, kept) in enumerate(points):
            clear = more >= days + 1.0 or kept >= share + SHOWN
            if more >= days and kept >= share and clear:
                found.setdefault(place, other)
    return found

"""The worlds a plan has to do well in: scenarios, days on which they may strike, and drawn numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.base.errors import Problem, ScenarioError
from meguri.respond.instance import World
from meguri.scenario.fields import Range
from meguri.scenario.schema import Reserve, Scenario
from meguri.scenario.shift import shifted
from meguri.shock._kernel import Filters, Numbers, Wiring, tell
from meguri.shock.arrays import numbers_of_run
from meguri.shock.controls import filters_of_run
from meguri.shock.run import set_up
from meguri.shock.runs import Setup
from meguri.shock.sample import Draw, latin_hypercube
from meguri.structure.chain import Chain
from meguri.structure.changed import with_changes

Floats = npt.NDArray[np.float64]
YEAR = 365  # [d] of a plan
_DAILY = ("limit", "delayed", "delay", "working", "kept", "aim", "wanted")  # filters with axes (day, …)
_A_LITTLE = 1e-9  # [t] so that a reserve nobody has filled yet shows when it would open
LAST_WEEKS = 91  # [d] over which competitiveness is measured


class Strike(NamedTuple):
    """When the control may begin: years after the decision, and how likely."""

    years: float
    probability: float


class Course(NamedTuple):
    """One possible course of events, and all that is needed to tell it again with a plan in it."""

    name: str
    probability: float
    scenario: Scenario  # on its days
    setup: Setup
    draw: Draw
    row: int
    values: Floats  # (parameter,) drawn, in the order of ``setup.ranges``
    strike: Strike

    @property
    def strike_on(self) -> dt.date:
        """First day of the control."""
        return self.scenario.counted_from

    @property
    def first(self) -> int:
        """The same, counted as the days of the run."""
        return self.setup.first


@dataclass(frozen=True)
class Asked:
    """What is asked: under which scenarios, decided when, struck when, counted how."""

    chain: Chain
    scenarios: tuple[tuple[Scenario, float], ...]  # with their probabilities, sum 1
    decided: dt.date
    years: int
    strikes: tuple[Strike, ...]
    after: float  # [a] after the strike in which competitiveness is measured
    runs: int
    seed: int

    @property
    def horizon(self) -> int:
        """Days told from the first day of the control: the longest scenario, and the year asked about."""
        longest = max(scenario.days - _lead_in(scenario) for scenario, _ in self.scenarios)
        return max(longest, round(self.after * YEAR))

    @property
    def window(self) -> tuple[int, int]:
        """Days after the control over which competitiveness is measured: thirteen weeks."""
        last = round(self.after * YEAR)
        return max(last - LAST_WEEKS, 0), last


def equal_strikes(years: int) -> tuple[Strike, ...]:
    """The control may begin at the end of each year of the plan, one as likely as the other.

    Examples
    --------
    >>> [strike.years for strike in equal_strikes(2)]
    [1.0, 2.0]
    """
    return tuple(Strike(float(year), 1.0 / years) for year in range(1, years + 1))


def read_strikes(strikes: Sequence[float] | Mapping[float, float] | None, years: int) -> tuple[Strike, ...]:
    """Strikes as asked for: equally likely years, or years with their probabilities.

    Raises
    ------
    ScenarioError
        When a year lies before the decision, or the probabilities do not sum to 1.

    Examples
    --------
    >>> read_strikes({1: 0.25, 2: 0.75}, 5)
    (Strike(years=1.0, probability=0.25), Strike(years=2.0, probability=0.75))
    """
    if strikes is None:
        return equal_strikes(years)
    if isinstance(strikes, Mapping):
        found = tuple(Strike(float(year), float(share)) for year, share in sorted(strikes.items()))
    else:
        found = tuple(Strike(float(year), 1.0 / len(strikes)) for year in sorted(set(strikes)))
    total = sum(strike.probability for strike in found)
    problems = [
        Problem("strike_year", "strikes", f"{strike.years:g}") for strike in found if not strike.years >= 0.0
    ]
    if not found or abs(total - 1.0) > 1e-6 or min(strike.probability for strike in found) < 0.0:
        problems.append(Problem("plan_chances", "strikes", f"{total:g}"))
    if problems:
        raise ScenarioError(problems)
    return found


def _lead_in(scenario: Scenario) -> int:
    """Days told before the first day of the control."""
    return (scenario.counted_from - scenario.start).days


def struck(asked: Asked, scenario: Scenario, strike: Strike, reserves: tuple[Reserve, ...] = ()) -> Scenario:
    """The scenario on its days, long enough for what is asked, with the reserves a plan could fill."""
    wanted = asked.decided + dt.timedelta(days=round(strike.years * YEAR))
    moved = shifted(scenario, (wanted - scenario.counted_from).days)
    days = float(_lead_in(scenario) + asked.horizon)
    return moved.model_copy(
        update={"horizon": Range(days, days, days, "d"), "reserves": (*moved.reserves, *reserves)}
    )


def courses(asked: Asked, reserves: tuple[Reserve, ...] = ()) -> list[Course]:
    """Every course of events: one Latin hypercube for each scenario, dealt out to its strikes.

    A scenario gets as many of the runs as its probability says, each strike of it likewise, and every
    scenario and strike at least one; the draws of one strike share its probability evenly.
    """
    found: list[Course] = []
    for place, (scenario, likely) in enumerate(asked.scenarios):
        if found:
            _same_connections(found[0].setup, found[-1].setup, asked.scenarios[place - 1][0])
        counts = [_count(asked.runs * likely * strike.probability) for strike in asked.strikes]
        told = [struck(asked, scenario, strike, reserves) for strike in asked.strikes]
        chain = with_changes(asked.chain, scenario)
        setups = [set_up(chain, one) for one in told]
        values = latin_hypercube(setups[0].ranges, sum(counts), asked.seed + place)
        column = {name: values[:, at] for at, name in enumerate(setups[0].ranges["parameter"])}
        dealt = np.random.default_rng([asked.seed, place]).permutation(sum(counts))
        for strike, setup, rows in zip(
            asked.strikes, setups, np.split(dealt, np.cumsum(counts)[:-1]), strict=True
        ):
            drawn = np.column_stack([column[name][rows] for name in setup.ranges["parameter"]])
            draw = Draw(chain, setup.ranges, drawn)
            chance = likely * strike.probability / rows.size
            found += [
                Course(
                    f"{scenario.name}/{strike.years:g}a/{row + 1}",
                    chance,
                    setup.scenario,
                    setup,
                    draw,
                    row,
                    drawn[row],
                    strike,
                )
                for row in range(rows.size)
            ]
    _same_connections(found[0].setup, found[-1].setup, asked.scenarios[-1][0])
    return found


def _same_connections(one: Setup, other: Setup, scenario: Scenario) -> None:
    """Worlds of one question share who is connected to whom.

    Raises
    ------
    ScenarioError
        When a scenario's differences change which links are qualified.
    """
    for name in ("supplier", "link_slot", "slot_node", "essential", "open_slot", "host"):
        if not np.array_equal(getattr(one.layout.wiring, name), getattr(other.layout.wiring, name)):
            raise ScenarioError(Problem("scenarios_differ", "changes", scenario.name, scenario.name))


def _count(share: float) -> int:
    return max(round(share), 1)


def world_of(course: Course) -> World:
    """A course as the optimiser is given it."""
    numbers = numbers_of_run(course.setup.layout, course.draw, course.row, course.scenario)
    filters = filters_of_run(
        course.setup.named, course.setup.layout, course.scenario, course.draw, course.row
    )
    wiring = course.setup.layout.wiring
    opens = opening_days(wiring, numbers, filters)
    numbers = at_control(wiring, numbers, filters, course.first)
    return World(course.name, course.probability, numbers, filters._replace(opens=opens), course.first)


def opening_days(w: Wiring, n: Numbers, f: Filters) -> npt.NDArray[np.int64]:
    """First day on which the rule of each national reserve is met without a plan; axes (reserve,).

    After the last day where it never is: whoever would be served has enough.
    """
    days = f.limit.shape[0]
    if not f.held.size:
        return f.opens
    told = tell(w, n, f._replace(held=np.maximum(f.held, _A_LITTLE)))
    given = told.released > 0.0
    first = np.where(given.any(axis=0), given.argmax(axis=0), days)
    return np.where(given.any(axis=0), first - f.decide, days).astype(np.int64)


def at_control(w: Wiring, n: Numbers, f: Filters, first: int) -> Numbers:
    """Numbers with the stocks that stand when the control begins, after the days told before it.

    What is more or less on the way than usual, because buyers prepared for an announced control, counts as
    stock: it arrives before a shortage does.
    """
    if first <= 0:
        return n
    days = {name: getattr(f, name)[:first] for name in _DAILY} | {"period": f.period[:, :first]}
    told = tell(w._replace(month=w.month[:first]), n, f._replace(**days))
    more = np.bincount(w.link_slot, told.transit - n.amount * n.lead, minlength=n.use.size)
    return n._replace(stock=np.maximum(told.stock + more, 0.0), installed=told.installed)


def steps_of(horizon: int) -> Floats:
    """Lengths of the optimiser's steps [d]: twelve weeks, fortnights to the 280th day, then four weeks each.

    Of a step through which a process is not held to its end, the program uses what arrives in all of it
    on the days on which it is held: long steps would promise days (with four weeks, up to nineteen).

    Examples
    --------
    >>> steps = steps_of(514)
    >>> steps.size, float(steps.sum()), sorted(set(steps[:40].tolist()))
    (35, 514.0, [7.0, 14.0, 28.0])
    """
    lengths: list[float] = []
    while sum(lengths) < horizon:
        usual = 7.0 if len(lengths) < 12 else 14.0 if len(lengths) < 26 else 28.0
        lengths.append(min(usual, horizon - sum(lengths)))
    return np.array(lengths)

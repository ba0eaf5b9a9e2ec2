"""When a control is in force: from its start to its end, save where it rests."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.scenario.controls import Control
from meguri.scenario.schema import Scenario


class Spell(NamedTuple):
    """Days on which a control is in force without a break."""

    start: dt.date  # may lie before the first day simulated
    first: int  # [d] first day simulated on which it is in force
    last: int  # [d] one past the last


def spells(control: Control, scenario: Scenario) -> list[Spell]:
    """Spells in which a control is in force within the horizon, suspensions cut out.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> given = read_scenario("2010-rare-earths")
    >>> [(str(s.start), s.first, s.last) for s in spells(given.control("slowdown"), given)]
    [('2010-09-21', 263, 324)]
    """
    horizon = scenario.start + dt.timedelta(days=scenario.days)
    until = horizon if control.end is None else min(control.end + dt.timedelta(days=1), horizon)
    found, start = [], control.start
    for rest in sorted(control.suspended, key=lambda rest: rest.start):
        if start < min(rest.start, until):
            found.append((start, min(rest.start, until)))
        start = max(start, until if rest.end is None else rest.end + dt.timedelta(days=1))
    if start < until:
        found.append((start, until))
    counted = [
        Spell(begin, max((begin - scenario.start).days, 0), (end - scenario.start).days)
        for begin, end in found
    ]
    return [spell for spell in counted if spell.first < spell.last]


def in_force(control: Control, scenario: Scenario) -> npt.NDArray[np.bool_]:
    """Whether a control is in force on each day; axes (day,)."""
    days = np.zeros(scenario.days, dtype=bool)
    for spell in spells(control, scenario):
        days[spell.first : spell.last] = True
    return days


def resting(control: Control, scenario: Scenario) -> npt.NDArray[np.bool_]:
    """Whether a control is suspended on each day; axes (day,). An unknown end lasts until the horizon."""
    days = np.zeros(scenario.days, dtype=bool)
    for rest in control.suspended:
        last = scenario.days if rest.end is None else (rest.end - scenario.start).days + 1
        days[max((rest.start - scenario.start).days, 0) : max(last, 0)] = True
    return days

"""Qualification: when an alternative supplier may deliver, and how its yield recovers.

A supplier that is not qualified at a node delivers nothing usable until the qualification time has
passed; afterwards its usable share rises as y(t) = 1 - (1 - y0) exp(-t / tau) (METHODS 2.1). The
yield itself is applied in the kernel; here stands the day on which it begins. A node with few
engineers qualifies a few suppliers at once, those that could deliver most first.
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from meguri.scenario.schema import Scenario
from meguri.shock.sample import Draw

Floats = npt.NDArray[np.float64]
_NEARLY = 1e-9  # [people] that rounding may lack


def ready_days(
    qualified: npt.NDArray[np.bool_], lasts: Floats, scenario: Scenario, draw: Draw, run: int
) -> Floats:
    """Day from which each link may deliver.

    Parameters
    ----------
    qualified : array (link,)
        Whether it may deliver from the start.
    lasts : array (link,) [d]
        Days from the beginning of all qualifications until this one is done; ``inf`` = never.
    scenario : Scenario
        Buyers begin ``react`` days after the first control is in force or the first node is disrupted.

    Returns
    -------
    array (link,) [d]
        0 where qualified, ``inf`` where nothing happens or the time is unknown.
    """
    return np.where(qualified, 0.0, np.ceil(reaction_day(scenario, draw, run) + lasts))


def reaction_day(scenario: Scenario, draw: Draw, run: int) -> float:
    """Day on which buyers begin to qualify others in one run; ``inf`` where nothing happens."""
    if scenario.struck is None:
        return np.inf
    return (scenario.struck - scenario.start).days + draw.field(run, "react", scenario.react)


def qualifying_days(
    customer: npt.NDArray[np.int64],
    qualification: Floats,
    effort: Floats,
    potential: Floats,
    engineers: Floats,
) -> Floats:
    """Days until each alternative is qualified when the engineers of its customer work in turn.

    Parameters
    ----------
    customer : array (link,)
        Node that qualifies.
    qualification : array (link,) [d]
        Least time it takes; unknown = the alternative stays out of reach and binds nobody.
    effort : array (link,) [person-d]
        Read only where the customer's engineers are given.
    potential : array (link,) [t/d]
        What the alternative could deliver; the largest come first. 0 where qualified.
    engineers : array (node,) [people]
        Unknown = enough for all at once.

    Returns
    -------
    array (link,) [d]
        Never less than ``qualification``.
    """
    days = np.nan_to_num(qualification, nan=np.inf)
    for node in np.flatnonzero(~np.isnan(engineers)):
        mine = np.flatnonzero((customer == node) & (potential > 0) & np.isfinite(days))
        mine = mine[np.argsort(-potential[mine], kind="stable")]
        days[mine] = in_turn(float(engineers[node]), effort[mine].tolist(), days[mine].tolist())
    return days


def in_turn(people: float, effort: list[float], least: list[float]) -> list[float]:
    """Day on which each of several tasks is done, begun in the order given as soon as people are free.

    Parameters
    ----------
    people : float
        Who can work at once.
    effort : list of float [person-d]
        Spread evenly over the time a task takes.
    least : list of float [d]
        A task takes this long, and longer where even all people together need more.

    Examples
    --------
    Two engineers, three qualifications of 60 days with one of them each:

    >>> in_turn(2, [60, 60, 60], [60, 60, 60])
    [60.0, 60.0, 120.0]
    """
    done: list[float] = []
    busy: list[tuple[float, float]] = []  # day on which people are free again, how many
    free, now = people, 0.0
    for work, days in zip(effort, least, strict=True):
        if work > 0 and people <= 0:
            done.append(np.inf)
            continue
        takes = max(days, work / people) if work > 0 else days
        wanted = work / takes if work > 0 else 0.0
        while busy and free < wanted - _NEARLY:
            now, back = heappop(busy)
            free += back
        heappush(busy, (now + takes, wanted))
        free -= wanted
        done.append(float(now + takes))
    return done

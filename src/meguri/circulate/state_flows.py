"""What flows from state to state under a plan: element mass and the function it carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.circulate.figures import Feed, feeds_of
from meguri.circulate.numbers import Numbers
from meguri.circulate.route_case import RouteCase, routing
from meguri.circulate.value import Array

STARTED = "discarded"  # where every flow begins
_TRACE = 1e-12  # [t] less than this is rounding


def plan_flows(case: RouteCase, stock: str, plan: str, numbers: Numbers) -> pd.DataFrame:
    """What flows from state to state under a plan: element mass, and the function it carries.

    Parameters
    ----------
    numbers : Numbers
        The case at its modes.

    Returns
    -------
    DataFrame
        Table ``plan_flows``; ``to_state`` is empty where something is lost. Rows ``gained`` are
        function that a better position adds on arrival in a product, rows ``position`` function that a
        worse one takes; neither has mass. ``function`` is empty where the efficacy in service is not
        known.

    Notes
    -----
    On its way the element carries the efficacy of the state in which it served, mass times that; on
    arrival in a product it takes the efficacy of the product. So both columns balance at every
    state, and what arrives is the function delivered, without burdens.

    Examples
    --------
    >>> from meguri.circulate.numbers import numbers
    >>> from meguri.circulate.route_case import load_case
    >>> case = load_case("dy-routes")
    >>> table = plan_flows(case, "ev", "B", numbers(case))
    >>> round(float(table.loc[table["to_state"] == "new", "mass"].sum()), 1)
    53.4
    """
    feed, system = feeds_of(case)[stock], numbers.system
    share = routing(case, plan)
    mass = numbers.mass[feed.rows]
    served = np.where(feed.before >= 0, system.efficacy[feed.before], np.nan)
    through = _through(share @ system.yields, feed, mass * feed.collected)
    carried = _carried(
        case, share @ system.yields, feed, mass * feed.collected * served, through, system.worth
    )
    rows = [
        *_discarding(case, feed, mass, mass * served),
        *_steps(case, share, system.yields, system.worth, through, carried),
    ]
    return Schema.of("plan_flows").check(pd.DataFrame(rows).assign(stock=stock, plan=plan))


def _through(steps: Array, feed: Feed, taken: Array) -> Array:
    """Tonnes that pass through each state, rounds counted each time; axes (state,)."""
    entering = np.zeros(len(steps))
    np.add.at(entering, feed.place, taken)
    return np.asarray(np.linalg.solve((np.eye(len(steps)) - steps).T, entering), dtype=np.float64)


def _carried(case: RouteCase, steps: Array, feed: Feed, taken: Array, through: Array, worth: Array) -> Array:
    """Function per tonne in each state: as it served, until it arrives in a product; axes (state,)."""
    product = case.tables["states"]["product"].to_numpy(dtype=bool)
    onward = np.where(product[None, :], 0.0, steps)
    entering = np.where(product, through * worth, 0.0)
    np.add.at(entering, feed.place, np.where(product[feed.place], 0.0, taken))
    amount = np.linalg.solve((np.eye(len(steps)) - onward).T, entering)
    per_tonne: Array = np.divide(amount, through, out=np.zeros_like(through), where=through > 0)
    return per_tonne


def _row(
    start: str, step: int, route: str, to: str, kind: str, mass: float, function: float
) -> dict[str, Any]:
    return {
        "from_state": start, "step": step, "route": route, "to_state": to, "kind": kind,
        "mass": mass, "function": function,
    }  # fmt: skip


def _discarding(case: RouteCase, feed: Feed, mass: Array, function: Array) -> Iterator[dict[str, Any]]:
    """From discarding to the first state, or to nowhere where nobody takes it in."""
    for place, taken, tonnes, carried in zip(feed.place, feed.collected, mass, function, strict=True):
        to, kind = (case.states[place], "flow") if taken else ("", "uncollected")
        yield _row(STARTED, 0, "", to, kind, float(tonnes), float(carried))


def _steps(
    case: RouteCase, share: Array, yields: Array, worth: Array, through: Array, carried: Array
) -> Iterator[dict[str, Any]]:
    """From state to state by the routes of the plan, and what is left undone."""
    product = case.tables["states"]["product"].to_numpy(dtype=bool)
    depth = _depth(share @ yields, through)
    for k, state in enumerate(case.states):
        for q in map(int, np.flatnonzero(through[k] * share[k] > 0)):
            yield from _by_route(
                case, k, q, int(depth[k]), through[k] * share[k, q], yields[q], worth, carried
            )
        rest = through[k] * (1 - share[k].sum())
        if rest > _TRACE and not product[k]:
            yield _row(state, int(depth[k]), "", "", "left", rest, rest * carried[k])


def _by_route(
    case: RouteCase, k: int, q: int, step: int, amount: float, given: Array, worth: Array, carried: Array
) -> Iterator[dict[str, Any]]:
    """Where one route brings the tonnes that take it: on, lost, and worth more or less on arrival."""
    product = case.tables["states"]["product"].to_numpy(dtype=bool)
    state, route = case.states[k], case.routes[q]
    for to in np.flatnonzero(given > 0):
        moved, name = amount * given[to], case.states[to]
        change = worth[to] - carried[k] if product[to] else 0.0
        yield _row(state, step, route, name, "flow", moved, moved * (carried[k] + min(change, 0.0)))
        if change > _TRACE:
            yield _row(state, step, route, name, "gained", 0.0, moved * change)
        if change < -_TRACE:
            yield _row(state, step, route, "", "position", 0.0, -moved * change)
    lost = amount * (1 - given.sum())
    if lost > _TRACE:
        yield _row(state, step, route, "", "lost", lost, lost * carried[k])


def _depth(steps: Array, through: Array) -> Array:
    """Longest way to each state from where material enters, cycles cut at the number of states; from 1."""
    there = through > 0
    depth = np.where(there, 1, 0)
    for _ in range(len(depth)):
        reached = np.where((steps > 0) & there[:, None], depth[:, None] + 1, 0).max(axis=0)
        depth = np.where(there, np.minimum(np.maximum(depth, reached), len(depth)), 0)
    return depth

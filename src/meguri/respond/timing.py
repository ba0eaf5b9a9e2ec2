"""When a shortage can reach whom at the earliest, and until when an output still matters.

Before the first day a node keeps to its plan: nothing it needs is missing yet. After the last nothing it
makes reaches a process or an end user within the horizon. Only what lies between is a variable of the
time block. Days are counted from the control; both are rounded to the safe side, to whole steps: a node
that keeps to its plan does so over its last step to the end, and what it uses on the last days of that step
still has to come.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from meguri.respond.instance import Instance, World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_PLANNED = 1.0 - 1e-9  # [1] of plan


@dataclass(frozen=True)
class Timing:
    """First and last days that count."""

    disturbed: Floats  # (node,) [d] first day on which it may make less than planned; inf never
    reduced: Floats  # (slot,) [d] first day on which less than usual may arrive
    cut: Floats  # (link,) [d] first day on which less than usual may leave by a control
    useful: Floats  # (node,) [d] end of the last step in which what it makes counts; -inf never


def timing(instance: Instance, world: World, inside: Mask, tracked: Ints, slots: Ints, end: float) -> Timing:
    """First and last days that count in one world.

    Parameters
    ----------
    instance, world : Instance, World
        Amounts and controls.
    inside : array (node,)
        Nodes of the program; others keep to their plan.
    tracked : array of nodes
        Processes and end users.
    slots : array of slots
        Inputs that bind.
    end : float [d]
        Horizon, the end of a step.
    """
    cut = _cut_days(instance, world, end)
    useful = _useful(instance, world, tracked, slots, end)
    disturbed, reduced = _earliest(instance, world, inside, slots, cut)
    return Timing(disturbed, reduced, cut, useful)


def _floor(instance: Instance, day: Floats) -> Floats:
    """First day of the step that holds each day."""
    starts = instance.starts[:-1]
    at = np.clip(np.searchsorted(starts, day, side="right") - 1, 0, starts.size - 1)
    return np.where(np.isfinite(day), starts[at], np.inf)


def step_end(instance: Instance, day: npt.ArrayLike) -> Floats:
    """End of the step that holds each day; a day on which a step ends is its own; axes of ``day``."""
    days, ends = np.asarray(day, dtype=float), instance.starts[1:]
    at = np.minimum(np.searchsorted(ends, days), ends.size - 1)
    return np.where(days > 0.0, ends[at], days)


def _first(odd: Mask) -> Floats:
    """First row on which each column holds; inf never."""
    return np.where(odd.any(axis=0), odd.argmax(axis=0), np.inf)


def _cut_days(instance: Instance, world: World, end: float) -> Floats:
    f, days = world.filters, slice(world.first, world.first + int(np.ceil(end)))
    day = _first((f.limit[days] < 1.0) | (f.delayed[days] > 0.0))[f.group]
    return _floor(instance, np.where(f.quota >= 0, 0.0, day))


def _own_days(instance: Instance, world: World) -> Floats:
    """Day from which a node may be disturbed by what happens at itself; axes (node,)."""
    w, n, f = instance.wiring, world.numbers, world.filters
    days = slice(world.first, world.first + int(np.ceil(instance.steps.sum())))
    own = np.full(n.plan.size, np.inf)
    for of, share in ((f.working_of, f.working), (f.kept_of, f.kept), (f.wanted_of, f.wanted)):
        own = np.minimum(own, _first(share[days] < 1.0)[of])
    sold = np.bincount(w.supplier, n.amount, minlength=n.plan.size)
    own[(sold * _PLANNED > n.plan) | (n.plan * _PLANNED > n.capacity)] = 0.0
    own[w.slot_node[n.life > 0]] = 0.0
    return _floor(instance, own)


def _at_once(instance: Instance, world: World) -> Mask:
    """Slots that get less than they use, are filled up, or hold installed goods: variable from the start."""
    w, n = instance.wiring, world.numbers
    usual = np.bincount(w.link_slot, n.amount, minlength=n.use.size)
    hosted = w.host >= 0
    usual = np.where(hosted, usual + n.byproduct * n.plan[w.host], usual)
    refills = ~hosted & (n.target * n.use > n.stock + n.use)
    return np.asarray((usual < n.use * _PLANNED) | refills | (n.life > 0))


def _earliest(
    instance: Instance, world: World, inside: Mask, slots: Ints, cut: Floats
) -> tuple[Floats, Floats]:
    """Spread from what is cut, by leads and stocks, until nothing changes: days only ever fall."""
    w, n = instance.wiring, world.numbers
    disturbed = np.where(inside, _own_days(instance, world), np.inf)
    reduced, at_once = np.full(n.use.size, np.inf), _at_once(instance, world)
    takers: dict[int, set[int]] = {}
    for slot in slots.tolist():
        givers = w.supplier[w.slot_links[slot] : w.slot_links[slot + 1]].tolist()
        for giver in [*givers, int(w.host[slot])]:
            takers.setdefault(giver, set()).add(slot)
    waiting = deque(slots.tolist())
    while waiting:
        slot = waiting.popleft()
        node = int(w.slot_node[slot])
        begins, shares = np.zeros(1), np.ones(1)
        if w.host[slot] >= 0 and not at_once[slot]:
            begins = disturbed[[w.host[slot]]]
        elif not at_once[slot]:
            links = np.arange(w.slot_links[slot], w.slot_links[slot + 1])
            links = links[n.amount[links] > 0]
            begins = np.minimum(cut[links], disturbed[w.supplier[links]]) + n.lead[links]
            shares = n.amount[links] / n.use[slot]
        reduced[slot] = begins.min(initial=np.inf)
        empty = _empty(begins, shares, float(n.stock[slot] / n.use[slot]))
        day = float(_floor(instance, np.array([empty]))[0])
        if inside[node] and day < disturbed[node]:
            disturbed[node] = day
            waiting.extend(takers.get(node, ()))
    return disturbed, reduced


def _empty(begins: Floats, shares: Floats, stock: float) -> float:
    """First day on which a stock [d of use] may be gone when shares of the supply end on given days.

    Examples
    --------
    Half of the supply ends on day 2, all of it on day 6: 2 of 3 days are gone by then, 1 is left.

    >>> _empty(np.array([6.0, 2.0]), np.array([0.5, 0.5]), 3.0)
    7.0
    """
    order = np.argsort(begins)
    gone, rate, last = 0.0, 0.0, 0.0
    for day, share in zip(begins[order].tolist(), shares[order].tolist(), strict=True):
        if not np.isfinite(day) or (rate > 0 and gone + rate * (day - last) >= stock):
            break
        gone, rate, last = gone + rate * (day - last), rate + share, day
    return last + max(stock - gone, 0.0) / rate if rate > 0 else float("inf")


def _useful(instance: Instance, world: World, tracked: Ints, slots: Ints, end: float) -> Floats:
    """End of the last step in which an output may count, from the tracked nodes backwards."""
    w, n = instance.wiring, world.numbers
    useful = np.full(n.plan.size, -np.inf)
    useful[tracked] = step_end(instance, end)
    bound = np.zeros(n.use.size, dtype=bool)
    bound[slots] = True
    links = np.flatnonzero(bound[w.link_slot])
    hosted = np.flatnonzero(bound & (w.host >= 0))
    while True:
        more = useful.copy()
        np.maximum.at(more, w.supplier[links], useful[w.slot_node[w.link_slot[links]]] - n.lead[links])
        np.maximum.at(more, w.host[hosted], useful[w.slot_node[hosted]])
        more = step_end(instance, more)
        if (more == useful).all():
            return useful
        useful = more

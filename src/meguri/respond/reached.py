"""Who is in the program: what some cut reaches in some world, and leads to a process or an end user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.respond.instance import Instance, World
from meguri.shock._kernel import Numbers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
ESSENTIAL, IMPORTANT = 2, 1


@dataclass(frozen=True)
class Reach:
    """What some cut reaches in some world, and leads to a process or an end user."""

    inside: Ints  # nodes whose output is a variable
    member: Mask  # (node,)
    tracked: Ints  # ends and processes among them


def reach(instance: Instance) -> Reach:
    """Nodes the program is about; everything else keeps to its plan in every world."""
    w = instance.wiring
    nodes = w.node_slots.size - 1
    seeds, cut_slots = np.zeros(nodes, dtype=bool), np.zeros(w.slot_node.size, dtype=bool)
    for world in instance.worlds:
        f, days = world.filters, _days(instance, world)
        odd: Mask = np.any((f.limit[days] < 1.0) | (f.delayed[days] > 0.0), axis=0)
        links = (odd[f.group] | (f.quota >= 0)) & (world.numbers.amount > 0)
        cut_slots[w.link_slot[links]] = True
        for of, share in ((f.working_of, f.working), (f.kept_of, f.kept), (f.wanted_of, f.wanted)):
            seeds |= np.asarray((share[days] < 1.0).any(axis=0))[of]
    binding = np.any([binding_slots(instance, world.numbers) for world in instance.worlds], axis=0)
    seeds[w.slot_node[cut_slots & binding]] = True
    usual = np.any([world.numbers.amount > 0 for world in instance.worlds], axis=0) & binding[w.link_slot]
    hosted = np.flatnonzero((w.host >= 0) & binding)
    giver = np.concatenate([w.supplier[usual], w.host[hosted]])
    taker = np.concatenate([w.slot_node[w.link_slot[usual]], w.slot_node[hosted]])
    tracked: Mask = np.asarray(instance.ends > 0)
    tracked[instance.processes] = True
    touched = _spread(seeds, giver, taker)
    either = (world.numbers.potential > 0 for world in instance.worlds)
    ways = (usual | np.any(list(either), axis=0)) & binding[w.link_slot]
    leads = _spread(
        tracked, np.concatenate([w.slot_node[w.link_slot[ways]], taker]),
        np.concatenate([w.supplier[ways], giver]),
    )  # fmt: skip
    member = touched & leads
    return Reach(np.flatnonzero(member), member, np.flatnonzero(member & tracked))


def _days(instance: Instance, world: World) -> slice:
    last = max(float(instance.steps.sum()), float(instance.window[1]))
    return slice(world.first, world.first + int(np.ceil(last)))


def binding_slots(instance: Instance, n: Numbers) -> Mask:
    """Slots whose absence costs output; axes (slot,)."""
    w = instance.wiring
    felt = (w.essential == ESSENTIAL) | ((w.essential == IMPORTANT) & (n.loss > 0))
    return np.asarray(felt & (w.open_slot == 0) & (n.use > 0))


class Fed(NamedTuple):
    """What the essential inputs of each node let it make, however much is asked of it."""

    rate: Floats  # (node,) [t/d] for good; inf where nothing binds
    store: Floats  # (node,) [t] once more, from the stock of the input that binds


def fed(instance: Instance, world: World) -> Fed:
    """What the orders of the simulation can bring to a node that other customers turn to.

    Orders follow the planned use, not what is asked of the node: a usual supplier lets 1 + surge of what is
    usual be ordered, an alternative its potential, and nobody orders more than the use and, within
    `adjust`, an empty store. A maker that stands by with hardly any output stays one.
    """
    w, n, f = instance.wiring, world.numbers, world.filters
    comes = np.bincount(w.link_slot, (1.0 + n.surge) * n.amount + n.potential, minlength=n.use.size)
    way = np.bincount(w.link_slot, n.amount * (n.lead - 1), minlength=n.use.size)
    aim = f.aim[_days(instance, world)].max(axis=0)[f.aim_of]
    comes = np.minimum(comes, n.use + ((n.target * aim + 1.0) * n.use + way) / n.adjust)
    hosted = w.host >= 0
    comes[hosted] = (n.byproduct * n.capacity[w.host])[hosted]
    rate, store = np.full(n.plan.size, np.inf), np.zeros(n.plan.size)
    hard = (w.essential == ESSENTIAL) & (w.open_slot == 0) & (n.use > 0) & (n.life <= 0)
    for slot in np.flatnonzero(hard).tolist():
        node = w.slot_node[slot]
        made = n.plan[node] / n.use[slot]
        if comes[slot] * made < min(rate[node], n.capacity[node]):
            rate[node], store[node] = comes[slot] * made, n.stock[slot] * made
    return Fed(np.maximum(rate, n.plan), store)  # nodes outside keep to their plan


def _spread(begun: Mask, giver: Ints, taker: Ints) -> Mask:
    """Everything reached from some nodes by steps from giver to taker."""
    reached = begun.copy()
    while True:
        more = reached.copy()
        more[taker[reached[giver]]] = True
        if (more == reached).all():
            return reached
        reached = more

"""Networks given as plain rows, and random ones: for programs that need no chain tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from meguri.shock._kernel import Numbers, Wiring
from meguri.shock.arrays import Layout


class Slot(NamedTuple):
    """An input of a node: amounts in t and t/d."""

    node: str
    use: float
    stock: float
    suppliers: dict[str, float]  # [t/d] usual deliveries
    essential: int = 2
    loss: float = 0.0
    host: str = ""
    alternatives: Mapping[str, tuple[float, float]] = MappingProxyType(
        {}
    )  # name: (t/d, day from which it is ready)
    lead: int = 1


def network(
    plan: dict[str, float], slots: list[Slot], days: int = 400, **changes: Any
) -> tuple[Layout, Numbers]:
    """Layout and numbers of nodes with their planned outputs [t/d]; what no node buys is sold."""
    names = sorted(plan)
    number = {name: at for at, name in enumerate(names)}
    slots = sorted(slots, key=lambda slot: number[slot.node])
    links = [
        (number[name], at, amount, potential, ready, slot.lead)
        for at, slot in enumerate(slots)
        for name, (amount, potential, ready) in sorted(
            {name: (amount, 0.0, 0.0) for name, amount in slot.suppliers.items()}.items()
            | {name: (0.0, *given) for name, given in slot.alternatives.items()}.items()
        )
    ]
    supplier, link_slot, amount, potential, ready, lead = (
        np.array(column) for column in (zip(*links, strict=True) if links else [[]] * 6)
    )
    holder = np.array([number[slot.node] for slot in slots], dtype=np.int64)
    wiring = Wiring(
        supplier=supplier.astype(np.int64), link_slot=link_slot.astype(np.int64),
        slot_links=np.searchsorted(link_slot, np.arange(len(slots) + 1)).astype(np.int64), slot_node=holder,
        node_slots=np.searchsorted(holder, np.arange(len(names) + 1)).astype(np.int64),
        essential=np.array([slot.essential for slot in slots], dtype=np.int64),
        open_slot=np.zeros(len(slots), dtype=np.int64),
        host=np.array([number.get(slot.host, -1) for slot in slots], dtype=np.int64),
        month=np.arange(days) // 30,
    )  # fmt: skip
    made, one = np.array([plan[name] for name in names], dtype=float), np.ones(len(slots))
    sold = np.bincount(wiring.supplier, amount, minlength=len(names))
    use, stock = (np.array([slot[at] for slot in slots], dtype=float) for at in (1, 2))
    hosted = wiring.host >= 0
    numbers = Numbers(
        plan=made, capacity=made.copy(), final=np.maximum(made - sold, 0.0), use=use,
        loss=np.array([slot.loss for slot in slots]), stock=stock,
        target=stock / use, byproduct=np.where(hosted, use / made[wiring.host], 0.0), room=stock + use,
        life=0.0 * one, installed=0.0 * one, full=0.0 * one, amount=amount.astype(float),
        potential=potential.astype(float), lead=lead.astype(np.int64), ready=ready.astype(float),
        first_yield=np.ones(len(links)), recovery=np.ones(len(links)), adjust=10.0, surge=0.0, memory=10.0,
        stay=0.0, short_below=1.0,
    )._replace(**changes)  # fmt: skip
    nodes = pd.DataFrame({"node": names})
    empty = pd.DataFrame({"row": np.arange(len(slots))})
    return Layout(nodes, empty, pd.DataFrame({"row": np.arange(len(links))}), wiring), numbers


def assembly(seed: int, size: int = 42) -> tuple[Layout, Numbers]:
    """A tree in which every node has one customer and one node sells: nothing is ever shared out."""
    chance = np.random.default_rng(seed)
    plan, slots, growing = {"n00": 16.0}, [], ["n00"]
    while growing and len(plan) < size:
        node = growing.pop(0)
        for _ in range(int(chance.integers(1, 3))):
            makers = [
                f"n{len(plan) + at:02d}" for at in range(min(int(chance.integers(1, 4)), size - len(plan)))
            ]
            if not makers:
                break
            use = plan[node] * float(chance.integers(1, 9)) / 4
            share = chance.integers(1, 4, len(makers)).astype(float)
            gives = dict(zip(makers, (use * share / share.sum()).tolist(), strict=True))
            slots.append(
                Slot(node, use, use * float(chance.integers(1, 13)), gives, lead=int(chance.integers(1, 6)))
            )
            plan |= gives
            growing += makers
    return network(plan, slots, days=800)


def web(seed: int, tiers: tuple[int, ...]) -> tuple[Layout, Numbers]:
    """Tiers in which each node buys one to three inputs from one or two nodes of the tier before."""
    chance = np.random.default_rng(seed)
    names = [[f"t{tier}-{at:04d}" for at in range(size)] for tier, size in enumerate(tiers)]
    plan = dict.fromkeys(names[-1], 8.0)
    slots: list[Slot] = []
    for tier in range(len(tiers) - 1, 0, -1):
        for node in names[tier]:
            plan.setdefault(node, 1.0)
            count = int(chance.integers(1, 4))
            chosen = chance.choice(
                len(names[tier - 1]), size=min(2 * count, len(names[tier - 1])), replace=False
            )
            makers = [names[tier - 1][at] for at in chosen]
            for at in range(0, len(makers) - 1, 2):
                use = plan[node] * float(chance.integers(1, 9)) / 8
                both = makers[at : at + 1 + int(chance.integers(0, 2))]
                gives = dict.fromkeys(both, use / len(both))
                slots.append(Slot(node, use, use * float(chance.integers(5, 60)), gives))
                for name, amount in gives.items():
                    plan[name] = plan.get(name, 0.0) + amount
    for name in names[0]:
        plan.setdefault(name, 1.0)
    return network(plan, slots)

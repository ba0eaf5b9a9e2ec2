"""Small problems of the optimiser: networks given as rows, bans from the first day, options as one-liners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from meguri.respond.instance import Effect, EffectKind, Instance, Option, Rule, World
from meguri.shock._kernel import Filters, Numbers
from meguri.shock.arrays import Layout, neutral
from tests.networks import Slot, network

STEPS = 20


def option(
    name: str,
    kind: EffectKind,
    at: int | tuple[int, ...],
    per_unit: float,
    cost: float,
    most: float,
    worlds: int = 2,
    steps: int = STEPS,
    **other: Any,
) -> Option:
    """Option of one effect, fully available from the first day, paid in year 0 unless said otherwise."""
    places = (at,) if isinstance(at, int) else at
    share = other.pop("available", 1.0) * np.ones((worlds, steps))
    lasting = other.pop("lasting", 1.0) * np.ones(worlds)
    effect = Effect(kind, places, per_unit, share, lasting)
    years = {
        "unit": np.atleast_1d(other.pop("unit", cost)),
        "fixed": np.atleast_1d(other.pop("fixed", 0.0)),
    }
    return Option(name, name, 0, most, effects=(effect,), **(years | other))


def banned(layout: Layout, limits: Sequence[float], days: int = 400) -> Filters:
    """From day 0 each link may deliver this share of what is usual; 1 = no control."""
    free = neutral(layout, days)
    columns = np.where(np.asarray(limits) < 1.0, np.asarray(limits, dtype=float), np.inf)
    limit = np.concatenate([np.full((days, 1), np.inf), np.tile(columns, (days, 1))], axis=1)
    shape = limit.shape
    return free._replace(
        group=np.arange(1, len(limits) + 1), limit=limit, delayed=np.zeros(shape),
        delay=np.zeros(shape, dtype=np.int64),
    )  # fmt: skip


def line(
    limits: Sequence[float] = (0.0, 0.5),
    stock: float = 3.0,
    chances: Sequence[float] | None = None,
    options: Sequence[Option] = (),
    budget: float = np.inf,
    rules: Sequence[Rule] = (),
    **changes: Any,
) -> Instance:
    """A maker and a user of 10 t/d, ``stock`` days at the user, 1 day on the way.

    Of every world one number: the share of usual deliveries that its control lets through. The node
    numbers are 0 maker, 1 user; the only slot is 0, the only link 0.
    """
    plan = {"maker": 10.0, "user": 10.0}
    layout, numbers = network(plan, [Slot("user", 10.0, 10.0 * stock, {"maker": 10.0})])
    return instance(
        layout, [(numbers, banned(layout, [limit])) for limit in limits], "user", chances,
        options=tuple(options), budget=np.array([budget]), rules=tuple(rules), **changes,
    )  # fmt: skip


def instance(
    layout: Layout,
    drawn: Sequence[tuple[Numbers, Filters]],
    end: str,
    chances: Sequence[float] | None = None,
    **changes: Any,
) -> Instance:
    """Worlds of equal probability unless given, daily steps, one end user that is also the process."""
    names = tuple(layout.nodes["node"])
    ends = np.array([float(name == end) for name in names])
    share = np.full(len(drawn), 1.0 / len(drawn)) if chances is None else np.asarray(chances, dtype=float)
    worlds = tuple(
        World(f"world {number}", float(chance), numbers, filters, first=0)
        for number, (chance, (numbers, filters)) in enumerate(zip(share, drawn, strict=True))
    )
    given: dict[str, Any] = {
        "options": (), "steps": np.ones(STEPS), "budget": np.array([np.inf]), "ends": ends,
        "processes": np.flatnonzero(ends), "window": (300, 391), "names": names,
    }  # fmt: skip
    return Instance(layout.wiring, worlds, **(given | changes))

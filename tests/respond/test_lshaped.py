"""Taken apart and put together again: both ways of solving must agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meguri.respond.instance import Goal, Instance, Limits, Rule
from meguri.respond.lshaped import solve_lshaped
from meguri.respond.program import solve_extensive
from tests.networks import assembly
from tests.respond.cases import banned, instance, option

GOALS: list[tuple[Goal, dict[str, Any]]] = [
    (Goal("share"), {"time": 4.0}),
    (Goal("share", tail=0.5), {}),
    (Goal("cost"), {"time": 5.0, "held_by": 0.6}),
    (Goal("cost"), {"share": 0.5, "time": 3.0}),
    (Goal("loss"), {}),
    (Goal("loss", tail=0.6), {"time": 2.0}),
    (Goal("regret"), {}),
]


def drawn(seed: int, worlds: int = 3, steps: int = 16) -> Instance:
    """A random tree of makers, some of them banned or disrupted in some worlds, with options of all kinds."""
    chance = np.random.default_rng(seed)
    layout, n = assembly(seed, size=9)
    links, slots, nodes = n.amount.size, n.use.size, n.plan.size
    told = []
    for _ in range(worlds):
        limits = np.where(chance.random(links) < 0.4, chance.integers(0, 4, links) / 4, 1.0)
        f = banned(layout, limits.tolist())
        working = np.ones((f.limit.shape[0], 2))
        working[:, 1] = 0.5
        told.append((n, f._replace(working=working, working_of=chance.integers(0, 2, nodes))))

    def more(name: str, kind: Any, at: int, per_unit: float, **other: Any) -> Any:
        share = np.sort(chance.random((worlds, steps)), axis=1)
        return option(name, kind, at, per_unit, float(chance.integers(1, 9)), 4.0, worlds, steps,
                      available=share, lasting=share[:, -1], **other)  # fmt: skip

    slot = chance.integers(0, slots, 4)
    options = (
        more("stock", "stock", int(slot[0]), 2.0), more("more stock", "stock", int(slot[1]), 3.0, fixed=3.0),
        more("supply", "supply", int(slot[2]), 90.0 * float(n.use[slot[2]])),
        more("save", "saving", int(slot[3]), 0.1, whole="integer"),
        more("build", "capacity", int(chance.integers(0, nodes)), 365.0, whole="on-off"),
        more("know", "knowledge", int(chance.integers(0, nodes)), 0.2),
    )  # fmt: skip
    rules = (Rule("excludes", "stock", ("more stock",)), Rule("requires", "save", ("supply",)))
    return instance(layout, told, "n00", options=options, rules=rules, budget=np.array([20.0]),
                    steps=np.r_[np.ones(8), np.full(steps - 8, 2.0)])  # fmt: skip


@pytest.mark.parametrize(("goal", "limits"), GOALS)
@pytest.mark.parametrize("seed", [1, 2, 5])
def test_taken_apart_the_program_has_the_same_optimum(goal: Goal, limits: dict[str, Any], seed: int) -> None:
    one = drawn(seed)
    whole = solve_extensive(one, goal, Limits(**limits))
    apart = solve_lshaped(one, goal, Limits(**limits), gap=0.0, workers=1)
    assert apart.status == whole.status
    if whole.status == "optimal":
        assert apart.objective == pytest.approx(whole.objective, abs=1e-6)
        assert apart.bound == pytest.approx(apart.objective, abs=1e-6)
        assert (apart.spent <= one.budget + 1e-6).all()
    else:
        assert apart.why is not None and whole.why is not None
        assert (apart.why.by_money, apart.why.what) == (whole.why.by_money, whole.why.what)

"""Taken apart and put together again: both ways of solving must agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from meguri.respond.instance import Goal, Instance, Limits, Rule, coarser
from meguri.respond.kept import Kept, Task
from meguri.respond.lshaped import solve, solve_lshaped
from meguri.respond.program import solve_extensive
from meguri.respond.risk import cvar
from meguri.respond.shadow import marginal_values
from tests.networks import assembly
from tests.respond.cases import banned, instance, line, option

GOALS: list[tuple[Goal, dict[str, Any]]] = [
    (Goal("share"), {"time": 1.0}),
    (Goal("share", tail=0.5), {}),
    (Goal("cost"), {"time": 4.0, "held_by": 0.6}),
    (Goal("cost"), {"share": 0.5, "time": 1.0}),
    (Goal("loss"), {}),
    (Goal("loss", tail=0.6), {"time": 1.0}),
    (Goal("regret"), {}),
]
SLOW = pytest.mark.slow  # the other trees and goals run in CI


def drawn(seed: int, worlds: int = 3, steps: int = 16) -> Instance:
    """A random tree of makers, some of them banned or disrupted in some worlds, with options of all kinds."""
    chance = np.random.default_rng(seed)
    layout, n = assembly(seed, size=9)
    links, slots, nodes = n.amount.size, n.use.size, n.plan.size
    told = []
    for _ in range(worlds):
        limits = np.where(chance.random(links) < 0.4, chance.integers(1, 4, links) / 4, 1.0)
        f = banned(layout, limits.tolist())
        working = np.ones((f.limit.shape[0], 2))
        working[:, 1] = 0.8
        told.append(
            (n, f._replace(working=working, working_of=(chance.random(nodes) < 0.2).astype(np.int64)))
        )

    def more(name: str, kind: Any, at: Any, per_unit: float, **other: Any) -> Any:
        share = np.sort(0.6 + 0.4 * chance.random((worlds, steps)), axis=1)
        return option(name, kind, at, per_unit, float(chance.integers(1, 9)), 4.0, worlds, steps,
                      available=share, lasting=share[:, -1], **other)  # fmt: skip

    slot, ends = chance.integers(0, slots, 4), tuple(np.flatnonzero(layout.wiring.slot_node == 0).tolist())
    options = (
        more("stock", "stock", ends, 1.5), more("more stock", "stock", int(slot[1]), 3.0, fixed=3.0),
        more("supply", "supply", ends, 40.0 * float(n.use[list(ends)].sum())),
        more("save", "saving", int(slot[3]), 0.1, whole="integer"),
        more("build", "capacity", int(chance.integers(0, nodes)), 365.0, whole="on-off"),
        more("know", "knowledge", int(chance.integers(0, nodes)), 0.2),
    )  # fmt: skip
    rules = (Rule("excludes", "stock", ("more stock",)), Rule("requires", "save", ("supply",)))
    return instance(layout, told, "n00", options=options, rules=rules, budget=np.array([6.0]),
                    steps=np.r_[np.ones(8), np.full(steps - 8, 2.0)])  # fmt: skip


@pytest.mark.parametrize(("goal", "limits"), GOALS)
@pytest.mark.parametrize("seed", [1, pytest.param(5, marks=SLOW)])
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


def test_the_dual_of_the_budget_is_what_a_further_solve_brings() -> None:
    # Share 0.25 + 0.1 x at 3 a unit: one more yen brings 1/30 of it; a stock brings nothing at all.
    stock, supply = (
        option("stock", "stock", 0, 1.0, 2.0, 10.0),
        option("supply", "supply", 0, 365.0, 3.0, 9.0),
    )
    dear = option("dear", "supply", 0, 365.0, 5.0, 10.0)
    one = line(options=[stock, supply, dear], budget=12.0)
    worth = marginal_values(one, solve_extensive(one, Goal("share")))
    assert worth.budget == pytest.approx([1 / 30], abs=1e-9)
    more = solve_extensive(replace(one, budget=np.array([12.5])), Goal("share")).objective
    assert more - 0.65 == pytest.approx(0.5 * worth.budget[0], abs=1e-9)
    # the dear supply brings 0.1 a unit for 5/30: it enters at 3/5 of its cost; the stock never
    assert worth.entry_factor[2] == pytest.approx(0.6, abs=1e-9)
    assert worth.entry_factor[0] == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(worth.entry_factor[1])


def test_cuts_of_one_point_serve_the_next_and_change_no_answer() -> None:
    one = drawn(3)
    kept = Kept(one)
    for days in (0.0, 0.5, 1.0, 1.5):
        again = solve_lshaped(one, Goal("share"), Limits(time=days), gap=0.0, kept=kept, workers=1)
        fresh = solve_extensive(one, Goal("share"), Limits(time=days))
        assert again.status == fresh.status
        if fresh.status == "optimal":
            assert again.objective == pytest.approx(fresh.objective, abs=1e-6)


def test_a_cancelled_search_gives_the_best_so_far_with_its_bound() -> None:
    one = drawn(3)

    def stop(rounds: int, best: float, bound: float) -> None:
        if np.isfinite(best):
            raise KeyboardInterrupt

    found = solve_lshaped(one, Goal("loss"), gap=0.0, progress=stop, workers=1)
    best = solve_extensive(one, Goal("loss"))
    assert found.status == "cancelled"
    assert found.objective >= best.objective - 1e-6 >= found.bound - 2e-6


def test_worlds_with_the_same_numbers_are_asked_once() -> None:
    options = [option("stock", "stock", 0, 1.0, 2.0, 10.0, worlds=4)]
    four, two = (
        line([0.0, 0.5, 0.0, 0.5], options=options),
        line(options=[option("stock", "stock", 0, 1.0, 2.0, 10.0)]),
    )
    kept = Kept(replace(four, budget=np.array([6.0])))
    found = solve_lshaped(kept.instance, Goal("loss"), kept=kept, gap=0.0, workers=1)
    assert len(set(kept.families.values())) == 2
    assert sum(len(asked) for asked in kept.known.values()) <= 2 * found.rounds
    assert found.objective == pytest.approx(
        solve_extensive(replace(two, budget=np.array([6.0])), Goal("loss")).objective, abs=1e-6
    )


@pytest.mark.parametrize("seed", [3, pytest.param(6, marks=SLOW)])
def test_worlds_that_cannot_be_among_the_worst_are_not_asked_again(seed: int) -> None:
    one, goal = drawn(seed, worlds=8), Goal("loss", tail=0.75)
    kept = Kept(one)
    found = solve_lshaped(one, goal, kept=kept, gap=0.0, workers=1)
    asked = sum(len(answers) for answers in kept.known.values())
    assert len(one.worlds) <= asked < found.rounds * len(one.worlds)
    assert found.objective == pytest.approx(solve_extensive(one, goal).objective, abs=1e-6)
    assert found.bound == pytest.approx(found.objective, abs=1e-6)
    told = np.isfinite(found.loss)
    least = np.where(told, found.loss, 0.0)
    end = float(one.steps.sum())
    high = [kept.at_most(Task("loss", at, 0.0, end, found.sizes)) for at in range(8)]
    most = np.where(told, found.loss, high)
    for losses in (least, most):  # whatever the others lose, the worst are the same
        assert cvar(losses, one.chances, 0.75) == pytest.approx(found.objective, abs=1e-6)


@pytest.mark.parametrize(
    ("goal", "limits"),
    [pytest.param(*one, marks=() if place in (0, 3, 5) else SLOW) for place, one in enumerate(GOALS)],
)
def test_what_one_date_of_the_control_says_holds_for_the_others(goal: Goal, limits: dict[str, Any]) -> None:
    one = drawn(3, worlds=6)
    first = one.worlds[:2]
    worlds = tuple(replace(first[at % 2], name=str(at), probability=1 / 6) for at in range(6))
    one = replace(one, worlds=worlds)  # two draws on three dates: what is brought by then differs
    kept = Kept(one)
    apart = solve_lshaped(one, goal, Limits(**limits), gap=0.0, kept=kept, workers=1)
    whole = solve_extensive(one, goal, Limits(**limits))
    assert apart.status == whole.status
    if whole.status == "optimal":
        assert apart.objective == pytest.approx(whole.objective, abs=1e-6)
    sizes = np.array([option.size_max / 3 for option in one.options])
    end = float(one.steps.sum())
    for (kind, _), known in kept.known.items():
        for at in range(6):
            task = Task(kind, at, known[0].target, end, sizes)
            if (kind, kept.family(kind, at)) not in kept.known:
                continue
            lost = kept.answer(task).objective
            part = np.clip((task.target - one.starts[:-1]) / one.steps, 0.0, 1.0)
            cuts = [cut for cut in kept.cuts if (cut.kind, cut.world) == (kind, at)]
            assert lost <= kept.at_most(task) + 1e-7
            assert all(cut.loss(sizes, part) <= lost + 1e-7 for cut in cuts)


@pytest.mark.parametrize("seed", [1, pytest.param(5, marks=SLOW)])
def test_a_search_begun_on_fewer_steps_ends_at_the_same_optimum(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, goal, limits = drawn(seed), Goal("loss", tail=0.6), Limits(time=1.0)
    monkeypatch.setattr("meguri.respond.kept.LARGE", 0)
    monkeypatch.setattr("meguri.respond.lshaped._ROUGH", 4)
    fewer = coarser(one, 4)
    assert fewer.steps.tolist() == [4.0, 4.0, 8.0, 8.0]
    for option_, rough in zip(one.options, fewer.options, strict=True):
        for effect, mean in zip(option_.effects, rough.effects, strict=True):
            if effect.kind == "stock":  # what stands on the first day counts
                assert (mean.available[:, 0] == effect.available[:, 0]).all()
            else:
                assert mean.available @ fewer.steps == pytest.approx(effect.available @ one.steps)
    apart = solve_lshaped(one, goal, limits, gap=0.0, workers=1)
    whole = solve_extensive(one, goal, limits)
    assert apart.status == whole.status
    assert apart.objective == pytest.approx(whole.objective, abs=1e-6)


def test_small_problems_are_solved_at_once_and_large_ones_apart() -> None:
    one = drawn(2)
    assert solve(one, Goal("loss")).rounds == 0
    assert solve(one, Goal("loss"), kept=Kept(one), small=0).rounds > 0

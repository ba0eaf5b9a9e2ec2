"""The best plan: sizes of the options now, flows in every world later (two-stage stochastic program).

`solve_extensive` puts all worlds into one program; `solve` chooses it when it is small and decomposes
(`lshaped`) otherwise. Both read the same first stage (`master`) and the same blocks (`flow`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack, vstack

from meguri.respond.flow import Block, Reach, rate_block, reach, time_block
from meguri.respond.held import NOT_HELD, form_of, with_baselines
from meguri.respond.instance import Effect, Goal, Instance, Limits, checked
from meguri.respond.master import Master, block_cells, needs_rate, needs_time, spent
from meguri.respond.solver import Form, hand_over, new_solver, run, solve_form

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Unheld:
    """Why there is no plan: what cannot be held, where, and whether money would help."""

    process: str
    world: str
    day: float  # [d] after the control
    wanted: float  # [d] day until which it is to be held
    by_money: bool  # a larger budget would do
    what: str = "time"  # or "share": competitiveness cannot be reached


@dataclass(frozen=True)
class Solution:
    """A plan and what it brings in each world, as the program sees it."""

    status: str  # optimal | limit (best so far) | infeasible | cancelled
    sizes: Floats  # (option,)
    chosen: npt.NDArray[np.bool_]  # (option,)
    spent: Floats  # (year,) money
    objective: float  # of the goal: competitiveness [1], money, lost output [d], regret [1]
    bound: float  # nothing better is possible
    share: Floats  # (world,) [1] competitiveness; NaN where it was not asked for
    loss: Floats  # (world,) [d] lost output over the steps; NaN where it was not asked for, or is no tail
    goal: Goal
    limits: Limits
    why: Unheld | None = None
    seconds: float = 0.0
    rounds: int = 0

    @property
    def gap(self) -> float:
        """Distance of plan and bound relative to the larger; [1]."""
        most = max(abs(self.objective), abs(self.bound))
        return abs(self.objective - self.bound) / most if most > 1e-9 and np.isfinite(most) else 0.0


def targets(instance: Instance, limits: Limits) -> Floats:
    """Day until which the processes are to be held in each world; 0 without a limit; axes (world,)."""
    if limits.time is None:
        return np.zeros(len(instance.worlds))
    end = float(instance.steps.sum())
    wanted = np.array([world.baseline for world in instance.worlds]) + limits.time
    return np.minimum(wanted, end)


def solve_extensive(
    instance: Instance,
    goal: Goal,
    limits: Limits | None = None,
    seconds: float = float("inf"),
) -> Solution:
    """The best plan by one program over all worlds; for small problems.

    Parameters
    ----------
    instance : Instance
        Worlds, options, budgets, rules.
    goal, limits : Goal, Limits
        What is sought and what has to hold; see there.
    seconds : float [s]
        After which the best plan so far is given, with its bound.

    Returns
    -------
    Solution
        With status ``infeasible`` and the reason when nothing satisfies the limits.

    Raises
    ------
    ModelError
        When the instance cannot be right.
    """
    begun = time.perf_counter()
    limits = Limits() if limits is None else limits
    instance = checked(instance)
    if limits.time is not None:
        instance = with_baselines(instance)
    reached = reach(instance)
    best = best_alone(instance, limits) if goal.wanted == "regret" else None
    master = Master(instance, goal, limits, best)
    form = _whole(instance, reached, master)
    solver = new_solver(seconds)
    hand_over(solver, form)
    found = run(solver)
    took = time.perf_counter() - begun
    if not found.values.size:
        why = why_not(instance, reached, limits) if found.status == "infeasible" else None
        return nothing(instance, goal, limits, found.status, why, took)
    return told(instance, master, found.values, found.objective, found.bound, found.status, took)


def only(instance: Instance, number: int) -> Instance:
    """The same problem with one world alone."""

    def alone(effect: Effect) -> Effect:
        return replace(effect, available=effect.available[[number]], lasting=effect.lasting[[number]])

    options = tuple(
        replace(option, effects=tuple(alone(effect) for effect in option.effects))
        for option in instance.options
    )
    return replace(instance, worlds=(replace(instance.worlds[number], probability=1.0),), options=options)


def best_alone(instance: Instance, limits: Limits) -> Floats:
    """Competitiveness lost in each world by its own best plan, whatever the days; axes (world,) [1]."""
    found = []
    for number in range(len(instance.worlds)):
        own = replace(limits, share=None, time=None, held_by=1.0)
        found.append(1.0 - solve_extensive(only(instance, number), Goal("share"), own).objective)
    return np.array(found)


def why_not(instance: Instance, reached: Reach, limits: Limits) -> Unheld:
    """Which process lacks most, in which world, by a plan that lacks least; whether money would do."""
    ends = targets(instance, limits)
    if limits.time is not None:

        def block(number: int) -> Block:
            return time_block(instance, reached, number)

        everything = np.array([option.size_max for option in instance.options])
        worst = most_late(instance, block, everything, ends)
        if worst is not None:
            return worst
        free = replace(limits, share=None, held_by=1.0)
        least = Master(instance, Goal("loss"), replace(free, time=None))
        found = solve_form(_whole(instance, reached, least, ends))
        sizes = least.sizes(found.values) if found.values.size else 0.0 * everything
        worst = most_late(instance, block, sizes, ends)
        if worst is not None:
            return replace(worst, by_money=True)
    return Unheld("", "", 0.0, 0.0, by_money=False, what="share" if limits.share is not None else "budget")


def most_late(
    instance: Instance, block_of: Callable[[int], Block], sizes: Floats, ends: Floats
) -> Unheld | None:
    """Process and world that lack most with given sizes; None when all are held."""
    worst, most = None, NOT_HELD
    for number, world in enumerate(instance.worlds):
        block = block_of(number)
        found = solve_form(form_of(block, sizes, float(ends[number]), late=True))
        lacking = np.where(block.late >= 0, found.values[block.late], 0.0) * np.diff(block.starts)[None, :]
        if lacking.size and lacking.sum() > most:
            most = float(lacking.sum())
            process = int(lacking.sum(axis=1).argmax())
            step = int((lacking[process] > NOT_HELD).argmax())
            name = instance.node(int(block.tracked[block.held[process]]))
            worst = Unheld(name, world.name, float(block.starts[step]), float(ends[number]), by_money=False)
    return worst


def _whole(instance: Instance, reached: Reach, master: Master, late: Floats | None = None) -> Form:
    """First stage and all blocks side by side.

    With ``late``, days until which processes are to be held (world,), the loss of a world is what they lack.
    """
    first = master.model.form()
    ends = targets(instance, master.limits) if late is None else late
    parts: list[tuple[Block, float, int, int]] = []
    for number in range(len(instance.worlds)):
        if needs_rate(master.goal, master.limits):
            parts.append((rate_block(instance, reached, number), 0.0, master.rate_lost[number], -1))
        if needs_time(master.goal, master.limits):
            lost = master.output_lost[number] if master.output_lost else -1
            given = master.given_up[number] if master.given_up else -1
            parts.append((time_block(instance, reached, number), float(ends[number]), lost, given))
    width = first.cost.size
    rows, diagonal = [first.matrix], []
    low, high, least, most = [first.low], [first.high], [first.least], [first.most]
    for block, target, lost, given in parts:
        flows = form_of(block, np.zeros(len(instance.options)), target, late is not None)
        link, more = _linked(master, replace(block, cost=flows.cost), lost, given, width)
        diagonal.append(vstack([block.matrix, more], format="csr"))
        rows.append(link)
        low.append(np.full(link.shape[0], -np.inf))
        high += [flows.high, np.zeros(link.shape[0] - flows.high.size)]
        least.append(flows.least)
        upper = flows.most
        if given >= 0:
            upper = upper.copy()
            upper[block.lacking] = 1.0
        most.append(upper)
    return _assembled(first, rows, diagonal, (low, high, least, most))


def _linked(master: Master, block: Block, lost: int, given: int, width: int) -> tuple[csr_array, csr_array]:
    """Cells of a block's rows in the first stage's columns, and rows that read off its loss.

    Further rows: lost output of the world at least that of the block; what processes lack only where the
    world is given up.
    """
    effect = block_cells(block.effect, master.unit).tocoo()
    cells = [(effect.row, master.size[effect.col], -effect.data)]
    extra: list[csr_array] = []
    height = block.start.size
    if lost >= 0:
        extra.append(csr_array(block.cost[None, :]))
        cells.append((np.array([height]), np.array([lost]), np.array([-1.0])))
        height += 1
    if given >= 0:
        late = block.lacking
        extra.append(
            csr_array((np.ones(late.size), (np.arange(late.size), late)), (late.size, block.most.size))
        )
        cells.append((height + np.arange(late.size), np.full(late.size, given), -np.ones(late.size)))
        height += late.size
    rows, columns, values = (np.concatenate([part[at] for part in cells]) for at in range(3))
    empty = csr_array((0, block.most.size))
    return csr_array((values, (rows, columns)), (height, width)), vstack([empty, *extra], format="csr")


def _assembled(
    first: Form, rows: list[csr_array], diagonal: list[csr_array], parts: tuple[list[Floats], ...]
) -> Form:
    low, high, least, most = (np.concatenate(part) for part in parts)
    below = [
        hstack([link, *(block if at == own else csr_array((link.shape[0], block.shape[1]))
                        for at, block in enumerate(diagonal))])
        for own, link in enumerate(rows[1:])
    ]  # fmt: skip
    wide = sum(block.shape[1] for block in diagonal)
    top = hstack([first.matrix, csr_array((first.matrix.shape[0], wide))])
    none = np.zeros(wide)
    return Form(
        csr_array(vstack([top, *below], format="csr")), low, high, np.concatenate([first.cost, none]), least,
        most, np.concatenate([first.whole, none.astype(bool)]),
    )  # fmt: skip


def told(
    instance: Instance,
    master: Master,
    values: Floats,
    objective: float,
    bound: float,
    status: str,
    took: float,
) -> Solution:
    """A solution of the first stage in the words of the goal."""
    sizes, chosen = master.sizes(values), master.chosen(values)
    unknown = np.full(len(instance.worlds), np.nan)
    share = 1.0 - values[master.rate_lost] if master.rate_lost else unknown
    return Solution(
        status=status, sizes=sizes, chosen=chosen, spent=spent(instance, sizes, chosen),
        objective=worded(master, objective), bound=worded(master, bound), share=share,
        loss=values[master.output_lost] if master.output_lost else unknown,
        goal=master.goal, limits=master.limits, seconds=took,
    )  # fmt: skip


def worded(master: Master, value: float) -> float:
    """Objective of the model in the goal's own unit."""
    if master.goal.wanted == "cost":
        return value * master.money
    return 1.0 - value if master.goal.wanted == "share" else value


def nothing(
    instance: Instance, goal: Goal, limits: Limits, status: str, why: Unheld | None, took: float
) -> Solution:
    """No plan, and why."""
    none = np.zeros(len(instance.options))
    unknown = np.full(len(instance.worlds), np.nan)
    worst = float("inf") if goal.wanted in ("cost", "loss", "regret") else -float("inf")
    return Solution(
        status, none, none.astype(bool), np.zeros(instance.budget.size), worst, worst, unknown, unknown,
        goal, limits, why, took,
    )  # fmt: skip

"""The same program taken apart: the first stage proposes sizes, each world answers with a cut.

L-shaped method (Van Slyke and Wets 1969, SIAM J. Appl. Math. 17:638) with one cut for each world and
block (Birge and Louveaux 1988, EJOR 34:384). Every effect of an option stands on the right-hand side, so a
world's loss is convex in the sizes and the duals of its linear program give a cut that is exact at the
sizes asked. Whether processes can be held is a loss too (what they lack), cut down to nothing. Cuts stay
true for every goal and budget, and for every other day of holding by the price of that day; `Kept` carries
them from one point of the front to the next.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.respond.flow import Block, Reach, rate_block, reach, time_block
from meguri.respond.instance import Goal, Instance, Limits, checked
from meguri.respond.master import Master, needs_rate, needs_time
from meguri.respond.program import (
    NOT_HELD,
    Solution,
    Unheld,
    best_alone,
    form_of,
    most_late,
    nothing,
    solve_extensive,
    targets,
    told,
    with_baselines,
    worded,
)
from meguri.respond.risk import cvar, edge
from meguri.respond.solver import LARGE, Found, hand_over, run, solve_form, solver_for
from meguri.shock.cancel import cancel_between_runs, cores, spread

Floats = npt.NDArray[np.float64]
Kind = Literal["rate", "late", "loss"]
Progress = Callable[[int, float, float], None]  # round, best so far, bound; raising in it cancels
SMALL = 60_000  # variables of one program over all worlds that are solved at once
_ROUNDS = 1000
_SAME = 1e-9  # a cut that raises a loss by less says nothing new


@dataclass(frozen=True)
class Cut:
    """Loss of a world >= height + slope @ sizes + by_day @ (part of each step in which it is held)."""

    kind: Kind
    world: int
    height: float
    slope: Floats  # (option,)
    by_day: Floats  # (step,) [per part of a step] >= 0; empty in the rate block


@dataclass
class Kept:
    """What one solve leaves to the next on the same instance: blocks, their last bases, cuts."""

    instance: Instance
    reached: Reach = field(init=False)
    cuts: list[Cut] = field(default_factory=list)
    blocks: dict[tuple[str, int], tuple[float, Block]] = field(default_factory=dict)
    bases: dict[tuple[Kind, int], Any] = field(default_factory=dict)
    free: dict[int, list[tuple[float, Floats]]] = field(default_factory=dict)  # days held, by which sizes
    most: dict[int, list[tuple[float, float, Floats]]] = field(default_factory=dict)  # held, lost, sizes
    twins: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instance = checked(self.instance)
        self.reached = reach(self.instance)

    def with_days(self) -> None:
        """Work out the days without a plan, once."""
        self.instance = with_baselines(self.instance)

    def block(self, kind: Kind, world: int, end: float) -> Block:
        """The block of a world; the time block until a day, or longer if it is at hand."""
        name = "rate" if kind == "rate" else "time"
        found = self.blocks.get((name, world))
        if found is None or found[0] < end:
            for old in ("late", "loss") if name == "time" else ("rate",):
                self.bases.pop((old, world), None)
            make = rate_block(self.instance, self.reached, world) if kind == "rate" else None
            made = time_block(self.instance, self.reached, world, end) if make is None else make
            found = (np.inf if kind == "rate" else end, made)
            self.blocks[name, world] = found
        return found[1]

    def holds(self, world: int, target: float, sizes: Floats) -> bool:
        """Whether it is known: what holds longer, or with less, holds here too."""
        return any(day >= target and (less <= sizes).all() for day, less in self.free.get(world, []))

    def at_most(self, world: int, target: float, sizes: Floats) -> float:
        """Loss a world cannot exceed: what it lost with less; measures only help."""
        known = self.most.get(world, [])
        return min(
            (lost for day, lost, less in known if day >= target and (less <= sizes).all()), default=np.inf
        )

    def first_like(self, kind: Kind, world: int, target: float) -> int:
        """First world whose block holds the same numbers: their losses are one."""
        _, block = self.blocks["rate" if kind == "rate" else "time", world]
        digest = hashlib.sha256(f"{kind} {target}".encode())
        for part in (block.matrix.data, block.matrix.indices, block.start, block.most, block.cost):
            digest.update(np.ascontiguousarray(part).tobytes())
        digest.update(block.effect.data.tobytes() + block.effect.indices.tobytes())
        return self.twins.setdefault(digest.hexdigest(), world)


@dataclass(frozen=True)
class _Task:
    kind: Kind
    world: int
    target: float  # [d] until which the processes are held
    end: float  # [d] horizon asked for
    sizes: Floats


def _answer(kept: Kept, task: _Task) -> tuple[float, Cut]:
    """Loss of one world for some sizes, and the cut that says so."""
    block = kept.block(task.kind, task.world, task.end)
    form = form_of(block, task.sizes, task.target, late=task.kind == "late")
    solver = solver_for(form)
    basis = kept.bases.get((task.kind, task.world))
    hand_over(solver, form)
    if basis is not None:
        solver.setOptionValue("presolve", "off")
        solver.setBasis(basis)
    found = run(solver)
    if basis is not None and not found.row_dual.size:  # a stale basis led astray: begin anew
        solver = solver_for(form)
        hand_over(solver, form)
        found = run(solver)
    if not found.row_dual.size:
        raise ModelError(Problem("lp_unsolved", "respond", found.status))
    if form.high.size <= LARGE:
        kept.bases[task.kind, task.world] = solver.getBasis()
    return found.objective, _cut_of(block, task, found)


def _cut_of(block: Block, task: _Task, found: Found) -> Cut:
    """Duals as a cut: rows by what options bring to them, held days by their reduced costs."""
    slope = block.effect.T @ found.row_dual
    by_day = np.zeros(block.starts.size - 1 if block.until.size else 0)
    steps = block.open_steps
    by_day[steps] = np.maximum(found.column_dual[block.until[steps]], 0.0)
    part = np.zeros(by_day.size)
    part[steps] = block.held_until(task.target)
    height = found.objective - slope @ task.sizes - by_day @ part
    return Cut(task.kind, task.world, float(height), slope, by_day)


def solve_lshaped(
    instance: Instance,
    goal: Goal,
    limits: Limits | None = None,
    *,
    gap: float = 1e-6,
    seconds: float = float("inf"),
    progress: Progress | None = None,
    kept: Kept | None = None,
    workers: int | None = None,
    explain: bool = True,
) -> Solution:
    """The best plan, by cuts; its distance to the bound is at most ``gap`` unless time runs out.

    Parameters
    ----------
    instance, goal, limits
        As in `meguri.respond.program.solve_extensive`.
    gap : float [1]
        Relative distance of plan and bound at which it ends.
    seconds : float [s]
        After which the best plan so far is given (status ``limit``); what is under way is finished.
    progress : callable, optional
        Called after each round with its number, the best plan's objective and the bound.
    kept : Kept, optional
        Of a former solve on the same instance; is added to.
    workers : int, optional
        Threads; left out, one for each processor.
    explain : bool
        Whether the reason is worked out when there is no plan; it takes as long as the search.
    """
    kept = Kept(instance) if kept is None else kept
    limits = Limits() if limits is None else limits
    if limits.time is not None:
        kept.with_days()
    search = _Search(kept, goal, limits, workers or cores())
    search.explain = explain
    return search.go(gap, seconds, progress)


class _Search:
    """One solve: proposals, answers, best so far."""

    def __init__(self, kept: Kept, goal: Goal, limits: Limits, workers: int) -> None:
        self.kept, self.goal, self.limits, self.workers = kept, goal, limits, workers
        self.begun = time.perf_counter()
        self.ends = targets(kept.instance, limits)
        self.horizon = float(kept.instance.steps.sum()) if goal.wanted == "loss" else 0.0
        best = best_alone(kept.instance, limits) if goal.wanted == "regret" else None
        self.best_rate = best
        self.master = Master(kept.instance, goal, limits, best)
        self.added = 0
        self.incumbent: tuple[float, Floats] | None = None
        self.bound = -np.inf
        self.rounds = 0
        self.unasked: list[int] = []  # columns of losses that cannot be among the worst
        self.explain = True

    def go(self, gap: float, seconds: float, progress: Progress | None) -> Solution:
        """Propose and answer until plan and bound meet."""
        status = ""
        try:
            with cancel_between_runs() as self.cancel_here:
                while not status:
                    status = self._round(gap, seconds - (time.perf_counter() - self.begun))
                    if progress is not None:
                        progress(self.rounds, self._worded_best(), worded(self.master, self.bound))
        except KeyboardInterrupt:
            status = "cancelled"
        return self._told(status)

    def _worded_best(self) -> float:
        best = np.inf if self.incumbent is None else self.incumbent[0]
        return worded(self.master, best)

    def _round(self, gap: float, left: float) -> str:
        """One proposal and its answers; a status when it is the last."""
        self.rounds += 1
        self._add_cuts()
        found = self._propose(max(left, 1.0))
        if found.status != "optimal":
            return found.status
        self.bound = max(self.bound, found.bound)
        values, known = found.values.copy(), len(self.kept.cuts)
        if self._answered(values, time.perf_counter() + left):
            objective = self._objective(values)
            if self.incumbent is None or objective < self.incumbent[0]:
                values[self.unasked] = np.nan
                self.incumbent = objective, values
        if self._closed(gap):
            return "optimal"
        if left <= 0 or self.rounds >= _ROUNDS:
            return "limit"
        return "" if len(self.kept.cuts) > known else "optimal"  # nothing new can be said

    def _propose(self, left: float) -> Found:
        """Best sizes as far as the cuts know."""
        return solve_form(self.master.model.form(), left)

    def _add_cuts(self) -> None:
        """Cuts that came since go into the first stage."""
        for cut in self.kept.cuts[self.added :]:
            add_cut(self.master, cut, self.ends, self.kept.instance)
        self.added = len(self.kept.cuts)

    def _answered(self, values: Floats, until: float) -> bool:
        """Put what the worlds really lose into ``values``; whether the proposal keeps every limit.

        Competitiveness is asked first: its programs are small, and while they still say something new
        the dear ones need not be asked.
        """
        sizes, worlds = self.master.sizes(values), range(len(self.kept.instance.worlds))
        known, whole = len(self.kept.cuts), True
        if needs_rate(self.goal, self.limits):
            off = self._fill("rate", worlds, sizes, values, self.master.rate_lost)
            if off > NOT_HELD and needs_time(self.goal, self.limits) and len(self.kept.cuts) > known:
                return False
        if self.limits.time is not None:
            given = self.master.given_up
            asked = [world for world in worlds if not given or values[given[world]] < 0.5]
            whole = self._fill("late", asked, sizes, values, []) <= NOT_HELD
        if time.perf_counter() > until:
            return False
        if whole and self.goal.wanted == "loss":
            self._fill_worst(sizes, values)
        return whole and self._keeps_share(values)

    def _fill_worst(self, sizes: Floats, values: Floats) -> None:
        """Lost output of every world that can be among the worst; those believed worst are asked first.

        A world that lost no more with less than what the others lose at the edge of the tail cannot enter
        it, and the mean of the tail is exact without its answer.
        """
        chances, columns = self.kept.instance.chances, np.array(self.master.output_lost)
        most = np.array([self.kept.at_most(at, float(self.ends[at]), sizes) for at in range(chances.size)])
        left = np.ones(chances.size, dtype=bool)
        while True:
            lowest = edge(values[columns], chances, self.goal.tail) if self.goal.tail > 0.0 else -np.inf
            can = left & (most > lowest)
            if not can.any():
                break
            first = can & (values[columns] >= lowest)
            asked = np.flatnonzero(first if first.any() else can)
            self._fill("loss", asked.tolist(), sizes, values, self.master.output_lost)
            left[asked] = False
        self.unasked = columns[left].tolist()

    def _fill(
        self, kind: Kind, worlds: Iterable[int], sizes: Floats, values: Floats, columns: list[int]
    ) -> float:
        """Ask worlds; the largest loss beyond what the first stage believed."""
        beyond = 0.0
        for world, (value, cut) in self._ask(kind, worlds, sizes).items():
            believed = values[columns[world]] if columns else 0.0
            beyond = max(beyond, value - believed)
            if value > believed + _SAME:
                self.kept.cuts.append(replace(cut, world=world))
            if columns:
                values[columns[world]] = value
        return float(beyond)

    def _ask(self, kind: Kind, worlds: Iterable[int], sizes: Floats) -> dict[int, tuple[float, Cut]]:
        """Losses of worlds and their cuts; worlds with the same numbers answer once."""
        groups: dict[int, list[int]] = {}
        for world in worlds:
            target = float(self.ends[world]) if kind != "rate" else 0.0
            if kind == "late" and self.kept.holds(world, target, sizes):
                continue
            self.kept.block(kind, world, max(self.horizon, target))
            groups.setdefault(self.kept.first_like(kind, world, target), []).append(world)
        tasks = [self._task(kind, first, sizes) for first in groups]

        def work(task: _Task) -> tuple[_Task, tuple[float, Cut]]:
            return task, _answer(self.kept, task)

        answers: dict[int, tuple[float, Cut]] = {}
        with closing(spread(tasks, work, self.workers)) as ended:
            for task, answer in ended:
                self.cancel_here()
                for world in groups[task.world]:
                    answers[world] = answer
                    if kind == "late" and answer[0] <= NOT_HELD:
                        self.kept.free.setdefault(world, []).append((task.target, task.sizes))
                    if kind == "loss":
                        self.kept.most.setdefault(world, []).append((task.target, answer[0], task.sizes))
        return answers

    def _task(self, kind: Kind, world: int, sizes: Floats) -> _Task:
        target = float(self.ends[world]) if kind != "rate" else 0.0
        return _Task(kind, world, target, max(self.horizon, target), sizes)

    def _objective(self, values: Floats) -> float:
        """Objective of the model with what the worlds really lose."""
        chances, goal = self.kept.instance.chances, self.goal
        if goal.wanted == "cost":
            return float(np.array(self.master.model.cost) @ values)
        if goal.wanted == "regret":
            assert self.best_rate is not None
            return float(max(0.0, (values[self.master.rate_lost] - self.best_rate).max()))
        columns = self.master.rate_lost if goal.wanted == "share" else self.master.output_lost
        return cvar(values[columns], chances, goal.tail)

    def _keeps_share(self, values: Floats) -> bool:
        if self.limits.share is None:
            return True
        lost = cvar(values[self.master.rate_lost], self.kept.instance.chances, self.limits.share_tail)
        return bool(lost <= 1.0 - self.limits.share + 1e-7)

    def _closed(self, gap: float) -> bool:
        if self.incumbent is None:
            return False
        best, bound = self._worded_best(), worded(self.master, self.bound)
        return abs(best - bound) <= gap * max(abs(best), abs(bound)) + _SAME

    def _told(self, status: str) -> Solution:
        instance, took = self.kept.instance, time.perf_counter() - self.begun
        if self.incumbent is None:
            why = self._why() if status == "infeasible" and self.explain else None
            found = nothing(instance, self.goal, self.limits, status, why, took)
            return replace(found, rounds=self.rounds)
        objective, values = self.incumbent
        found = told(instance, self.master, values, objective, min(self.bound, objective), status, took)
        return replace(found, rounds=self.rounds)

    def _why(self) -> Unheld:
        """What cannot be held with everything, else by the plan that lacks least within the budget."""
        kept, limits = self.kept, self.limits
        if limits.time is not None:
            everything = np.array([option.size_max for option in kept.instance.options])

            def block(world: int) -> Block:
                return kept.block("late", world, float(self.ends[world]))

            worst = most_late(kept.instance, block, everything, self.ends)
            if worst is not None:
                return worst
            least = Master(kept.instance, Goal("loss"), replace(limits, share=None, time=None))
            for cut in kept.cuts:
                if cut.kind == "late":
                    add_cut(least, replace(cut, kind="loss"), self.ends, kept.instance)
            found = solve_form(least.model.form())
            sizes = least.sizes(found.values) if found.values.size else 0.0 * everything
            worst = most_late(kept.instance, block, sizes, self.ends)
            if worst is not None:
                return replace(worst, by_money=True)
        what = "share" if limits.share is not None else "budget"
        return Unheld("", "", 0.0, 0.0, by_money=False, what=what)


def add_cut(master: Master, cut: Cut, ends: Floats, instance: Instance) -> None:
    """One cut as a row of the first stage, if it says anything there."""
    cells = {
        int(column): -float(slope * unit)
        for column, slope, unit in zip(master.size, cut.slope, master.unit, strict=True)
        if slope != 0.0
    }
    columns = {"rate": master.rate_lost, "loss": master.output_lost, "late": []}[cut.kind]
    if (cut.kind == "late" and master.limits.time is None) or (cut.kind != "late" and not columns):
        return
    if columns:
        cells[columns[cut.world]] = 1.0
    days = 0.0
    if cut.by_day.size:
        starts = instance.starts
        part = np.clip((ends[cut.world] - starts[:-1]) / np.diff(starts), 0.0, 1.0)
        days = float(cut.by_day @ part)
    if master.given_up and days:
        cells[master.given_up[cut.world]] = days
    master.model.row(cells, low=cut.height + days)


def solve(
    instance: Instance,
    goal: Goal,
    limits: Limits | None = None,
    *,
    gap: float = 1e-6,
    seconds: float = float("inf"),
    progress: Progress | None = None,
    kept: Kept | None = None,
    small: int = SMALL,
) -> Solution:
    """The best plan: in one program when it has few variables, by cuts otherwise; see `solve_lshaped`."""
    reached = reach(checked(instance)) if kept is None else kept.reached
    inside = np.flatnonzero(reached.member[instance.wiring.slot_node]).size
    steps = instance.steps.size if needs_time(goal, limits or Limits()) else 1
    if len(instance.worlds) * steps * 4 * inside <= small:
        return solve_extensive(instance, goal, limits, seconds)
    return solve_lshaped(
        instance, goal, limits, gap=gap, seconds=seconds, progress=progress, kept=kept
    )  # fmt: skip

"""The same program taken apart: the first stage proposes sizes, each world answers with a cut.

L-shaped method (Van Slyke and Wets 1969, SIAM J. Appl. Math. 17:638) with one cut for each world and
block (Birge and Louveaux 1988, EJOR 34:384). Every effect of an option stands on the right-hand side, so a
world's loss is convex in the sizes and the duals of its linear program give a cut that is exact at the
sizes asked. Whether processes can be held is a loss too (what they lack), cut down to nothing. Cuts stay
true for every goal and budget, and for every other day of holding by the price of that day; `Kept` carries
them from one point of the front to the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from meguri.respond.flow import Block, reach
from meguri.respond.held import NOT_HELD
from meguri.respond.instance import Goal, Instance, Limits, checked, coarser
from meguri.respond.kept import Cut, Kept, Kind, Task
from meguri.respond.level import nearest
from meguri.respond.master import Master, needs_rate, needs_time
from meguri.respond.program import (
    Solution,
    Unheld,
    best_alone,
    most_late,
    nothing,
    solve_extensive,
    targets,
    told,
    worded,
)
from meguri.respond.risk import cvar, edge
from meguri.respond.solver import Found, solve_form
from meguri.shock.cancel import cancel_between_runs, cores, spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Progress = Callable[[int, float, float], None]  # round, best so far, bound; raising in it cancels
SMALL = 60_000  # variables of one program over all worlds that are solved at once
_ROUNDS = 1000
_ROUGH = 8  # steps of the search before the search, where one on all steps is dear
_NEAR = 0.5  # [1] of the gap that a proposal near the best plan is to close by what the cuts know
_SAME = 1e-9  # a cut that raises a loss by less says nothing new


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
    many = kept.instance.steps.size > 2 * _ROUGH
    if many and kept.large and not kept.cuts and needs_time(goal, limits):
        rough = solve_lshaped(
            coarser(kept.instance, _ROUGH), goal, limits, gap=gap, seconds=seconds / 4, workers=workers,
            explain=False,
        )  # fmt: skip
        if rough.status == "cancelled":
            return search.told("cancelled")
        search.start = rough.sizes if np.isfinite(rough.objective) else None
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
        starts = kept.instance.starts
        self.parts = np.clip((self.ends[:, None] - starts[:-1]) / np.diff(starts), 0.0, 1.0)  # (world, step)
        self.unasked: list[int] = []  # columns of losses that cannot be among the worst
        self.explain = True
        self.start: Floats | None = None  # sizes to begin with
        self.near = _NEAR if goal.wanted in ("share", "loss") else 0.0

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
        return self.told(status)

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
        values, known, better = self._nearer(found, max(left, 1.0)), len(self.kept.cuts), False
        if self._answered(values, time.perf_counter() + left):
            objective = self._objective(values)
            better = self.incumbent is None or objective < self.incumbent[0]
            if better:
                values[self.unasked] = np.nan
                self.incumbent = objective, values
        if self._closed(gap):
            return "optimal"
        if left <= 0 or self.rounds >= _ROUNDS:
            return "limit"
        if len(self.kept.cuts) == known and not better:  # nothing new can be said here
            if self.near == 0.0:
                return "optimal"
            self.near = 0.0
        return ""

    def _propose(self, left: float) -> Found:
        """Best sizes as far as the cuts know."""
        return solve_form(self.master.model.form(), left)

    def _nearer(self, found: Found, left: float) -> Floats:
        """Instead of the best by the cuts, which leaps, something near the best plan so far, or the start."""
        chosen = self.master.on >= 0
        columns = np.unique(np.concatenate([self.master.size, self.master.on[chosen]]))
        if self.incumbent is not None and self.near > 0.0:
            best, centre = self.incumbent
            ceiling = self.bound + (1.0 - self.near) * (best - self.bound)
        elif self.incumbent is None and self.start is not None:
            ceiling, centre = np.inf, np.zeros(found.values.size)
            centre[self.master.on[chosen]] = self.start[chosen] > 0.0
            centre[self.master.size] = self.start / self.master.unit
            self.start = None
        else:
            return found.values.copy()
        nearer = solve_form(nearest(self.master.model.form(), ceiling, columns, centre), left)
        return (nearer if nearer.values.size else found).values[: found.values.size].copy()

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
        sizes, worlds = self.master.sizes(values), np.arange(len(self.kept.instance.worlds))
        known, whole = len(self.kept.cuts), True
        if needs_rate(self.goal, self.limits):
            _, lost = self._ask("rate", worlds, sizes, _differ)
            off = float((lost - values[self.master.rate_lost]).max())
            values[self.master.rate_lost] = lost
            if off > NOT_HELD and needs_time(self.goal, self.limits) and len(self.kept.cuts) > known:
                return False
        if self.limits.time is not None:
            given = self.master.given_up
            asked = worlds[values[given] < 0.5] if given else worlds
            _, lacking = self._ask("late", asked, sizes, _undecided)
            whole = bool((lacking <= NOT_HELD).all())
        if time.perf_counter() > until:
            return False
        if whole and self.goal.wanted == "loss":
            low, high = self._ask("loss", worlds, sizes, self._among_worst)
            columns = np.array(self.master.output_lost)
            values[columns] = high
            self.unasked = columns[_differ(low, high)].tolist()
        return whole and self._keeps_share(values)

    def _among_worst(self, low: Floats, high: Floats) -> Mask:
        """Worlds not known that can be among the worst; those that are by what is known come first.

        A world that loses no more than what the others lose at the edge of the tail cannot enter it, and
        the mean of the tail is exact without its answer.
        """
        tail, chances = self.goal.tail, self.kept.instance.chances
        lowest = edge(low, chances, tail) if tail > 0.0 else -np.inf
        can = _differ(low, high) & (high > lowest)
        surely = can & (low >= lowest)
        return surely if surely.any() else can

    def _ask(
        self, kind: Kind, worlds: Ints, sizes: Floats, wanted: Callable[[Floats, Floats], Mask]
    ) -> tuple[Floats, Floats]:
        """Bounds of what worlds lose, drawn together until ``wanted`` names none; axes (worlds asked,).

        Of a family one is asked at a time, the worst by what is known: its answer often settles the others.
        """
        tasks = {int(world): self._task(kind, int(world), sizes) for world in worlds}
        for task in tasks.values():
            self.kept.block(kind, task.world, task.end)
        answered = np.zeros(worlds.size, dtype=bool)
        low = self._at_least(kind, worlds, sizes)
        while True:
            high = np.array([self.kept.at_most(task) for task in tasks.values()])
            low = np.where(answered, high, low)
            left = np.flatnonzero(wanted(low, high) & ~answered)
            if not left.size:
                return low, np.maximum(low, high)
            chosen: dict[str, int] = {}
            for at in left[np.argsort(-low[left], kind="stable")].tolist():
                chosen.setdefault(self.kept.family(kind, int(worlds[at])), at)
            answered[list(chosen.values())] = True
            before = len(self.kept.cuts)
            self._answer([tasks[int(worlds[at])] for at in chosen.values()], worlds)
            low = np.maximum(low, self._at_least(kind, worlds, sizes, before))

    def _answer(self, asked: list[Task], worlds: Ints) -> None:
        """Ask some worlds on all threads; keep the cuts that say something new here."""
        kind, sizes = asked[0].kind, asked[0].sizes
        low = self._at_least(kind, np.arange(len(self.kept.instance.worlds)), sizes)

        def work(task: Task) -> tuple[Task, Found]:
            return task, self.kept.answer(task)

        with closing(spread(asked, work, self.workers)) as ended:
            for task, found in ended:
                self.cancel_here()
                for cut in self.kept.learn(task, found, worlds.tolist()):
                    if cut.loss(sizes, self.parts[cut.world]) > low[cut.world] + _SAME:
                        self.kept.cuts.append(cut)

    def _at_least(self, kind: Kind, worlds: Ints, sizes: Floats, since: int = 0) -> Floats:
        """What the cuts know that worlds lose; axes (worlds asked,)."""
        low = np.zeros(len(self.kept.instance.worlds))
        for cut in self.kept.cuts[since:]:
            if cut.kind == kind:
                low[cut.world] = max(low[cut.world], cut.loss(sizes, self.parts[cut.world]))
        return np.asarray(low[worlds])

    def _task(self, kind: Kind, world: int, sizes: Floats) -> Task:
        target = float(self.ends[world]) if kind != "rate" else 0.0
        return Task(kind, world, target, max(self.horizon, target), sizes)

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

    def told(self, status: str) -> Solution:
        """The best plan so far, or why there is none."""
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


def _differ(low: Floats, high: Floats) -> Mask:
    """Where two bounds leave something open."""
    return np.asarray(high - low > _SAME * np.maximum(1.0, low))


def _undecided(low: Floats, high: Floats) -> Mask:
    """Where it is not known whether the processes are held."""
    return np.asarray((high > NOT_HELD) & (low <= NOT_HELD))


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

"""What can be done for a budget: the front of plans on two axes, checked by the simulator, and explained."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import Problem, ScenarioError
from meguri.base.note import note
from meguri.base.terms import LANGS
from meguri.respond.answer import SCHEMAS, RespondAnswer, table_of
from meguri.respond.axes import one_score
from meguri.respond.confirm import Ends, Told, agrees, beaten, told_plan
from meguri.respond.deficit import answer_deficit
from meguri.respond.deficit_parts import scenario_deficit
from meguri.respond.depend import dependence_rows, measure_assumptions
from meguri.respond.front import Clock, Judge, Judged, Level, efficient, gained, levels, priced, singles
from meguri.respond.instance import Instance
from meguri.respond.kept import Kept
from meguri.respond.manifest import manifest_of
from meguri.respond.marginal import Few, Grounds, marginal_rows
from meguri.respond.measures import load_measures
from meguri.respond.options import Drawn, menu
from meguri.respond.order import order_rows
from meguri.respond.regret import held_gain
from meguri.respond.remarks import conventions, library_notes, plan_notes
from meguri.respond.rerun import effect_rows
from meguri.respond.risk import least_worst
from meguri.respond.robust import Chosen, drawn_values, rank_correlation, robustness_rows
from meguri.respond.sovereignty import sovereignty
from meguri.respond.tables import (
    Plan,
    Scene,
    measure_rows,
    plan_row,
    risk_rows,
    scheme_rows,
    starts_of,
    world_rows,
    year_rows,
)
from meguri.respond.words import both, named
from meguri.respond.worlds import Asked, courses, read_strikes, steps_of, world_of
from meguri.respond.written import empty_reserves
from meguri.scenario.schema import Scenario
from meguri.shock.cancel import Cancelled, cancel_between_runs
from meguri.shock.worth import process_weights
from meguri.structure.chain import Chain
from meguri.structure.words import parameter_labels

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
Row = dict[str, Any]
FACTORS = (0.5, 2.0)  # on the budget


def respond(
    chain: Chain,
    scenarios: Scenario | Sequence[Scenario | tuple[Scenario, float]],
    *,
    budget: float,
    years: int = 5,
    per_year: Sequence[float] | None = None,
    strikes: Sequence[float] | Mapping[float, float] | None = None,
    after: float = 1,
    measures: str | Path | None = None,
    processes: Sequence[str] | None = None,
    at: Sequence[str] = (),
    runs: int = 50,
    seed: int = 1,
    alpha: float = 0.9,
    held_by: float | None = None,
    rate: float | None = None,
    decided: dt.date | None = None,
    progress: Progress | None = None,
    time_limit: float | None = None,
    score: str | None = None,
) -> RespondAnswer:
    """The efficient plans for a budget, what each buys on either axis, and what it hangs on.

    Parameters
    ----------
    chain : Chain
        The chain as it is.
    scenarios : Scenario, or several with their probabilities
        Without probabilities they are equally likely.
    budget : float [JPY]
        Over all years of the plan, before public schemes.
    years : int
        Years of the plan.
    per_year : sequence of float [JPY], optional
        Most that may be spent in each year, what is left over passing on to the next; left out, any
        year may take the whole budget.
    strikes : sequence or dict, optional
        Years from the decision to the first day of the control, or years with probabilities; left out,
        the end of every year of the plan, equally likely.
    after : float [a]
        Year after the strike in which competitiveness is measured.
    measures : path, optional
        The user's own sheet of measures.
    processes : sequence of str, optional
        Nodes that must not stop; left out, the nodes named in ``at``, else the end users of the
        scenario's economy.
    at : sequence of str
        The firm's own nodes: what a firm decides acts on these alone and costs accordingly; left out,
        it stands for all firms of the economy together.
    runs, seed : int
        Worlds over all scenarios and strikes, and their seed: same seed, same bytes.
    alpha : float
        Tail of the lost output (CVaR).
    held_by : float, optional
        Probability of the worlds in which days bought have to hold; left out, as alpha.
    rate : float, optional
        Yen per dollar instead of the packaged rate.
    decided : date, optional
        Day of decision; left out, the first day of the first scenario's control.
    progress : callable, optional
        Called with (done, all).
    time_limit : float [s], optional
        After which the best so far is told, with its bound.
    score : str, optional
        Refused: the two axes are never merged.

    Raises
    ------
    ModelError
        When one combined score is asked for, or a process is no node of the chain.
    ScenarioError
        Naming every wrong number of the question.
    Cancelled
        After Ctrl-C.
    """
    if score is not None:
        one_score(score)
    likely = _likely(scenarios)
    first = likely[0][0]
    dated = read_strikes(strikes, years)
    asked = Asked(chain, likely, decided or first.counted_from, years, dated, float(after), runs, seed)
    money = _Money(budget, years, per_year)
    _check(asked, money, alpha)
    with cancel_between_runs() as cancel_here:
        steps = _Steps(progress, cancel_here)
        try:
            nodes = tuple(at), processes or at or None
            levels = alpha, held_by or alpha
            work = _Work(asked, money, measures, nodes, levels, rate, steps, time_limit)
            return work.answer()
        except KeyboardInterrupt:
            raise Cancelled(steps.done, steps.all, None) from None


def _likely(
    scenarios: Scenario | Sequence[Scenario | tuple[Scenario, float]],
) -> tuple[tuple[Scenario, float], ...]:
    """Scenarios with their probabilities, equal where none is given."""
    listed = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    pairs = [(one, 1.0 / len(listed)) if isinstance(one, Scenario) else one for one in listed]
    return tuple((scenario, float(share)) for scenario, share in pairs)


def _check(asked: Asked, money: _Money, alpha: float) -> None:
    """Every wrong number of the question at once."""
    found = []
    total = sum(share for _, share in asked.scenarios)
    if not asked.scenarios or abs(total - 1.0) > 1e-6:
        found.append(Problem("plan_chances", "scenarios", f"{total:g}"))
    if not (np.isfinite(money.budget) and money.budget > 0):
        found.append(Problem("respond_budget", "--budget", f"{money.budget:g}"))
    if asked.years < 1:
        found.append(Problem("respond_years", "--years", str(asked.years)))
    if asked.runs < 1:
        found.append(Problem("respond_runs", "--runs", str(asked.runs)))
    if money.per_year is not None and (len(money.per_year) != asked.years or min(money.per_year) < 0):
        given = ", ".join(f"{part:g}" for part in money.per_year)
        found.append(Problem("respond_per_year", "--per-year", given, "", {"years": str(asked.years)}))
    if not 0.0 <= alpha < 1.0:
        found.append(Problem("respond_alpha", "--alpha", f"{alpha:g}"))
    if not asked.after >= 0.25:
        found.append(Problem("respond_after", "--after", f"{asked.after:g}"))
    if found:
        raise ScenarioError(found)


@dataclass(frozen=True)
class _Money:
    """The budget, in all and by year."""

    budget: float
    years: int
    per_year: Sequence[float] | None

    def limits(self, factor: float = 1.0) -> Floats:
        """Most that may be spent in each year [JPY]; what is left over passes on to the next."""
        if self.per_year is None:
            first = np.zeros(self.years)
            first[0] = self.budget
            return first * factor
        so_far = np.minimum(np.cumsum(np.asarray(self.per_year, dtype=float)), self.budget)
        return np.diff(so_far, prepend=0.0) * factor

    def shown(self) -> Floats:
        """Limits as they were given; unknown where no year has one of its own."""
        given = np.full(self.years, np.nan) if self.per_year is None else self.per_year
        return np.asarray(given, dtype=float)


class _Steps:
    """Progress over stages whose lengths are known one after the other; Ctrl-C is heard between steps."""

    def __init__(self, progress: Progress | None, cancel_here: Callable[[], None]) -> None:
        self._progress, self._cancel_here = progress, cancel_here
        self.done, self.all = 0, 1

    def expect(self, steps: int) -> None:
        """So many steps in all are to be expected."""
        self.all = max(steps, self.done + 1)

    def step(self) -> None:
        """One step is done."""
        self._cancel_here()
        self.done = min(self.done + 1, self.all - 1)
        if self._progress is not None:
            self._progress(self.done, self.all)

    def end(self) -> None:
        """All is done."""
        self.done = self.all
        if self._progress is not None:
            self._progress(self.all, self.all)


class _Work:
    """One question on its way to the answer."""

    def __init__(
        self,
        asked: Asked,
        money: _Money,
        own: str | Path | None,
        nodes: tuple[tuple[str, ...], Sequence[str] | None],
        levels_of: tuple[float, float],
        rate: float | None,
        steps: _Steps,
        time_limit: float | None,
    ) -> None:
        self.asked, self.money, self.steps = asked, money, steps
        self.clock, self.limit, self.own = Clock(time_limit), time_limit, own
        economy = (asked.scenarios[0][0].economy or ("",))[0]
        self.library = load_measures(
            asked.chain, own, economy=economy, at=nodes[0], on=asked.decided.isoformat(), usd_jpy=rate
        )
        self.courses = courses(asked, empty_reserves(self.library))
        self.drawn = Drawn(self.library, self.courses, asked.seed)
        lengths = steps_of(asked.horizon)
        choices = menu(asked, self.library, self.courses, self.drawn, lengths)
        alpha, held_by = levels_of
        self.scene = Scene(asked, self.library, choices, self.courses, alpha, held_by, money.shown())
        self.instance = self._instance(nodes[1], lengths)
        self.cut: list[str] = []
        self.unfinished: set[str] = set()

    def _instance(self, processes: Sequence[str] | None, lengths: Floats) -> Instance:
        """The optimiser's problem; on the way, what is looked at and by which weights."""
        setup = self.courses[0].setup
        weights = process_weights(setup, processes)
        names = setup.layout.nodes["node"].to_numpy()
        shares = zip(names[weights.places], weights.weight, strict=True)
        self.ends = Ends(tuple(names[weights.places]), {str(name): float(part) for name, part in shares})
        self.basis = weights.basis
        ends = np.zeros(len(names))
        ends[weights.places] = weights.weight
        return Instance(
            wiring=setup.layout.wiring,
            worlds=tuple(world_of(course) for course in self.courses),
            options=self.scene.menu.options,
            steps=lengths,
            budget=self.money.limits(),
            ends=ends,
            processes=np.asarray(weights.places, dtype=np.int64),
            window=self.asked.window,
            rules=self.scene.menu.rules,
            pooled=True,
            names=tuple(str(name) for name in names),
        )

    def answer(self) -> RespondAnswer:
        """Plans, their check, and all that explains them."""
        self._with_baselines()
        self.steps.expect(self._expected())
        plans = [self.none, *self._singles(), *self._front()]
        told = self._told(plans)
        rows = _with_beaten([self._plan_row(plan, told) for plan in plans])
        tables = self._tables(plans, told, rows)
        self.steps.end()
        return self._finished(tables)

    def _expected(self) -> int:
        measures = len(self.library.measures)
        return 40 + 2 * measures

    def _with_baselines(self) -> None:
        """Judge the chain without a plan: all days bought are counted from it."""
        self.judge = Judge(self.instance)
        nothing = np.zeros(len(self.instance.options))
        self.base = self.judge.judged(nothing)
        worlds = tuple(
            replace(world, baseline=float(day) if day < self.judge.horizon - 1e-9 else float("inf"))
            for world, day in zip(self.instance.worlds, self.base.time, strict=True)
        )
        self.instance = replace(self.instance, worlds=worlds)
        self.none = self._plan("none", "none", both("plan_none"), nothing, self.base)

    def _plan(
        self,
        key: str,
        role: str,
        label: Mapping[Any, str],
        sizes: Floats,
        judged: Judged,
        level: Level | None = None,
    ) -> Plan:
        kept = {
            option.name: float(size)
            for option, size in zip(self.instance.options, sizes, strict=True)
            if size > 0
        }
        loss = np.full(judged.time.size, np.nan)
        bound, gap = (float("nan"),) * 2 if level is None else (level.bound, level.gap)
        return Plan(key, role, dict(label), kept, judged.time, judged.share, loss, bound, gap)

    def _singles(self) -> list[Plan]:
        """Every measure alone."""
        options: dict[str, list[int]] = {}
        for at, choice in enumerate(self.scene.menu.choices):
            if choice.segment == 0 and not choice.beforehand:
                options.setdefault(choice.measure, []).append(at)
        needs: dict[str, list[str]] = {}
        for row in self.library.rules.to_dict("records"):
            if row["rule"] == "requires":
                needs.setdefault(row["measure"], []).append(row["other"])
        acting = {
            measure: places
            for measure, places in options.items()
            if any(self.instance.options[at].effects for at in places) or measure in needs
        }
        found = []
        for measure, sizes in singles(self.instance, acting, needs):
            if self.clock.over:
                self.cut.append(measure)
                continue
            label = both("plan_single", measure=named(self.library, measure))
            judged = self.judge.judged(sizes)
            found.append(self._plan(f"single-{measure}", "single", label, sizes, judged))
            self.steps.step()
        return found

    def _front(self) -> list[Plan]:
        """Plans of the front in the order of their days, and the two picks of least regret."""
        found = levels(Kept(self.instance), self.scene.held_by, self.clock, self.steps.step)
        judged = [self.judge.judged(level.sizes) for level in found]
        points = [gained(one, self.base, self.instance, self.scene.held_by) for one in judged]
        kept = sorted(efficient(points), key=lambda at: points[at])
        kept = [at for at in kept if found[at].sizes.any()]
        front = []
        for number, at in enumerate(kept):
            key = f"front-{number + 1}"
            label = both("plan_front", letter=string.ascii_uppercase[number])
            front.append(self._plan(key, "front", label, found[at].sizes, judged[at], found[at]))
            if not found[at].finished:
                self.unfinished.add(key)
        self.front = front
        return [*front, *self._robust(front)]

    def _robust(self, front: Sequence[Plan]) -> list[Plan]:
        """The two picks, each on its own axis; the cheaper of equals."""
        if not front:
            return []
        cheap = sorted(front, key=lambda plan: (self._cost(plan), plan.key))
        picks = {
            "time": cheap[least_worst([plan.time for plan in cheap])],
            "competitiveness": cheap[least_worst([plan.share for plan in cheap])],
        }
        self.picks = Chosen(picks["time"], picks["competitiveness"])
        return [
            replace(
                plan,
                key=f"robust-{axis}",
                role=f"robust_{axis}",
                label=dict(both(f"plan_robust_{axis}", letter=plan.label["en"].rsplit(" ", 1)[1])),
            )
            for axis, plan in picks.items()
        ]

    def _cost(self, plan: Plan) -> float:
        starts = starts_of(plan.sizes, self.scene)
        return sum(float(start.by_year("firm").sum() + start.by_year("state").sum()) for start in starts)

    def _told(self, plans: Sequence[Plan]) -> dict[str, Told]:
        """The simulator's word on the front and on no plan; equal plans are told once."""
        found: dict[tuple[tuple[str, float], ...], Told] = {}
        checked = [plan for plan in plans if plan.role != "single"]
        for plan in checked:
            key = tuple(sorted(plan.sizes.items()))
            if key not in found:
                found[key] = told_plan(
                    plan.sizes, self.scene.menu, self.asked, self.library, self.courses, self.drawn, self.ends
                )
                self.steps.step()
        return {plan.key: found[tuple(sorted(plan.sizes.items()))] for plan in checked}

    def _plan_row(self, plan: Plan, told: Mapping[str, Told]) -> Row:
        """A row of ``plans`` with the simulator's check."""
        chance, horizon = self.scene.chance, float(self.asked.horizon)
        if plan.key not in told:
            return plan_row(plan, self.none, None, self.scene)
        one, without = told[plan.key], told["none"]
        row = plan_row(replace(plan, loss=one.loss), self.none, one, self.scene)
        days = held_gain(one.time, without.time, chance, horizon, self.scene.held_by)
        row["sim_time_gained_d"] = days
        row["sim_share_gained"] = row["sim_share"] - float(chance @ without.share)
        sure = agrees(row["time_gained_d"], row["share"], days, row["sim_share"], horizon)
        keys = [] if sure else [f"unconfirmed-{plan.key}"]
        keys += [f"unfinished-{plan.key}"] if plan.key in self.unfinished else []
        return row | {"confirmed": sure, "note": "|".join(keys)}

    def _tables(
        self, plans: Sequence[Plan], told: Mapping[str, Told], rows: Sequence[Row]
    ) -> dict[str, pd.DataFrame]:
        """Every table of the answer."""
        scene = self.scene
        worded = [replace(plan, loss=told[plan.key].loss) if plan.key in told else plan for plan in plans]
        made: dict[str, list[Row]] = {
            "plans": list(rows),
            "plan_measures": [row for plan in plans for row in measure_rows(plan, scene)],
            "plan_years": [row for plan in plans for row in year_rows(plan, scene)],
            "plan_worlds": list(world_rows(worded, told, scene)),
            "plan_effects": [row for plan in plans for row in effect_rows(plan, scene)],
            "schemes": scheme_rows(plans, scene),
            "marginal": self._marginal(),
            "order": self._order(),
            "robustness": self._robustness(),
            "dependence": [row for plan in plans for row in dependence_rows(plan, scene)],
            "risks": [row for plan in plans for row in risk_rows(plan, scene)],
            "assumptions": self._assumptions(told["none"]),
            "notes": self._notes(rows),
        }
        tables = {name: table_of(name, made.get(name, [])) for name in SCHEMAS}
        return tables | {"sovereignty": self._sovereignty(), "deficit": self._deficit()}

    def _deficit(self) -> pd.DataFrame:
        """What the whole economy lacks of the controlled element, and which measure closes the rest."""
        scenario, asked = self.asked.scenarios[0][0], self.asked
        if not scenario.controls:
            return table_of("deficit", [])
        library = load_measures(asked.chain, self.own, economy=self.library.economy)
        year = asked.decided.year
        steps = scenario_deficit(asked.chain, scenario, library, year, by=year + asked.years)
        return answer_deficit(steps, how="mode")

    def _sovereignty(self) -> pd.DataFrame:
        """Process sovereignty of the economy that is asked about, as it is without a plan."""
        one = self.courses[0]
        economies = [self.library.economy] if self.library.economy else []
        return sovereignty(one.setup.chain, self.asked.scenarios[0][0], economies)

    def _marginal(self) -> list[Row]:
        if not self.front:
            return []
        grounds = Grounds(self.picks.time, self.picks.competitiveness, self.front)
        budget = self.money.budget
        return marginal_rows(
            self.scene, self.judge, self._few, self.base, grounds, budget, self.clock, self.steps.step
        )

    @cached_property
    def _few(self) -> Few:
        """One world of each scenario and strike."""
        firsts: dict[int, int] = {}
        for place, course in enumerate(self.courses):
            firsts.setdefault(id(course.setup), place)
        return Few.of(self.instance, list(firsts.values()))

    def _order(self) -> list[Row]:
        measures = [start.measure for plan in self.front for start in starts_of(plan.sizes, self.scene)]
        earliest = min(course.strike_on for course in self.courses)
        return order_rows(measures, self.library, self.asked.decided, earliest)

    def _robustness(self) -> list[Row]:
        if not self.front:
            return []
        cheap = sorted(self.front, key=lambda plan: (self._cost(plan), plan.key))
        budgets = {factor: chosen for factor in FACTORS if (chosen := self._at_budget(factor)) is not None}
        return list(robustness_rows(self.scene, self.base, cheap, budgets))

    def _at_budget(self, factor: float) -> Chosen | None:
        """The plan of most days and the plan of most competitiveness with another budget."""
        if self.clock.over:
            self.cut.append(f"budget × {factor:g}")
            return None
        few = self._few.kept
        other = replace(few.instance, budget=self.money.limits(factor))
        found = levels(priced(few, other), self.scene.held_by, self.clock, self.steps.step)
        plans = list(self.front) if factor >= 1.0 else []  # still to be had with more money
        for level in found[:1] + found[1:][-1:]:  # the two ends of the front
            judged = self.judge.judged(level.sizes)
            plans.append(self._plan(f"budget-{factor:g}", "front", both("plan_none"), level.sizes, judged))
        if not plans:
            return None
        points = [
            gained(Judged(p.time, p.share), self.base, self.instance, self.scene.held_by) for p in plans
        ]
        by_days = max(range(len(plans)), key=lambda at: points[at][0])
        by_share = max(range(len(plans)), key=lambda at: points[at][1])
        return Chosen(plans[by_days], plans[by_share])

    def _assumptions(self, without: Told) -> list[Row]:
        """Ranges of the worlds, with their rank correlation with lost output, and those of the measures."""
        setup = self.courses[0].setup
        values = drawn_values(self.scene)
        ranges = setup.ranges[setup.ranges["parameter"].isin(values)]
        texts = parameter_labels(ranges["parameter"], setup.chain, setup.scenario)
        kept = ["parameter", "low", "mode", "high", "unit", "source", "grade", "note"]
        rows = [
            {
                **{name: cells[name] for name in kept},
                **{f"label_{lang}": texts[lang][place] for lang in LANGS},
                "effect": rank_correlation(values[str(cells["parameter"])], without.loss),
            }
            for place, cells in enumerate(ranges.to_dict("records"))
        ]
        rows.sort(key=lambda row: (-abs(row["effect"]), str(row["parameter"])))
        ranked = [{**row, "rank": rank} for rank, row in enumerate(rows, start=1)]
        return [*ranked, *measure_assumptions(self.scene)]

    def _notes(self, rows: Sequence[Row]) -> list[dict[str, str]]:
        found = [*conventions(self.scene, self.basis, len(self.ends.weights)), *library_notes(self.scene)]
        found += plan_notes(rows)
        if not self.front:
            found.append(note("nothing", "warning", "respond_nothing"))
        if self.cut:
            what = ", ".join(self.cut)
            found.append(
                note("cut-short", "warning", "respond_cut_short", seconds=f"{self.limit:g}", what=what)
            )
        return found

    def _finished(self, tables: dict[str, pd.DataFrame]) -> RespondAnswer:
        """The answer with its manifest."""
        budget = {
            "budget": self.money.budget,
            "per_year": None if self.money.per_year is None else [float(x) for x in self.money.per_year],
        }
        limits = {"alpha": self.scene.alpha, "held_by": self.scene.held_by}
        processes = list(self.ends.processes)
        manifest = manifest_of(
            self.asked, self.library, tables, budget | limits, len(self.courses), processes
        )
        return RespondAnswer(manifest, self.asked.chain, MappingProxyType(tables))


def _with_beaten(rows: list[Row]) -> list[Row]:
    """Rows of ``plans`` in which a plan of the front says so when another beats it in the simulator."""
    front = [place for place, row in enumerate(rows) if row["role"] == "front"]
    found = beaten([(rows[place]["sim_time_gained_d"], rows[place]["sim_share"]) for place in front])
    said = {front[place]: rows[front[other]]["plan"] for place, other in found.items()}
    return [
        row | {"note": "|".join(filter(None, [row["note"], f"beaten-{row['plan']}-{said[place]}"]))}
        if place in said
        else row
        for place, row in enumerate(rows)
    ]

"""From plans to the rows a reader sees: what each costs, when it is ready, what it brings in each world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from meguri.respond.confirm import Told, agrees
from meguri.respond.measures import Library
from meguri.respond.options import Menu, working
from meguri.respond.regret import held_gain, weighted
from meguri.respond.risk import cvar, regrets
from meguri.respond.schemes import Net, net_cost
from meguri.respond.worlds import YEAR, Asked, Course
from meguri.respond.written import merged

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """A set of sizes and what the optimiser says of it; axes (world,)."""

    key: str
    role: str
    label: Mapping[Any, str]  # language → shown name
    sizes: Mapping[str, float]  # option → size
    time: Floats  # [d] until the first process falls short, at most the horizon
    share: Floats  # [1]
    loss: Floats  # [d of plan]
    bound: float = float("nan")
    gap: float = float("nan")


@dataclass(frozen=True)
class Scene:
    """What every table needs to know."""

    asked: Asked
    library: Library
    menu: Menu
    courses: Sequence[Course]
    alpha: float
    held_by: float
    per_year: Floats  # (year,) [JPY]
    begun: dict[Any, list[Start]] = field(default_factory=dict)  # starts of plans already asked about

    @property
    def chance(self) -> Floats:
        """Probability of each world."""
        return np.array([course.probability for course in self.courses])


@dataclass(frozen=True)
class Start:
    """One measure begun in one year of a plan, with its money and dates."""

    measure: str
    year: int
    size: float
    net: Net
    works: Floats  # (year,) part of each year in which it works

    def by_year(self, part: str) -> Floats:
        """Money of the firm or the state in each year of the plan [JPY]."""
        spent = getattr(self.net, part)
        money = spent.running * self.works
        money[self.year] += spent.once
        return np.asarray(money)


def starts_of(sizes: Mapping[str, float], scene: Scene) -> list[Start]:
    """Measures a plan begins, year by year."""
    key = tuple(sorted(sizes.items()))
    if key not in scene.begun:
        scene.begun[key] = _starts(sizes, scene)
    return scene.begun[key]


def _starts(sizes: Mapping[str, float], scene: Scene) -> list[Start]:
    sums: dict[tuple[str, int], float] = {}
    for choice, size in merged(sizes, scene.menu.choices):
        sums[choice.measure, choice.year] = sums.get((choice.measure, choice.year), 0.0) + size
    found: list[Start] = []
    for (measure, year), size in sorted(sums.items(), key=lambda item: (item[0][1], item[0][0])):
        day = scene.asked.decided + dt.timedelta(days=YEAR * year)
        entered = any(start.measure == measure for start in found)
        net = net_cost(scene.library, measure, size, day.isoformat(), entered=entered)
        works = working(scene.library.measure(measure), year, scene.asked.years)
        found.append(Start(measure, year, size, net, works))
    return found


def plan_row(plan: Plan, base: Plan, told: Told | None, scene: Scene, note: str = "") -> Row:
    """One row of ``plans``."""
    starts, chance, horizon = starts_of(plan.sizes, scene), scene.chance, float(scene.asked.horizon)
    firm = sum(float(start.by_year("firm").sum()) for start in starts)
    state = sum(float(start.by_year("state").sum()) for start in starts)
    share, before = float(chance @ plan.share), float(chance @ base.share)
    time = weighted(plan.time, chance, 0.5)
    row: Row = {
        "plan": plan.key,
        **{f"label_{lang}": text for lang, text in plan.label.items()},
        "role": plan.role,
        "cost": firm + state,
        "cost_firm": firm,
        "cost_state": state,
        "time_d": time,
        "time_low": weighted(plan.time, chance, 0.1),
        "time_high": weighted(plan.time, chance, 0.9),
        "time_gained_d": held_gain(plan.time, base.time, chance, horizon, scene.held_by),
        "share": share,
        "share_low": weighted(plan.share, chance, 0.1),
        "share_high": weighted(plan.share, chance, 0.9),
        "share_gained": share - before,
        "loss_d": float(chance @ plan.loss),
        "cvar_d": cvar(plan.loss, chance, scene.alpha),
        "ready_on": max((dates(start, scene)["full_on"] for start in starts), default=""),
        "bound": plan.bound,
        "gap": plan.gap,
        "note": note,
    }
    if told is None:
        return row
    sim_time, sim_share = weighted(told.time, chance, 0.5), float(chance @ told.share)
    confirmed = agrees(time, share, sim_time, sim_share, horizon)
    stops, likely = told.stops_first(chance)
    nodes = scene.asked.chain.nodes
    named = nodes[nodes["node"] == stops].to_dict("records")
    first = {f"first_{key}": one[key] for one in named for key in ("label_en", "label_ja")}
    first |= {"first_process": stops, "first_share": likely} if stops else {}
    return row | first | {"sim_time_d": sim_time, "sim_share": sim_share, "confirmed": confirmed}


def dates(start: Start, scene: Scene) -> dict[str, str]:
    """When a start is decided, works, works in full, and expires, by its modes."""
    info = scene.library.measure(start.measure)
    decided = scene.asked.decided + dt.timedelta(days=YEAR * start.year)
    ready = decided + dt.timedelta(days=round(float(info["lead_d"])))
    full = ready + dt.timedelta(days=round(float(np.nan_to_num(float(info["ramp_d"])))))
    life = float(info["life_a"])
    expires = "" if np.isnan(life) else (ready + dt.timedelta(days=round(life * YEAR))).isoformat()
    return {
        "starts_on": decided.isoformat(),
        "ready_on": ready.isoformat(),
        "full_on": full.isoformat(),
        "expires_on": expires,
    }


def measure_rows(plan: Plan, scene: Scene) -> Iterator[Row]:
    """Rows of ``plan_measures``."""
    for start in starts_of(plan.sizes, scene):
        info = scene.library.measure(start.measure)
        firm, state = (float(start.by_year(part).sum()) for part in ("firm", "state"))
        yield {
            "plan": plan.key,
            **{name: info[name] for name in ("measure", "label_en", "label_ja", "kind", "owner")},
            "year": start.year,
            "size": start.size,
            "unit": info["unit"],
            "cost": firm + state,
            "cost_firm": firm,
            "cost_state": state,
            "running": start.net.firm.running + start.net.state.running,
            "scheme": start.net.scheme,
            **dates(start, scene),
            "grade": info["grade"],
        }


def year_rows(plan: Plan, scene: Scene) -> Iterator[Row]:
    """Rows of ``plan_years``: money by year of the plan, with the Japanese fiscal year it begins in."""
    starts = starts_of(plan.sizes, scene)
    none = np.zeros(scene.asked.years)
    firm, state = (
        np.sum([start.by_year(part) for start in starts], axis=0) if starts else none
        for part in ("firm", "state")
    )
    for year in range(scene.asked.years):
        yield {
            "plan": plan.key,
            "year": year,
            "fiscal": fiscal_year(scene.asked.decided + dt.timedelta(days=YEAR * year)),
            "cost": float(firm[year] + state[year]),
            "cost_firm": float(firm[year]),
            "cost_state": float(state[year]),
            "budget": float(scene.per_year[year]),
        }


def fiscal_year(day: dt.date) -> int:
    """Japanese fiscal year of a day: April to March.

    Examples
    --------
    >>> fiscal_year(dt.date(2026, 3, 31)), fiscal_year(dt.date(2026, 4, 1))
    (2025, 2026)
    """
    return day.year if day.month >= 4 else day.year - 1


def world_rows(plans: Sequence[Plan], told: Mapping[str, Told], scene: Scene) -> Iterator[Row]:
    """Rows of ``plan_worlds``; regret is taken against the best of these plans in each world."""
    late = regrets(np.array([plan.time for plan in plans]))
    less = regrets(np.array([plan.share for plan in plans]))
    for place, plan in enumerate(plans):
        simulated = told.get(plan.key)
        for world, course in enumerate(scene.courses):
            yield {
                "plan": plan.key,
                "world": course.name,
                "scenario": course.scenario.name,
                "probability": course.probability,
                "strike_on": course.strike_on.isoformat(),
                "time_d": float(plan.time[world]),
                "share": float(plan.share[world]),
                "loss_d": float(plan.loss[world]),
                "sim_time_d": None if simulated is None else float(simulated.time[world]),
                "sim_share": None if simulated is None else float(simulated.share[world]),
                "first_process": "" if simulated is None else simulated.first[world],
                "regret_time_d": float(late[place, world]),
                "regret_share": float(less[place, world]),
            }


def risk_rows(plan: Plan, scene: Scene) -> Iterator[Row]:
    """Rows of ``risks``: what each measure of a plan brings with it."""
    for measure in dict.fromkeys(start.measure for start in starts_of(plan.sizes, scene)):
        for row in scene.library.rows("risks", measure).to_dict("records"):
            kept = {name: row[name] for name in ("measure", "risk", "direction", "note")}
            yield {"plan": plan.key, **kept}


def scheme_rows(plans: Sequence[Plan], scene: Scene) -> list[Row]:
    """Rows of ``schemes``: the public schemes that pay a part of some plan, as the library holds them."""
    used = {start.net.scheme for plan in plans for start in starts_of(plan.sizes, scene)}
    schemes = scene.library.schemes
    return [
        {str(key): cell for key, cell in row.items()}
        for row in schemes[schemes["scheme"].isin(used - {""})].to_dict("records")
    ]

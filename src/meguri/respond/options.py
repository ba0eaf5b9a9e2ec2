"""From the library's measures to what the optimiser may choose: one option for each year of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.respond.instance import Effect, EffectKind, Option, Rule
from meguri.respond.measures import Library, available
from meguri.respond.worlds import YEAR, Asked, Course
from meguri.shock.arrays import Layout
from meguri.shock.sample import latin_hypercube

Floats = npt.NDArray[np.float64]
_SEED = 7919  # draws of measures are no draws of the world


class Terms(NamedTuple):
    """When one measure works in one world."""

    lead: float  # [d] from the decision to the first effect
    ramp: float  # [d]
    life: float  # [a]; nan = no end known


@dataclass(frozen=True)
class Choice:
    """One option and where it comes from."""

    option: Option
    measure: str
    year: int
    segment: int = 0  # of its cost curve
    beforehand: str = ""  # measure that qualifies its product before users ask for it

    @property
    def cost(self) -> Floats:
        """Money per unit of size in each year."""
        return self.option.unit


@dataclass(frozen=True)
class Menu:
    """All options, their rules, and why measures of the library are not among them."""

    choices: tuple[Choice, ...]
    rules: tuple[Rule, ...]
    reasons: dict[str, str]  # measure → key of entry_reasons

    @property
    def options(self) -> tuple[Option, ...]:
        """What the optimiser is given."""
        return tuple(choice.option for choice in self.choices)

    def of(self, measure: str) -> list[Choice]:
        """The options of one measure."""
        return [choice for choice in self.choices if choice.measure == measure]


class Drawn:
    """Ranged numbers of the measures, drawn once for each course of events."""

    def __init__(self, library: Library, courses: Sequence[Course], seed: int) -> None:
        self.ranges = measure_ranges(library)
        values = latin_hypercube(self.ranges, len(courses), seed + _SEED)
        self._values = dict(zip(self.ranges["parameter"], values.T, strict=True))

    def number(self, parameter: str, mode: float, world: int) -> float:
        """A number in one world; as given where it has no range."""
        found = self._values.get(parameter)
        return mode if found is None else float(found[world])

    def terms(self, measure: dict[str, Any], world: int) -> Terms:
        """When a measure works in one world."""
        lead, ramp, life = (
            self.number(f"{measure['measure']}.{name}", float(measure[name]), world)
            for name in ("lead_d", "ramp_d", "life_a")
        )
        return Terms(lead, 0.0 if np.isnan(ramp) else ramp, life)

    def per_unit(self, row: dict[str, Any], world: int) -> float:
        """What one unit of size brings in one world."""
        return self.number(effect_parameter(row), float(row["per_unit"]), world)


def effect_parameter(row: dict[str, Any]) -> str:
    """Name of the number that says what one unit of a measure brings; places share one draw."""
    what = row["input"] or row["product"] or row["supplier"] or row["node"]
    return f"{row['measure']}.{row['effect']}.{what}.per_unit"


def measure_ranges(library: Library) -> pd.DataFrame:
    """Every ranged number of the library by which measures work; cost ranges stand beside, undrawn."""
    rows: dict[str, dict[str, Any]] = {}
    units = {"lead_d": "d", "ramp_d": "d", "life_a": "a"}
    for measure in library.measures.to_dict("records"):
        for name, unit in units.items():
            _add_range(rows, f"{measure['measure']}.{name}", measure, name, unit)
    for effect in library.effects.to_dict("records"):
        _add_range(rows, effect_parameter(_plain(effect)), effect, "per_unit", "")
    columns = ["parameter", "low", "mode", "high", "unit", "source", "grade", "note"]
    found = pd.DataFrame(list(rows.values()), columns=columns)
    return found.sort_values("parameter", ignore_index=True)


def _add_range(rows: dict[str, dict[str, Any]], parameter: str, row: Any, name: str, unit: str) -> None:
    low, mode, high = (float(row[f"{name}{end}"]) for end in ("_low", "", "_high"))
    if parameter not in rows and low < high:
        evidence = {key: row[key] for key in ("source", "grade", "note")}
        rows[parameter] = {
            "parameter": parameter, "low": low, "mode": mode, "high": high, "unit": unit, **evidence
        }  # fmt: skip


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def begins(
    row: dict[str, Any], terms: Terms, year: int, course: Course, asked: Asked, paid: float | None
) -> float:
    """Days from the decision until an effect may begin.

    A product its user has yet to qualify waits, unless that was paid for beforehand (``paid``: day from
    the decision on which it is done), until buyers have reacted to the control and qualified it: like
    any other alternative.
    """
    ready = year * YEAR + terms.lead
    needs = float(row["qualification_d"])
    if row["effect"] != "supply" or np.isnan(needs):
        return ready
    if paid is not None:
        return max(ready, paid)
    react = course.draw.field(course.row, "react", course.scenario.react)
    return max(ready, float((course.strike_on - asked.decided).days) + react + needs)


def shares(
    row: dict[str, Any], terms: Terms, begun: float, course: Course, asked: Asked, days: int
) -> Floats:
    """Share of an effect that works on each day from the first day of the control; axes (day,)."""
    since = float((course.strike_on - asked.decided).days)
    at = since + np.arange(days, dtype=float)
    kind = row["effect"]
    if kind in ("stock", "reserve"):
        there = available(begun, terms.ramp, terms.life, 0, [since], "linear")
        return np.repeat(there, days)
    if kind in ("qualify", "knowledge"):
        return available(begun, 0.0, terms.life, 0, at)
    risen = available(begun, terms.ramp, terms.life, 0, at, "saturating")
    if kind != "supply":
        return risen
    works = available(begun, 0.0, terms.life, 0, at)
    first = first_yield(row, terms)
    return np.asarray(works * (first + (1.0 - first) * risen))


def first_yield(row: dict[str, Any], terms: Terms) -> float:
    """Usable share on the first day; where nothing is said, a ramp begins at nothing."""
    said = float(row["first_yield"])
    if not np.isnan(said):
        return said
    return 0.0 if terms.ramp > 0 else 1.0


@dataclass(frozen=True)
class Spots:
    """Numbers of the places of a chain in the kernel's order, by name."""

    country: dict[str, set[str]]  # → nodes
    node: dict[str, int]
    slot: dict[tuple[str, str], int]  # node and input
    taken: dict[str, list[tuple[str, int]]]  # input → node and slot
    link: dict[tuple[str, str], int]  # supplier and customer, not yet qualified
    reserve: dict[str, int]  # product

    @classmethod
    def of(cls, layout: Layout, reserves: Sequence[str]) -> Spots:
        """Read off the rows of a layout; ``reserves`` are the products of the scenario's reserves."""
        nodes, slots, links = layout.nodes, layout.slots, layout.links
        country: dict[str, set[str]] = {}
        for name, place in zip(nodes["node"], nodes["country"], strict=True):
            country.setdefault(place, set()).add(name)
        taken: dict[str, list[tuple[str, int]]] = {}
        pairs = list(zip(slots["node"], slots["input"], strict=True))
        for at, (name, good) in enumerate(pairs):
            taken.setdefault(good, []).append((name, at))
        ends = zip(links["supplier"], links["customer"], links["qualified"], strict=True)
        return cls(
            country=country,
            node={name: at for at, name in enumerate(nodes["node"])},
            slot={pair: at for at, pair in enumerate(pairs)},
            taken=taken,
            link={(giver, user): at for at, (giver, user, known) in enumerate(ends) if not known},
            reserve={product: at for at, product in enumerate(reserves)},
        )

    def places(self, row: dict[str, Any]) -> tuple[int, ...]:
        """Numbers of the slots, links, nodes or reserve on which an effect acts."""
        kind = row["effect"]
        if kind == "supply":
            here = {row["node"]} if row["node"] else self.country.get(row["country"], set())
            return tuple(at for name, at in self.taken.get(row["product"], []) if name in here)
        found = {
            "stock": self.slot.get((row["node"], row["input"])),
            "saving": self.slot.get((row["node"], row["input"])),
            "qualify": self.link.get((row["supplier"], row["node"])),
            "reserve": self.reserve.get(row["product"]),
        }.get(kind, self.node.get(row["node"]))
        return () if found is None else (found,)


class _Builder:
    """Everything one option needs to know."""

    def __init__(
        self, asked: Asked, library: Library, courses: Sequence[Course], drawn: Drawn, steps: Floats
    ) -> None:
        self.asked, self.library, self.courses, self.drawn, self.steps = asked, library, courses, drawn, steps
        self.layout = courses[0].setup.layout
        self.reserves = [reserve.product for reserve in courses[0].scenario.reserves]
        self.days = max(round(float(steps.sum())), asked.window[1])
        self.firsts = np.concatenate([[0], np.cumsum(steps)[:-1]]).astype(int)
        self.rows = {
            key: [_plain(row) for row in part.to_dict("records")]
            for key, part in library.effects.groupby("measure", sort=False)
        }
        self.infos = {row["measure"]: _plain(row) for row in library.measures.to_dict("records")}
        self.priced = {
            key: [_plain(row) for row in part.to_dict("records")]
            for key, part in library.costs.groupby("measure", sort=False)
        }
        self.spots = Spots.of(self.layout, self.reserves)
        self.created = {
            row["supplier"]
            for rows in self.rows.values()
            for row in rows
            if row["effect"] == "supply" and row["supplier"]
        }

    def effects(self, measure: dict[str, Any], year: int, before: dict[str, Any] | None) -> list[Effect]:
        """Effects of a measure begun in a year; ``before`` qualifies its product beforehand."""
        grouped: dict[tuple[Any, ...], tuple[dict[str, Any], list[int]]] = {}
        for row in self.rows.get(measure["measure"], []):
            if row["effect"] == "unknown" or np.isnan(float(row["per_unit"])):
                continue
            if row["effect"] == "qualify" and row["supplier"] in self.created:
                continue  # works through the supply that requires it
            key = (row["effect"], row["input"], row["product"], row["supplier"], float(row["per_unit"]))
            _, at = grouped.setdefault(key, (row, []))
            at += self.spots.places(row)
        return [
            found
            for row, at in grouped.values()
            if at and (found := self.effect(measure, row, tuple(sorted(set(at))), year, before)) is not None
        ]

    def effect(
        self,
        measure: dict[str, Any],
        row: dict[str, Any],
        at: tuple[int, ...],
        year: int,
        before: dict[str, Any] | None,
    ) -> Effect | None:
        """One effect over all worlds; ``None`` where it works in none."""
        per_unit = float(row["per_unit"])
        there = np.zeros((len(self.courses), self.steps.size))
        lasting = np.zeros(len(self.courses))
        window = slice(*self.asked.window)
        for world, course in enumerate(self.courses):
            terms = self.drawn.terms(measure, world)
            paid = None if before is None else year * YEAR + self.drawn.terms(before, world).lead
            begun = begins(row, terms, year, course, self.asked, paid)
            daily = shares(row, terms, begun, course, self.asked, self.days)
            daily = daily * (self.drawn.per_unit(row, world) / per_unit if per_unit > 0 else 1.0)
            there[world] = np.add.reduceat(daily[: int(self.steps.sum())], self.firsts) / self.steps
            lasting[world] = daily[window].mean()
        if not there.any() and not lasting.any():
            return None
        kind: EffectKind = row["effect"]
        return Effect(kind, at, per_unit, there, lasting)

    def costs(self, measure: str, year: int) -> tuple[list[tuple[float, float, Floats]], Floats]:
        """Segments of the cost curve (from, to, money per unit in each year), and the fixed money."""
        info, rows = self.infos[measure], self.priced.get(measure, [])
        works, once = working(info, year, self.asked.years), np.zeros(self.asked.years)
        once[year] = 1.0
        lumps = {row["cost"]: 0.0 for row in rows}
        for row in rows:
            lumps[row["cost"]] += float(row["amount"])
        fixed = once * (lumps.get("fixed", 0.0) + lumps.get("entry", 0.0))
        fixed = fixed + works * lumps.get("running_fixed", 0.0)
        size = float(info["size_max"])
        units = [row for row in rows if row["cost"] in ("unit", "running_unit")]
        starts = sorted({0.0, *(float(row["step_from"]) for row in units if row["step_from"] < size)})
        found = [
            (start, end, once * _at(units, "unit", start) + works * _at(units, "running_unit", start))
            for start, end in zip(starts, [*starts[1:], size], strict=True)
        ]
        return found, fixed


def working(measure: dict[str, Any], year: int, years: int) -> Floats:
    """Part of each year of the plan in which a measure begun in a year works, by its modes.

    Examples
    --------
    >>> working({"lead_d": 547.5, "life_a": 2.0}, 0, 5).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    ready, life = year + float(measure["lead_d"]) / YEAR, float(measure["life_a"])
    until = np.inf if np.isnan(life) else ready + life
    each = np.arange(years, dtype=float)
    return np.clip(np.minimum(each + 1.0, until) - np.maximum(each, ready), 0.0, 1.0)


def _at(rows: Sequence[dict[str, Any]], cost: str, start: float) -> float:
    """Cost of a further unit above a size."""
    below = [row for row in rows if row["cost"] == cost and row["step_from"] <= start]
    return float(max(below, key=lambda row: row["step_from"])["amount"]) if below else 0.0


def menu(asked: Asked, library: Library, courses: Sequence[Course], drawn: Drawn, steps: Floats) -> Menu:
    """Every measure of the library in every year of the plan in which it can still do anything.

    Parameters
    ----------
    asked : Asked
        Decision, years and strikes.
    library : Library
        Measures that fit the chain.
    courses : sequence of Course
        The worlds, in the order of the instance.
    drawn : Drawn
        Ranged numbers of the measures in each world.
    steps : array (step,) [d]
        Lengths of the optimiser's steps from the first day of the control.
    """
    builder = _Builder(asked, library, courses, drawn, steps)
    requires, excludes = _rules_of(library)
    needed = {other for others in requires.values() for other in others}
    needed |= {one for key in library.measures["measure"] for one in _qualifiers(builder, key)}
    choices: list[Choice] = []
    reasons: dict[str, str] = {}
    for measure in library.measures.to_dict("records"):
        info = _plain(measure)
        made = [choice for year in range(asked.years) for choice in _choices(builder, info, year)]
        if not any(choice.option.effects for choice in made) and info["measure"] not in needed:
            reasons[info["measure"]] = _why_none(builder, info)
            continue
        choices += [choice for choice in made if choice.option.effects or info["measure"] in needed]
    return Menu(tuple(choices), tuple(_rules(choices, requires, excludes, library)), reasons)


def _why_none(builder: _Builder, measure: dict[str, Any]) -> str:
    """Why a measure has no option: nobody knows its effect, it acts on nothing here, or never in time."""
    if measure["scope"] == "unknown":
        return "unknown"
    rows = builder.rows.get(measure["measure"], [])
    acts = any(
        row["effect"] != "unknown" and float(row["per_unit"]) > 0 and builder.spots.places(row)
        for row in rows
    )
    return "not_ready" if acts else "no_effect"


def _choices(builder: _Builder, measure: dict[str, Any], year: int) -> Iterator[Choice]:
    """Options of a measure begun in one year: its cost segments, once more where qualified beforehand."""
    segments, fixed = builder.costs(measure["measure"], year)
    befores: list[str] = ["", *_qualifiers(builder, measure["measure"])]
    for before in befores:
        info = builder.infos[before] if before else None
        effects = tuple(builder.effects(measure, year, info))
        if before and not effects:
            continue
        for number, (start, end, unit) in enumerate(segments):
            name = f"{measure['measure']}@{year}" + (f"+{before}" if before else "")
            option = Option(
                name=name + (f"#{number}" if number else ""),
                measure=measure["measure"],
                year=year,
                size_max=end - start,
                unit=unit,
                fixed=fixed if number == 0 else np.zeros_like(fixed),
                effects=effects,
                whole="on-off" if bool(measure["whole"]) else "no",
            )
            yield Choice(option, measure["measure"], year, number, before)


def _qualifiers(builder: _Builder, measure: str) -> list[str]:
    """Measures that qualify beforehand a product this one supplies and its users have yet to qualify."""
    made = {
        row["supplier"]
        for row in builder.rows.get(measure, [])
        if row["effect"] == "supply" and row["supplier"] and not np.isnan(float(row["qualification_d"]))
    }
    found = [
        row["measure"]
        for rows in builder.rows.values()
        for row in rows
        if row["effect"] == "qualify" and row["supplier"] in made
    ]
    return list(dict.fromkeys(found))


def _rules_of(library: Library) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {"requires": {}, "excludes": {}}
    for row in library.rules.to_dict("records"):
        found[row["rule"]].setdefault(row["measure"], []).append(row["other"])
    return found["requires"], found["excludes"]


def _rules(
    choices: Sequence[Choice],
    requires: dict[str, list[str]],
    excludes: dict[str, list[str]],
    library: Library,
) -> Iterator[Rule]:
    """Prerequisites, conflicts, and that starts in several years share one largest size."""
    by: dict[str, list[Choice]] = {}
    for choice in choices:
        by.setdefault(choice.measure, []).append(choice)
    for choice in choices:
        name = choice.option.name
        for other in requires.get(choice.measure, []):
            before = [one.option.name for one in by.get(other, []) if one.year <= choice.year]
            yield Rule("requires", name, tuple(before))
        if choice.beforehand:
            same = [one.option.name for one in by[choice.beforehand] if one.year <= choice.year]
            yield Rule("requires", name, tuple(same))
        against = [one.option.name for other in excludes.get(choice.measure, []) for one in by.get(other, [])]
        if against:
            yield Rule("excludes", name, tuple(against))
        if choice.segment and choice.option.fixed.sum() == 0.0:
            yield Rule("requires", name, (name.rsplit("#", 1)[0],))
    for measure, mine in by.items():
        yield from _together(library.measure(measure), mine)


def _together(measure: dict[str, Any], mine: Sequence[Choice]) -> Iterator[Rule]:
    """Starts whose effects stand at the same time share one largest size; what has expired is renewed."""
    lasts = float(measure["life_a"]) + float(measure["lead_d"]) / YEAR
    until = np.inf if np.isnan(lasts) else max(lasts, 1.0)
    groups: list[set[str]] = []
    for year in sorted({one.year for one in mine}, reverse=True):
        group = {one.option.name for one in mine if one.year <= year < one.year + until}
        if len(group) > 1 and not any(group <= known for known in groups):
            groups.append(group)
    for group in groups:
        names = [one.option.name for one in mine if one.option.name in group]
        yield Rule("together", names[0], tuple(names[1:]), float(measure["size_max"]))

"""A plan written down as a scenario, so that the full simulator can run it in the same worlds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from meguri.base.units import DAYS_PER_YEAR
from meguri.respond.measures import Library, available
from meguri.respond.options import Choice, Drawn, Menu, Terms, effect_parameter, first_yield
from meguri.respond.worlds import YEAR, Asked
from meguri.scenario.fields import Range
from meguri.scenario.measures import AnyEffect, Capacity, Knowledge, Qualify, Saving, Stock, Supply
from meguri.scenario.schema import Release, Reserve, Scenario

Row = dict[str, Any]
NOTHING = 1e-7  # of the largest size: what a solver leaves of nothing
_DECISION = Range(14, 30, 60, "d")  # from running low to the first delivery; assumed
_COVER = Range(30, 30, 30, "d")


class Link(NamedTuple):
    """A number of the written scenario that follows a drawn number of the library."""

    parameter: str  # of the scenario
    source: str  # of the library
    mode: float  # of the library
    scale: float
    offset: float

    def value(self, drawn: Drawn, world: int) -> float:
        """What it is in one world."""
        return self.scale * drawn.number(self.source, self.mode, world) + self.offset


@dataclass(frozen=True)
class Part:
    """What one measure begun in one year puts into a national reserve."""

    row: Row  # effect of the library
    info: Row  # measure
    year: int
    size: float

    def held(self, terms: Terms, per_unit: float, at: float) -> float:
        """Tonnes that are there so many days after the decision."""
        begun = self.year * YEAR + terms.lead
        return self.size * per_unit * float(available(begun, terms.ramp, terms.life, 0, at, "linear"))

    @property
    def most(self) -> float:
        """Tonnes at most."""
        return self.size * _ends(self.row, "per_unit")[2]


@dataclass(frozen=True)
class Written:
    """A plan as a scenario takes it."""

    effects: tuple[AnyEffect, ...]
    reserves: Mapping[str, tuple[Part, ...]]  # product →
    links: tuple[Link, ...]
    at: float  # [d] from the decision to the first day of the control

    def into(self, scenario: Scenario) -> Scenario:
        """A scenario with the plan in it."""
        return scenario.model_copy(
            update={"measures": self.effects, "reserves": self.filled(scenario.reserves)}
        )

    def filled(self, reserves: tuple[Reserve, ...]) -> tuple[Reserve, ...]:
        """Reserves with what the plan puts into them: of several of one product into the last."""
        last = {one.product: at for at, one in enumerate(reserves)}
        return tuple(
            one.model_copy(update={"amount": self._filled(one)})
            if one.product in self.reserves and last[one.product] == at
            else one
            for at, one in enumerate(reserves)
        )

    def _filled(self, reserve: Reserve) -> Range:
        """From what the reserve has without the plan to all that the plan could put there."""
        parts, amount = self.reserves[reserve.product], reserve.amount
        there = sum(part.held(_modes(part.info), float(part.row["per_unit"]), self.at) for part in parts)
        most = sum(part.most for part in parts)
        return Range(amount.low, amount.mode + there, amount.high + most, amount.unit)

    def held(self, reserve: Reserve, before: float, drawn: Drawn, world: int) -> float:
        """Tonnes of a reserve in one world that holds so much without the plan."""
        parts = self.reserves.get(reserve.product, ())
        return before + sum(
            part.held(drawn.terms(part.info, world), drawn.per_unit(part.row, world), self.at)
            for part in parts
        )


def empty_reserves(library: Library) -> tuple[Reserve, ...]:
    """A national reserve with nothing in it for each product that a measure could hold one of.

    Released when the users' stocks cover less than a month, after a decision of two to eight weeks, no
    faster than they use it: assumptions, as no rule of release is public.
    """
    rows = library.effects[library.effects["effect"] == "reserve"]
    sizes = rows["measure"].map(library.measures.set_index("measure")["size_max"])
    fastest = (4.0 * sizes * rows["per_unit"]).groupby(rows["product"]).max()  # all of it in a quarter
    found = rows.drop_duplicates("product").to_dict("records")
    return tuple(
        Reserve(
            product=row["product"],
            country=row["country"] or library.economy,
            amount=Range(0, 0, 0, "t"),
            release=Release(cover_below=_COVER),
            decision=_DECISION,
            rate=_steady(float(fastest[row["product"]]), "t/a"),
            source=row["source"],
            grade="assumed",
        )
        for row in found
    )


def _steady(number: float, unit: str) -> Range:
    return Range(number, number, number, unit)


class _Writer:
    """Effects and their drawn numbers, gathered measure by measure."""

    def __init__(self, asked: Asked, library: Library, strike_on: dt.date) -> None:
        self.asked, self.library = asked, library
        self.at = float((strike_on - asked.decided).days)
        self.effects: list[AnyEffect] = []
        self.reserves: dict[str, list[Part]] = {}
        self.links: list[Link] = []

    def add(self, choice: Choice, size: float) -> None:
        """Everything a measure brings when this much of it is begun in one year."""
        info = self.library.measure(choice.measure)
        if self._over(choice.year, info):
            return
        grouped: dict[tuple[Any, ...], tuple[Row, list[str]]] = {}
        for cells in self.library.rows("effects", choice.measure).to_dict("records"):
            row = {str(key): cell for key, cell in cells.items()}
            if row["effect"] == "unknown" or np.isnan(float(row["per_unit"])):
                continue
            key = (row["effect"], row["input"], row["product"], row["supplier"], row["country"])
            grouped.setdefault(key, (row, []))[1].append(row["node"])
        for number, (row, nodes) in enumerate(grouped.values()):
            name = f"{choice.measure}-{choice.year}-{number}".replace(":", "-")
            name += f"-{choice.beforehand}" if choice.beforehand else ""
            self._effect(name, row, [node for node in nodes if node], choice, size, info)

    def _over(self, year: int, info: Row) -> bool:
        """Whether its life has ended before the control begins in every world."""
        longest = _ends(info, "lead_d")[2] + _longest(info) * DAYS_PER_YEAR
        return bool(year * YEAR + longest <= self.at)

    def _effect(self, name: str, row: Row, nodes: list[str], choice: Choice, size: float, info: Row) -> None:
        kind = row["effect"]
        common = self._common(name, info, choice.year, choice.measure, row)
        amount = self._amount(name, row, size)
        here: dict[str, Any] = {"nodes": tuple(nodes), "country": ()}
        risen = {} if kind in ("reserve", "knowledge", "qualify") else self._ramp(name, info)
        if kind == "stock":
            self._keep(Stock(kind=kind, input=row["input"], amount=amount("d"), **risen, **here, **common))
        elif kind == "reserve":
            self.reserves.setdefault(row["product"], []).append(Part(row, info, choice.year, size))
        elif kind == "saving":
            self._keep(Saving(kind=kind, input=row["input"], amount=amount("1"), **risen, **here, **common))
        elif kind == "capacity":
            self._keep(Capacity(kind=kind, amount=amount("t/a"), **risen, **here, **common))
        elif kind == "knowledge":
            self._keep(Knowledge(kind=kind, amount=amount("1"), **here, **common))
        elif kind == "supply":
            self._supply(name, row, nodes, choice, amount("t/a"), common | risen)
        elif row["supplier"] in self._suppliers():
            self._keep(Qualify(kind=kind, supplier=row["supplier"], nodes=tuple(nodes), **common))

    def _suppliers(self) -> list[str]:
        return list(self.asked.chain.nodes["node"])

    def _supply(
        self, name: str, row: Row, nodes: list[str], choice: Choice, amount: Range, common: Row
    ) -> None:
        """A supplier, and its being qualified beforehand where the plan pays for it."""
        needs = float(row["qualification_d"])
        first = first_yield(row, _modes(self.library.measure(choice.measure)))
        qualification = None if np.isnan(needs) else _steady(needs, "d")
        known = row["supplier"] in self._suppliers()
        self._keep(
            Supply(
                kind="supply",
                product=row["product"],
                amount=amount,
                supplier=row["supplier"] if known else None,
                qualification=qualification,
                first_yield=_steady(first, "1"),
                nodes=tuple(nodes),
                country=(row["country"],) if not nodes else (),
                **common,
            )
        )
        if choice.beforehand:
            before = self.library.measure(choice.beforehand)
            common = self._common(f"{name}-known", before, choice.year, choice.beforehand, row)
            common["life"] = None  # as long as the supply it is for
            self._keep(Qualify(kind="qualify", supplier=name, **common))

    def _keep(self, effect: AnyEffect) -> None:
        self.effects.append(effect)

    def _common(self, name: str, info: Row, year: int, measure: str, row: Row) -> Row:
        """Name, first day with its range, and evidence of an effect."""
        low, mode, high = _ends(info, "lead_d")
        start = self.asked.decided + dt.timedelta(days=year * YEAR + round(low))
        if low < high:
            late = Link(f"measures.{name}.late", f"{measure}.lead_d", mode, 1.0, -float(round(low)))
            self.links.append(late)
        short, life, long = (DAYS_PER_YEAR * end for end in _ends(info, "life_a"))
        if short < long:
            lasts = Link(
                f"measures.{name}.life", f"{measure}.life_a", life / DAYS_PER_YEAR, DAYS_PER_YEAR, 0.0
            )
            self.links.append(lasts)
        return {
            "id": name,
            "measure": measure,
            "start": start,
            "late": Range(0.0, mode - low, high - low, "d"),
            "life": Range(short, life, long, "d") if life > 0.0 else None,
            "source": row["source"],
            "grade": row["grade"],
            "note": row["note"],
        }

    def _ramp(self, name: str, info: Row) -> Row:
        low, mode, high = _ends(info, "ramp_d")
        if low < high:
            self.links.append(Link(f"measures.{name}.ramp", f"{info['measure']}.ramp_d", mode, 1.0, 0.0))
        return {"ramp": Range(low, mode, high, "d")}

    def _amount(self, name: str, row: Row, size: float) -> Any:
        low, mode, high = _ends(row, "per_unit")
        if low < high:
            self.links.append(Link(f"measures.{name}.amount", effect_parameter(row), mode, size, 0.0))
        return lambda unit: Range(low * size, mode * size, high * size, unit)


def _ends(row: Row, name: str) -> tuple[float, float, float]:
    """Low, mode and high of a number; the number itself where it has no range, 0 where it is unknown."""
    mode = float(np.nan_to_num(float(row[name])))
    low, high = (float(row[f"{name}{end}"]) for end in ("_low", "_high"))
    return (mode if np.isnan(low) else low), mode, (mode if np.isnan(high) else high)


def _modes(info: Row) -> Terms:
    """When a measure works by its modes."""
    lead, ramp, life = (float(info[name]) for name in ("lead_d", "ramp_d", "life_a"))
    return Terms(lead, 0.0 if np.isnan(ramp) else ramp, life)


def _longest(info: Row) -> float:
    """Longest life of a measure [a]; ``inf`` where no end is known."""
    return _ends(info, "life_a")[2] or np.inf


def written(
    sizes: Mapping[str, float], menu: Menu, asked: Asked, library: Library, strike_on: dt.date
) -> Written:
    """The effects of a plan as a scenario takes them, on the days of one strike.

    Parameters
    ----------
    sizes : dict
        Option → size.
    menu : Menu
        Where the options come from.
    asked, library : Asked, Library
        Decision and measures.
    strike_on : date
        First day of the control: what has expired by then is left out.
    """
    writer = _Writer(asked, library, strike_on)
    for choice, size in merged(sizes, menu.choices):
        writer.add(choice, size)
    reserves = {product: tuple(parts) for product, parts in writer.reserves.items()}
    return Written(tuple(writer.effects), reserves, tuple(writer.links), writer.at)


def merged(sizes: Mapping[str, float], choices: Sequence[Choice]) -> list[tuple[Choice, float]]:
    """Sizes with the segments of one cost curve put together."""
    found: dict[tuple[str, int, str], tuple[Choice, float]] = {}
    for choice in choices:
        size = sizes.get(choice.option.name, 0.0)
        if size <= NOTHING * choice.option.size_max:
            continue
        key = (choice.measure, choice.year, choice.beforehand)
        first, sum_ = found.get(key, (choice, 0.0))
        found[key] = first, sum_ + size
    return list(found.values())

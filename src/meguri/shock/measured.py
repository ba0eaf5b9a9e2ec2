"""What a plan brings in one run: its amounts and days drawn over their ranges, set into the numbers.

Dates are absolute: an effect works from its own day, whenever the control begins. Two things wait for
the control. A stock counts with the part that is there when it begins; a supplier whose users have yet
to qualify it is ready when they have reacted and qualified, or when the plan qualified it for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.units import DAYS_PER_YEAR
from meguri.scenario.fields import Range
from meguri.scenario.measures import Capacity, Effect, Knowledge, Qualify, Saving, Stock, Supply
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers, Wiring
from meguri.shock.requalify import reaction_day
from meguri.shock.sample import Draw

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_SOON = 1e-9  # [d] time constant of what is there at once


class Sites(NamedTuple):
    """Names the effects act on, in kernel order."""

    node: list[str]  # (node,)
    country: list[str]  # (node,)
    slot: list[tuple[str, str]]  # (slot,) node and input
    link: list[tuple[str, str, str]]  # (link,) supplier, customer and input


class _Run(NamedTuple):
    """One run as every effect needs it; the arrays of ``n`` are this run's own and are changed in place."""

    n: Numbers
    w: Wiring
    sites: Sites
    there: Floats  # (link,) [d] first day on which a plan's supplier is there at all
    scenario: Scenario
    draw: Draw
    number: int
    saved: dict[int, float]  # slot → share of its need that is saved already

    def drawn(self, effect: Effect, name: str) -> float:
        """A ranged number of an effect."""
        return _drawn(effect, name, self.draw, self.number)

    def first(self, effect: Effect) -> float:
        """Day on which an effect begins."""
        return first_day(effect, self.scenario, self.draw, self.number)


def sites_of(nodes: pd.DataFrame, slots: pd.DataFrame, links: pd.DataFrame) -> Sites:
    """Names out of the rows of a layout."""
    return Sites(
        nodes["node"].tolist(),
        nodes["country"].tolist(),
        list(zip(slots["node"].tolist(), slots["input"].tolist(), strict=True)),
        list(
            zip(links["supplier"].tolist(), links["customer"].tolist(), links["input"].tolist(), strict=True)
        ),
    )


def with_plan(n: Numbers, w: Wiring, sites: Sites, scenario: Scenario, draw: Draw, run: int) -> Numbers:
    """The numbers of one run with a scenario's plan set into them.

    Parameters
    ----------
    n, w : Numbers, Wiring
        The run without the plan, on a chain that :func:`meguri.structure.measured.with_measures` grew.
    sites : Sites
        Names in kernel order.
    scenario, draw, run : Scenario, Draw, int
        The plan and its drawn amounts.

    Returns
    -------
    Numbers
        With stocks, suppliers, savings and capacity of the plan; the world's numbers are untouched.
    """
    n = n._replace(**{name: getattr(n, name).copy() for name in _CHANGED})
    told = _Run(n, w, sites, np.full(n.ready.size, -np.inf), scenario, draw, run, {})
    for effect in scenario.measures:
        if isinstance(effect, Stock):
            _hold(told, effect)
        elif isinstance(effect, Capacity):
            n.capacity[_here(effect, sites)] += told.drawn(effect, "amount") / DAYS_PER_YEAR
        elif isinstance(effect, Saving):
            _save(told, effect)
        elif isinstance(effect, Supply):
            _offer(told, effect)
    for effect in scenario.measures:
        if isinstance(effect, Qualify):
            _qualify(told, effect)
    ready = np.maximum(n.ready, told.there)
    ripe = np.where(ready < 0.0, np.exp(np.minimum(ready, 0.0) / n.recovery), 1.0)  # it began before day 0
    return n._replace(ready=np.maximum(ready, 0.0), first_yield=1.0 - (1.0 - n.first_yield) * ripe)


_CHANGED = (
    "plan", "capacity", "final", "use", "stock", "target", "byproduct", "room", "potential", "ready",
    "first_yield", "recovery",
)  # fmt: skip


def first_day(effect: Effect, scenario: Scenario, draw: Draw, run: int) -> float:
    """Day of the run on which an effect begins to work; negative before the first day simulated."""
    return (effect.start - scenario.start).days + _drawn(effect, "late", draw, run)


def last_day(effect: Effect, scenario: Scenario, draw: Draw, run: int) -> float:
    """Day of the run from which an effect has expired; ``inf`` where it never does."""
    if effect.life is None:
        return np.inf
    return first_day(effect, scenario, draw, run) + _drawn(effect, "life", draw, run)


def _drawn(effect: Effect, name: str, draw: Draw, run: int) -> float:
    found: Range = getattr(effect, name)
    return draw.field(run, f"measures.{effect.id}.{name}", found)


def _here(effect: Stock | Saving | Supply | Capacity | Knowledge, sites: Sites) -> list[int]:
    """Nodes an effect names, one by one or by country."""
    return [
        place
        for place, (node, country) in enumerate(zip(sites.node, sites.country, strict=True))
        if node in effect.nodes or country in effect.country
    ]


def _hold(told: _Run, effect: Stock) -> None:
    """Raise the stock, and what is aimed at, where a national reserve serves the slot already."""
    n = told.n
    days = stock_days(effect, told.scenario, told.draw, told.number)
    for slot in _stocked(effect, told.w, told.sites):
        if _served(slot, told.w, told.sites, told.scenario):
            n.stock[slot] += days * n.use[slot]
            n.room[slot] += days * n.use[slot]
            n.target[slot] += days


def stock_days(effect: Stock, scenario: Scenario, draw: Draw, run: int) -> float:
    """Days of use of a planned stock that are there when the control begins."""
    struck = scenario.struck or scenario.counted_from
    day = (struck - scenario.start).days
    if day >= last_day(effect, scenario, draw, run):
        return 0.0
    since = day - first_day(effect, scenario, draw, run)
    ramp = _drawn(effect, "ramp", draw, run)
    part = float(since >= 0.0) if ramp <= 0.0 else min(max(since / ramp, 0.0), 1.0)
    return part * _drawn(effect, "amount", draw, run)


def _stocked(effect: Stock, w: Wiring, sites: Sites) -> list[int]:
    here = set(_here(effect, sites))
    return [
        slot
        for slot, (_, good) in enumerate(sites.slot)
        if good == effect.input and w.slot_node[slot] in here
    ]


def _served(slot: int, w: Wiring, sites: Sites, scenario: Scenario) -> bool:
    good, country = sites.slot[slot][1], sites.country[w.slot_node[slot]]
    return any(
        reserve.product == good and country in reserve.country and reserve.amount.high > 0.0
        for reserve in scenario.reserves
    )


def with_stocks(
    f: Filters, use: Floats, w: Wiring, sites: Sites, scenario: Scenario, draw: Draw, run: int
) -> Filters:
    """The filters of one run with the plan's stocks as reserves of their holders.

    From the day on which the control begins, whatever a holder lacks of its usual stock comes out of
    what it held beyond, without limit; what is gone is not rebuilt while goods are short. Otherwise a
    planned stock would go on changing who gets how much of them for years.

    Parameters
    ----------
    f : Filters
        The run without the plan's stocks.
    use : array (slot,) [t/d]
        Use at plan.
    w, sites : Wiring, Sites
        Connections, and names in kernel order.
    scenario, draw, run : Scenario, Draw, int
        The plan and its drawn amounts.
    """
    days: dict[int, float] = {}
    for effect in scenario.measures:
        if isinstance(effect, Stock):
            there = stock_days(effect, scenario, draw, run)
            for slot in _stocked(effect, w, sites):
                if there > 0.0 and not _served(slot, w, sites, scenario):
                    days[slot] = days.get(slot, 0.0) + there
    if not days:
        return f
    slots, many = list(days), len(days)
    struck = ((scenario.struck or scenario.counted_from) - scenario.start).days
    reserve_of = f.reserve_of.copy()
    reserve_of[slots] = np.arange(f.held.size, f.held.size + many)
    return f._replace(
        reserve_of=reserve_of,
        held=np.append(f.held, [days[slot] * use[slot] for slot in slots]),
        rate=np.append(f.rate, np.full(many, np.inf)),
        below=np.append(f.below, np.full(many, np.inf)),
        opens=np.append(f.opens, np.full(many, max(struck, 0), dtype=np.int64)),
        decide=np.append(f.decide, np.zeros(many, dtype=np.int64)),
    )


def _offer(told: _Run, effect: Supply) -> None:
    """A supplier's links share its amount by what their customers use."""
    n, w = told.n, told.w
    mine = list(_links_of(effect, told.sites))
    use = n.use[w.link_slot[mine]]
    whole = use.sum()
    parts = use / whole if whole > 0.0 else np.full(len(mine), 1.0 / max(len(mine), 1))
    n.potential[mine] = parts * told.drawn(effect, "amount") / DAYS_PER_YEAR
    if effect.supplier is None:
        offered = np.bincount(w.supplier[mine], n.potential[mine], minlength=n.capacity.size)
        n.capacity[:] = np.where(offered > 0.0, offered, n.capacity)
    told.there[mine] = np.ceil(told.first(effect))
    n.ready[mine] = -np.inf
    if effect.qualification is not None:
        begun = reaction_day(told.scenario, told.draw, told.number)
        n.ready[mine] = np.ceil(begun + told.drawn(effect, "qualification"))
    n.first_yield[mine] = told.drawn(effect, "first_yield")
    n.recovery[mine] = max(told.drawn(effect, "ramp"), _SOON)


def _links_of(effect: Supply, sites: Sites) -> Iterator[int]:
    country = dict(zip(sites.node, sites.country, strict=True))
    for link, (supplier, customer, good) in enumerate(sites.link):
        new = {effect.id, f"{effect.id}-{country[supplier].lower()}"}
        user = customer in effect.nodes or country[customer] in effect.country
        if supplier in ({effect.supplier} if effect.supplier else new) and user and good == effect.product:
            yield link


def _save(told: _Run, effect: Saving) -> None:
    """Savers deliver the share of the need that their user's own output would have used."""
    n, w = told.n, told.w
    share, ramp = told.drawn(effect, "amount"), told.drawn(effect, "ramp")
    number = {name: place for place, name in enumerate(told.sites.node)}
    for link, (supplier, customer, good) in enumerate(told.sites.link):
        if supplier != f"{effect.id}-{customer}" or good != effect.input:
            continue
        saver, user, slot = number[supplier], number[customer], int(w.link_slot[link])
        part = min(share, 1.0 - told.saved.get(slot, 0.0))  # several together save no more than all
        told.saved[slot] = told.saved.get(slot, 0.0) + part
        saved = part * n.use[slot]
        own = w.node_slots[saver]  # its one input
        n.plan[saver] = n.capacity[saver] = n.use[own] = n.potential[link] = saved
        n.final[saver] = n.stock[own] = n.target[own] = n.room[own] = 0.0
        n.byproduct[own] = saved / n.plan[user] if n.plan[user] > 0.0 else 0.0
        told.there[link], n.ready[link] = np.ceil(told.first(effect)), -np.inf
        n.first_yield[link], n.recovery[link] = float(ramp <= 0.0), max(ramp, _SOON)


def _qualify(told: _Run, effect: Qualify) -> None:
    """Bring forward the day on which customers have qualified a supplier of the plan or the chain."""
    n = told.n
    day, last = np.ceil(told.first(effect)), last_day(effect, told.scenario, told.draw, told.number)
    for link in _known_by(effect, told.scenario, told.sites):
        if n.potential[link] > 0.0 and last > 0.0:
            n.ready[link] = min(n.ready[link], day)


def _known_by(effect: Qualify, scenario: Scenario, sites: Sites) -> list[int]:
    """Links that are ready once an effect has qualified their supplier."""
    own = next((one for one in scenario.measures if one.id == effect.supplier), None)
    links = (
        list(_links_of(own, sites))
        if isinstance(own, Supply)
        else [place for place, (supplier, *_) in enumerate(sites.link) if supplier == effect.supplier]
    )
    return [link for link in links if not effect.nodes or sites.link[link][1] in effect.nodes]


def with_ends(f: Filters, unaided: Floats, sites: Sites, scenario: Scenario, draw: Draw, run: int) -> Filters:
    """The filters of one run in which nothing comes any more by links of effects that have expired.

    A supplier that was qualified by an effect delivers again when buyers have qualified it themselves.

    Parameters
    ----------
    f : Filters
        The run without ends.
    unaided : array (link,) [d]
        Day from which each link would be ready if no effect qualified it.
    sites, scenario, draw, run : Sites, Scenario, Draw, int
        Names in kernel order, the plan and its drawn amounts.
    """
    day = np.arange(scenario.days)
    qualified: dict[int, Bools] = {}
    gone: dict[int, Bools] = {}
    for effect in scenario.measures:
        last = last_day(effect, scenario, draw, run)
        if isinstance(effect, Qualify):
            stands = (day >= np.ceil(first_day(effect, scenario, draw, run))) & (day < last)
            for link in _known_by(effect, scenario, sites):
                qualified[link] = qualified.get(link, day >= unaided[link]) | stands
        elif isinstance(effect, Supply) and np.isfinite(last):
            gone |= dict.fromkeys(_links_of(effect, sites), day >= last)
        elif isinstance(effect, Saving) and np.isfinite(last):
            saved = [f"{effect.id}-{customer}" == supplier for supplier, customer, _ in sites.link]
            gone |= dict.fromkeys(np.flatnonzero(saved).tolist(), day >= last)
    for link, stands in qualified.items():
        gone[link] = gone.get(link, np.zeros(day.size, dtype=bool)) | ~stands
    return _closed(f, {link: shut for link, shut in sorted(gone.items()) if shut.any()})


def _closed(f: Filters, shut: dict[int, Bools]) -> Filters:
    """Filters in which some links let nothing through on some days; (day,) of each."""
    if not shut:
        return f
    group, links = f.group.copy(), list(shut)
    old = f.group[links]
    group[links] = f.limit.shape[1] + np.arange(len(links))
    limit = np.where(np.column_stack(list(shut.values())), 0.0, f.limit[:, old])
    return f._replace(
        group=group,
        limit=np.hstack([f.limit, limit]),
        delayed=np.hstack([f.delayed, f.delayed[:, old]]),
        delay=np.hstack([f.delay, f.delay[:, old]]),
    )


def capacity_courses(
    sites: Sites, capacity: Floats, scenario: Scenario, draw: Draw, run: int
) -> dict[int, Floats]:
    """Share of each extended node's capacity that works day by day while the extension comes on stream.

    Parameters
    ----------
    sites : Sites
        Names in kernel order.
    capacity : array (node,) [t/d]
        Without the plan.
    scenario, draw, run : Scenario, Draw, int
        The plan and its drawn amounts.

    Returns
    -------
    dict
        Node → path, axes (day,) [1]; 1 - what of (capacity + extension) is not there yet.
    """
    more: dict[int, Floats] = {}
    whole: dict[int, float] = {}
    day = np.arange(scenario.days)
    for effect in scenario.measures:
        if not isinstance(effect, Capacity):
            continue
        since = np.maximum(day - np.ceil(first_day(effect, scenario, draw, run)), -1.0)
        ramp = max(_drawn(effect, "ramp", draw, run), _SOON)
        stands = (since >= 0.0) & (day < last_day(effect, scenario, draw, run))
        works = np.where(stands, 1.0 - np.exp(-(since + (ramp <= _SOON)) / ramp), 0.0)
        amount = _drawn(effect, "amount", draw, run) / DAYS_PER_YEAR
        for node in _here(effect, sites):
            more[node] = more.get(node, np.zeros(day.size)) + amount * works
            whole[node] = whole.get(node, 0.0) + amount
    return {
        node: (capacity[node] + path) / (capacity[node] + whole[node])
        for node, path in more.items()
        if capacity[node] + whole[node] > 0.0
    }


def avoided(node: int, sites: Sites, scenario: Scenario, draw: Draw, run: int) -> Floats:
    """Share of what disruptions would take from a node that kept know-how avoids; axes (day,) [1]."""
    lost, day = np.ones(scenario.days), np.arange(scenario.days)
    for effect in scenario.measures:
        if isinstance(effect, Knowledge) and node in _here(effect, sites):
            kept = _drawn(effect, "amount", draw, run)
            begun = day >= np.ceil(first_day(effect, scenario, draw, run))
            stands = begun & (day < last_day(effect, scenario, draw, run))
            lost *= np.where(stands, 1.0 - kept, 1.0)
    return 1.0 - lost

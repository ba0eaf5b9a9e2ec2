"""From the tables of a chain to the arrays of the kernel; amounts in t and t/d."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.terms import suggest
from meguri.base.units import DAYS_PER_YEAR
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers, Wiring
from meguri.shock.measured import Sites, sites_of, with_plan
from meguri.shock.requalify import qualifying_days, ready_days
from meguri.shock.sample import Draw
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
_ESSENTIAL = {"essential": 2, "important": 1, "minor": 0}
_MEMORY = 10.0  # [d] a buyer notices within about two weeks that a supplier does not deliver
_LEVELS = 200  # rounds in which planned outputs settle; only circles need more than a chain has stages
_SETTLED = 1e-12  # [1] change of a planned output that no longer counts


@dataclass(frozen=True)
class Layout:
    """Rows of the chain in the order of the kernel, and where they came from.

    ``links`` are flows sorted by slot with columns supplier, customer, input, row (of ``flows``);
    ``slots`` are recipe rows sorted by node, with column row (of ``recipes``).
    """

    nodes: pd.DataFrame
    slots: pd.DataFrame
    links: pd.DataFrame
    wiring: Wiring

    @cached_property
    def order(self) -> dict[str, npt.NDArray[np.int64]]:
        """Row of each node, slot and link in its table of the chain."""
        sorted_rows = {"nodes": self.nodes, "recipes": self.slots, "flows": self.links}
        return {table: rows["row"].to_numpy(dtype=np.int64) for table, rows in sorted_rows.items()}

    @cached_property
    def qualified(self) -> npt.NDArray[np.bool_]:
        """Links that deliver from the first day; axes (link,)."""
        return self.links["qualified"].to_numpy(dtype=bool)

    @cached_property
    def sites(self) -> Sites:
        """Names the effects of a plan act on, in kernel order."""
        return sites_of(self.nodes, self.slots, self.links)


def lay_out(chain: Chain, months: npt.NDArray[np.int64]) -> Layout:
    """Connections of a chain as sorted tables and index arrays.

    Parameters
    ----------
    chain : Chain
        Checked tables.
    months : array (day,)
        Month of each day, counted from 0.
    """
    nodes = chain.nodes.reset_index(names="row").sort_values("node", ignore_index=True)
    number = {name: place for place, name in enumerate(nodes["node"])}
    recipes = chain.recipes.reset_index(names="row")
    recipes["holder"] = recipes["node"].map(number)
    slots = recipes.sort_values(["holder", "input"], ignore_index=True)
    slot_of = {key: place for place, key in enumerate(zip(slots["node"], slots["input"], strict=True))}
    flows = chain.flows.reset_index(names="row")
    product = dict(zip(nodes["node"], nodes["material"], strict=True))
    flows["input"] = flows["supplier"].map(product)
    flows["slot"] = [slot_of[key] for key in zip(flows["customer"], flows["input"], strict=True)]
    links = flows.sort_values(["slot", "supplier"], ignore_index=True)
    known = np.bincount(links.loc[links["qualified"], "slot"], minlength=len(slots)) > 0
    host = slots["host"].map(number).fillna(-1).to_numpy(dtype=np.int64)
    wiring = Wiring(
        supplier=links["supplier"].map(number).to_numpy(dtype=np.int64),
        link_slot=links["slot"].to_numpy(dtype=np.int64),
        slot_links=np.searchsorted(links["slot"], np.arange(len(slots) + 1)).astype(np.int64),
        slot_node=slots["holder"].to_numpy(dtype=np.int64),
        node_slots=np.searchsorted(slots["holder"], np.arange(len(nodes) + 1)).astype(np.int64),
        essential=slots["essentiality"].map(_ESSENTIAL).to_numpy(dtype=np.int64),
        open_slot=(~known & (host < 0)).astype(np.int64),
        host=host,
        month=months,
    )
    return Layout(nodes, slots, links, wiring)


def neutral(layout: Layout, days: int) -> Filters:
    """Filters of a run in which nothing is controlled, disrupted or answered; one column each.

    Parameters
    ----------
    layout : Layout
        For the number of links, slots and nodes.
    days : int
        Length of the run [d].
    """
    nodes, slots, links = (len(rows) for rows in (layout.nodes, layout.slots, layout.links))
    even, none = np.ones((days, 1)), np.zeros((0, 1))
    first = np.zeros(max(nodes, slots, links), dtype=np.int64)
    nobody = dict.fromkeys(("leakage", "front", "carry", "held", "rate", "below"), np.zeros(0))
    return Filters(
        group=first[:links],
        limit=np.full((days, 1), np.inf),
        delayed=np.zeros((days, 1)),
        delay=np.zeros((days, 1), dtype=np.int64),
        working_of=first[:nodes],
        working=even,
        kept_of=first[:nodes],
        kept=even,
        aim_of=first[:slots],
        aim=even,
        wanted_of=first[:nodes],
        wanted=even,
        quota=np.full(links, -1, dtype=np.int64),
        weight=np.zeros(links),
        period=np.zeros((0, days), dtype=np.int64),
        allotted=none,
        length=none,
        reserve_of=np.full(slots, -1, dtype=np.int64),
        opens=first[:0],
        decide=first[:0],
        **nobody,
    )


def numbers_of_run(layout: Layout, draw: Draw, run: int, scenario: Scenario) -> Numbers:
    """Amounts of one run.

    Recipes say how much a node needs, flows say from whom: shares of the flows times the need, so
    that a drawn amount never breaks the balance. A node asked for more than its drawn output plans
    for what is asked.
    """
    rows = _Rows(layout, draw, run)
    plans = _plans(rows, _demand(layout, draw, run, scenario))
    numbers = Numbers(
        **_of_nodes(rows, plans),
        **_of_slots(rows, plans),
        **_of_links(rows, plans, scenario),
        adjust=draw.field(run, "adjust", scenario.adjust),
        surge=draw.field(run, "surge", scenario.surge),
        memory=_MEMORY,
        stay=draw.field(run, "stay", scenario.stay),
        short_below=draw.field(run, "short_below", scenario.short_below),
    )
    if not scenario.measures:
        return numbers
    return with_plan(numbers, layout.wiring, layout.sites, scenario, draw, run)


class _Rows:
    """Columns of the chain's tables in one run, in the order of the kernel."""

    def __init__(self, layout: Layout, draw: Draw, run: int) -> None:
        self.w, self.draw, self.run = layout.wiring, draw, run
        self._order, self.qualified = layout.order, layout.qualified

    def node(self, name: str) -> Floats:
        return self.draw.column(self.run, "nodes", name)[self._order["nodes"]]

    def recipe(self, name: str) -> Floats:
        return self.draw.column(self.run, "recipes", name)[self._order["recipes"]]

    def flow(self, name: str) -> Floats:
        return self.draw.column(self.run, "flows", name)[self._order["flows"]]


class _Plans(NamedTuple):
    """Planned outputs and uses [t/d]: what is asked in the run, and in the chain's year."""

    plan: Floats  # (node,)
    use: Floats  # (slot,)
    year_plan: Floats  # (node,)
    year_use: Floats  # (slot,)
    delivered: Floats  # (link,)
    stands: Floats  # (node,) capacity in the chain's year


def _plans(rows: _Rows, demand: Floats) -> _Plans:
    """What is asked of everyone; the chain's year only where by-products or installed goods need it."""
    w, output, capacity, need = rows.w, rows.node("output"), rows.node("capacity"), rows.recipe("need")
    share = _shares(np.where(rows.qualified, rows.flow("amount"), 0.0), w)
    plan, use = year_plan, year_use = _settle(output * demand / DAYS_PER_YEAR, need, share, w)
    if (w.host >= 0).any() or (rows.recipe("life") > 0).any():
        year_plan, year_use = _settle(output / DAYS_PER_YEAR, need, share, w)
    stands = np.where(np.isnan(capacity), output, capacity) / DAYS_PER_YEAR
    return _Plans(plan, use, year_plan, year_use, share * use[w.link_slot], stands)


def _of_nodes(rows: _Rows, plans: _Plans) -> dict[str, Any]:
    sold = np.bincount(rows.w.supplier, plans.delivered, minlength=plans.plan.size)
    return {
        "plan": plans.plan,
        "capacity": np.maximum(plans.stands, plans.plan),
        "final": np.maximum(plans.plan - sold, 0.0),
    }


def _of_slots(rows: _Rows, plans: _Plans) -> dict[str, Any]:
    """Use, stocks, by-products and installed goods.

    A raised demand fills neither the stock of a by-product nor what is installed: at the start
    stands what the chain's year needs, enough for the capacity of that year.
    """
    w, stock, target = rows.w, rows.recipe("stock"), rows.recipe("target")
    target = np.where(np.isnan(target), stock, target)
    held = np.where(w.host >= 0, plans.year_use, plans.use)
    installed = np.nan_to_num(rows.recipe("life")) * plans.year_use
    before, after = np.maximum(plans.stands, plans.year_plan), np.maximum(plans.stands, plans.plan)
    grown = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    return {
        "use": plans.use,
        "loss": np.nan_to_num(rows.recipe("loss")),
        "stock": stock * held,
        "target": target,
        "byproduct": _per_host(plans.year_plan, plans.year_use, rows.recipe("spare"), w),
        "room": np.maximum(stock, target) * held,
        "life": np.where(installed > 0, np.nan_to_num(rows.recipe("life")), 0.0),
        "installed": installed,
        "full": installed * grown[w.slot_node],
    }


def _of_links(rows: _Rows, plans: _Plans, scenario: Scenario) -> dict[str, Any]:
    potential = np.where(rows.qualified, 0.0, rows.flow("amount") / DAYS_PER_YEAR)
    lead = np.nan_to_num(rows.flow("lead"), nan=1.0)
    customer = rows.w.slot_node[rows.w.link_slot]
    lasts = qualifying_days(
        customer, rows.flow("qualification"), rows.flow("effort"), potential, rows.node("engineers")
    )
    return {
        "amount": plans.delivered,
        "potential": potential,
        "lead": np.maximum(np.rint(lead), 1).astype(np.int64),
        "ready": ready_days(rows.qualified, lasts, scenario, rows.draw, rows.run),
        "first_yield": np.nan_to_num(rows.flow("first_yield"), nan=1.0),
        "recovery": np.maximum(np.nan_to_num(rows.flow("recovery"), nan=1.0), 1e-9),
    }


def _per_host(
    plan: Floats,
    use: Floats,
    spare: Floats,
    w: Wiring,
) -> Floats:
    """By-product that can be separated per tonne the host makes; axes (slot,) [t/t].

    ``plan`` and ``use`` are those of the chain's year: a by-product does not grow because more of it
    is asked for, only with its host (METHODS 2.1).
    """
    per_tonne = np.zeros_like(use)
    made = plan[w.host]
    np.divide(use * (1.0 + np.nan_to_num(spare)), made, out=per_tonne, where=(w.host >= 0) & (made > 0))
    return per_tonne


def _demand(layout: Layout, draw: Draw, run: int, scenario: Scenario) -> Floats:
    """What is asked of each node relative to the chain's year; axes (node,).

    Raises
    ------
    ModelError
        When the scenario asks for a product that no node makes.
    """
    asked = np.full(len(layout.nodes), draw.field(run, "demand", scenario.demand), dtype=float)
    for product, factor in (scenario.demand_of or {}).items():
        makers = (layout.nodes["material"] == product).to_numpy()
        if not makers.any():
            near = suggest(product, list(layout.nodes["material"])) or "…"
            raise ModelError(Problem("demand_product", f"demand_of.{product}", product, "", {"near": near}))
        asked[makers] *= draw.field(run, f"demand_of.{product}", factor)
    return asked


def _shares(amount: Floats, w: Wiring) -> Floats:
    """Share of each link in what its slot receives; axes (link,)."""
    total = np.bincount(w.link_slot, amount, minlength=w.slot_node.size)[w.link_slot]
    return np.divide(amount, total, out=np.zeros_like(amount), where=total > 0)


def _settle(
    plan: Floats,
    need: Floats,
    share: Floats,
    w: Wiring,
) -> tuple[Floats, Floats]:
    """Planned outputs [t/d] that cover what is asked, and the use of each slot [t/d].

    Raises
    ------
    ModelError
        When a circle of nodes uses more of its own product than it makes.
    """
    for _ in range(_LEVELS):
        use = need * plan[w.slot_node]
        sold = np.bincount(w.supplier, share * use[w.link_slot], minlength=plan.size)
        raised = np.maximum(plan, sold)
        if np.allclose(raised, plan, rtol=_SETTLED, atol=0.0):
            return plan, use
        plan = raised
    raise ModelError(Problem("plan_unsettled", "nodes.output", f"{DAYS_PER_YEAR * plan.max():g} t/a"))

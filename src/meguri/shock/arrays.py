"""From the tables of a chain to the arrays of the kernel; amounts in t and t/d."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.units import DAYS_PER_YEAR
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Numbers, Wiring
from meguri.shock.requalify import ready_days
from meguri.shock.sample import Draw
from meguri.structure.chain import Chain

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
    wiring = Wiring(
        supplier=links["supplier"].map(number).to_numpy(dtype=np.int64),
        link_slot=links["slot"].to_numpy(dtype=np.int64),
        slot_links=np.searchsorted(links["slot"], np.arange(len(slots) + 1)).astype(np.int64),
        slot_node=slots["holder"].to_numpy(dtype=np.int64),
        node_slots=np.searchsorted(slots["holder"], np.arange(len(nodes) + 1)).astype(np.int64),
        essential=slots["essentiality"].map(_ESSENTIAL).to_numpy(dtype=np.int64),
        open_slot=(~known).astype(np.int64),
        month=months,
    )
    return Layout(nodes, slots, links, wiring)


def numbers_of_run(layout: Layout, draw: Draw, run: int, scenario: Scenario) -> Numbers:
    """Amounts of one run.

    Recipes say how much a node needs, flows say from whom: shares of the flows times the need, so
    that a drawn amount never breaks the balance. A node asked for more than its drawn output plans
    for what is asked.
    """
    w, rows, slot_rows = layout.wiring, layout.links["row"].to_numpy(), layout.slots["row"].to_numpy()
    node_rows = layout.nodes["row"].to_numpy()

    def flow(name: str) -> npt.NDArray[np.float64]:
        return draw.column(run, "flows", name)[rows]

    def recipe(name: str) -> npt.NDArray[np.float64]:
        return draw.column(run, "recipes", name)[slot_rows]

    output = draw.column(run, "nodes", "output")[node_rows]
    capacity = draw.column(run, "nodes", "capacity")[node_rows]
    qualified = layout.links["qualified"].to_numpy(dtype=bool)
    amount = np.where(qualified, flow("amount"), 0.0)
    share = _shares(amount, w)
    asked = output * draw.field(run, "demand", scenario.demand)
    plan, use = _settle(asked / DAYS_PER_YEAR, recipe("need"), share, w)
    delivered = share * use[w.link_slot]
    sold = np.bincount(w.supplier, delivered, minlength=plan.size)
    spare = np.where(np.isnan(capacity), output, capacity) / DAYS_PER_YEAR
    stock, target = recipe("stock"), recipe("target")
    lead = np.nan_to_num(flow("lead"), nan=1.0)
    return Numbers(
        plan=plan,
        capacity=np.maximum(spare, plan),
        final=np.maximum(plan - sold, 0.0),
        use=use,
        loss=np.nan_to_num(recipe("loss")),
        stock=stock * use,
        target=np.where(np.isnan(target), stock, target),
        amount=delivered,
        potential=np.where(qualified, 0.0, flow("amount") / DAYS_PER_YEAR),
        lead=np.maximum(np.rint(lead), 1).astype(np.int64),
        ready=ready_days(layout.links, flow("qualification"), scenario, draw, run),
        first_yield=np.nan_to_num(flow("first_yield"), nan=1.0),
        recovery=np.maximum(np.nan_to_num(flow("recovery"), nan=1.0), 1e-9),
        adjust=draw.field(run, "adjust", scenario.adjust),
        surge=draw.field(run, "surge", scenario.surge),
        memory=_MEMORY,
        short_below=draw.field(run, "short_below", scenario.short_below),
    )


def _shares(amount: npt.NDArray[np.float64], w: Wiring) -> npt.NDArray[np.float64]:
    """Share of each link in what its slot receives; axes (link,)."""
    total = np.bincount(w.link_slot, amount, minlength=w.slot_node.size)[w.link_slot]
    return np.divide(amount, total, out=np.zeros_like(amount), where=total > 0)


def _settle(
    plan: npt.NDArray[np.float64],
    need: npt.NDArray[np.float64],
    share: npt.NDArray[np.float64],
    w: Wiring,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
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

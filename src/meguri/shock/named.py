"""Which deliveries a control names: goods, border, destination, firms, end uses and exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.terms import fold, keys, suggest
from meguri.observe.firms import held_on
from meguri.scenario.controls import AnyControl, Ban, Control, Licence, OverCompliance, Quota
from meguri.scenario.schema import Scenario
from meguri.shock.goods import item_share
from meguri.shock.indirect import trace
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Named:
    """Links one control names, and regulated tonnes per tonne of product."""

    control: AnyControl
    links: Bools
    weight: Floats


def named_links(chain: Chain, links: pd.DataFrame, control: Control) -> Named:
    """Which links a control names.

    They leave the authority's country as a named good for a named destination, firm and use, and fall
    under no general licence. Above a de-minimis share the control follows the item into goods made from
    it; with ``third_countries`` it holds where another country ships them on.

    Parameters
    ----------
    chain : Chain
        For countries, forms, contents, specifications and owners.
    links : DataFrame
        Links in kernel order; columns supplier, customer, input.
    control : Control
        Any control. One on over-compliance names goods *without* any element its authority licenses.
    """
    country = chain.nodes.set_index("node")["country"]
    origin, goal = links["supplier"].map(country), links["customer"].map(country)
    weight = links["input"].map(item_share(chain, control)).fillna(0.0).to_numpy(dtype=float)
    home = (origin == control.by).to_numpy()
    reached = (goal != control.by).to_numpy() & (goal != origin).to_numpy()
    if control.to is not None:
        reached &= goal.isin(control.to).to_numpy()
    named = home & (weight > 0.0)
    if control.third_countries or control.de_minimis is not None:
        traced = trace(chain, control)
        inside = (
            links["supplier"].map(dict(zip(traced.nodes, traced.content, strict=True))).to_numpy(dtype=float)
        )
        item = weight > 0.0
        caught = inside > (control.de_minimis or 0.0)
        if control.de_minimis is None:
            caught &= item
        beyond = caught & ((home & ~item) | (~home & control.third_countries))
        weight, named = np.where(beyond, inside, weight), named | beyond
    named &= reached & _named_customers(chain, links, control) & ~_exempt(chain, links, control)
    return Named(control, named, weight)  # type: ignore[arg-type]


def _named_customers(chain: Chain, links: pd.DataFrame, control: Control) -> Bools:
    """Links whose customer is a named firm or node, or theirs, and puts the good to a named use."""
    chosen = np.ones(len(links), dtype=bool)
    if control.entities:
        chosen &= links["customer"].isin(belonging(chain, control)).to_numpy()
    if control.uses:
        nodes, uses = chain.nodes, set(control.uses)
        users = nodes[nodes["material"].isin(uses) | nodes["stage"].isin(uses)]["node"]
        chosen &= links["customer"].isin(users).to_numpy()
    return chosen


def _exempt(chain: Chain, links: pd.DataFrame, control: Control) -> Bools:
    """Links under a general licence, by destination or by holder."""
    country = chain.nodes.set_index("node")["country"]
    holders = _nodes_of(chain, control.general_holders)
    free = links["customer"].map(country).isin(control.general_to)
    free |= links["supplier"].isin(holders) | links["customer"].isin(holders)
    return free.to_numpy(dtype=bool)


def _nodes_of(chain: Chain, names: Iterable[str]) -> set[str]:
    """Nodes with one of the names, as node or firm."""
    wanted, nodes = {fold(name) for name in names}, chain.nodes
    return set(nodes[nodes["node"].map(fold).isin(wanted) | nodes["firm"].map(fold).isin(wanted)]["node"])


def belonging(chain: Chain, control: Control) -> set[str]:
    """Nodes of the entities a control names, and of firms these hold on its first day.

    A firm counts as theirs from ``owned_from`` on, over all named firms and firms of theirs together.
    """
    edges = held_on(chain.ownership, control.start.isoformat())
    owner, owned = edges["owner"].map(fold), edges["owned"].map(fold)
    theirs = {fold(name) for name in control.entities}
    while True:
        held = edges["share"][owner.isin(theirs)].groupby(owned).sum()
        more = set(held.index[held >= control.owned_from]) - theirs
        if not more:
            return _nodes_of(chain, theirs)
        theirs |= more


def all_named(chain: Chain, links: pd.DataFrame, scenario: Scenario) -> list[Named]:
    """Named links of every control; over-compliance spares what a licence of its authority names.

    Raises
    ------
    ModelError
        When a control names a good or use the chain does not know, or when two quotas name the same
        flow: which of them it counts against is not said.
    """
    if unknown := list(_unknown(chain, scenario)):
        raise ModelError(unknown)
    named = [named_links(chain, links, control) for control in scenario.controls]
    quotas = [item for item in named if isinstance(item.control, Quota)]
    for one, other in combinations(quotas, 2):
        if (one.links & other.links).any():
            place = f"controls.{one.control.id}, controls.{other.control.id}"
            raise ModelError(Problem("two_quotas", place, str(int((one.links & other.links).sum()))))
    licensed: dict[str, Bools] = {}
    for item in named:
        if isinstance(item.control, Licence | Ban):
            by = item.control.by
            licensed[by] = licensed.get(by, np.zeros(len(links), dtype=bool)) | item.links
    return [
        Named(item.control, item.links & ~licensed.get(item.control.by, ~item.links), item.weight)
        if isinstance(item.control, OverCompliance)
        else item
        for item in named
    ]


def _unknown(chain: Chain, scenario: Scenario) -> Iterator[Problem]:
    """Goods, uses, nodes and asked products of a scenario that the chain does not know."""
    goods, made = set(chain.materials["material"]), set(chain.nodes["material"])
    nodes, stages = set(chain.nodes["node"]), set(keys("stages"))
    places = [
        *((f"controls.{c.id}.goods", "control_good", c.goods, goods) for c in scenario.controls),
        *((f"controls.{c.id}.uses", "control_use", c.uses, made | stages) for c in scenario.controls),
        *(
            (f"disruptions.{n}.node", "disruption_node", (d.node,), nodes)
            for n, d in enumerate(scenario.disruptions)
        ),
        *(
            (f"demand_path.{n}.product", "demand_product", (step.product,), made)
            for n, step in enumerate(scenario.demand_path)
            if step.product is not None
        ),
    ]
    for place, key, names, known in places:
        for name in names:
            if name not in known:
                yield Problem(key, place, name, "", {"near": suggest(name, known) or "…"})

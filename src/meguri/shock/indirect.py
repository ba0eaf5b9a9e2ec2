"""Indirect exports: how much of a controlled item lies inside goods made from it, and by which path.

A good made elsewhere contains what its maker bought from the authority's country, and what those makers
bought in turn. Shares follow the chain's usual deliveries.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.tables import Schema
from meguri.scenario.controls import Control
from meguri.shock.goods import item_share, regulated_share
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
_LEVELS = 5000  # rounds in which contents settle; only circles need more than a chain has stages
_SETTLED = 1e-12  # [1] change of a content that no longer counts
_SMALLEST = 1e-4  # [1] share of a good's content below which a path is not shown by itself
REST = "…"


class Traced(NamedTuple):
    """Where the item in each node's product comes from."""

    nodes: list[str]  # in the order of the arrays
    content: Floats  # (node,) [t/t] of the authority's item in the product
    own: npt.NDArray[np.bool_]  # (node,) makes the item itself, in the authority's country
    supplier: npt.NDArray[np.int64]  # (part,) node that delivers
    customer: npt.NDArray[np.int64]  # (part,) node that uses
    part: Floats  # (part,) [t/t] of the supplier's product that ends in a tonne of the customer's


def trace(chain: Chain, control: Control) -> Traced:
    """Content of a controlled item from its authority's country in the product of every node.

    Parameters
    ----------
    chain : Chain
        Recipes say what a tonne is made from, usual deliveries from whom.
    control : Control
        Its goods made in its authority's country are the item.

    Notes
    -----
    c_n = k_n Σ_i need_ni Σ_m share_nim c_m; c_n of a maker of the item is what a tonne of it holds of
    the named elements, or 1 where goods are named. Needs include losses. Where the chain states the
    contents s_n of the named elements in a product, k_n = min(1, s_n / what its inputs hold of them);
    elsewhere k_n = 1 and the content is an upper bound.

    Raises
    ------
    ModelError
        When a circle of nodes uses more of its own product than it makes.
    """
    nodes = chain.nodes
    number = {name: place for place, name in enumerate(nodes["node"])}
    supplier, customer, part = _parts(chain, number)
    item = nodes["material"].map(item_share(chain, control)).fillna(0.0).to_numpy(dtype=float)
    own = (nodes["country"] == control.by).to_numpy() & (item > 0.0)
    stated = nodes["material"].map(regulated_share(chain.contents, control.element)).to_numpy(dtype=float)
    held = _settled(np.nan_to_num(stated), np.isfinite(stated), supplier, customer, part)
    inside = np.bincount(customer, part * held[supplier], minlength=len(nodes))
    kept = np.ones(len(nodes))
    np.divide(held, inside, out=kept, where=np.isfinite(stated) & (inside > 0.0))
    part = part * np.minimum(kept, 1.0)[customer]
    content = _settled(np.where(own, item, 0.0), own, supplier, customer, part)
    return Traced(list(nodes["node"]), content, own, supplier, customer, part)


def _parts(
    chain: Chain, number: dict[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Who uses whose product, and how much of it per tonne of its own; axes (part,)."""
    flows = chain.flows[["supplier", "customer", "amount", "qualified"]]
    flows = flows[flows["qualified"].astype(bool) & (flows["amount"] > 0.0)]
    made = dict(zip(chain.nodes["node"], chain.nodes["material"], strict=True))
    flows = flows.assign(input=flows["supplier"].map(made))
    whole = flows.groupby(["customer", "input"])["amount"].transform("sum")
    need = chain.recipes.set_index(["node", "input"])["need"]
    keys = pd.MultiIndex.from_frame(flows[["customer", "input"]])
    part = need.reindex(keys).fillna(0.0).to_numpy(dtype=float) * (flows["amount"] / whole).to_numpy()
    supplier, customer = (
        flows[name].map(number).to_numpy(dtype=np.int64) for name in ("supplier", "customer")
    )
    return supplier, customer, part


def _settled(
    given: Floats,
    fixed: npt.NDArray[np.bool_],
    supplier: npt.NDArray[np.int64],
    customer: npt.NDArray[np.int64],
    part: Floats,
) -> Floats:
    """Contents in which every node that is not fixed holds what its inputs hold; axes (node,)."""
    content = given
    for _ in range(_LEVELS):
        from_inputs = np.bincount(customer, part * content[supplier], minlength=given.size)
        after = np.where(fixed, given, from_inputs)
        if np.allclose(after, content, rtol=_SETTLED, atol=0.0):
            return after
        content = after
    raise ModelError(Problem("plan_unsettled", "recipes.need", f"{content.max():g} t/t"))


def indirect_exports(chain: Chain, control: Control, smallest: float = _SMALLEST) -> pd.DataFrame:
    """Paths by which a controlled item ends in goods that other nodes make; one row for each path.

    Parameters
    ----------
    chain, control : Chain, Control
        What is traced; the control's dates and destinations play no part.
    smallest : float [1]
        Share of a product's content below which a path is not followed: large chains have thousands.

    Returns
    -------
    DataFrame
        Columns of ``indirect_exports``: node, its product and country, path from the maker of the item,
        content of this path and of the product in all [t/t]. Paths of a product add up to its content;
        those too small to show stand together in a last row, ``…``.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> licence = read_scenario("2025-medium-heavy-rare-earths").control("licence")
    >>> table = indirect_exports(Chain.example("ndfeb-japan"), licence)
    >>> bool((table["content"] <= table["product_content"] + 1e-12).all())
    True
    """
    traced = trace(chain, control)
    into: list[list[int]] = [[] for _ in traced.nodes]
    for place, customer in enumerate(traced.customer):
        into[customer].append(place)
    nodes = chain.nodes.set_index("node")
    material, country = nodes["material"].to_dict(), nodes["country"].to_dict()
    rows = [
        {
            "control": control.id,
            "node": name,
            "material": material[name],
            "country": country[name],
            "path": path,
            "content": content,
            "product_content": traced.content[node],
        }
        for node, name in enumerate(traced.nodes)
        if traced.content[node] > 0.0 and not traced.own[node]
        for path, content in _paths(node, traced, into, smallest)
    ]
    schema = Schema.of("indirect_exports")
    if not rows:
        return schema.empty()
    table = pd.DataFrame(rows).assign(_rest=[row["path"] == REST for row in rows])
    order = ["product_content", "node", "_rest", "content", "path"]
    table = table.sort_values(order, ascending=[False, True, True, False, True], ignore_index=True)
    return schema.check(table.drop(columns="_rest"))


def _paths(node: int, traced: Traced, into: list[list[int]], smallest: float) -> list[tuple[str, float]]:
    """Paths from makers of the item to one node with the content each brings; small ones together."""
    smallest = smallest * traced.content[node]
    found: list[tuple[str, float]] = []
    rest = 0.0
    ways: list[tuple[int, float, tuple[str, ...]]] = [(node, 1.0, (traced.nodes[node],))]
    while ways:
        here, factor, path = ways.pop()
        if traced.own[here]:
            found.append((" → ".join(path), factor * traced.content[here]))
            continue
        for place in into[here]:
            source, share = int(traced.supplier[place]), factor * float(traced.part[place])
            brought = share * traced.content[source]
            if brought >= smallest and brought > 0.0:
                ways.append((source, share, (traced.nodes[source], *path)))
            else:
                rest += brought
    return [*found, (REST, rest)] if rest > 0.0 else found

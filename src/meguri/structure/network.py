"""The chain as nodes and links: how much of an input each link carries, and what reaches one node."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.structure.chain import Chain


def chain_links(chain: Chain) -> pd.DataFrame:
    """Every delivery of the chain between named nodes, with its share of what the customer receives.

    Returns
    -------
    DataFrame
        Columns of ``chain_links``: ``share`` [1] of the customer's qualified receipts of the same product,
        ``only`` whether no other qualified supplier delivers it. A supplier not qualified yet delivers
        nothing today: it has no share and is nobody's only one.

    Examples
    --------
    >>> links = chain_links(Chain.example("ndfeb-japan"))
    >>> sums = links.groupby(["customer", "input"])["share"].sum()
    >>> bool((abs(sums[sums > 0] - 1) < 1e-9).all()), int(links["only"].sum())
    (True, 32)
    """
    nodes = chain.nodes.set_index("node")
    links = chain.flows.copy()
    links["input"] = links["supplier"].map(nodes["material"])
    open_now = links["qualified"].fillna(True).astype(bool) & (links["amount"] > 0)
    inputs = [links["customer"], links["input"]]
    received = links["amount"].where(open_now, 0.0)
    whole = received.groupby(inputs).transform("sum")
    links["share"] = (received / whole.where(whole > 0)).where(open_now)
    links["only"] = open_now & (open_now.groupby(inputs).transform("sum") == 1)
    for side, end in (("from", "supplier"), ("to", "customer")):
        for name in ("label_en", "label_ja", "stage", "country"):
            links[f"{side}_{name}"] = links[end].map(nodes[name])
    shown = links.reindex(columns=Schema.of("chain_links").names)
    return Schema.of("chain_links").check(shown)


def chain_nodes(chain: Chain) -> pd.DataFrame:
    """Every node of the chain with its share of the output of its product.

    Returns
    -------
    DataFrame
        Columns of ``chain_nodes``: ``share`` [1] is empty where nobody gives the output of the product.

    Examples
    --------
    >>> nodes = chain_nodes(Chain.example("ndfeb-japan")).set_index("node")
    >>> round(float(nodes.at["jp-motor-traction", "share"]), 3)
    0.907
    """
    nodes = chain.nodes.copy()
    whole = nodes.groupby("material")["output"].transform("sum", min_count=1)
    nodes["share"] = nodes["output"] / whole.where(whole > 0)
    return Schema.of("chain_nodes").check(nodes.reindex(columns=Schema.of("chain_nodes").names))


def reaching(
    nodes: pd.DataFrame, links: pd.DataFrame, node: str, tiers: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a node stands on: itself, its suppliers, theirs, and the links between them.

    Parameters
    ----------
    nodes, links : DataFrame
        Results of :func:`chain_nodes` and :func:`chain_links`.
    node : str
        Key of a node.
    tiers : int, optional
        How many tiers up; all of them when left out.

    Examples
    --------
    >>> chain = Chain.example("ndfeb-japan")
    >>> kept, between = reaching(chain_nodes(chain), chain_links(chain), "jp-xev", tiers=1)
    >>> sorted(kept["node"])
    ['jp-motor-aux', 'jp-motor-traction', 'jp-xev']
    """
    found, edge = {node}, {node}
    steps = 0
    while edge and (tiers is None or steps < tiers):
        edge = set(links.loc[links["customer"].isin(edge), "supplier"]) - found
        found |= edge
        steps += 1
    kept = nodes[nodes["node"].isin(found)].reset_index(drop=True)
    between = links[np.logical_and(links["supplier"].isin(found), links["customer"].isin(found))]
    return kept, between.reset_index(drop=True)

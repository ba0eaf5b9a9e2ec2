"""Who each node depends on: suppliers by flows, and hosts whose by-products it uses."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.structure.chain import Chain


def upstream_edges(chain: Chain) -> pd.DataFrame:
    """Every link a node depends on in the chain's year, one row each.

    Only qualified flows count; an input without known supplier has no row. A by-product counts wholly
    on its host: without the host's process nothing of it comes.

    Returns
    -------
    DataFrame
        Columns of ``upstream``: customer, supplier, input, kind (flow or host), share [1] of the input.

    Examples
    --------
    >>> edges = upstream_edges(Chain.example("ndfeb-japan"))
    >>> sums = edges.groupby(["customer", "input"])["share"].sum()
    >>> bool((abs(sums - 1) < 1e-12).all())
    True
    """
    product = chain.nodes.set_index("node")["material"]
    flows = chain.flows
    flows = flows[flows["qualified"] & (flows["amount"] > 0)].assign(kind="flow")
    flows["input"] = flows["supplier"].map(product)
    flows["share"] = flows["amount"] / flows.groupby(["customer", "input"])["amount"].transform("sum")
    recipes = chain.recipes
    hosted = recipes[recipes["host"] != ""].rename(columns={"node": "customer", "host": "supplier"})
    columns = list(Schema.of("upstream").names)
    edges = pd.concat([flows[columns], hosted.assign(kind="host", share=1.0)[columns]])
    return edges.sort_values(["customer", "input", "supplier"], ignore_index=True)

"""Nodes and links of a chain: shares add up, one supplier only is told, what reaches a node is whole."""

import pytest

from meguri.structure.chain import Chain
from meguri.structure.network import chain_links, chain_nodes, reaching
from meguri.structure.read import example_names

SOME = [name for name in example_names() if name.startswith(("ndfeb", "tungsten", "ruthenium"))]


@pytest.mark.parametrize("name", SOME)
def test_shares_of_what_a_customer_receives_add_to_one(name):
    links = chain_links(Chain.example(name))
    sums = links[links["share"].notna()].groupby(["customer", "input"])["share"].sum()
    assert (sums - 1).abs().max() < 1e-9
    alone = links[links["share"] == 1]
    assert alone["only"].all() and links.loc[links["only"], "share"].eq(1).all()


def test_a_supplier_that_is_not_qualified_has_no_share_and_is_nobodys_only_one():
    links = chain_links(Chain.example("ndfeb-japan@2024"))
    waiting = links[links["qualified"] == False]  # noqa: E712
    assert len(waiting) and waiting["share"].isna().all() and not waiting["only"].any()


def test_shares_of_a_product_add_to_one():
    nodes = chain_nodes(Chain.example("ndfeb-japan@2024"))
    assert (nodes.groupby("material")["share"].sum() - 1).abs().max() < 1e-9


def test_what_reaches_a_node_holds_all_its_suppliers_and_grows_with_the_tiers():
    chain = Chain.example("ndfeb-japan@2024")
    nodes, links = chain_nodes(chain), chain_links(chain)
    whole, between = reaching(nodes, links, "jp-xev")
    assert set(links.loc[links["customer"].isin(whole["node"]), "supplier"]) <= set(whole["node"])
    assert set(between["supplier"]) | set(between["customer"]) <= set(whole["node"])
    counts = [len(reaching(nodes, links, "jp-xev", tiers)[0]) for tiers in range(4)]
    assert counts[0] == 1 and counts == sorted(counts) and counts[-1] <= len(whole)

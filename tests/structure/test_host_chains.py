"""The packaged chains with by-products: levels that sources print, and who follows whom."""

from __future__ import annotations

import pandas as pd
import pytest

from meguri.observe.firms import firms
from meguri.observe.mining import production
from meguri.observe.profile import hosts
from meguri.structure.chain import Chain
from meguri.structure.upstream import upstream_edges

HOSTS = {
    "hafnium-zirconium-japan": {"fr-hf": "fr-zr-nuclear", "us-hf": "us-zr-nuclear", "cn-hf": "cn-zr-nuclear"},
    "tantalum-targets-japan": {"au-ore-ta": "au-li", "my-slag-ta": "my-tin", "jp-rec-ta": "jp-fabs"},
    "indium-ito-japan": {"cn-in": "cn-zn", "kr-in": "kr-zn", "jp-in": "jp-zn", "kr-rec-in": "kr-panel"},
    "gallium-germanium-japan": {
        "cn-ga": "cn-alumina", "jp-ga": "jp-zn", "cn-ge-coal": "cn-lignite", "ca-ge": "ca-zn",
    },
}  # fmt: skip


def outputs(name: str, material: str) -> pd.Series[float]:
    nodes = Chain.example(name).nodes
    return nodes[nodes["material"] == material].set_index("node")["output"]


@pytest.mark.parametrize("name", HOSTS)
def test_by_products_have_the_hosts_the_method_names(name: str) -> None:
    edges = upstream_edges(Chain.example(name)).query("kind == 'host'").set_index("customer")["supplier"]
    assert {node: edges[node] for node in HOSTS[name]} == HOSTS[name]


@pytest.mark.parametrize("name", HOSTS)
def test_hosts_of_ores_and_metals_are_those_of_the_atlas(name: str) -> None:
    """The element carried and the element of the host's product stand together in by_product_hosts."""
    chain = Chain.example(name)
    elements = chain.contents.groupby("material")["element"].agg(set).to_dict()
    made, form = (chain.nodes.set_index("node")["material"], chain.materials.set_index("material")["form"])
    recipes = chain.recipes
    residues = recipes[recipes["host"].ne("") & recipes["input"].map(form).eq("residue")]
    assert len(residues) >= 2
    for row in residues.itertuples():
        product = made[row.host]
        for element in elements[row.input]:
            carriers = set(hosts(element)["host"])
            assert carriers & (elements.get(product, set()) | {product}), (row.input, product, carriers)


@pytest.mark.parametrize("name", HOSTS)
def test_where_nobody_publishes_a_maker_the_node_says_so(name: str) -> None:
    nodes = Chain.example(name).nodes
    assert len(nodes) >= 25
    assert (nodes["country"] == "XX").any()
    unnamed = nodes[nodes["kind"] == "unknown"]
    assert (unnamed["grade"] == "assumed").all() and (unnamed["firm"] == "").all()


@pytest.mark.parametrize(
    ("name", "material", "element", "stage"),
    [
        ("tantalum-targets-japan", "ore-ta", "Ta", "ore"),
        ("hafnium-zirconium-japan", "zircon", "Zr", "ore"),
        ("indium-ito-japan", "indium", "In", "refining"),
        ("gallium-germanium-japan", "ga-4n", "Ga", "refining"),
    ],
)
def test_primary_output_of_a_country_lies_between_the_editions_of_usgs(
    name: str, material: str, element: str, stage: str
) -> None:
    nodes = Chain.example(name).nodes.query("material == @material and grade == 'reported'")
    facts = production(element, stage).query("year == 2024 and kind == 'country'")
    seen = facts[facts["source"].isin(["usgs-mcs-2025", "usgs-mcs-2026"])].dropna(subset="amount")
    span = seen.groupby("country")["amount"].agg(["min", "max"])
    printed = nodes[nodes["country"].isin(span.index)].groupby("country")["output"].sum()
    printed = printed.drop("FR", errors="ignore")  # France and Belgium are one node
    assert len(printed) >= 3
    for country, tonnes in printed.items():
        assert span.at[country, "min"] - 0.5 <= tonnes <= span.at[country, "max"] + 0.5, country


def test_china_makes_the_printed_share_of_the_worlds_primary_gallium() -> None:
    made = outputs("gallium-germanium-japan", "ga-4n").drop("xx-ga-scrap-pool")
    assert 0.966 <= made["cn-ga"] / made.sum() <= 0.99  # BGS 2023 96.6 %, atlas 98.7 %


def test_japans_gallium_closes_the_balance_of_2021() -> None:
    """167 t used, 97 t imported of which 55 t from China, 3 t of domestic primary (JOGMEC, USGS)."""
    chain = Chain.example("gallium-germanium-japan")
    flows = chain.flows[chain.flows["qualified"]].set_index(["supplier", "customer"])["amount"]
    assert flows["cn-ga", "jp-ga6n"] == pytest.approx(55, abs=0.5)
    foreign = flows.loc[["ca-ga6n", "de-ga6n"]]
    foreign = foreign[foreign.index.get_level_values("customer").str.startswith("jp-")].sum()
    assert foreign + flows["cn-ga", "jp-ga6n"] == pytest.approx(97, abs=4)
    used = sum(flows[:, node].sum() for node in ("jp-gaas", "jp-gan", "jp-ga-other"))
    assert used == pytest.approx(167, abs=3)


def test_france_and_the_united_states_lead_in_hafnium_by_the_shares_of_ec_2023() -> None:
    made = outputs("hafnium-zirconium-japan", "hf-metal")
    assert 67 <= made.sum() <= 75  # Argus 70-75 t
    assert made["us-hf"] / made["fr-hf"] == pytest.approx(0.437 / 0.493, rel=0.03)


def test_jx_holds_its_claimed_shares_of_powder_and_targets_with_the_flag() -> None:
    claimed = firms("Ta").query("firm == 'JX Advanced Metals'")["share"].tolist()
    powder = outputs("tantalum-targets-japan", "ta-powder").drop("jp-rec-ta")
    targets = outputs("tantalum-targets-japan", "ta-target")
    found = [
        powder[powder.index.str.endswith("-jx")].sum() / powder.sum(),
        targets["jp-target-jx"] / targets.sum(),
    ]
    assert found == pytest.approx(sorted(claimed), abs=0.05)
    nodes = Chain.example("tantalum-targets-japan").nodes.set_index("node")
    assert "N21" in nodes.at["jp-target-jx", "note"]


def test_reclaimed_indium_is_about_two_thirds_of_what_targets_take() -> None:
    """981 t reclaimed beside 535 t new in 2014: 65 % of supply; here per target makers' use."""
    chain = Chain.example("indium-ito-japan")
    flows = chain.flows[chain.flows["qualified"]]
    into = flows[flows["customer"].str.contains("-ito")]
    back = into[into["supplier"].str.contains("-rec-")]["amount"].sum()
    assert 0.55 <= back / into["amount"].sum() <= 0.68

"""A ban by the country Japan leans on most, on every packaged chain, every range at its mode."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meguri.scenario.read import parse_scenario
from meguri.scenario.schema import Scenario
from meguri.shock.run import run_all
from meguri.structure.chain import Chain
from meguri.structure.read import example_names
from tests.small import tell_once

# the first is large and has its own tests; in the others Japan buys nothing abroad by element
APART = {
    "chip-equipment@2019", "chip-machines-japan@2022", "copper-ore-japan@2011", "quartz-korea@2011",
    "semiconductors-korea@2018",
}  # fmt: skip
CHAINS = [name for name in example_names() if name not in APART]
FIRST = 3  # [d] goods on the way and a few days of stock bridge at least this long
Banned = tuple[Chain, pd.DataFrame]


def leaned_on(chain: Chain) -> tuple[str, str, list[str]]:
    """Country, element and forms with the largest share of what Japan buys abroad of any one element."""
    nodes, contents = chain.nodes.set_index("node"), chain.contents
    flows = chain.flows.query("qualified")
    flows = flows.assign(
        material=flows["supplier"].map(nodes["material"]),
        origin=flows["supplier"].map(nodes["country"]),
        to=flows["customer"].map(nodes["country"]),
    ).query("to == 'JP' and origin != 'JP'")
    rows = flows.merge(contents[["material", "element", "share"]], on="material")
    rows = rows[rows["share"] > 0].assign(mass=rows["amount"] * rows["share"])
    by = rows.groupby(["element", "origin"])["mass"].sum()
    element, origin = (by / by.groupby("element").transform("sum")).idxmax()
    form = chain.materials.set_index("material")["form"]
    made = rows[(rows["element"] == element) & (rows["origin"] == origin)]["material"].map(form)
    return str(origin), str(element), sorted(set(made))


def ban(chain: Chain, name: str) -> Scenario:
    """All forms of the element that the country sends Japan, banned to everywhere."""
    by, element, form = leaned_on(chain)
    control = {
        "id": "ban", "kind": "ban", "by": by, "element": element, "form": form, "start": "2025-02-10",
        "source": "meguri-assumption", "grade": "assumed",
    }  # fmt: skip
    return parse_scenario(
        {
            "name": "ban",
            "label": {"en": "Ban", "ja": "禁輸"},
            "chain": name,
            "start": "2025-01-01",
            "horizon": "540 d",
            "economy": "JP",
            "controls": [control],
        }
    )


@pytest.fixture(scope="module", params=CHAINS)
def told(request: pytest.FixtureRequest) -> Banned:
    chain = Chain.example(request.param)
    scenario = ban(chain, request.param)
    found = tell_once(chain, scenario)
    return chain, chain.nodes.assign(days=chain.nodes["node"].map(found.days))


def test_a_ban_by_the_country_leaned_on_reaches_japan(told: Banned) -> None:
    _, nodes = told
    hurt = nodes[(nodes["country"] == "JP") & np.isfinite(nodes["days"])]
    assert not hurt.empty, "a chain whose main supplier can leave without a trace is no chain"


@pytest.mark.parametrize(
    "name", [*CHAINS[:2], *(pytest.param(name, marks=pytest.mark.slow) for name in CHAINS[2:])]
)
def test_without_the_ban_nothing_falls_short_whatever_the_draw(name: str) -> None:
    """Else the chain would be short by its own numbers, and the ban would explain nothing."""
    chain = Chain.example(name)
    free = parse_scenario({**ban(chain, name).plain(), "controls": []})
    assert not np.isfinite(run_all(chain, free, 5, 1).tts).any()


def test_nobody_who_holds_stock_falls_short_on_the_day_of_the_ban(told: Banned) -> None:
    """Stocks and goods on the way bridge the first days; a chain without them would be silly."""
    chain, nodes = told
    held = chain.recipes.groupby("node")["stock"].min()
    first = nodes[np.isfinite(nodes["days"]) & nodes["node"].isin(held.index[held > 3])]
    assert (first["days"] > FIRST).all(), first[["node", "days"]]


def test_the_country_that_bans_serves_itself(told: Banned) -> None:
    """A ban closes the border: refiners inside it still get what they need from inside."""
    chain, nodes = told
    by, _, _ = leaned_on(chain)
    country = nodes.set_index("node")["country"]
    feeds = chain.flows.assign(inside=chain.flows["supplier"].map(country) == by)
    closed = feeds.groupby("customer")["inside"].all()
    served = nodes[nodes["node"].isin(closed.index[closed]) & (nodes["country"] == by)]
    assert not np.isfinite(served["days"]).any(), served[["node", "days"]]

"""By-products follow their hosts: what the check refuses, and who depends on whom."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.structure.chain import Chain
from meguri.structure.dependency import exposure, exposure_paths
from meguri.structure.upstream import upstream_edges
from tests.small import tables

FORMS = {"ore": "ore", "zinc": "metal", "indium": "metal", "slag": "residue", "mud": "residue"}


def smelter(**recipe: Any) -> dict[str, pd.DataFrame]:
    """Two mines feed a zinc smelter; indium is won from its slag."""
    nodes = {
        "mine-a": {"material": "ore", "country": "CN", "output": 30},
        "mine-b": {"material": "ore", "country": "JP", "output": 10},
        "zinc": {"material": "zinc", "country": "JP", "output": 40},
        "indium": {"material": "indium", "country": "JP", "output": 1},
    }
    flows: dict[tuple[str, str], dict[str, Any]] = {
        ("mine-a", "zinc"): {"amount": 30}, ("mine-b", "zinc"): {"amount": 10},
    }  # fmt: skip
    recipes = {
        ("zinc", "ore"): {"need": 1, "stock": 10},
        ("indium", "slag"): {"need": 1, "stock": 5, "host": "zinc", **recipe},
    }
    return tables(nodes, flows, recipes, {}, FORMS)


def refused(given: dict[str, pd.DataFrame]) -> list[tuple[str, str, str]]:
    with pytest.raises(DataError) as error:
        Chain.from_tables(**given)
    return [(item.key, item.place, item.found) for item in error.value.problems]


def test_a_by_product_depends_wholly_on_its_host_and_the_host_on_its_mines() -> None:
    edges = upstream_edges(Chain.from_tables(**smelter()))
    assert edges.to_dict("split")["data"] == [
        ["indium", "zinc", "slag", "host", 1.0],
        ["zinc", "mine-a", "ore", "flow", 0.75],
        ["zinc", "mine-b", "ore", "flow", 0.25],
    ]


def test_upstream_edges_are_as_declared() -> None:
    edges = upstream_edges(Chain.from_tables(**smelter()))
    pd.testing.assert_frame_equal(Schema.of("upstream").check(edges), edges, check_dtype=False)


def test_exposure_runs_through_the_host_to_its_mines() -> None:
    """Indium depends on China as much as the zinc that carries it: three quarters of the ore."""
    chain = Chain.from_tables(**smelter())
    found = exposure(chain, "indium", "CN").query("measure == 'total'")
    assert found[["value", "low", "high"]].to_numpy().tolist() == [[0.75, 0.75, 0.75]]
    (path,) = exposure_paths(chain, "indium", "CN")["path"]
    assert path.split(" ← ") == ["indium", "zinc", "mine-a"]


def test_only_qualified_flows_are_upstream() -> None:
    given = smelter()
    given["flows"]["qualified"] = ["yes", "no"]
    given["flows"]["amount"] = [40, 10]
    given["nodes"].loc[0, "output"] = 40
    edges = upstream_edges(Chain.from_tables(**given))
    assert list(edges["supplier"]) == ["zinc", "mine-a"]


def test_an_unknown_host_is_named_with_the_nearest_node() -> None:
    assert refused(smelter(host="zink")) == [("reference_nodes", "recipes[2].host", "zink")]


def test_an_input_comes_from_a_host_or_by_flows_but_not_both() -> None:
    given = smelter(input="ore")
    given["flows"].loc[2] = {**given["flows"].loc[1], "customer": "indium", "amount": 1, "supplier": "mine-b"}
    given["nodes"].loc[1, "output"] = 11
    assert refused(given) == [("host_and_flows", "recipes[2].host", "zinc")]


def test_a_spare_without_a_host_says_that_it_has_no_effect() -> None:
    given = smelter()
    given["recipes"].loc[0, "spare"] = 0.2
    assert refused(given) == [("spare_alone", "recipes[1].spare", "0.2")]


def test_a_host_that_makes_nothing_is_refused() -> None:
    given = smelter()
    given["nodes"].loc[2, "output"] = 0
    given["flows"] = given["flows"].iloc[:0]
    assert refused(given) == [("host_idle", "recipes[2].host", "zinc")]


@pytest.mark.parametrize("host", ["zinc", "indium"])
def test_no_process_is_the_by_product_of_itself(host: str) -> None:
    """Neither directly nor through another by-product; each circle is told once."""
    given = smelter()
    more = {**given["recipes"].loc[1], "node": "zinc", "input": "mud", "host": host}
    given["recipes"].loc[2] = more
    circle = "zinc → zinc" if host == "zinc" else "indium → zinc → indium"
    assert refused(given) == [("host_circle", "recipes.host", circle)]


def test_scrap_may_return_to_a_host() -> None:
    """The smelter also takes residues of those who use its by-product: a circle through a flow."""
    given = smelter()
    given["recipes"] = given["recipes"].astype({"need": float})
    given["recipes"].loc[2] = {**given["recipes"].loc[0], "input": "indium", "need": 0.01}
    given["flows"] = given["flows"].astype({"amount": float})
    given["flows"].loc[2] = {**given["flows"].loc[0], "supplier": "indium", "amount": 0.4}
    assert set(upstream_edges(Chain.from_tables(**given))["kind"]) == {"flow", "host"}

"""A plan set into a chain: what it adds, what it does not know, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from meguri.base.errors import ModelError
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures
from tests.small import scenario, tables

COMMON = {"start": "2025-01-01", "source": "meguri-assumption", "grade": "assumed"}
SUPPLY = {"kind": "supply", "product": "oxide", "amount": "20 t/a"}


def planned(*effects: dict[str, Any], **more: Any) -> Scenario:
    listed = [{"id": f"{effect['kind']}-{place}", **COMMON, **effect} for place, effect in enumerate(effects)]
    return scenario([{"kind": "ban", "form": "oxide"}], measures=listed, **more)


def chain() -> Chain:
    nodes = {
        "oxide-cn": {"material": "oxide", "country": "CN", "output": 1460},
        "metal-jp": {"material": "metal", "country": "JP", "output": 1095},
        "metal-vn": {"material": "metal", "country": "VN", "output": 365},
    }
    flows = {("oxide-cn", "metal-jp"): {"amount": 1095}, ("oxide-cn", "metal-vn"): {"amount": 365}}
    recipes: dict[tuple[str, str], dict[str, Any]] = {
        (node, "oxide"): {"need": 1, "stock": 10} for node in ("metal-jp", "metal-vn")
    }
    recipes["metal-jp", "gas"] = {"need": 1, "stock": 2, "host": "oxide-cn"}
    forms = {"oxide": "oxide", "metal": "metal", "gas": "residue"}
    return Chain.from_tables(**tables(nodes, flows, recipes, {("oxide", "Dy"): 0.5}, forms))


def test_without_a_plan_the_chain_is_itself() -> None:
    before = chain()
    assert with_measures(before, planned()) is before


def test_a_supply_is_a_supplier_of_each_country_shared_by_use() -> None:
    after = with_measures(chain(), planned(SUPPLY | {"country": ["JP", "VN"], "id": "back"}))
    flows = after.flows.set_index("supplier")["amount"]
    assert (flows["back-jp"], flows["back-vn"]) == (15.0, 5.0)
    nodes = after.nodes.set_index("node")
    assert nodes["country"][["back-jp", "back-vn"]].tolist() == ["JP", "VN"]
    assert nodes["output"][["back-jp", "back-vn"]].tolist() == [0.0, 0.0]
    one = with_measures(chain(), planned(SUPPLY | {"country": ["JP", "VN"], "id": "mine", "origin": "AU"}))
    assert one.nodes.set_index("node")["country"]["mine"] == "AU"


def test_a_supply_of_a_known_node_adds_a_link_and_no_node() -> None:
    before = chain()
    more = before.nodes.iloc[:1].assign(node="oxide-au", country="AU", output=100.0)
    grown = before.with_table("nodes", pd.concat([before.nodes, more]))
    after = with_measures(grown, planned(SUPPLY | {"nodes": "metal-jp", "supplier": "oxide-au"}))
    assert len(after.nodes) == len(grown.nodes) and len(after.flows) == len(grown.flows) + 1


@pytest.mark.parametrize(
    ("effect", "key", "place"),
    [
        (SUPPLY | {"nodes": "metal-j"}, "measure_node", "nodes"),
        (SUPPLY | {"nodes": "metal-jp", "product": "metal"}, "measure_input", "product"),
        (SUPPLY | {"nodes": "metal-jp", "supplier": "oxide-ch"}, "measure_supplier", "supplier"),
        (SUPPLY | {"nodes": "metal-jp", "supplier": "oxide-cn"}, "measure_known", "supplier"),
        (SUPPLY | {"nodes": "metal-jp", "id": "metal-vn"}, "measure_clash", "id"),
        (
            {"kind": "saving", "nodes": "metal-jp", "input": "gas", "amount": 0.1},
            "measure_byproduct",
            "input",
        ),
        ({"kind": "stock", "country": "JP", "input": "ore", "amount": "9 d"}, "measure_input", "input"),
        ({"kind": "qualify", "supplier": "oxide-cn"}, "measure_link", "supplier"),
        ({"kind": "qualify", "supplier": "oxide-ch"}, "measure_supplier", "supplier"),
    ],
)
def test_what_the_chain_does_not_know_is_named_with_the_way_out(
    effect: dict[str, Any], key: str, place: str
) -> None:
    with pytest.raises(ModelError) as error:
        with_measures(chain(), planned(effect))
    found = [(problem.key, problem.place) for problem in error.value.problems]
    assert (key, f"measures.0.{place}") in found
    assert all(error.value.text(lang) for lang in ("en", "ja"))


def test_every_problem_of_a_plan_is_collected() -> None:
    with pytest.raises(ModelError) as error:
        with_measures(
            chain(), planned(SUPPLY | {"nodes": "x"}, {"kind": "capacity", "nodes": "y", "amount": 1})
        )
    assert [problem.place for problem in error.value.problems] == ["measures.0.nodes", "measures.1.nodes"]

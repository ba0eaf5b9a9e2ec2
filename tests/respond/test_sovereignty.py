"""What an economy runs alone: worked by hand on three nodes, and on the packaged magnets."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import ModelError
from meguri.respond.sovereignty import sovereignty
from meguri.scenario.measures import Qualify, Supply
from meguri.scenario.read import read_scenario
from meguri.structure.chain import Chain
from tests.small import scenario, tables

EVIDENCE: dict[str, Any] = {"source": "meguri-assumption", "grade": "assumed"}

SUPPLY: dict[str, Any] = {
    "kind": "supply", "id": "back", "nodes": "metal", "product": "oxide", "amount": "1 t/d",
    "qualification": "1 a",
}  # fmt: skip


@cache
def chain(origin: str = "CN", alternative: bool = False, open_: bool = False) -> Chain:
    """Oxide from somewhere, 20 days of it at a metal maker in Japan, a magnet maker with 5 days of metal."""
    nodes = {
        "oxide": {"material": "oxide", "country": origin, "output": 365},
        "metal": {"material": "metal", "country": "JP", "output": 365},
        "magnet": {"material": "magnet", "country": "JP", "output": 365},
    }
    flows: dict[tuple[str, str], dict[str, Any]] = {
        ("oxide", "metal"): {"amount": 365, "lead": 1}, ("metal", "magnet"): {"amount": 365, "lead": 1},
    }  # fmt: skip
    recipes: dict[tuple[str, str], dict[str, Any]] = {
        ("metal", "oxide"): {"need": 1, "stock": 20}, ("magnet", "metal"): {"need": 1, "stock": 5},
    }  # fmt: skip
    if alternative:
        nodes["other"] = {"material": "oxide", "country": "JP", "output": 0, "capacity": 365}
        flows["other", "metal"] = {"amount": 365, "lead": 1, "qualified": "no", "qualification": 55}
    if open_:
        recipes["metal", "ore"] = {"need": 1, "stock": 0}
    return Chain.from_tables(**tables(nodes, flows, recipes, {("oxide", "Dy"): 0.5}))


def shares(found: pd.DataFrame, node: str, qualified: bool = True, column: str = "share") -> list[float]:
    rows = found[(found["node"] == node) & (found["qualified"] == qualified)].sort_values("after_d")
    return [float(value) for value in rows[column]]


def alone(given: Chain, days: list[int], **more: Any) -> pd.DataFrame:
    return sovereignty(given, scenario([{"kind": "ban", "form": "oxide"}]), ["JP"], days, **more)


def test_a_chain_inside_one_economy_runs_on() -> None:
    found = alone(chain("JP"), [30, 180, 720])
    assert (found["share"] == 1.0).all() and (found["unknown"] == 0.0).all()
    assert (found["binding"] == "").all()


def test_a_stock_of_20_days_of_the_one_imported_input_lasts_20_days() -> None:
    """Goods on the way add a day: metal runs to day 20, the magnet maker to day 20 + 1 + 5."""
    found = alone(chain(), [14, 19, 21, 27, 180])
    assert shares(found, "metal") == pytest.approx([1.0, 2 / 7, 0.0, 0.0, 0.0])
    assert shares(found, "magnet") == pytest.approx([1.0, 1.0, 6 / 7, 0.0, 0.0])
    cut = found[(found["after_d"] == 180) & (found["node"] != "")]
    assert set(cut["binding"]) == {"oxide"}
    assert shares(found, "") == shares(found, "", False)


def test_a_substitute_inside_brings_it_back_from_the_day_it_is_qualified() -> None:
    """React 5 d and qualify 55 d: ordered on day 60, used on day 61; without qualification, never."""
    found = alone(chain(alternative=True), [30, 54, 61, 180])
    assert shares(found, "metal") == pytest.approx([0.0, 0.0, 1.0, 1.0])
    assert shares(found, "metal", qualified=False) == [0.0] * 4


def test_a_plan_that_qualified_beforehand_counts_without_waiting() -> None:
    begun = {"start": "2024-01-01", **EVIDENCE}
    plan = [
        Supply.model_validate(SUPPLY | begun),
        Qualify(kind="qualify", id="paid", supplier="back", **begun),
    ]
    assert shares(alone(chain(), [30, 180], plan=plan), "metal", qualified=False) == [1.0, 1.0]
    assert shares(alone(chain(), [30, 180], plan=plan[:1]), "metal", qualified=False) == [0.0, 0.0]


def test_an_input_nobody_knows_the_supplier_of_is_unknown_and_never_safe() -> None:
    found = alone(chain("JP", open_=True), [30])
    for node in ("metal", "magnet"):  # what is made of the unknown is unknown too
        assert np.isnan(shares(found, node)).all() and shares(found, node, column="unknown") == [1.0]
    stopped = alone(chain("CN", open_=True), [180])
    assert shares(stopped, "metal") == [0.0] and shares(stopped, "metal", column="unknown") == [0.0]


def test_an_economy_without_a_node_is_named() -> None:
    with pytest.raises(ModelError) as error:
        sovereignty(chain(), scenario([]), ["DE"])
    assert "CN, JP" in error.value.text("en") and "CN, JP" in error.value.text("ja")


@pytest.mark.slow
def test_japan_alone_makes_fewer_magnets_the_longer_it_lasts_and_every_loss_has_its_node() -> None:
    given = Chain.example("ndfeb-japan@2024")
    found = sovereignty(given, read_scenario("2025-medium-heavy-rare-earths"))
    stage = found[(found["stage"] == "magnet") & (found["node"] == "")]
    for qualified in (False, True):
        rows = stage[stage["qualified"] == qualified].set_index("after_d")["share"]
        assert rows[30.0] == 1.0 and rows[720.0] < 0.2
    lost = found[found["share"] < 1 - 1e-6]
    assert (lost["binding"] != "").all() and (lost["binding_label_ja"] != "").all()
    abroad = given.nodes.set_index("node")["country"][lost["binding"]]
    assert (abroad != "JP").all()
    end = found[(found["stage"] == "equipment") & (found["node"] == "") & (found["after_d"] == 720)]
    with_it, without = (end.loc[end["qualified"] == one, "share"].item() for one in (True, False))
    assert with_it > without

"""Why a node falls short, where the cause is the host of a by-product; and the notes that say so."""

from __future__ import annotations

from typing import Any

import pytest

from meguri.app.answers import print_trail
from meguri.structure.chain import Chain
from meguri.study.study import Study
from tests.small import scenario, tables

FORMS = {"ore": "ore", "zinc": "metal", "indium": "metal", "slag": "residue"}


def smelter(controls: list[dict[str, Any]], **more: Any) -> Study:
    """Ore from China feeds a smelter in Japan; indium is won from its slag."""
    nodes = {
        "mine": {"material": "ore", "country": "CN", "output": 3650},
        "smelter": {"material": "zinc", "country": "JP", "output": 3650},
        "refiner": {"material": "indium", "country": "JP", "output": 365},
    }
    recipes = {
        ("smelter", "ore"): {"need": 1, "stock": 10},
        ("refiner", "slag"): {"need": 1, "stock": 5, "host": "smelter", "spare": 0.1},
    }
    flows = {("mine", "smelter"): {"amount": 3650, "lead": 1}}
    given = tables(nodes, flows, recipes, {("ore", "Dy"): 0.5}, FORMS)
    given["materials"]["label_en"] = given["materials"]["label_ja"] = given["materials"]["material"]
    return Study(Chain.from_tables(**given), scenario(controls, **more), runs=1, seed=1)


def why(capsys: pytest.CaptureFixture[str], study: Study) -> str:
    print_trail(study.trail("refiner"), "refiner", "en")
    return " ".join(capsys.readouterr().out.split())


def test_the_trail_goes_from_the_ban_to_the_host_that_stopped_and_its_by_product(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = why(capsys, smelter([{"kind": "ban"}]))
    assert told.index("export ban") < told.index("stock of ore") < told.index("refiner: output falls short")


def test_a_host_that_makes_all_it_is_asked_for_ends_the_search(capsys: pytest.CaptureFixture[str]) -> None:
    study = smelter([], demand_of={"indium": 1.5})
    told, outcome = why(capsys, study), study.run()
    assert "falls short for want of slag" in told and "smelter: output falls short" not in told
    notes = outcome.notes().set_index("key")["text_en"]
    assert notes["by-products"].startswith("By-products follow their hosts (refiner ← smelter)")
    assert notes["follows-refiner"].startswith("refiner follows its host smelter")
    assert "10% of spare separation" in notes["follows-refiner"]


def test_a_by_product_that_suffices_is_not_said_to_hold_anyone_back() -> None:
    keys = smelter([]).run().notes()["key"].tolist()
    assert "by-products" in keys and "follows-refiner" not in keys


def test_a_product_s_demand_is_named_by_its_product() -> None:
    labels = (
        smelter([], demand_of={"indium": [1.2, 1.5, 1.8]}).run().table("assumptions").set_index("parameter")
    )
    row = labels.loc["demand_of.indium"]
    assert row["label_en"].endswith("(indium)") and row["label_ja"].endswith("（indium）")

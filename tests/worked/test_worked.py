"""Five-node chains computed by hand: each YAML file says what is given, the reckoning and the answer.

Amounts are tonnes a day; days are counted from the first control. Goods on the way when a control
begins still arrive, so a stock of 45 days behind a lead time of one day lasts 46 days.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from meguri.structure.chain import Chain
from tests.small import Told, scenario, tables, tell_once

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*.yaml"))


def per_year(cells: dict[str, Any]) -> dict[str, Any]:
    amounts = ("output", "capacity", "amount")
    return {key: value * 365 if key in amounts else value for key, value in cells.items()}


def pair(text: str) -> tuple[str, str]:
    left, right = text.split(" → ")
    return left, right


def tell(case: dict[str, Any]) -> Told:
    forms = {cells["material"]: cells.pop("form", cells["material"]) for cells in case["nodes"].values()}
    forms |= case.get("streams", {})  # by-products of a host: products that no node makes
    contents = {(material, "Dy"): share for material, share in case.get("dy", {}).items()}
    nodes = {name: per_year(cells) for name, cells in case["nodes"].items()}
    flows = {pair(names): per_year(cells) for names, cells in case["flows"].items()}
    recipes = {pair(names)[::-1]: cells for names, cells in case["recipes"].items()}
    chain = Chain.from_tables(**tables(nodes, flows, recipes, contents, forms))
    return tell_once(chain, scenario(case["controls"], **case.get("scenario", {})))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_the_model_gives_what_was_computed_by_hand(file: Path) -> None:
    case = yaml.safe_load(file.read_text(encoding="utf-8"))
    told, expected = tell(case), case["expect"]
    nodes = told.layout.nodes["node"].tolist()
    after = told.story.short[told.first :]
    for node, days in expected["survives"].items():
        assert told.days[node] == (np.inf if days == "never" else days), node
    for node, days in expected.get("recovers", {}).items():
        ended = np.flatnonzero(after[:, nodes.index(node)])[-1] + 1
        assert (ended if ended < len(after) else "never") == days, node
    for node, outputs in expected.get("makes", {}).items():
        for day, tonnes in outputs.items():
            made = told.story.output[told.first + day, nodes.index(node)]
            assert made == pytest.approx(tonnes, abs=1e-5), (node, day)
    for node, name in expected.get("waits_for", {}).items():
        slot = told.story.waits[nodes.index(node)]
        assert told.layout.slots["input"][slot] == name


def test_every_case_of_the_list_is_there() -> None:
    topics = {"stock", "licence", "quota", "dual", "qualification", "and", "important", "slowdown", "tts"}
    topics |= {"byproduct"}
    assert topics <= {file.stem.split("-")[0] for file in CASES}


@pytest.mark.parametrize(("file", "number", "days"), [("tts-chain", 0, 5), ("tts-dual-source", 1, 5)])
def test_loss_agrees_with_the_published_reckoning_once_goods_on_the_way_are_gone(
    file: str, number: int, days: int
) -> None:
    """Loss per unit f = 2: what is not made in the ``days`` after the last day of survival.

    tts_hand_cases.json knows no transport: there the goods on the way are nothing. Here they let each
    link live one day longer, so the same loss is reached that much later.
    """
    known = json.loads((HERE / "tts_hand_cases.json").read_text(encoding="utf-8"))["cases"][number]
    case = yaml.safe_load((HERE / f"{file}.yaml").read_text(encoding="utf-8"))
    transport = case["expect"]["survives"]["a"] - known["TTS"]
    assert transport == case["goods_on_the_way"]
    told = tell(case)
    made = told.story.output[told.first :, told.layout.nodes["node"].tolist().index("a")]
    ((horizon, loss),) = known["loss"].items()
    assert known["TTS"] + days == float(horizon)
    until = int(float(horizon) + transport)
    assert 2.0 * (10.0 * until - made[:until].sum()) == pytest.approx(loss)

"""Effects of a plan are entries of a scenario: strict, dated, ranged, merged by their ids."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from meguri.base.errors import ScenarioError
from meguri.scenario.measures import Stock
from meguri.scenario.override import lay_over
from meguri.scenario.read import parse_scenario
from meguri.scenario.schema import Range, json_schema

EVIDENCE = {"source": "meguri-assumption", "grade": "assumed"}
BASE: dict[str, Any] = {
    "name": "x", "label": {"en": "x", "ja": "x"}, "chain": "none", "start": "2025-01-01", "horizon": "1 a",
}  # fmt: skip
EFFECTS: list[dict[str, Any]] = [
    {"kind": "stock", "nodes": "a", "input": "m", "amount": "45 d"},
    {"kind": "supply", "country": "JP", "product": "m", "amount": "3 t/a", "qualification": "9 months"},
    {"kind": "qualify", "supplier": "supply"},
    {"kind": "saving", "nodes": ["a", "b"], "input": "m", "amount": [0.1, 0.3], "ramp": "1 a"},
    {"kind": "capacity", "nodes": "a", "amount": "2 t/a"},
    {"kind": "knowledge", "nodes": "a", "amount": "50 %"},
]


def plan(*effects: dict[str, Any]) -> dict[str, Any]:
    common = {"start": "2026-01-01", **EVIDENCE}
    return {**BASE, "measures": [{"id": effect["kind"], **common, **effect} for effect in effects]}


def test_every_kind_of_effect_is_read_with_its_unit_and_written_as_it_was() -> None:
    scenario = parse_scenario(plan(*EFFECTS))
    assert [effect.kind for effect in scenario.measures] == [effect["kind"] for effect in EFFECTS]
    stock = scenario.measures[0]
    assert isinstance(stock, Stock) and stock.amount == Range(45, 45, 45, "d")
    written = yaml.safe_load(yaml.safe_dump(scenario.plain()))
    assert parse_scenario(written) == scenario


def test_a_scenario_without_a_plan_says_nothing_of_one() -> None:
    assert "measures" not in parse_scenario(BASE).plain()


SAVING = {"kind": "saving", "nodes": "a", "input": "m"}
STOCK = {"kind": "stock", "nodes": "a", "input": "m"}
CAPACITY = {"kind": "capacity", "nodes": "a", "amount": "2 t/a"}


@pytest.mark.parametrize(
    ("effect", "key", "place"),
    [
        ({"kind": "stock", "input": "m", "amount": "45 d"}, "measure_where", "stock"),
        (STOCK | {"amount": "4 t"}, "scenario_quantity", "stock.amount"),
        (SAVING | {"amount": 1.4}, "out_of_range", "saving.amount"),
        (STOCK | {"kind": "stocks"}, "scenario_kind", ""),
        (CAPACITY | {"until": "x"}, "scenario_extra", "capacity.until"),
    ],
)
def test_what_an_effect_lacks_or_does_not_know_is_named(effect: dict[str, Any], key: str, place: str) -> None:
    with pytest.raises(ScenarioError) as error:
        parse_scenario(plan(effect))
    assert [(problem.key, problem.place) for problem in error.value.problems] == [
        (key, f"measures.0.{place}".rstrip("."))
    ]
    assert all(error.value.text(lang) for lang in ("en", "ja"))


def test_two_effects_may_not_share_a_name() -> None:
    with pytest.raises(ScenarioError) as error:
        parse_scenario(plan(EFFECTS[0], EFFECTS[0]))
    assert {problem.key for problem in error.value.problems} == {"duplicate"}


def test_a_plan_laid_over_another_changes_its_effects_by_id() -> None:
    larger = {"measures": [{"id": "stock", "amount": "90 d"}, {"id": "qualify", "remove": True}]}
    merged = parse_scenario(lay_over(plan(*EFFECTS), larger))
    assert [effect.id for effect in merged.measures] == [e["kind"] for e in EFFECTS if e["kind"] != "qualify"]
    assert merged.measures[0].amount.mode == 90  # type: ignore[union-attr]


def test_the_schema_for_editors_describes_every_field_in_both_languages() -> None:
    models = json_schema()["$defs"]
    for name in ("Stock", "Supply", "Qualify", "Saving", "Capacity", "Knowledge"):
        for field in models[name]["properties"].values():
            assert field["description"] and field["description_ja"]

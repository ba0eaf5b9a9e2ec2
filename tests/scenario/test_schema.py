"""The schema is strict: units, bounds, terms, dates, unknown keys."""

from __future__ import annotations

from typing import Any

import pytest

from meguri.base.errors import ScenarioError
from meguri.scenario.read import parse_scenario, read_scenario
from meguri.scenario.schema import Range, Scenario, json_schema

LICENCE = {
    "id": "licence", "kind": "licence", "by": "CN", "element": "Dy", "form": "oxide",
    "start": "2025-04-04", "paperwork": "10 d", "review": "45 working days", "customs_test": "5 d",
    "approval": 0.5, "source": "mofcom-2025-18",
}  # fmt: skip
BASE: dict[str, Any] = {
    "name": "x", "label": {"en": "x", "ja": "x"}, "chain": "ndfeb-japan@2024", "start": "2025-01-01",
    "horizon": "12 months", "controls": [LICENCE],
}  # fmt: skip
PERIOD = {"start": "2025-01-01", "end": "2025-06-30", "amount": "10 t", "source": "mofcom-2025-18"}
QUOTA = {
    **{key: LICENCE[key] for key in ("id", "by", "element", "form", "start", "source")},
    "kind": "quota", "periods": [PERIOD],
}  # fmt: skip


def problems(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as error:
        parse_scenario({**BASE, **changes}, "x.yaml")
    for lang in ("en", "ja"):
        assert error.value.text(lang)  # every problem has its words in both languages
    return [(problem.key, problem.place) for problem in error.value.problems]


def licence(**changes: Any) -> list[dict[str, Any]]:
    return [LICENCE | changes]


def test_a_range_of_two_has_its_mode_in_the_middle() -> None:
    assert Range.read(["10 d", "2 months"], "time").mode == pytest.approx((10 + 2 * 365 / 12) / 2)


def test_only_a_review_runs_in_working_days() -> None:
    assert parse_scenario(BASE).controls[0].review.unit == "working days"  # type: ignore[union-attr]
    assert problems(horizon="200 working days") == [("scenario_quantity", "horizon")]
    found = problems(controls=licence(paperwork="10 working days"))
    assert found == [("scenario_quantity", "controls.0.licence.paperwork")]


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), 10**400, "1e999 d", True, None, "soon", "5 t", {}, []]
)
def test_what_is_no_finite_time_is_named(value: Any) -> None:
    ((key, place),) = problems(horizon=value)
    assert place == "horizon" and key in ("scenario_quantity", "range_inverted", "scenario_value")


@pytest.mark.parametrize(
    ("changes", "key", "place"),
    [
        ({"horizon": "10 t"}, "scenario_quantity", "horizon"),
        ({"horizon": "0 d"}, "out_of_range", "horizon"),
        ({"start": "2025-13-01"}, "date", "start"),
        ({"start": "9999-12-01"}, "out_of_range", "start"),
        ({"adjust": 0}, "out_of_range", "adjust"),
        ({"mesures": []}, "scenario_extra", "mesures"),
        ({"controls": licence(by="Chnia")}, "term_countries", "controls.0.licence.by"),
        ({"controls": licence(element="Dyx")}, "term_materials", "controls.0.licence.element"),
        ({"controls": licence(form="oxyde")}, "term_forms", "controls.0.licence.form"),
        ({"controls": licence(approval=1.4)}, "out_of_range", "controls.0.licence.approval"),
        ({"controls": licence(approval=[0.8, 0.2])}, "range_inverted", "controls.0.licence.approval"),
        ({"controls": licence(kind="embargo")}, "scenario_kind", "controls.0"),
        ({"controls": licence(end="2025-01-01")}, "dates_inverted", "controls.0.end"),
        ({"controls": [LICENCE, LICENCE]}, "duplicate", "controls.0.id"),
        (
            {"controls": [{k: v for k, v in LICENCE.items() if k != "kind"}]},
            "scenario_missing",
            "controls.0.kind",
        ),
        (
            {"controls": [{k: v for k, v in LICENCE.items() if k != "source"}]},
            "scenario_missing",
            "controls.0.licence.source",
        ),
        ({"clock": "2024-12-31"}, "clock_outside", "clock"),
        ({"controls": licence(start="2024-12-31")}, "clock_outside", "controls.start"),
        ({"horizon": "30 d"}, "clock_outside", "controls.start"),
        (
            {"controls": [QUOTA | {"periods": [PERIOD | {"end": "2024-12-31"}]}]},
            "dates_inverted",
            "controls.0.periods.0.end",
        ),
        (
            {"controls": [QUOTA | {"periods": [PERIOD, PERIOD | {"end": "2025-12-31"}]}]},
            "periods_overlap",
            "controls.0.periods.1",
        ),
        ({"vary": 3}, "scenario_mapping", "vary"),
        ({"vary": {"paperwrok": "5 d"}}, "scenario_extra", "vary"),
    ],
)
def test_every_slip_is_named_with_its_place(changes: dict[str, Any], key: str, place: str) -> None:
    assert (key, place) in problems(**changes)


def test_all_problems_are_named_at_once() -> None:
    found = problems(start="2025-13-01", horizon="10 t", controls=licence(by="Chnia"))
    assert {place for _, place in found} == {"start", "horizon", "controls.0.licence.by"}


def test_a_slowdown_needs_an_end() -> None:
    slow = {key: LICENCE[key] for key in ("id", "by", "element", "form", "start", "source")}
    assert problems(controls=[slow | {"kind": "customs-slowdown", "held": 0.5}])[0][0] == "slowdown_end"


def test_names_in_either_language_and_norway_become_keys() -> None:
    found = parse_scenario({**BASE, "controls": licence(by="中国", element="Dysprosium", to=[False])})
    assert (found.controls[0].by, found.controls[0].element, found.controls[0].to) == ("CN", ("Dy",), ("NO",))


def test_vary_ranges_the_field_of_every_control_that_has_it() -> None:
    found = parse_scenario({**BASE, "vary": {"paperwork": ["10 d", "60 d"]}})
    assert found.controls[0].paperwork == Range(10, 35, 60, "d")  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["2010-rare-earths", "2025-medium-heavy-rare-earths"])
def test_a_scenario_written_plainly_reads_as_itself(name: str) -> None:
    found = read_scenario(name)
    assert parse_scenario(found.plain()) == found


def test_the_json_schema_knows_every_key() -> None:
    assert set(json_schema()["properties"]) == set(Scenario.model_fields)

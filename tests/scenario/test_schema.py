"""The schema is strict: units, bounds, terms, dates, unknown keys."""

from __future__ import annotations

from typing import Any

import pytest

from meguri.base.errors import ScenarioError
from meguri.scenario.controls import Threshold
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
OF_FIRMS = {key: LICENCE[key] for key in ("id", "by", "element", "form", "start", "source")}
LOSS = {"node": "jp-magnet", "start": "2025-02-01", "source": "meguri-assumption", "grade": "assumed"}
RESERVE = {
    "product": "metal-hree", "country": "JP", "amount": "60 t", "release": {"cover_below": "30 d"},
    "decision": "14 d", "rate": "1 t/d", "source": "meguri-assumption", "grade": "assumed",
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
        ({"controls": licence(element=[], form=[])}, "control_goods", "controls.0.licence"),
        ({"controls": licence(form=[])}, "control_goods", "controls.0.licence"),
        ({"controls": licence(goods=[3])}, "names", "controls.0.licence.goods"),
        ({"controls": licence(goods="")}, "names", "controls.0.licence.goods"),
        ({"controls": licence(announced="2025-04-05")}, "announced_late", "controls.0.licence"),
        (
            {"controls": licence(suspended=[{"start": "2025-05-02", "end": "2025-05-01"}])},
            "dates_inverted",
            "controls.0.suspended.0.end",
        ),
        ({"controls": licence(de_minimis="5 d")}, "scenario_quantity", "controls.0.licence.de_minimis"),
        ({"controls": licence(de_minimis=1.5)}, "out_of_range", "controls.0.licence.de_minimis"),
        (
            {"controls": licence(threshold={"property": "overlay", "unit": "nm"})},
            "threshold_side",
            "controls.0.licence.threshold",
        ),
        ({"controls": licence(answers="licence")}, "answers_unknown", "controls.0.answers"),
        (
            {"controls": [OF_FIRMS | {"kind": "entity-list"}]},
            "scenario_missing",
            "controls.0.entity-list.entities",
        ),
        (
            {"controls": [OF_FIRMS | {"kind": "end-use-ban", "uses": []}]},
            "scenario_value",
            "controls.0.end-use-ban.uses",
        ),
        (
            {"controls": [OF_FIRMS | {"kind": "minimum-price", "price": "3 t"}]},
            "scenario_quantity",
            "controls.0.minimum-price.price",
        ),
        ({"disruptions": [LOSS]}, "disruption_empty", "disruptions.0"),
        ({"disruptions": [LOSS | {"lost": 1, "end": "2024-12-31"}]}, "dates_inverted", "disruptions.0.end"),
        ({"reserves": [RESERVE | {"release": {}}]}, "release_rule", "reserves.0.release"),
        ({"demand_path": [{"start": "2025-02-01", "factor": 2}]}, "scenario_missing", "demand_path.0.source"),
        ({"feedback": "prices"}, "scenario_value", "feedback"),
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


EVERY_KIND: list[dict[str, Any]] = [
    {"kind": "ban", "goods": "scanner", "threshold": {"property": "overlay", "below": 2.4, "unit": "nm"}},
    {"kind": "tax", "rate": "20 %", "announced": "2025-02-01"},
    {"kind": "entity-list", "entities": "Firm A", "owned_from": "50 %", "answers": "of-ban"},
    {"kind": "end-use-ban", "uses": ["chip"], "approval": [0, 0.1], "de_minimis": "0.1 %"},
    {"kind": "service-cut", "grace": "90 d", "fade": ["100 d", "300 d"], "floor": [0.2, 0.6]},
    {"kind": "catch-all", "reviewed": 0.1, "delay": "60 d", "refused": 0.2, "third_countries": True},
    {"kind": "minimum-price", "price": "100 USD/kg", "general_to": "US", "general_holders": ["Firm B"]},
]  # fmt: skip


def gallery_of_kinds() -> Scenario:
    """Every kind of control with the fields that all share, and every part of a scenario."""
    controls = []
    for place, one in enumerate(EVERY_KIND):
        named = OF_FIRMS | {"id": "of-ban" if place == 0 else f"of-{place}"}
        if "goods" in one:
            named = {key: value for key, value in named.items() if key not in ("element", "form")}
        controls.append(named | one | {"suspended": [{"start": "2025-11-10", "end": None}]})
    evidence = {"source": "meguri-assumption", "grade": "assumed"}
    return parse_scenario(
        {
            **BASE,
            "controls": controls,
            "demand_path": [{"product": None, "start": "2025-03-01", "factor": [1, 2], **evidence}],
            "disruptions": [
                LOSS | {"yield_lost": [0.1, 0.3], "recovery": "60 d"},
                LOSS | {"node": "jp-resist", "yield_lost": [0.1, 0.3]},
            ],
            "reserves": [RESERVE],
            "precaution": {"announced": 0.5, "in_force": [0.2, 0.8], "decay": "90 d", **evidence},
        }
    )


def test_every_kind_of_control_written_plainly_reads_as_itself() -> None:
    found = gallery_of_kinds()
    assert parse_scenario(found.plain()) == found
    assert {control.kind for control in found.controls} == {one["kind"] for one in EVERY_KIND}


def test_a_control_begins_to_act_when_its_suspension_ends() -> None:
    rests = [{"start": "2025-04-10", "end": "2025-04-30"}, {"start": "2025-04-01", "end": "2025-04-09"}]
    (control,) = parse_scenario({**BASE, "controls": licence(suspended=rests)}).controls
    assert str(control.first_day()) == "2025-05-01"


def test_a_control_suspended_with_no_known_end_never_acts_and_starts_no_clock() -> None:
    found = parse_scenario({**BASE, "controls": licence(suspended=[{"start": "2025-03-01"}])})
    assert found.controls[0].first_day() is None
    assert found.first_control is None and found.counted_from == found.start


def test_the_bounds_of_a_threshold_are_controlled() -> None:
    band = Threshold(property="overlay", above=1.5, below=2.4, unit="nm")
    assert [band.catches(value) for value in (1.4, 1.5, 2.4, 2.5)] == [False, True, True, False]

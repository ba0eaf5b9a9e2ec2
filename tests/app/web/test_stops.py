"""What stops when, as a page: what it asks, what it shows, and how a form becomes a scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from meguri.app.web.cases import read_case
from meguri.app.web.desk import Desk
from meguri.app.web.kinds import runner
from meguri.app.web.pages import viewer
from meguri.app.web.pages.stops_answer import Answer, why_section
from meguri.app.web.pages.stops_compared import compared_section, node_differences, price_differences
from meguri.app.web.question import Asked
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.scenario_form import leaves, scenario_form, written
from meguri.app.web.sets import join_sets, split_sets
from meguri.app.web.view import View, document
from meguri.base.errors import DataError, ScenarioError
from meguri.base.terms import LANGS, Lang
from meguri.scenario.override import lay_over
from meguri.scenario.read import gallery, parse_scenario, read_scenario, read_yaml
from meguri.study.outcome import Outcome

SMALL = "placebo-copper-ore"  # the quickest packaged study
STRUCK = "2023-graphite"
QUESTION = QUESTIONS["stops"]


def asked_of(desk: Desk, lang: Any = "en", **query: Any) -> Asked:
    given = {name: [text] if isinstance(text, str) else text for name, text in query.items()}
    return QUESTION.read(given, desk, lang)


def viewed(desk: Desk, lang: Any = "en", **query: Any) -> View:
    return viewer("stops")(asked_of(desk, lang, **query), desk, lang)


def done(desk: Desk, kind: str, params: Mapping[str, str]) -> Path:
    """The job at once, as the server would have it done."""
    folder = desk.folder / "answers" / desk.answer_id(kind, params)
    runner(kind)(params, desk, folder, lambda _done, _of: None)
    (folder / "done.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace in which a small run is done."""
    found = Desk(tmp_path_factory.mktemp("workspace"))
    for run in viewed(found, scenario=STRUCK, runs="2").runs:
        done(found, run.kind, run.params)
    return found


def answer_of(desk: Desk, **query: Any) -> Answer:
    asked = asked_of(desk, **query)
    params = read_case(asked, desk).params(asked["runs"], asked["seed"])
    folder = desk.answer("stress", params)
    assert folder is not None
    return Answer.of(Outcome.load(folder / "outcome"), folder)


@pytest.mark.parametrize("lang", LANGS)
def test_before_a_run_the_page_says_what_the_scenario_says_and_offers_the_run(
    lang: Lang, tmp_path: Path
) -> None:
    view = viewed(Desk(tmp_path), lang)
    told = document(view, lang)
    assert [run.kind for run in view.runs] == ["stress"] and view.runs[0].seconds > 0
    texts = " ".join(text for part in told["sections"] for text in part["texts"])
    assert "“to safeguard national security" in texts and "[mofcom-2025-18]" in texts
    assert {"controls"} <= set(view.tables()) and len(told["sources"]) > 1


@pytest.mark.parametrize("lang", LANGS)
def test_after_a_run_the_page_shows_every_part_in_the_readers_language(lang: Lang, desk: Desk) -> None:
    view = viewed(desk, lang, scenario=STRUCK, runs="2")
    told = document(view, lang)
    json.dumps(told, allow_nan=False)
    keys = [part["key"] for part in told["sections"]]
    assert keys == [
        "when",
        "why",
        "output",
        "price",
        "recovery",
        "hangs",
        "indirect",
        "said",
        "chain",
        "ways",
    ]
    assert not view.runs and len(view.headlines) >= 2 and told["notes"]
    charts = {chart["key"] for part in told["sections"] for chart in part["charts"]}
    assert {"what-stops-when", "production", "price", "structure"} <= charts


def test_the_trail_of_every_process_that_falls_short_can_be_asked_for(desk: Desk) -> None:
    answer = answer_of(desk, scenario=STRUCK, runs="2")
    survival = answer.outcome.table("survival")
    short = set(survival.loc[survival["share_stopped"] > 0, "node"])
    assert short == set(answer.trails["of"]) and short
    node = min(short)
    chart = why_section(answer, node, "en").charts[0]
    assert set(chart.table["of"]) == {node}


def test_a_node_the_chain_does_not_have_is_named_with_its_nearest(desk: Desk) -> None:
    with pytest.raises(DataError, match="no-such-node"):
        viewed(desk, scenario=STRUCK, runs="2", node="no-such-node")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("controls.licence.start", "2024-02-01"),
        ("controls.licence.approval", "[0.1, 0.2, 0.3]"),
        ("controls.licence.review", "30 working days"),
        ("horizon", "12 months"),
        ("demand", "[1, 1.1, 1.2]"),
    ],
)
def test_a_value_of_the_form_makes_the_scenario_that_the_same_line_of_a_file_makes(
    path: str, text: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    asked = asked_of(desk, scenario=STRUCK, **{f"set.{path}": text})
    assert asked["set"] == f"{path}={text}"
    assert read_case(asked, desk).scenario == read_scenario(STRUCK, [f"{path}={text}"])
    *parts, last = path.split(".")
    inner: dict[str, Any] = {last: read_yaml(text, "")}
    laid: Any = {"controls": [{"id": parts[1], **inner}]} if parts else inner
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump({"base": STRUCK, "name": STRUCK, **laid}), encoding="utf-8")
    assert read_scenario(file).model_copy(update={"base": None}) == read_case(asked, desk).scenario


@pytest.mark.parametrize("name", gallery())
def test_every_value_the_form_shows_is_read_back_as_itself(name: str) -> None:
    scenario = read_scenario(name)
    shown = {leaf.path: written(leaf.value) for leaf in leaves(scenario)}
    assert len(shown) > 10
    plain = scenario.model_dump(mode="json", exclude_none=True)
    again = lay_over(plain, {})
    for path, text in shown.items():
        if text:
            again = _put(again, path, read_yaml(text, path))
    assert parse_scenario(again) == scenario


def _put(content: Any, path: str, value: Any) -> Any:
    from meguri.scenario.override import set_value

    return set_value(content, path, value)


@pytest.mark.parametrize("lang", LANGS)
def test_every_input_of_the_form_has_a_label_and_a_help_text(lang: Lang) -> None:
    for name in gallery():
        for group in scenario_form(read_scenario(name), {}, (), "set", lang):
            assert group.title
            assert all(one.label and one.help and one.value == one.present for one in group.inputs)


def test_changed_values_keep_their_commas_in_the_address() -> None:
    sets = ("a.b=[1 d, 2 d]", "horizon=12 months", "controls.x-y.to=[JP, US]")
    assert split_sets(join_sets(sets)) == sets


def test_values_that_cannot_be_are_all_named_beside_their_fields(tmp_path: Path) -> None:
    wrong = {
        "set.controls.0.start": "2025-13-01",
        "set.controls.licence.approval": "7",
        "set.controls.nope.start": "1",
    }
    view = viewed(Desk(tmp_path), "en", **wrong)
    assert view.refused and len(view.lead) == 3 and not view.runs
    fields = {one.name: one for group in view.form for one in group.inputs}
    assert "2025-13-01" in fields["set.controls.licence.start"].problem
    assert "7" in fields["set.controls.licence.approval"].problem
    assert any("nope" in text for text in view.lead)


@pytest.mark.parametrize(
    "query",
    [{"runs": "0"}, {"runs": "many"}, {"seed": "-1"}, {"scenario": "nope"}, {"chain": "nope"}, {"nope": "1"},
     {"sobol": "nope"}, {"with": "nope"}],
)  # fmt: skip
def test_what_no_field_allows_is_refused_by_name(query: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=next(iter(query))):
        asked_of(Desk(tmp_path), **query)


def test_a_run_compared_with_itself_differs_in_nothing(desk: Desk) -> None:
    answer = answer_of(desk, scenario=STRUCK, runs="2")
    assert node_differences(answer.outcome, answer.outcome).empty
    assert price_differences(answer.outcome, answer.outcome).empty
    view = viewed(desk, scenario=STRUCK, runs="2", **{"with": STRUCK})
    part = view.sections[0]
    assert part.key == "compared" and part.texts and not part.charts and not part.tables


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_two_runs_stand_beside_each_other_with_what_differs(lang: Lang, desk: Desk) -> None:
    query = {
        "scenario": STRUCK,
        "runs": "2",
        "set": "controls.licence.approval=[0.05, 0.1, 0.2]",
        "with": STRUCK,
    }
    for run in viewed(desk, lang, **query).runs:
        done(desk, run.kind, run.params)
    view = viewed(desk, lang, **query)
    part = view.sections[1]
    assert part.key == "compared" and [chart.key for chart in part.charts] == ["two-runs"]
    nodes = next(table for table in part.tables if table.key == "compared_nodes").frame
    assert len(nodes) and not nodes.duplicated("node").any()
    document(view, lang)


@pytest.mark.slow
def test_the_order_of_two_runs_only_swaps_the_columns(desk: Desk) -> None:
    asked = asked_of(desk, scenario=STRUCK, runs="2", set="controls.licence.approval=[0.05, 0.1, 0.2]")
    case = read_case(asked, desk)
    folder = desk.answer("stress", case.params("2", "1")) or done(desk, "stress", case.params("2", "1"))
    one, other = (
        answer_of(desk, scenario=STRUCK, runs="2"),
        Answer.of(Outcome.load(folder / "outcome"), folder),
    )
    there = node_differences(one.outcome, other.outcome).set_index("node")
    back = node_differences(other.outcome, one.outcome).set_index("node").loc[there.index]
    assert (there["tts_d"].fillna(-1) == back["tts_other_d"].fillna(-1)).all()
    assert (there["share_other"] == back["share_stopped"]).all()
    plain = read_case(asked_of(desk, scenario=STRUCK), desk)
    assert compared_section((plain, one), (case, other), "en").tables


def test_the_kept_file_is_the_scenario_that_was_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    asked = asked_of(desk, scenario=STRUCK, set="controls.licence.start=2024-02-01")
    (kept,) = viewer("stops")(asked, desk, "en").keeps
    file = tmp_path / kept.name
    file.write_text(kept.text, encoding="utf-8")
    again, run = read_scenario(file), read_case(asked, desk).scenario
    assert again.label.en.endswith("(changed)") and again.label.ja.endswith("（変更あり）")
    assert again.model_copy(update={"name": run.name, "label": run.label}) == run


def own_scenario(folder: Path, text: str) -> str:
    """An own scenario in a workspace, as the store keeps it."""
    place = folder / "files" / "abc"
    place.mkdir(parents=True)
    (place / "v0001.yaml").write_text(text, encoding="utf-8")
    meta = {
        "kind": "scenario",
        "name": "mine.yaml",
        "current": 1,
        "versions": [{"file": "v0001.yaml", "digest": "d"}],
    }
    (place / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return "file:abc"


@pytest.mark.slow
def test_an_own_scenario_is_run_like_a_packaged_one(tmp_path: Path) -> None:
    value = own_scenario(tmp_path, f"name: mine\nbase: {SMALL}\nhorizon: 6 months\n")
    desk = Desk(tmp_path)
    view = viewed(desk, scenario=value, runs="2")
    (run,) = view.runs
    done(desk, run.kind, run.params)
    assert not viewed(desk, scenario=value, runs="2").runs
    assert "files:scenario" in desk.seen


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name: mine\nbase: /etc/other.yaml\n", "base"),
        (f"name: mine\nbase: {SMALL}\nchain: /etc\n", "chain"),
        (f"name: mine\nbase: {SMALL}\ncontrast: /etc/other.yaml\n", "contrast"),
        (f"name: mine\nbase: {SMALL}\nstart: never\n", "start"),
    ],
)
def test_an_own_scenario_reaches_no_other_file_and_its_problems_bear_its_name(
    text: str, place: str, tmp_path: Path
) -> None:
    value = own_scenario(tmp_path, text)
    with pytest.raises((DataError, ScenarioError), match=place) as caught:
        viewed(Desk(tmp_path), scenario=value)
    assert "mine.yaml" in str(caught.value) and str(tmp_path) not in str(caught.value)

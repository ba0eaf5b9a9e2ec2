"""The first page: three answers or none, never a made-up one; the runs are those of the pages it leads to."""

import json
import re

import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.kinds import NAMES, stress
from meguri.app.web.pages import keeps, overview
from meguri.app.web.pages import stops as stops_page
from meguri.app.web.pages.overview_parts import grades
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.questions.overview import QUESTION
from meguri.app.web.view import document
from meguri.base.errors import DataError
from meguri.base.terms import LANGS
from meguri.show.headline import headline
from meguri.structure.chain import Chain
from meguri.study.outcome import Outcome
from tests.show.responded import answer

SMALL = {"scenario": "2024-antimony", "chain": "antimony-japan@2023"}


def shown(desk, lang="en", **query):
    return overview.view(
        QUESTION.read({name: [text] for name, text in query.items()}, desk, lang), desk, lang
    )


def case_of(desk, **query):
    return overview.read_case({**query, "set": ""}, desk)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A workspace in which the run is done, and a search for plans."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    params = overview.stress_params(case_of(desk, **SMALL))
    done = desk.folder / "answers" / desk.answer_id("stress", params)
    stress.run({**params, "runs": "4"}, desk, done, lambda *_: None)
    plans = desk.folder / "answers" / desk.answer_id("respond", overview.keeps_params(case_of(desk, **SMALL)))
    answer().save(plans / "answer")
    for folder in (done, plans):
        (folder / "done.json").write_text("{}")
    return desk


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("query", [{}, SMALL])
def test_without_a_run_no_answer_is_made_up_and_the_run_is_offered(tmp_path, lang, query):
    desk = Desk(tmp_path)
    page = document(shown(desk, lang, **query), lang)
    json.dumps(page, allow_nan=False)
    assert [one["unknown"] for one in page["headlines"]] == [True, True, True]
    assert not any(re.search(r"\d", one["value"]) for one in page["headlines"])
    (run,) = page["runs"]
    assert run["kind"] == "stress" and run["kind"] in NAMES and run["seconds"] > 0
    drawn = [one["key"] for part in page["sections"] for one in (*part["charts"], *part["tables"])]
    assert "structure" in drawn and len(set(drawn)) == len(drawn)


def test_the_runs_are_those_of_the_pages_it_leads_to(tmp_path):
    desk = Desk(tmp_path)
    page = shown(desk, **SMALL)
    first, second, _ = page.headlines
    asked = QUESTIONS["stops"].read({name: [text] for name, text in first.query.items()}, desk, "en")
    assert desk.answer_id("stress", stops_page.view(asked, desk, "en").runs[0].params) == desk.answer_id(
        "stress", page.runs[0].params
    )
    wanted = QUESTIONS["keeps"].read({name: [text] for name, text in second.query.items()}, desk, "en")
    assert keeps.params(wanted) == overview.keeps_params(case_of(desk, **SMALL))


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_with_both_answers_the_three_headlines_are_those_of_the_model(answered, lang):
    found = shown(answered, lang, **SMALL)
    page = document(found, lang)
    json.dumps(page, allow_nan=False)
    folder = answered.answer("stress", overview.stress_params(case_of(answered, **SMALL)))
    outcome = Outcome.load(folder / "outcome")
    assert page["title"] == page["headlines"][0]["value"] == headline(outcome, lang)[0]
    assert not any(one["unknown"] for one in page["headlines"]) and page["runs"] == []
    assert {"stops", "chain", "hangs", "unknowns", "ways"} == {part["key"] for part in page["sections"]}
    drawn = [one["key"] for part in page["sections"] for one in (*part["charts"], *part["tables"])]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.slow
def test_once_the_first_run_is_done_the_search_for_plans_is_offered(answered, tmp_path):
    desk = Desk(tmp_path)
    kept = answered.answer("stress", overview.stress_params(case_of(answered, **SMALL)))
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / kept.name).symlink_to(kept)
    found = shown(desk, **SMALL)
    assert [one.unknown for one in found.headlines] == [False, True, False]
    assert [run.kind for run in found.runs] == ["respond"]


def test_every_page_is_one_link_away_with_the_chain_filled_in(tmp_path):
    desk = Desk(tmp_path)
    ways = next(part for part in shown(desk, **SMALL).sections if part.key == "ways").ways
    assert [way.page for way in ways] == [key for key in QUESTIONS if key != "overview"]
    for way in ways:
        QUESTIONS[way.page].read({name: [text] for name, text in way.query.items() if text}, desk, "en")


def test_a_packaged_chain_says_that_no_question_to_a_supplier_can_be_drawn_from_it(tmp_path):
    part = next(part for part in shown(Desk(tmp_path)).sections if part.key == "unknowns")
    assert "no bill of materials" in part.texts[-1]


def test_every_graded_row_of_the_chain_is_counted_once():
    chain = Chain.example("antimony-japan@2023")
    counted = grades(chain).groupby("part_en")["rows"].sum()
    assert counted["Nodes"] == len(chain.nodes) and counted["Deliveries"] == len(chain.flows)


def test_a_scenario_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(DataError, match="2024-antimony"):
        shown(Desk(tmp_path), scenario="2024-antimon")

import json

import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.kinds import NAMES, respond
from meguri.app.web.pages.keeps import chosen, params, view
from meguri.app.web.questions.keeps import JOB, QUESTION
from meguri.app.web.view import document
from meguri.base.errors import DataError
from meguri.base.terms import LANGS
from meguri.show.memo import memo_of
from tests.show.responded import answer


@pytest.fixture(scope="module")
def told():
    return answer()


def asked(desk, **query):
    return QUESTION.read({name: [text] for name, text in query.items()}, desk, "en")


@pytest.fixture(scope="module")
def answered(tmp_path_factory, told):
    """A workspace that holds the answer to the question as it stands."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    folder = desk.folder / "answers" / desk.answer_id("respond", params(asked(desk)))
    told.save(folder / "answer")
    (folder / "done.json").write_text("{}")
    return desk


@pytest.fixture(scope="module")
def shown_in(answered):
    """The page in each language."""
    return {lang: view(asked(answered), answered, lang) for lang in LANGS}


@pytest.mark.parametrize("lang", LANGS)
def test_before_the_run_the_page_shows_what_fits_and_offers_the_job(tmp_path, lang):
    desk = Desk(tmp_path)
    shown = view(asked(desk), desk, lang)
    (run,) = shown.runs
    assert run.kind in NAMES
    assert set(run.params) == set(JOB)
    library = shown.tables()["library"].frame
    assert len(library) > 20
    assert {"lead_d", "owner", "grade"} <= set(library)
    assert not shown.papers  # no answer, no paper of it
    json.dumps(document(shown, lang), allow_nan=False)


def test_a_wrong_budget_is_told_before_anything_is_computed(tmp_path):
    desk = Desk(tmp_path)
    with pytest.raises(DataError) as caught:
        view(asked(desk, budget="a lot"), desk, "en")
    assert [one.key for one in caught.value.problems] == ["money_amount"]


@pytest.mark.parametrize("lang", LANGS)
def test_two_axes_stand_side_by_side_and_no_column_adds_them(shown_in, lang):
    shown = shown_in[lang]
    plans = shown.tables()["plans"].frame
    assert {"time_gained_d", "share"} <= set(plans)
    assert not {"score", "rank", "total"} & set(plans)
    assert plans["time_gained_d"].iloc[0] == 0  # no plan stands first and buys nothing
    assert not shown.runs
    assert {one.form for one in shown.papers} >= {"memo.pdf", "ringi.docx", "slides.pptx", "annex.xlsx"}


def test_money_is_printed_in_thousand_yen(shown_in, told):
    shown = shown_in["en"].tables()["plans"].frame
    largest = told.table("plans").query("role != 'single'")["cost"].max()
    assert shown["cost_kjpy"].max() == pytest.approx(largest / 1000)


def test_the_plan_that_is_looked_at_changes_the_page_and_not_the_job(answered, shown_in):
    other = asked(answered, plan="front-2")
    assert params(other) == params(asked(answered))
    frames = [one.tables()["plan"].frame for one in (view(other, answered, "en"), shown_in["en"])]
    assert not frames[0].equals(frames[1])


def test_a_plan_that_the_answer_does_not_hold_is_named_and_another_shown(told):
    plan, texts = chosen(memo_of(told, "en"), "front-99", "en")
    assert plan in set(told.table("plans")["plan"])
    assert "front-99" in texts[0]


@pytest.mark.parametrize("lang", LANGS)
def test_keys_are_unique_and_no_cell_is_left_in_the_language_of_the_model(shown_in, lang):
    shown = shown_in[lang]
    charts = [chart.key for section in shown.sections for chart in section.charts]
    tables = [one.key for section in shown.sections for one in section.tables]
    assert len(set(charts + tables)) == len(charts + tables)
    doc = document(shown, lang)
    cells = {
        cell
        for section in doc["sections"]
        for one in section["tables"]
        if one["key"] != "assumptions"
        for row in one["rows"]
        for cell in row
    }
    assert not cells & {"stockpile", "firm", "joint", "robust_time", "second-source", "True", "nan", "None"}


def test_the_job_asks_the_model_what_the_page_was_asked(tmp_path, monkeypatch, told):
    heard = {}

    def remember(_chain, scenario, **asked):
        heard.update(asked, scenario=scenario.name)
        return told

    monkeypatch.setattr(respond, "respond", remember)
    desk = Desk(tmp_path)
    question = asked(desk, budget="2 MUSD", rate="150", per_year="1億円", years="3", at="jp-xev, jp-robot")
    respond.run(params(question), desk, tmp_path / "made", lambda *_: None)
    assert heard["scenario"] == "2025-medium-heavy-rare-earths"
    assert heard["budget"] == 300e6
    assert heard["per_year"] == [1e8] * 3
    assert heard["at"] == ("jp-xev", "jp-robot")
    assert heard["processes"] is None
    assert (tmp_path / "made" / "answer" / "manifest.json").is_file()


@pytest.mark.slow
def test_a_run_of_the_job_fills_the_page(tmp_path):
    desk = Desk(tmp_path)
    question = asked(desk, runs="1", years="1", limit="20")
    folder = tmp_path / "answers" / desk.answer_id("respond", params(question))
    steps = []
    respond.run(params(question), desk, folder, lambda done, of: steps.append((done, of)))
    (folder / "done.json").write_text("{}")
    shown = view(question, desk, "ja")
    assert not shown.runs
    assert "plans" in shown.tables()
    assert steps[-1][0] == steps[-1][1]


@pytest.mark.slow
def test_a_cancelled_job_leaves_no_answer(tmp_path):
    desk = Desk(tmp_path)

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        respond.run(params(asked(desk, runs="1", years="1")), desk, tmp_path / "made", stop)
    assert not (tmp_path / "made").exists()

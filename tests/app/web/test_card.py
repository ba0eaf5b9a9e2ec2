"""The card and the story: worth with its bands, verdicts that are not made up, events, a rule on a stage."""

from __future__ import annotations

import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.kept import keep
from meguri.app.web.kinds import NAMES
from meguri.app.web.kinds.claims import both, quick, searched
from meguri.app.web.pages.card_claims import one_claim
from meguri.app.web.question import Asked
from meguri.app.web.questions import QUESTIONS
from meguri.base.errors import DataError
from meguri.structure.claims import claim, claims
from tests.app.web.views import printed_mixed, untranslated, viewed, written

DEFAULTS = {one.name: one.default for one in QUESTIONS["card"].fields}


def test_the_form_offers_every_packaged_claim_and_item(tmp_path):
    fields = {one.name: one for one in QUESTIONS["card"].fields}
    offered = [value for value, _ in fields["claim"].choices(Desk(tmp_path), "ja")]
    assert offered == [one.id for one in sorted(claims(), key=lambda one: offered.index(one.id))]
    assert "hf" in dict(fields["item"].choices(Desk(tmp_path), "en"))


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ja"])
def test_a_card_is_told_with_its_decay_its_payers_and_what_is_printed_apart(lang, tmp_path):
    view = viewed("card", lang, tmp_path, runs="20", check="no")
    document = written(view, lang)
    keys = [part["key"] for part in document["sections"]]
    assert keys[:4] == ["worth", "home", "cards", "supply"] and keys[-1] == "onward"
    assert len(document["headlines"]) == 4 and len(document["sources"])
    assert not printed_mixed(view)
    assert not untranslated(view) if lang == "ja" else True


def test_a_lift_before_the_control_is_refused(tmp_path):
    with pytest.raises(DataError, match="2019"):
        viewed("card", "en", tmp_path, lift="2018-01-01", runs="20", check="no")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_claims_without_a_search_have_no_verdict_and_wait_for_a_registered_job(lang, tmp_path):
    view = viewed("card", lang, tmp_path, part="claims")
    document = written(view, lang)
    (run,) = view.runs
    assert run.kind in NAMES
    listed = view.tables()["claims"].frame
    waiting = {one.id for one in searched()}
    assert set(listed["claim"]) == {one.id for one in claims()}
    verdicts = set(quick()["claim_verdicts"]["claim"])
    assert verdicts.isdisjoint(waiting) and verdicts | waiting == set(listed["claim"])
    assert document["headlines"] and (lang == "en" or not untranslated(view))


def test_every_verdict_is_of_the_kept_search_once_it_was_run(tmp_path):
    (run,) = viewed("card", "en", tmp_path, part="claims").runs
    desk = Desk(tmp_path)
    folder = tmp_path / "answers" / desk.answer_id(run.kind, run.params)
    row = quick()["claim_verdicts"].iloc[[0]].assign(claim="cl-011", verdict="not-excluded")
    keep(folder, {"claim_verdicts": row}, {})
    (folder / "done.json").write_text("{}")
    view = viewed("card", "en", tmp_path, part="claims")
    assert not view.runs
    listed = view.tables()["claims"].frame.set_index("claim")
    assert listed.at["cl-011", "verdict"] != listed.at["cl-001", "verdict"]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_one_claim_is_told_by_its_dates_and_one_to_be_searched_only_by_its_words(lang, tmp_path):
    view = viewed("card", lang, tmp_path, part="claims", claim="cl-001")
    assert written(view, lang)["headlines"][0]["value"]
    slow = searched()[0]
    waits = viewed("card", lang, tmp_path, part="claims", claim=slow.id)
    assert waits.runs and not waits.headlines
    assert getattr(claim(slow.id), f"text_{lang}").rstrip("。.")[:20] in waits.title


@pytest.mark.slow
def test_every_quick_claim_can_be_told_alone():
    for name in quick()["claim_verdicts"]["claim"]:
        view = one_claim(quick(), (), Asked({**DEFAULTS, "claim": name}), "ja")
        assert written(view, "ja")["title"] and not untranslated(view)


def test_events_of_an_actor_between_two_days_are_those_of_the_record(tmp_path):
    whole = viewed("card", "ja", tmp_path, part="chronicle")
    some = viewed(
        "card", "ja", tmp_path, part="chronicle", actor="JP", since="2010-01-01", until="2012-12-31"
    )
    assert 0 < len(some.tables()["events"].frame) < len(whole.tables()["events"].frame)
    assert not untranslated(some)
    none = viewed("card", "ja", tmp_path, part="chronicle", actor="NZ")
    assert written(none, "ja")["title"] and not none.tables()
    with pytest.raises(DataError, match="2012-01-01"):
        viewed("card", "en", tmp_path, part="chronicle", since="2013-01-01", until="2012-01-01")


def test_policy_databases_that_are_not_at_hand_are_said_to_be_absent(tmp_path, monkeypatch):
    monkeypatch.delenv("MEGURI_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    view = viewed("card", "en", tmp_path, part="chronicle", records="sets")
    assert "MEGURI_DATA" in view.lead[0] and not view.tables()


@pytest.mark.slow
def test_a_rule_on_a_stage_is_told_in_words(tmp_path):
    view = viewed("card", "ja", tmp_path, part="stages")
    assert written(view, "ja") and not untranslated(view) and not printed_mixed(view)


def test_two_answers_below_each_other_keep_every_row():
    whole = both(quick(), quick())
    assert all(len(whole[name]) == 2 * len(table) for name, table in quick().items())

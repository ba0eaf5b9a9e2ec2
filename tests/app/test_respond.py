"""`meguri respond` prints both axes in both languages, writes every paper, and refuses one score."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meguri.app import cli
from meguri.app.papers import Wanted, deliver_answer
from meguri.app.respond import money, print_answer, strike_years
from meguri.base.errors import DataError
from meguri.base.terms import LANGS, Lang
from meguri.scenario.read import read_scenario
from tests.app.test_broken_inputs import answer as asked
from tests.app.test_cli import run
from tests.respond.made_up import made_up_answer
from tests.show.office.read import docx_texts

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
SCENARIO = "2025-medium-heavy-rare-earths"
JA_FIRST = [pytest.param(lang, marks=() if lang == "ja" else pytest.mark.slow) for lang in LANGS]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("never one score", "First shortage", "Next")),
        ("ja", ("二軸は合算しない", "最初の不足", "予算1%")),
    ],
)
def test_both_axes_and_the_next_yen_are_printed(lang: Lang, words: tuple[str, ...], capsys: Capsys) -> None:
    print_answer(made_up_answer(), lang)
    printed = capsys.readouterr().out
    assert words[0] in printed and words[1] in printed
    plans = made_up_answer().table("plans").query("role != 'single'")
    assert all(str(name)[:6] in printed for name in plans[f"label_{lang}"])


def test_a_plan_the_simulator_does_not_confirm_says_so(capsys: Capsys) -> None:
    answer = made_up_answer()
    doubtful = answer.table("plans").query("role != 'single'")["confirmed"].eq(False).sum()
    assert doubtful > 0, "the fixture holds one"
    print_answer(answer, "en")
    assert capsys.readouterr().out.count("not by the") == doubtful


@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".docx", ".pptx"])
def test_every_paper_is_written(suffix: str, tmp_path: Path, capsys: Capsys) -> None:
    path = tmp_path / f"paper{suffix}"
    deliver_answer(made_up_answer(), "table", path, Wanted("ja"))
    assert path.stat().st_size > 5_000 and str(path.name) in capsys.readouterr().out.replace("\n", "")


def test_papers_are_written_from_a_saved_answer_without_computing_again(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    folder = made_up_answer().save(tmp_path / "kept")
    run(capsys, monkeypatch, "report", str(folder), "--out", str(tmp_path / "annex.xlsx"))
    assert (tmp_path / "annex.xlsx").exists()


@pytest.mark.parametrize("lang", JA_FIRST)
def test_a_plan_is_written_from_a_kept_answer_as_a_scenario_that_stress_runs(
    lang: Lang, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    folder, path = made_up_answer().save(tmp_path / "kept"), tmp_path / "plan.yaml"
    words = ("report", str(folder), "--out", str(path), "--plan", "front-3@2", "--lang", lang)
    run(capsys, monkeypatch, *words)
    head = path.read_text(encoding="utf-8").splitlines()[:3]
    assert all(line.startswith("# ") for line in head) and str(path) in head[2] and "2028-03-31" in head[2]
    scenario = read_scenario(path)
    assert scenario.measures[0].measure == "stock-dy" and str(scenario.first_control) == "2028-03-31"
    assert scenario.chain.startswith("ndfeb-japan@")
    told = json.loads(run(capsys, monkeypatch, "stress", str(path), "--runs", "1", "--format", "json"))
    assert told["scenario"].endswith("front-3")


@pytest.mark.parametrize(("plan", "near"), [("front-9", "front-1"), ("front-1@9", "2"), ("front-1@x", "@1")])
def test_a_plan_or_a_strike_that_is_not_there_is_refused_with_those_that_are(
    plan: str, near: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as found:
        deliver_answer(made_up_answer(), "table", tmp_path / "plan.yaml", Wanted("en", plan))
    assert near in found.value.text("en")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("lang", JA_FIRST)
def test_a_form_is_written_filled_in_and_stands_in_the_ringi(
    lang: Lang, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    folder, form, out = made_up_answer().save(tmp_path / "kept"), tmp_path / "form.yaml", tmp_path / "a.docx"
    assert str(form) in run(capsys, monkeypatch, "template", str(form), "--for", "ringi", "--lang", lang)
    head = "起案者:" if lang == "ja" else "Drafted by:"
    form.write_text(form.read_text(encoding="utf-8").replace(head, f"{head} 山田"), encoding="utf-8")
    run(capsys, monkeypatch, "report", str(folder), "--out", str(out), "--form", str(form), "--lang", lang)
    assert "山田" in " ".join(docx_texts(out))
    monkeypatch.setattr(cli, "LANGUAGE", lang)
    words = ("report", str(folder), "--out", str(tmp_path / "memo.html"), "--form", str(form))
    status, _, err = asked(capsys, monkeypatch, *words)
    assert status == 2 and ".docx" in err and not (tmp_path / "memo.html").exists()


def test_a_paper_of_no_known_kind_is_refused_before_anything_is_computed(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    words = ("respond", SCENARIO, "--budget", "5億円", "--out", str(tmp_path / "memo.odt"))
    status, out, err = asked(capsys, monkeypatch, *words)
    assert status == 2 and out == "" and "memo.odt" in err


def test_the_pack_for_a_ministry_is_a_folder(tmp_path: Path) -> None:
    deliver_answer(made_up_answer(), "table", tmp_path / "pack", Wanted("en"))
    assert len(list((tmp_path / "pack").iterdir())) >= 4


def test_json_is_one_document_with_every_table(capsys: Capsys) -> None:
    deliver_answer(made_up_answer(), "json", None, Wanted("en"))
    told = json.loads(capsys.readouterr().out)
    assert {"plans", "plan_measures", "marginal", "sovereignty", "sources"} <= set(told)


def test_an_ending_and_a_plan_nobody_knows_are_refused(tmp_path: Path) -> None:
    for plan, name in ((None, "memo.odt"), ("front-99", "memo.html")):
        with pytest.raises(DataError) as found:
            deliver_answer(made_up_answer(), "table", tmp_path / name, Wanted("en", plan))
        assert "html" in found.value.text("en") or "front" in found.value.text("en")
    assert not list(tmp_path.iterdir())


def test_money_is_read_with_its_currency_and_nothing_else() -> None:
    assert money("500e6JPY", "--budget", None) == money("5億円", "--budget", None) == 500e6
    assert money("3 MUSD", "--budget", 150.0) == pytest.approx(450e6)
    assert money("3 MUSD", "--budget", None) > 200e6, "at the packaged rate"
    for text in ("a lot", "5 t", "-3 MUSD"):
        with pytest.raises(DataError):
            money(text, "--budget", None)


@pytest.mark.parametrize("text", ["", "soon", "1,,2", "-1", "200"])
def test_strikes_that_are_no_years_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        strike_years(text)


@pytest.mark.parametrize("lang", LANGS)
def test_one_score_is_refused_with_the_reason(lang: Lang, capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setattr(cli, "LANGUAGE", lang)  # else that of the terminal the tests run in
    words = ("respond", SCENARIO, "--budget", "5億円", "--score", "total")
    status, out, err = asked(capsys, monkeypatch, *words)
    assert status == 1 and out == ""
    assert ("備蓄" if lang == "ja" else "time") in err


def test_without_a_budget_the_measures_that_fit_are_listed(capsys: Capsys, monkeypatch: Patch) -> None:
    printed = run(capsys, monkeypatch, "respond", SCENARIO, "--lang", "en")
    assert "Second source" in printed and "--budget" in printed
    told = json.loads(run(capsys, monkeypatch, "respond", SCENARIO, "--format", "json"))
    assert {row["grade"] for row in told["measures"]} <= {"reported", "derived", "estimated", "assumed"}
    assert "left_out" in told, "measures that do not fit are listed with their reason"


@pytest.mark.slow
def test_the_motor_maker_gets_a_front_and_its_papers(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    """User story U1: from her workbook to plans, memo, 稟議書 and slides."""
    out = tmp_path / "u1"
    printed = run(capsys, monkeypatch, "demo", "--respond", "--runs", "5", "--out", str(out), "--lang", "ja")
    assert "計画A" in printed and "二軸は合算しない" in printed
    papers = {path.name for path in out.iterdir()}
    for lang in LANGS:
        named = {f"memo.{lang}.html", f"annex.{lang}.xlsx", f"ringi.{lang}.docx", f"slides.{lang}.pptx"}
        assert named <= papers

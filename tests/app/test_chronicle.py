"""`meguri chronicle`: events narrowed down, in every form; what is wrong is named with status 2."""

import json
import os

import pytest
from typer.testing import CliRunner

from meguri.app.cli import app, main
from meguri.structure.claims import read_claims

RUN = CliRunner()


def run(*words):
    return RUN.invoke(app, ["chronicle", *map(str, words)], catch_exceptions=False).stdout


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "21 Sep 2010 to 20 Nov 2010"), ("ja", "2010年9月21日〜2010年11月20日")]
)
def test_dates_of_the_documents_and_of_the_public_record_stand_side_by_side(lang, words, monkeypatch):
    monkeypatch.setattr("meguri.app.printing.PIPE_WIDTH", 260)
    told = run("--element", "Dy", "--since", "2010", "--until", "2010-12", "--lang", lang)
    row = next(line for line in told.splitlines() if line.rstrip().endswith("ev-005"))
    assert words in row
    assert "2012" not in told


def test_the_document_holds_exactly_the_events_asked_for():
    content = json.loads(run("--actor", "Japan", "--since", "2019", "--until", "2019", "--format", "json"))
    assert set(content) == {"chronicle"}
    assert {row["event"] for row in content["chronicle"]} >= {"ev-014", "pub-korea-2019"}
    assert all("JPN" in row["actor"] for row in content["chronicle"])


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--element", "Dysprosum"], "Dy"),
        (["--since", "2010-13"], "2010-13"),
        (["--instrument", "qouta"], "quota"),
        (["--sources", "papers"], "documents"),
        (["--out", "page.docx"], ".html"),
        (["--since", "2012", "--until", "2010"], "2012"),
        (["--claim", "cl-002", "--element", "Dy"], "--element"),
        (["--forecasts", "--duplicates"], "--duplicates"),
        (["--actor", "China", "--series", "mine.csv"], "--series"),
    ],
)
def test_what_is_wrong_is_named_with_the_way_out_and_status_2(words, named, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["meguri", "chronicle", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert named in told
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "verdict"), [("cl-001", "impossible-by-order"), ("cl-002", "not-excluded")])
def test_one_claim_is_one_document_with_its_verdict_and_all_it_rests_on(name, verdict):
    content = json.loads(run("--claim", name, "--format", "json"))
    (row,) = content["claim_verdicts"]
    assert (row["claim"], row["verdict"]) == (name, verdict)
    assert all(other["claim"] == name for rows in content.values() for other in rows if "claim" in other)
    assert {reading["part"] for reading in content["claim_readings"]} == {"cause", "effect"}


@pytest.mark.slow
def test_all_claims_are_listed_once_with_a_verdict_in_words():
    told = run("--claim", "all", "--lang", "en")
    assert all(told.count(f"{name} ") == 1 for name in ("cl-001", "cl-007", "n10-january-halt"))
    assert "Motive contested" in told


def test_an_unknown_claim_and_a_broken_file_are_named_with_status_2(monkeypatch, capsys, tmp_path):
    broken = tmp_path / "mine.yaml"
    broken.write_text("claims:\n  - id: a\n    text: {en: A., ja: あ。}\n    who: me\n", encoding="utf-8")
    for which, named in (
        ("cl-01", "cl-0"),
        (str(broken), "mine.yaml"),
        (str(tmp_path / "no.yaml"), "no.yaml"),
    ):
        monkeypatch.setattr("sys.argv", ["meguri", "chronicle", "--claim", which])
        with pytest.raises(SystemExit) as stop:
            main()
        assert stop.value.code == 2
        told = capsys.readouterr().err
        assert named in told
        assert "Traceback" not in told


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_of_a_claim_says_its_verdict_and_nothing_from_outside(lang, tmp_path):
    run("--claim", "cl-003", "--out", tmp_path / "page.html", "--lang", lang)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert {"en": "Impossible by the order of dates", "ja": "日付の順序から成り立たない"}[lang] in page
    assert "fig-order-cl-003" in page


def test_filters_that_leave_nothing_say_so_and_a_kind_without_packaged_events_is_no_mistake():
    assert json.loads(run("--element", "Ru", "--actor", "Japan", "--format", "json")) == {"chronicle": []}
    assert json.loads(run("--instrument", "subsidy", "--format", "json"))["chronicle"] == []


def test_pairs_that_tell_the_same_act_name_both_rows_and_the_parts_of_their_score():
    content = json.loads(run("--duplicates", "--since", "2010", "--until", "2010", "--format", "json"))
    names = {row["event"] for row in content["chronicle"]}
    assert content["chronicle_pairs"]
    assert all({row["event"], row["other"]} <= names for row in content["chronicle_pairs"])


@pytest.mark.data
def test_policy_sets_stand_beside_the_packaged_events_and_nothing_is_thrown_away():
    if not os.environ.get("MEGURI_DATA"):
        pytest.skip("needs the policy data sets that MEGURI_DATA points to")
    narrow = ("--element", "Ga", "--since", "2023", "--format", "json")
    own = json.loads(run(*narrow))["chronicle"]
    both = json.loads(run(*narrow, "--sources", "documents,public,sets"))["chronicle"]
    assert {row["event"] for row in own} < {row["event"] for row in both}
    assert {row["heading"] for row in both} <= {row["event"] for row in both}


@pytest.mark.parametrize(("lang", "words"), [("en", "did not"), ("ja", "外れ")])
def test_forecasts_stand_with_their_two_dates_and_what_came_of_them(lang, words, tmp_path):
    rows = json.loads(run("--forecasts", "--format", "json"))["forecasts"]
    ruling = next(row for row in rows if row["forecast"] == "002-wto-date")
    assert (ruling["score"], ruling["due"], ruling["seen_on"]) == ("miss", "2013", "2014-08-07")
    assert words in run("--forecasts", "--lang", lang)
    run("--forecasts", "--out", tmp_path / "page.html", "--lang", lang)
    assert "fig-forecasts" in (tmp_path / "page.html").read_text(encoding="utf-8")


def claim_file(folder, lang):
    file = folder / "mine.yaml"
    made = RUN.invoke(app, ["template", str(file), "--for", "claim", "--lang", lang], catch_exceptions=False)
    assert "--claim" in made.stdout
    return file


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_claim_file_to_fill_in_is_read_as_it_stands(lang, tmp_path):
    (item,) = read_claims(claim_file(tmp_path, lang))
    assert (item.id, item.kind) == ("my-claim", "cause")


@pytest.mark.slow  # its series are searched for breaks
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_claim_file_to_fill_in_runs_as_it_stands(lang, tmp_path):
    file = claim_file(tmp_path, lang)
    (row,) = json.loads(run("--claim", file, "--format", "json"))["claim_verdicts"]
    assert row["claim"] == "my-claim"


@pytest.mark.parametrize("text", ["series,period\nx,2010\n", "nothing"])
def test_a_broken_file_of_series_is_named_with_status_2(text, monkeypatch, capsys, tmp_path):
    file = tmp_path / "customs.csv"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["meguri", "chronicle", "--claim", "cl-001", "--series", str(file)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "customs.csv" in told
    assert "Traceback" not in told

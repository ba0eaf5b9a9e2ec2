"""`meguri chronicle`: events narrowed down, in every form; what is wrong is named with status 2."""

import json

import pytest
from typer.testing import CliRunner

from meguri.app.cli import app, main

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

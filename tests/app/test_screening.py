"""`meguri screen` on the terminal and in files: what is asked, what is refused, and that it never rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from meguri.app import cli
from meguri.show.screening_words import RULINGS, header, screen_word
from tests.app.test_cli import run
from tests.show.screened import LISTED, write_sheets

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
ON = ("--on", "2025-12-01")


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_sheets(tmp_path_factory.mktemp("screen") / "items.xlsx"))


def refused(capsys: Capsys, monkeypatch: Patch, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["meguri", *words, "--lang", "en"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    assert stop.value.code == 2 and "Traceback" not in printed.err
    return printed.err


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ja"])
def test_the_terminal_says_first_that_it_is_no_ruling_and_names_items_ways_and_names(
    lang: str, sheets: str, capsys: Capsys, monkeypatch: Patch
) -> None:
    printed = run(capsys, monkeypatch, "screen", sheets, *ON, "--lang", lang)
    flat = printed.replace("\n", "").replace(" ", "")
    for one in ("en", "ja"):
        assert screen_word("draft", one) in printed.splitlines()[0]
        assert flat.index(screen_word("no_ruling", one).replace(" ", "")) < flat.index("V1")
    assert LISTED in printed
    assert [word for word in RULINGS if word in printed] == []


def test_json_holds_the_tables_and_says_that_no_match_is_no_clearance(
    sheets: str, capsys: Capsys, monkeypatch: Patch
) -> None:
    told = json.loads(run(capsys, monkeypatch, "screen", sheets, *ON, "--items", "V1", "--format", "json"))
    assert (
        told["about"]["no_match_en"] == screen_word("no_match", "en") and told["about"]["on"] == "2025-12-01"
    )
    assert {row["item"] for row in told["screen_verdicts"]} == {"V1"}
    needed = ("entry", "verdict", "source", "checked_on", "on", "missing", "entry_start", "route")
    assert all(set(needed) <= set(row) for row in told["screen_verdicts"])
    assert [row["filer"] for row in told["screen_paths"]] == ["nobody", "customer"]
    assert told["name_matches"] == []  # the customer of V1 is near to nobody; that of M1 is not asked about


@pytest.mark.slow
def test_a_destination_and_an_end_user_are_screened_beside_the_customers_ways(
    sheets: str, capsys: Capsys, monkeypatch: Patch
) -> None:
    words = ("--to", "中国", "--end-user", "Fara Sakht", "--items", "V1", "--format", "json")
    told = json.loads(run(capsys, monkeypatch, "screen", sheets, *ON, *words))
    assert {row["destination"] for row in told["screen_verdicts"]} == {"CN"}
    assert {row["via"] for row in told["screen_verdicts"]} == {"direct", "indirect"}
    assert told["name_matches"][0]["listed"] == LISTED


@pytest.mark.slow
def test_names_alone_are_compared_with_a_list_of_ones_own(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    own = tmp_path / "own.csv"
    own.write_text("name\n乙商事\n", encoding="utf-8")
    words = ("--names", "乙商事；Fara Sakht Industry", "--lists", str(own), "--list-date", "2026-01-05")
    told = json.loads(run(capsys, monkeypatch, "screen", *words, "--format", "json"))
    assert {row["name"]: row["list_date"] for row in told["name_matches"]}["乙商事"] == "2026-01-05"
    printed = run(capsys, monkeypatch, "screen", *words, "--lang", "en")
    assert LISTED in printed and "no clearance" in printed
    run(capsys, monkeypatch, "screen", *words, "--lang", "en", "--out", str(tmp_path / "names.xlsx"))
    assert {sheet["A1"].value for sheet in load_workbook(tmp_path / "names.xlsx")} == {header("en")}


@pytest.mark.slow
def test_a_folder_holds_page_workbook_papers_and_tables(
    sheets: str, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    out = tmp_path / "all"
    run(capsys, monkeypatch, "screen", sheets, *ON, "--items", "V1", "--out", str(out), "--lang", "ja")
    names = {path.name for path in out.iterdir()}
    assert {"screen.html", "screen.xlsx", "comparison.docx", "letter-to-maker.docx"} <= names
    assert {"transaction-review.docx", "questions-to-customers.docx", "screen_verdicts.csv"} <= names


def test_every_option_that_does_not_fit_is_named_at_once(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    words = (
        "--on", "2026-02-30", "--since", "soon", "--to", "Atlantis", "--names", " ; ",
        "--lists", str(tmp_path / "own.csv"), "--out", "page.exe",
    )  # fmt: skip
    told = refused(capsys, monkeypatch, "screen", "items.xlsx", *words)
    assert told.startswith("6 problems")
    for place in ("--on", "--since", "--to", "--names", "--lists", "--out"):
        assert f"- {place}: " in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--names or --thresholds"),
        (("{sheets}", "--items", "V2"), "V1"),
        (("{sheets}", "--items", ","), "V1"),
        (("{sheets}", "--on", "2025-01-01", "--since", "2025-06-01"), "not after 2025-01-01"),
        (("{sheets}", "--list-date", "2026-01-01"), "--lists"),
        (("nowhere.xlsx",), "nowhere.xlsx"),
        (("--names", "甲社", "--out", "names.docx"), ".xlsx"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_way_out(
    words: tuple[str, ...], said: str, sheets: str, capsys: Capsys, monkeypatch: Patch
) -> None:
    asked = [word.format(sheets=sheets) for word in words]
    assert said in refused(capsys, monkeypatch, "screen", *asked)


@pytest.mark.slow
def test_the_price_of_each_bound_is_printed_with_recall_on_two_hundred_names(
    capsys: Capsys, monkeypatch: Patch
) -> None:
    told = json.loads(run(capsys, monkeypatch, "screen", "--thresholds", "--format", "json"))
    rows = told["name_thresholds"]
    assert {row["asked"] for row in rows} == {200}
    recalls, alarms = ([row[key] for row in rows] for key in ("recall", "alarm_rate"))
    assert recalls == sorted(recalls, reverse=True) and alarms == sorted(alarms, reverse=True)
    printed = run(capsys, monkeypatch, "screen", "--thresholds", "--lang", "en")
    assert "200 listed names" in printed and f"{max(recalls):.1%}" in printed

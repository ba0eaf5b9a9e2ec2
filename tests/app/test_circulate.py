"""`meguri circulate` gives the hand-worked case, refuses what has no source, and speaks both languages."""

from __future__ import annotations

import json
import shutil
import sys
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from meguri.app import cli
from tests.app.test_cli import run

FEW = ("--runs", "10")


def test_the_worked_case_comes_out_of_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """METHODS 3.6: V .670/.800/.450/.2775/0; plan A .509 and .098, plan B .534 and .402; both ledgers."""
    answer = json.loads(run(capsys, monkeypatch, "circulate", "dy-routes", "--format", "json", *FEW))
    value = {row["state"]: row["value"] for row in answer["tables"]["state_values"]}
    worked = {"used_intact": 0.67, "hpms_powder": 0.8, "Dy_oxide": 0.45, "mixed_REO": 0.2775, "shredded": 0}
    assert {state: value[state] for state in worked} == pytest.approx(worked)
    rates = {(row["plan"], row["figure"]): row["value"] for row in answer["tables"]["route_figures"]}
    found = [rates[plan, figure] for plan in "AB" for figure in ("mass_rate", "rfr")]
    assert found == pytest.approx([0.509, 0.098, 0.534, 0.402], abs=5e-4)
    ledger = {"A": [9.8, 30.4, 16.75, 10.05, 33.0], "B": [40.2, 16.75, 10.05, 33.0]}
    for plan, lines in ledger.items():
        rows = [row for row in answer["tables"]["loss_ledger"] if row["plan"] == plan and not row["part_of"]]
        shares = [100 * row["share"] for row in rows if row["share"] > 0]
        assert sorted(shares) == pytest.approx(sorted(lines), abs=0.05)
    assert answer["companion"]["case"] == "dy-position"


@pytest.mark.slow
def test_the_virgin_metric_is_asked_for_by_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("circulate", "dy-routes", "--metric", "virgin-element", "--format", "csv", *FEW)
    lines = [line.split(",") for line in run(capsys, monkeypatch, *words).splitlines()]
    rfr = {line[1]: float(line[3]) for line in lines if line[2] == "rfr"}
    assert rfr == pytest.approx({"A": 0.509, "B": 0.507}, abs=5e-4)


@pytest.mark.parametrize(
    ("lang", "words"),
    [pytest.param("en", "Retained-function rate", marks=pytest.mark.slow), ("ja", "機能保持率")],
)
def test_the_table_names_the_three_rates_in_the_reader_s_language(
    lang: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = run(capsys, monkeypatch, "circulate", "dy-routes", "--lang", lang, *FEW)
    assert words in printed and "40.2%" in printed and "0.402" in printed


@pytest.mark.slow
def test_without_a_case_all_cases_are_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = run(capsys, monkeypatch, "circulate")
    assert all(name in printed for name in ("dy-routes", "dy-position", "dy-japan", "scale"))


def test_circulation_of_today_is_said_not_to_replace_supply(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = run(capsys, monkeypatch, "circulate", "scale", "--lang", "en")
    assert "circulation does not replace supply" in printed and "1,800–6,600" in printed


def test_a_yield_without_source_or_signature_is_refused_by_its_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "mine"
    with resources.as_file(resources.files("meguri") / "data" / "circulation" / "dy-routes") as packaged:
        shutil.copytree(packaged, case)
    about = (case / "about.csv").read_text(encoding="utf-8")
    (case / "about.csv").write_text(about.replace("companion,dy-position\n", ""), encoding="utf-8")
    routes = (case / "routes.csv").read_text(encoding="utf-8")
    (case / "routes.csv").write_text(routes.replace("walton-2015,reported", ",assumed"), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["meguri", "circulate", str(case), *FEW])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    assert stop.value.code == 2 and not printed.out
    assert "routes[1].share" in printed.err and "signed_off_by" in printed.err
    signed = run(capsys, monkeypatch, "circulate", str(case), "--sign-off", "A. Tester", *FEW)
    assert "0.402" in signed


def test_of_four_tests_an_unanswered_one_is_shown_as_unknown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = run(capsys, monkeypatch, "circulate", "fitness", "--lang", "en")
    assert "Mature collection trade" in printed and "unknown" in printed


def test_tantalum_moves_to_indium_s_path_when_its_process_can_be_cut_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AC11.1: indium 3 of 3 causes, hub lost; tantalum low today; one switch moves it."""
    line = json.loads(run(capsys, monkeypatch, "durability", "--format", "json"))["durability_line"]
    causes = {row["material"]: row["causes"] for row in line}
    assert causes["In"] == 3 and causes["Ta"] == 0
    words = ("durability", "Ta", "--if", "separable-process", "--format", "json")
    switched = json.loads(run(capsys, monkeypatch, *words))
    assert switched["before"] == [0, 0] and switched["path"] == "in"
    printed = run(capsys, monkeypatch, "durability", "Ta", "--lang", "ja")
    assert "警戒すべき兆候" in printed


@pytest.mark.slow
def test_a_template_of_a_case_is_read_back_as_that_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book, answer = tmp_path / "case.xlsx", tmp_path / "answer.xlsx"
    run(capsys, monkeypatch, "template", str(book), "--for", "circulation", "--case", "dy-position")
    run(capsys, monkeypatch, "circulate", str(book), "--out", str(answer), *FEW)
    figures = pd.read_excel(answer, sheet_name=None, header=None, engine="openpyxl")
    cells = {str(cell) for sheet in figures.values() for cell in sheet.to_numpy().ravel()}
    assert any("upgrade" in cell or "向上" in cell for cell in cells)

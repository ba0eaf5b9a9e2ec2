"""`meguri risk`, `meguri data add` and `meguri atlas --why` through `main`."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from meguri.app import cli

Printed = tuple[int, str, str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """A command's exit status, standard output and standard error."""
    monkeypatch.setenv("MEGURI_HOME", str(tmp_path / "home"))

    def call(*words: str) -> Printed:
        monkeypatch.setattr(sys, "argv", ["meguri", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return int(stop.value.code or 0), printed.out, printed.err

    return call


def test_one_wrong_name_costs_only_its_own_row(run) -> None:
    names = ("Co", "Unobtainium", "Ni")
    status, out, err = run("risk", *names, "--method", "geopolrisk", "--year", "2022", "--format", "csv")
    rows = pd.read_csv(io.StringIO(out)).groupby("material", sort=False).first()
    assert status == 0
    assert rows["score"].notna().to_dict() == {"Co": True, "Ni": True, "Unobtainium": False}
    assert rows.at["Unobtainium", "reason"] == "unknown_material"
    assert "found 'Unobtainium', expected an element symbol or name" in err


def test_germanium_is_unknown_with_its_reason_in_every_late_year(run) -> None:
    words = (
        "risk",
        "Ge",
        "--method",
        "geopolrisk",
        "--year",
        "2018-2024",
        "--importer",
        "JPN",
        "--importer",
        "EU",
    )
    rows = json.loads(run(*words, "--format", "json")[1])["geopolrisk"]
    assert len(rows) == 14
    assert {(row["score"], row["reason"]) for row in rows} == {(None, "code_retired")}


def test_files_hold_every_digit(run, tmp_path: Path) -> None:
    from meguri.structure.geopolrisk.scores import geopolrisk

    run(
        "risk",
        "Ni",
        "--method",
        "geopolrisk",
        "--year",
        "2022",
        "--format",
        "csv",
        "--out",
        str(tmp_path / "r.csv"),
    )
    scores = geopolrisk(["Ni"], ["JP"], [2022]).set_index("measure")["value"]
    with (tmp_path / "r.csv").open(encoding="utf-8-sig") as file:
        written = {name: float(cell) for name, cell in next(csv.DictReader(file)).items() if name in scores}
    assert written == scores.to_dict()


def test_a_table_of_the_studies_gets_its_supply_risk(run, tmp_path: Path) -> None:
    file = tmp_path / "ec2017.csv"
    file.write_text(
        "material,stage,hhi_wgi_t_gs,hhi_wgi_t_eu,ir_pct,eol_rir_pct,si_sr,supply_used,remark\n"
        "Dysprosium,Processing,5.679,,100,1,0.99,GS,printed 5.6\n"
        "Nobody knows,Extraction,,,100,1,0.99,GS,\n"
    )
    rows = pd.read_csv(io.StringIO(run("risk", "--method", "ec", "--table", str(file), "--format", "csv")[1]))
    assert rows["sr"].round(2).tolist()[0] == 5.57
    assert pd.isna(rows.at[1, "sr"]) and rows.at[1, "sr_reason"] == "ec_no_global"
    assert rows["remark"].fillna("").tolist() == ["printed 5.6", ""]


def test_a_wrong_table_is_refused_with_every_problem(run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(
        "material,stage,hhi_wgi_t_gs,ir_pct,eol_rir_pct,si_sr,supply_used\nDy,P,much,100,1,9,elsewhere\n"
    )
    status, out, err = run("risk", "--table", str(file), "--lang", "en")
    assert (status, out) == (2, "")
    assert all(word in err for word in ("hhi_wgi_t_eu", "much", "elsewhere", str(file)))


def test_exposure_finds_the_chain_of_a_node_and_prints_ten_paths(run) -> None:
    words = ("risk", "--exposure", "--node", "jp-xev", "--to", "CHN", "--tiers", "all", "--format", "json")
    answer = json.loads(run(*words)[1])
    total = next(row for row in answer["tier_exposure"] if row["measure"] == "total")
    weights = [row["weight"] for row in answer["exposure_paths"]]
    assert len(weights) == 10 and weights == sorted(weights, reverse=True)
    assert 0 < sum(weights) <= total["value"] <= 1


def test_an_unknown_node_names_the_nearest(run) -> None:
    status, _, err = run("risk", "--node", "jp-xevv", "--lang", "en")
    assert status == 2 and "jp-xev?" in err


def test_why_tells_figures_steps_and_sources(run) -> None:
    for words in (
        ("risk", "Dy", "--method", "ec"),
        ("risk", "Ni", "--method", "geopolrisk", "--year", "2022"),
    ):
        steps = json.loads(run(*words, "--why", "--format", "json")[1])["evidence"]
        assert len(steps) > 5
        assert any(step["source"] for step in steps) and any(step["transformation_ja"] for step in steps)
    steps = json.loads(run("atlas", "Dy", "--why", "stages/separation/CN", "--format", "json")[1])["evidence"]
    assert steps[0]["value"] == 1.0 and steps[0]["source"] == "ec-crm-2023"


def test_years_that_are_none_are_refused(run) -> None:
    status, _, err = run("risk", "Ni", "--method", "geopolrisk", "--year", "20x2", "--year", "2024-2020")
    assert status == 2 and "20x2" in err and "2024-2020" in err


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_method_prints_in_both_languages(run, lang: str) -> None:
    for words in (
        ("risk", "W"), ("risk", "W", "--method", "ec"), ("risk", "W", "--method", "dependence"),
        ("risk", "W", "--method", "complexity"), ("risk", "W", "--method", "history", "--year", "2024"),
        ("risk", "W", "--method", "sectors"), ("risk", "W", "--method", "geopolrisk"),
    ):  # fmt: skip
        status, out, _ = run(*words, "--lang", lang)
        assert status == 0
        assert (
            ("Tungsten" in out or "Year" in out or "W" in out)
            if lang == "en"
            else "タングステン" in out or "年" in out
        )


def test_a_file_that_is_no_data_set_is_refused(run, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text("a,b\n1,2\n")
    status, out, err = run("data", "add", str(file), "--lang", "en")
    assert (status, out) == (2, "")
    assert "some.csv" in err and not (tmp_path / "home").exists()

"""`meguri knockout` and `meguri population`: whole answers in both languages, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from meguri.app.cli_knockout import app
from meguri.base.errors import DataError
from meguri.structure.knowhow import TABLES
from meguri.structure.knowhow_read import example_network, read_network

RUN = CliRunner()
QUICK = ("--runs", "1")


def run(*words: str) -> str:
    return RUN.invoke(app, list(words), catch_exceptions=False).stdout


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", ["An invented network", "Vacuum valves", "international competitiveness", "person-months"]),
     ("ja", ["架空の7社", "真空バルブ", "国際競争力", "48人月", "熱処理"])],
)  # fmt: skip
def test_a_firm_that_is_gone_is_told_in_plain_words_and_never_in_money(lang: str, told: list[str]) -> None:
    text = run("knockout", "heat", "--budget", "48", "--lang", lang, *QUICK)
    flat = "".join(text.split())
    assert [one for one in told if "".join(one.split()) not in flat] == []
    assert not any(sign in text for sign in ("€", "¥", "円", "EUR", "JPY", "USD"))


def test_without_a_firm_those_of_the_network_are_listed_with_their_keys() -> None:
    text = run("knockout", "--lang", "en")
    assert all(firm in text for firm in example_network().firms["firm"])


def test_json_is_one_document_with_every_table() -> None:
    content = json.loads(run("knockout", "clean", "--format", "json", "--budget", "12", *QUICK))
    assert {"knockout", "knockout_back", "knockout_curve", "position", "succession", "support_totals"} <= set(
        content
    )
    assert {row["process"] for row in content["knockout"]} == {"ta-parts"}


def test_a_workbook_holds_the_tables_and_another_ending_is_refused(tmp_path: Path) -> None:
    run("knockout", "clean", "--out", str(tmp_path / "a.xlsx"), *QUICK)
    assert "knockout" in load_workbook(tmp_path / "a.xlsx").sheetnames
    with pytest.raises(DataError, match=r"knockout\.xlsx"):
        run("knockout", "clean", "--out", str(tmp_path / "a.pdf"), *QUICK)


def test_a_network_that_was_saved_is_read_again_as_it_was(tmp_path: Path) -> None:
    run("knockout", "--save-network", str(tmp_path / "a.xlsx"))
    again = read_network(tmp_path / "a.xlsx")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(example_network(), name))
    with pytest.raises(DataError, match="--save-network"):
        run("knockout", "--save-network", str(tmp_path / "a.pdf"))


def test_the_records_of_one_firm_are_a_network_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "作業日報.csv"
    pd.DataFrame({
        "作業番号": [str(n) for n in range(12)], "日付": ["2025-04-01"] * 12, "工程": ["真空焼入れ"] * 12,
        "材質": ["SKD11"] * 12, "取引先": ["A社"] * 12,
    }).to_csv(log, index=False)  # fmt: skip
    text = run("knockout", "--log", str(log), "--lang", "ja", *QUICK)
    assert "真空焼入れ" in text and "担い手の記録がない" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ghost"], "Choose one of: heat, coat"),
        (["heat", "--function", "troubel"], "Did you mean trouble"),
        (["--budget", "3"], "Name the firm"),
        (["heat", "--network", "none.xlsx"], "none.xlsx"),
        (["heat", "--network", "a", "--log", "b"], "not both"),
        (["heat", "--budget", "-2", *QUICK], "person-months"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_way_out(words: list[str], told: str) -> None:
    with pytest.raises(DataError, match=told):
        run("knockout", *words)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_printed_tables_are_shown_beside_the_drawn_firms(lang: str) -> None:
    text = run("population", "--firms", "400", "--lang", lang)
    assert "2.15–2.30" in text and "1.92–2.19" in text and "2.15–2.19" in text


def test_an_industry_of_no_table_is_refused() -> None:
    with pytest.raises(DataError, match="Did you mean automotive"):
        run("population", "--industry", "automotiv")

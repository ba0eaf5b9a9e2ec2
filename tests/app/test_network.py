"""`meguri network` and `meguri population`: whole answers in both languages, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from meguri.app.cli_network import app
from meguri.base.errors import DataError
from meguri.structure.knowhow import TABLES
from meguri.structure.knowhow_read import example_network, read_network

RUN = CliRunner()


def run(*words: str) -> str:
    return RUN.invoke(app, list(words), catch_exceptions=False).stdout


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", ["An invented network", "Second heat treatment shop", "trouble handling (heat treatment)",
             "48 person-months"]),
     ("ja", ["架空の7社", "熱処理業（南）", "不具合対応（熱処理）", "48人月"])],
)  # fmt: skip
def test_a_firm_is_told_its_place_and_whom_a_budget_keeps(lang: str, told: list[str]) -> None:
    text = run("network", "heat", "--budget", "48", "--lang", lang)
    flat = "".join(text.split())
    assert [one for one in told if "".join(one.split()) not in flat] == []
    assert not any(sign in text for sign in ("€", "¥", "円", "EUR", "JPY", "USD"))


def test_without_a_firm_those_of_the_network_are_listed_with_their_keys() -> None:
    text = run("network", "--lang", "en")
    assert all(firm in text for firm in example_network().firms["firm"])


def test_json_is_one_document_with_every_table() -> None:
    content = json.loads(run("network", "clean", "--format", "json", "--budget", "12"))
    assert set(content) == {
        "position", "knowhow_glue", "succession", "single_holders", "support", "support_totals",
    }  # fmt: skip


def test_a_network_that_was_saved_is_read_again_as_it_was(tmp_path: Path) -> None:
    run("network", "--save", str(tmp_path / "a.xlsx"))
    again = read_network(tmp_path / "a.xlsx")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(example_network(), name))
    with pytest.raises(DataError, match=r"network\.xlsx"):
        run("network", "--save", str(tmp_path / "a.pdf"))


def test_the_records_of_one_firm_are_a_network_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "作業日報.csv"
    pd.DataFrame({
        "作業番号": [str(n) for n in range(12)], "日付": ["2025-04-01"] * 12, "工程": ["真空焼入れ"] * 12,
        "材質": ["SKD11"] * 12, "取引先": ["A社"] * 12,
    }).to_csv(log, index=False)  # fmt: skip
    text = run("network", "--log", str(log), "--lang", "ja")
    assert "真空焼入れ" in text and "担い手の記録がない" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ghost"], "Choose one of: heat, coat"),
        (["--budget", "3"], "Name the firm"),
        (["heat", "--network", "none.xlsx"], r"none\.xlsx"),
        (["heat", "--network", "a", "--log", "b"], "not both"),
        (["heat", "--budget", "-2"], "person-months"),
        (["heat", "--out", "a.pdf"], r"network\.xlsx"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_way_out(words: list[str], told: str) -> None:
    with pytest.raises(DataError, match=told):
        run("network", *words)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_printed_tables_are_shown_beside_the_drawn_firms(lang: str) -> None:
    text = run("population", "--firms", "400", "--lang", lang)
    assert "2.15–2.30" in text and "1.92–2.19" in text and "2.15–2.19" in text


def test_an_industry_of_no_table_is_refused() -> None:
    with pytest.raises(DataError, match="Did you mean automotive"):
        run("population", "--industry", "automotiv")

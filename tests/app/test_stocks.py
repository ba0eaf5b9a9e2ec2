"""`meguri stocks` answers on the terminal and in every kind of file, and names what is wrong with a table."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from meguri.app import cli
from tests.app.test_cli import run

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
HOW = ("--lifetime", "fixed:mean=30", "--mode", "inflow", "--when", "middle")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "inflow.csv"
    path.write_text("Time,value\n" + "".join(f"{year},100\n" for year in range(1970, 2006)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("lang", "words"), [("en", "In use"), ("ja", "使用中")])
def test_the_table_ends_at_three_thousand(
    lang: str, words: str, table: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    printed = run(capsys, monkeypatch, "stocks", str(table), *HOW, "--lang", lang)
    assert words in printed and "3,000" in printed and "1970–2005" in printed.replace("〜", "–")


def test_json_csv_parquet_and_excel_hold_the_same_rows(
    table: Path, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    told = json.loads(run(capsys, monkeypatch, "stocks", str(table), *HOW, "--format", "json"))
    expected = pd.DataFrame(told["cohort_stocks"])
    assert set(expected["unit"]) == {"unstated", "unstated/a"}
    readers = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "xlsx": partial(pd.read_excel, engine="openpyxl"),
    }
    for ending, reader in readers.items():
        out = tmp_path / f"out.{ending}"
        run(capsys, monkeypatch, "stocks", str(table), *HOW, "--out", str(out))
        pd.testing.assert_frame_equal(reader(out)[list(expected)], expected, check_dtype=False)


def test_a_broken_table_and_a_wrong_ending_end_with_status_2(
    table: Path, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("Time,value\n2000,about 3\n2001,1\n2001,2\n2005,1\n", encoding="utf-8")
    for words, said in (
        ((str(broken),), ("about 3", "2001", "2002, 2003, 2004")),
        ((str(table), "--out", str(tmp_path / "out.doc")), ("out.doc",)),
    ):
        monkeypatch.setattr(sys, "argv", ["meguri", "stocks", *words, *HOW])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        error = capsys.readouterr().err
        assert stop.value.code == 2 and all(word in error for word in said) and "Traceback" not in error

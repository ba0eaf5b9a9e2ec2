"""`meguri leverage --stages`: terminal, page, workbook and JSON of a case, in both languages."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from meguri.app import stage_policy
from meguri.app.cli_leverage import app
from meguri.show.stage_policy import stage_answer

run = CliRunner()
reckoned = cache(partial(stage_answer, draws=20))


@pytest.fixture(autouse=True)
def reckoned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case is computed once: what is told here is how the same answer is delivered."""
    monkeypatch.setattr(stage_policy, "stage_answer", reckoned)


@pytest.mark.parametrize(("lang", "word"), [("en", "within the trend"), ("ja", "趨勢の範囲内")])
def test_the_terminal_tells_pull_relief_and_verdicts(lang: str, word: str) -> None:
    told = run.invoke(app, ["--stages", "china-rare-earths", "--lang", lang])
    assert told.exit_code == 0, told.output
    assert word in told.output and "2014-08-07" in told.output and "④" in told.output


def test_page_workbook_and_json_hold_the_same_case(tmp_path: Path) -> None:
    page, book = tmp_path / "a.html", tmp_path / "a.xlsx"
    for out in (page, book):
        assert run.invoke(app, ["--stages", "indonesia-nickel", "--out", str(out)]).exit_code == 0
    told = json.loads(run.invoke(app, ["--stages", "indonesia-nickel", "--format", "json"]).output)
    sheets = pd.ExcelFile(book, engine="openpyxl").sheet_names
    assert "<figure" in page.read_text(encoding="utf-8")
    assert len(sheets) == len(told) == 7
    assert {row["case"] for row in told["stage_tests"]} == {"indonesia-nickel"}

"""`meguri backtest --archive` and `--crossfit`: what was archived and is due, a fit scored elsewhere."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from meguri.app import cli
from meguri.app.backtest import print_beside
from meguri.base.errors import DataError
from meguri.study.backtest_archive import archive_table, archived
from meguri.study.backtest_fit import EPISODES, crossfit
from tests.app.test_cli import run


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return archive_table(dt.date(2027, 1, 1))


def test_a_prediction_is_due_on_the_first_day_after_its_period_and_open_until_a_figure_is_at_hand(
    table: pd.DataFrame,
) -> None:
    coming = table[table["kind"] == "forecast"]
    assert list(zip(coming["period"], coming["due"], coming["status"], strict=True)) == [
        ("2026-12", "2027-01-01", "open"),
        ("2027-03", "2027-04-01", "not_due"),
        ("2027-06", "2027-07-01", "not_due"),
    ]


def test_the_archived_numbers_are_scored_and_not_those_of_today(table: pd.DataFrame) -> None:
    kept = archived()
    keys = ["as_of", "case", "series", "period"]
    both = table.merge(kept, on=keys, suffixes=("", "_kept"), validate="one_to_one")
    assert len(both) == len(table) == len(kept)
    assert both["predicted"].equals(both["predicted_kept"])
    scored = table[table["status"] == "scored"]
    assert scored[["observed", "error", "error_no_change"]].notna().all(axis=None)
    assert set(scored["hit"]) == {"yes", "no"}, "misses are there as well"


def test_the_archive_is_printed_in_both_languages_and_as_json(
    table: pd.DataFrame, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print_beside({"archive": table}, "en")
    assert "not yet due (2027-04-01)" in capsys.readouterr().out
    print_beside({"archive": table}, "ja")
    assert "後追い予測" in capsys.readouterr().out
    found = json.loads(run(capsys, monkeypatch, "backtest", "--archive", "--format", "json"))
    assert set(found) == {"archive"} and len(found["archive"]) == len(table)


def test_the_archive_of_one_case_holds_that_case_and_a_case_never_archived_is_refused() -> None:
    day = dt.date(2027, 1, 1)
    assert set(archive_table(day, cases=["2024-antimony"])["case"]) == {"2024-antimony"}
    with pytest.raises(DataError) as wrong:
        archive_table(day, cases=["2024-antimon", "2019-korea"])
    said = wrong.value.text("en")
    assert "2024-antimony?" in said and "2019-korea" in said


def test_a_fit_needs_two_cases_that_score_the_same_thing_and_says_so_at_once() -> None:
    with pytest.raises(DataError) as wrong:
        crossfit(["2019-korea"])
    said = wrong.value.text("en")
    assert "two or more cases" in said and "scored points of the group volumes" in said


def test_a_case_that_is_not_known_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["meguri", "backtest", "2010-rare-earth", "--crossfit"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "2010-rare-earth" in capsys.readouterr().err


@pytest.mark.slow
def test_a_cross_fit_is_saved_both_ways_and_its_progress_counts_every_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    table = crossfit(runs=3, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(done, seen[0][1]) for done in range(1, seen[0][1] + 1)]
    words = ("backtest", "--crossfit", "--runs", "3", "--out", str(tmp_path), "--lang", "en")
    said = run(capsys, monkeypatch, *words)
    assert "scored on" in said and str(tmp_path) in said
    saved = pd.read_csv(tmp_path / "crossfit.csv")
    assert set(zip(saved["fitted_on"], saved["scored_on"], strict=True)) == {EPISODES, EPISODES[::-1]}
    assert saved["error_fitted"].to_numpy() == pytest.approx(table["error_fitted"].to_numpy())

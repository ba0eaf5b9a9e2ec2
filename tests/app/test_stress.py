"""What `meguri stress` says besides who stops: licence cost, paths, the linear program."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from meguri.app.answers import print_shadow
from meguri.base.terms import Lang
from meguri.shock.runs import Runs
from meguri.study.study import Study
from tests.app.test_cli import run
from tests.show import told

DYSPROSIUM = "2025-medium-heavy-rare-earths"


def test_paths_of_controlled_goods_are_named_and_add_up_to_the_content(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = " ".join(run(capsys, monkeypatch, "stress", DYSPROSIUM, "--indirect", "--lang", "en").split())
    assert "China, Dy/Tb separation → Japan, Dy/Tb metal from oxide" in said
    rows = json.loads(run(capsys, monkeypatch, "stress", DYSPROSIUM, "--indirect", "--format", "json"))
    table = pd.DataFrame(rows).groupby(["control", "node"])
    assert table["content"].sum().to_numpy() == pytest.approx(table["product_content"].first().to_numpy())
    assert set(pd.DataFrame(rows)["control"]) == {"licence"}, (
        "over-compliance is no rule about what is inside"
    )


def test_the_program_also_says_what_a_longer_recovery_costs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2010-rare-earths", "--lp", "--format", "json")
    found = json.loads(run(capsys, monkeypatch, *words))
    losses = pd.DataFrame(found["recovery_loss"]).pivot(index="node", columns="days", values="lost_d")
    assert set(losses.index) == {row["node"] for row in found["agreement"]}
    assert (losses[90] >= losses[30] - 1e-9).all() and (losses[180] >= losses[90] - 1e-9).all()
    assert losses.max(axis=None) <= 180 + 1e-6, "no end user loses more days than pass"


@pytest.mark.parametrize(("lang", "said"), [("en", "shadow cost"), ("ja", "シャドーコスト")])
def test_the_answer_says_what_a_licence_is_worth(
    capsys: pytest.CaptureFixture[str], lang: Lang, said: str
) -> None:
    print_shadow(told.outcome(), lang)  # type: ignore[arg-type]
    printed = capsys.readouterr().out
    assert said in printed and "9.8× (3.9–24)" in printed


def test_the_workbook_of_an_answer_holds_its_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "tables.xlsx"
    words = ("stress", "2023-gallium-germanium", "--runs", "2", "--format", "xlsx", "--out", str(book))
    run(capsys, monkeypatch, *words)
    sheets = pd.read_excel(book, sheet_name=None, engine="calamine")
    assert list(sheets)[:1] == ["survival"] and {"indirect_exports", "quality", "lost_output"} <= set(sheets)
    assert set(sheets["shadow"]["element"]) == {"Ga", "Ge"} and sheets["shadow"]["p50"].max() > 0.1


def test_unfinished_studies_are_listed_and_removed_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEGURI_HOME", str(tmp_path))
    assert json.loads(run(capsys, monkeypatch, "data", "runs", "--format", "json")) == []
    kept = tmp_path / "runs" / "2010-rare-earths-0123456789abcdef"
    kept.mkdir(parents=True)
    (row,) = json.loads(run(capsys, monkeypatch, "data", "runs", "--format", "json"))
    assert (row["scenario"], row["state"]) == ("2010-rare-earths", "broken")
    run(capsys, monkeypatch, "data", "runs", "--remove", "--older", "5")
    assert kept.exists(), "it is not five days old"
    assert "1" in run(capsys, monkeypatch, "data", "runs", "--remove")
    assert not kept.exists()


@pytest.mark.slow
def test_a_saved_outcome_with_sobol_indices_shows_them_in_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def indices(self: Study, runs: Runs, answer: str, *_: object) -> pd.DataFrame:
        asked.append(answer)
        return told.sobol_table()

    monkeypatch.setattr(Study, "_sobol", indices)  # thousands of runs, tested with the indices
    outcome, page = tmp_path / "outcome", tmp_path / "report.html"
    words = ("stress", DYSPROSIUM, "--runs", "2", "--sobol", "lost_days", "--out", str(outcome))
    assert "0.60 ± 0.10" in run(capsys, monkeypatch, *words, "--lang", "en")
    run(capsys, monkeypatch, "report", str(outcome), "--out", str(page), "--lang", "en")
    assert asked == ["lost_days"]
    assert "explains most" in page.read_text(encoding="utf-8")

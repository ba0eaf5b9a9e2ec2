"""Commands answer in the chosen form and language; the same in, the same out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from meguri.app import cli

KEYS = {"scenario", "chain", "survival", "price", "notes", "sources", "manifest"}
QUICK = ("--runs", "8", "--seed", "1")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Standard output of a command that succeeds."""
    monkeypatch.setattr(sys, "argv", ["meguri", *words])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    printed = capsys.readouterr()
    assert not stop.value.code, printed.err
    return printed.out


def test_stress_answers_with_one_json_document_and_the_same_bytes_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2010-rare-earths", "--format", "json", "--runs", "2", "--seed", "1")
    first = run(capsys, monkeypatch, *words)
    assert first == run(capsys, monkeypatch, *words)
    document = json.loads(first)
    assert set(document) >= KEYS
    row = document["survival"][0]
    assert set(row) >= {"node", "tts_d", "ttr_d", "share_stopped", "stops_on"}
    assert set(row["tts_d"]) == set(row["ttr_d"]) == {"p10", "p50", "p90"}
    assert set(document["price"][0]) >= {"element", "form", "place", "month", "p10", "p50", "p90"}


@pytest.mark.slow
def test_the_2010_notes_say_which_reading_history_refutes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2010-rare-earths", "--format", "json", "--runs", "50", "--seed", "1")
    notes = {row["key"]: row["text_en"] for row in json.loads(run(capsys, monkeypatch, *words))["notes"]}
    assert "35,000 t refute" in notes["verdict-2010-rare-earths-hard-cap-1"]
    assert "35,000 t do not refute" in notes["verdict-2010-rare-earths-1"]


@pytest.mark.slow
def test_without_spill_over_the_line_without_heavy_rare_earths_is_untouched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2025-medium-heavy-rare-earths", "--format", "json", "--runs", "20")
    rows = {}
    for key, extra in (("with", ()), ("without", ("--set", "controls.spill-over.share=0"))):
        document = json.loads(run(capsys, monkeypatch, *words, *extra))
        rows[key] = next(row for row in document["survival"] if row["node"] == "jp-magnet-daido")
    assert rows["without"]["lowest_cover_d"] == pytest.approx(rows["without"]["cover_d"])
    assert rows["with"]["lowest_cover_d"] < rows["with"]["cover_d"] - 1
    assert rows["without"]["share_stopped"] == 0


def test_a_table_is_printed_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2025-medium-heavy-rare-earths", "--runs", "2")
    assert "Who falls short" in run(capsys, monkeypatch, *words, "--lang", "en")
    assert "不足する拠点" in run(capsys, monkeypatch, *words, "--lang", "ja")


@pytest.mark.slow
def test_an_outcome_is_saved_and_becomes_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = tmp_path / "outcome"
    run(capsys, monkeypatch, "stress", "2025-medium-heavy-rare-earths", *QUICK, "--out", str(outcome))
    page, book = tmp_path / "report.html", tmp_path / "report.xlsx"
    run(capsys, monkeypatch, "report", str(outcome), "--out", str(page), "--lang", "ja")
    run(capsys, monkeypatch, "report", str(outcome), "--out", str(book))
    assert '<html lang="ja"' in page.read_text(encoding="utf-8")
    assert len(pd.ExcelFile(book, engine="calamine").sheet_names) >= 6


@pytest.mark.slow
def test_csv_and_workbook_hold_the_same_nodes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2025-medium-heavy-rare-earths", *QUICK)
    csv, xlsx = tmp_path / "nodes.csv", tmp_path / "nodes.xlsx"
    run(capsys, monkeypatch, *words, "--format", "csv", "--out", str(csv))
    run(capsys, monkeypatch, *words, "--format", "xlsx", "--out", str(xlsx))
    assert list(pd.read_csv(csv)["node"]) == list(pd.read_excel(xlsx, engine="calamine")["node"])


def test_why_follows_the_inputs_up_to_the_border(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("stress", "2025-medium-heavy-rare-earths", "--why", "jp-xev", "--lang", "en")
    told = " ".join(run(capsys, monkeypatch, *words).split())
    assert (
        told.index("export licence in force")
        < told.index("stock of")
        < told.index("xEV makers: output falls")
    )


def test_atlas_dy_gives_the_balance_of_2012(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = json.loads(run(capsys, monkeypatch, "atlas", "Dy", "--format", "json"))
    balance = sheet["balance"][0]
    assert (balance["balance_low"], balance["balance_high"]) == (-540, -440)
    assert (balance["coverage_low"], balance["coverage_high"]) == pytest.approx((0.10, 0.12))


def test_verify_answers_on_packaged_data_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEGURI_DATA", raising=False)
    rows = json.loads(run(capsys, monkeypatch, "data", "verify", "--format", "json"))
    equal = [row["equal"] for row in rows if row["equal"] is not None]
    assert len(equal) >= 28 and all(equal)


def test_help_speaks_japanese_when_asked() -> None:
    environment = {**os.environ, "MEGURI_LANG": "ja"}
    told = subprocess.run(
        [sys.executable, "-c", "from meguri.app.cli import main; main()", "stress", "--help"],
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    assert "乱数の種" in told.stdout


@pytest.mark.slow
def test_ctrl_c_ends_a_long_run_with_one_word_and_keeps_what_was_run(tmp_path: Path) -> None:
    out = tmp_path / "outcome"
    command = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from meguri.app.cli import main; main()"
    )
    words = ["stress", "2025-medium-heavy-rare-earths", "--runs", "50000", "--out", str(out), "--lang", "en"]
    process = subprocess.Popen(
        [sys.executable, "-c", command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "MEGURI_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    time.sleep(12)
    process.send_signal(signal.SIGINT)
    told, error = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "")
    goes_on = r"the same command goes on from there, `meguri data runs` lists them\."
    kept = rf"Cancelled after \d+ of 50000 runs\. They are kept: {goes_on}"
    assert re.fullmatch(kept, error.strip())
    assert not out.exists() and any((tmp_path / "home" / "runs").iterdir())

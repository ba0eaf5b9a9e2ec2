"""The outcome: tables, notes, manifest; the same in, the same out, saved and loaded."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.scenario.read import read_scenario
from meguri.shock.run import run_all
from meguri.structure.chain import Chain
from meguri.study.notes import refuted
from meguri.study.outcome import OUTCOME_TABLES, Outcome, records, to_json
from meguri.study.sensitivity import rank_correlation
from meguri.study.study import Study
from tests.shock.test_controls import LICENCE, trade
from tests.small import scenario

GIVEN = scenario([LICENCE | {"approval": [0.3, 0.6, 1.0], "paperwork": ["5 d", "10 d", "30 d"]}])


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return Study(trade(), GIVEN, runs=8, seed=3).run()


@pytest.fixture(scope="module")
def history() -> Outcome:
    return Study(Chain.example("ndfeb-japan@2009"), read_scenario("2010-rare-earths"), runs=10, seed=1).run()


def test_a_node_that_never_falls_short_has_no_day_and_stands_last(outcome: Outcome) -> None:
    table = outcome.table("survival")
    never = table["share_stopped"] == 0
    assert 0 < never.sum() < len(table)
    assert table.loc[never, ["tts_d", "tts_d_p10", "tts_d_p90"]].isna().all(axis=None)
    assert (table.loc[never, ["ttr_d", "gap_d"]] == 0).all(axis=None)
    assert (table.loc[never, "stops_on"] == "").all()
    assert not never[: len(table) - never.sum()].any(), "those that fall short come first"
    known = table["tts_d"].dropna()
    assert known.is_monotonic_increasing
    assert (table["tts_d_p10"].dropna() <= table["tts_d"].dropna()).all()


def test_never_is_null_in_the_document(outcome: Outcome) -> None:
    text = to_json(outcome.document())
    assert "NaN" not in text and "Infinity" not in text
    rows = {row["node"]: row for row in json.loads(text)["survival"]}
    assert rows["cn-magnet"]["tts_d"] == {"p10": None, "p50": None, "p90": None}
    assert rows["cn-magnet"]["stops_on"] is None
    assert rows["jp-magnet"]["tts_d"]["p50"] is not None


@pytest.mark.slow
def test_a_percentile_is_null_when_too_few_runs_fall_short() -> None:
    """In every run the share of stopped runs decides: p90 is a day only when 90 % have one."""
    table = Study(Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths"), 20, 1)
    rows = table.run().table("survival")
    for column, share in {"tts_d_p10": 0.1, "tts_d": 0.5, "tts_d_p90": 0.9}.items():
        assert (rows[column].notna() == (rows["share_stopped"] >= share - 1e-9)).all()
    assert rows["share_stopped"].between(0.05, 0.85).any(), "otherwise this says nothing"


def test_every_table_is_as_declared(outcome: Outcome) -> None:
    for name in OUTCOME_TABLES:
        typed = Schema.of(name).check(outcome.table(name))
        pd.testing.assert_frame_equal(typed, outcome.table(name))
        assert len(typed) or name in ("quality", "sobol"), "no supplier is new, no indices were asked for"
    assert (outcome.sources()["source"].isin(outcome.manifest["sources"])).all()


def test_tables_are_copies(outcome: Outcome) -> None:
    table = outcome.table("survival")
    table["plan"] = 0.0
    assert (outcome.table("survival")["plan"] > 0).any()
    with pytest.raises(DataError):
        outcome.table("survivals")


def test_production_starts_at_plan_and_falls_where_a_node_falls_short(outcome: Outcome) -> None:
    table = outcome.table("production").set_index(["node", "date"])["p50"]
    assert table.loc["jp-magnet"].iloc[0] == pytest.approx(1.0)
    assert table.loc["jp-magnet"].min() == 0.0
    assert (table.loc["cn-magnet"] > 0.999).all()


def test_assumptions_are_ranked_by_what_they_move(outcome: Outcome) -> None:
    table = outcome.table("assumptions")
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["swing"].abs().fillna(-1.0).is_monotonic_decreasing
    assert table["parameter"].str.startswith("price_response").any()
    assert table.loc[0, "parameter"].startswith("controls.")


def test_without_price_feedback_numbers_of_the_price_response_move_no_lost_day() -> None:
    still = scenario([LICENCE], feedback="none")
    table = Study(trade(), still, runs=8).run().table("assumptions")
    prices = table["parameter"].str.startswith("price_response")
    assert prices.any() and (table.loc[prices, "effect"] == 0).all()


def test_rank_correlation_is_spearmans_with_ties() -> None:
    values, answer = np.array([[1.0], [2.0], [2.0], [4.0]]), np.array([1.0, 3.0, 2.0, 4.0])
    ranks = np.array([1, 2.5, 2.5, 4]), np.array([1, 3, 2, 4])
    assert rank_correlation(values, answer)[0] == pytest.approx(np.corrcoef(*ranks)[0, 1])
    assert rank_correlation(np.ones((4, 1)), answer).tolist() == [0.0]


@pytest.mark.slow
def test_history_refutes_the_hard_cap_of_2010_and_not_the_soft_quota(history: Outcome) -> None:
    notes = history.notes().set_index("key")
    assert notes.loc["verdict-2010-rare-earths-hard-cap-1", "level"] == "warning"
    assert notes.loc["verdict-2010-rare-earths-1", "level"] == "info"
    for lang in ("en", "ja"):
        assert "35,000" in notes.loc["verdict-2010-rare-earths-hard-cap-1", f"text_{lang}"]
        assert notes[f"text_{lang}"].ne("").all()


def test_history_is_refuted_only_outside_everything_the_runs_brought() -> None:
    given = read_scenario("2010-rare-earths")
    runs = run_all(Chain.example("ndfeb-japan@2009"), given, 5, 1)
    seen = given.observed[0]
    low, high = runs.counted[:, 0].min(), runs.counted[:, 0].max()
    for tonnes, out in {low: False, high: False, low - 1: True, high + 1: True}.items():
        amount = type(seen.amount)(tonnes, tonnes, tonnes, "t")
        assert refuted(runs, 0, seen.model_copy(update={"amount": amount})) is out


def test_an_outcome_loads_as_it_was_saved(outcome: Outcome, tmp_path: Path) -> None:
    loaded = Outcome.load(outcome.save(tmp_path / "out"))
    for name in OUTCOME_TABLES:
        pd.testing.assert_frame_equal(loaded.table(name), outcome.table(name))
    assert dict(loaded.manifest) == json.loads(to_json(dict(outcome.manifest)))
    assert loaded.chain.hash == outcome.chain.hash == outcome.manifest["chain"]["hash"]
    assert to_json(loaded.document()) == to_json(outcome.document())


@pytest.mark.parametrize("broken", ["manifest.json", "survival.parquet"])
def test_a_broken_outcome_is_named(outcome: Outcome, tmp_path: Path, broken: str) -> None:
    folder = outcome.save(tmp_path / "out")
    (folder / broken).write_bytes(b"{")
    with pytest.raises(DataError) as error:
        Outcome.load(folder)
    assert broken in str(error.value)
    (folder / broken).unlink()
    with pytest.raises(DataError):
        Outcome.load(folder)


def test_the_same_study_twice_is_the_same_byte_for_byte(outcome: Outcome) -> None:
    again = Study(trade(), GIVEN, runs=8, seed=3).run()
    assert to_json(again.document()).encode() == to_json(outcome.document()).encode()
    assert again.manifest["hash"] == outcome.manifest["hash"]


@pytest.mark.slow
def test_another_seed_or_another_number_of_runs_has_another_hash(outcome: Outcome) -> None:
    hashes = {Study(trade(), GIVEN, runs, seed).run().manifest["hash"] for runs, seed in ((8, 4), (7, 3))}
    assert len(hashes | {outcome.manifest["hash"]}) == 3


def test_the_manifest_holds_no_clock_time_host_or_path(outcome: Outcome) -> None:
    text = to_json(dict(outcome.manifest))
    today = pd.Timestamp.now().strftime("%Y-%m-%d")
    for secret in (socket.gethostname(), platform.node(), str(Path.cwd()), str(Path.home()) + "/", today):
        assert len(secret) < 3 or secret not in text
    assert set(outcome.manifest) == {
        "scenario", "chain", "runs", "seed", "versions", "data", "sources", "grade", "answer", "hash",
    }  # fmt: skip


def test_a_record_has_plain_values_only() -> None:
    frame = pd.DataFrame({"a": [np.inf, 1 / 3], "b": [pd.NA, 2], "c": ["x", None]})
    assert records(frame) == [{"a": None, "b": None, "c": "x"}, {"a": 0.3333333333, "b": 2, "c": None}]


@pytest.mark.slow
def test_another_process_with_another_hash_seed_writes_the_same_bytes() -> None:
    command = [
        sys.executable, "-c", "from meguri.app.cli import main; main()",
        "stress", "2010-rare-earths", "--format", "json", "--runs", "5", "--seed", "1",
    ]  # fmt: skip
    found = [
        subprocess.run(
            command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1] and json.loads(found[0])["survival"]

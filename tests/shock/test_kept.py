"""Runs of cancelled studies are kept until they are asked for again or taken away."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from meguri.shock.kept import kept_runs, remove_kept
from meguri.shock.store import Store

FIELDS = {"tts": ((2,), "f8")}
NOW = dt.datetime(2026, 11, 23, 12, 0)


def cancelled(state: Path, scenario: str, days_ago: int) -> Path:
    """A study of five runs that was cancelled after two."""
    store = Store(FIELDS, 5, state / f"{scenario}-{'0123456789abcdef'}", "asked")
    for run in (0, 3):
        store.put(run, {"tts": np.zeros(2)})
    store.release()
    then = (NOW - dt.timedelta(days=days_ago)).timestamp()
    for file in store.folder.iterdir():
        os.utime(file, (then, then))
    return store.folder


def test_a_cancelled_study_is_listed_with_its_runs_and_its_age(tmp_path: Path) -> None:
    folder = cancelled(tmp_path, "2010-rare-earths", 40)
    (tmp_path / "notes of mine").mkdir()
    row = kept_runs(tmp_path, NOW).to_dict("records")[0]
    assert (row["scenario"], row["done"], row["runs"], row["days"], row["state"]) == (
        "2010-rare-earths", 2, 5, 40, "open",
    )  # fmt: skip
    whole = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    assert 0 <= row["size"] <= whole, "rows not yet written take no space"


def test_what_is_removed_leaves_no_file_and_nothing_else_is_touched(tmp_path: Path) -> None:
    cancelled(tmp_path, "2010-rare-earths", 40)
    later = cancelled(tmp_path, "2019-korea", 1)
    (tmp_path / "notes of mine").mkdir()
    table = kept_runs(tmp_path, NOW)
    gone = remove_kept(table[table["days"] >= 30])
    assert list(gone["scenario"]) == ["2010-rare-earths"]
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        later.name, f"{later.name}.lock", "notes of mine",
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_study_that_is_running_is_never_taken_away(tmp_path: Path) -> None:
    folder = cancelled(tmp_path, "2010-rare-earths", 40)
    running = Store(FIELDS, 5, folder, "asked")
    table = kept_runs(tmp_path, NOW)
    assert list(table["state"]) == ["busy"]
    assert remove_kept(table).empty
    assert running.done.sum() == 2 and folder.exists()
    running.release()


def test_a_study_whose_files_are_not_whole_is_said_to_be_broken(tmp_path: Path) -> None:
    folder = cancelled(tmp_path, "2010-rare-earths", 0)
    (folder / "done.npy").write_bytes(b"")
    row = kept_runs(tmp_path, NOW).to_dict("records")[0]
    assert (row["state"], row["runs"]) == ("broken", 0)

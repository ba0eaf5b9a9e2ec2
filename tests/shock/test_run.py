"""Many runs: the same bytes with any number of workers, and from where a cancelled study stopped."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meguri.shock import store as stored
from meguri.shock.cancel import Cancelled, spread
from meguri.shock.run import folder_of, request, run_all, set_up
from meguri.shock.runs import Runs
from meguri.shock.store import REQUEST, Store
from meguri.study.study import Study
from tests.shock.test_controls import LICENCE, trade
from tests.small import scenario

GIVEN = scenario([LICENCE | {"approval": [0.3, 0.6, 1.0], "paperwork": ["5 d", "10 d", "30 d"]}])


def content(runs: Runs) -> dict[str, bytes]:
    """Every file of the store but the request."""
    return {path.name: path.read_bytes() for path in runs.store.folder.glob("*.*") if path.name != REQUEST}


def stop_after(runs: int, by: str = "signal") -> Any:
    def progress(done: int, _: int) -> None:
        if done >= runs and by == "signal":
            signal.raise_signal(signal.SIGINT)
        elif done >= runs:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("workers", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_the_same_seed_brings_the_same_bytes_with_any_number_of_workers(workers: int) -> None:
    one, more = (run_all(trade(), GIVEN, 9, 4, workers=count) for count in (1, workers))
    assert content(one) == content(more) and len(content(one)) > 10
    outcomes = [Study(trade(), GIVEN, 9, 4).run(workers=count) for count in (1, workers)]
    assert outcomes[0].manifest["hash"] == outcomes[1].manifest["hash"]
    assert outcomes[0].table("production").equals(outcomes[1].table("production"))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("by", ["signal", "callback"])
def test_a_cancelled_study_goes_on_where_it_stopped(tmp_path: Path, workers: int, by: str) -> None:
    whole = content(run_all(trade(), GIVEN, 12, 4))
    with pytest.raises(Cancelled) as stop:
        run_all(trade(), GIVEN, 12, 4, stop_after(5, by), workers=workers, state=tmp_path)
    kept = stop.value.done
    assert 5 <= kept < 12 and stop.value.folder is not None and stop.value.folder.parent == tmp_path
    taken, told = [], []
    runs = run_all(
        trade(), GIVEN, 12, 4, lambda *at: told.append(at), state=tmp_path,
        resumed=lambda *at: taken.append(at),
    )  # fmt: skip
    assert taken == [(kept, 12)] and told == [(done, 12) for done in range(kept + 1, 13)]
    assert content(runs) == whole


@pytest.mark.parametrize("other", ["seed", "runs", "scenario", "chain"])
def test_another_request_never_takes_up_what_was_kept(tmp_path: Path, other: str) -> None:
    with pytest.raises(Cancelled):
        run_all(trade(), GIVEN, 12, 4, stop_after(5), state=tmp_path)
    taken: list[Any] = []
    chain, given, runs, seed = trade(), GIVEN, 12, 4
    if other == "scenario":
        given = scenario([LICENCE | {"approval": [0.3, 0.6, 1.0], "paperwork": ["5 d", "11 d", "30 d"]}])
    elif other == "chain":
        recipes = chain.recipes
        recipes["stock"] = recipes["stock"] + 1
        chain = chain.with_table("recipes", recipes)
    else:
        runs, seed = (runs, 5) if other == "seed" else (11, seed)
    found = run_all(chain, given, runs, seed, state=tmp_path, resumed=lambda *at: taken.append(at))
    assert not taken and content(found) == content(run_all(chain, given, runs, seed))


def test_a_state_under_the_right_name_that_answers_something_else_is_begun_anew(tmp_path: Path) -> None:
    asked = request(set_up(trade(), GIVEN), 6, 4)
    folder = folder_of(tmp_path, GIVEN, asked)
    old = Store({"tts": ((3,), "f8")}, 6, folder, "something else")
    old.put(0, {"tts": np.full(3, 7.0)})
    old.release()
    taken: list[Any] = []
    runs = run_all(trade(), GIVEN, 6, 4, state=tmp_path, resumed=lambda *at: taken.append(at))
    assert not taken and content(runs) == content(run_all(trade(), GIVEN, 6, 4))


def test_a_state_with_a_file_missing_is_begun_anew(tmp_path: Path) -> None:
    with pytest.raises(Cancelled) as stop:
        run_all(trade(), GIVEN, 6, 4, stop_after(3), state=tmp_path)
    assert stop.value.folder is not None
    (stop.value.folder / "weekly.npy").unlink()
    runs = run_all(trade(), GIVEN, 6, 4, state=tmp_path)
    assert content(runs) == content(run_all(trade(), GIVEN, 6, 4))


def test_two_at_once_never_write_into_one_folder(tmp_path: Path) -> None:
    first, second = (run_all(trade(), GIVEN, 3, 4, state=tmp_path) for _ in range(2))
    assert first.store.lasting and not second.store.lasting
    assert first.store.folder != second.store.folder and content(first) == content(second)


def test_a_finished_study_leaves_nothing_behind(tmp_path: Path) -> None:
    Study(trade(), GIVEN, 3, 4).run(state=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_cancelled_study_without_a_folder_says_that_nothing_is_kept() -> None:
    with pytest.raises(Cancelled) as stop:
        run_all(trade(), GIVEN, 12, 4, stop_after(5))
    assert stop.value.folder is None


def test_tables_do_not_depend_on_how_many_cells_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Study(trade(), GIVEN, 7, 4).run()
    monkeypatch.setattr(stored, "BLOCK_BYTES", 8 * 7 * 3)  # three cells of seven runs
    parts = Study(trade(), GIVEN, 7, 4).run()
    assert parts.manifest["hash"] == whole.manifest["hash"]
    for name in ("survival", "production", "price", "flows_cut", "assumptions"):
        assert parts.table(name).equals(whole.table(name)), name


def test_a_fault_in_one_task_is_raised_and_no_further_task_begins() -> None:
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    for workers in (1, 2):
        begun.clear()
        with pytest.raises(ValueError, match="three"):
            list(spread(range(1000), work, workers))
        assert len(begun) < 20

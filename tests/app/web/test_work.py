"""A job in a worker: its answer stands whole under the address of its inputs, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from meguri.app.web import work
from meguri.app.web.desk import Desk
from meguri.app.web.job import Job
from meguri.app.web.kinds import Progress, Runner
from meguri.base.errors import DataError, MeguriError, Problem

PARAMS = {"shop": "file:f1", "runs": "2"}


def own_file(root: Path, content: str) -> Path:
    """An own file as the store keeps it, called `our shop.xlsx` by its reader."""
    folder = root / "files" / "f1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "v.xlsx").write_text(content)
    version = {"digest": content, "file": "v.xlsx"}
    meta = {"kind": "shop", "name": "our shop.xlsx", "current": 1, "versions": [version]}
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder / "v.xlsx"


def done(root: Path, monkeypatch: pytest.MonkeyPatch, run: Runner, params: Mapping[str, str]) -> Job:
    """A job asked for and done by a runner."""
    monkeypatch.setattr(work, "runner", lambda kind: run)
    desk = Desk(root)
    job = Job(root, desk.answer_id("stress", params), "stress", params, desk.inputs(params))
    work.do_job({"record": job.record(), "folder": str(root), "memory": 0}, lambda done, of: None)
    return job


def test_nothing_stands_at_the_address_while_the_job_is_done_and_all_of_it_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file(tmp_path, "as asked")
    address = Desk(tmp_path).answer_id("stress", PARAMS)

    def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
        (folder / "outcome").write_text("all of it")
        kept = desk.kept("stress", params)
        kept.mkdir(parents=True)
        assert not (tmp_path / "answers" / address).exists()
        assert desk.answer("stress", params) is None

    job = done(tmp_path, monkeypatch, run, PARAMS)
    folder = Desk(tmp_path).answer("stress", PARAMS)
    assert folder == job.answer
    assert sorted(item.name for item in folder.iterdir()) == ["done.json", "outcome"]
    assert not Desk(tmp_path).kept("stress", PARAMS).exists()
    assert json.loads((folder / "done.json").read_text())["inputs"] == {"file:f1": "as asked"}


def test_an_answer_of_a_file_that_changed_on_the_way_does_not_stand_under_the_old_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
        own_file(tmp_path, "corrected meanwhile")

    own_file(tmp_path, "as asked")
    with pytest.raises(DataError) as error:
        done(tmp_path, monkeypatch, run, PARAMS)
    assert error.value.problems[0].key == "web_jobs_changed"
    assert not list((tmp_path / "answers").iterdir())


def test_a_problem_in_an_own_file_names_it_as_its_reader_does_and_not_where_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
        path = desk.path_of(params["shop"])
        raise DataError(Problem("share", f"{path}/orders row 3", "1.4", path), path)

    own_file(tmp_path, "as asked")
    with pytest.raises(MeguriError) as error:
        done(tmp_path, monkeypatch, run, PARAMS)
    assert error.value.problems[0].place == "our shop.xlsx/orders row 3"
    assert str(tmp_path) not in error.value.text("en") + error.value.text("ja")


def test_a_parameter_that_the_job_needs_and_nobody_gave_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
        int(params["seed"])

    with pytest.raises(DataError) as error:
        done(tmp_path, monkeypatch, run, {"runs": "2"})
    assert error.value.problems[0].place == "seed"


def test_whatever_a_failing_job_wrote_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
        (folder / "half").write_text("x")
        raise TypeError

    with pytest.raises(TypeError):
        done(tmp_path, monkeypatch, run, {"runs": "2"})
    assert not list((tmp_path / "answers").iterdir())

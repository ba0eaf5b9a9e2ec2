"""What earlier servers left of the jobs of a workspace: taken up again, halves swept. Thin."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from meguri.app.web.desk import Desk, build_stamp
from meguri.app.web.job import Job, now, read_job
from meguri.app.web.whole import remove_whole, sweep
from meguri.app.web.worker import problem_row
from meguri.base.errors import DataError

if sys.platform != "win32":
    import fcntl

_ADDRESS = re.compile(r"[0-9a-f]{20}")


def hold(folder: Path) -> IO[bytes] | None:
    """The lock of a workspace's jobs, which goes with the process; ``None`` where another server has it.

    Two servers on one workspace would each begin what the other does.
    """
    (folder / "jobs").mkdir(exist_ok=True)
    file = (folder / "jobs" / ".lock").open("ab")
    try:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def on_record(folder: Path) -> dict[str, Job]:
    """Jobs as they stand on disk; an answer that is there is worth more than a record that it is not."""
    records = [path for path in sorted((folder / "jobs").glob("*.json")) if _ADDRESS.fullmatch(path.stem)]
    answers = [place for place in sorted((folder / "answers").glob("*")) if _ADDRESS.fullmatch(place.name)]
    read = [(path.stem, read_job(folder, path)) for path in records]
    read += [(place.name, read_job(folder, place / "done.json")) for place in answers]
    return {name: job for name, job in read if job is not None and job.id == name}


def recovered(folder: Path, tries: int) -> dict[str, Job]:
    """Jobs of a workspace nobody works in: what was under way waits again, what is half is gone.

    Parameters
    ----------
    folder : Path
        The workspace.
    tries : int
        Times a job may have been begun; one that takes the server down each time is not begun again.
    """
    for name in ("answers", "jobs"):
        sweep(folder / name)
    found = on_record(folder)
    for place in (folder / "answers").glob("*"):
        if place.name not in found or found[place.name].state != "done":
            remove_whole(place)
    for path in (folder / "jobs").glob("*.json"):
        if path.stem not in found or found[path.stem].state == "done":
            path.unlink(missing_ok=True)
    taken = {job.id: job for job in _taken_up(found, tries)}
    for kept in (folder / "cache" / "runs").glob("*"):
        if _ADDRESS.fullmatch(kept.name) and (kept.name not in taken or taken[kept.name].state == "done"):
            shutil.rmtree(kept, ignore_errors=True)
    return taken


def _taken_up(found: dict[str, Job], tries: int) -> Iterator[Job]:
    """The same jobs; those under way wait; all but answers have the address they have with this build."""
    for job in found.values():
        under_way = job.state in ("waiting", "running")
        if job.state == "done":
            yield job
        elif under_way and job.tries >= tries:
            job.turn("failed", fault="restarts", ended=now())
            yield job
        elif job.build != build_stamp():
            yield _readdressed(job)
        else:
            if under_way:
                job.turn("waiting", started="")
            yield job


def _readdressed(job: Job) -> Job:
    """A job of another build as one of this, with the runs it has kept: its answer will be this build's.

    Two old ones, or an old and a new one, of the same work become one: the later in the queue goes.
    """
    desk, under_way = Desk(job.folder), job.state in ("waiting", "running")
    try:
        inputs, name = desk.inputs(job.params), desk.answer_id(job.kind, job.params)
    except DataError as error:
        if under_way:
            rows = [problem_row(one, error.file) for one in error.problems]
            job.turn("failed", problems=rows, ended=now())
        return job
    moved = replace(job, id=name, inputs=inputs, build="")
    runs = job.folder / "cache" / "runs"
    if (runs / job.id).is_dir() and not (runs / name).exists():
        (runs / job.id).rename(runs / name)
    moved.turn("waiting" if under_way else job.state)
    job.path.unlink(missing_ok=True)
    return moved

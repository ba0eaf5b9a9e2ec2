"""A job as a worker does it: built in a folder of its own, and moved whole to where answers stand."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meguri.app.web.desk import Desk
from meguri.app.web.job import now
from meguri.app.web.kinds import Progress, runner
from meguri.app.web.whole import PART, move_whole, write_whole
from meguri.base.errors import DataError, MeguriError, ModelError, Problem


def do_job(args: Mapping[str, Any], told: Progress) -> None:
    """Do the job of a record and leave its answer in ``answers/ID``, ``done.json`` last.

    Raises
    ------
    DataError
        When an own file is not what it was when the job was asked for.
    ModelError
        When the job needs more memory than it may take.
    MeguriError
        Whatever the job itself says no to, with the reader's names of own files.
    """
    record, desk = args["record"], Desk(Path(args["folder"]))
    _bound_memory(args["memory"])
    part = desk.folder / "answers" / f"{PART}{record['id']}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _unchanged(desk, record)
        runner(record["kind"])(_Given(record["params"]), desk, part, told)
        _unchanged(desk, record)
        content = record | {"state": "done", "ended": now()}
        write_whole(part / "done.json", json.dumps(content, ensure_ascii=False).encode())
        move_whole(part, desk.folder / "answers" / record["id"])
        shutil.rmtree(desk.folder / "cache" / "runs" / record["id"], ignore_errors=True)
    except MemoryError:
        found = f"{args['memory'] / (1 << 30):.1f} GiB"
        raise ModelError(Problem("web_jobs_memory", record["kind"], found)) from None
    except MeguriError as error:
        raise _by_name(error, desk, record["inputs"]) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


class _Given(dict[str, str]):
    """Parameters of a job; one that the job needs and nobody gave is a problem of the input."""

    def __missing__(self, name: str) -> str:
        raise DataError(Problem("web_jobs_missing", name))


def _unchanged(desk: Desk, record: Mapping[str, Any]) -> None:
    """An answer stands under the address of its inputs: they must not change on the way."""
    if desk.inputs(record["params"]) != record["inputs"]:
        raise DataError(Problem("web_jobs_changed", record["kind"]))


def _by_name(error: MeguriError, desk: Desk, inputs: Mapping[str, str]) -> MeguriError:
    """The same problems; a reader's file is called what she called it, not where it is kept."""
    names = {str(one.path): one.name for one in map(desk.file, inputs)}

    def told(text: str) -> str:
        for path, name in names.items():
            text = text.replace(path, name)
        return text

    problems = [
        Problem(one.key, told(one.place), told(one.found), told(one.file), one.details)
        for one in error.problems
    ]
    return type(error)(problems, told(error.file))


def _bound_memory(most: int) -> None:
    """No job takes the machine down: what it may hold is bounded where the system can do so."""
    if sys.platform != "linux" or not most:
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))

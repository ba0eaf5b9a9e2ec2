"""One job: what was asked, how far it is, how it ended; the record on disk and the document of the API. Thin.

A job that waits, runs, failed or was cancelled is ``jobs/ID.json``; one that is done is ``answers/ID`` with
its ``done.json``. There is no second place that could disagree.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from meguri.app.web.desk import build_stamp
from meguri.app.web.whole import write_whole
from meguri.base.terms import label
from meguri.base.words import LANGS

State = Literal["waiting", "running", "done", "failed", "cancelled", "gone"]
OVER = ("done", "failed", "cancelled", "gone")
MOST_PROBLEMS = 50  # kept of one failed job
_KEPT = ("id", "kind", "params", "inputs", "state", "created", "started", "ended", "tries", "build")


def now() -> str:
    """The present moment, for people and for the order of the queue."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


@dataclass(eq=False)
class Job:
    """One job of a workspace.

    Attributes
    ----------
    folder : Path
        The workspace.
    id : str
        Address of its answer: the same kind, parameters and files have the same.
    inputs : mapping
        Own files it reads, and what they held when it was asked for.
    problems : list of dict
        Why the input does not allow an answer: rows with words in both languages.
    fault : str
        Row of the words ``web_jobs`` when it ended otherwise: died, time, memory …
    tries : int
        Times it was begun; one that takes the server down with it is not begun for ever.
    """

    folder: Path
    id: str
    kind: str
    params: Mapping[str, str]
    inputs: Mapping[str, str] = field(default_factory=dict)
    state: State = "waiting"
    created: str = field(default_factory=now)
    started: str = ""
    ended: str = ""
    tries: int = 0
    build: str = ""
    problems: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    done: int = 0
    of: int = 0
    stopping: bool = False
    again: bool = False
    revision: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _pace: tuple[float, int] = (0.0, 0)

    def __post_init__(self) -> None:
        self.build = self.build or build_stamp()

    @property
    def path(self) -> Path:
        """Its record, while it is not done."""
        return self.folder / "jobs" / f"{self.id}.json"

    @property
    def answer(self) -> Path:
        """Folder of its answer."""
        return self.folder / "answers" / self.id

    def turn(self, state: State, **values: Any) -> None:
        """Go over to a state, and put it on record; from ``gone`` nothing comes back."""
        if self.state == "gone":
            return
        for name, value in {"state": state, **values}.items():
            setattr(self, name, value)
        if state not in ("done", "gone"):
            kept = {name: getattr(self, name) for name in (*_KEPT, "problems", "fault")}
            write_whole(self.path, json.dumps(kept, ensure_ascii=False).encode())
        else:
            self.path.unlink(missing_ok=True)
        self.tell()

    def progress(self, done: int, of: int) -> None:
        """How far it is. Progress is not put on record: the runs themselves are kept."""
        if done < self.done or of != self.of or not self._pace[0]:
            self._pace = (time.monotonic(), done)
        self.done, self.of = done, of
        self.tell()

    def tell(self) -> None:
        """Wake everybody who follows it; who is slow sees only the newest state."""
        self.revision += 1
        before, self.changed = self.changed, asyncio.Event()
        before.set()

    def seconds_left(self) -> float | None:
        """Estimate from the pace so far; ``None`` while it cannot be told."""
        begun, first = self._pace
        if self.state != "running" or self.done <= first:
            return None
        return round((time.monotonic() - begun) / (self.done - first) * (self.of - self.done), 1)

    def document(self, ahead: int | None = None) -> dict[str, Any]:
        """What the API says of it; ``ahead`` counts the jobs that come before it."""
        shown = ("id", "kind", "state", "stopping", "done", "of", "created", "started", "ended")
        return {name: getattr(self, name) for name in shown} | {
            "params": dict(self.params),
            "ahead": ahead,
            "seconds_left": self.seconds_left(),
            "outdated": self.state == "done" and self.build != build_stamp(),
            "problems": [*self.problems, *self._fault()],
        }

    def _fault(self) -> list[dict[str, Any]]:
        """The one plain line of a failure that is not of the input, as a row like the others."""
        if not self.fault:
            return []
        told = {f"way_out_{lang}": label(f"fault_{self.fault}", lang, "web_jobs") for lang in LANGS}
        return [{"key": f"web_jobs_{self.fault}", "place": self.kind} | told]

    def record(self) -> dict[str, Any]:
        """What the worker writes as ``done.json`` when it has ended."""
        return {name: getattr(self, name) for name in _KEPT}


def read_job(folder: Path, path: Path) -> Job | None:
    """A job from its record; ``None`` where the record is not whole or not of a job."""
    try:
        content = json.loads(path.read_bytes())
        names = [name for name in (*_KEPT, "problems", "fault") if name in content]
        job = Job(folder, **{name: content[name] for name in names})
    except (OSError, ValueError, TypeError):
        return None
    texts = (job.id, job.kind, job.state, job.created, *job.params, *job.params.values())
    return job if all(isinstance(text, str) for text in texts) else None

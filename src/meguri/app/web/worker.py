"""A worker process: does one task at a time, as lines of JSON on standard input ask for it.

Asked ``{"id": 1, "task": "view", "args": {…}}``, it answers any number of ``{"id": 1, "done": 3, "of": 9}``
and then one of ``{"id": 1, "result": …}``, ``{"id": 1, "problems": [...]}``, ``{"id": 1, "cancelled": true}``
or ``{"id": 1, "broken": "TypeError"}``. ``{"cancel": 1}`` cancels. When standard input ends, whoever started
it is gone, and so is it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from meguri.base.errors import MeguriError, Problem
from meguri.base.words import LANGS

_PDEATHSIG = 1  # of prctl(2)
OFTEN = 0.1  # [s] between two signs of progress
Told = Callable[[int, int], None]
Task = Callable[[Mapping[str, Any], Told], Any]
TASKS = {
    "view": "meguri.app.web.views:make_view",
    "table": "meguri.app.web.views:write_table",
    "check": "meguri.app.web.checks:check_task",
    "cells": "meguri.app.web.cells:correct_task",
    "template": "meguri.app.web.blanks:write_task",
    "paper": "meguri.app.web.papers:write_paper",
    "own_paper": "meguri.app.web.views:write_own_paper",
    "job": "meguri.app.web.work:do_job",
}  # imported when first asked for: a worker starts quickly


class Stopped(KeyboardInterrupt):
    """The task was cancelled from outside; what a cancelled study keeps is kept as after Ctrl-C."""


class Desktop:
    """The line to the server: requests come in on a thread of their own, so that a cancel is heard."""

    def __init__(self, incoming: TextIO, outgoing: TextIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self.requests: queue.Queue[dict[str, Any]] = queue.Queue()
        self.cancelled: set[int] = set()

    def listen(self) -> None:
        """Take in lines until the server is gone, and then go too."""
        for line in self._incoming:
            request = json.loads(line)
            if "cancel" in request:
                self.cancelled.add(request["cancel"])
            else:
                self.requests.put(request)
        os._exit(0)

    def say(self, **content: Any) -> None:
        """One line to the server."""
        self._outgoing.write(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._outgoing.flush()


def problem_row(problem: Problem, file: str) -> dict[str, Any]:
    """A problem as fields, in every language."""
    rows = {lang: problem.row(lang) for lang in LANGS}
    told = {f"{name}_{lang}": rows[lang][name] for lang in LANGS for name in ("expected", "way_out")}
    shared = {name: rows["en"][name] for name in ("key", "place", "found")}
    return shared | {"file": problem.file or file} | told


def answer(desktop: Desktop, request: Mapping[str, Any]) -> None:
    """Do one task and say how it ended."""
    number, last = request["id"], -OFTEN

    def told(done: int, of: int) -> None:
        nonlocal last
        if number in desktop.cancelled:
            raise Stopped
        if done == of or time.monotonic() - last >= OFTEN:  # hundreds of runs a second are no news each
            last = time.monotonic()
            desktop.say(id=number, done=done, of=of)

    try:
        module, _, name = TASKS[request["task"]].partition(":")
        task: Task = getattr(import_module(module), name)
        desktop.say(id=number, result=task(request["args"], told))
    except MeguriError as error:
        rows = [problem_row(one, error.file) for one in error.problems]
        desktop.say(id=number, problems=rows, kind=type(error).__name__)
    except KeyboardInterrupt:
        desktop.say(id=number, cancelled=True)
    except Exception as error:  # a fault of ours: the log has all of it, the reader one line
        traceback.print_exc()
        desktop.say(id=number, broken=type(error).__name__)


def _die_with_parent() -> None:
    """Where the system offers it, be killed with the server, even while compiled code holds Python's lock."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)


def _stand_back(nice: int) -> None:
    """Let others go first: this process among its like, and its session among sessions.

    Where Linux groups processes by session, as desktops do, a process's own number counts only inside
    its session, and a worker is alone in its own (sched(7), "the autogroup feature").
    """
    if not hasattr(os, "nice"):
        return
    os.nice(nice)
    if sys.platform == "linux" and nice and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice))


def main() -> None:
    """Serve until standard input ends; whatever libraries print goes to standard error."""
    _die_with_parent()
    outgoing = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    desktop = Desktop(os.fdopen(os.dup(0), "r", encoding="utf-8"), outgoing)
    threading.Thread(target=desktop.listen, daemon=True).start()
    stand_back, *preload = sys.argv[1:]
    _stand_back(int(stand_back))
    for name in preload:
        import_module(name)
    while True:
        try:
            answer(desktop, desktop.requests.get())
        except KeyboardInterrupt:  # Ctrl-C goes to the whole group: the server decides when to stop
            continue


if __name__ == "__main__":
    main()

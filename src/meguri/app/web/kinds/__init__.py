"""Long work, one module for each kind of job: ``run(params, desk, folder, progress)`` fills a folder.

``progress(done, of)`` is called often; it raises when the job is cancelled. ``params`` are texts as in the
address of the page; the folder holds whatever the page that shows the answer reads, written whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from meguri.app.web.desk import Desk

Progress = Callable[[int, int], None]
Runner = Callable[[Mapping[str, str], Desk, Path, Progress], None]

PAGES = {  # the page that asks for a kind of job
    "stress": "stops",
    "sobol": "stops",
    "backtest": "history",
    "respond": "keeps",
    "circulate": "returns",
    "classify": "exports",
    "claims": "card",
}
NAMES = tuple(PAGES)
EXTRA = {"sobol": ("answer",)}  # parameters of a kind that are no fields of its page: any short text


def runner(kind: str) -> Runner:
    """The function that does a job of a kind."""
    found: Runner = import_module(f"meguri.app.web.kinds.{kind}").run
    return found

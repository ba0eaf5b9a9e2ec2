"""Trade by role in a process: one file or set, classified with many draws of the judgement in the map."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from meguri.app.classify import TOP_LINES, Asked, answered
from meguri.app.web.desk import Desk
from meguri.app.web.kept import keep, kept
from meguri.app.web.kinds import Progress
from meguri.structure.classify import ClassAnswer


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Classify a trade, and where asked hold scores and map against lists left out; keep every table."""
    progress(0, 1)
    answer = answered(asked_of(params, desk))
    keep(folder, answer.tables, answer.about)
    progress(1, 1)


def asked_of(params: Mapping[str, str], desk: Desk) -> Asked:
    """What the command line would be asked: names of countries as keys, empty texts as not given."""
    year = params.get("year", "")
    return Asked(
        trade=desk.path_of(params["trade"]),
        year=int(year) if year else None,
        flow=params.get("flow") or None,
        reporter=params.get("reporter") or None,
        partner=params.get("partner") or None,
        variant=params.get("variant") or "PC4",
        top=TOP_LINES,
        runs=int(params["runs"]),
        seed=int(params["seed"]),
        own=None,
        check=params.get("check") == "yes",
        compare=None,
    )


def read(folder: Path) -> ClassAnswer:
    """A classified trade that was kept."""
    return ClassAnswer(*kept(folder))

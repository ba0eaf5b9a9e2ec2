"""What comes back: a case of routes, or the magnets of Japan over years, with many draws."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.app.circulate import open_case
from meguri.app.web.desk import Desk
from meguri.app.web.kept import keep, kept
from meguri.app.web.kinds import Progress
from meguri.app.web.questions.returns import DYNAMIC
from meguri.base.terms import LANGS
from meguri.circulate.answer import CirculateAnswer, circulate_answer
from meguri.circulate.magnet_anchors import anchors_table
from meguri.circulate.magnets import dy_japan
from meguri.circulate.route_case import RouteCase

CASE = "case."  # before the name of a table of the case itself
COMPANION = "companion"  # folder of the case that goes with it


class Magnets(NamedTuple):
    """Magnets of Japan by year: tables, keys of sources, weakest grade, draws."""

    flows: pd.DataFrame
    totals: pd.DataFrame
    checks: pd.DataFrame
    sources: tuple[str, ...]
    grade: str
    runs: int


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Answer a case and keep it, or the magnets of Japan where no case is named."""
    progress(0, 1)
    if params.get("case"):
        keep_answer(answered(params, desk), folder)
    else:
        keep_magnets(magnets(int(params["runs"]), int(params["seed"])), folder)
    progress(1, 1)


def answered(params: Mapping[str, str], desk: Desk) -> CirculateAnswer:
    """The answer of a case; what leaves use in Japan is that of a year.

    Raises
    ------
    DataError
        When the case is wrong, or a number that the answer stands on has neither source nor signature.
    """
    runs, seed = int(params["runs"]), int(params["seed"])
    case = params["case"]
    name = f"{case}@{params['year']}" if case == DYNAMIC else desk.path_of(case)
    return circulate_answer(open_case(name, runs, seed, params.get("signed", "")), runs=runs, seed=seed)


def keep_answer(answer: CirculateAnswer, folder: Path) -> None:
    """Write an answer: its tables, those of its case, what it says; the companion in a folder below."""
    if answer.companion is not None:
        keep_answer(answer.companion, folder / COMPANION)
    own = {f"{CASE}{name}": table for name, table in answer.case.tables.items()}
    told = {
        "name": answer.case.name, "about": dict(answer.case.about), "file": answer.case.file,
        "use": answer.use, "metric": answer.metric, "runs": answer.runs, "seed": answer.seed,
        "sentences": answer.sentences, "burden_makers": answer.burden_makers,
    }  # fmt: skip
    keep(folder, {**answer.tables, **own}, told)


def read_answer(folder: Path) -> CirculateAnswer:
    """An answer that was kept."""
    tables, told = kept(folder)
    own = {name.removeprefix(CASE): table for name, table in tables.items() if name.startswith(CASE)}
    below = folder / COMPANION
    return CirculateAnswer(
        case=RouteCase(told["name"], told["about"], own, told["file"]),
        tables={name: table for name, table in tables.items() if not name.startswith(CASE)},
        sentences={lang: told["sentences"][lang] for lang in LANGS},
        companion=read_answer(below) if below.is_dir() else None,
        **{name: told[name] for name in ("use", "metric", "runs", "seed", "burden_makers")},
    )


def magnets(runs: int, seed: int) -> Magnets:
    """Magnets of Japan with so many draws."""
    case = dy_japan(runs, seed)
    checks = anchors_table(case)
    cells = [case.source, *checks["source"]]
    sources = tuple(dict.fromkeys(key for cell in cells for key in cell.split("|")))
    return Magnets(case.flows_table(), case.totals_table(), checks, sources, case.grade, case.runs)


def keep_magnets(found: Magnets, folder: Path) -> None:
    """Write the tables of the magnets of Japan."""
    tables = {name: getattr(found, name) for name in ("flows", "totals", "checks")}
    keep(folder, tables, {"sources": list(found.sources), "grade": found.grade, "runs": found.runs})


def read_magnets(folder: Path) -> Magnets:
    """The magnets of Japan that were kept."""
    tables, told = kept(folder)
    about: dict[str, Any] = {"sources": tuple(told["sources"]), "grade": told["grade"], "runs": told["runs"]}
    return Magnets(**tables, **about)

"""Which numbers explain the spread of one answer of a study: Sobol indices, kept as one table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from meguri.app.web.cases import read_case
from meguri.app.web.desk import Desk
from meguri.app.web.kinds import Progress
from meguri.study.study import Study

TABLE = "sobol.parquet"


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Indices of ``params["answer"]``, as :func:`meguri.study.sobol.answer_of` reads it."""
    runs = int(params["runs"])
    progress(0, runs)
    case = read_case(params, desk)
    study = Study(case.open_chain(desk), case.scenario, runs=runs, seed=int(params["seed"]))
    table = study.sobol(params["answer"], progress)
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / TABLE)

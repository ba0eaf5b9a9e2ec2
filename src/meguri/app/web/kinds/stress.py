"""What stops when: one scenario on one chain, kept as an outcome, with the trail of every node that stops."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from meguri.app.web.cases import read_case
from meguri.app.web.desk import Desk
from meguri.app.web.kinds import Progress
from meguri.shock.run import set_up
from meguri.study.study import Study
from meguri.study.trail import trails

TRAILS = "trails.parquet"


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Run a study and save its outcome; runs of a cancelled study are taken up again."""
    runs = int(params["runs"])
    progress(0, runs)  # reading a chain takes a moment: who cancels at once need not wait for it
    case = read_case(params, desk)
    study = Study(case.open_chain(desk), case.scenario, runs=runs, seed=int(params["seed"]))
    outcome = study.run(progress, state=desk.kept("stress", params))
    survival = outcome.table("survival")
    short = survival.loc[survival["share_stopped"] > 0, "node"]
    told = trails(set_up(study.chain, study.scenario), [str(node) for node in short])
    folder.mkdir(parents=True, exist_ok=True)
    told.to_parquet(folder / TRAILS)
    outcome.save(folder / "outcome")

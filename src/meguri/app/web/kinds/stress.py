"""What stops when: one scenario on one chain, kept as an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from meguri.app.chains import open_chain
from meguri.app.web.desk import Desk
from meguri.app.web.kinds import Progress
from meguri.scenario.read import read_scenario
from meguri.study.study import Study


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Run a study and save its outcome; runs of a cancelled study are taken up again."""
    scenario = read_scenario(desk.path_of(params["scenario"]))
    chain = open_chain(desk.path_of(params.get("chain") or scenario.chain))
    study = Study(chain, scenario, runs=int(params["runs"]), seed=int(params["seed"]))
    study.run(progress, state=desk.kept("stress", params)).save(folder / "outcome")

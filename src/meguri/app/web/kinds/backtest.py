"""History as the judge: every packaged case run, scored, and kept as tables; both ways of the cross-fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from meguri.app.web.desk import Desk
from meguri.app.web.kinds import Progress
from meguri.study.backtest import backtest
from meguri.study.backtest_case import case_names, read_case
from meguri.study.backtest_fit import EPISODES, crossfit

TABLES = ("scores", "pooled", "series", "coverage", "errors", "alarms", "hashes", "sources")


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:  # noqa: ARG001
    """Run all cases: a predictive band takes its error from the other ones. Parameters are written first."""
    runs, seed = int(params["runs"]), int(params["seed"])
    ways = len(EPISODES) * (len(EPISODES) - 1)
    first = sum(len(read_case(name).studies) for name in case_names()) * runs
    whole = first + 2 * ways * runs
    folder.mkdir(parents=True, exist_ok=True)
    found = backtest(None, runs, seed, lambda done, _: progress(done, whole), folder)
    fitted = crossfit(EPISODES, runs=runs, seed=seed, progress=lambda done, of: progress(
        first + round(done / max(of, 1) * (whole - first)), whole))  # fmt: skip
    for name in TABLES:
        found.table(name).to_parquet(folder / f"{name}.parquet")
    fitted.to_parquet(folder / "crossfit.parquet")

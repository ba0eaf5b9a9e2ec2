"""Backtest: history as the judge. Parameters are written down and hashed, then the cases are run.

``backtest()`` reads every case, writes down what goes in (case, scenario, chain, ranges), hashes it,
runs it, and only then looks at what history shows of the scored periods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited
from meguri.base.version import __version__
from meguri.shock.run import Progress
from meguri.shock.sample import latin_hypercube
from meguri.study.backtest_alarms import alarms
from meguri.study.backtest_case import Case, Series, case_names, read_case
from meguri.study.backtest_coverage import coverage
from meguri.study.backtest_model import Drawn, Floats, Prepared, drawn, predict, prepare, run_prepared
from meguri.study.backtest_observed import observed_series
from meguri.study.backtest_predictive import lent, model_errors, points_of, predictive_scores
from meguri.study.backtest_score import before_points, pooled, rate, scores
from meguri.study.outcome import EXACT, records, to_json

DEFAULT_RUNS = 200
DEFAULT_SEED = 1
AFTER_THE_RUN: Any = {"missing": True, "series": {"__all__": {"explained"}}}  # texts that explain, not inputs
_VERDICTS = ("hit", "in_band", "direction", "in_predictive", "predictive_hit")
_RANGE = ["parameter", "low", "mode", "high", "unit", "source", "grade", "note"]


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What one case brought."""

    case: Case
    hash: str  # of everything that went in, taken before the run
    declared: dict[str, Any]
    series: pd.DataFrame  # table backtest_series
    scores: pd.DataFrame  # table backtest_scores
    pooled: pd.DataFrame  # table backtest_pooled
    draws: Drawn  # predictions run by run


@dataclass(frozen=True, eq=False)
class Backtest:
    """All cases of one call."""

    runs: int
    seed: int
    results: tuple[CaseResult, ...]

    def table(self, name: str) -> pd.DataFrame:
        """One table over all cases: series, scores, pooled, coverage, errors, alarms, hashes or sources."""
        if name == "coverage":
            return coverage(self.table("scores"))
        if name == "errors":
            return model_errors(_points(self.results))
        if name == "alarms":
            return alarms(self.table("series"), self.table("scores"))
        if name == "hashes":
            return pd.DataFrame([(r.case.name, r.hash) for r in self.results], columns=["case", "hash"])
        if name == "sources":
            cells = pd.concat([result.series["source"] for result in self.results])
            return cited(sorted({key for cell in cells for key in str(cell).split("|") if key}))
        return pd.concat([getattr(result, name) for result in self.results], ignore_index=True)

    def document(self) -> dict[str, Any]:
        """One JSON-ready document; ``None`` is unknown."""
        return {
            "runs": self.runs,
            "seed": self.seed,
            "version": __version__,
            "cases": [_described(result) for result in self.results],
            "coverage": records(self.table("coverage")),
            "model_errors": records(self.table("errors")),
            "alarms": records(self.table("alarms")),
            "sources": records(self.table("sources")),
        }


def backtest(
    cases: Iterable[str | Path] | None = None,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
    folder: str | Path | None = None,
) -> Backtest:
    """Run backtest cases and score them against history and against naive baselines.

    Parameters
    ----------
    cases : iterable of str or Path, optional
        Packaged names or YAML files; all packaged cases when left out.
    runs, seed : int
        Runs over the declared ranges; same seed, same result.
    progress : callable, optional
        Called with (done, all) after each run.
    folder : path, optional
        Where the parameters of each case are written, before it is run, as ``NAME-parameters.json``.

    Raises
    ------
    ScenarioError, DataError
        When a case, its scenario or its chain cannot be read.
    """
    read = [read_case(name) for name in (case_names() if cases is None else cases)]
    count = sum(len(case.studies) for case in read) * runs
    results, done = [], 0
    for case in read:
        results.append(run_case(case, runs, seed, _shifted(progress, done, count), folder))
        done += len(case.studies) * runs
    return Backtest(runs, seed, with_predictive(results))


def with_predictive(results: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """The same results with predictive bands, each from what the other episodes show.

    A case that is run alone, or with cases that count other things, has none.
    """
    given = tuple(results)
    points = _points(given)
    errors = model_errors(points)
    return tuple(
        replace(one, scores=predictive_scores(one.case, one.scores, one.draws, points, errors))
        for one in given
    )


def _points(results: Iterable[CaseResult]) -> pd.DataFrame:
    return lent(
        pd.concat([points_of(one.case, one.series, one.scores) for one in results], ignore_index=True)
    )


def _shifted(progress: Progress | None, done: int, count: int) -> Progress | None:
    return None if progress is None else lambda here, _: progress(done + here, count)


def run_case(
    case: Case,
    runs: int,
    seed: int,
    progress: Progress | None = None,
    folder: str | Path | None = None,
) -> CaseResult:
    """Write down, hash, run and score one case."""
    prepared = {name: prepare(run_of) for name, run_of in case.studies.items()}
    inputs = declared(case, prepared, runs, seed)
    text = to_json(inputs)
    if folder is not None:
        write_atomically(Path(folder) / f"{case.name}-parameters.json", text.encode())
    ran = {}
    for place, (name, study) in enumerate(prepared.items()):
        ran[name] = run_prepared(study, runs, seed, _shifted(progress, place * runs, len(prepared) * runs))
    observed = observed_series(case)
    before = observed[observed["phase"] == "before"]
    draws = drawn(case, ran, anchors_of(case, before, runs, seed))
    table = scores(case, observed, predict(case, draws))
    hashed = hashlib.sha256(text.encode()).hexdigest()
    return CaseResult(case, hashed, inputs, observed, table, pooled(case, table), draws)


def declared(case: Case, prepared: dict[str, Prepared], runs: int, seed: int) -> dict[str, Any]:
    """Everything that decides a prediction, as plain values; its SHA-256 is printed with the scores."""
    return {
        "case": case.model_dump(mode="json", exclude=AFTER_THE_RUN, exclude_none=True),
        "runs": runs,
        "seed": seed,
        "version": __version__,
        "studies": {
            name: {
                "scenario": study.scenario.plain(),
                "chain": study.chain.hash,
                "ranges": records(study.event.ranges[_RANGE], EXACT),
            }
            for name, study in prepared.items()
        },
    }


def anchors_of(case: Case, before: pd.DataFrame, runs: int, seed: int) -> dict[str, Floats]:
    """Rate of each series before the event, run by run: the last one known, or the stated range."""
    found = {}
    for place, series in enumerate(case.series):
        known = before_points(before, series)
        if series.anchor is not None:
            found[series.id] = _drawn(series, runs, seed + place + 1)
        elif known:
            found[series.id] = np.full(runs, list(known.values())[-1])
    return found


def _drawn(series: Series, runs: int, seed: int) -> Floats:
    anchor = series.anchor
    assert anchor is not None
    one = pd.DataFrame({"low": [anchor.low], "mode": [anchor.mode], "high": [anchor.high]})
    return np.asarray(latin_hypercube(one, runs, seed)[:, 0]) * rate(1.0, "2000", series.what)  # per month


def _described(result: CaseResult) -> dict[str, Any]:
    case = result.case
    texts = case.model_dump(mode="json", include={"label", "fixed", "predicted", "cannot", "missing"})
    labels = {series.id: series for series in case.series}
    rows = records(result.scores)
    for row in rows:
        series = labels[str(row["series"])]
        row["label_en"], row["label_ja"] = series.label.en, series.label.ja
        row |= {key: {"yes": True, "no": False}.get(str(row[key])) for key in _VERDICTS}
    return {
        "case": case.name,
        "hash": result.hash,
        "known_until": case.known_until.isoformat(),
        **texts,
        "common": [item.model_dump(mode="json") for item in case.common],
        "parameters": {name: study["ranges"] for name, study in result.declared["studies"].items()},
        "explained": [
            {"series": series.id, **series.explained.model_dump()}
            for series in case.series
            if series.explained is not None
        ],
        "series": rows,
        "pooled": records(result.pooled),
        "observed": records(result.series),
    }

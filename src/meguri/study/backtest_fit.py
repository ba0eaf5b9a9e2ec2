"""Fit the parameters that all cases share on one episode, score them on another, and print both ways.

No number of the scored episode enters the fit. Few episodes make wide intervals: the kept range of
each parameter is printed beside its stated one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.shock.run import Progress
from meguri.study.backtest import anchors_of, run_case
from meguri.study.backtest_case import Case, RunOf, read_case
from meguri.study.backtest_model import Floats, prepare, run_prepared, value_of
from meguri.study.backtest_observed import observed_series
from meguri.study.backtest_score import log_error, rate
from meguri.study.counted import Counted

COMMON = {"react": " d", "adjust": " d", "surge": ""}  # fields of every scenario, and how they are written
EPISODES = ("2010-rare-earths", "2023-gallium-germanium")
KEPT = 0.2  # of the runs, those nearest to the fitted episode


class Kept(NamedTuple):
    """What is left of a common parameter after a fit."""

    low: float
    mode: float
    high: float


def crossfit(
    cases: Iterable[str] = EPISODES,
    group: str = "volumes",
    runs: int = 100,
    seed: int = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Fit on each case, score on every other one; table ``backtest_crossfit``, one row for each way.

    Parameters
    ----------
    cases : iterable of str
        Two or more case names.
    group : str
        Group whose scored points are fitted and scored.
    runs, seed : int
        Runs of each case.
    progress : callable, optional
        Called with (done, all) after each run; raising in it cancels.

    Raises
    ------
    DataError
        When fewer than two cases are named, or one of them scores no point of the group.

    Notes
    -----
    Approximate Bayesian computation by rejection (Beaumont, Zhang and Balding 2002, Genetics 162:2025)
    over the runs of the fitted case: of all draws the fifth with the smallest median error is kept, and
    its P10, median and P90 become low, mode and high of the parameter in the other case.
    """
    read = _readable(cases, group)
    # each case is run for the fit and with its stated ranges, then with the numbers of every other one
    steps = Counted(progress, runs * (len(read) + 1) * sum(len(case.studies) for case in read))
    fits = {case.name: fit(case, group, runs, seed, steps) for case in read}
    plain = {case.name: _pooled(case, group, runs, seed, steps) for case in read}
    rows = [
        _row(one.name, other, group, fits[one.name], plain[other.name], runs, seed, steps)
        for one in read
        for other in read
        if one is not other
    ]
    return Schema.of("backtest_crossfit").check(pd.DataFrame(rows))


def _readable(cases: Iterable[str], group: str) -> list[Case]:
    """The cases named; problems of all of them at once."""
    read = [read_case(name) for name in dict.fromkeys(cases)]
    shown = ", ".join(case.name for case in read)
    details = {"cases": " ".join(EPISODES), "group": group}
    found = [Problem("crossfit_two", "--crossfit", shown, "", details)] if len(read) < 2 else []
    found += [
        Problem("crossfit_group", "--crossfit", case.name, "", details)
        for case in read
        if not any(series.group == group and series.scored for series in case.series)
    ]
    if found:
        raise DataError(found)
    return read


def _row(
    fitted_on: str,
    case: Case,
    group: str,
    kept: dict[str, Kept],
    plain: dict[str, float],
    runs: int,
    seed: int,
    steps: Counted,
) -> dict[str, Any]:
    again = _pooled(with_common(case, kept), group, runs, seed, steps)
    return {
        "fitted_on": fitted_on,
        "scored_on": case.name,
        "parameters": "; ".join(f"{name} {k.low:.3g}–{k.mode:.3g}–{k.high:.3g}" for name, k in kept.items()),
        "points": plain["points"],
        "error_fitted": again["error"],
        "error": plain["error"],
        "error_no_change": plain["error_no_change"],
    }


def _pooled(case: Case, group: str, runs: int, seed: int, steps: Counted) -> dict[str, Any]:
    table = run_case(case, runs, seed, steps.next()).pooled
    return {str(key): value for key, value in table[table["group"] == group].iloc[0].items()}


def with_common(case: Case, kept: dict[str, Kept]) -> Case:
    """The case with other ranges of the common parameters in each of its studies.

    Examples
    --------
    >>> case = with_common(read_case("2010-rare-earths"), {"react": Kept(20, 30, 40)})
    >>> case.studies["main"].differences["react"]
    ['20 d', '30 d', '40 d']
    """
    written = {name: [f"{value:.6g}{COMMON[name]}" for value in numbers] for name, numbers in kept.items()}
    written = {name: _numbers(name, texts) for name, texts in written.items()}
    studies = {
        name: RunOf.model_validate(study.model_dump() | {"differences": {**study.differences, **written}})
        for name, study in case.studies.items()
    }
    return case.model_copy(update={"studies": studies})


def _numbers(name: str, texts: list[str]) -> list[Any]:
    return texts if COMMON[name] else [float(text) for text in texts]


def fit(
    case: Case, group: str = "volumes", runs: int = 100, seed: int = 1, steps: Counted | None = None
) -> dict[str, Kept]:
    """Common parameters of the runs that come nearest to the scored points of one case."""
    told = steps or Counted(None, 0)
    prepared = {name: prepare(run_of) for name, run_of in case.studies.items()}
    ran = {name: run_prepared(study, runs, seed, told.next()) for name, study in prepared.items()}
    errors = _errors_of_runs(case, group, ran, runs, seed)
    best = np.argsort(errors, kind="stable")[: max(round(KEPT * runs), 1)]
    main = next(iter(ran.values()))
    names = list(main.event.ranges["parameter"])
    found = {}
    for name in COMMON:
        if name in names:
            values = main.event.values[best, names.index(name)]
            found[name] = Kept(*(float(value) for value in np.quantile(values, (0.1, 0.5, 0.9))))
    return found


def _errors_of_runs(case: Case, group: str, ran: dict[str, Any], runs: int, seed: int) -> Floats:
    """Median error of each run over the scored points of a group; axes (run,)."""
    observed = observed_series(case)
    before = observed[observed["phase"] == "before"]
    anchors = anchors_of(case, before, runs, seed)
    errors = []
    for series in case.series:
        for period in series.scored if series.group == group else ():
            seen = observed[(observed["series"] == series.id) & (observed["period"] == period)]["value"]
            values = value_of(case, series, period, ran, anchors)
            if values is None or not seen.notna().any():
                continue
            last = float(np.median(anchors[series.id])) if series.id in anchors else float(seen.median())
            level = last / rate(1.0, period, series.what)
            errors.append([log_error(float(v), float(seen.median()), level, series.what) for v in values])
    return np.median(np.array(errors), axis=0)

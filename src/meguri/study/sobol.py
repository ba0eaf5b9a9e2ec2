"""How much of the spread of one answer each assumption explains, alone and with all others.

First-order and total Sobol indices over the declared ranges, with SALib (Iwanaga et al. 2022; Saltelli
2002 and 2010 for the design, Jansen 1999 for the total index). They cost N (D + 2) runs for D numbers,
so the numbers are chosen first: those that correlate with the answer over the runs of the study, tried
one at a time at both ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, ModelError, Problem
from meguri.base.sampling import triangular
from meguri.base.tables import Schema
from meguri.base.terms import suggest
from meguri.shock.run import Progress, run_values
from meguri.shock.runs import Runs
from meguri.structure.words import parameter_labels
from meguri.study.counted import Counted
from meguri.study.losses import lost_days, lost_weighted
from meguri.study.sensitivity import rank_correlation

Floats = npt.NDArray[np.float64]
NUMBERS = 8  # parameters whose indices are computed
SAMPLES = 256  # N, a power of two: 256 (8 + 2) = 2,560 runs
RESAMPLES = 200  # of the bootstrap behind the confidence intervals
CONFIDENCE = 0.95
ANSWERS = (
    "lost_days, lost_weighted, tts:NODE, lost:NODE, price:ELEMENT:FORM:outside, price:ELEMENT:FORM:inside"
)


class Indices(NamedTuple):
    """Sobol indices of each input; half widths of their 95 % confidence intervals."""

    first: Floats
    first_pm: Floats
    total: Floats
    total_pm: Floats


def answer_of(runs: Runs, what: str) -> tuple[Floats, str]:
    """One number of each run, and its unit; axes (run,).

    Parameters
    ----------
    runs : Runs
        What the runs brought.
    what : str
        ``lost_days`` or ``lost_weighted`` (end users' lost output, days of plan), ``tts:NODE`` (time
        to survive; a node that never falls short counts with the days of the horizon), ``lost:NODE``,
        ``price:ELEMENT:FORM:outside`` or ``…:inside`` (highest monthly price ratio).

    Raises
    ------
    DataError
        When the answer, the node or the price is not one of this study.
    """
    kind, *of = what.split(":")
    if kind in ("lost_days", "lost_weighted") and not of:
        return (lost_days if kind == "lost_days" else lost_weighted)(runs), "d"
    if kind in ("tts", "lost") and len(of) == 1:
        nodes = list(runs.layout.nodes["node"])
        place = nodes.index(_known(of[0], nodes, what))
        days = np.concatenate([rows[kind][:, place] for rows in runs.row_blocks(kind)])
        return np.minimum(days, runs.setup.scenario.days - runs.setup.first), "d"
    if kind == "price" and len(of) == 3:
        priced = [f"{m.element}:{m.form}:{at}" for m in runs.markets for at in ("outside", "inside")]
        market, side = divmod(priced.index(_known(":".join(of), priced, what)), 2)
        return runs.price[:, market, side].max(axis=1), "1"
    raise DataError(Problem("choice", "answer", what, "", {"choices": ANSWERS, "near": "lost_days"}))


def _known(name: str, names: list[str], what: str) -> str:
    if name not in names:
        near = suggest(name, names) or ", ".join(names[:3]) or "lost_days"
        raise DataError(Problem("choice", "answer", what, "", {"choices": ", ".join(names), "near": near}))
    return name


def sobol_indices(model: Callable[[Floats], Floats], inputs: int, samples: int, seed: int) -> Indices:
    """First-order and total indices of a model of independent inputs, each uniform on 0 … 1.

    Parameters
    ----------
    model : callable
        (run, input) → (run,).
    inputs : int
        Number of inputs D.
    samples : int
        N, a power of two; the model is run N (D + 2) times.
    seed : int
        Same seed, same design and same confidence intervals.

    Raises
    ------
    ModelError
        When the answer is the same in every run: there is no spread to explain.
    """
    from SALib.analyze import sobol  # heavy, and only this question needs it
    from SALib.sample import sobol as design

    problem = {
        "num_vars": inputs,
        "names": [str(place) for place in range(inputs)],
        "bounds": [[0.0, 1.0]] * inputs,
    }
    shares = design.sample(problem, samples, calc_second_order=False, seed=seed)
    answer = model(shares)
    if np.ptp(answer) <= 1e-12 * max(np.abs(answer).max(), 1.0):
        raise ModelError(Problem("sobol_constant", "answer", f"{answer[0]:g}"))
    found = sobol.analyze(
        problem, answer, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed
    )
    return Indices(*(np.asarray(found[name], dtype=float) for name in ("S1", "S1_conf", "ST", "ST_conf")))


def sobol_table(
    runs: Runs,
    what: str = "lost_days",
    *,
    numbers: int = NUMBERS,
    samples: int = SAMPLES,
    seed: int = 1,
    progress: Progress | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Indices and swings of the few numbers that matter most for one answer.

    Parameters
    ----------
    runs : Runs
        Runs over the declared ranges, which choose the numbers.
    what : str
        The answer, as :func:`answer_of` reads it.
    numbers, samples : int
        D and N: N (D + 2) + 4 D + 1 runs are made; N is raised to a power of two.
    seed : int
        Same seed, same table.
    progress : callable, optional
        Called with (done, all) after each run.
    workers : int, optional
        Threads.

    Returns
    -------
    DataFrame
        Columns of ``sobol``; the numbers not chosen stay at their mode.

    Raises
    ------
    DataError, ModelError
        When the answer is unknown, or no declared range moves it.
    """
    power = 1 << max(samples - 1, 1).bit_length()
    tried = candidates(runs, what, 2 * numbers)
    if not tried.size:
        raise ModelError(Problem("sobol_constant", "answer", f"{answer_of(runs, what)[0][0]:g}"))
    kept = min(numbers, tried.size)
    steps = Counted(progress, 2 * tried.size + 1 + power * (kept + 2))
    modes = runs.ranges["mode"].to_numpy(dtype=float)
    middle, low, high = ends(runs, what, tried, modes, steps, workers)
    order = np.argsort(-np.abs(high - low), kind="stable")[:kept]
    chosen, low, high = tried[order], low[order], high[order]

    def model(shares: Floats) -> Floats:
        values = np.tile(modes, (len(shares), 1))
        for column, place in enumerate(chosen):
            values[:, place] = triangular(shares[:, column], *_range(runs.ranges, int(place)))
        return answer_of(run_values(runs.setup, values, steps.next(), workers=workers), what)[0]

    table = _described(runs, chosen).assign(
        answer=what, answer_unit=answer_of(runs, what)[1], runs=power * (kept + 2),
        at_low=low, at_mode=middle, at_high=high, **sobol_indices(model, kept, power, seed)._asdict(),
    )  # fmt: skip
    table = table.sort_values(["total", "parameter"], ascending=[False, True], ignore_index=True)
    schema = Schema.of("sobol")
    return schema.check(table.assign(rank=range(1, len(table) + 1))[schema.names])


def candidates(runs: Runs, what: str, most: int) -> npt.NDArray[np.int64]:
    """Parameters that correlate most with the answer over the runs of the study; axes (candidate,)."""
    answer, _ = answer_of(runs, what)
    effect = runs.drawn.over_runs(lambda values: rank_correlation(values, answer))
    order = np.argsort(-np.abs(effect), kind="stable")[:most]
    return order[np.abs(effect[order]) > 0]


def ends(
    runs: Runs, what: str, tried: npt.NDArray[np.int64], modes: Floats, steps: Counted, workers: int | None
) -> tuple[float, Floats, Floats]:
    """The answer with all numbers at their mode, and with one of them at its low and its high end."""
    values = np.tile(modes, (2 * tried.size + 1, 1))
    for row, place in enumerate(tried):
        low, _, high = _range(runs.ranges, int(place))
        values[1 + row, place], values[1 + tried.size + row, place] = low, high
    found, _ = answer_of(run_values(runs.setup, values, steps.next(), workers=workers), what)
    return float(found[0]), found[1 : 1 + tried.size], found[1 + tried.size :]


def _range(ranges: pd.DataFrame, place: int) -> tuple[float, float, float]:
    low, mode, high = ranges[["low", "mode", "high"]].iloc[place]
    return float(low), float(mode), float(high)


def _described(runs: Runs, chosen: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Ranges and names of the chosen parameters."""
    names = ["parameter", "low", "mode", "high", "unit", "source", "grade", "note"]
    table = runs.ranges.iloc[chosen][names].reset_index(drop=True)
    labels = parameter_labels(table["parameter"], runs.setup.chain, runs.setup.scenario)
    return table.assign(label_en=labels["en"], label_ja=labels["ja"])

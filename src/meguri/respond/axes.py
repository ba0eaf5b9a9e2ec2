"""The two axes of a plan, by simulation: days bought, and function kept; never one number of both.

「備蓄は時間、機能循環は競争力、両者を混同してはならない」: a stock buys days and is then gone; a
process that circulates its function keeps output for years and may not save a single day. Each world is
told twice over the same draws, without the plan and with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.sampling import latin_shares, triangular
from meguri.scenario.fields import Range
from meguri.scenario.measures import AnyEffect
from meguri.scenario.schema import Reserve, Scenario
from meguri.shock._kernel import Filters
from meguri.shock.cancel import cores, spread
from meguri.shock.run import set_up, tell_run
from meguri.shock.runs import Setup
from meguri.shock.sample import Draw, latin_hypercube
from meguri.shock.survive import percentile, time_to_survive, weekly_share
from meguri.shock.worth import Weights, process_weights
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
YEAR = 365  # [d]
WINDOW = 13  # [weeks] at the end of the last year in which the share kept is read
DRAWN = 0.01  # [1] of its use: less taken from a stock than this is rounding
_ROUNDING = 1e-9  # [1] of plan


class Spread(NamedTuple):
    """P10, P50 and P90 over the runs; ``inf`` = not within the horizon."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, eq=False)
class Told:
    """What the runs of one world brought, without a plan or with one; axes (run,)."""

    time: Floats  # [d] until the first process falls short; inf = not within the horizon
    share: Floats  # [1] weighted output in the last 13 weeks, as a share of plan
    lost: Floats  # [d] weighted output lost, in days of plan
    drawn: Bools  # stocks of the plan were still being used up in those weeks
    horizon: float  # [d] simulated after the first day of the control


@dataclass(frozen=True, eq=False)
class Axes:
    """Time bought and competitiveness kept by one plan, run by run, over the same draws.

    ``processes`` are the nodes that are watched, with what each counts; ``basis`` says by what.
    """

    without: Told
    planned: Told
    processes: tuple[tuple[str, float], ...]
    basis: str  # value | equal

    @property
    def bought(self) -> Floats:
        """Time bought; axes (run,) [d]. What lasts beyond the horizon counts up to it."""
        end = self.without.horizon
        return np.minimum(self.planned.time, end) - np.minimum(self.without.time, end)

    @property
    def censored(self) -> Bools:
        """Runs in which more may have been bought than the horizon shows; axes (run,)."""
        return np.isinf(self.planned.time) & np.isfinite(self.without.time)

    @property
    def kept(self) -> Floats:
        """Competitiveness kept by the plan beyond what is kept without it; axes (run,) [1]."""
        return self.planned.share - self.without.share

    @property
    def loss_avoided(self) -> Floats:
        """Days of output that the plan saves; axes (run,) [d of plan]."""
        return self.without.lost - self.planned.lost

    @property
    def still_drawn(self) -> float:
        """Share of runs whose stocks were still being used up when the share was read."""
        return float(self.planned.drawn.mean())

    def spread(self, name: str) -> Spread:
        """P10, P50 and P90 of ``bought``, ``kept``, ``loss_avoided``, or of a field with the plan."""
        values = (
            getattr(self, name) if name in ("bought", "kept", "loss_avoided") else getattr(self.planned, name)
        )
        return Spread(*(float(percentile(values, at)) for at in (0.1, 0.5, 0.9)))


def axes_of(
    chain: Chain,
    scenario: Scenario,
    runs: int,
    seed: int,
    plan: Sequence[AnyEffect | Reserve] = (),
    processes: Sequence[str] | None = None,
    after_years: int = 1,
) -> Axes:
    """Both axes of a plan when the control of a scenario strikes.

    Parameters
    ----------
    chain : Chain
        Chain with the scenario's differences applied, without the plan.
    scenario : Scenario
        The strike, dated; its own ``measures`` hold with and without the plan.
    runs, seed : int
        Runs over the declared ranges; one run takes every range at its mode.
    plan : sequence of effects and reserves
        What the plan does, in the words of scenario files.
    processes : sequence of str, optional
        Nodes that are watched; left out, the end users of the scenario's economy.
    after_years : int
        Years after the strike in whose last 13 weeks the share kept is read; the horizon follows.

    Examples
    --------
    >>> from meguri.scenario.measures import Stock
    >>> from meguri.scenario.read import read_scenario
    >>> stock = Stock(kind="stock", id="stock", country="JP", input="magnet-hree", amount="45 d",
    ...               start="2025-01-01", source="meguri-assumption", grade="assumed")
    >>> axes = axes_of(Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths"),
    ...                runs=1, seed=1, plan=[stock], after_years=2)
    >>> bool(axes.bought[0] > 45), round(float(axes.kept[0]), 6)
    (True, 0.0)
    """
    return Worlds(chain, scenario, runs, seed, processes, after_years).axes(plan)


class Worlds:
    """One scenario on one chain, told without a plan once and with as many plans as are asked for."""

    def __init__(
        self,
        chain: Chain,
        scenario: Scenario,
        runs: int,
        seed: int,
        processes: Sequence[str] | None = None,
        after_years: int = 1,
        workers: int | None = None,
    ) -> None:
        self.chain, self.seed, self.runs = chain, seed, runs
        self.scenario = until(scenario, after_years)
        self._workers = workers or cores()
        setup = self._set_up(self.scenario)
        self._ranges = setup.ranges
        weights = process_weights(setup, processes)
        names = setup.layout.nodes["node"].to_numpy()[weights.places]
        self.processes = tuple((str(n), float(w)) for n, w in zip(names, weights.weight, strict=True))
        self.basis = weights.basis
        self.without = self._tell(setup)

    def axes(self, plan: Sequence[AnyEffect | Reserve]) -> Axes:
        """Both axes of a plan, over the draws of the world without it."""
        planned = self._tell(self._set_up(planned_scenario(self.scenario, plan))) if plan else self.without
        return Axes(self.without, planned, self.processes, self.basis)

    def _set_up(self, scenario: Scenario) -> Setup:
        return set_up(with_measures(self.chain, scenario), scenario)

    def _tell(self, setup: Setup) -> Told:
        values = paired_values(setup.ranges, self._ranges, self.runs, self.seed)
        draw = Draw(setup.chain, setup.ranges, values)
        places = {name: at for at, name in enumerate(setup.layout.nodes["node"])}
        chosen = np.array([places[name] for name, _ in self.processes], dtype=np.int64)
        weights = Weights(chosen, np.array([weight for _, weight in self.processes]), self.basis)

        def one(run: int) -> tuple[int, tuple[float, float, float, bool]]:
            return run, _read(setup, draw, run, weights)

        found = dict(spread(range(self.runs), one, self._workers))
        time, share, lost, drawn = (
            np.array(each) for each in zip(*(found[r] for r in range(self.runs)), strict=True)
        )
        return Told(time, share, lost, drawn, float(setup.scenario.days - setup.first))


def planned_scenario(scenario: Scenario, plan: Iterable[AnyEffect | Reserve]) -> Scenario:
    """The scenario with a plan's effects and reserves beside those it has; runs under `meguri stress`."""
    listed = list(plan)
    effects = [item for item in listed if not isinstance(item, Reserve)]
    reserves = [item for item in listed if isinstance(item, Reserve)]
    return scenario.model_copy(
        update={
            "measures": (*scenario.measures, *effects),
            "reserves": (*scenario.reserves, *reserves),
        }
    )


def until(scenario: Scenario, after_years: int) -> Scenario:
    """The scenario simulated to the end of some years after it strikes, in whole weeks."""
    struck = scenario.struck or scenario.counted_from
    days = math.ceil(((struck - scenario.start).days + YEAR * after_years) / 7) * 7
    return scenario.model_copy(update={"horizon": Range(days, days, days, "d")})


def paired_values(ranges: pd.DataFrame, world: pd.DataFrame, runs: int, seed: int) -> Floats:
    """Drawn values of a planned study whose world is drawn as without the plan.

    Parameters
    ----------
    ranges, world : DataFrame
        Parameters with the plan and without it; columns parameter, low, mode, high.
    runs, seed : int
        As for :func:`meguri.shock.sample.latin_hypercube`.

    Returns
    -------
    array (run, parameter)
        In the order of ``ranges``. What only the plan brings draws from a stream its name decides.
    """
    known = dict(zip(world["parameter"], latin_hypercube(world, runs, seed).T, strict=True))
    columns = []
    for name, low, mode, high in ranges[["parameter", "low", "mode", "high"]].itertuples(index=False):
        if name not in known:
            shares = next(latin_shares(runs, (seed, crc32(name.encode()))))
            known[name] = np.array([mode]) if runs == 1 else triangular(shares, low, mode, high)
        columns.append(known[name])
    return np.stack(columns, axis=1) if columns else np.empty((runs, 0))


def _read(setup: Setup, draw: Draw, run: int, weights: Weights) -> tuple[float, float, float, bool]:
    """Both axes, the loss, and whether the plan's stocks were still in use, of one run."""
    numbers, filters, story, _ = tell_run(setup, draw, run)
    time = float(time_to_survive(story.short, setup.first)[weights.places].min(initial=np.inf))
    weekly = weekly_share(story.output, numbers.plan)[:, weights.places]
    weekly = np.where(weekly < 1.0 - _ROUNDING, weekly, 1.0)  # what is made up for later is not function kept
    share = float(weekly[-WINDOW:].mean(axis=0) @ weights.weight)
    lost = float(7.0 * (1.0 - weekly).sum(axis=0) @ weights.weight)
    return time, share, lost, _draws_down(setup, filters, numbers.use, story.released)


def _draws_down(setup: Setup, f: Filters, use: Floats, released: Floats) -> bool:
    """Whether stocks of the plan still gave more than rounding in the last 13 weeks."""
    given = released[-7 * WINDOW :].sum(axis=0)
    slots = np.flatnonzero(f.reserve_of >= len(setup.scenario.reserves))
    return bool((given[f.reserve_of[slots]] > DRAWN * 7 * WINDOW * use[slots]).any())


def one_score(asked: str) -> NoReturn:
    """Refuse to merge the two axes, and say why.

    Parameters
    ----------
    asked : str
        What was asked for, as it was written.

    Raises
    ------
    ModelError
        Always.
    """
    raise ModelError(Problem("one_score", "--score", asked))

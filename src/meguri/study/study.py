"""Study: a chain, a scenario, a number of runs and a seed; the same in, the same out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.sources import cited, weakest
from meguri.base.tables import Schema
from meguri.base.version import __version__
from meguri.scenario.measures import Effect
from meguri.scenario.read import read_scenario
from meguri.scenario.schema import Change, Observed, Reason, Scenario
from meguri.shock.indirect import indirect_exports
from meguri.shock.lp import agreement, ttr_impact
from meguri.shock.run import Progress, central_run, run_all, set_up
from meguri.shock.runs import Runs
from meguri.structure.chain import Chain
from meguri.structure.changed import with_changes
from meguri.structure.measured import savers, with_measures
from meguri.structure.read import TABLES
from meguri.study.bottlenecks import bottlenecks_table
from meguri.study.losses import end_weights, lost_days, lost_output_table, most_lost
from meguri.study.notes import notes_table
from meguri.study.outcome import Outcome, to_json
from meguri.study.shadow import shadow_table
from meguri.study.tables import (
    assumptions_table,
    flows_table,
    price_table,
    production_table,
    quality_table,
    survival_table,
)
from meguri.study.trail import trail, trails

DEFAULT_RUNS = 200
DEFAULT_SEED = 1
PATH = 0.01  # [1] of a product's content: smaller paths are told together
RECOVERY = (30.0, 90.0, 180.0)  # [d] for which a node is closed when nothing else is asked
_OF_PROCESSES = ("survival", "production", "quality")
_PACKAGES = ("numpy", "pandas", "numba")


class Study:
    """One scenario on one chain.

    Parameters
    ----------
    chain : Chain
        The chain; the scenario's differences are applied to it first.
    scenario : Scenario
        What happens.
    runs : int
        Runs over the declared ranges; 1 takes every range at its mode.
    seed : int
        Seed of the Latin hypercube.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> study = Study(Chain.example("ndfeb-japan"), read_scenario("2025-medium-heavy-rare-earths"), runs=2)
    >>> study.run().table("survival").columns[:2].to_list()
    ['node', 'label_en']
    """

    def __init__(
        self, chain: Chain, scenario: Scenario, runs: int = DEFAULT_RUNS, seed: int = DEFAULT_SEED
    ) -> None:
        self.chain = changed(chain, scenario)
        self.scenario = scenario
        self.runs = runs
        self.seed = seed

    def run(
        self,
        progress: Progress | None = None,
        *,
        workers: int | None = None,
        state: Path | None = None,
        resumed: Progress | None = None,
        explain: str | None = None,
    ) -> Outcome:
        """Run it, and the scenario it is contrasted with, over the same draws.

        Parameters
        ----------
        progress : callable, optional
            Called with (done, all) after each run; raising in it cancels the study.
        workers : int, optional
            Threads; left out, one for each processor. The answer does not depend on it.
        state : Path, optional
            Folder below which runs are kept until the study is done, so that the same study goes on
            where it was cancelled.
        resumed : callable, optional
            Called with (done, all) when runs of a cancelled study are taken up.
        explain : str, optional
            Answer whose Sobol indices the outcome holds too; ``explain="lost_days"`` and others, as
            :func:`meguri.study.sobol.answer_of` reads them.

        Raises
        ------
        Cancelled
            After Ctrl-C; ``folder`` names where the runs that had ended are kept.
        """

        def ran(chain: Chain, scenario: Scenario) -> Runs:
            kept: dict[str, Any] = {"workers": workers, "state": state, "resumed": resumed}
            return run_all(chain, scenario, self.runs, self.seed, progress, **kept)

        runs, contrast = ran(self.chain, self.scenario), None
        if self.scenario.contrast is not None:
            other = read_scenario(self.scenario.contrast)
            contrast = other, ran(changed(self.chain, other), other)
        sobol = None if explain is None else self._sobol(runs, explain, progress, workers)
        outcome = self._outcome(runs, contrast, sobol)
        for told in (runs, *(contrast or ())[1:]):
            told.store.remove()
        return outcome

    def trail(self, node: str) -> pd.DataFrame:
        """Why a node falls short, step by step, in the central run; columns of ``trail``."""
        return trail(set_up(self.chain, self.scenario), node)

    def second_opinion(self) -> pd.DataFrame:
        """Time to survive each node's closing, by program and by simulation; columns of ``agreement``.

        Plain amounts at the modes, no control and no reaction: what the two hold against each other is
        the chain (METHODS 2.4).
        """
        setup = set_up(self.chain, self.scenario)
        table = agreement(setup.layout, central_run(setup).numbers)
        schema = Schema.of("agreement")
        return schema.check(table.replace(np.inf, np.nan)[schema.names])

    def indirect_exports(self, smallest: float = PATH) -> pd.DataFrame:
        """How much of each control's item lies in goods made of it, and by which paths; ``indirect_exports``.

        Paths that bring less than ``smallest`` [1] of a product's content stand together in one row.
        Over-compliance is left out: it holds goods up at the border and is no rule about what is inside.
        """
        controls = [control for control in self.scenario.controls if control.kind != "over-compliance"]
        parts = [indirect_exports(self.chain, control, smallest) for control in controls]
        return pd.concat([Schema.of("indirect_exports").empty(), *parts], ignore_index=True)

    def recovery_loss(self, days: Sequence[float] = RECOVERY) -> pd.DataFrame:
        """What end users lose at least while one node is closed for some days; table ``recovery_loss``.

        By linear program (:func:`meguri.shock.lp.ttr_impact`) on plain amounts at the modes, no control
        and no reaction, one row for each closed node and duration. Losses are days of the end users'
        plan, weighted as in ``lost_output``.
        """
        setup = set_up(self.chain, self.scenario)
        numbers = central_run(setup).numbers
        weights = end_weights(setup)
        worth = np.zeros(numbers.plan.size)
        sold = np.maximum(numbers.final[weights.places], np.finfo(float).tiny)
        worth[weights.places] = np.where(numbers.final[weights.places] > 0.0, weights.weight / sold, 0.0)
        table = ttr_impact(setup.layout, numbers, days=days, worth=worth)
        table = table.rename(columns={"loss": "lost_d"}).assign(basis=weights.basis)
        schema = Schema.of("recovery_loss")
        return schema.check(table[schema.names])

    def sobol(
        self, answer: str, progress: Progress | None = None, *, workers: int | None = None
    ) -> pd.DataFrame:
        """Sobol indices of one answer (:func:`meguri.study.sobol.sobol_table`) over this study's runs."""
        runs = run_all(self.chain, self.scenario, self.runs, self.seed, progress, workers=workers)
        return self._sobol(runs, answer, progress, workers)

    def _sobol(self, runs: Runs, answer: str, progress: Progress | None, workers: int | None) -> pd.DataFrame:
        from meguri.study.sobol import sobol_table  # loads SALib, which few studies need

        return sobol_table(runs, answer, seed=self.seed, progress=progress, workers=workers)

    def _outcome(
        self, runs: Runs, contrast: tuple[Scenario, Runs] | None, sobol: pd.DataFrame | None
    ) -> Outcome:
        """Tables and manifest of the runs."""
        tables = {
            "survival": survival_table(runs, self.scenario),
            "production": production_table(runs, self.scenario),
            "price": price_table(runs),
            "flows_cut": flows_table(runs),
            "quality": quality_table(runs),
            "lost_output": lost_output_table(runs),
            "bottlenecks": bottlenecks_table(runs),
            "trail": trails(runs, most_lost(runs)),
            "notes": notes_table(runs, self.chain, self.scenario, contrast),
            "assumptions": assumptions_table(runs),
            "shadow": shadow_table(runs),
            "indirect_exports": self.indirect_exports(),
            "sobol": Schema.of("sobol").empty() if sobol is None else sobol,
        }
        saved = savers(self.chain, self.scenario)
        for name in _OF_PROCESSES if saved else ():
            tables[name] = tables[name][~tables[name]["node"].isin(saved)].reset_index(drop=True)
        manifest = self._manifest(runs, tables)
        return Outcome(manifest, self.chain, MappingProxyType(tables))

    def _manifest(self, runs: Runs, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
        """What is needed to make the outcome again; no clock time, no name of a machine."""
        sources, grades = _evidence(self.chain, self.scenario, tables)
        lost = float(np.median(lost_days(runs)))
        content: dict[str, Any] = {
            "scenario": _described(self.scenario),
            "chain": {"name": self.chain.name, "as_of": self.chain.as_of, "hash": self.chain.hash},
            "runs": self.runs,
            "seed": self.seed,
            "versions": {"meguri": __version__, **{name: version(name) for name in _PACKAGES}},
            "data": _checksums(sources),
            "sources": sources,
            "grade": weakest(grades),
            "answer": {"lost_days_p50": round(lost, 6)},
        }
        return content | {"hash": hashlib.sha256(to_json(content).encode()).hexdigest()}


def changed(chain: Chain, scenario: Scenario) -> Chain:
    """The chain with a scenario's differences applied, then its plan; itself when there are neither."""
    return with_measures(with_changes(chain, scenario), scenario)


def _described(scenario: Scenario) -> dict[str, Any]:
    """The scenario, the day from which survival is counted, and the days simulated after it."""
    since = (scenario.counted_from - scenario.start).days
    return {
        **scenario.plain(),
        "counted_from": scenario.counted_from.isoformat(),
        "horizon_d": scenario.days - since,
    }


def _evidence(
    chain: Chain, scenario: Scenario, tables: dict[str, pd.DataFrame]
) -> tuple[list[str], set[str]]:
    """Keys of all sources used, and all grades."""
    cells: list[str] = []
    grades: set[str] = set()
    for frame in [*(chain.table(name) for name in TABLES), tables["assumptions"]]:
        cells += list(frame["source"])
        grades |= set(frame["grade"]) - {""}
    grades |= {effect.grade for effect in scenario.measures}
    for control in scenario.controls:
        cells += [control.source, *(period.source for period in getattr(control, "periods", ()))]
        grades.add(control.grade)
    cited_by: tuple[Reason | Observed | Change | Effect, ...] = (
        *scenario.measures,
        *scenario.reasons,
        *scenario.observed,
        *scenario.changes,
    )
    cells += [item.source for item in cited_by]
    return sorted({key for cell in cells for key in str(cell).split("|") if key}), grades


def _checksums(sources: Iterable[str]) -> dict[str, str]:
    """Recorded SHA-256 of the sources that have one."""
    rows = cited(sources).to_dict("records")
    return {row["source"]: row["sha256"] for row in rows if row["sha256"]}

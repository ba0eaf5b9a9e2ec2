"""What the model says of a case: the event run against a run without it, over the same draws.

Every flow is predicted as a ratio: tonnes in the run with the event over tonnes in the run without
it, month by month and draw by draw, times the last figure known before the event. Levels of the
chain that are only estimated therefore cancel; what is left is what the event and the stated
expectations of demand do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.scenario.read import read_scenario
from meguri.scenario.schema import Scenario
from meguri.shock.run import Progress, Runs, Setup, run_values, set_up
from meguri.shock.sample import latin_hypercube
from meguri.structure.chain import Chain
from meguri.study.backtest_case import (
    LEVELS,
    Arrivals,
    Case,
    Cross,
    Output,
    Price,
    RunOf,
    Series,
    ShareOf,
    Stops,
    Sum,
    months_of,
)
from meguri.study.backtest_cross import crossed
from meguri.study.study import changed

Floats = npt.NDArray[np.float64]
Drawn = dict[tuple[str, str], Floats | None]
NEUTRAL = ("react", "adjust", "surge", "short_below", "economy", "changes")  # fields that are no event


@dataclass(frozen=True)
class Prepared:
    """One study of a case before anything is run."""

    chain: Chain
    scenario: Scenario
    event: Setup
    still: Setup  # the same chain and horizon, without event


@dataclass(frozen=True)
class Ran:
    """The same draws with and without the event."""

    prepared: Prepared
    event: Runs
    still: Runs
    paths: dict[str, Floats | None] = field(default_factory=dict)  # already read from the runs


def prepare(run_of: RunOf) -> Prepared:
    """Scenario, chain and parameters of a study, before anything is run.

    Raises
    ------
    ScenarioError, DataError
        When the scenario or the chain cannot be read.
    """
    scenario = read_scenario(run_of.scenario, differences=run_of.differences)
    chain = changed(Chain.example(run_of.chain or scenario.chain), scenario)
    still = without_event(scenario)
    return Prepared(chain, scenario, set_up(chain, scenario), set_up(chain, still))


def without_event(scenario: Scenario) -> Scenario:
    """The scenario with nothing happening: no control, no change of demand, the same first day and length."""
    kept = {name: getattr(scenario, name) for name in NEUTRAL}
    return Scenario(
        name=f"{scenario.name}-without-event",
        label=scenario.label,
        chain=scenario.chain,
        start=scenario.start,
        clock=scenario.counted_from,
        horizon=scenario.horizon,
        **kept,
    )


def run_prepared(prepared: Prepared, runs: int, seed: int, progress: Progress | None = None) -> Ran:
    """Run with and without the event; a number of the chain has the same value in both."""
    ranges = prepared.event.ranges
    values = latin_hypercube(ranges, runs, seed)
    place = {name: number for number, name in enumerate(ranges["parameter"])}
    shared = [place[name] for name in prepared.still.ranges["parameter"]]
    event = run_values(prepared.event, values, progress)
    return Ran(prepared, event, run_values(prepared.still, values[:, shared], None))


def drawn(case: Case, ran: dict[str, Ran], anchors: dict[str, Floats]) -> Drawn:
    """Every scored point, run by run, by (series, period); None where the model gives no figure.

    Parameters
    ----------
    ran : dict
        Runs of each study of the case.
    anchors : dict
        Value of each series before the event, per month for flows; axes (run,).
    """
    return {
        (series.id, period): value_of(case, series, period, ran, anchors)
        for series in case.series
        for period in series.scored
    }


def predict(case: Case, draws: Drawn) -> pd.DataFrame:
    """Band of every scored point: case, series, period, predicted (median), low (P10), high (P90)."""
    rows = [
        (case.name, series.id, period, *_band(draws[series.id, period], series))
        for series in case.series
        for period in series.scored
    ]
    return pd.DataFrame(rows, columns=["case", "series", "period", "predicted", "low", "high"])


def _band(values: Floats | None, series: Series) -> tuple[float, float, float]:
    """Median, P10 and P90; for stops the share of runs, which has no band."""
    if values is None or not np.isfinite(values).all():
        return (np.nan,) * 3
    if isinstance(series.predicted, Stops):
        return (float(values.mean()),) * 3
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return float(middle), float(low), float(high)


def value_of(
    case: Case, series: Series, period: str, ran: dict[str, Ran], anchors: dict[str, Floats]
) -> Floats | None:
    """One series in one period, run by run; None where the model gives no figure."""
    found = series.predicted
    if isinstance(found, Sum):
        return _sum(case, found.series, period, ran, anchors)
    if isinstance(found, ShareOf):
        part, whole = (_sum(case, ids, period, ran, anchors) for ids in (found.of, found.over))
        return None if part is None or whole is None else part / whole
    if isinstance(found, Cross):
        return crossed(found, period) * float(anchors[series.id][0]) if series.id in anchors else None
    study = ran[series.study]
    months = [study.event.months.index(name) for name in months_of(period) if name in study.event.months]
    if len(months) < len(months_of(period)):
        return None
    if isinstance(found, Stops):
        return _stopped(found, study, period)
    key = repr(found)
    if key not in study.paths:
        study.paths[key] = _path(found, study)
    path = study.paths[key]
    if path is None or series.id not in anchors:
        return None
    part_of = path[:, months]
    if isinstance(found, Price) and found.statistic == "max":
        return np.asarray(anchors[series.id] * part_of.max(axis=1))
    together = part_of.mean(axis=1) if series.what in LEVELS else part_of.sum(axis=1)
    return np.asarray(anchors[series.id] * together)


def _sum(
    case: Case, ids: tuple[str, ...], period: str, ran: dict[str, Ran], anchors: dict[str, Floats]
) -> Floats | None:
    parts = [value_of(case, case.one(id), period, ran, anchors) for id in ids]
    if any(part is None for part in parts):
        return None
    return np.asarray(sum(part for part in parts if part is not None))


def _path(found: Any, ran: Ran) -> Floats | None:
    """Ratio to the run without event, month by month; axes (run, month)."""
    if isinstance(found, Arrivals):
        chosen = arriving_links(found, ran.prepared)
        sides = (ran.event, ran.still)
        with_event, without = (_crossing(side, chosen, found.counted_at) for side in sides)
    elif isinstance(found, Output):
        weight = _output_weights(found, ran.prepared)
        with_event, without = (_monthly_output(side, weight) for side in (ran.event, ran.still))
    else:
        return _price_path(found, ran)
    if not (without > 0).all():
        return None
    return np.asarray(with_event / without)


def _crossing(side: Runs, chosen: npt.NDArray[np.bool_], counted_at: str) -> Floats:
    """Tonnes on the chosen links by month, as they leave or as they arrive; axes (run, month)."""
    tonnes = side.shipped if counted_at == "departure" else side.arrived
    return np.asarray(tonnes[:, :, chosen].sum(axis=2))


def arriving_links(found: Arrivals, prepared: Prepared) -> npt.NDArray[np.bool_]:
    """Links that cross a border with the goods counted; axes (link,)."""
    layout, materials = prepared.event.layout, prepared.chain.materials
    country = layout.nodes.set_index("node")["country"]
    origin, goal = layout.links["supplier"].map(country), layout.links["customer"].map(country)
    chosen = origin != goal
    if found.hs:
        goods = materials.loc[materials["hs"].isin(found.hs), "material"]
        chosen &= layout.links["input"].isin(goods)
    if found.materials:
        chosen &= layout.links["input"].isin(found.materials)
    if found.by is not None:
        chosen &= origin.isin(found.by)
    if found.to is not None:
        chosen &= goal.isin(found.to)
    return np.asarray(chosen, dtype=bool)


def _chosen_nodes(found: Output | Stops, prepared: Prepared) -> pd.Series[bool]:
    nodes = prepared.event.layout.nodes
    chosen = pd.Series(True, index=nodes.index)
    for column, keys in (
        ("country", found.countries), ("stage", found.stages), ("material", found.materials)
    ):  # fmt: skip
        if keys:
            chosen &= nodes[column].isin(keys)
    return chosen


def _output_weights(found: Output, prepared: Prepared) -> Floats:
    """Weight of each node's output; by its need of the inputs where they are named; axes (node,)."""
    layout = prepared.event.layout
    weight = _chosen_nodes(found, prepared).to_numpy(dtype=float)
    if found.inputs:
        slots = layout.slots[layout.slots["input"].isin(found.inputs)]
        need = np.bincount(slots["holder"], slots["need"], minlength=len(weight))
        weight = weight * need
    return weight


def _monthly_output(side: Runs, weight: Floats) -> Floats:
    """Weighted output by month, from weeks; axes (run, month).

    A week counts for the month of its middle; the days after the last full week repeat it.
    """
    month = side.setup.pricing.month
    weeks = side.weekly.shape[1]
    week_of_day = np.minimum(np.arange(month.size) // 7, weeks - 1)
    share = np.zeros((month[-1] + 1, weeks))
    np.add.at(share, (month, week_of_day), 1.0)
    share /= share.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("mw,rwn,n->rm", share, side.weekly, weight * side.plan))


def _price_path(found: Price, ran: Ran) -> Floats | None:
    for number, market in enumerate(ran.event.markets):
        if (market.element, market.form, market.by) == (found.element[0], found.form, found.by):
            return np.asarray(ran.event.price[:, number, 0 if found.place == "outside" else 1])
    return None


def _stopped(found: Stops, ran: Ran, period: str) -> Floats:
    """Whether a chosen node fell short before the end of the period; axes (run,), 0 or 1."""
    months = ran.event.months
    last = months.index(months_of(period)[-1])
    end = np.searchsorted(ran.event.setup.pricing.month, last, side="right") - ran.event.setup.first
    chosen = _chosen_nodes(found, ran.prepared).to_numpy()
    return np.asarray((ran.event.tts[:, chosen] < end).any(axis=1), dtype=float)

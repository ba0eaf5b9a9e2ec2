"""From runs to tables: survival, production, price, flows cut, assumptions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.units import DAYS_PER_YEAR
from meguri.scenario.schema import Scenario
from meguri.shock.price import PLACES, price_response
from meguri.shock.runs import Runs
from meguri.shock.survive import percentile
from meguri.structure.words import parameter_labels
from meguri.study.sensitivity import effects, swings

Floats = npt.NDArray[np.float64]
LEVELS = (("p10", 0.1), ("p50", 0.5), ("p90", 0.9))


def survival_table(runs: Runs, scenario: Scenario) -> pd.DataFrame:
    """Who falls short, when, until when: one row per node, the first to fall short on top."""
    nodes = runs.layout.nodes
    table = pd.DataFrame(
        {name: nodes[name] for name in ("node", "label_en", "label_ja", "stage", "country")}
    ).assign(plan=runs.plan * DAYS_PER_YEAR)
    for name, field in (("tts_d", "tts"), ("ttr_d", "ttr"), ("gap_d", "short")):
        for level, days in zip(LEVELS, _percentiles(runs, field), strict=True):
            table[_named(name, level)] = _known(days)
    table["share_stopped"] = runs.over_runs("tts", lambda days: np.isfinite(days).mean(axis=0))
    begin = scenario.counted_from
    table["stops_on"] = [
        "" if np.isnan(days) else (begin + dt.timedelta(days=float(days))).isoformat()
        for days in table["tts_d"]
    ]
    table["lowest"] = runs.over_runs("lowest", lambda shares: np.median(shares, axis=0))
    for name in ("cover", "lowest_cover"):
        table[f"{name}_d"] = _known(_percentiles(runs, name)[1])
    table["waits_for"] = _waits_for(runs)
    order = ["tts_d", "tts_d_p10", "tts_d_p90", "stage", "node"]
    return _checked("survival", table.sort_values(order, na_position="last"))


def _named(name: str, level: tuple[str, float]) -> str:
    """Column of a level: the median has no ending."""
    return name if level[0] == "p50" else f"{name}_{level[0]}"


def _percentiles(runs: Runs, field: str) -> Floats:
    """The three levels of days, never counting as later than any day; axes (level, node)."""
    return runs.over_runs(field, lambda days: np.stack([percentile(days, share) for _, share in LEVELS]))


def _quantiles(runs: Runs, field: str) -> Floats:
    """The three levels of amounts or shares; axes (level, …)."""
    return runs.over_runs(field, lambda cells: np.quantile(cells, [share for _, share in LEVELS], axis=0))


def _known(days: Floats) -> Floats:
    return np.where(np.isfinite(days), days, np.nan)


def _waits_for(runs: Runs) -> list[str]:
    """Input that binds first in most of the runs in which a node falls short."""
    inputs = runs.layout.slots["input"].to_numpy()
    return [str(inputs[slot]) if slot >= 0 else "" for slot in runs.over_runs("waits", _most).astype(int)]


def _most(slots: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Slot that stands most often in each column; -1 where none does."""
    counted = [np.bincount(column[column >= 0]) for column in slots.T]
    return np.array([counts.argmax() if counts.size else -1 for counts in counted], dtype=float)


def quality_table(runs: Runs) -> pd.DataFrame:
    """Time to quality: when new suppliers come in, and when the usable share is back at 95 %.

    One row for each node whose quality is in doubt in some run: a newly qualified supplier delivers,
    or its own process gives less because a holder of its conditions has left.
    """
    nodes = runs.layout.nodes
    table = pd.DataFrame({name: nodes[name] for name in ("node", "label_en", "label_ja", "stage", "country")})
    table["share_runs"] = runs.over_runs("doubted", lambda days: 1.0 - np.isnan(days).mean(axis=0))
    for name in ("doubted", "restored"):
        for level, days in zip(LEVELS, runs.over_runs(name, _of_known), strict=True):
            table[_named(f"{name}_d", level)] = _known(days)
    chosen = table[table["share_runs"] > 0]
    return _checked("quality", chosen.sort_values(["restored_d", "node"], na_position="last"))


def _of_known(days: Floats) -> Floats:
    """The three levels over the runs in which a cell has a day or never; axes (level, cell)."""
    found = np.full((len(LEVELS), days.shape[1]), np.nan)
    for cell in np.flatnonzero(~np.isnan(days).all(axis=0)):
        known = days[~np.isnan(days[:, cell]), cell]
        found[:, cell] = [percentile(known, share) for _, share in LEVELS]
    return found


def production_table(runs: Runs, scenario: Scenario) -> pd.DataFrame:
    """Weekly output of each node as a share of plan, P10, P50 and P90."""
    nodes = runs.layout.nodes["node"].to_numpy()
    bands = _quantiles(runs, "weekly")
    weeks = bands.shape[1]
    dates = [(scenario.start + dt.timedelta(days=7 * week)).isoformat() for week in range(weeks)]
    table = pd.DataFrame({"node": np.tile(nodes, weeks), "date": np.repeat(dates, len(nodes))})
    for place, (level, _) in enumerate(LEVELS):
        table[level] = bands[place].ravel()
    return _checked("production", table.sort_values(["node", "date"]))


def price_table(runs: Runs) -> pd.DataFrame:
    """Monthly price of each element and form, inside, outside and under contract, relative to before."""
    base = price_response().set_index("element")["base"]
    parts = []
    bands = _quantiles(runs, "price")
    for number, market in enumerate(runs.markets):
        for place, name in enumerate(PLACES):
            cells: dict[str, Any] = {
                "element": market.element,
                "form": market.form,
                "place": name,
                "month": runs.months,
            }
            cells |= {level: bands[at, number, place] for at, (level, _) in enumerate(LEVELS)}
            parts.append(pd.DataFrame(cells | {"base": float(base[market.element])}))
    return _checked("price", pd.concat(parts) if parts else Schema.of("price").empty())


def flows_table(runs: Runs) -> pd.DataFrame:
    """Monthly arrivals of flows that fall 5 % below plan in the median of some month, or that begin."""
    links = runs.layout.links
    bands = _quantiles(runs, "arrived")
    cut = (bands[1] < 0.95 * runs.planned) | ((runs.planned == 0) & (bands[2] > 0))
    chosen = np.flatnonzero(cut.any(axis=0))
    months = len(runs.months)
    table = pd.DataFrame(
        {
            "supplier": np.repeat(links["supplier"].to_numpy()[chosen], months),
            "customer": np.repeat(links["customer"].to_numpy()[chosen], months),
            "material": np.repeat(links["input"].to_numpy()[chosen], months),
            "month": np.tile(runs.months, len(chosen)),
            "plan": runs.planned[:, chosen].T.ravel(),
        }
    )
    for place, (level, _) in enumerate(LEVELS):
        table[level] = bands[place][:, chosen].T.ravel()
    return _checked("flows_cut", table)


def assumptions_table(runs: Runs) -> pd.DataFrame:
    """Every ranged number with its evidence, ranked by how much it moves the answer.

    ``effect`` is the rank correlation with the lost days of end users over the runs; ``swing`` is
    the change in lost days from the low to the high end, for the numbers that correlate most.
    """
    table = runs.ranges[["parameter", "low", "mode", "high", "unit", "source", "grade", "note"]].copy()
    table["effect"] = effects(runs)
    tried = swings(runs, table["effect"].to_numpy())
    table["lost_low"], table["lost_high"], table["swing"] = tried.low, tried.high, tried.high - tried.low
    table["lost_drawn"] = np.where(np.isnan(tried.low), np.nan, tried.drawn)
    labels = parameter_labels(table["parameter"], runs.setup.chain, runs.setup.scenario)
    table["label_en"], table["label_ja"] = labels["en"], labels["ja"]
    known = table["swing"].abs().fillna(-1.0)
    table = table.iloc[np.lexsort((table["parameter"], -table["effect"].abs(), -known))]
    return _checked("assumptions", table.assign(rank=range(1, len(table) + 1)))


def _checked(name: str, table: pd.DataFrame) -> pd.DataFrame:
    schema = Schema.of(name)
    return schema.check(table[[column for column in schema.names if column in table]].reset_index(drop=True))

"""The value of "nothing happened" in four figures: uptime, recovery time, life extension, retrofit ratio.

The document that asks for them (000, lines 964-967) names them without formulas; the definitions here are
those of METHODS 6. Every figure carries the number of records and events behind it and a 95 % interval; below
a stated number of events it is refused, because a figure from three stops is an anecdote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.shop import Shop
from meguri.structure.safetynet_life import life_extension
from meguri.structure.safetynet_runs import kpi_runs
from meguri.structure.safetynet_times import downtime, recovery_times, unplanned
from meguri.structure.survival import Survival, survival

MINIMUM = 5  # events below which no value is given
DRAWS = 2000  # of weeks or parts drawn again
LINES = {
    "uptime": 964,
    "recovery_median": 965,
    "recovery_p90": 965,
    "life_extension": 966,
    "retrofit_ratio": 967,
}


@dataclass(frozen=True)
class KpiAnswer:
    """The figures and what they stand on.

    Attributes
    ----------
    tables : mapping
        ``kpi_values``, ``kpi_runs``.
    recovery : Survival
        Curve of the time to recover, for a figure.
    """

    tables: Mapping[str, pd.DataFrame]
    recovery: Survival


def kpis(shop: Shop, as_of: str, minimum: int = MINIMUM, seed: int = 1) -> KpiAnswer:
    """Four key figures of a firm's records.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    as_of : str
        ISO day at whose end open cases are cut off.
    minimum : int
        Events below which a value is refused.
    seed : int
        Seed of the draws behind intervals.

    Returns
    -------
    KpiAnswer
        ``kpi_values`` with shares as numbers of unit 1 and times in hours.

    Examples
    --------
    >>> works = pd.DataFrame({"work": list("abcdef"), "kind": ["retrofit"] * 4 + ["new"] * 2})
    >>> table = kpis(Shop.of({"works": works}), "2026-03-31").tables["kpi_values"].set_index("kpi")
    >>> round(float(table.at["retrofit_ratio", "value"]), 3), table.at["uptime", "reason"]
    (0.667, 'no-schedule')
    """
    curve = survival(*recovery_times(shop, as_of))
    rows = [
        uptime(shop, as_of, minimum, seed),
        *recovery_rows(curve, minimum),
        life_extension(shop.lives, as_of, minimum, seed, DRAWS),
        retrofit_ratio(shop, minimum),
    ]
    table = pd.DataFrame([{**row, "document": "000", "line": LINES[row["kpi"]]} for row in rows])
    values = Schema.of("kpi_values").check(table.reindex(columns=Schema.of("kpi_values").names), "kpi_values")
    return KpiAnswer(MappingProxyType({"kpi_values": values, "kpi_runs": kpi_runs(shop, as_of)}), curve)


def refusal(
    kpi: str, unit: str, reason: str, n: int = 0, events: int = 0, censored: int = 0
) -> dict[str, Any]:
    """Row of a figure that is not given, with the reason."""
    return {
        "kpi": kpi, "unit": unit, "n": n, "events": events, "censored": censored, "method": "none",
        "reason": reason, "grade": "derived",
    }  # fmt: skip


def uptime(shop: Shop, as_of: str, minimum: int, seed: int) -> dict[str, Any]:
    """1 − downtime over scheduled hours, pooled over furnaces.

    The interval draws whole weeks again, because the days of one breakdown belong together, and is
    widened by stops whose time of day is unknown.
    """
    if shop.schedule.empty:
        return refusal("uptime", "1", "no-schedule")
    days = downtime(shop, as_of)
    faults = unplanned(shop)
    stops = len(faults)
    if days["hours"].sum() <= 0 or stops < minimum:
        return refusal("uptime", "1", "few-events" if stops else "no-stops", len(days), stops)
    scheduled = days["hours"].sum()
    week = pd.to_datetime(days["date"]).dt.to_period("W")
    sums = days.groupby(week)[["hours", "down_low", "down_high"]].sum().to_numpy()
    rng = np.random.default_rng(seed)
    drawn = sums[rng.integers(len(sums), size=(DRAWS, len(sums)))].sum(axis=1)
    worst, best = 1 - drawn[:, 2] / drawn[:, 0], 1 - drawn[:, 1] / drawn[:, 0]
    return {
        "kpi": "uptime", "value": 1 - days["down"].sum() / scheduled, "unit": "1", "n": len(days),
        "value_low": float(np.quantile(worst, 0.025)), "value_high": float(np.quantile(best, 0.975)),
        "events": stops, "censored": int((faults["end"] == "").sum()), "method": "ratio-weeks",
        "reason": "", "grade": "derived",
    }  # fmt: skip


def recovery_rows(curve: Survival, minimum: int) -> list[dict[str, Any]]:
    """Median and P90 of the time to recover; P90 is the hour by which nine in ten had recovered."""
    rows = []
    for kpi, done in (("recovery_median", 0.5), ("recovery_p90", 0.9)):
        counts = {"n": curve.n, "events": curve.events, "censored": curve.n - curve.events}
        if curve.events < minimum:
            rows.append(refusal(kpi, "h", "few-events" if curve.n else "no-stops", **counts))
            continue
        at, low, high = curve.by(done)
        if not np.isfinite(at):
            rows.append(
                refusal(kpi, "h", "not-reached", **counts)
                | {"value_low": low if np.isfinite(low) else np.nan}
            )
            continue
        rows.append({
            "kpi": kpi, "value": at, "value_low": low, "value_high": high if np.isfinite(high) else np.nan,
            "unit": "h", **counts, "method": "kaplan-meier", "reason": "", "grade": "derived",
        })  # fmt: skip
    return rows


def retrofit_ratio(shop: Shop, minimum: int) -> dict[str, Any]:
    """(retrofit + upgrade) over (those + new machines), with the Jeffreys interval; repairs do not count."""
    from scipy.stats import beta

    kinds = shop.works["kind"]
    kept, new = int(kinds.isin(["retrofit", "upgrade"]).sum()), int((kinds == "new").sum())
    n = kept + new
    if n < minimum:
        return refusal("retrofit_ratio", "1", "few-events" if n else "no-works", n, n)
    low, high = beta.ppf([0.025, 0.975], kept + 0.5, new + 0.5)
    return {
        "kpi": "retrofit_ratio", "value": kept / n, "unit": "1", "n": n, "events": n, "censored": 0,
        "value_low": 0.0 if kept == 0 else float(low), "value_high": 1.0 if new == 0 else float(high),
        "method": "jeffreys", "reason": "", "grade": "derived",
    }  # fmt: skip

"""What did not happen, in yen: downtime that would have come without the care, with an interval.

Avoided loss = (stops per hour without care − stops per hour observed) × scheduled hours a year × hours
down per stop × cost of an hour (METHODS 6). What would have happened otherwise is never observed: it comes
from the wear of parts of the same matched groups without care, taken as the ratio of stops, or from an
assumption that the firm states. The interval may contain zero, and then nothing was shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sampling import triangular
from meguri.base.tables import Schema
from meguri.observe.shop import Shop
from meguri.structure.safetynet_life import lives_by_arm
from meguri.structure.safetynet_times import downtime, recovery_times, unplanned

Range = tuple[float, float, float]  # low, most likely, high
Floats = npt.NDArray[np.float64]
YEAR = 365.25


def avoided(
    shop: Shop,
    as_of: str,
    cost_per_hour: Range | None = None,
    without_care: Range | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> pd.DataFrame:
    """Downtime and loss avoided in a year, each term with its interval.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    as_of : str
        ISO day at whose end open cases are cut off.
    cost_per_hour : (low, most likely, high), optional
        Cost of an hour down at the customer or in the shop [JPY/h]; without it no loss in yen is given.
    without_care : (low, most likely, high), optional
        Stops without care over stops with it, as the firm assumes; without it, the ratio of wear of
        matched parts without and with care.
    draws, seed : int
        Of the Monte Carlo draws.

    Returns
    -------
    DataFrame
        Columns of ``kpi_avoided``; a term that cannot be known carries its reason and makes what hangs on
        it unknown.
    """
    rng = np.random.default_rng(seed)
    days = downtime(shop, as_of)
    stops = unplanned(shop)
    hours = float(days["hours"].sum())
    if not hours:
        return _table(dict.fromkeys(UNITS, (None, "no-schedule")))
    span = pd.to_datetime(days["date"])
    per_year = hours * YEAR / ((span.max() - span.min()).days + 1)
    rate = rng.gamma(len(stops) + 0.5, 1 / hours, draws)  # Jeffreys prior of a rate
    ratio, why = _ratio(shop, as_of, without_care, draws, rng)
    length = _hours_down(shop, as_of, draws, rng)
    terms: dict[str, tuple[Floats | None, str]] = {
        "observed_rate": (1000 * rate, ""), "hours_year": (np.full(draws, per_year), ""),
        "counterfactual_rate": (None, why) if ratio is None else (1000 * rate * ratio, ""),
        "hours_down": (length, "" if length is not None else "no-stops"),
        "cost_per_hour": (None, "no-cost"),
    }  # fmt: skip
    if cost_per_hour is not None:
        terms["cost_per_hour"] = (triangular(rng.random(draws), *cost_per_hour), "")
    saved = None if ratio is None or length is None else rate * (ratio - 1) * per_year * length
    terms["avoided_hours"] = (saved, why or ("" if length is not None else "no-stops"))
    cost = terms["cost_per_hour"][0]
    loss = None if saved is None or cost is None else saved * cost
    terms["avoided_loss"] = (loss, terms["avoided_hours"][1] or ("" if cost is not None else "no-cost"))
    return _table(terms, assumed=without_care is not None)


HANGS_ON_COST = ("cost_per_hour", "avoided_loss")  # what the firm states of an hour is its assumption
HANGS_ON_RATIO = ("counterfactual_rate", "avoided_hours")
UNITS = {
    "observed_rate": "1/1000 h", "counterfactual_rate": "1/1000 h", "hours_down": "h",
    "cost_per_hour": "JPY/h", "hours_year": "h/a", "avoided_hours": "h/a", "avoided_loss": "JPY/a",
}  # fmt: skip


def _ratio(
    shop: Shop, as_of: str, assumed: Range | None, draws: int, rng: np.random.Generator
) -> tuple[Floats | None, str]:
    """Stops without care over stops with it: assumed, or worn-out parts per day of matched parts."""
    if assumed is not None:
        return triangular(rng.random(draws), *assumed), ""
    arms_of = lives_by_arm(shop.lives, as_of).values()
    groups = [arms for arms in arms_of if len(arms[True][0]) and len(arms[False][0])]
    if not groups:
        return None, "no-counterfactual"
    worn = {care: sum(int(arms[care][1].sum()) for arms in groups) for care in (True, False)}
    days = {care: sum(float(arms[care][0].sum()) for arms in groups) for care in (True, False)}
    drawn = {care: rng.gamma(worn[care] + 0.5, 1 / max(days[care], 1.0), draws) for care in (True, False)}
    return drawn[False] / drawn[True], ""


def _hours_down(shop: Shop, as_of: str, draws: int, rng: np.random.Generator) -> Floats | None:
    """Mean hours down per stop, stops drawn again; open ones count as long as they have lasted."""
    hours, _ = recovery_times(shop, as_of)
    if not len(hours):
        return None
    picked = rng.integers(len(hours), size=(draws, len(hours)))
    return np.asarray(hours[picked].mean(axis=1), dtype=float)


def _table(terms: dict[str, tuple[Floats | None, str]], assumed: bool = False) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for name, unit in UNITS.items():
        drawn, reason = terms[name]
        row: dict[str, Any] = {"quantity": name, "unit": unit, "reason": reason, "grade": "derived"}
        if name in HANGS_ON_COST or (assumed and name in HANGS_ON_RATIO):
            row["grade"] = "assumed"
        if drawn is not None:
            low, middle, high = np.quantile(drawn, [0.025, 0.5, 0.975])
            row |= {"value": float(middle), "value_low": float(low), "value_high": float(high)}
        rows.append(row)
    schema = Schema.of("kpi_avoided")
    return schema.check(pd.DataFrame(rows).reindex(columns=schema.names), "kpi_avoided")

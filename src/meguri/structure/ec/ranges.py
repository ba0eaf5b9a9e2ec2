"""How far a concentration may lie from its printed value: rounding, suppliers not listed, governance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError
from meguri.observe.ec_study import ec_shares
from meguri.observe.harmonise import Interval, constrain_sum
from meguri.structure.ec.formula import WORST_RISK, governance_risk, hhi_wgi_t, supply_risk

GROUP = ["material", "stage", "scope"]
HALF_UNIT = {"global": 0.0005, "eu": 0.005}  # world shares are printed to 0.1 %, EU sourcing to 1 %
HALF_PERCENT, HALF_INDEX = 0.005, 0.005  # import reliance and recycling to 1 %, substitution to 0.01
REST = "not listed"


def share_ranges(shares: Iterable[float], half: float) -> tuple[list[Interval], Interval]:
    """Ranges of printed shares, and of what is not listed, once they have to add up to 1.

    Parameters
    ----------
    shares : iterable of float [1]
        Printed shares of one material, stage and scope.
    half : float [1]
        Half a unit of the last printed digit.

    Returns
    -------
    tuple
        Range of each share; range of what is not listed, which without the sum would be 0…1. Shares
        that cannot add up to 1 within their rounding keep their rounding, and nothing is left over.

    Examples
    --------
    >>> parts, rest = share_ranges([0.7, 0.2], 0.05)
    >>> [(round(r.low, 2), round(r.high, 2)) for r in (*parts, rest)]
    [(0.65, 0.75), (0.15, 0.25), (0.0, 0.2)]
    """
    rounded = [Interval(max(0.0, s - half), min(1.0, s + half)) for s in shares]
    parts = {str(place): part for place, part in enumerate(rounded)} | {REST: Interval(0.0, 1.0)}
    try:
        narrowed = constrain_sum(parts, 1.0)
    except DataError:
        return rounded, Interval(0.0, 0.0)
    return [narrowed[str(place)] for place in range(len(rounded))], narrowed[REST]


def highest_index(parts: Sequence[Interval], weights: Sequence[float]) -> float:
    """Upper bound of Σ weight·share² when the shares add up to 1.

    On its range a square lies below its chord, s² ≤ (low + high)·s − low·high; the sum of chords is
    greatest when what is left after all lows goes to the steepest first.

    Examples
    --------
    >>> parts = [Interval(0.4, 0.6), Interval(0.4, 0.6)]
    >>> round(highest_index(parts, [1.0, 1.0]), 2), round(sum(p.high**2 for p in parts), 2)
    (0.52, 0.72)
    """
    left = 1 - sum(part.low for part in parts)
    bound = 0.0
    for weight, part in sorted(
        zip(weights, parts, strict=True), key=lambda x: -x[0] * (x[1].low + x[1].high)
    ):
        share = part.low + min(max(left, 0.0), part.high - part.low)
        left -= share - part.low
        bound += weight * ((part.low + part.high) * share - part.low * part.high)
    return bound


@cache
def _index_ranges() -> pd.DataFrame:
    risk = governance_risk()
    table = ec_shares().merge(risk, on="country", how="left")
    rows = [
        {**dict(zip(GROUP, key, strict=True)), **_ranges(group, HALF_UNIT[key[2]], risk["risk_high"].max())}
        for key, group in table.groupby(GROUP, sort=False)
    ]
    return pd.DataFrame(rows)


def index_ranges() -> pd.DataFrame:
    """Concentration weighted by governance and trade with its ranges, by material, stage and scope.

    Returns
    -------
    DataFrame
        material, stage, scope; ``hhi`` of the printed shares; ``total`` of the shares and how many are
        ``listed``; ``rest_low``, ``rest_high`` [1] of what is not listed; ``rounding_low``,
        ``rounding_high`` by rounding alone; ``with_rest`` with the suppliers not listed as one country of
        the worst governance; ``free_low``, ``free_high`` with governance within its standard errors
        and every share and the rest at its own end; ``low``, ``high`` the same when the shares have to
        add up to 1; ``unknown`` countries without governance, which then is 0…10.

    Examples
    --------
    >>> row = index_ranges().set_index(GROUP).loc[("W", "refining", "eu")]
    >>> [round(float(row[name]), 2) for name in ("low", "hhi", "high", "free_high")]
    [0.68, 0.81, 1.07, 1.14]
    """
    return _index_ranges().copy()


def _ranges(group: pd.DataFrame, half: float, worst: float) -> dict[str, object]:
    parts, rest = share_ranges(group["share"], half)
    t = group["trade_parameter"].to_numpy()
    total = float(group["share"].sum())
    printed = hhi_wgi_t(group["share"], group["risk"], t)

    def weights(risk: str, instead: float) -> npt.NDArray[np.float64]:
        return t * group[risk].fillna(instead).to_numpy(dtype=float)

    def ends(end: str, weight: npt.NDArray[np.float64]) -> float:
        return float((np.array([getattr(part, end) for part in parts]) ** 2 * weight).sum())

    def highest(weight: npt.NDArray[np.float64]) -> float:
        if total > 1 and rest.high == 0:  # the shares cannot add up to 1: nothing narrows them
            return ends("high", weight)
        # printed shares may add to a little more than 1: their own index stays within the range
        return max(highest_index([*parts, rest], [*weight, worst]), printed)

    mean, low, high = weights("risk", WORST_RISK), weights("risk_low", 0.0), weights("risk_high", worst)
    return {
        "hhi": printed, "total": total, "listed": len(group),
        "rest_low": rest.low, "rest_high": rest.high,
        "rounding_low": ends("low", mean), "rounding_high": ends("high", mean), "with_rest": highest(mean),
        "free_low": ends("low", low), "free_high": ends("high", high) + rest.high**2 * worst,
        "low": ends("low", low), "high": highest(high),
        "unknown": "|".join(group.loc[group["risk"].isna(), "country"]),
    }  # fmt: skip


def risk_range(
    gs: tuple[float, float],
    eu: tuple[float, float],
    reliance: float,
    eol_rir: float,
    si_sr: float,
    supply: str,
) -> tuple[float, float]:
    """Lowest and highest supply risk when two indices have ranges and parameters are printed rounded.

    Parameters
    ----------
    gs, eu : (low, high)
        Ranges of the two concentrations; NaN is 0 … 10.
    reliance, eol_rir : float [1]
        Printed to 1 %.
    si_sr : float [1]
        Printed to 0.01.
    supply : {"GS+EU", "GS", "EU"}
        Which of the two counts.

    Examples
    --------
    >>> low, high = risk_range((1.0, 1.2), (0.5, 0.6), 0.5, 0.0, 1.0, "GS")
    >>> round(low, 3), round(high, 3)
    (0.99, 1.2)
    """
    ends = [max(0.0, reliance - HALF_PERCENT), min(1.0, reliance + HALF_PERCENT)]
    if math.isnan(reliance):
        ends = [math.nan]
    gs, eu = ((0.0, WORST_RISK) if math.isnan(part[0]) else part for part in (gs, eu))
    rates = (min(1.0, eol_rir + HALF_PERCENT), max(0.0, eol_rir - HALF_PERCENT))
    indices = (max(0.0, si_sr - HALF_INDEX), min(1.0, si_sr + HALF_INDEX))
    found = [
        supply_risk(gs[end], eu[end], ir, rates[end], indices[end], supply)
        for end, ir in product((0, 1), ends)
    ]
    return float(np.min(found)), float(np.max(found))

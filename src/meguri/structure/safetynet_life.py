"""How much longer parts live under a firm's care than without it, among parts that may be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.observe.shop import instants
from meguri.structure.survival import Survival, survival

DAY = pd.Timedelta(days=1)
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Arm = tuple[Floats, Bools]  # days in service, whether worn out


def lives_by_arm(lives: pd.DataFrame, as_of: str) -> dict[str, dict[bool, Arm]]:
    """Days in service of each matched group, apart for parts with and without care.

    Parts still in service on ``as_of`` are cut off there; parts begun later stay out.
    """
    cut = pd.Timestamp(as_of)
    begin, end = instants(lives["start"]), instants(lives["end"])
    seen = (begin <= cut).to_numpy()
    ended = (end.notna() & (end <= cut)).to_numpy(dtype=bool)
    days = ((end.where(ended, cut) - begin) / DAY).to_numpy(dtype=float)
    care = lives["care"].fillna(False).to_numpy(dtype=bool)
    known = lives["care"].notna().to_numpy(dtype=bool)
    groups: dict[str, dict[bool, Arm]] = {}
    for group in lives["group"].unique():
        mine = (lives["group"] == group).to_numpy() & seen & known
        groups[str(group)] = {
            arm: (days[mine & (care == arm)], ended[mine & (care == arm)]) for arm in (True, False)
        }
    return groups


def life_extension(lives: pd.DataFrame, as_of: str, minimum: int, seed: int, draws: int) -> dict[str, Any]:
    """Life under care over life without − 1, pooled over matched groups in logarithms.

    Medians are compared; where a median is not yet reached in some arm, mean lives up to the last day that
    both arms of the group have seen. Groups weigh by the smaller number of worn-out parts of their arms. The
    interval draws parts again within arms, seeded.

    Parameters
    ----------
    lives : DataFrame
        Columns of ``shop_lives``.
    as_of : str
        ISO day on which parts in service are cut off.
    minimum : int
        Worn-out parts below which an arm of a group is not compared.
    seed, draws : int
        Of the draws.

    Returns
    -------
    dict
        Row of ``kpi_values``.
    """
    n = len(lives)
    empty = {"kpi": "life_extension", "unit": "1", "n": n, "method": "none", "grade": "derived"}
    if not n:
        return empty | {"events": 0, "censored": 0, "reason": "no-lives"}
    groups = lives_by_arm(lives, as_of)
    both = [arms for arms in groups.values() if len(arms[True][0]) and len(arms[False][0])]
    fit = [arms for arms in both if min(arms[True][1].sum(), arms[False][1].sum()) >= minimum]
    used = [arm for arms in (fit or both) for arm in arms.values()]
    counts = {
        "n": sum(len(arm[0]) for arm in used), "events": int(sum(arm[1].sum() for arm in used)),
        "censored": int(sum((~arm[1]).sum() for arm in used)),
    }  # fmt: skip
    if not fit:
        return empty | counts | {"reason": "few-events" if both else "no-control"}
    medians = all(math.isfinite(_curve(arm).by(0.5)[0]) for arm in used)
    rng = np.random.default_rng(seed)
    drawn = np.array([_extension([_again(arms, rng) for arms in fit], medians) for _ in range(draws)])
    low, high = np.quantile(drawn[np.isfinite(drawn)], [0.025, 0.975])
    return counts | {
        "kpi": "life_extension", "value": _extension(fit, medians), "value_low": float(low),
        "value_high": float(high), "unit": "1", "method": "matched-medians" if medians else "matched-means",
        "reason": "", "grade": "derived",
    }  # fmt: skip


def _curve(arm: Arm) -> Survival:
    return survival(*arm)


def _again(arms: dict[bool, Arm], rng: np.random.Generator) -> dict[bool, Arm]:
    drawn = {}
    for care, (days, ended) in arms.items():
        at = rng.integers(len(days), size=len(days))
        drawn[care] = (days[at], ended[at])
    return drawn


def _extension(groups: Sequence[dict[bool, Arm]], medians: bool) -> float:
    """exp(weighted mean of log ratios) − 1."""
    logs, weights = [], []
    for arms in groups:
        horizon = min(arms[True][0].max(), arms[False][0].max())
        kept, bare = (_typical(arms[care], medians, horizon) for care in (True, False))
        if not (math.isfinite(kept) and math.isfinite(bare) and kept > 0 and bare > 0):
            return math.nan
        logs.append(math.log(kept / bare))
        weights.append(max(1, min(arms[True][1].sum(), arms[False][1].sum())))
    return math.expm1(float(np.average(logs, weights=weights)))


def _typical(arm: Arm, medians: bool, horizon: float) -> float:
    """Median or restricted mean life of one arm; the plain Kaplan-Meier steps, as draws are many."""
    days, ended = arm
    order = np.argsort(days, kind="stable")
    time, dead = days[order], ended[order]
    at_risk = len(time) - np.arange(len(time))
    alive = np.cumprod(1 - dead / at_risk)
    if medians:
        below = np.flatnonzero(alive <= 0.5 + 1e-12)
        return float(time[below[0]]) if below.size else math.inf
    edges = np.concatenate([[0.0], np.minimum(time, horizon), [horizon]])
    return float(np.sum(np.concatenate([[1.0], alive]) * np.diff(edges)))

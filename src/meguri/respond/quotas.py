"""Quotas as rows of the program: one limit for all links of a quota, over its periods and within each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from meguri.respond.rows import Rows, Span
from meguri.shock._kernel import Filters, Numbers, Wiring

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def put_quotas(
    rows: Rows, span: Span, world: tuple[Wiring, Numbers, Filters], links: Ints, flow: Ints
) -> None:
    """Regulated tonnes within each period, and no faster than the front-loading allows.

    Parameters
    ----------
    rows, span : Rows, Span
        The block that is built.
    world : Wiring, Numbers, Filters
        Connections, amounts and controls.
    links : array of links
        Those of the program.
    flow : array (link of the program, step)
        Columns of their deliveries.
    """
    w, n, f = world
    for quota in range(f.allotted.shape[0]):
        at = np.flatnonzero((f.quota[links] == quota) & (f.weight[links] > 0))
        if not at.size:
            continue
        usual = float((n.amount * f.weight)[f.quota == quota].sum())
        tonnes = (f.weight[links[at]] * n.use[w.link_slot[links[at]]])[:, None]
        outside = usual - float((n.amount * f.weight)[links[at]].sum())
        daily = _even(f, quota)
        leak = f.leakage[quota] * usual
        share = 1.0 - outside / usual if usual > 0 else 1.0
        inside = np.where(f.period[quota] >= 0, daily * (1.0 + f.front[quota]) + leak, np.inf)
        pace = share * _mean_or_free(span, inside)
        row = rows.row(1, np.where(np.isfinite(pace), pace, 1e9)[None, :])
        rows.put(row, flow[at], tonnes)
        if span.lasting:
            continue
        for part, allowed in _periods(f, span, quota, leak):
            rows.put(rows.row(1, share * allowed, 1), flow[at], tonnes * part[None, :])


def _periods(f: Filters, span: Span, quota: int, leak: float) -> list[tuple[Floats, float]]:
    """Days of each step and tonnes of the periods so far; of a cut period what its days would bring."""
    of_day = f.period[quota][span.first + span.days]
    allowed, before = 0.0, np.zeros(span.steps)
    found = []
    for period in np.unique(of_day[of_day >= 0]):
        days = of_day == period
        part = (span.weight * days[None, :]).sum(axis=1)  # of each step
        inside = min(1.0, days.sum() / f.length[quota, period] * (1.0 + f.front[quota]))
        allowed = f.allotted[quota, period] * inside + leak * days.sum() + f.carry[quota] * allowed
        before = part + f.carry[quota] * before
        found.append((before * span.length, float(allowed)))
    return found


def _even(f: Filters, quota: int) -> Floats:
    """Tonnes a day of an even spread of each period; axes (day,)."""
    period = np.maximum(f.period[quota], 0)
    return np.asarray((f.allotted[quota] / f.length[quota])[period])


def _mean_or_free(span: Span, daily: Floats) -> Floats:
    """Average over each step; free where the limit is not in force on any of its days."""
    free = ~np.isfinite(daily)
    mean = span.mean(np.where(free, 0.0, daily))
    return np.where(span.mean(free) > 0.0, np.inf, mean)

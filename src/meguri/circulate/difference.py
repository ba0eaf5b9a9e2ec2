"""How much one plan burdens or costs more than another, in every metric a case knows (LCA, cost)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import keys
from meguri.circulate.figures import Feed, feeds_of, plan_worth
from meguri.circulate.numbers import Numbers, drawn, numbers, ranges
from meguri.circulate.route_case import RouteCase, chosen, missing_evidence, routing
from meguri.circulate.value import Array

RUNS, SEED = 2000, 1
NONE = "none"  # the metric in which nothing burdens anything


def plan_differences(
    case: RouteCase, one: str, other: str, *, use: str | None = None, runs: int = RUNS, seed: int = SEED
) -> pd.DataFrame:
    """Burden of two plans per tonne discarded, and their difference, for each stock and metric.

    Both plans see the same draws, so what they share (the same leaching, the same power) cancels and
    the range of the difference is that of what really differs.

    Parameters
    ----------
    case : RouteCase
        A case of routes.
    one, other : str
        Plans: the difference is one less other.
    use : str, optional
        As in :func:`meguri.circulate.route_case.chosen`.
    runs, seed : int
        Latin hypercube over the ranges; same seed, same numbers.

    Returns
    -------
    DataFrame
        Columns of ``plan_differences``; burdens are shares of one virgin reference unit in the metric,
        per tonne of the element discarded, collected or not. Metrics of which a burden has neither
        source nor sign-off are left out, as everywhere.

    Raises
    ------
    DataError
        For a plan that the case does not have, and when no metric is left: it names every number that
        has neither source nor sign-off.

    Examples
    --------
    >>> from meguri.circulate.route_case import load_case
    >>> rows = plan_differences(load_case("dy-routes"), "B", "A", runs=100)
    >>> rows["metric"].tolist(), rows["sign"].tolist()
    (['product-burden', 'virgin-element'], ['less', 'more'])
    """
    lost = [Problem("plan_unknown", "plans", plan) for plan in (one, other) if plan not in case.plans]
    if lost:
        raise DataError(lost)
    use, metric = chosen(case, use)
    rows = list(_rows(case, (one, other), use, runs, seed))
    if not rows:
        raise DataError(missing_evidence(case, use, metric))
    names = Schema.of("plan_differences").names
    return Schema.of("plan_differences").check(pd.DataFrame(rows, columns=names))


def _rows(
    case: RouteCase, plans: tuple[str, str], use: str, runs: int, seed: int
) -> Iterator[dict[str, Any]]:
    for metric in keys("burden_metrics"):
        if metric == NONE or missing_evidence(case, use, metric):
            continue
        modes = numbers(case, use, metric)
        draws = drawn(case, modes, ranges(case, use, metric), runs, seed)
        for stock, feed in feeds_of(case).items():
            middle = [float(_burden(case, feed, modes, plan)) for plan in plans]
            one, other = (_burden(case, feed, draws, plan) for plan in plans)
            low, high = np.quantile(one - other, [0.05, 0.95])
            yield {
                "stock": stock, "metric": metric, "one": plans[0], "other": plans[1],
                "value_one": middle[0], "value_other": middle[1], "difference": middle[0] - middle[1],
                "low": low, "high": high, "less": float((one < other).mean()),
                "sign": "less" if high < 0 else "more" if low > 0 else "open",
            }  # fmt: skip


def _burden(case: RouteCase, feed: Feed, n: Numbers, plan: str) -> Array:
    """Burden booked for what was collected, per tonne discarded: over the leading axes of the numbers."""
    discarded = n.mass[..., feed.rows]
    booked = plan_worth(routing(case, plan), n).burden[..., feed.place]
    return np.asarray((discarded * feed.collected * booked).sum(axis=-1) / discarded.sum(axis=-1))

"""On what a comparison of two plans hangs: the swing of every number, and where the order turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from meguri.circulate.figures import Feed, feeds_of, plan_worth
from meguri.circulate.numbers import Numbers, with_values
from meguri.circulate.route_case import RouteCase, routing
from meguri.circulate.value import Array

FUNCTION, NET = "function", "net"  # function delivered; the same net of burdens
_STEPS = 60


@dataclass(frozen=True)
class Comparison:
    """Two plans of a case for one stock, compared by function delivered or net of burdens.

    ``shares`` are the routings (state, route) of the direct plan and of the other.
    """

    case: RouteCase
    feed: Feed
    direct: str
    other: str
    by: str
    shares: tuple[Array, Array]

    @classmethod
    def of(cls, case: RouteCase, stock: str, direct: str, other: str, by: str = NET) -> Comparison:
        """Compare two plans by name."""
        feed = feeds_of(case)[stock]
        return cls(case, feed, direct, other, by, (routing(case, direct), routing(case, other)))

    def apart(self, numbers: Numbers) -> Array:
        """How much more one tonne brings under the direct plan than under the other; axes (..., state).

        Net values are not floored here: below zero a plan that makes more burden is still the worse.
        """
        first, second = (plan_worth(share, numbers) for share in self.shares)
        difference: Array = first.function - second.function
        return difference if self.by == FUNCTION else difference - (first.burden - second.burden)

    def gap(self, numbers: Numbers) -> Array:
        """The same per tonne of the stock discarded; over the leading axes of the numbers."""
        mass = numbers.mass[..., self.feed.rows]
        more = (mass * self.feed.collected * self.apart(numbers)[..., self.feed.place]).sum(axis=-1)
        difference: Array = more / mass.sum(axis=-1)
        return difference


def touched(comparison: Comparison, numbers: Numbers, table: pd.DataFrame) -> pd.DataFrame:
    """Numbers on the way of what the two plans treat differently, at the modes; rows of ``listed``."""
    case, feed = comparison.case, comparison.feed
    differs = np.abs(comparison.apart(numbers)) > 1e-12
    routes: set[str] = set()
    states: set[str] = set()
    for share in comparison.shares:
        steps = share @ numbers.system.yields
        at = np.zeros(len(case.states))
        at[feed.place[feed.collected]] = 1.0
        at *= differs
        for _ in case.states:
            at = np.minimum(at + at @ steps, 1.0)
        routes |= {route for route, used in zip(case.routes, at @ share, strict=True) if used > 0}
        states |= {state for state, there in zip(case.states, at, strict=True) if there > 0}

    def is_used(row: pd.Series[Any]) -> bool:
        cells = case.tables[row["table"]].loc[row["row"]]
        if row["table"] == "feeds":
            return False
        if row["table"] == "burdens" and comparison.by == FUNCTION:
            return False
        return cells["state"] in states if row["table"] == "efficacy" else cells["route"] in routes

    return table[[is_used(row) for _, row in table.iterrows()]].reset_index(drop=True)


def tornado(comparison: Comparison, numbers: Numbers, table: pd.DataFrame) -> pd.DataFrame:
    """The gap between the plans with each lever at its low and its high end, others at their modes.

    Returns
    -------
    DataFrame
        ``lever, low, mode, high`` (sums over members that this stock uses), ``gap_low, gap_high,
        swing, turns`` (whether the order of the plans turns within the range), largest swing first.
    """
    used = touched(comparison, numbers, table)
    rows = []
    for lever, part in used[used["low"] < used["high"]].groupby("lever", sort=False):
        ends = part[["low", "high"]].to_numpy(dtype=float).T
        low, high = comparison.gap(with_values(comparison.case, numbers, part, ends))
        rows.append(
            {
                "lever": lever,
                **{name: float(part[name].sum()) for name in ("low", "mode", "high")},
                "gap_low": float(low),
                "gap_high": float(high),
                "swing": abs(float(high - low)),
                "turns": bool(low * high < 0),
            }
        )
    columns = ["lever", "low", "mode", "high", "gap_low", "gap_high", "swing", "turns"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["swing", "lever"], ascending=[False, True], ignore_index=True
    )


def break_even(
    comparison: Comparison, modes: Numbers, runs: Numbers | None, table: pd.DataFrame
) -> pd.DataFrame:
    """Value of each lever at which the two plans are equally good, the rest left as it is.

    Parameters
    ----------
    modes, runs : Numbers
        The case at its modes, and drawn (for the range of the break-even).
    table : DataFrame
        As :func:`meguri.circulate.numbers.listed`.

    Returns
    -------
    DataFrame
        ``lever, table, low, now, high, break_even, p10, p90, share_found, better_above``: sums over
        the members that this stock uses; empty ``break_even`` where the order never turns between 0
        and 1; quantiles over the runs in which it turns, ``share_found`` of them; ``better_above``
        whether the direct plan is better above the break-even.
    """
    used = touched(comparison, modes, table)
    rows = []
    for lever, part in used.groupby("lever", sort=False):
        low, now, high = (float(part[name].sum()) for name in ("low", "mode", "high"))
        at = _root(comparison, modes, part)
        found = np.array([]) if runs is None else _root(comparison, runs, part)
        known = found[~np.isnan(found)]
        ends = np.quantile(known, [0.1, 0.9]) if known.size else [np.nan, np.nan]
        first, last = _at(comparison, modes, part, 0.0), _at(comparison, modes, part, 1.0)
        rows.append(
            {
                "lever": lever,
                "table": part["table"].iloc[0],
                **{"low": low, "now": now, "high": high, "break_even": float(at[0])},
                "p10": float(ends[0]),
                "p90": float(ends[1]),
                "share_found": known.size / found.size if found.size else np.nan,
                "better_above": bool(last[0] > first[0]),
            }
        )
    return pd.DataFrame(rows)


def _at(comparison: Comparison, numbers: Numbers, part: pd.DataFrame, share: float | Array) -> Array:
    """Gap with the members of a lever summing to a value in [0, 1], in their present proportion."""
    modes = part["mode"].to_numpy(dtype=float)
    weights = modes / modes.sum() if modes.sum() > 0 else np.full(len(modes), 1 / len(modes))
    runs = numbers.mass.shape[0] if numbers.mass.ndim > 1 else 1
    values = np.broadcast_to(np.asarray(share, dtype=float), (runs,))[:, None] * weights
    return comparison.gap(with_values(comparison.case, numbers, part, values))


def _root(comparison: Comparison, numbers: Numbers, part: pd.DataFrame) -> Array:
    """Where the gap is zero as the lever goes from 0 to 1, nan where it keeps its sign; axes (run,).

    Without a cycle the gap is a straight line in any one number and in any set of burdens, so the
    first secant hits; with cycles it is bent, and the Illinois rule closes in.
    """
    runs = numbers.mass.shape[0] if numbers.mass.ndim > 1 else 1
    left, right = np.zeros(runs), np.ones(runs)
    f_left, f_right = _at(comparison, numbers, part, left), _at(comparison, numbers, part, right)
    turns = f_left * f_right < 0
    point = np.full(runs, np.nan)
    for _ in range(_STEPS if turns.any() else 0):
        span = np.where(turns, f_right - f_left, 1.0)
        point = np.where(turns, right - f_right * (right - left) / span, np.nan)
        gap = _at(comparison, numbers, part, np.where(turns, point, 0.0))
        if (np.abs(gap[turns]) < 1e-12).all():
            break
        same = gap * f_right > 0
        f_left = np.where(same, f_left / 2, f_right)
        left = np.where(same, left, right)
        right, f_right = np.where(turns, point, right), gap
    return point

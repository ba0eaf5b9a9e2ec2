"""On what a comparison of two plans hangs: the swing of every number, and where the order turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from meguri.circulate.figures import Feed, feeds_of, figures, plan_worth
from meguri.circulate.numbers import Numbers, with_values
from meguri.circulate.route_case import RouteCase, routing
from meguri.circulate.value import Array

FUNCTION, NET = "function", "net"  # function delivered; the same net of burdens
COMPARED = ("routes", "efficacy", "burdens")  # tables whose numbers a comparison can hang on
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

    def rates(self, numbers: Numbers) -> list[Array]:
        """Rate of the direct and of the other plan per tonne discarded: RFR, or function delivered."""
        name = "rfr" if self.by == NET else "function_rate"
        return [figures(self.feed, numbers, plan_worth(share, numbers))[name] for share in self.shares]

    def products(self, numbers: Numbers) -> list[int]:
        """Product that each plan mostly makes of what the plans treat differently, at the modes."""
        start = self.feed.place[self.feed.collected][0]
        made = []
        for share in self.shares:
            steps = share @ numbers.system.yields
            at = np.linalg.solve(np.eye(len(steps)) - steps.T, np.eye(len(steps))[start])
            made.append(int((at * (1 - share.sum(axis=-1)) * numbers.system.usable).argmax()))
        return made


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

    def is_used(name: str, row: int) -> bool:
        if name not in COMPARED or (name == "burdens" and comparison.by == FUNCTION):
            return False
        if name == "efficacy":
            return case.tables[name].at[row, "state"] in states
        return case.tables[name].at[row, "route"] in routes

    used = [is_used(name, row) for name, row in zip(table["table"], table["row"], strict=True)]
    return table[used].reset_index(drop=True)


def tornado(comparison: Comparison, numbers: Numbers, table: pd.DataFrame) -> pd.DataFrame:
    """The gap between the plans with each lever at its low and its high end, others at their modes.

    Returns
    -------
    DataFrame
        ``lever, low, mode, high`` (sums over members that this stock uses), rates of both plans and
        their gap at either end, ``swing``, ``turns`` (whether the order of the plans turns within the
        range); largest swing first.
    """
    used = touched(comparison, numbers, table)
    rows = []
    for lever, part in used[used["low"] < used["high"]].groupby("lever", sort=False):
        ends = part[["low", "high"]].to_numpy(dtype=float).T
        moved = with_values(comparison.case, numbers, part, ends)
        low, high = comparison.gap(moved)
        direct, other = comparison.rates(moved)
        rows.append(
            {
                "lever": lever,
                "parameters": "|".join(part["parameter"]),
                **{name: float(part[name].sum()) for name in ("low", "mode", "high")},
                **{"direct_low": float(direct[0]), "direct_high": float(direct[1])},
                **{"other_low": float(other[0]), "other_high": float(other[1])},
                **{"gap_low": float(low), "gap_high": float(high)},
                "swing": abs(float(high - low)),
                "turns": bool(low * high < 0),
            }
        )
    if not rows:
        return pd.DataFrame()
    return pd.DataFrame(rows).sort_values(["swing", "lever"], ascending=[False, True], ignore_index=True)


def break_even(comparison: Comparison, modes: Numbers, runs: Numbers, table: pd.DataFrame) -> pd.DataFrame:
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
        ``lever, table, low, now, high, break_even, p10, p50, p90, ratio, share_found, better_above``:
        sums over the members that this stock uses; empty ``break_even`` where the order never turns between 0
        and 1; quantiles over the runs in which it turns, ``share_found`` of them; ``better_above``
        whether the direct plan is better above the break-even.
    """
    used = touched(comparison, modes, table)
    rows = []
    for lever, part in used.groupby("lever", sort=False):
        low, now, high = (float(part[name].sum()) for name in ("low", "mode", "high"))
        at = float(_root(comparison, modes, part)[0])
        found = _root(comparison, runs, part)
        known = found[~np.isnan(found)]
        ends = np.quantile(known, [0.1, 0.5, 0.9]) if known.size else [np.nan] * 3
        first, last = _at(comparison, modes, part, 0.0), _at(comparison, modes, part, 1.0)
        rows.append(
            {
                "lever": lever,
                "parameters": "|".join(part["parameter"]),
                "table": part["table"].iloc[0],
                **{"low": low, "now": now, "high": high, "break_even": at},
                **dict(zip(("p10", "p50", "p90"), map(float, ends), strict=True)),
                "ratio": _ratio(comparison, modes, part, at),
                "share_found": known.size / found.size,
                "better_above": bool(last[0] > first[0]),
            }
        )
    return pd.DataFrame(rows)


def _ratio(comparison: Comparison, modes: Numbers, part: pd.DataFrame, at: float) -> float:
    """Efficacy of the direct plan's product over the other's at the break-even of one of the two."""
    if part["table"].iloc[0] != "efficacy" or len(part) > 1:
        return float("nan")
    direct, other = comparison.products(modes)
    state = comparison.case.tables["efficacy"]["state"].loc[part["row"].iloc[0]]
    k = comparison.case.states.index(state)
    if direct == other or k not in (direct, other):
        return float("nan")
    ends = modes.system.efficacy.copy()
    ends[k] = at
    return float(ends[direct] / ends[other]) if ends[other] > 0 else float("nan")


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

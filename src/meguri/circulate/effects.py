"""What else follows from a routing: its steps, dependence, bundles, years and requalification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from meguri.circulate.figures import Feed, feeds_of, plan_worth
from meguri.circulate.ledger import best_values
from meguri.circulate.numbers import Numbers
from meguri.circulate.route_case import RouteCase, routing
from meguri.circulate.value import Array, endless

REQUALIFY = ("requalification", "qualification-effort")


def best_form(feed: Feed, modes: Numbers) -> int:
    """State of the best-handled form of a stock, at the modes."""
    return int(feed.place[best_values(modes).value[feed.place].argmax()])


def passes(share: Array, numbers: Numbers, start: int) -> Array:
    """Tonnes that pass each state for each tonne that starts in one of them; axes (..., state)."""
    steps = share @ numbers.system.yields
    size = steps.shape[-1]
    first = np.broadcast_to(np.eye(size)[start], (*steps.shape[:-2], size))
    solved = np.linalg.solve(np.swapaxes(np.eye(size) - steps, -1, -2), first[..., None])
    return solved[..., 0].astype(np.float64, copy=False)


def steps_of(case: RouteCase, plan: str, numbers: Numbers, start: int) -> Iterator[dict[str, Any]]:
    """States on the way from one of them: what arrives, its function as it stands, what is next.

    The function index is 0 from the moment the product is opened until it is a product again: a
    separated oxide is all of the mass and none of the function (``amount`` over the leading axes).
    """
    share = routing(case, plan)
    amount = passes(share, numbers, start)
    routes = case.tables["routes"].drop_duplicates("route").set_index("route")
    for k in np.argsort(-amount.reshape(-1, len(case.states))[0], kind="stable"):
        if not np.any(amount[..., k] > 0):
            continue
        nexts = [route for q, route in enumerate(case.routes) if share[k, q] > 0] or [""]
        for route in nexts:
            stage = str(routes.at[route, "stage"]) if route else ""
            yield {
                "state": case.states[k],
                "amount": amount[..., k],
                "function_index": numbers.system.worth[..., k],
                "route": route,
                "stage": stage,
                **_dependence(case, stage, numbers),
            }


def _dependence(case: RouteCase, stage: str, numbers: Numbers) -> dict[str, Any]:
    """Country on which a stage depends most at the modes, and the share done there; (...,)."""
    rows = case.tables["stage_dependence"]
    rows = rows[(rows["stage"] == stage) & (stage != "")]
    if rows.empty:
        return {"country": "", "dependence": np.full(numbers.abroad.shape[:-1], np.nan)}
    top = int(rows["share"].idxmax())
    return {"country": rows.at[top, "country"], "dependence": numbers.abroad[..., top]}


def dependence(case: RouteCase, stock: str, plan: str, numbers: Numbers) -> Array:
    """Share of the function delivered that passed a stage done in the country it depends on; (...,).

    Every route of such a stage is closed for the share done there; what is no longer delivered is
    the dependence. NaN where the plan delivers nothing.
    """
    rows = case.tables["routes"].drop_duplicates("route").set_index("route")["stage"]
    done = [_dependence(case, str(rows[route]), numbers)["dependence"] for route in case.routes]
    left = 1.0 - np.nan_to_num(np.stack(done, axis=-1))
    share, feed = routing(case, plan), feeds_of(case)[stock]
    kept = replace(numbers, system=replace(numbers.system, yields=numbers.system.yields * left[..., None]))
    taken = numbers.mass[..., feed.rows] * feed.collected
    whole, rest = (
        (taken * plan_worth(share, case_numbers).function[..., feed.place]).sum(axis=-1)
        for case_numbers in (numbers, kept)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        lost: Array = np.where(whole > 0, 1.0 - rest / whole, np.nan)
    return lost


def retention(case: RouteCase, stock: str, plan: str, numbers: Numbers, k: int) -> dict[str, Array]:
    """Function kept on the way of one form of a stock, and the element needed to make up the rest.

    ``retention`` function after over before; ``top_up`` t of the element in best-practice position for
    each tonne discarded in that form, (1 - retention) x what it performed before, 0 at least.
    """
    feed = feeds_of(case)[stock]
    served = next(
        (int(before) for place, before in zip(feed.place, feed.before, strict=True) if place == k), -1
    )
    after = plan_worth(routing(case, plan), numbers).function[..., k]
    before = numbers.system.efficacy[..., served] if served >= 0 else np.full_like(after, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"retention": after / before, "top_up": np.maximum(before - after, 0.0)}


def function_years(case: RouteCase, stock: str, plan: str, numbers: Numbers, use: str) -> Array:
    """Years of best-practice function that one kg still gives after it is discarded; axes (...,) [a].

    A product delivered serves its lifetime. If a stock of the case has served as that product, it is
    discarded as that stock is, and so on for ever; otherwise only its next life counts. Franklin-Johnson
    et al. (2016) count years of a material in use; here each year weighs as much as its efficacy.
    """
    system, share = numbers.system, routing(case, plan)
    size = len(case.states)
    steps = np.broadcast_to(share @ system.yields, (*system.yields.shape[:-2], size, size)).copy()
    used = (1.0 - share.sum(axis=-1)) * system.usable
    feeds = feeds_of(case)
    for other in feeds.values():
        served = set(other.before)
        if len(served) == 1 and other.before[0] >= 0:
            mass = numbers.mass[..., other.rows]
            part = mass * other.collected / mass.sum(axis=-1, keepdims=True)
            for column, k in enumerate(other.place):
                steps[..., other.before[0], k] += used[other.before[0]] * part[..., column]
    if endless(steps).any():
        return np.full(steps.shape[:-2], np.inf)
    lifetime = numbers.lifetimes[..., list(case.tables["route_uses"]["use"]).index(use)]
    serves = used * system.worth * lifetime[..., None]
    years = np.linalg.solve(np.eye(size) - steps, np.broadcast_to(serves, steps.shape[:-1])[..., None])[
        ..., 0
    ]
    feed = feeds[stock]
    mass = numbers.mass[..., feed.rows]
    total: Array = (mass * feed.collected * years[..., feed.place]).sum(axis=-1) / mass.sum(axis=-1)
    return total


def bundles(case: RouteCase, stock: str, plan: str, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """Material that meets the use, and every element that travels in it; amounts over the leading axes.

    The element of the case says how much material its delivered mass can be held in; the others are in
    that material by their shares, wherever they come from.
    """
    table, element = case.tables["bundles"], case.about.get("element", "")
    share, feed = routing(case, plan), feeds_of(case)[stock]
    leaves = (1.0 - share.sum(axis=-1)) * numbers.system.usable
    taken = numbers.mass[..., feed.rows] * feed.collected
    parts = [taken[..., n, None] * passes(share, numbers, int(k)) for n, k in enumerate(feed.place)]
    delivered: Array = np.sum(parts, axis=0)
    for state, rows in table.groupby("state", sort=False):
        held = rows.index[rows["element"] == element]
        k = case.states.index(str(state))
        if not len(held) or not leaves[k] or not np.any(delivered[..., k] > 0):
            continue
        material = delivered[..., k] * leaves[k] / numbers.content[..., held[0]]
        for name, row in zip(rows["element"], rows.index, strict=True):
            amount = material * numbers.content[..., row]
            yield {"state": state, "element": name, "material": material, "amount": amount}


def requalification(case: RouteCase, plan: str) -> pd.DataFrame:
    """Time and effort to qualify what a plan's routes deliver; plain numbers for the shock engine.

    Returns
    -------
    DataFrame
        Rows of ``route_inputs`` whose input is a requalification, for routes the plan takes.
    """
    share = routing(case, plan)
    taken = {route for q, route in enumerate(case.routes) if share[:, q].any()}
    rows = case.tables["route_inputs"]
    return rows[rows["route"].isin(taken) & rows["input"].isin(REQUALIFY)].reset_index(drop=True)

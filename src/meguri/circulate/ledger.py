"""Where the function of what was discarded went: one ledger of 100 %, each loss with its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from meguri.circulate.figures import Feed, feeds_of, plan_worth
from meguri.circulate.numbers import Numbers
from meguri.circulate.route_case import RouteCase, routing
from meguri.circulate.value import Array, Policy, best_policy

REALISED, ROUTE, HANDLING, UNCOLLECTED, IRREDUCIBLE = (
    "realised",
    "route_choice",
    "handling",
    "uncollected",
    "irreducible",
)
POSITION, YIELD, BURDEN, LEFT = "position", "yield_loss", "burden", "left"


class Entry(NamedTuple):
    """One line: a term of the ledger, or with ``part_of`` a part already inside that term.

    ``amount`` (...) t of function-equivalents; ``about`` a state or route; ``owner`` a key of
    ``loss_owners``.
    """

    term: str
    part_of: str
    about: str
    owner: str
    amount: Array


def best_values(numbers: Numbers) -> Policy:
    """Value of every state and the best route out of it, at the numbers given."""
    system = numbers.system
    return best_policy(system.start, system.yields, system.burden, system.worth)


def ledger(case: RouteCase, stock: str, plan: str, numbers: Numbers) -> list[Entry]:
    """Ledger of one stock under one plan; entries without ``part_of`` add up to the mass discarded.

    Notes
    -----
    With V* the value of the best-handled form of the stock: realised = sum m max(0, R); route choice =
    sum m (V - R), of which position is the part that vanishes when every efficacy is set to 1;
    handling = sum m (V* - V); uncollected = m V*; irreducible = m (1 - V*), cut into what the best
    route still loses, bears and leaves undone.
    """
    feed = feeds_of(case)[stock]
    best = best_values(numbers)
    share = routing(case, plan)
    worth = np.maximum(plan_worth(share, numbers).net, 0.0)
    value, top = best.value[..., feed.place], _best_form(best, feed)
    mass = numbers.mass[..., feed.rows]
    taken = mass * feed.collected
    kept = worth[..., feed.place]
    table = case.tables["feeds"].iloc[feed.rows]
    choosers = [_chooser(case, plan, state) for state in table["state"]]
    entries = [Entry(REALISED, "", "", "", (taken * kept).sum(axis=-1))]
    route_choice = taken * (value - kept)
    entries += _by_owner(ROUTE, "", choosers, route_choice)
    lost_position = _vanishing(share, numbers, feed, route_choice)
    entries += _by_owner(POSITION, ROUTE, choosers, lost_position)
    entries += _by_owner(HANDLING, "", list(table["loss_owner"]), taken * (top[..., None] - value))
    entries += _by_owner(UNCOLLECTED, "", list(table["loss_owner"]), mass * ~feed.collected * top[..., None])
    total = mass.sum(axis=-1)
    entries.append(Entry(IRREDUCIBLE, "", "", "process", total * (1 - top)))
    entries += _what_the_best_loses(case, numbers, best, feed, total)
    return entries


def reach(feed: Feed, numbers: Numbers) -> Array:
    """Function still in reach of what was taken in: sum of m V(k); additive over stocks; (...,) [t]."""
    taken = numbers.mass[..., feed.rows] * feed.collected
    total: Array = (taken * best_values(numbers).value[..., feed.place]).sum(axis=-1)
    return total


def _best_form(best: Policy, feed: Feed) -> Array:
    """V*: the highest value among the forms the stock is listed in, taken in or not; axes (...,)."""
    top: Array = best.value[..., feed.place].max(axis=-1)
    return top


def _chooser(case: RouteCase, plan: str, state: str) -> str:
    rows = case.tables["plans"]
    rows = rows[(rows["plan"] == plan) & (rows["state"] == state)]
    return next((str(owner) for owner in rows["loss_owner"] if owner), "unknown")


def _by_owner(term: str, part_of: str, owners: list[str], amounts: Array) -> Iterator[Entry]:
    """Amounts (..., feed) summed for each owner."""
    for owner in dict.fromkeys(owners):
        mine = np.array([other == owner for other in owners])
        amount = (amounts * mine).sum(axis=-1)
        if np.any(amount != 0):
            yield Entry(term, part_of, "", owner or "unknown", amount)


def _vanishing(share: Array, numbers: Numbers, feed: Feed, lost: Array) -> Array:
    """Part of the loss by route choice that is gone when every efficacy is 1; axes (..., feed)."""
    alike = replace(numbers, system=replace(numbers.system, efficacy=np.ones_like(numbers.system.efficacy)))
    value = best_values(alike).value[..., feed.place]
    kept = np.maximum(plan_worth(share, alike).net, 0.0)[..., feed.place]
    rest = numbers.mass[..., feed.rows] * feed.collected * (value - kept)
    return np.clip(lost - rest, 0.0, None)


def _what_the_best_loses(
    case: RouteCase, numbers: Numbers, best: Policy, feed: Feed, total: Array
) -> Iterator[Entry]:
    """Irreducible part by part: lost in each route, its burden, and position still missing at the end."""
    system = numbers.system
    goes = best.route >= 0
    taken = np.where(goes, best.route, 0)
    steps = np.where(goes[..., None], np.take_along_axis(system.yields, taken[..., None], axis=-2), 0.0)
    first = np.take_along_axis(
        np.broadcast_to(feed.place, (*best.value.shape[:-1], len(feed.place))),
        best.value[..., feed.place].argmax(axis=-1)[..., None],
        axis=-1,
    )
    start = (np.arange(len(case.states)) == first).astype(float)
    flow = np.linalg.solve(np.swapaxes(np.eye(len(case.states)) - steps, -1, -2), start[..., None])[..., 0]
    owners = case.tables["routes"].drop_duplicates("route").set_index("route")["loss_owner"]
    for q, route in enumerate(case.routes):
        through = np.where(goes & (best.route == q), flow, 0.0).sum(axis=-1)
        if np.any(through > 0):
            lost = through * (1 - system.yields[..., q, :].sum(axis=-1))
            owner = str(owners[route]) or "unknown"
            yield Entry(YIELD, IRREDUCIBLE, route, owner, total * lost)
            yield Entry(BURDEN, IRREDUCIBLE, route, owner, total * through * system.burden[..., q])
    ends = np.where(goes, 0.0, flow)
    missing = (ends * np.where(system.usable, 1 - system.worth, 0.0)).sum(axis=-1)
    left = (ends * ~system.usable).sum(axis=-1)
    yield Entry(POSITION, IRREDUCIBLE, "", "process", total * missing)
    yield Entry(LEFT, IRREDUCIBLE, "", "process", total * left)

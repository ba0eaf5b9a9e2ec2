"""What a plan brings from each stock: mass, function delivered and retained function, never merged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from meguri.circulate.numbers import Numbers
from meguri.circulate.route_case import RouteCase, routing
from meguri.circulate.value import Array, PlanValue, plan_value

UNCOLLECTED = "uncollected"
FIGURES = (
    "mass_rate",
    "function_before",
    "function_after",
    "function_ratio",
    "function_rate",
    "function_retained",
    "rfr",
)


@dataclass(frozen=True)
class Feed:
    """Rows of the table of feeds that make one stock; all arrays over these rows.

    ``rows`` places in the table, ``place`` state, ``before`` state in which it served (-1 unknown),
    ``collected`` whether anybody took it in.
    """

    stock: str
    origin: str
    rows: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]
    before: npt.NDArray[np.intp]
    collected: npt.NDArray[np.bool_]


@lru_cache(maxsize=16)
def feeds_of(case: RouteCase) -> dict[str, Feed]:
    """Stocks of a case by key, in their order.

    Examples
    --------
    >>> from meguri.circulate.route_case import load_case
    >>> feeds_of(load_case("dy-routes"))["ev"].collected
    array([ True,  True, False])
    """
    table, states = case.tables["feeds"], case.states
    found = {}
    for stock in dict.fromkeys(table["stock"]):
        rows = np.flatnonzero((table["stock"] == stock).to_numpy())
        part = table.iloc[rows]
        found[stock] = Feed(
            stock=stock,
            origin=str(part["origin"].iloc[0]),
            rows=rows,
            place=np.array([states.index(name) for name in part["state"]], dtype=np.intp),
            before=np.array(
                [states.index(name) if name else -1 for name in part["served_as"]], dtype=np.intp
            ),
            collected=(part["handling"] != UNCOLLECTED).to_numpy(),
        )
    return found


def plan_worth(share: Array, numbers: Numbers) -> PlanValue:
    """Mass, function and burden per tonne in each state under a routing (state, route)."""
    system = numbers.system
    return plan_value(share, system.yields, system.burden, system.worth, system.usable.astype(float))


def figures(feed: Feed, numbers: Numbers, got: PlanValue) -> dict[str, Array]:
    """The figures of one stock under one plan; each over the leading axes of the numbers.

    Returns
    -------
    dict
        ``mass`` t discarded; ``mass_rate`` tonnes in products per tonne discarded (EoL-RR for old
        scrap); ``function_before``, ``function_after`` t of function-equivalents, no burdens;
        ``function_ratio`` after over before, above 1 for an upgrade; ``function_rate`` after per
        tonne discarded; ``function_retained`` t net of burdens, floored at 0 for each state;
        ``rfr`` the same per tonne discarded.

    Notes
    -----
    0 <= rfr <= function_rate <= mass_rate <= 1 (METHODS 3.6). What is not collected counts in every
    denominator.
    """
    discarded = numbers.mass[..., feed.rows]
    taken = discarded * feed.collected
    total = discarded.sum(axis=-1)
    known = feed.before >= 0
    served = np.where(known, numbers.system.efficacy[..., feed.before], np.nan)
    before = (discarded * served).sum(axis=-1)
    after = (taken * got.function[..., feed.place]).sum(axis=-1)
    kept = (taken * np.maximum(got.net[..., feed.place], 0.0)).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "mass": total,
            "mass_rate": (taken * got.mass[..., feed.place]).sum(axis=-1) / total,
            "function_before": before,
            "function_after": after,
            "function_ratio": after / before,
            "function_rate": after / total,
            "function_retained": kept,
            "rfr": kept / total,
        }


def burden_makers(case: RouteCase, plan: str, numbers: Numbers) -> list[str]:
    """States that stand in a feed and make more burden than function under a plan, at the modes."""
    net = plan_worth(routing(case, plan), numbers).net
    return [state for place, state in enumerate(case.states) if place in numbers.place and net[place] < 0]


def functional_content(primary: Array, old: Array, new: Array) -> dict[str, Array]:
    """Share of the function supplied to a use that comes back: in all, and from old scrap alone.

    Parameters
    ----------
    primary, old, new : array (...,) [t of function-equivalents]
        Function supplied by primary material, from end-of-life products and from process scrap.

    Returns
    -------
    dict
        ``frc`` functional recycled content, ``frir`` functional recycling input rate (old scrap only);
        nan where nothing is supplied.

    Examples
    --------
    >>> shares = functional_content(np.array(60.0), np.array(20.0), np.array(20.0))
    >>> {name: float(share) for name, share in shares.items()}
    {'frc': 0.4, 'frir': 0.2}
    """
    supplied = primary + old + new
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"frc": (old + new) / supplied, "frir": old / supplied}


def returned_content(case: RouteCase, use: str, plan: str, numbers: Numbers, net: bool) -> dict[str, Array]:
    """FRC and FRIR of a use under a plan: what every stock delivers beside the primary supply.

    Old and new scrap are kept apart; ``net`` counts function net of burdens instead of delivered.
    """
    got = plan_worth(routing(case, plan), numbers)
    name = "function_retained" if net else "function_after"
    back = {"old": np.zeros(numbers.mass.shape[:-1]), "new": np.zeros(numbers.mass.shape[:-1])}
    for feed in feeds_of(case).values():
        back[feed.origin] = back[feed.origin] + figures(feed, numbers, got)[name]
    table = case.tables["supply"]
    place = [case.states.index(state) for state in table["state"]]
    served = numbers.primary * (table["use"] == use).to_numpy() * numbers.system.efficacy[..., place]
    return functional_content(served.sum(axis=-1), back["old"], back["new"])

"""Prices of one run, month by month beside its story, compiled; their plain twin: tests/reference.

The price answers what the market *believes* it will be supplied, not the tonnes of the month alone:
goods that store are bought ahead, so that a quota used up in May and refilled in July is one lasting
cut and not a shock of one month (competitive storage: Williams and Wright 1991; Deaton and Laroque
1996, J. Polit. Econ. 104:896). Beliefs adapt and fade. Buyers who believe in scarcity wish to hold
more stock, which is demand while they fill it and supply when they let it go. Use answers the price
with a delay of its own, and lowers what is asked of the chain from the next month on.

numba's cache of ``_kernel`` does not see this file: see ``_ordering``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from meguri.shock._ordering import OPTIONS, compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Response(NamedTuple):
    """How one element's market answers, in one run; the numbers of ``facts/price_response.csv``."""

    supply_elasticity: float  # [1] of supply within months, magnitude
    demand_elasticity: float  # [1] of use within months, magnitude
    stocking: float  # [months] of use wished in stock on top, per unit of believed scarcity
    memory: float  # [1] share of a belief that is still held a month later
    served: float  # [1] share of use that stock, thrift and recycling serve whatever happens
    backstop: float  # [1] price ratio at which use ends
    closing: float  # [1] price ratio at which makers idle rather than sell
    thrift: float  # [1] elasticity of use per product, once designs have had their time
    thrift_delay: float  # [months] in which about two thirds of a saving are reached
    contract_lag: float  # [months] by which contracts follow spot quotes


class Trade(NamedTuple):
    """What is traded and asked in one run. Sides are outside (0) and inside (1) of a market's border.

    Markets are sorted by element; without any, each array has no row.
    """

    arriving: Floats  # (market, link) [t/t] of what arrives outside
    crossing: Floats  # (market, link) [t/t] of what leaves the border
    usual: Floats  # (market, month) [t] arrivals outside at plan
    able: Floats  # (market, month) [t] what makers inside can make
    at_home: Floats  # (market, month) [t] what exports leave behind at plan; 0 where that is no market
    asks: Floats  # (market, side, node) [1] weight of a node's final sales in what is asked on each side
    wanted: Floats  # (month, dgroup) [1] dated demand, in the columns of the filters
    response: Floats  # (market, number) numbers of its element, in the order of `Response`
    wedge: Floats  # (market, month) [1] duties on top
    floor: Floats  # (market, month) [1] minimum price at which goods may leave
    element: Ints  # (market,) its element, counted from 0
    home: Ints  # (market, node) side on which a node buys
    spent: Floats  # (element, node) [USD/kg] of the element in what a node makes, at usual prices
    heeded: float  # [1] 1 where what buyers save is asked of the chain no more, else 0


class Prices(NamedTuple):
    """What the markets of one run answered."""

    mind: Floats  # (market, side, 3) belief [1], hoard [months of use], known price [ln] at the end
    price: Floats  # (market, side, month) [1] before duties, minimum and border
    use: Floats  # (market, side, month) [1] of the element per product


@compiled
def blank_prices(t):  # type: ignore[no-untyped-def]
    """Prices before the first month."""
    markets, months = t.usual.shape
    return Prices(np.zeros((markets, 2, 3)), np.ones((markets, 2, months)), np.ones((markets, 2, months)))


@compiled
def use_now(known, r):  # type: ignore[no-untyped-def]
    """Use of the element per product once buyers know a price so far (its logarithm, smoothed) [1]."""
    return max(np.exp(-r.thrift * known), r.served)


@compiled
def next_price(mind, share, asked, most, r):  # type: ignore[no-untyped-def]
    """Price of one month [1].

    What a market has in ``mind`` is changed in place: the scarcity it believes in [1], what it hoards
    [months of use], the logarithm of the price it knows by now.
    """
    met = min(share / max(asked, 1e-9), most)
    believed = r.memory * mind[0] + (1.0 - r.memory) * (1.0 - met)
    wish = r.stocking * max(believed, 0.0)
    bought = wish - mind[1]
    ratio = (1.0 - believed + max(-bought, 0.0)) / (1.0 + max(bought, 0.0))
    power = -1.0 / (r.supply_elasticity + r.demand_elasticity)
    price = min(max(max(ratio, r.served) ** power, r.closing), r.backstop)
    mind[0], mind[1] = believed, wish
    mind[2] += (max(np.log(price), 0.0) - mind[2]) / max(r.thrift_delay, 1.0)
    return price


@njit(**OPTIONS)
def walk(share, given, most, r):  # type: ignore[no-untyped-def]
    """Price, hoard and use of each month; what is asked is given, or follows use where nothing is."""
    price, hoard, use = np.empty(share.size), np.empty(share.size), np.empty(share.size)
    mind = np.zeros(3)
    for month in range(share.size):
        use[month] = use_now(mind[2], r)
        asked = given[month] if given.size else use[month]
        price[month] = next_price(mind, share[month], asked, most, r)
        hoard[month] = mind[1]
    return price, hoard, use


@compiled
def _supplied(month, market, side, t, arrived, shipped):  # type: ignore[no-untyped-def]
    """Supply of a month as a share of what was asked before the control [1].

    Outside counts what arrived, inside what exports left of what could be made; where there is no
    market, the share is 1.
    """
    usual = t.usual[market, month] if side == 0 else t.at_home[market, month]
    if usual <= 0.0:
        return 1.0
    moved, weight = (arrived, t.arriving) if side == 0 else (shipped, t.crossing)
    amount = 0.0
    for link in range(moved.shape[1]):
        amount += moved[month, link] * weight[market, link]
    return amount / usual if side == 0 else max(t.able[market, month] - amount, 0.0) / usual


@compiled
def _asked(month, market, side, t, wanted_of, thrift):  # type: ignore[no-untyped-def]
    """What final buyers ask for in a month, relative to the plan [1].

    Without final buyers whose goods hold the element, nothing is known to have changed: 1.
    """
    asked, known = 0.0, 0.0
    for node in range(thrift.size):
        weight = t.asks[market, side, node]
        asked += weight * t.wanted[month, wanted_of[node]] * thrift[node]
        known += weight
    return asked if known > 0.0 else 1.0


@compiled
def save(spot, use, t, thrift):  # type: ignore[no-untyped-def]
    """What is asked of each node's final sales once buyers save (into ``thrift``); axes (market, side).

    Of the forms of an element the dearest counts. The elements of one product are weighed by what they
    cost in it: the dearer one becomes, the more it decides.
    """
    for node in range(thrift.size):
        together, rest, first = 0.0, 0.0, 0
        for element in range(t.spent.shape[0]):
            dearest, least, market = 0.0, 1.0, first
            while market < t.element.size and t.element[market] == element:
                side = t.home[market, node]
                dearest, least = max(dearest, spot[market, side]), min(least, use[market, side])
                market += 1
            first = market
            together += dearest * t.spent[element, node]
            rest += dearest * t.spent[element, node] * least
        thrift[node] = rest / together if together > 0.0 else 1.0


@compiled
def answer_month(month, wanted_of, t, p, arrived, shipped, thrift):  # type: ignore[no-untyped-def]
    """Prices of a month that has been told, use in the next, and what is asked for then (into ``thrift``).

    Where prices are not heeded, what is asked of a market follows the saving of its own buyers. Prices
    of the month weigh the elements of one product: those of the next are not yet known.
    """
    markets, months = t.usual.shape
    later, spot = min(month + 1, months - 1), np.empty((markets, 2))
    for market in range(markets):
        r = _response(t.response[market])
        for side in range(2):
            share, most = _supplied(month, market, side, t, arrived, shipped), np.inf
            asked = p.use[market, side, month]
            if t.heeded > 0.0:
                asked = _asked(month, market, side, t, wanted_of, thrift)
            if side == 0:
                most = 1.0  # more than usual outside fills stocks and is no glut
            price = next_price(p.mind[market, side], share, asked, most, r)
            p.price[market, side, month] = spot[market, side] = price
            if month < later:
                p.use[market, side, later] = use_now(p.mind[market, side, 2], r)
        least = max(max(spot[market, 0], spot[market, 1]), t.floor[market, month])
        spot[market, 0] = least * t.wedge[market, month]
    if t.heeded > 0.0 and markets > 0:
        save(spot, p.use[:, :, later], t, thrift)


@compiled
def _response(row):  # type: ignore[no-untyped-def]
    """One row of numbers by name."""
    return Response(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9])

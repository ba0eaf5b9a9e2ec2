"""From scarcity to a price path: what is believed, what is stocked, what is saved; month by month.

The price answers what the market *believes* it will be supplied, not the tonnes of the month alone:
goods that store are bought ahead, so that a quota used up in May and refilled in July is one lasting
cut and not a shock of one month (competitive storage: Williams and Wright 1991; Deaton and Laroque
1996, J. Polit. Econ. 104:896). Beliefs adapt and fade. Buyers who believe in scarcity wish to hold
more stock, which is demand while they fill it and supply when they let it go. Use answers the price
with a delay of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]


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


@njit(cache=True, nogil=True)
def use_now(known, r):  # type: ignore[no-untyped-def]
    """Use of the element per product once buyers know a price so far (its logarithm, smoothed) [1]."""
    return max(np.exp(-r.thrift * known), r.served)


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _walk(share, given, most, r):  # type: ignore[no-untyped-def]
    """Price, hoard and use of each month; what is asked is given, or follows use where nothing is."""
    price, hoard, use = np.empty(share.size), np.empty(share.size), np.empty(share.size)
    mind = np.zeros(3)
    for month in range(share.size):
        use[month] = use_now(mind[2], r)
        asked = given[month] if given.size else use[month]
        price[month] = next_price(mind, share[month], asked, most, r)
        hoard[month] = mind[1]
    return price, hoard, use


class Path(NamedTuple):
    """One market month by month."""

    price: Floats  # (month,) [1] relative to the price before the control, closing … backstop
    hoard: Floats  # (month,) [months of use] held on top of the usual stock, >= 0
    use: Floats  # (month,) [1] of the element per product, relative to the usual, served … 1


def market_path(share: Floats, response: Response, asked: Floats | None = None, most: float = np.inf) -> Path:
    """Price, hoard and use of one market.

    Parameters
    ----------
    share : array (month,) [1]
        Supply as a share of what was asked at the former price, >= 0.
    response : Response
        Numbers of the element.
    asked : array (month,) [1], optional
        What is asked, relative to before, where something else than this price decides it too; left
        out, it is what thrift leaves.
    most : float [1]
        More than this share of what is asked fills stocks and is no glut.

    Returns
    -------
    Path

    Notes
    -----
    METHODS 2.1, with q = min(share/asked, most): believed scarcity b = m b + (1 - m)(1 - q); the hoard
    moves to its wish s·max(b, 0) within the month, whose purchases are demand and whose sales supply;
    p/p0 = max(served, (1 - b + let go)/(1 + bought))^(-1/(e_s + e_d)).
    Use answers past prices only (partial adjustment of the logarithm, Nerlove 1958):
    k = k + (max(ln p, 0) - k)/delay, use = max(served, e^(-thrift·k)); a fall of the price below the
    former one calls back nothing that was saved.

    Examples
    --------
    >>> plain = Response(0.2, 0.3, 0.0, 0.0, 0.1, 50.0, 0.1, 0.0, 12.0, 3.0)
    >>> market_path(np.array([1.0, 0.5]), plain).price
    array([1., 4.])

    Half of a belief stays: the same short month moves the price less, and for longer.

    >>> market_path(np.array([1.0, 0.5, 1.0]), plain._replace(memory=0.5)).price.round(3)
    array([1.   , 1.778, 1.306])

    Half the supply for good, and buyers who learn to save:

    >>> market_path(np.full(4, 0.5), plain._replace(thrift=0.25, thrift_delay=2.0)).use.round(3)
    array([1.   , 0.841, 0.805, 0.797])
    """
    given = np.empty(0) if asked is None else np.asarray(asked, dtype=np.float64)
    price, hoard, use = _walk(np.asarray(share, dtype=np.float64), given, most, response)
    return Path(price, hoard, use)


def price_ratio(share: Floats, response: Response) -> Floats:
    """Price relative to the price before the control; axes (month,). See :func:`market_path`."""
    return market_path(share, response).price


def contract_path(spot: Floats, response: Response) -> Floats:
    """Contract price: it follows spot quotes with a lag; axes (month,).

    Examples
    --------
    >>> plain = Response(0.2, 0.3, 0.0, 0.0, 0.1, 50.0, 0.1, 0.2, 2.0, 2.0)
    >>> contract_path(np.array([1.0, 9.0, 9.0]), plain)
    array([1., 5., 7.])
    """
    path, paid = np.empty_like(spot), 1.0
    pace = 1.0 / max(response.contract_lag, 1.0)
    for month, quote in enumerate(spot):
        paid += (quote - paid) * pace
        path[month] = paid
    return path

"""Price path of one market by itself, month by month: what is believed, stocked and saved.

The rule of a month stands in :mod:`meguri.shock._price_kernel`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.shock._price_kernel import Response as Response
from meguri.shock._price_kernel import walk

Floats = npt.NDArray[np.float64]


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
    price, hoard, use = walk(np.asarray(share, dtype=np.float64), given, most, response)
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

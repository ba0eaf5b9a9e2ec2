"""Price response: inside and outside the border, per element and form, month by month; and what it changes.

Outside, the price answers what arrives; inside, what makers can sell there. Buyers outside never pay
less than buyers inside plus the duty: what lies above it is the shadow cost of the licence or quota.
Thrift answers past prices and lowers what is asked of the chain, which changes what arrives, and so
the price: story and prices are walked month by month, side by side (METHODS 2.1).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers, Story, Wiring, tell_priced
from meguri.shock._price_kernel import Prices, Response, Trade
from meguri.shock.price_markets import Goods, duty_wedge, monthly_mean, price_floor, supply_of
from meguri.shock.price_path import contract_path
from meguri.shock.sample import Draw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PLACES = ("outside", "inside", "contract")  # contract: what buyers outside pay under contracts


@cache
def _packaged_response() -> pd.DataFrame:
    with packaged("facts", "price_response.csv").open(encoding="utf-8") as file:
        return Schema.of("price_response").check(
            pd.read_csv(file, dtype=str, keep_default_na=False), "price_response.csv"
        )


def price_response() -> pd.DataFrame:
    """Elasticities, stocking, memory, thrift, floor and backstop per element, with range, source, grade.

    Examples
    --------
    >>> dy = price_response().set_index("element").loc["Dy"]
    >>> bool(dy["demand_elasticity_low"] < dy["demand_elasticity"] < dy["demand_elasticity_high"])
    True
    """
    return _packaged_response().copy()


def price_modes() -> dict[str, dict[str, float]]:
    """Element → number → mode of the price response; a usual price that nobody gives is not a number."""
    table = _packaged_response().set_index("element")[[*Response._fields, "usual_price"]]
    return {str(element): dict(row) for element, row in table.astype(float).iterrows()}


class Priced(NamedTuple):
    """What the prices of one run need besides its story."""

    goods: Goods
    responses: list[Response]  # of each market
    wedge: Floats  # (market, month) [1]: duties on top
    floor: Floats  # (market, month) [1]: minimum price at which goods may leave
    month: Ints  # (day,) counted from 0


def priced_run(
    goods: Goods,
    rows: dict[str, dict[str, float]],
    month: Ints,
    draw: Draw,
    run: int,
    scenario: Scenario,
) -> Priced:
    """Responses and duties of one run.

    Parameters
    ----------
    goods : Goods
        Markets of the scenario.
    rows : dict
        Element → number → mode, from :func:`price_modes`.
    month : array (day,)
        Month of each day, counted from 0.
    draw, run : Draw, int
        Values of the run.
    scenario : Scenario
        First day simulated.
    """
    responses, shape = [], (len(goods.markets), int(month[-1]) + 1)
    wedge, floor = np.ones(shape), np.zeros(shape)
    for place, market in enumerate(goods.markets):
        row, name = rows[market.element], f"price_response[{market.element}]"
        numbers = (draw.number(run, f"{name}.{field}", row[field]) for field in Response._fields)
        responses.append(Response(*numbers))
        rates = [draw.field(run, f"controls.{duty.id}.rate", duty.rate) for duty in market.duties]
        wedge[place] = duty_wedge(market, rates, scenario, month)
        least = [draw.field(run, f"controls.{low.id}.price", low.price) for low in market.minimums]
        floor[place] = price_floor(market, least, row["usual_price"], scenario, month)
    return Priced(goods, responses, wedge, floor, month)


class Answer(NamedTuple):
    """What the market answers to one story."""

    price: Floats  # (market, place, month) [1]
    shadow: Floats  # (market, month) [1] of the price inside plus duty: cost of the licence or quota
    use: Floats  # (market, side, month) [1] of the element per product, outside and inside


def outside_price(outside: Floats, inside: Floats, wedge: Floats, floor: Floats) -> Floats:
    """Price buyers outside pay [1], elementwise.

    Goods that may cross the border cost at least as much outside as inside, and no less than a minimum
    price, duty on top.

    Examples
    --------
    >>> outside_price(np.array([1.0, 4.0]), np.array([2.0, 1.0]), np.array([1.0, 1.5]), np.zeros(2))
    array([2., 6.])
    """
    return np.asarray(np.maximum(np.maximum(outside, inside), floor) * wedge)


def price_paths(outside: Floats, inside: Floats, response: Response, wedge: Floats, floor: Floats) -> Floats:
    """Price ratios outside (duties included), inside and under contract outside; axes (place, month).

    Examples
    --------
    >>> plain = Response(0.2, 0.3, 0.0, 0.0, 0.1, 50.0, 0.1, 0.0, 12.0, 1.0)
    >>> price_paths(np.array([1.0, 4.0]), np.array([2.0, 1.0]), plain, np.array([1.0, 1.5]), np.zeros(2))
    array([[2., 6.],
           [2., 1.],
           [2., 6.]])
    """
    spot = outside_price(outside, inside, wedge, floor)
    return np.vstack([spot, inside, contract_path(spot, response)])


def trade_of(n: Numbers, filters: Filters, priced: Priced, heeded: bool = True) -> Trade:
    """What is traded and asked in one run, as the compiled months take it.

    Parameters
    ----------
    n, filters : Numbers, Filters
        Amounts, controls and dated demand of the run.
    priced : Priced
        Markets of the scenario with their responses and duties.
    heeded : bool
        Whether what buyers save is asked of the chain no more.
    """
    goods = priced.goods
    return Trade(
        arriving=goods.arriving,
        crossing=goods.crossing,
        **supply_of(goods, n, filters, priced.month)._asdict(),
        wanted=monthly_mean(filters.wanted, priced.month),
        response=np.array(priced.responses).reshape(len(goods.markets), len(Response._fields)),
        wedge=priced.wedge,
        floor=priced.floor,
        element=goods.element,
        home=goods.home.astype(np.int64),
        spent=goods.spent,
        heeded=float(heeded),
    )


def answer_of(prices: Prices, priced: Priced) -> Answer:
    """Prices with duties and contracts, shadow costs and thrift of all months."""
    markets, _, months = prices.price.shape
    price = np.empty((markets, len(PLACES), months))
    for place, response in enumerate(priced.responses):
        outside, inside = prices.price[place]
        price[place] = price_paths(outside, inside, response, priced.wedge[place], priced.floor[place])
    shadow = price[:, 0] / (price[:, 1] * priced.wedge) - 1.0
    return Answer(price, shadow, prices.use)


def tell_with_prices(
    w: Wiring, n: Numbers, filters: Filters, priced: Priced, heeded: bool = True
) -> tuple[Story, Answer]:
    """The story of one run in which buyers answer prices, and the prices.

    Parameters
    ----------
    w, n, filters : Wiring, Numbers, Filters
        As :func:`meguri.shock._kernel.tell` takes them.
    priced : Priced
        Markets of the scenario.
    heeded : bool
        Whether buyers who save ask the chain for less; else prices change nothing.
    """
    story, prices = tell_priced(w, n, filters, trade_of(n, filters, priced, heeded))
    return story, answer_of(prices, priced)

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
from meguri.shock._kernel import Filters, Numbers, Story, Wiring, tell
from meguri.shock.price_markets import (
    Market,
    asked_shares,
    duty_wedge,
    monthly_mean,
    price_floor,
    supplied_shares,
    supply_of,
)
from meguri.shock.price_path import Response, contract_path, next_price, use_now
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

    markets: list[Market]
    responses: list[Response]  # of each market
    wedges: list[Floats]  # of each market, (month,) [1]: duties on top
    floors: list[Floats]  # of each market, (month,) [1]: minimum price at which it may leave
    worth: Floats  # (market,) [USD/kg] usual price of its element, to weigh elements in one product
    month: Ints  # (day,) counted from 0


def priced_run(
    priced: list[Market],
    rows: dict[str, dict[str, float]],
    month: Ints,
    draw: Draw,
    run: int,
    scenario: Scenario,
) -> Priced:
    """Responses and duties of one run.

    Parameters
    ----------
    priced : list of Market
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
    responses, wedges, floors = [], [], []
    for market in priced:
        row, name = rows[market.element], f"price_response[{market.element}]"
        numbers = (draw.number(run, f"{name}.{field}", row[field]) for field in Response._fields)
        responses.append(Response(*numbers))
        rates = [draw.field(run, f"controls.{duty.id}.rate", duty.rate) for duty in market.duties]
        wedges.append(duty_wedge(market, rates, scenario, month))
        least = [draw.field(run, f"controls.{low.id}.price", low.price) for low in market.minimums]
        floors.append(price_floor(market, least, row["usual_price"], scenario, month))
    worth = np.array([rows[market.element]["usual_price"] for market in priced])
    return Priced(priced, responses, wedges, floors, np.where(np.isnan(worth), 1.0, worth), month)


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


class Prices:
    """Prices of one run, walked month by month beside its story.

    Parameters
    ----------
    n, filters : Numbers, Filters
        Amounts, controls and dated demand of the run.
    priced : Priced
        Markets of the scenario with their responses and duties.
    heeded : bool
        Whether what buyers save is asked of the chain no more. Where it is not, what is asked of a
        market follows the saving of its own buyers.
    """

    def __init__(self, n: Numbers, filters: Filters, priced: Priced, heeded: bool) -> None:
        count, months = len(priced.markets), int(priced.month[-1]) + 1
        self.priced, self.heeded = priced, heeded
        self.supplies = [supply_of(market, n, filters, priced.month) for market in priced.markets]
        self.wanted = monthly_mean(filters.wanted, priced.month)[:, filters.wanted_of]
        self.mind = np.zeros((count, 2, 3))  # what each market has in mind outside and inside
        self.plain = np.ones((count, 2, months))  # price before duties, minimum and border
        self.use = np.ones((count, 2, months))
        self.thrift = np.ones(n.plan.size)
        self.basket = basket_of(priced) if count else None

    def go_on(self, month: int, story: Story) -> Floats:
        """Answer one month of the story; what buyers of each node ask for in the next; axes (node,) [1]."""
        wanted = self.wanted[month] * self.thrift
        for place, (supply, response) in enumerate(zip(self.supplies, self.priced.responses, strict=True)):
            share = supplied_shares(supply, story, month)
            asked = asked_shares(supply, wanted) if self.heeded else self.use[place, :, month]
            for side, most in enumerate((1.0, np.inf)):  # more than usual outside fills stocks and is no glut
                self.plain[place, side, month] = next_price(
                    self.mind[place, side], share[side], asked[side], most, response
                )
            if month + 1 < self.use.shape[2]:
                self.use[place, :, month + 1] = [use_now(mind[2], response) for mind in self.mind[place]]
        if self.heeded:
            self.thrift = self._thrift(month)
        return self.thrift

    def _thrift(self, month: int) -> Floats:
        """What is asked of each node's final sales next month, as buyers save by then; axes (node,) [1].

        Prices of the month weigh the elements of one product: those of the next are not yet known.
        """
        use = self.use[:, :, min(month + 1, self.use.shape[2] - 1)]
        if self.basket is None or (use >= 1.0).all():
            return np.ones_like(self.thrift)
        return saved(self.basket, self.spot(month), use)

    def spot(self, month: int) -> Floats:
        """Price outside and inside of each market in one month; axes (market, side) [1]."""
        p = self.priced
        wedge, floor = (np.array([path[month] for path in paths]) for paths in (p.wedges, p.floors))
        outside, inside = self.plain[:, 0, month], self.plain[:, 1, month]
        return np.stack([outside_price(outside, inside, wedge, floor), inside], axis=1)

    def answer(self) -> Answer:
        """Prices, shadow costs and thrift of all months."""
        p = self.priced
        price = np.empty((len(p.markets), len(PLACES), self.plain.shape[2]))
        shadow = np.empty((len(p.markets), self.plain.shape[2]))
        for place, response in enumerate(p.responses):
            outside, inside = self.plain[place]
            price[place] = price_paths(outside, inside, response, p.wedges[place], p.floors[place])
            shadow[place] = price[place, 0] / (price[place, 1] * p.wedges[place]) - 1.0
        return Answer(price, shadow, self.use)


class Basket(NamedTuple):
    """What nodes buy of the priced elements, to weigh what is saved of each."""

    home: npt.NDArray[np.bool_]  # (market, node) inside the border
    first: Ints  # (element,) first market of each element; markets are sorted by element
    spent: Floats  # (element, node) [USD/kg] of the element in what a node makes, at usual prices


def basket_of(priced: Priced) -> Basket:
    """What each node buys of each priced element."""
    elements = np.array([market.element for market in priced.markets])
    first = np.flatnonzero(np.append(True, elements[1:] != elements[:-1]))
    spent = [priced.markets[place].node_content * priced.worth[place] for place in first]
    return Basket(np.stack([market.home for market in priced.markets]), first, np.stack(spent))


def saved(basket: Basket, price: Floats, use: Floats) -> Floats:
    """What is asked of each node's final sales once buyers save; axes (node,) [1].

    Of the forms of an element the dearest counts. The elements of one product are weighed by what they
    cost in it: the dearer one becomes, the more it decides.

    Parameters
    ----------
    basket : Basket
        What nodes buy.
    price, use : array (market, side) [1]
        Price, and use of the element per product, outside and inside.
    """
    here = np.where(basket.home, price[:, 1:], price[:, :1])
    kept = np.where(basket.home, use[:, 1:], use[:, :1])
    cost = np.maximum.reduceat(here, basket.first) * basket.spent
    together = cost.sum(axis=0)
    rest = (cost * np.minimum.reduceat(kept, basket.first)).sum(axis=0)
    return np.divide(rest, together, out=np.ones_like(together), where=together > 0.0)


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
    prices = Prices(n, filters, priced, heeded)
    if heeded and priced.markets:
        return tell(w, n, filters, prices.go_on), prices.answer()
    story = tell(w, n, filters)
    for month in range(len(story.arrived)):
        prices.go_on(month, story)
    return story, prices.answer()

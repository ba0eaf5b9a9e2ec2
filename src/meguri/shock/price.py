"""Price response: inside and outside the border, per element and form, month by month; and what it changes.

Outside, the price answers what arrives; inside, what makers can sell there. Buyers outside never pay
less than buyers inside plus the duty: what lies above it is the shadow cost of the licence or quota.
Thrift answers the price with a delay and lowers what is asked of the chain, which changes what
arrives, and so the price: a few fixed rounds settle it (METHODS 2.1).
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
from meguri.shock.price_markets import Market, asked_share, duty_wedge, price_floor, supply_shares
from meguri.shock.price_path import Response, contract_path, market_path
from meguri.shock.sample import Draw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PLACES = ("outside", "inside", "contract")  # contract: what buyers outside pay under contracts
ROUNDS = 2  # times the story is told again; the third time moved no month by more than its band


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


def respond(story: Story, n: Numbers, filters: Filters, priced: Priced, first: bool) -> Answer:
    """Prices, shadow costs and thrift of every market for one told story.

    Parameters
    ----------
    story, n, filters : Story, Numbers, Filters
        What happened, and under which controls and demand.
    priced : Priced
        Markets with their responses and duties.
    first : bool
        Whether nobody has saved yet in this story: what is asked then follows thrift as it comes.

    Returns
    -------
    Answer
        Axes stand beside each field.
    """
    count, months = len(priced.markets), int(priced.month[-1]) + 1
    price = np.ones((count, len(PLACES), months))
    shadow, use = np.zeros((count, months)), np.ones((count, 2, months))
    for place, (market, response) in enumerate(zip(priced.markets, priced.responses, strict=True)):
        share = supply_shares(market, story, n, filters, priced.month)
        asked = None if first else asked_share(market, n, filters, priced.month)
        inside = market_path(share[1], response, None if asked is None else asked[1])
        outside = market_path(share[0], response, None if asked is None else asked[0], most=1.0)
        price[place] = price_paths(
            outside.price, inside.price, response, priced.wedges[place], priced.floors[place]
        )
        shadow[place] = price[place, 0] / (price[place, 1] * priced.wedges[place]) - 1.0
        use[place] = outside.use, inside.use
    return Answer(price, shadow, use)


def price_paths(outside: Floats, inside: Floats, response: Response, wedge: Floats, floor: Floats) -> Floats:
    """Price ratios outside (duties included), inside and under contract outside; axes (place, month).

    Goods that may cross the border cost at least as much outside as inside, and no less than a minimum
    price, duty on top.

    Examples
    --------
    >>> plain = Response(0.2, 0.3, 0.0, 0.0, 0.1, 50.0, 0.1, 0.0, 12.0, 1.0)
    >>> price_paths(np.array([1.0, 4.0]), np.array([2.0, 1.0]), plain, np.array([1.0, 1.5]), np.zeros(2))
    array([[2., 6.],
           [2., 1.],
           [2., 6.]])
    """
    spot = np.maximum(np.maximum(outside, inside), floor) * wedge
    return np.vstack([spot, inside, contract_path(spot, response)])


def wanted_factors(answer: Answer, n: Numbers, priced: Priced) -> Floats:
    """What is asked of each node's final sales once buyers save; axes (month, node) [1].

    Of the forms of an element the dearest counts. The elements of one product are weighed by what they
    cost in it at the prices of the month: the dearer one becomes, the more it decides.
    """
    elements = sorted({market.element for market in priced.markets})
    months, nodes = answer.use.shape[2], n.plan.size
    cost, saved = np.zeros((months, nodes)), np.zeros((months, nodes))
    for element in elements:
        places = [place for place, market in enumerate(priced.markets) if market.element == element]
        price, use = np.zeros((months, nodes)), np.ones((months, nodes))
        for place in places:
            home = priced.markets[place].home[None, :]
            here = np.where(home, answer.price[place, 1][:, None], answer.price[place, 0][:, None])
            less = np.where(home, answer.use[place, 1][:, None], answer.use[place, 0][:, None])
            use, price = np.minimum(use, less), np.maximum(price, here)
        market = priced.markets[places[0]]
        spent = price * market.node_content * priced.worth[places[0]]
        cost, saved = cost + spent, saved + spent * use
    return np.where(cost > 0.0, saved / np.where(cost > 0.0, cost, 1.0), 1.0)


def with_thrift(filters: Filters, factors: Floats, month: Ints) -> Filters:
    """Filters whose wanted factors also hold what buyers save.

    Nodes with the same dated demand and the same savings share a column.

    Parameters
    ----------
    filters : Filters
        With the dated demand of the scenario.
    factors : array (month, node) [1]
        See :func:`wanted_factors`.
    month : array (day,)
        Month of each day.
    """
    keys = np.vstack([filters.wanted_of[None, :].astype(float), factors])
    columns, group = np.unique(keys, axis=1, return_inverse=True)
    wanted = filters.wanted[:, columns[0].astype(np.int64)] * columns[1:][month]
    neutral = np.ones((month.size, 1))
    return filters._replace(
        wanted_of=np.asarray(group, dtype=np.int64).ravel() + 1, wanted=np.hstack([neutral, wanted])
    )


def tell_with_prices(
    w: Wiring, n: Numbers, filters: Filters, priced: Priced, rounds: int = ROUNDS
) -> tuple[Story, Answer]:
    """The story of one run in which buyers answer prices, and the prices.

    Parameters
    ----------
    w, n, filters : Wiring, Numbers, Filters
        As :func:`meguri.shock._kernel.tell` takes them.
    priced : Priced
        Markets of the scenario; without one the story is told once.
    rounds : int
        Times the story is told again with what buyers save; 0 = prices change nothing.

    Notes
    -----
    The number of rounds is fixed: the result depends on nothing but the numbers. A round is left out
    only where nobody saves anything, because it could change nothing.
    """
    story = tell(w, n, filters)
    answer = respond(story, n, filters, priced, first=True)
    for _ in range(rounds):
        if answer.use.size == 0 or answer.use.min() >= 1.0:
            break
        saving = with_thrift(filters, wanted_factors(answer, n, priced), priced.month)
        story = tell(w, n, saving)
        answer = respond(story, n, saving, priced, first=False)
    return story, answer

"""Price response: inside and outside the border, per element and form, month by month.

On each side p / p0 = (supply / demand)^(-1 / (e_s + e_d)) with short-run elasticities per month
(METHODS 2.1). Demand includes precautionary stocking that rises with expected scarcity and decays.
The ratio never falls below the share that stock, thrift and recycling still serve, and a backstop
keeps the price finite.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.scenario.schema import Scenario, Tax
from meguri.shock._kernel import Numbers, Story
from meguri.shock.arrays import Layout
from meguri.shock.controls import Named, days_in_force
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PRICED_FORMS = ("oxide", "metal", "carbide")
_MEMORY = 0.5  # [1/month] share of the expected scarcity that is still believed a month later


@cache
def _packaged_response() -> pd.DataFrame:
    with packaged("facts", "price_response.csv").open(encoding="utf-8") as file:
        return Schema.of("price_response").check(
            pd.read_csv(file, dtype=str, keep_default_na=False), "price_response.csv"
        )


def price_response() -> pd.DataFrame:
    """Elasticities, stocking, floor and backstop per element, with range, source and grade."""
    return _packaged_response().copy()


@dataclass(frozen=True)
class Market:
    """One priced good on both sides of one border; arrays over links and nodes."""

    element: str
    form: str
    by: str
    outside: npt.NDArray[np.bool_]  # (link,) deliveries to customers outside
    exports: npt.NDArray[np.bool_]  # (link,) of these, those that cross the border
    makers: npt.NDArray[np.bool_]  # (node,) makers inside
    content: Floats  # (link,) [t/t]
    maker_content: Floats  # (node,) [t/t]
    duties: tuple[Tax, ...]  # on its exports


def markets(chain: Chain, layout: Layout, named: list[Named]) -> list[Market]:
    """Goods whose price the controls of a scenario move: a named element in a priced and named form.

    Where no control names the form itself, arrivals fall only because buyers stop for want of
    something else; that is less demand and no scarcity.
    """
    form = chain.materials.set_index("material")["form"]
    country = layout.nodes["country"]
    buyer = layout.links["customer"].map(dict(zip(layout.nodes["node"], country, strict=True))).to_numpy()
    seller = country.to_numpy()[layout.wiring.supplier]
    usual = layout.links["qualified"].to_numpy(dtype=bool)
    known = set(price_response()["element"])
    contents = chain.contents
    found: dict[tuple[str, str, str], Market] = {}
    for item in named:
        by = item.control.by
        for element in dict.fromkeys(_elements(item, contents)):
            share = contents[contents["element"] == element].set_index("material")["share"]
            content = layout.links["input"].map(share).fillna(0.0).to_numpy()
            made = layout.nodes["material"].map(share).fillna(0.0).to_numpy()
            for name in PRICED_FORMS:
                of_form = (layout.links["input"].map(form) == name).to_numpy() & (content > 0)
                outside = of_form & (buyer != by)
                exports = outside & (seller == by)
                if element not in known or not (exports & usual & item.links).any():
                    continue
                makers = (layout.nodes["material"].map(form) == name).to_numpy() & (made > 0)
                makers &= (country == by).to_numpy()
                before = found[element, name, by].duties if (element, name, by) in found else ()
                duties = (*before, item.control) if isinstance(item.control, Tax) else before
                found[element, name, by] = Market(
                    element, name, by, outside, exports, makers, content, made, duties
                )
    return [found[key] for key in sorted(found)]


def _elements(item: Named, contents: pd.DataFrame) -> list[str]:
    named = set(item.control.element)
    if "REO" in named:
        return sorted(set(contents["element"]))
    return sorted(named & set(contents["element"]))


def price_ratio(supply: Floats, response: dict[str, float]) -> Floats:
    """Price relative to the price before the control.

    Parameters
    ----------
    supply : array (month,) [1]
        Supply as a share of usual demand.
    response : dict
        supply_elasticity, demand_elasticity [1], stocking [1] (extra demand per unit of expected
        scarcity), served [1] (share stock, thrift and recycling still serve), backstop [1].

    Returns
    -------
    array (month,) [1]

    Examples
    --------
    >>> even = {"supply_elasticity": 0.2, "demand_elasticity": 0.3, "stocking": 0.0,
    ...         "served": 0.1, "backstop": 50.0}
    >>> price_ratio(np.array([1.0, 0.5]), even)
    array([1., 4.])
    """
    expected, ratios = 0.0, np.empty_like(supply)
    for month, share in enumerate(supply):
        expected = _MEMORY * expected + (1 - _MEMORY) * max(0.0, 1.0 - share)
        ratios[month] = max(share / (1.0 + response["stocking"] * expected), response["served"])
    power = -1.0 / (response["supply_elasticity"] + response["demand_elasticity"])
    return np.minimum(ratios**power, response["backstop"])


def supply_shares(market: Market, story: Story, n: Numbers, days_in_month: Floats) -> tuple[Floats, Floats]:
    """Supply as a share of usual demand, outside and inside the border; axes (month,).

    Outside counts what arrives, at most the usual: more is what buyers ordered to fill their stocks,
    not a glut. Inside counts what makers could sell when their exports are cut.
    """
    weight = market.content * market.outside
    usual = float(weight @ n.amount) * days_in_month
    outside = np.minimum(story.arrived @ weight / usual, 1.0)
    crossing = market.content * market.exports
    exported = story.shipped @ crossing
    made = float(market.maker_content[market.makers] @ n.plan[market.makers]) * days_in_month
    at_home = made - float(crossing @ n.amount) * days_in_month
    inside = np.divide(made - exported, at_home, out=np.ones_like(made), where=at_home > 1e-9)
    return outside, inside


def duty_wedge(market: Market, rates: list[float], scenario: Scenario, month: Ints) -> Floats:
    """What buyers outside pay on top of the price, month by month; duties in force together add up.

    Parameters
    ----------
    market : Market
        Its duties, each with dates.
    rates : list of float [1]
        Rate of each duty in this run.
    scenario : Scenario
        First day simulated.
    month : array (day,)
        Month of each day, counted from 0.

    Returns
    -------
    array (month,) [1]
        1 without a duty; a duty in force on part of a month counts for that part.
    """
    wedge = np.ones(month[-1] + 1)
    for duty, rate in zip(market.duties, rates, strict=True):
        first, last = days_in_force(duty, scenario)
        in_force = np.bincount(month[first:last], minlength=wedge.size)
        wedge += rate * in_force / np.bincount(month)
    return wedge


def price_paths(outside: Floats, inside: Floats, response: dict[str, float], wedge: Floats) -> Floats:
    """Price ratios outside, duties included, and inside; axes (place, month)."""
    return np.vstack([price_ratio(outside, response) * wedge, price_ratio(inside, response)])

"""Which goods have a price of their own, and how much of what is asked for they are supplied with."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.scenario.controls import Control, MinimumPrice, Tax
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers
from meguri.shock.arrays import Layout
from meguri.shock.controls import Named
from meguri.shock.spells import in_force
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
PRICED_FORMS = ("ore", "oxide", "metal", "carbide")  # sold by content; alloys, parts and goods are not
_KNOWN = 0.05  # [1] share of a usual month below which a rest is rounding and no market


@dataclass(frozen=True)
class Market:
    """One priced good on both sides of one border; arrays over links and nodes."""

    element: str
    form: str
    by: str
    outside: Flags  # (link,) deliveries to customers outside
    exports: Flags  # (link,) of these, those that cross the border
    makers: Flags  # (node,) makers inside
    home: Flags  # (node,) nodes inside, whatever they make
    content: Floats  # (link,) [t/t]
    node_content: Floats  # (node,) [t/t] of what a node makes, in any form
    duties: tuple[Tax, ...]  # on its exports
    minimums: tuple[MinimumPrice, ...] = ()  # below which it may not leave


def markets(chain: Chain, layout: Layout, named: list[Named], known: Container[str]) -> list[Market]:
    """Goods whose price the controls of a scenario move: a named element in a priced and named form.

    Where no control names the form itself, arrivals fall only because buyers stop for want of
    something else; that is less demand and no scarcity.

    Parameters
    ----------
    chain, layout : Chain, Layout
        Contents and forms; links and nodes in kernel order.
    named : list of Named
        Links each control names.
    known : container of str
        Elements with a price response.
    """
    form_of = chain.materials.set_index("material")["form"]
    form_of_link = layout.links["input"].map(form_of).to_numpy()
    form_of_node = layout.nodes["material"].map(form_of).to_numpy()
    country = layout.nodes["country"].to_numpy()
    buyer = layout.links["customer"].map(dict(zip(layout.nodes["node"], country, strict=True))).to_numpy()
    seller = country[layout.wiring.supplier]
    usual = layout.links["qualified"].to_numpy(dtype=bool)
    found: dict[tuple[str, str, str], Market] = {}
    for item in named:
        by = item.control.by
        for element in _elements(item, chain.contents, known):
            share = chain.contents[chain.contents["element"] == element].set_index("material")["share"]
            content = layout.links["input"].map(share).fillna(0.0).to_numpy(dtype=float)
            made = layout.nodes["material"].map(share).fillna(0.0).to_numpy(dtype=float)
            for form in PRICED_FORMS:
                outside = (form_of_link == form) & (content > 0) & (buyer != by)
                exports = outside & (seller == by)
                if not (exports & usual & item.links).any():
                    continue
                makers = (form_of_node == form) & (made > 0) & (country == by)
                before = found.get((element, form, by))
                market = before or Market(
                    element, form, by, outside, exports, makers, country == by, content, made, ()
                )
                found[element, form, by] = _with_control(market, item.control)
    return [found[key] for key in sorted(found)]


def _with_control(market: Market, control: Control) -> Market:
    """The market with what a control adds to its price."""
    if isinstance(control, Tax):
        return replace(market, duties=(*market.duties, control))
    if isinstance(control, MinimumPrice):
        return replace(market, minimums=(*market.minimums, control))
    return market


def _elements(item: Named, contents: pd.DataFrame, known: Container[str]) -> list[str]:
    """Priced elements of the goods a control names: its own, or all where it names a group or goods."""
    named, held = set(item.control.element or ()), set(contents["element"])
    chosen = held if "REO" in named or not named else named & held
    return sorted(element for element in chosen if element in known)


class Goods(NamedTuple):
    """All priced goods side by side, sorted by element: what is the same in every run."""

    markets: list[Market]
    arriving: Floats  # (market, link) [t/t] of what arrives outside
    crossing: Floats  # (market, link) [t/t] of what leaves the border
    content: Floats  # (market, node) [t/t] of what a node makes, in any form
    made: Floats  # (market, node) [t/t] of what makers inside make
    home: Flags  # (market, node) nodes inside, whatever they make
    element: Ints  # (market,) its element, counted from 0
    spent: Floats  # (element, node) [USD/kg] of the element in what a node makes, at usual prices


def side_by_side(found: list[Market], layout: Layout, rows: dict[str, dict[str, float]]) -> Goods:
    """The markets of a scenario as arrays.

    Elements in one product are weighed by their usual prices; where one is unknown it counts as 1.

    Parameters
    ----------
    found : list of Market
        Sorted by element.
    layout : Layout
        For the number of links and nodes.
    rows : dict
        Element → number → mode, with ``usual_price`` [USD/kg].
    """

    def stacked(each: Sequence[Floats | Flags], columns: int) -> Floats:
        return np.array(each, dtype=np.float64).reshape(len(each), columns)

    links, nodes = len(layout.links), len(layout.nodes)
    names = [market.element for market in found]
    first = [place for place, name in enumerate(names) if name not in names[:place]]
    usual = [rows[names[place]]["usual_price"] for place in first]
    worth = [1.0 if np.isnan(price) else price for price in usual]
    return Goods(
        found,
        stacked([market.content * market.outside for market in found], links),
        stacked([market.content * market.exports for market in found], links),
        stacked([market.node_content for market in found], nodes),
        stacked([market.node_content * market.makers for market in found], nodes),
        stacked([market.home for market in found], nodes).astype(bool),
        np.array([[names[place] for place in first].index(name) for name in names], dtype=np.int64),
        stacked([found[at].node_content * price for at, price in zip(first, worth, strict=True)], nodes),
    )


class Supply(NamedTuple):
    """What each market is usually supplied with, and who asks for it."""

    usual: Floats  # (market, month) [t] arrivals outside at plan
    able: Floats  # (market, month) [t] what makers inside can make
    at_home: Floats  # (market, month) [t] what exports leave behind at plan; 0 where that is no market
    asks: Floats  # (market, side, node) [1] weight of a node's final sales in what is asked outside, inside


def supply_of(goods: Goods, n: Numbers, filters: Filters, month: Ints) -> Supply:
    """Usual supply of every market, month by month, and whose final sales ask for it.

    Inside counts what makers could sell there: what their plants can make less what they export.
    Where hardly anything is left at home at plan, there is no market. Disruptions lower what plants
    can make.
    """
    days = np.bincount(month).astype(float)
    working = monthly_mean(filters.working, month)[:, filters.working_of]
    able = np.minimum(working * n.capacity / np.maximum(n.plan, 1e-12), 1.0)
    plan = (goods.made * n.plan).sum(axis=1)[:, None] * days
    at_home = plan - (goods.crossing * n.amount).sum(axis=1)[:, None] * days
    sides = np.stack([~goods.home, goods.home], axis=1)
    asks = np.where(sides, (goods.content * n.final)[:, None, :], 0.0)
    together = asks.sum(axis=2, keepdims=True)
    return Supply(
        usual=(goods.arriving * n.amount).sum(axis=1)[:, None] * days,
        able=np.einsum("an,mn->am", goods.made * n.plan, able) * days,
        at_home=np.where(at_home > _KNOWN * plan, at_home, 0.0),
        asks=np.divide(asks, together, out=np.zeros_like(asks), where=together > 0.0),
    )


def monthly_mean(daily: Floats, month: Ints) -> Floats:
    """Mean of each month; axes (month, column).

    Examples
    --------
    >>> monthly_mean(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1]))
    array([[2.],
           [5.]])
    """
    first = np.flatnonzero(np.diff(month, prepend=-1))
    sums = np.add.reduceat(daily, first, axis=0)
    return np.asarray(sums / np.bincount(month)[:, None])


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
        wedge += rate * _share_in_force(duty, scenario, month)
    return wedge


def price_floor(market: Market, prices: list[float], usual: float, scenario: Scenario, month: Ints) -> Floats:
    """Lowest price ratio at which goods may leave, month by month; the highest minimum in force counts.

    Parameters
    ----------
    market : Market
        Its minimum prices, each with dates.
    prices : list of float [USD/kg]
        Minimum of each in this run.
    usual : float [USD/kg]
        Usual price of the element; not a number where none is known.
    scenario : Scenario
        First day simulated.
    month : array (day,)
        Month of each day, counted from 0.

    Returns
    -------
    array (month,) [1]
        0 without a minimum.

    Raises
    ------
    ModelError
        When a minimum is set and no usual price is known to compare it with.
    """
    floor = np.zeros(month[-1] + 1)
    for control, price in zip(market.minimums, prices, strict=True):
        if np.isnan(usual):
            raise ModelError(Problem("usual_price", f"controls.{control.id}.price", market.element))
        floor = np.maximum(floor, price / usual * (_share_in_force(control, scenario, month) > 0.0))
    return floor


def _share_in_force(control: Control, scenario: Scenario, month: Ints) -> Floats:
    """Share of each month on which a control is in force, suspensions cut out; axes (month,)."""
    return np.asarray(np.bincount(month, in_force(control, scenario)) / np.bincount(month))

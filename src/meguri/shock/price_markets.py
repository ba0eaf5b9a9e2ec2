"""Which goods have a price of their own, and how much of what is asked for they are supplied with."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.scenario.controls import Control, MinimumPrice, Tax
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers, Story
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


def asked_share(market: Market, n: Numbers, filters: Filters, month: Ints) -> Floats:
    """What final buyers ask for, relative to the plan, outside and inside; axes (place, month).

    Dated demand and thrift change it; both stand in ``filters.wanted``. Without final buyers whose
    goods hold the element, nothing is known to have changed.
    """
    days = np.bincount(month)
    monthly = np.stack([np.bincount(month, column) / days for column in filters.wanted.T])
    path = np.ones((2, days.size))
    for place, side in enumerate((~market.home, market.home)):
        weight = np.where(side, market.node_content * n.final, 0.0)
        if weight.sum() > 0.0:
            path[place] = weight @ monthly[filters.wanted_of] / weight.sum()
    return path


def supply_shares(market: Market, story: Story, n: Numbers, filters: Filters, month: Ints) -> Floats:
    """Supply as a share of what was asked before the control, outside and inside; axes (place, month).

    Outside counts what arrives. Inside counts what makers could sell there: what their plants can make
    less what they exported. Where hardly anything is left at home at plan, there is no market: 1.
    """
    days = np.bincount(month).astype(float)
    weight = market.content * market.outside
    usual = float(weight @ n.amount) * days
    crossing = market.content * market.exports
    plan = float(market.node_content[market.makers] @ n.plan[market.makers]) * days
    able = plan * _working(market, n, filters, month)
    at_home = plan - float(crossing @ n.amount) * days
    rest = np.maximum(able - story.shipped @ crossing, 0.0)
    share = np.ones((2, days.size))
    np.divide(story.arrived @ weight, usual, out=share[0], where=usual > 0.0)
    np.divide(rest, at_home, out=share[1], where=at_home > _KNOWN * plan)
    return share


def _working(market: Market, n: Numbers, filters: Filters, month: Ints) -> Floats:
    """Share of the makers' plan that their own plants can make; axes (month,). Disruptions lower it."""
    days = np.bincount(month)
    share = np.stack([np.bincount(month, column) / days for column in filters.working.T])
    weight = np.where(market.makers, market.node_content * n.plan, 0.0)
    if weight.sum() <= 0.0:
        return np.ones(days.size)
    able = np.minimum(share[filters.working_of] * n.capacity[:, None] / np.maximum(n.plan, 1e-12)[:, None], 1)
    return np.asarray(weight @ able / weight.sum())


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

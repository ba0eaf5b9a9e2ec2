"""What a rare-earth mine earns: every element of its ore must find a buyer, and each has its own price.

Ore gives its elements in fixed proportions. The basket price is what a kilogram of oxides earns when
all are sold; what co-products without an outlet cost, and what a glut of one of them does, is computed
here. Taxes, royalties and financing are left out: NPVs are before tax, in money of the price year.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.demand import statements
from meguri.observe.harmonise import Interval, intervals, total
from meguri.observe.packaged import facts
from meguri.observe.prices import prices
from meguri.respond.deficit import Amount
from meguri.shock.price import price_response
from meguri.shock.price_path import Response, market_path
from meguri.structure.balance import element_balance, input_per_magnet

ALL = frozenset({"*"})  # every element finds a buyer
_LASTING = 120  # months after which beliefs about a glut no longer change


def oxide_shares(contents: pd.DataFrame) -> pd.Series:
    """Share of each oxide in the oxides of an ore, from the content of elements in them.

    Parameters
    ----------
    contents : DataFrame
        element, share [t of element per t of REO], as chains give it for their ores.

    Examples
    --------
    >>> shares = oxide_shares(pd.DataFrame({"element": ["Dy"], "share": [0.046]}))
    >>> round(float(shares["Dy"]), 4)
    0.0528
    """
    factors = facts("oxide_factors").set_index("element")["factor"]
    element = contents["element"]
    found = contents["share"].to_numpy() * element.map(factors).fillna(1.0).to_numpy()
    return pd.Series(found, index=element.to_numpy(), name="share")


def composition(ore: str) -> pd.Series:
    """Share of each oxide in the ore of a packaged composition [1]; what is not listed is the rest.

    Examples
    --------
    >>> float(composition("mt-weld").sum().round(5))
    0.98965
    """
    rows = facts("ore_compositions")
    return rows[rows["composition"] == ore].set_index("element")["share"]


def oxide_prices(date: str) -> pd.DataFrame:
    """Oxide price of each element at a date, as quoted: element, price [USD/kg], source, grade.

    Where a date has several quotes of an element, averages come before spot and year-end quotes.

    Raises
    ------
    ModelError
        When no oxide was quoted on that date.

    Examples
    --------
    >>> oxide_prices("2024").set_index("element")["price"].loc[["La", "Nd", "Dy"]].tolist()
    [0.97, 56.0, 257.0]
    """
    quotes = prices(form="oxide")
    quotes = quotes[(quotes["date"] == date) & (quotes["unit"] == "USD/kg")].dropna(subset=["price"])
    if quotes.empty:
        raise ModelError(Problem("no_oxide_price", "oxide_prices", date))
    best = quotes.assign(order=quotes["quote"].ne("average")).sort_values("order", kind="stable")
    return best.drop_duplicates("element")[["element", "price", "source", "grade"]].reset_index(drop=True)


def basket(shares: pd.Series, price: pd.DataFrame, sold: Collection[str] = ALL) -> pd.DataFrame:
    """What one kilogram of oxides earns, element by element.

    Parameters
    ----------
    shares : Series
        Share of each oxide in the ore [1], by element.
    price : DataFrame
        As :func:`oxide_prices` gives it.
    sold : collection of str
        Elements that find a buyer; all by default.

    Returns
    -------
    DataFrame
        Columns of ``ore_basket``: price and revenue [USD/kg of all oxides], share of the revenue. A
        last row ``rest`` holds what is not listed or not quoted: it earns nothing here, so that the
        basket is a lower bound.

    Examples
    --------
    >>> table = basket(composition("mt-weld"), oxide_prices("2010-07-26"))
    >>> round(float(table["revenue"].sum() / 0.98965), 2)  # printed 21.43, per kilogram that is priced
    21.43
    """
    quoted = price.set_index("element")
    known = shares[shares.index.isin(quoted.index)]
    table = pd.DataFrame({"element": known.index, "share": known.to_numpy()})
    table["price"] = quoted.loc[known.index, "price"].to_numpy()
    table["sold"] = [sold is ALL or element in sold for element in table["element"]]
    table["revenue"] = table["share"] * table["price"] * table["sold"]
    rest = {"element": "rest", "share": max(1.0 - float(known.sum()), 0.0), "sold": False, "revenue": 0.0}
    table = pd.concat([table, pd.DataFrame([rest])], ignore_index=True)
    together = table["revenue"].sum()
    table["revenue_share"] = table["revenue"] / together if together > 0.0 else 0.0
    used = quoted.loc[known.index]
    table = table.assign(source="|".join(sorted(set(used["source"]))), grade=weakest(used["grade"]))
    return Schema.of("ore_basket").check(table)


def basket_price(shares: pd.Series, price: pd.DataFrame, sold: Collection[str] = ALL) -> float:
    """Basket price [USD/kg of all oxides]; unsold and unpriced oxides earn nothing."""
    return float(basket(shares, price, sold)["revenue"].sum())


def glut_ratio(surplus: Amount, market: Amount, element: str) -> Amount:
    """Price after a lasting surplus, relative to before [1].

    Parameters
    ----------
    surplus : Amount [t/a]
        Supply above what is asked.
    market : Amount [t/a]
        What is asked at the former price.
    element : str
        Element with a row in ``price_response``.

    Notes
    -----
    The law of prices is :func:`meguri.shock.price_path.market_path` with supply (market + surplus)/market
    held until beliefs have settled. Its elasticities are those of months: over years more use and less
    supply soften the fall, so that the range reaches the strong end. The low end takes a large surplus
    on a small market with low elasticities, the high end the reverse.

    Examples
    --------
    >>> ratio = glut_ratio(Amount.of(6000, 6500, 7000), Amount.of(20_000, 22_500, 25_000), "Nd")
    >>> bool(0.3 <= ratio.span.low < ratio.mode < ratio.span.high < 1.0)
    True
    """
    row = price_response().set_index("element").loc[element]
    worst = _settled(row, "_low", 1.0 + surplus.span.high / market.span.low)
    best = _settled(row, "_high", 1.0 + surplus.span.low / market.span.high)
    mode = _settled(row, "", 1.0 + surplus.mode / market.mode)
    return Amount(Interval(worst, best), mode)


def _settled(row: pd.Series, end: str, share: float) -> float:
    """Price ratio that a lasting supply ends in; ``end`` picks the elasticities and the closing price."""
    numbers = {name: float(row[name]) for name in Response._fields}
    varied = ("supply_elasticity", "demand_elasticity", "closing")
    numbers |= {name: float(row[f"{name}{end}"]) for name in varied}
    path = market_path(np.full(_LASTING, share), Response(**numbers), asked=np.ones(_LASTING))
    return float(path.price[-1])


def document_glut() -> tuple[Amount, Amount]:
    """Neodymium left over in 2014 by document 002, and the world's use in magnets of 2012 [t/a].

    The use is magnets made in China and Japan times the Nd and Pr put in per tonne of magnet.

    Examples
    --------
    >>> surplus, market = document_glut()
    >>> surplus.span, [round(x) for x in (market.span.low, market.span.high)]
    (Interval(low=6000.0, high=7000.0), [20378, 24596])
    """
    balance = element_balance("Nd").iloc[0]
    made = total(span for span in intervals(statements("magnet-production")) if span is not None)
    put_in = input_per_magnet()["nd_pr_input"]
    use = made * Interval(put_in.min(), put_in.max())
    surplus = Interval(balance["balance_low"], balance["balance_high"])
    return Amount(surplus, surplus.mid), Amount(use, use.mid)


def project(name: str) -> pd.Series:
    """Costs, size and times of a packaged project; each number with its range, source and grade.

    Raises
    ------
    ModelError
        When no such project is packaged.

    Examples
    --------
    >>> float(project("mt-weld")["lead"])
    10.0
    """
    table = facts("mine_projects").set_index("project")
    if name not in table.index:
        near = ", ".join(table.index)
        raise ModelError(Problem("mine_unknown", "mine_projects", name, details={"near": near}))
    return table.loc[name].rename(name)


def factor_sums(lead: float, life: float, rate: float) -> tuple[float, float]:
    """Present value at the decision of 1 spread over the lead time, and of 1 a year while the mine lives.

    Whole years, each counted at its end; investment is spread evenly.

    Examples
    --------
    >>> [round(x, 3) for x in factor_sums(lead=2, life=2, rate=0.1)]
    [0.868, 1.434]
    """
    built, open_ = max(math.ceil(lead), 1), math.ceil(life)
    paid = sum((1.0 + rate) ** -year for year in range(1, built + 1)) / built
    earned = sum((1.0 + rate) ** -year for year in range(built + 1, built + open_ + 1))
    return paid, earned


def net_present_value(mine: pd.Series, revenue: float) -> Amount:
    """NPV before tax at the decision [USD], with investment and running cost as ranges.

    Parameters
    ----------
    mine : Series
        A row of ``mine_projects``.
    revenue : float [USD/kg]
        What a kilogram of oxides earns.

    Examples
    --------
    >>> revenue = basket_price(composition("mt-weld"), oxide_prices("2024"))
    >>> worth = net_present_value(project("mt-weld"), revenue)
    >>> bool(worth.span.low < worth.mode < worth.span.high)
    True
    """
    paid, earned = factor_sums(mine["lead"], mine["life"], mine["rate"])

    def at(capex: float, opex: float) -> float:
        return (revenue - opex) * mine["output"] * 1000.0 * earned - capex * paid

    worst, best = (at(mine[f"capex_{end}"], mine[f"opex_{end}"]) for end in ("high", "low"))
    return Amount(Interval(worst, best), at(mine["capex"], mine["opex"]))


def cost_per_kg(mine: pd.Series) -> float:
    """Running cost and investment of one kilogram of oxides, levelled over the life [USD/kg]."""
    paid, earned = factor_sums(mine["lead"], mine["life"], mine["rate"])
    return float(mine["opex"] + mine["capex"] * paid / (mine["output"] * 1000.0 * earned))


def outlets(name: str, date: str, ratios: Mapping[str, float] | None = None) -> pd.DataFrame:
    """NPV with and without an outlet for the co-products, and how much of the basket must be sold.

    Parameters
    ----------
    name : str
        Packaged project; its ``main`` elements are those it is built for.
    date : str
        Date of the oxide prices.
    ratios : mapping, optional
        Element → price relative to that date, as in a glut.

    Returns
    -------
    DataFrame
        Columns of ``mine_outlets``: cases ``main-only``, ``all-sold`` and, when a share of the
        co-products decides, ``break-even`` with that share; NPV ranges cover investment and running
        cost, not prices.

    Examples
    --------
    >>> table = outlets("mt-weld", "2010-07-26").set_index("case")
    >>> bool(table.at["main-only", "npv"] < 0.0 < table.at["all-sold", "npv"])
    True
    """
    mine, price = project(name), oxide_prices(date)
    price = price.assign(price=price["price"] * price["element"].map(dict(ratios or {})).fillna(1.0))
    shares = composition(mine["composition"])
    whole = basket_price(shares, price)
    main = basket_price(shares, price, frozenset(mine["main"].split("|")))
    needed = cost_per_kg(mine)
    rows = [_outlet("main-only", 0.0, main, mine), _outlet("all-sold", 1.0, whole, mine)]
    if main < needed <= whole:
        rows.append(_outlet("break-even", (needed - main) / (whole - main), needed, mine))
    used = basket(shares, price)
    sources = "|".join(sorted({*used["source"].iloc[0].split("|"), *mine["source"].split("|")}))
    table = pd.DataFrame(rows).assign(
        project=name, date=date, cost=needed, basket_needed=needed / whole, source=sources,
        grade=weakest([used["grade"].iloc[0], mine["grade"]]),
    )  # fmt: skip
    return Schema.of("mine_outlets").check(table)


def _outlet(case: str, sold: float, revenue: float, mine: pd.Series) -> dict[str, object]:
    worth = net_present_value(mine, revenue)
    return {"case": case, "co_products_sold": sold, "revenue": revenue, "npv": worth.mode,
            "npv_low": worth.span.low, "npv_high": worth.span.high}  # fmt: skip


def deliveries(name: str, decided: float, until: float, element: str) -> pd.DataFrame:
    """What a mine decided on in a year brings of an element, year by year.

    Parameters
    ----------
    name : str
        Packaged project.
    decided, until : float [year]
        Year of the decision and last year of the plan.
    element : str
        Element counted, in tonnes of the element.

    Returns
    -------
    DataFrame
        year, low, mode, high [t/a]: low takes the longest lead time, high the shortest.

    Examples
    --------
    >>> float(deliveries("clay-abroad", 2012, 2014, "Dy")["high"].max())
    0.0
    """
    mine = project(name)
    factor = facts("oxide_factors").set_index("element").at[element, "factor"]
    amount = mine["output"] * float(composition(mine["composition"]).get(element, 0.0)) / factor
    years = np.arange(math.floor(decided), math.floor(until) + 1)
    table = {"year": years}
    for column, lead in (("low", "lead_high"), ("mode", "lead"), ("high", "lead_low")):
        table[column] = np.where(years >= decided + mine[lead], amount, 0.0)
    return pd.DataFrame(table)

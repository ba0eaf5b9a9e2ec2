"""What a measure costs: exchange rates with their date, values of products, and piecewise cost curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.structure.chain import Chain

KG_PER_T = 1000.0
ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class Rates:
    """Yen for one unit of each currency, and the date and source of the dollar's rate.

    Examples
    --------
    >>> Rates({"JPY": 1.0, "USD": 150.0}, "2024", "", given=True).yen(2.0, "USD")
    300.0
    """

    per_unit: Mapping[str, float]  # currency → JPY
    date: str  # of the dollar's rate: a day, a month or a year (its average)
    source: str
    given: bool  # by the user, in place of the packaged one

    def yen(self, amount: float, currency: str) -> float:
        """An amount of money [JPY]."""
        return amount * self.per_unit[currency]


def rates_on(table: pd.DataFrame, on: str = "", usd_jpy: float | None = None) -> Rates:
    """Exchange rates of a date: the latest known on or before it, the latest of all without a date.

    Parameters
    ----------
    table : DataFrame
        As declared in ``columns.csv`` under ``exchange_rates``.
    on : str
        Day, month or year of the decision; a year before the first rate takes the first one.
    usd_jpy : float, optional
        Yen per dollar that the user sets; other currencies keep their rate to the dollar.

    Raises
    ------
    DataError
        When the rate given is no positive number, or the table holds no rate of the dollar.

    Examples
    --------
    >>> rows = pd.DataFrame({"date": ["2023", "2012", "2023"], "pair": ["USD/JPY", "USD/JPY", "AUD/USD"],
    ...                      "rate": [140.5, 79.8, 0.66], "source": "", "grade": "reported", "note": ""})
    >>> rates_on(rows).date, rates_on(rows, "2012-08-01").per_unit["USD"]
    ('2023', 79.8)
    >>> rates_on(rows, usd_jpy=150).per_unit["AUD"]
    99.0
    """
    if usd_jpy is not None and not (math.isfinite(usd_jpy) and usd_jpy > 0.0):
        raise DataError(Problem("rate_not_positive", "--rate", str(usd_jpy), "--rate"))
    chosen = {pair: _latest(rows, on) for pair, rows in table.groupby("pair")}
    if "USD/JPY" not in chosen:
        raise DataError(Problem("rate_missing", "exchange_rates", "", "exchange_rates"))
    dollar = chosen["USD/JPY"]
    yen = float(dollar["rate"]) if usd_jpy is None else float(usd_jpy)
    per_unit = {"JPY": 1.0, "USD": yen}
    for pair, row in chosen.items():
        first, second = str(pair).split("/")
        if second == "USD":
            per_unit[first] = float(row["rate"]) * yen
    date, source = ("", "") if usd_jpy is not None else (str(dollar["date"]), str(dollar["source"]))
    return Rates(per_unit, date, source, usd_jpy is not None)


def _latest(rows: pd.DataFrame, on: str) -> dict[str, Any]:
    ordered = rows.sort_values("date")
    before = ordered[ordered["date"] <= on] if on else ordered
    return dict((before if len(before) else ordered.head(1)).iloc[-1])


def product_values(chain: Chain, prices: pd.DataFrame, rates: Rates, on: str = "") -> pd.DataFrame:
    """Yen per tonne of every product of a chain whose price, or whose elements' prices, are known.

    A price of the product itself comes first. Without one the elements it holds are counted at their own
    price, which leaves out the making: grade *derived*, and low for what is worked far.

    Parameters
    ----------
    chain : Chain
        Its products and what they hold.
    prices : DataFrame
        As declared in ``columns.csv`` under ``response_prices``.
    rates : Rates
        Yen for each currency.
    on : str
        Date of the decision: of several years the latest up to then counts, the first where all are
        later, and the latest of all without a date.

    Returns
    -------
    DataFrame
        product, value, value_low, value_high [JPY/t], source, grade, note; products without any price
        have no row.
    """
    known = _priced(prices, chain, rates, int(on[:4]) if on else None)
    contents = chain.contents
    rows = []
    for product in chain.materials["material"]:
        inside = contents[(contents["material"] == product) & contents["element"].isin(known)]
        if product in known:
            rows.append({"product": product, **known[product]})
        elif len(inside):
            rows.append({"product": product, **_of_elements(inside, known)})
    schema = Schema.of("product_values")
    return (
        schema.check(pd.DataFrame(rows, columns=schema.names), "product_values") if rows else schema.empty()
    )


def _priced(prices: pd.DataFrame, chain: Chain, rates: Rates, year: int | None) -> dict[str, dict[str, Any]]:
    """Product or element → its value; a row that names this chain wins over one for any chain."""
    fitting = [
        row for row in prices.to_dict("records") if not row["chain"] or fits_chain(str(row["chain"]), chain)
    ]

    def worse_first(row: Mapping[str, Any]) -> tuple[bool, bool, int]:
        then = int(row["price_year"])
        early = year is None or then <= year
        return bool(row["chain"]), early, then if early else -then

    found: dict[str, dict[str, Any]] = {}
    for row in sorted(fitting, key=worse_first):
        value = rates.yen(float(row["price"]), str(row["currency"])) * KG_PER_T
        ends = {f"value{end}": value * _ratio(row, "price", end) for end in ENDS}
        found[str(row["product"])] = ends | {key: row[key] for key in ("source", "grade", "note")}
    return found


def fits_chain(names: str, chain: Chain) -> bool:
    """Whether a chain is one of several names, written with or without its year.

    Examples
    --------
    >>> fits_chain("indium-ito-japan|ndfeb-japan", Chain.example("ndfeb-japan@2024"))
    True
    """
    return bool({chain.name, f"{chain.name}@{chain.as_of}"} & set(names.split("|")))


def _ratio(row: Mapping[str, Any], name: str, end: str) -> float:
    """End of a range over its value; 1 where no range is given."""
    value, bound = float(row[name]), float(row[f"{name}{end}"])
    return 1.0 if math.isnan(bound) or value == 0.0 else bound / value


def _of_elements(inside: pd.DataFrame, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    parts = inside.to_dict("records")
    ends = {
        f"value{end}": sum(
            float(part["share"]) * _ratio(part, "share", end) * known[part["element"]][f"value{end}"]
            for part in parts
        )
        for end in ENDS
    }
    used = [known[part["element"]] for part in parts]
    keys = sorted({key for row in used for key in str(row["source"]).split("|") if key})
    note = "Value of the contained elements alone; the work of making the product is not in it."
    grade = weakest([*(str(row["grade"]) for row in used), "derived"])
    return {**ends, "source": "|".join(keys), "grade": grade, "note": note}


@dataclass(frozen=True)
class Spent:
    """Money that a measure takes [JPY].

    Attributes
    ----------
    once : float
        At the start: entry, fixed and unit costs.
    running : float
        In every year in which it works.
    """

    once: float
    running: float

    def over(self, years: float) -> float:
        """Whole cost when it works for some years, not discounted [JPY]."""
        return self.once + self.running * years


def cost_of(costs: pd.DataFrame, size: float, end: str = "", *, entered: bool = False) -> Spent:
    """Cost of one measure at a size, along its piecewise cost curve.

    Parameters
    ----------
    costs : DataFrame
        Rows of one measure as in table ``measure_costs``, amounts in JPY.
    size : float
        Size in the unit of the measure, >= 0; nothing is paid at 0.
    end : {"", "_low", "_high"}
        Which end of the ranges is taken.
    entered : bool
        Whether the entry cost was paid already, with an earlier start of the same measure.

    Returns
    -------
    Spent
        Paid once and in each year.

    Raises
    ------
    ValueError
        When the size is negative.

    Notes
    -----
    A unit cost holds from its own ``step_from`` to the next one: with steps 0 and 10 at 5 and 8 yen, a
    size of 12 costs 10 · 5 + 2 · 8.

    Examples
    --------
    >>> curve = pd.DataFrame({"cost": ["fixed", "unit", "unit", "running_unit"], "step_from": [0, 0, 10, 0],
    ...                       "amount": [100.0, 5.0, 8.0, 1.0]})
    >>> cost_of(curve, 12.0)
    Spent(once=166.0, running=12.0)
    >>> cost_of(curve, 0.0)
    Spent(once=0.0, running=0.0)
    """
    if size < 0.0:
        raise ValueError(size)
    if size == 0.0:
        return Spent(0.0, 0.0)
    amount = f"amount{end}"
    lump = costs.groupby("cost")[amount].sum()
    once = float(lump.get("fixed", 0.0)) + (0.0 if entered else float(lump.get("entry", 0.0)))
    return Spent(
        once=once + _along(costs[costs["cost"] == "unit"], amount, size),
        running=float(lump.get("running_fixed", 0.0))
        + _along(costs[costs["cost"] == "running_unit"], amount, size),
    )


def _along(steps: pd.DataFrame, amount: str, size: float) -> float:
    """Sum of a piecewise linear curve up to a size."""
    ordered = steps.sort_values("step_from")
    starts = ordered["step_from"].tolist()
    ends = [*starts[1:], math.inf] if starts else []
    return float(
        sum(
            price * max(0.0, min(size, last) - first)
            for price, first, last in zip(ordered[amount], starts, ends, strict=True)
        )
    )

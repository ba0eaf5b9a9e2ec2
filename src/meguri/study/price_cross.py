"""Two markets of one episode: fit the price numbers on one, predict the other, and print both ways.

Nothing of the predicted market enters: neither its quotes nor a number fitted on them. What is given
is the supply both faced (``facts/price_supply.csv``), the ranges of the response, and how far the two
prices went apart in the years before.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.harmonise import check_price_units, repair_price_units
from meguri.observe.packaged import facts
from meguri.observe.prices import prices
from meguri.shock.price import price_response
from meguri.shock.price_fit import Fitted, Floats, Quotes, drawn_numbers, fit, predict, predict_mean

_PLACES = ("international", "JP-import")  # what buyers outside the border pay
_KINDS = ("spot", "average", "import", "year-end")  # a peak without its month says nothing of a path
_GOOD = 1.5  # a prediction within ×/÷ 1.5 is a hit
_TOO_WIDE = 3.0  # a band wider than ×/÷ 3 says nothing


def supply_path(case: str) -> tuple[list[str], Floats]:
    """Months of an episode and supply as a share of what was asked before it.

    Examples
    --------
    >>> months, share = supply_path("2010-rare-earths")
    >>> months[0], float(share[0]), months[12], float(share[12])
    ('2010-01', 1.0, '2011-01', 0.703)
    """
    rows = facts("price_supply", "price_supply.csv")
    rows = rows[rows["case"] == case]
    months, share = [], []
    for row in rows.sort_values("first").to_dict("records"):
        span = pd.period_range(row["first"], row["last"], freq="M").astype(str)
        months += list(span)
        share += [float(row["share"])] * len(span)
    return months, np.array(share)


def quotes_outside(element: str, months: list[str], base: str) -> tuple[Quotes, pd.DataFrame]:
    """Quotes of an element outside the border after the base month, relative to it.

    Each form is compared with its own quote of the base month; news repeated with the same price counts
    once. Quotes that give a year only are left out, year-end quotes count for the end of December.

    Parameters
    ----------
    element : str
        Element key.
    months : list of str
        Months of the path, from :func:`supply_path`.
    base : str
        Month of the base quotes.

    Returns
    -------
    tuple of Quotes, DataFrame
        For the fit; and fact, form, date, month, ratio, source of each quote used.
    """
    table = prices(element)
    table = table[table["place"].isin(_PLACES) & table["quote"].isin(_KINDS) & table["price"].notna()]
    table = repair_price_units(table, check_price_units(table))
    table = table[table["unit"] == "USD/kg"]
    bases = table[table["date"] == base].groupby("form")["price"].mean()
    table = table.assign(
        month=[_place(date, kind, months) for date, kind in zip(table["date"], table["quote"], strict=True)],
        ratio=table["price"] / table["form"].map(bases),
    )
    after = months.index(base) + 1.0
    table = table[(table["month"] > after) & table["ratio"].notna()]
    table = table.drop_duplicates(["form", "price"]).sort_values(["month", "fact"], ignore_index=True)
    used = table[["fact", "form", "date", "month", "ratio", "source"]]
    return Quotes(table["month"].to_numpy(dtype=float), table["ratio"].to_numpy(dtype=float)), used


def _place(date: str, kind: str, months: list[str]) -> float:
    """Place of a date on the path; not a number where it has none."""
    if kind == "year-end":
        date = f"{date[:4]}-12-31"
    if len(date) < 7 or date[:7] not in months:
        return float("nan")
    day = int(date[8:10]) if len(date) == 10 else 15
    return months.index(date[:7]) + (day - 15) / 30.0


def apart_before(one: str, other: str, years: tuple[str, ...] = ("2007", "2008", "2009")) -> float:
    """Root mean square by which the yearly changes of two prices differed before the event [ln].

    Examples
    --------
    >>> round(apart_before("Nd", "Dy"), 2)
    0.38
    """
    table = prices(form="oxide").query("quote == 'average' and source == 'lynas-2010'")
    level = {(row["element"], row["date"]): float(np.log(row["price"])) for row in table.to_dict("records")}
    gaps = [
        (level[one, later] - level[one, first]) - (level[other, later] - level[other, first])
        for first, later in pairwise(years)
    ]
    return float(np.sqrt(np.mean(np.square(gaps))))


def fitted_on(element: str, case: str, base: str, seed: int = 1) -> Fitted:
    """The free numbers fitted on one element's quotes of an episode."""
    months, share = supply_path(case)
    row = price_response().set_index("element").loc[element]
    quotes, _ = quotes_outside(element, months, base)
    return fit(share, quotes, drawn_numbers(row, seed=seed))


def cross_predictions(
    case: str = "2010-rare-earths", pair: tuple[str, str] = ("Nd", "Dy"), base: str = "2010-02"
) -> pd.DataFrame:
    """Each of two elements predicted from the other.

    Returns
    -------
    DataFrame
        Table ``price_cross``: one row for each quote of the predicted element, with its band [price of
        the base month = 1], error [ln], width, and whether it is a hit.
    """
    months, share = supply_path(case)
    apart = apart_before(*pair)
    parts = []
    for known, asked in (pair, pair[::-1]):
        fitted = fitted_on(known, case, base)
        quotes, used = quotes_outside(asked, months, base)
        bands = predict(fitted, share, quotes.month, apart)
        part = pd.concat([used[["fact", "date", "source"]], bands.drop(columns="month")], axis=1)
        parts.append(part.assign(fitted_on=known, element=asked, observed=quotes.ratio))
    return _judged(pd.concat(parts, ignore_index=True))


def unit_value_prediction(
    element: str, case: str, base: str, year: str, before: float, apart: float = 0.0
) -> tuple[float, float, float]:
    """Unit value of a year relative to the year before the event, from one element's fit: P10, P50, P90.

    Unit values pool contracts; contracts follow spot with a lag.

    Parameters
    ----------
    element, case, base : str
        On whose quotes, in which episode, from which month.
    year : str
        Year predicted.
    before : float [1]
        Price of the base month relative to the year before, as quoted before the event.
    apart : float [ln]
        How far prices of the pooled goods went apart before.
    """
    months, share = supply_path(case)
    places = [place for place, month in enumerate(months) if month.startswith(year)]
    band = predict_mean(fitted_on(element, case, base), share, places[0], places[-1] + 1, apart)
    return tuple(before * level for level in band)  # type: ignore[return-value]


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """The declared table: how far off, how wide, hit or miss."""
    error = np.log(table["p50"] / table["observed"])
    width = np.sqrt(table["p90"] / table["p10"])
    inside = (table["p10"] <= table["observed"]) & (table["observed"] <= table["p90"])
    hit = (error.abs() <= np.log(_GOOD)) & (width <= _TOO_WIDE)
    table = table.assign(
        error=error, width=width, in_band=np.where(inside, "yes", "no"), hit=np.where(hit, "yes", "no")
    )
    schema = Schema.of("price_cross")
    return schema.check(table[schema.names])

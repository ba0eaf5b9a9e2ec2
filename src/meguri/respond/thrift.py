"""Demand control 省: saving that a shortage induces, and what a fall of demand was made of.

Saving is told apart from output that was lost, from production that moved away and from stocks that
were run down. What none of these explains is a row of its own, with its range.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.harmonise import Interval
from meguri.observe.packaged import facts
from meguri.respond.deficit import Amount
from meguri.scenario.schema import Scenario
from meguri.shock.price import price_response
from meguri.shock.price_path import Response, market_path
from meguri.shock.run import central_run, set_up
from meguri.structure.balance import demand_table
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
KEPT = 1.0  # [1] of a saving that stays once it is designed in, whatever the price does afterwards
_STRONG = {"thrift": "high", "thrift_delay": "low", "supply_elasticity": "low", "demand_elasticity": "low"}
_WEAK = {name: {"high": "low", "low": "high"}[end] for name, end in _STRONG.items()}


def designed_in(use: Floats, kept: float = KEPT) -> Floats:
    """Use per product when what is designed in stays.

    Parameters
    ----------
    use : array (…, month) [1]
        Use of an element per product, relative to before, as a price alone would have it
        (:func:`meguri.shock.price_path.market_path`: a lag, and back when the price is back).
    kept : float [1]
        Share of the deepest saving so far that is never called back.

    Examples
    --------
    >>> designed_in(np.array([1.0, 0.8, 0.9, 1.0])), designed_in(np.array([1.0, 0.8, 0.9, 1.0]), kept=0.5)
    (array([1. , 0.8, 0.8, 0.8]), array([1.  , 0.8 , 0.85, 0.9 ]))
    """
    return use - kept * (use - np.minimum.accumulate(use, axis=-1))


def induced_thrift(share: Floats, response: Response, kept: float = KEPT) -> Floats:
    """Use of an element per product while supply is short, and afterwards.

    Parameters
    ----------
    share : array (month,) [1]
        Supply as a share of what was asked before.
    response : Response
        Numbers of the element.
    kept : float [1]
        As in :func:`designed_in`.

    Returns
    -------
    array (month,) [1]
        Relative to before; with ``kept`` = 1 it never rises.

    Notes
    -----
    Lag and depth are the monthly law of :func:`meguri.shock.price_path.market_path` and nothing else.

    Examples
    --------
    >>> plain = Response(0.2, 0.3, 0.0, 0.0, 0.1, 50.0, 0.1, 0.25, 2.0, 3.0)
    >>> induced_thrift(np.array([1.0, 0.5, 0.5, 1.0, 1.5]), plain).round(3)
    array([1.   , 1.   , 0.841, 0.805, 0.805])
    """
    return designed_in(market_path(share, response).use, kept)


def thrift_by_law(case: str, year: int, elements: tuple[str, ...] = ("La", "Ce", "Nd")) -> Amount:
    """Share of use that a case's supply would have had saved by a year, by the law and before any fit.

    Parameters
    ----------
    case : str
        Case of ``price_supply``, whose months begin in January.
    year : int
        Calendar year whose mean is taken.
    elements : tuple of str
        Elements that make up the bulk; the mode is their mean, the range the widest of them with every
        elasticity and delay at the end that saves least and most.

    Examples
    --------
    >>> saved = thrift_by_law("2010-rare-earths", 2011)
    >>> [round(x, 2) for x in (saved.span.low, saved.mode, saved.span.high)]
    [0.01, 0.06, 0.38]
    """
    rows = facts("price_supply")
    rows = rows[rows["case"] == case]
    if rows.empty:
        raise ModelError(Problem("thrift_case", "price_supply", case))
    month = [_month(cell) for cell in (rows["first"].min(), f"{year}-01")]
    share = np.concatenate([
        np.full(_month(row.last) - _month(row.first) + 1, row.share) for row in rows.itertuples()
    ])  # fmt: skip
    when = slice(month[1] - month[0], month[1] - month[0] + 12)
    response = price_response().set_index("element")

    def saved(element: str, ends: dict[str, str]) -> float:
        numbers = {
            name: float(response.at[element, f"{name}_{ends[name]}" if name in ends else name])
            for name in Response._fields
        }
        return float(1.0 - induced_thrift(share, Response(**numbers))[when].mean())

    weak, mode, strong = ([saved(element, ends) for element in elements] for ends in (_WEAK, {}, _STRONG))
    return Amount(Interval(min(weak), max(strong)), float(np.mean(mode)))


def _month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def technology_gap(chain: Chain, scenario: Scenario, kept: float = KEPT) -> pd.DataFrame:
    """Use per product of both sides of a control, month by month: who learns to do with less.

    Parameters
    ----------
    chain, scenario : Chain, Scenario
        As a study takes them; every range at its mode.
    kept : float [1]
        As in :func:`designed_in`.

    Returns
    -------
    DataFrame
        Columns of ``technology_gap``: use of the economies outside and of the controlling one inside,
        relative to before, and ``gap`` = outside/inside - 1, below 0 where those outside are ahead.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> chain = Chain.example("ndfeb-japan@2009")
    >>> table = technology_gap(chain, read_scenario("2010-rare-earths"))
    >>> bool(table.loc[table["month"] == table["month"].max(), "gap"].max() < 0.0)
    True
    """
    setup = set_up(chain, scenario)
    use = designed_in(central_run(setup).answer.use, kept)
    parts = [
        pd.DataFrame({
            "element": market.element, "form": market.form, "by": market.by, "month": setup.months,
            "outside": use[place, 0], "inside": use[place, 1],
            "gap": use[place, 0] / use[place, 1] - 1.0,
        })
        for place, market in enumerate(setup.markets)
    ]  # fmt: skip
    schema = Schema.of("technology_gap")
    return schema.check(pd.concat([schema.empty(), *parts], ignore_index=True))


def demand_series(series: str) -> pd.DataFrame:
    """One series of demand as its source gives it; series of different sources are never joined.

    Examples
    --------
    >>> table = demand_series("jsnm").set_index("year")
    >>> table.loc[[2007, 2012], "value"].tolist()
    [32390.0, 14470.0]
    """
    rows = facts("demand_series")
    rows = rows[rows["series"] == series]
    if rows.empty:
        raise ModelError(Problem("demand_series", "demand_series", series))
    return rows.sort_values("year").reset_index(drop=True)


def decomposition(series: str, first: int, last: int) -> pd.DataFrame:
    """A change of demand in thrift, lost output, moved production, stocks, and what none of them explains.

    Parameters
    ----------
    series : str
        Key of ``demand_series``.
    first, last : int
        Years compared; ``demand_terms`` holds the terms known for them.

    Returns
    -------
    DataFrame
        Columns of ``demand_change``: one row per term in tonnes (a fall is negative) and as a share of
        the change, then ``residual`` = change less all terms, then ``change``. Ranges are taken
        independently, so that the residual is as wide as what is not known.

    Raises
    ------
    ModelError
        When the series has no such years, or no term is known for them.

    Examples
    --------
    >>> table = decomposition("doc-002", 2007, 2011).set_index("term")
    >>> float(table.at["change", "mode"]), round(float(table.at["change", "relative"]), 2)
    (-12000.0, -0.35)
    """
    values = demand_series(series).set_index("year")["value"]
    terms = facts("demand_terms")
    terms = terms[(terms["series"] == series) & (terms["first"] == first) & (terms["last"] == last)]
    missing = [year for year in (first, last) if year not in values.index or math.isnan(values[year])]
    if missing or terms.empty:
        place = f"{series} {first}-{last}"
        raise ModelError(Problem("demand_terms", "demand_terms", place, details={"series": series}))
    before = float(values[first])
    change = float(values[last]) - before
    amounts = [_term(row, before, last) for _, row in terms.iterrows()]
    explained = sum(amounts[1:], amounts[0])
    rows = [
        _change(str(row["term"]), amount, change, before, row)
        for (_, row), amount in zip(terms.iterrows(), amounts, strict=True)
    ]
    evidence = {
        "source": "|".join(sorted(set(terms["source"]))),
        "grade": weakest(terms["grade"]),
        "note": "",
    }
    rows.append(_change("residual", Amount.of(change) - explained, change, before, evidence))
    told = demand_series(series)
    told = told[told["year"].isin([first, last])]
    evidence = {"source": "|".join(sorted(set(told["source"]))), "grade": weakest(told["grade"]), "note": ""}
    rows.append(_change("change", Amount.of(change), change, before, evidence))
    table = pd.DataFrame(rows).assign(series=series, first=first, last=last)
    return Schema.of("demand_change").check(table)


def _term(row: pd.Series, before: float, year: int) -> Amount:
    """Range of a term: as typed, or what the law of thrift makes of the demand before."""
    if row["computed_from"]:
        saved = thrift_by_law(row["computed_from"].removeprefix("law:"), year)
        return saved * Amount.of(-before)
    return Amount.of(row["low"], None if math.isnan(row["mode"]) else row["mode"], row["high"])


def _change(
    term: str, amount: Amount, change: float, before: float, evidence: pd.Series | dict[str, str]
) -> dict[str, object]:
    return {
        "term": term, "low": amount.span.low, "mode": amount.mode, "high": amount.span.high,
        "share": amount.mode / change + 0.0 if change else 0.0, "relative": amount.mode / before,
        "source": evidence["source"], "grade": evidence["grade"], "note": evidence["note"],
    }  # fmt: skip


def split_use(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """A change of use in what came from use per product and from the number of products; exact.

    Parameters
    ----------
    before, after : (float, float)
        Use of an element and output of the product; both > 0.

    Returns
    -------
    (float, float)
        Effect of use per product and effect of output, in the unit of use; they add up to the change.

    Notes
    -----
    Logarithmic mean Divisia index, additive (Ang 2004, Energy Policy 32:1131): L(u1, u0)·ln(i1/i0) and
    L(u1, u0)·ln(a1/a0) with L(x, y) = (x - y)/ln(x/y), i = u/a.

    Examples
    --------
    >>> split_use((100.0, 10.0), (50.0, 5.0))
    (0.0, -50.0)
    """
    (use0, made0), (use1, made1) = before, after
    if min(use0, made0, use1, made1) <= 0.0:
        raise ModelError(Problem("split_use", "split_use", str(min(use0, made0, use1, made1))))
    mean = use0 if use0 == use1 else (use1 - use0) / math.log(use1 / use0)
    per_product, products = math.log((use1 / made1) / (use0 / made0)), math.log(made1 / made0)
    return mean * per_product, mean * products


def magnet_split(first: int = 2010, last: int = 2012) -> pd.DataFrame:
    """What Japan's magnet makers used of Nd+Pr and Dy: fewer magnets, or less per magnet.

    From the middles of the printed ranges of document 002; ``per_magnet`` and ``magnets`` add up to
    ``change``. Fewer magnets are not yet lost output: users' own thrift, moved production and stocks
    are in it and this table cannot tell them apart.

    Returns
    -------
    DataFrame
        item, first, last, per_magnet, magnets, change [t], source, grade.

    Examples
    --------
    >>> table = magnet_split().set_index("item")
    >>> table.loc["dy", ["per_magnet", "magnets", "change"]].astype(float).round().tolist()
    [32.0, -232.0, -200.0]
    """
    wide = demand_table().pivot(index="year", columns="item", values="amount_mid")
    rows = []
    for item in ("nd-pr", "dy"):
        ends = [(float(wide.at[year, item]), float(wide.at[year, "magnet"])) for year in (first, last)]
        per_magnet, magnets = split_use(*ends)
        rows.append({
            "item": item, "first": first, "last": last, "per_magnet": per_magnet, "magnets": magnets,
            "change": ends[1][0] - ends[0][0], "source": "seed-002", "grade": "estimated",
        })  # fmt: skip
    return pd.DataFrame(rows)

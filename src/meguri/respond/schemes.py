"""Who pays: what a public scheme takes over of a measure's cost, by the date on which it is started."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.respond.costs import Rates, Spent, cost_of
from meguri.respond.measures import Library


@dataclass(frozen=True)
class Net:
    """Cost of a measure to those who decide it and to the state [JPY].

    Attributes
    ----------
    firm, state : Spent
        Paid once and in each year; both together are the whole cost.
    scheme : str
        Key of the scheme that applies; empty when there is none.
    """

    firm: Spent
    state: Spent
    scheme: str


def in_force(schemes: pd.DataFrame, on: str) -> pd.DataFrame:
    """Schemes that apply on a date; a month or a year counts from its first to its last day.

    Parameters
    ----------
    schemes : DataFrame
        As declared under ``response_schemes``.
    on : str
        Day on which the measure is started, ``YYYY-MM-DD``.

    Examples
    --------
    >>> rows = pd.DataFrame({"scheme": ["a", "b"], "since": ["2023", "2010-10"], "until": ["", "2012-03"]})
    >>> list(in_force(rows, "2012-03-31")["scheme"]), list(in_force(rows, "2026-04-01")["scheme"])
    (['b'], ['a'])
    """
    begun = schemes["since"] <= on
    lasting = [not end or on[: len(end)] <= end for end in schemes["until"]]
    return schemes[begun & pd.Series(lasting, index=schemes.index, dtype=bool)]


def fitting(schemes: pd.DataFrame, measure: Mapping[str, Any], materials: Iterable[str]) -> pd.DataFrame:
    """Schemes for a measure: its kind, who decides it, and an element or product that it touches."""
    touched = set(materials)
    chosen = [
        measure["kind"] in str(row["kinds"]).split("|")
        and measure["owner"] in str(row["owners"]).split("|")
        and (not row["material"] or bool(touched & set(str(row["material"]).split("|"))))
        for row in schemes.to_dict("records")
    ]
    return schemes[pd.Series(chosen, index=schemes.index, dtype=bool)]


def shared(spent: Spent, scheme: Mapping[str, Any], rates: Rates, end: str = "") -> Net:
    """Split a cost between firm and state by the rate and the cap of one scheme.

    Parameters
    ----------
    spent : Spent
        Whole cost [JPY].
    scheme : mapping
        Row of ``response_schemes``.
    rates : Rates
        For a cap in another currency.
    end : {"", "_low", "_high"}
        Which end of the rate's range.

    Notes
    -----
    state = min(rate · paid once, cap); running costs are shared at the same rate only where the scheme says
    so, and outside the cap, which is one sum for one measure.

    Examples
    --------
    >>> row = {"scheme": "half", "rate": 0.5, "cap": 30.0, "currency": "JPY", "running": False}
    >>> net = shared(Spent(100.0, 8.0), row, Rates({"JPY": 1.0}, "", "", given=True))
    >>> net.state.once, net.firm.once, net.firm.running
    (30.0, 70.0, 8.0)
    """
    rate = float(scheme.get(f"rate{end}", math.nan))
    rate = float(scheme["rate"]) if math.isnan(rate) else rate
    cap = float(scheme["cap"])
    most = math.inf if math.isnan(cap) else rates.yen(cap, str(scheme["currency"]))
    state = Spent(min(rate * spent.once, most), rate * spent.running if scheme["running"] else 0.0)
    firm = Spent(spent.once - state.once, spent.running - state.running)
    return Net(firm, state, str(scheme["scheme"]))


def net_cost(
    library: Library, measure: str, size: float, on: str, end: str = "", *, entered: bool = False
) -> Net:
    """Cost of one measure to firms and to the state, with the scheme that pays most on that day.

    Parameters
    ----------
    library : Library
        Of the chain.
    measure : str
        Key of the measure.
    size : float
        Size in its unit.
    on : str
        Day on which it is started, ``YYYY-MM-DD``: the date decides whether a scheme applies.
    end : {"", "_low", "_high"}
        Which end of the ranges.
    entered : bool
        Whether its entry cost was paid with an earlier start.

    Returns
    -------
    Net
        A measure of the nation is paid by the state whole; schemes are never added up.

    Examples
    --------
    >>> from meguri.respond.measures import load_measures
    >>> from meguri.structure.chain import Chain
    >>> library = load_measures(Chain.example("ndfeb-japan@2024"))
    >>> net = net_cost(library, "coinvest-hree-mine", 10.0, "2026-04-01")
    >>> net.scheme, net.firm.once == net.state.once
    ('esp-critical-minerals', True)
    >>> net_cost(library, "coinvest-hree-mine", 10.0, "2012-08-01").scheme
    ''
    """
    row = library.measure(measure)
    spent = cost_of(library.rows("costs", measure), size, end, entered=entered)
    if row["owner"] == "nation":
        return Net(Spent(0.0, 0.0), spent, "")
    schemes = fitting(in_force(library.schemes, on), row, library.touched(measure))
    offers = [shared(spent, scheme, library.rates, end) for scheme in schemes.to_dict("records")]
    alone = Net(spent, Spent(0.0, 0.0), "")
    return max([alone, *offers], key=lambda net: (net.state.once, net.state.running))

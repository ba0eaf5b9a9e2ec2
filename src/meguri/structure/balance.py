"""Supply against need for one element, and the demand table of the 2012 document rebuilt."""

from __future__ import annotations

import math

import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.demand import statements
from meguri.observe.harmonise import Interval, intervals

DEMAND = "japanese-magnet-use-demand"
ITEMS = {
    "NdFeB sintered magnet production": "magnet", "metal Nd+Pr": "nd-pr", "metal Dy": "dy", "metal Tb": "tb",
}  # fmt: skip


def element_balance(element: str, year: int = 2014, thrift: Interval | float = 1.0) -> pd.DataFrame:
    """Supply planned outside China against Japan's need, as the 2012 document gives them.

    Parameters
    ----------
    element : str
        ``Nd`` or ``Dy``: the document gives both sides for these two only.
    year : int
        Year of the supply forecast.
    thrift : Interval or float [1]
        Factor on the need; :func:`thrift_factor` derives it from the falling Dy content.

    Returns
    -------
    DataFrame
        One row of ``element_balance``: supply, need, balance [t/a] and coverage [1] with their ranges;
        computed from printed figures, so the grade is never better than theirs.

    Raises
    ------
    ModelError
        When the document gives no supply or no need for the element and year.

    Examples
    --------
    >>> row = element_balance("Dy").iloc[0]
    >>> [float(row[c]) for c in ("balance_low", "balance_high", "coverage_low", "coverage_high")]
    [-540.0, -440.0, 0.1, 0.12]
    """
    supply = statements("supply-forecast", element)
    supply = supply[(supply["year"] == year) & (supply["place"] == "ex-China")]
    need = statements("requirement", element)
    if supply.empty or need.empty:
        where = f"element_balance({element}, {year})"
        raise ModelError(Problem("no_balance", where, element, details={"elements": "Nd, Dy"}))
    rows = pd.concat([supply, need])
    have, want = (_range(part) for part in (supply, need))
    want = want * thrift
    ranges = {"supply": have, "need": want, "balance": have - want, "coverage": have / want}
    found: dict[str, object] = {"element": element, "year": year}
    for name, span in ranges.items():
        found |= {name: span.low if span.low == span.high else math.nan}
        found |= {f"{name}_low": span.low, f"{name}_high": span.high}
    found |= {
        "source": _union(rows),
        "grade": weakest([*rows["grade"], "derived"]),
        "facts": "|".join(rows["fact"]),
    }
    return Schema.of("element_balance").check(pd.DataFrame([found]))


def thrift_factor() -> Interval:
    """Share of the need that stays when the Dy content of a magnet falls as the document expects.

    Examples
    --------
    >>> round(thrift_factor().low, 3), round(thrift_factor().high, 3)
    (0.4, 0.75)
    """
    now, later = intervals(statements("dy-intensity", "Dy"))
    if now is None or later is None:
        raise ModelError(Problem("cell_empty", "statements dy-intensity", "", details={"column": "value"}))
    return later / now


def demand_table() -> pd.DataFrame:
    """The printed table of Japan's magnet materials, 2010–2012, with changes computed anew.

    ``change_printed`` is what the document prints; ``change_computed`` is the change of the midpoint.
    The two never share a column, and are not rounded to agree.

    Returns
    -------
    DataFrame
        Columns of ``demand_rebuilt``, items magnet, nd-pr, dy, tb.

    Examples
    --------
    >>> table = demand_table().set_index(["item", "year"]).loc["magnet"]
    >>> table["amount_mid"].tolist(), [round(100 * x, 1) for x in table["change_computed"].iloc[1:]]
    ([11900.0, 10150.0, 8050.0], [-14.7, -20.7])
    >>> table["change_printed"].iloc[1:].tolist()
    [-0.15, -0.21]
    """
    rows = statements(DEMAND)
    rows = rows.assign(item=rows["item"].map(ITEMS)).sort_values("year", kind="stable")
    middle = (rows["value_low"] + rows["value_high"]) / 2
    before = middle.groupby(rows["item"]).shift()
    table = pd.DataFrame({
        "item": rows["item"], "year": rows["year"], "amount_low": rows["value_low"],
        "amount_high": rows["value_high"], "amount_mid": middle, "change_printed": rows["printed_change"],
        "change_computed": middle / before - 1, "source": rows["source"], "grade": rows["grade"],
        "facts": rows["fact"],
    })  # fmt: skip
    order = {name: place for place, name in enumerate(ITEMS.values())}
    table = table.sort_values(["item", "year"], key=lambda c: c.map(order) if c.name == "item" else c)
    return Schema.of("demand_rebuilt").check(table)


def input_per_magnet() -> pd.DataFrame:
    """Tonnes of Nd+Pr and of Dy put in per tonne of magnet, from the midpoints of the demand table.

    Input is not content: with 30 % Nd+Pr in the magnet, the input implies ``yield_implied``, and the
    same yield turns the Dy input into a Dy content of 4.3–4.5 %, which fits the printed 4–5 %.

    Returns
    -------
    DataFrame
        year, nd_pr_input, dy_input [t/t], yield_implied, dy_content [1].

    Examples
    --------
    >>> table = input_per_magnet()
    >>> [round(x, 3) for x in table["nd_pr_input"]], [round(x, 3) for x in table["dy_input"]]
    ([0.408, 0.409, 0.41], [0.059, 0.059, 0.062])
    """
    wide = demand_table().pivot(index="year", columns="item", values="amount_mid")
    nd_pr, dy = wide["nd-pr"] / wide["magnet"], wide["dy"] / wide["magnet"]
    implied = CONTENT_ND_PR / nd_pr
    return pd.DataFrame({
        "nd_pr_input": nd_pr, "dy_input": dy, "yield_implied": implied, "dy_content": dy * implied,
    }).reset_index()  # fmt: skip


CONTENT_ND_PR = 0.30  # mass share the document's text implies (check C11)


def _range(rows: pd.DataFrame) -> Interval:
    span = intervals(rows)[0]
    if span is None:
        raise ModelError(Problem("cell_empty", str(rows["fact"].iloc[0]), "", details={"column": "value"}))
    return span


def _union(rows: pd.DataFrame) -> str:
    return "|".join(sorted({key for cell in rows["source"] for key in cell.split("|") if key}))

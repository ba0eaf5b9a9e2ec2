"""Which trade of a file a page looks at: one reporter, partner, flow and year, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

TRADE = ["year", "reporter", "partner", "flow"]
LONG = 3  # years in a row that make a picture over time
Trade = dict[str, Any]


def trades(shares: pd.DataFrame) -> pd.DataFrame:
    """Every trade of an answer with its value: year, reporter, partner, flow, value.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``class_shares``.
    """
    found = shares.groupby(TRADE, sort=False, dropna=False)["value"].sum().reset_index()
    return found[found["value"] > 0].reset_index(drop=True)


def main_trade(shares: pd.DataFrame) -> Trade:
    """The trade a page speaks about first: the largest of the last year, exports before imports.

    Of the same size, a whole comes before its parts.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2018, 2019, 2019], "reporter": "JP", "partner": ["", "", "CN"],
    ...     "flow": "export", "class": "RAW", "value": [9.0, 5.0, 5.0]})
    >>> main_trade(rows)
    {'year': 2019, 'reporter': 'JP', 'partner': '', 'flow': 'export'}
    """
    found = trades(shares)
    last = found[found["year"] == found["year"].max()]
    order = last.assign(_part=~last["partner"].isin(["", "WLD"]), _bought=last["flow"] == "import")
    keys = ["_bought", "value", "_part"]
    row = order.sort_values(keys, ascending=[True, False, True], kind="stable").iloc[0]
    return {"year": int(row["year"]), **{name: str(row[name]) for name in TRADE[1:]}}


def of_trade(frame: pd.DataFrame, trade: Mapping[str, Any], *, any_year: bool = False) -> pd.DataFrame:
    """Rows of one trade, in one year or in all of them."""
    kept = pd.Series(True, index=frame.index)
    for name in TRADE[1:] if any_year else TRADE:
        if name in frame:
            kept &= frame[name] == trade[name]
    return frame[kept].reset_index(drop=True)


def years_in_a_row(shares: pd.DataFrame, trade: Mapping[str, Any]) -> bool:
    """Whether the trade is known in at least three years without a gap."""
    years = sorted({int(year) for year in of_trade(shares, trade, any_year=True)["year"]})
    return len(years) >= LONG and years[-1] - years[0] == len(years) - 1


def side_by_side(shares: pd.DataFrame, trade: Mapping[str, Any]) -> pd.DataFrame:
    """Trades of the same year and flow that stand beside the main one: other reporters, else partners.

    Where years do not follow one another, the years of the main trade stand side by side instead.
    """
    same = shares[(shares["year"] == trade["year"]) & (shares["flow"] == trade["flow"])]
    others = same[same["partner"] == trade["partner"]]
    if others["reporter"].nunique() > 1:
        return others.reset_index(drop=True)
    partners = same[same["reporter"] == trade["reporter"]]
    if partners["partner"].nunique() > 1:
        return partners.reset_index(drop=True)
    own = of_trade(shares, trade, any_year=True)
    gaps = own["year"].nunique() > 1 and not years_in_a_row(shares, trade)
    return own if gaps else own.iloc[:0]

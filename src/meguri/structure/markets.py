"""Concentration of every import market in the packaged trade, in one pass over sorted arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.observe.imports import baci_columns, country_numbers


def market_hhi() -> pd.DataFrame:
    """HHI of origins by value for every code, year and importer that has trade.

    Returns
    -------
    DataFrame
        code (int), year, importer (country key, categorical), hhi [1], top (country key of the largest
        origin, categorical), top_share [1], origins (how many). Late remnants of retired codes are
        included as recorded: `observe.trade.reason_absent` tells them.

    Notes
    -----
    HHI = Σv²/(Σv)² (Herfindahl 1950; Hirschman 1964). BACI's rows are sorted by code, year and importer,
    so every market is one stretch of rows.

    Examples
    --------
    >>> markets = market_hhi()
    >>> japan = markets[(markets["importer"] == "JP") & (markets["code"] == 284690)].set_index("year")
    >>> len(markets), japan["top"][2010], round(float(japan["top_share"][2010]), 2)
    (227792, 'CN', 0.75)
    """
    baci = baci_columns()
    code, year, importer, value = (baci[name] for name in ("code", "year", "importer", "value_kusd"))
    new = (np.diff(code) != 0) | (np.diff(year) != 0) | (np.diff(importer) != 0)
    starts = np.concatenate([[0], np.flatnonzero(new) + 1])
    whole = np.add.reduceat(value, starts)
    largest = np.maximum.reduceat(value, starts)
    counts = np.diff(np.append(starts, len(value)))
    is_top = np.flatnonzero(value == np.repeat(largest, counts))
    market = np.repeat(np.arange(len(starts)), counts)[is_top]
    top = is_top[np.unique(market, return_index=True)[1]]  # of equal ones the first
    return pd.DataFrame({
        "code": code[starts], "year": year[starts], "importer": _named(importer[starts]),
        "hhi": np.add.reduceat(value**2, starts) / whole**2, "top": _named(baci["exporter"][top]),
        "top_share": largest / whole, "origins": counts,
    })  # fmt: skip


def _named(numbers: np.ndarray) -> pd.Categorical:
    """Country keys of BACI numbers, stored once each."""
    known = country_numbers().drop_duplicates("number")
    keys = pd.Index(known["country"].unique())
    place = np.full(1000, -1)
    place[known["number"]] = keys.get_indexer(known["country"])
    return pd.Categorical.from_codes(place[numbers], categories=keys)

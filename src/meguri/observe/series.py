"""Packaged trade series outside the 74 codes: magnesium 810411, tungsten 810194, metal magnets 850511.

Made from BACI V202601 by the Critical Materials Atlas. Two sources, never mixed in one figure:
``atlas-flows`` 2002-2024 keeps each country's top partners only and changes its HS vintage between 2016
and 2017; ``atlas-trade-2024`` holds all partners of 2024 with tonnes.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged


@cache
def _series() -> pd.DataFrame:
    with packaged("facts", "trade_series.csv").open(encoding="utf-8") as file:
        # "NA" is Namibia: nothing but an empty cell means unknown
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("trade_series").check(rows, "trade_series.csv")


def trade_series(code: str, importer: str = "JP", source: str = "atlas-flows") -> pd.DataFrame:
    """Origins of one code's imports by year, with shares of value.

    Parameters
    ----------
    code : {"810411", "810194", "850511"}
        HS code; 850511 pools all permanent magnets of metal.
    importer : {"JP", "WLD"}
        Japan, or all importers together.
    source : {"atlas-flows", "atlas-trade-2024"}
        Which of the two sources.

    Returns
    -------
    DataFrame
        year, code, importer, exporter, value_kusd [kUSD], quantity_t [t, NaN where unknown],
        share [1] of value, source, grade.

    Examples
    --------
    >>> origins = trade_series("810194").set_index(["year", "exporter"])
    >>> round(float(origins.at[(2024, "CN"), "share"]), 3)
    0.996
    """
    table = _series()
    chosen = (table["code"] == code) & (table["importer"] == importer) & (table["source"] == source)
    table = table[chosen].reset_index(drop=True)
    totals = table.groupby("year")["value_kusd"].transform("sum")
    table.insert(6, "share", table["value_kusd"] / totals)
    return table

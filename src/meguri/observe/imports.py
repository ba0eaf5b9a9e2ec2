"""Imports of countries and groups by material and origin, for many requests in one pass over BACI.

Rows are numbered instead of named: a place is a row of ``places`` and a series a row of ``series``, so
that a million flows are summed as arrays and names return only with the few results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import as_file
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from meguri.base.terms import packaged, read_words

Array = npt.NDArray[Any]
NUMBERS = 1000  # BACI's country numbers are below this
CODES = 1_000_000  # and its codes below this


@cache
def baci_columns() -> dict[str, Array]:
    """The packaged trade as arrays, read once: year, exporter, importer, code, value_kusd, quantity_t.

    Rows are sorted by code, year, importer and exporter; an unknown quantity is NaN.

    Examples
    --------
    >>> len(baci_columns()["year"])
    1264888
    """
    with as_file(packaged("snapshots", "baci.parquet")) as path:
        table = pq.ParquetFile(path, memory_map=True).read()
    return {name: table[name].to_numpy() for name in table.column_names}


@cache
def country_numbers() -> pd.DataFrame:
    """BACI's country numbers and the keys they stand for: number, country.

    Examples
    --------
    >>> table = country_numbers().set_index("number")["country"]
    >>> table[490], table[842]
    ('TW', 'US')
    """
    pairs = [
        (int(number), row["key"])
        for row in read_words("countries")
        for number in row["baci"].split("|")
        if number
    ]
    return pd.DataFrame(pairs, columns=["number", "country"])


def imports_by_origin(
    series: Sequence[Sequence[tuple[str, int]]], places: Sequence[Sequence[str]], years: Iterable[int]
) -> pd.DataFrame:
    """Imports of each place by series, year and origin.

    Parameters
    ----------
    series : list of lists of (code, last year of use)
        Codes that are summed.
    places : list of lists of country keys
        A country or the members of a group.
    years : iterable of int
        Years.

    Returns
    -------
    DataFrame
        place, series (row numbers), year, number (BACI's, of the origin), inside (the origin belongs to
        the place), quantity_t [t, of rows that have one], value_kusd [kUSD, all rows],
        unweighed_kusd [kUSD, rows without quantity].

    Examples
    --------
    >>> flows = imports_by_origin([[("284690", 2024)]], [["JP"]], [2022])
    >>> int(flows.loc[flows["quantity_t"].idxmax(), "number"])
    156
    """
    baci = baci_columns()
    belongs = _belongs(places)
    uses = _uses(series)
    wanted_years = np.zeros(3000, dtype=bool)
    wanted_years[[int(year) for year in years if 0 <= int(year) < 3000]] = True
    wanted_codes = np.zeros(CODES, dtype=bool)
    wanted_codes[uses["code"]] = True
    anyone: Array = np.asarray(belongs.any(axis=0))
    keep = wanted_years[baci["year"]] & anyone[baci["importer"]] & wanted_codes[baci["code"]]
    rows = pd.DataFrame({name: column[keep] for name, column in baci.items()})
    memberships = pd.DataFrame(np.argwhere(belongs), columns=["place", "importer"])
    rows = rows.merge(uses, on="code").merge(memberships, on="importer")
    rows = rows[rows["year"] <= rows["last"]]
    unweighed = rows["quantity_t"].isna()
    rows = rows.assign(
        quantity_t=rows["quantity_t"].fillna(0.0), unweighed_kusd=rows["value_kusd"].where(unweighed, 0.0)
    )
    keys = ["place", "series", "year", "exporter"]
    sums = rows.groupby(keys, as_index=False)[["quantity_t", "value_kusd", "unweighed_kusd"]].sum()
    sums = sums.rename(columns={"exporter": "number"}).astype({"year": "int64", "number": "int64"})
    inside = belongs[sums["place"].to_numpy(), sums["number"].to_numpy()]
    sums.insert(4, "inside", inside)
    return sums


def _belongs(places: Sequence[Sequence[str]]) -> Array:
    """Whether a country number belongs to a place: (place, number)."""
    numbers = country_numbers().groupby("country")["number"].agg(list)
    belongs: Array = np.zeros((len(places), NUMBERS), dtype=bool)
    for place, countries in enumerate(places):
        for country in countries:
            belongs[place, numbers.get(country, [])] = True
    return belongs


def _uses(series: Sequence[Sequence[tuple[str, int]]]) -> pd.DataFrame:
    rows = [(number, int(code), last) for number, codes in enumerate(series) for code, last in codes]
    return pd.DataFrame(rows, columns=["series", "code", "last"]).astype("int64")

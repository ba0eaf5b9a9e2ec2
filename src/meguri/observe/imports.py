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
YEARS = 3000  # and its years below this


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
    keep = _of_codes_and_years(uses["code"].to_numpy(), years)
    anyone: Array = np.asarray(belongs.any(axis=0))
    keep = keep[anyone[baci["importer"][keep]]]
    rows = pd.DataFrame({name: column[keep] for name, column in baci.items()})
    memberships = pd.DataFrame(np.argwhere(belongs), columns=["place", "importer"])
    rows = rows.merge(uses, on="code").merge(memberships, on="importer")
    rows = rows[rows["year"] <= rows["last"]]
    unweighed = rows["quantity_t"].isna()
    rows = rows.assign(
        quantity_t=rows["quantity_t"].fillna(0.0), unweighed_kusd=rows["value_kusd"].where(unweighed, 0.0)
    )
    shape = (len(places), len(series), YEARS, NUMBERS)  # one whole number for four keys: a fast sum
    cell = np.ravel_multi_index([rows[name] for name in ("place", "series", "year", "exporter")], shape)
    sums = rows[["quantity_t", "value_kusd", "unweighed_kusd"]].groupby(cell).sum()
    place, of, year, number = np.unravel_index(sums.index.to_numpy(), shape)
    keys = {"place": place, "series": of, "year": year, "number": number}
    keys["inside"] = belongs[place, number]
    return pd.concat([pd.DataFrame(keys), sums.reset_index(drop=True)], axis=1)


def _of_codes_and_years(codes: Array, years: Iterable[int]) -> Array:
    """Row numbers of some codes and years: slices, as the rows are sorted by code and year."""
    baci = baci_columns()
    cells = baci["code"] * np.int64(YEARS) + baci["year"]
    asked = np.unique([int(year) for year in years if 0 <= int(year) < YEARS])
    wanted = np.add.outer(np.unique(codes) * YEARS, asked).ravel()
    begin, end = np.searchsorted(cells, wanted), np.searchsorted(cells, wanted, side="right")
    return np.concatenate([np.arange(0), *map(np.arange, begin, end)])


def _belongs(places: Sequence[Sequence[str]]) -> Array:
    """Whether a country number belongs to a place: (place, number)."""
    numbers: dict[str, list[int]] = {}
    for number, country in country_numbers().itertuples(index=False):
        numbers.setdefault(country, []).append(number)
    belongs: Array = np.zeros((len(places), NUMBERS), dtype=bool)
    for place, countries in enumerate(places):
        for country in countries:
            belongs[place, numbers.get(country, [])] = True
    return belongs


def _uses(series: Sequence[Sequence[tuple[str, int]]]) -> pd.DataFrame:
    rows = [(number, int(code), last) for number, codes in enumerate(series) for code, last in codes]
    return pd.DataFrame(rows, columns=["series", "code", "last"]).astype("int64")

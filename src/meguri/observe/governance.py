"""Governance of countries: World Bank estimates with their standard errors.

Dimensions: pv political stability, va voice, ge effectiveness, rq regulation, rl rule of law, cc control
of corruption; about -2.5 (weak) to +2.5 (strong). Political stability runs 1996-2024 in two editions
with a break between 2022 and 2023 (a later edition with more sources); all six run 1996-2021 in one.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from meguri.base.errors import DataError, Problem
from meguri.base.terms import packaged
from meguri.observe.trade import read_country

DIMENSIONS = ("pv", "va", "ge", "rq", "rl", "cc")
SIX_EDITION = "wgi-2022"
INTERVAL_90 = 1.6449  # standard normal quantile: the World Bank prints 90 % intervals


def governance(
    countries: Iterable[str] | str | None = None,
    years: Iterable[int] | int | None = None,
    dimension: str = "pv",
    six: bool = False,
) -> pd.DataFrame:
    """Estimates of one dimension with a 90 % interval.

    Parameters
    ----------
    countries, years : optional
        One or several; all when left out.
    dimension : str
        One of pv, va, ge, rq, rl, cc.
    six : bool
        Take political stability from the edition that holds all six dimensions (1996-2021), so that
        the six can be averaged; other dimensions stand only there.

    Returns
    -------
    DataFrame
        country, year, dimension, estimate, estimate_low, estimate_high [index], standard_error,
        source, grade.

    Raises
    ------
    DataError
        For an unknown country or dimension.

    Examples
    --------
    >>> taiwan = governance("Taiwan", 2024)
    >>> round(float(taiwan["estimate"].iloc[0]), 2)
    0.92
    """
    if dimension not in DIMENSIONS:
        details = {"choices": ", ".join(DIMENSIONS), "near": "pv"}
        raise DataError(Problem("choice", "dimension", dimension, details=details))
    with as_file(packaged("snapshots", "governance.parquet")) as path:
        stored = pq.ParquetFile(path).read()
    of_six = pc.equal(stored["source"], SIX_EDITION)
    edition = of_six if six or dimension != "pv" else pc.invert(of_six)
    table = stored.filter(pc.and_(pc.equal(stored["dimension"], dimension), edition)).to_pandas()
    table = table.astype({"year": "int64"})
    if countries is not None:
        listed = [countries] if isinstance(countries, str) else list(countries)
        table = table[table["country"].isin([read_country(name) for name in listed])]
    if years is not None:
        table = table[table["year"].isin([years] if isinstance(years, int | np.integer) else list(years))]
    reach = INTERVAL_90 * table["standard_error"]
    table = table.assign(
        estimate_low=table["estimate"] - reach, estimate_high=table["estimate"] + reach, grade="estimated"
    )
    columns = ["country", "year", "dimension", "estimate", "estimate_low", "estimate_high"]
    table = table[[*columns, "standard_error", "source", "grade"]]
    return table.sort_values(["country", "year"]).reset_index(drop=True)


def governance_at(countries: Iterable[str], year: int, dimension: str = "pv") -> pd.DataFrame:
    """One row for each country: the newest estimate not later than a year, or NaN and the reason.

    Returns
    -------
    DataFrame
        The columns of `governance` plus ``reason``; ``year`` is the year of the estimate, unknown
        (NA) when there is none.

    Examples
    --------
    >>> rows = governance_at(["CN", "SUHH"], 2001)
    >>> [int(year) for year in rows["year"].dropna()], list(rows["reason"])
    ([2000], ['', 'no_estimate'])
    """
    keys = [read_country(name) for name in countries]
    seen = governance(keys, dimension=dimension)
    newest = seen[seen["year"] <= year].groupby("country").tail(1)
    table = pd.DataFrame({"country": keys}).merge(newest, on="country", how="left")
    missing = table["estimate"].isna()
    return table.astype({"year": "Int64"}).assign(
        dimension=dimension, reason=["no_estimate" if unknown else "" for unknown in missing]
    )

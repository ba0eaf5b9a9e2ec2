"""A user's world trade of one year as evidence about goods: who exports what, and at which price."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.observe.correlate import to_edition
from meguri.observe.tradelines import WORLD

LEAST = 20  # exporters below which a file is no picture of the world
PRICED = 5  # exporters with value and weight below which a spread of prices says nothing


def world_exports(lines: pd.DataFrame, year: int | None = None, file: str = "") -> pd.DataFrame:
    """Exports of every economy by code of HS 2017, from trade lines of many reporters (BACI).

    Parameters
    ----------
    lines : DataFrame
        Columns of ``trade_lines``: export lines of six digits of any edition. Rows to the world are used
        where a reporter has no partners.
    year : int, optional
        The last year of the file when left out.
    file : str
        Named in a problem.

    Returns
    -------
    DataFrame
        code, economy, value, weight (NaN where no line of it gives one): what
        :func:`meguri.structure.goods_measured.goods_measured` takes as ``exports``.

    Raises
    ------
    DataError
        When fewer than twenty economies export: one reporter's trade says nothing of concentration.
    """
    rows = lines[(lines["flow"] == "export") & lines["code"].str.fullmatch(r"[0-9]{6}")]
    rows = rows[rows["year"] == (rows["year"].max() if year is None else year)]
    rows = _partners_or_world(rows)
    economies = rows["reporter"].nunique()
    if economies < LEAST:
        details = {"least": str(LEAST)}
        raise DataError(Problem("exports_few", "reporter", str(economies), file, details))
    keys = ["code", "vintage", "year", "reporter"]
    sums = rows.groupby(keys, as_index=False)[["value", "weight"]].sum(min_count=1)
    table = to_edition(sums, "HS2017").groupby(["code", "reporter"], as_index=False)
    return table[["value", "weight"]].sum(min_count=1).rename(columns={"reporter": "economy"})


def _partners_or_world(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines by partner; for a reporter that gives none, its lines to the world."""
    world = rows["partner"].isin([WORLD, ""])
    detailed = set(rows.loc[~world, "reporter"])
    return rows[~world | ~rows["reporter"].isin(detailed)]


def price_spread(exports: pd.DataFrame) -> pd.DataFrame:
    """How much dearer the dear exporters of a good are than the middle one: 90th percentile over median.

    Percentiles are over exporters' unit values, each counting with its value.

    Parameters
    ----------
    exports : DataFrame
        code, economy, value, weight.

    Returns
    -------
    DataFrame
        code, value [1]; a code with fewer than five priced exporters has no row.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": "x", "economy": list("abcde"), "value": [1.0, 1, 1, 1, 1],
    ...                      "weight": [1.0, 1, 1, 1, 0.1]})
    >>> price_spread(rows).values.tolist()
    [['x', 10.0]]
    """
    known = exports[(exports["value"] > 0) & (exports["weight"] > 0)]
    rows = []
    for code, group in known.groupby("code"):
        if len(group) < PRICED:
            continue
        price = (group["value"] / group["weight"]).to_numpy(dtype=float)
        order = np.argsort(price, kind="stable")
        below = np.cumsum(group["value"].to_numpy(dtype=float)[order])
        at = [price[order][np.searchsorted(below, share * below[-1])] for share in (0.5, 0.9)]
        rows.append((code, float(at[1] / at[0])))
    return pd.DataFrame(rows, columns=["code", "value"])

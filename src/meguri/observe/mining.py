"""World production by element, stage, country and year, from EC 2023, BGS, USGS and IEA.

``world_production`` holds the metals of the documents, ``world_minerals`` further metals and minerals
from USGS; both have the same columns and are read as one table.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.base.terms import packaged
from meguri.observe.packaged import facts


def production(
    element: str | None = None, stage: str | None = None, year: int | None = None, source: str | None = None
) -> pd.DataFrame:
    """Production rows as the sources give them, unknown ones included with their reason.

    ``amount`` is in tonnes on the row's ``basis``; ``share`` is given where the source prints shares
    only (EC 2023). ``kind`` tells countries from "other countries" and from printed world totals.

    Parameters
    ----------
    element : str, optional
        Element key; ``REO`` is all rare earths together. Pr, Dy, Tb … exist singly in EC 2023 only.
    stage : str, optional
        ``ore``, ``separation``, ``refining``, ``metal`` or ``alloy``.
    year : int, optional
        Year, or last year of the period.
    source : str, optional
        Key of sources.csv.

    Returns
    -------
    DataFrame
        Columns of ``world_production``.

    Examples
    --------
    >>> rows = production("Ga", year=2023, source="bgs-wms")
    >>> float(rows.loc[rows["country"] == "CN", "amount"].iloc[0])
    621.0
    """
    table = _table()
    for name, wanted in (("element", element), ("stage", stage), ("year", year), ("source", source)):
        if wanted is not None:
            table = table[table[name] == wanted]
    return table.reset_index(drop=True)


FILES = ("world_production.parquet", "world_minerals.parquet")


@cache
def _stored() -> pd.DataFrame:
    parts = []
    for name in FILES:
        with packaged("facts", name).open("rb") as file:
            parts.append(pd.read_parquet(file))
    table = pd.concat(parts, ignore_index=True).fillna({"reason": "", "grade": ""})
    return table.astype({"year": "int64"})


def stored_production() -> pd.DataFrame:
    """All rows of `production` as the package stores them: checked by tests, not again at run time.

    For calculations over every element at once, where checking each cell would take longer than the
    calculation.

    Examples
    --------
    >>> len(stored_production()) == len(production())
    True
    """
    return _stored().copy()


def _table() -> pd.DataFrame:
    return facts("world_production", *FILES)


def elements() -> list[str]:
    """Elements that have at least one row.

    Examples
    --------
    >>> "Dy" in elements()
    True
    """
    return sorted(_table()["element"].unique())

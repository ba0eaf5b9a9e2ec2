"""World production by element, stage, country and year, from EC 2023, BGS, USGS and IEA.

``world_production`` holds the metals of the documents, ``world_minerals`` further metals and minerals
from USGS; both have the same columns and are read as one table.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.observe.ec_study import ec_shares
from meguri.observe.packaged import facts

EC_YEAR = 2020  # last year of the study's average


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
def _table() -> pd.DataFrame:
    return _with_ec(facts("world_production", *FILES))


def _with_ec(others: pd.DataFrame) -> pd.DataFrame:
    """World shares of EC 2023 beside the other sources; they are stored once, with their parameters."""
    shares = ec_shares(scope="global")
    rows = pd.DataFrame({
        "element": shares["material"], "stage": shares["stage"], "country": shares["country"],
        "kind": "country", "year": EC_YEAR, "period": shares["period"], "basis": "share_ec2023",
        "share": shares["share"], "reason": "", "source": shares["source"], "grade": shares["grade"],
    })  # fmt: skip
    rows = rows.reindex(columns=others.columns).astype(others.dtypes)
    return pd.concat([others, rows], ignore_index=True)


def elements() -> list[str]:
    """Elements that have at least one row.

    Examples
    --------
    >>> "Dy" in elements()
    True
    """
    return sorted(_table()["element"].unique())

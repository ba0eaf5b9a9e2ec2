"""Points of the series claims are tested on: packaged ones, and those of a file of one's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from meguri.base.files import read_csv
from meguri.base.tables import Schema
from meguri.base.terms import packaged


@cache
def _packaged(table: str, name: str) -> pd.DataFrame:
    with packaged("claims", name).open("rb") as file:
        return Schema.of(table).check(pd.read_csv(file, dtype=str, keep_default_na=False), name)


def series_names() -> pd.DataFrame:
    """Every series a claim may name: what is counted, where, and in which unit.

    Examples
    --------
    >>> series_names().set_index("series").at["jp-imports-rare-earths-cn", "unit"]
    't'
    """
    return _packaged("claim_series", "series.csv").copy()


def claim_points(own: str | Path | None = None) -> pd.DataFrame:
    """Points of the packaged series; where a file of one's own has a series, its points are added.

    Parameters
    ----------
    own : path, optional
        CSV with the columns of ``claim_points``: series, period (2010, 2010-01 or 2010-01/2010-09),
        value, unit, source, grade.

    Examples
    --------
    >>> points = claim_points()
    >>> points[points["period"] == "2010-01/2010-09"]["value"].tolist()
    [16000.0]
    """
    points = _packaged("claim_points", "points.csv")
    if own is None:
        return points.copy()
    added = Schema.of("claim_points").check(read_csv(Path(own)), str(own))
    kept = points.merge(added[["series", "period"]], on=["series", "period"], how="left", indicator=True)
    points = points[
        (kept["_merge"] == "left_only").to_numpy()
    ]  # a period given anew replaces the packaged one
    return pd.concat([points, added], ignore_index=True)

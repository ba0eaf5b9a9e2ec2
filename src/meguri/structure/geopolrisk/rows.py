"""From one row for each request to one row for each measure of ``risk_scores``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

SHARED = ["method", "material", "stage", "economy", "year", "basis", "data_year", "reason", "source", "grade"]
UNITS = {"hhi": "1", "ir": "1", "score": "1", "midpoint": "kUSD/t", "cf": "kg Cu-eq/kg"}


def score_rows(
    table: pd.DataFrame, measures: Mapping[str, tuple[str, str | None, str | None]]
) -> pd.DataFrame:
    """Long form: each measure of each request as a row, requests in their order.

    Parameters
    ----------
    table : DataFrame
        SHARED columns and those the measures name; columns such as ``reason_hhi`` take the place of
        ``reason`` for that measure.
    measures : mapping
        Measure → columns of value, low and high (None where there is no range).

    Examples
    --------
    >>> one = dict.fromkeys(SHARED, "x") | {"hhi": 0.5}
    >>> score_rows(pd.DataFrame([one]), {"hhi": ("hhi", None, None)})["value"].tolist()
    [0.5]
    """
    n, k = len(table), len(measures)
    long = table[SHARED].loc[table.index.repeat(k)].reset_index(drop=True)
    for place, name in enumerate(("value", "low", "high")):
        columns = [
            table[c[place]].to_numpy(float) if c[place] else np.full(n, np.nan) for c in measures.values()
        ]
        long[name] = np.column_stack(columns).ravel()
    for name in SHARED:
        own = [table.get(f"{name}_{measure}", table[name]) for measure in measures]
        if any(f"{name}_{measure}" in table for measure in measures):
            long[name] = np.column_stack([column.to_numpy(object) for column in own]).ravel()
    return long.assign(
        measure=np.tile(list(measures), n), unit=np.tile([UNITS[m] for m in measures], n), published=np.nan
    )

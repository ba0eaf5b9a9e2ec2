"""Month by month: the run chart of each figure, and whether it has shifted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.shop import Shop, instants
from meguri.structure.safetynet_times import HOUR, downtime, unplanned

RUN = 8  # months in a row on one side of the median that count as a shift


def shifts(values: pd.Series[float]) -> pd.Series[bool]:
    """Months in a run of eight or more on one side of the median; months on the median break no run.

    Examples
    --------
    >>> int(shifts(pd.Series([1.0] * 8 + [3.0] * 8)).sum()), int(shifts(pd.Series([1.0, 3.0] * 8)).sum())
    (16, 0)
    """
    side = np.sign(values - values.median()).where(lambda s: s != 0).ffill().fillna(0.0)
    run = (side != side.shift()).cumsum()
    length = run.map(run.value_counts())
    return (length >= RUN) & (side != 0)


def kpi_runs(shop: Shop, as_of: str) -> pd.DataFrame:
    """Uptime, hours to recover and retrofit ratio of each month.

    Returns
    -------
    DataFrame
        Columns of ``kpi_runs``. A month without a record is no row; the recovery time of a month is the
        median of stops that ended in it, so open cases come in when they end.
    """
    parts = []
    if len(shop.schedule):
        days = downtime(shop, as_of)
        sums = days.groupby(days["date"].str[:7])[["hours", "down"]].sum()
        sums = sums[sums["hours"] > 0]
        counted = days.groupby(days["date"].str[:7]).size()[sums.index]
        parts.append(_rows("uptime", 1 - sums["down"] / sums["hours"], counted))
    stops = unplanned(shop)
    timed = (stops["start"].str.len() > 10) & (stops["end"].str.len() > 10)
    stops = stops[timed & (stops["end"] <= f"{as_of}T99")]
    if len(stops):
        hours = (instants(stops["end"]) - instants(stops["start"])) / HOUR
        month = hours.groupby(stops["end"].str[:7])
        parts.append(_rows("recovery_median", month.median(), month.size()))
    works = shop.works[shop.works["kind"].isin(["retrofit", "upgrade", "new"]) & (shop.works["date"] != "")]
    if len(works):
        month = (works["kind"] != "new").astype(float).groupby(works["date"].str[:7])
        parts.append(_rows("retrofit_ratio", month.mean(), month.size()))
    schema = Schema.of("kpi_runs")
    return schema.check(pd.concat(parts, ignore_index=True), "kpi_runs") if parts else schema.empty()


def _rows(kpi: str, values: pd.Series[float], counted: pd.Series[int]) -> pd.DataFrame:
    values = values.sort_index()
    return pd.DataFrame({
        "kpi": kpi, "month": values.index.astype(str), "value": values.to_numpy(),
        "n": counted.reindex(values.index).to_numpy(), "centre": float(values.median()),
        "signal": shifts(values).to_numpy(),
    })  # fmt: skip

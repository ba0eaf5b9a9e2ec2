"""Hours down on scheduled days, and hours from fault to specification: what the figures are made from."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.observe.shop import Shop, instants

HOUR = pd.Timedelta(hours=1)
DAY = pd.Timedelta(days=1)
Floats = npt.NDArray[np.float64]


def unplanned(shop: Shop) -> pd.DataFrame:
    """Stops that nobody had planned; where the sheet does not say, a stop is a fault."""
    return shop.stops[~shop.stops["planned"].fillna(False).astype(bool)]


def downtime(shop: Shop, as_of: str) -> pd.DataFrame:
    """Hours down on every scheduled day: asset, date, hours (scheduled), down, down_low, down_high.

    Planned stops do not count. A stop counts within the hours of its days only as far as the day was
    scheduled. Where a stop has a day but no time, its first and last day count for nothing (``down_low``), in
    full (``down_high``), or half (``down``).
    """
    days = shop.schedule.sort_values(["asset", "date"]).reset_index(drop=True)
    low, high = np.zeros(len(days)), np.zeros(len(days))
    cut = pd.Timestamp(as_of) + DAY
    dates = pd.to_datetime(days["date"]).to_numpy()  # a ufunc on a Series of dates costs fifty times as much
    overs = dates + DAY.to_timedelta64()
    for stop in unplanned(shop).itertuples():
        mine = ((days["asset"] == stop.asset) | (stop.asset == "")).to_numpy()
        for total, edge in ((low, "inner"), (high, "outer")):
            begin, end = _span(str(stop.start), str(stop.end), cut, edge)
            spans = np.minimum(end.to_datetime64(), overs) - np.maximum(begin.to_datetime64(), dates)
            hours = spans / HOUR.to_timedelta64()
            total += np.where(mine, np.clip(hours, 0, None), 0.0)
    hours = days["hours"].to_numpy(dtype=float)
    low, high = np.minimum(low, hours), np.minimum(high, hours)
    frame = days[["asset", "date", "hours"]]
    frame = frame.assign(down=(low + high) / 2, down_low=low, down_high=high)
    return cast(pd.DataFrame, frame[frame["date"] <= as_of])


def _span(start: str, end: str, cut: pd.Timestamp, edge: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Instants a stop lasts from and to; a day without a time is taken narrowly or widely."""
    begin = pd.Timestamp(start) + (DAY if edge == "inner" and len(start) == 10 else 0 * DAY)
    if not end:
        return begin, cut
    over = pd.Timestamp(end) + (DAY if edge == "outer" and len(end) == 10 else 0 * DAY)
    return begin, max(begin, min(over, cut))


def recovery_times(shop: Shop, as_of: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Hours from fault to specification of unplanned stops, and whether each has ended; both (stop,).

    Open stops are cut off at the end of ``as_of``. Stops without a time of day tell no hours and stay out.
    """
    stops = unplanned(shop)
    timed = stops[(stops["start"].str.len() > 10) & ((stops["end"].str.len() > 10) | (stops["end"] == ""))]
    begin = instants(timed["start"])
    cut = pd.Timestamp(as_of) + DAY
    end = instants(timed["end"]).fillna(cut)
    seen = begin < cut
    ended = ((timed["end"] != "") & (end <= cut))[seen].to_numpy(dtype=bool)
    hours = ((end.clip(upper=cut) - begin) / HOUR)[seen].to_numpy(dtype=float)
    return hours, ended

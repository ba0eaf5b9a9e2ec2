"""Series behind a claim: which of them reach the claim's own resolution, and what they show.

A claim dated to a month is tested by months. A sum over nine of them, or a year, cannot contradict a stop
of some weeks; it is listed with its length as what is at hand, and decides nothing (METHODS 5).
"""

from __future__ import annotations

import pandas as pd

from meguri.observe.dated import read_interval
from meguri.observe.interval import Interval
from meguri.structure.claims_model import Claim, SeriesAsk

SERIES_COLUMNS = ["series", "role", "direction", "finding", "months_at_hand", "coarser_at_hand", "needed"]


def series_table(claim: Claim, effect: Interval, points: pd.DataFrame) -> pd.DataFrame:
    """What each series asked for has at hand at the claim's resolution, and coarser.

    Parameters
    ----------
    claim : Claim
        Names the series.
    effect : Interval
        Possible days of the effect.
    points : DataFrame
        As :func:`meguri.structure.claims_points.claim_points`.
    """
    rows = [_row(ask, effect, points[points["series"] == ask.series]) for ask in claim.series]
    return pd.DataFrame(rows, columns=SERIES_COLUMNS)


def _row(ask: SeriesAsk, effect: Interval, points: pd.DataFrame) -> tuple[object, ...]:
    spans = {period: read_interval(period) for period in points["period"]}
    touched = {period: span for period, span in spans.items() if effect.known and span.overlaps(effect)}
    months = sorted(period for period, span in touched.items() if is_month(span))
    coarser = sorted(period for period, span in touched.items() if not is_month(span))
    finding = "absent" if not touched else "too-coarse" if not months else "too-short"
    return (
        ask.series,
        ask.role,
        ask.direction,
        finding,
        len(months),
        " | ".join(coarser),
        needed(ask, effect),
    )


def is_month(span: Interval) -> bool:
    """Whether a point is as fine as a month.

    Examples
    --------
    >>> is_month(read_interval("2010-01")), is_month(read_interval("2010-01/2010-09"))
    (True, False)
    """
    return span.days is not None and span.days <= 31


def needed(ask: SeriesAsk, effect: Interval) -> str:
    """First and last month in which the series must move."""
    if effect.open_start:
        return ""
    first = pd.Period(effect.earliest, "M") + ask.lag[0]
    if effect.open_end:
        return f"{first}/"
    return f"{first}/{pd.Period(effect.latest, 'M') + ask.lag[1]}"

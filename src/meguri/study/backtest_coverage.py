"""How often history lies in the bands: an honest band from P10 to P90 holds four points in five."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.tables import Schema

NOMINAL = 0.8  # share of points that a band from P10 to P90 should hold
NORMAL_95 = 1.959964
ALL = "all"  # key of the rows over all cases, where the group is what is counted
_BANDS = {
    "parameter": ("low", "high", "in_band", "hit"),
    "predictive": ("predictive_low", "predictive_high", "in_predictive", "predictive_hit"),
}


def wilson(inside: int, points: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, Journal of the American Statistical Association 22:209).

    It takes points as independent; those of one episode are not, so the truth is less certain still.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)], [round(end, 3) for end in wilson(0, 5)]
    ([0.49, 0.943], [0.0, 0.434])
    """
    if points == 0:
        return float("nan"), float("nan")
    share, square = inside / points, NORMAL_95**2 / points
    middle = share + square / 2
    half = np.sqrt(square * (share * (1 - share) + square / 4))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    return max(float(low), 0.0), min(float(high), 1.0)


def coverage(scores: pd.DataFrame) -> pd.DataFrame:
    """Share of scored points inside each of the two bands: table ``backtest_coverage``.

    Parameters
    ----------
    scores : DataFrame
        Table ``backtest_scores`` of one or more cases.

    Returns
    -------
    DataFrame
        One row for each group of a case and each band; then, with case ``all``, for each thing counted.
    """
    parts = [
        *scores.groupby(["case", "group"], sort=False),
        *(((ALL, what), rows) for what, rows in scores.groupby("what", sort=True)),
    ]
    rows = [_row(str(case), str(group), part, band) for (case, group), part in parts for band in _BANDS]
    return Schema.of("backtest_coverage").check(pd.DataFrame(rows))


def of_case(scores: pd.DataFrame) -> pd.DataFrame:
    """Coverage of the groups of one case, without the rows over all."""
    table = coverage(scores)
    return table[table["case"] != ALL].reset_index(drop=True)


def _row(case: str, group: str, scores: pd.DataFrame, band: str) -> dict[str, object]:
    low, high, inside, hit = _BANDS[band]
    known = scores[scores[inside] != "unknown"]
    held = int((known[inside] == "yes").sum())
    ends = wilson(held, len(known))
    ratio = known[(known[low] > 0) & ~known["what"].isin(["share", "stops"])]
    return {
        "case": case,
        "group": group,
        "band": band,
        "points": len(known),
        "inside": held,
        "share": held / len(known) if len(known) else float("nan"),
        "interval_low": ends[0],
        "interval_high": ends[1],
        "width": float((ratio[high] / ratio[low]).median()) if len(ratio) else float("nan"),
        "hits": int((known[hit] == "yes").sum()),
    }

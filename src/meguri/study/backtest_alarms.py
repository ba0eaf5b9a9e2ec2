"""Alarms: where the model, and where history by itself, says that something happened to a series.

A placebo must raise no alarm of the model; a case with a shock must raise one, or the test could not
fail. What history says is printed beside it: trade is restless without any control.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.study.backtest_score import rate

ALARM = 0.05  # [1] a band that lies wholly beyond this distance from the last value before
UNUSUAL = 2.0  # standard deviations of the changes from year to year before the event
FEWEST = 4  # changes from which a deviation is told


def alarms(series: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Alarms of the model and of history for every scored point.

    Parameters
    ----------
    series, scores : DataFrame
        Tables ``backtest_series`` and ``backtest_scores`` of one or more cases.

    Returns
    -------
    DataFrame
        Table ``backtest_alarms``. ``model`` is yes where the whole band, P10 to P90, lies more than
        5 % from the last value before. ``history`` is yes where the logarithm of observed over the
        last value before exceeds two standard deviations of the yearly changes before the event.
    """
    rows = []
    for row in scores.to_dict("records"):
        before = float(row["before"])
        usual = _usual_change(series, str(row["case"]), str(row["series"]), str(row["what"]))
        rows.append(
            {key: row[key] for key in ("case", "series", "period")}
            | {
                "model": _outside(float(row["low"]), float(row["high"]), before),
                "history": _unusual(float(row["observed"]), before, usual),
                "usual": usual,
            }
        )
    return Schema.of("backtest_alarms").check(pd.DataFrame(rows))


def _outside(low: float, high: float, before: float) -> str:
    """Whether a band lies wholly beside the last value before.

    Examples
    --------
    >>> _outside(90.0, 94.0, 100.0), _outside(90.0, 96.0, 100.0)
    ('yes', 'no')
    """
    if not np.isfinite([low, high, before]).all():
        return "unknown"
    return "yes" if high < before * (1 - ALARM) or low > before * (1 + ALARM) else "no"


def _unusual(observed: float, before: float, usual: float) -> str:
    if not np.isfinite([observed, before, usual]).all() or before <= 0:
        return "unknown"
    floor = 0.01 * before  # a log of nothing is not asked
    return "yes" if abs(np.log(max(observed, floor) / before)) > UNUSUAL * usual else "no"


def _usual_change(series: pd.DataFrame, case: str, name: str, what: str) -> float:
    """Standard deviation of the log changes between the years before the event; NaN for few years."""
    rows = series[(series["case"] == case) & (series["series"] == name) & (series["phase"] == "before")]
    years = rows[rows["period"].str.fullmatch(r"\d{4}")].groupby("period")["value"].median().dropna()
    levels = np.array([rate(float(value), period, what) for period, value in years.items()])
    if len(levels) <= FEWEST or (levels <= 0).any():
        return float("nan")
    return float(np.std(np.diff(np.log(levels)), ddof=1))

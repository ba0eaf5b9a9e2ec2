"""A monthly series made ready for the search of breaks: window, scale, zero months, missing months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.structure.breaks_model import Array, Places

Transform = Literal["log1p", "linear"]
WINDOW = ("2015-01", "2021-12")
TENTH = 0.1  # log1p counts in tenths of the typical month: below one, a month is as good as none
ENOUGH = 24  # observed months: fewer cannot tell a level from a season
FULL_SEASON = 36  # observed months: fewer cannot tell a season from chance
TRADED = 12  # months with trade: fewer are single lots, no level


@dataclass(frozen=True)
class Scaled:
    """A series on the scale on which it is looked at.

    ``months`` counts from January of year 0 (so that month % 12 is the calendar month), ``given`` holds
    the observed values in their own unit, ``looked`` the same on the scale.
    """

    months: Places
    given: Array
    looked: Array
    notes: pd.DataFrame
    enough: bool
    season: bool

    @property
    def periods(self) -> list[str]:
        """The observed months as text, "2019-07"."""
        return [as_text(month) for month in self.months]


def as_text(month: int) -> str:
    """A counted month as text.

    Examples
    --------
    >>> as_text(2019 * 12 + 6)
    '2019-07'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def as_count(month: str, place: str = "month") -> int:
    """A month as text, as a count; days behind it are left out.

    Raises
    ------
    DataError
        When it is no month.

    Examples
    --------
    >>> as_count("2019-07") == as_count("2019-07-04") == 2019 * 12 + 6
    True
    """
    try:
        period = pd.Period(str(month)[:7], freq="M")
    except ValueError:
        raise DataError(Problem("break_month", place, str(month)[:40])) from None
    if len(str(month)) < 7:  # a year alone is no month
        raise DataError(Problem("break_month", place, str(month)))
    return int(period.year) * 12 + int(period.month) - 1


def scaled(
    series: pd.Series[Any], transform: Transform = "log1p", window: tuple[str, str] = WINDOW
) -> Scaled:
    """The observed months of a window on the scale of the search, and what a reader must know of them.

    ``log1p`` is ln(1 + value / one tenth of the median traded month): a change counts in proportion,
    a month without trade stays finite, and no unit of the series changes anything. ``linear`` divides by
    the median of the absolute values. An absent or empty month is unknown and is left out of the
    likelihood; a month that holds 0 is an observation.

    Raises
    ------
    DataError
        When the index holds no months or one twice, the window is upside down or a value is negative
        (under log1p) or infinite.
    """
    counts, values = _read(series, transform)
    start, end = as_count(window[0], "window"), as_count(window[1], "window")
    if start >= end:
        raise DataError(Problem("break_window", "window", f"{window[0]} … {window[1]}"))
    inside = (counts >= start) & (counts <= end) & ~np.isnan(values)
    order = np.argsort(counts[inside], kind="stable")
    months, given = counts[inside][order], values[inside][order]
    traded = np.abs(given[given != 0])
    enough = len(months) >= ENOUGH and len(traded) >= TRADED
    typical = float(np.median(traded)) if len(traded) else 1.0
    looked = np.log1p(given / (TENTH * typical)) if transform == "log1p" else given / typical
    season = len(months) >= FULL_SEASON
    notes = _notes(months, given, (start, end), enough, season)
    return Scaled(months, given, looked, notes, enough, season)


def _read(series: pd.Series[Any], transform: Transform) -> tuple[Places, Array]:
    try:
        values = pd.to_numeric(series).to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(Problem("break_value", "series", str(series.dtype))) from None
    counts = np.array([as_count(str(month), "series") for month in series.index], dtype=np.int64)
    found = [
        Problem("break_twice", "series", as_text(month))
        for month in sorted({int(month) for month in counts if (counts == month).sum() > 1})
    ]
    wrong = np.isinf(values) | ((values < 0) if transform == "log1p" else np.zeros(len(values), dtype=bool))
    found += [
        Problem("break_value", as_text(counts[place]), f"{values[place]:g}")
        for place in np.flatnonzero(wrong)
    ]
    if found:
        raise DataError(found[:50])
    return counts, values


def _notes(months: Places, given: Array, window: tuple[int, int], enough: bool, season: bool) -> pd.DataFrame:
    """What a reader must know: zero months, missing months, what could not be done."""
    zero = [int(month) for month in months[given == 0]]
    held = {int(month) for month in months}
    missing = [month for month in range(window[0], window[1] + 1) if month not in held]
    rows = []
    if zero:
        rows.append({"note": "zero_months", "count": len(zero), "months": spelled(zero)})
    if missing:
        rows.append({"note": "missing_months", "count": len(missing), "months": spelled(missing)})
    if not enough:
        rows.append({"note": "too_few_months", "count": len(months), "months": ""})
    elif not season:
        rows.append({"note": "season_kept", "count": len(months), "months": ""})
    return pd.DataFrame(rows, columns=["note", "count", "months"])


def spelled(months: list[int]) -> str:
    """Runs of months as text.

    Examples
    --------
    >>> spelled([24235, 24236, 24240])
    '2019-08/2019-09 | 2020-01'
    """
    runs: list[list[int]] = []
    for month in sorted(months):
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return " | ".join(
        as_text(run[0]) if len(run) == 1 else f"{as_text(run[0])}/{as_text(run[-1])}" for run in runs
    )

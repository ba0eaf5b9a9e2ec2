"""Whether a stop of some weeks or months shows at a date named beforehand.

A level needs half a year (:mod:`meguri.structure.breaks`); a stop can be shorter. So the lowest of the
months in question is set beside what the year around them and the other years of the same calendar month
would let one expect, and the same number is taken for every other stretch of that length. The rank among
those stretches is the chance: it needs no model of the noise, only that the series behaves at other times
as it does at the date asked for. A series of a year or two has too few stretches to rank; there the spread
of the other months (median absolute deviation, Student's t for the few of them) must do, without a season.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from meguri.structure.breaks import NamedDate
from meguri.structure.breaks_model import Array, Places
from meguri.structure.breaks_scale import Scaled, as_count, as_text, scaled
from meguri.structure.breaks_search import MATTERS

Mask = npt.NDArray[np.bool_]
AROUND = 12  # months on either side that say what level to expect
FEWEST = 9  # other months: fewer have no spread
MAD_TO_SD = 1.4826  # of normal noise
STRETCHES = 19  # others to compare with: fewer cannot reach a chance of one in twenty


def spell_at(
    series: pd.Series[Any],
    first: str,
    last: str,
    *,
    direction: Literal["fall", "rise"] = "fall",
    level: float = 0.05,
) -> NamedDate:
    """Whether some month from ``first`` to ``last`` stands out below (above) the rest by half or more.

    Parameters
    ----------
    series : Series
        Values by month; absent or NaN = unknown, 0 = no trade.
    first, last : str
        Months in question, "2010-01"; all of them must be known.
    direction : {"fall", "rise"}
        A rise by as much is a doubling.
    level : float
        Level of significance.

    Returns
    -------
    NamedDate
        ``answer`` yes, no (a fall by half is excluded) or cannot be told; ``at`` the month that stands
        out most; ``change`` [1] with its 95 % range over the other stretches; ``reason`` a key of
        ``break_reasons``.

    Examples
    --------
    >>> months = pd.period_range("2007-01", "2011-12", freq="M").astype(str)
    >>> values = pd.Series(100.0 + 7 * (np.arange(60) * 37 % 11), index=months)
    >>> halted = values.copy()
    >>> halted["2010-01"] = 5.0
    >>> spell_at(halted, "2010-01", "2010-03").answer, spell_at(values, "2010-01", "2010-03").answer
    ('yes', 'no')
    """
    counts = [as_count(str(month), "series") for month in series.index]
    if len(counts) < FEWEST:
        return _untold(first, "too_few_months")
    data = scaled(series, "log1p", (as_text(min(counts)), as_text(max(counts))))
    months = np.arange(as_count(first), as_count(last) + 1)
    if not np.isin(months, data.months).all():
        return _untold(first, "outside_window")
    sign = -1.0 if direction == "fall" else 1.0
    clear = _clear(data, np.isin(data.months, months))
    named, where = _stands_out(data, months, clear, sign)
    others = []
    for block in _stretches(data, months):
        inside = np.isin(data.months, block)
        others.append(_stands_out(data, block, _clear(data, inside), sign)[0])
    usual = clear[~np.isin(data.months, months)]
    if len(others) >= STRETCHES:
        p = float((1 + sum(other >= named for other in others)) / (1 + len(others)))
        spread = (float(np.quantile(usual, 0.025)), float(np.quantile(usual, 0.975)))
    elif len(usual) >= FEWEST:
        p, spread = _by_scatter(named, usual, len(months))
    else:
        return _untold(first, "too_few_months")
    return _answer(sign * named, p, spread, sign, level, as_text(where))


def _by_scatter(named: float, usual: Array, block: int) -> tuple[float, tuple[float, float]]:
    """Chance of one of ``block`` months so far out, and the 95 % spread, from the scatter of the others."""
    n = len(usual)
    scatter = float(np.median(np.abs(usual - np.median(usual)))) * MAD_TO_SD * (1 + 1 / n) ** 0.5
    far = named / scatter if scatter > 0 else np.inf * np.sign(named)
    half = scatter * float(student.ppf(0.975, n - 1))
    return min(1.0, block * float(student.sf(far, n - 1))), (-half, half)


def _untold(at: str, reason: str) -> NamedDate:
    return NamedDate("cannot be told", at, "", "", np.nan, np.nan, np.nan, np.nan, reason)


def _stretches(data: Scaled, named: Places) -> list[Places]:
    """Every other run of as many months, all known, that shares none with those in question."""
    held = {int(month) for month in data.months}
    blocks = [np.arange(start, start + len(named)) for start in sorted(held)]
    return [block for block in blocks if held.issuperset(block.tolist()) and not np.isin(block, named).any()]


def _clear(data: Scaled, inside: Mask) -> Array:
    """How far each month lies from what is expected, with the months ``inside`` kept out of the yardstick."""
    clear: Array = data.looked - _expected(data, inside)
    return clear - _season(data, clear, inside) if data.season else clear


def _stands_out(data: Scaled, block: Places, clear: Array, sign: float) -> tuple[float, int]:
    """Deviation of the most extreme month of a block in the direction asked for, and that month."""
    places = np.flatnonzero(np.isin(data.months, block))
    best = places[int((sign * clear[places]).argmax())]
    return float(sign * clear[best]), int(data.months[best])


def _expected(data: Scaled, inside: Mask) -> Array:
    """Median of the year around each month, the block left out: a stop must not lower its own yardstick."""
    outside = ~inside
    near = np.abs(data.months[:, None] - data.months[None, :]) <= AROUND
    levels = [float(np.median(data.looked[row & outside])) for row in near]
    return np.array(levels)


def _season(data: Scaled, clear: Array, inside: Mask) -> Array:
    """Median of the same calendar month in the other years."""
    calendar = data.months % 12
    level = np.zeros(len(clear))
    for month in range(12):
        known = clear[(calendar == month) & ~inside]
        if len(known) > 1:  # one year alone is chance, no season
            level[calendar == month] = float(np.median(known))
    return level


def _answer(
    named: float, p: float, spread: tuple[float, float], sign: float, level: float, at: str
) -> NamedDate:
    """The answer of a deviation, with the range that the spread of the other months leaves it."""
    low, high = (float(np.expm1(named - end)) for end in reversed(spread))
    change = float(np.expm1(named))
    matters = -MATTERS if sign < 0 else 1 / MATTERS - 1
    if p <= level and sign * change >= sign * matters:
        return NamedDate("yes", at, at, at, p, change, low, high, "found")
    if low > matters if sign < 0 else high < matters:
        return NamedDate("no", at, at, at, p, change, low, high, "half_excluded")
    return NamedDate("cannot be told", at, at, at, p, change, low, high, "half_not_excluded")

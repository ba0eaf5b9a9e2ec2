"""Goods that come by another way: third countries' jumps told apart from localisation.

When a holder's deliveries fall, the partner may buy elsewhere, make the goods at home, use less or live
on stocks. Customs see the first of these only. So third countries are asked first: whose deliveries
jumped within a year of the date (``LAG``, frozen before any series was looked at: qualifying a second
source takes three to twelve months, building a plant longer), and how much of the fall do the jumps make
good? Only what is left can be localisation, and only where the list of partners is whole.

A jump shows that goods come by another way, not why: a sister plant of the same maker, a trader and a
rival look alike to customs. In none of these cases has the partner learnt to make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.structure.breaks import NamedDate, fall_at, holm
from meguri.structure.breaks_model import Array
from meguri.structure.breaks_scale import WINDOW, as_count, as_text

LAG = 12  # months after the date in which a jump counts as an answer to it
YEAR = 12  # months compared before and after: a whole year, so no season counts
BLOCK = 3  # months drawn together: lots and orders hang together for about a quarter
DRAWS = 999
WHOLE = 0.98  # share of all imports that the listed partners hold, from which the list counts as whole

Verdict = Literal["re-routing before localisation", "no jump found", "cannot be told"]


@dataclass(frozen=True)
class DetourAnswer:
    """What third countries did when the holder's deliveries fell.

    ``partners`` (table ``detour_partners``) holds one row for each third country, ``summary`` (table
    ``detour_summary``) the fall, the share of it that jumps make good, and what is left. ``reason`` and
    ``left_reason`` are keys of ``detour_words``.
    """

    verdict: Verdict
    reason: str
    localisation: Literal["at most", "cannot be told"]
    left_reason: str
    partners: pd.DataFrame
    summary: pd.DataFrame


def detour(
    series_by_partner: pd.DataFrame,
    at: str,
    window: tuple[str, str] = WINDOW,
    *,
    holder: str,
    whole: pd.Series[Any] | bool = False,
    level: float = 0.05,
    seed: int = 0,
) -> DetourAnswer:
    """Whether third countries jumped when a holder's deliveries fell, and how much of it that explains.

    Parameters
    ----------
    series_by_partner : DataFrame
        Monthly imports, one column for each partner, months as index ("2019-07"); NaN = unknown.
    at : str
        Month of the control.
    window : (str, str)
        First and last month looked at.
    holder : str
        Column of the one whose deliveries are controlled.
    whole : Series or bool
        Imports from all partners by month, against which the list is measured; True where the list is
        known to be whole, False where it is not.
    level : float
        Level of significance, after correction for the number of third countries (Holm).

    Returns
    -------
    DetourAnswer
        Shares may exceed 1 (more came by other ways than was lost) and are not cut off.

    Raises
    ------
    DataError
        When the holder is no column, no third country is there, or a series cannot be read.

    Examples
    --------
    >>> months = pd.period_range("2015-01", "2021-12", freq="M").astype(str)
    >>> low = (months >= "2019-07") * 60.0
    >>> frame = pd.DataFrame({"holder": 100 - low, "third": 20 + low}, index=months)
    >>> answer = detour(frame, "2019-07", holder="holder", whole=True)
    >>> answer.verdict, round(float(answer.summary["explained"].iloc[0]), 2)
    ('re-routing before localisation', 1.0)
    """
    _check(series_by_partner, holder)
    rng = np.random.default_rng(seed)
    fall = fall_at(series_by_partner[holder], at, window=window, level=level, seed=seed)
    lost = _change(series_by_partner[holder], at, rng, sign=-1)
    partners, gains = _partners(series_by_partner, at, window, holder, (level, seed), rng)
    covered = _coverage(series_by_partner, at, whole)
    jumped = partners["jump"] == "yes"
    summary = _summary(holder, fall, lost, (gains[jumped.to_numpy()], gains[~jumped.to_numpy()]), covered)
    verdict, reason = _verdict(partners, covered)
    told, left_reason = _left(summary, covered)
    return DetourAnswer(verdict, reason, told, left_reason, partners, summary)


def _check(frame: pd.DataFrame, holder: str) -> None:
    if holder not in frame.columns:
        raise DataError(Problem("detour_holder", "holder", holder, "", {"held": ", ".join(map(str, frame))}))
    if len(frame.columns) < 2:
        raise DataError(Problem("detour_alone", "series_by_partner", holder))


def _mean_month(series: pd.Series[Any], first: int) -> Array:
    """Known months of a year from a month on."""
    counts = np.array([as_count(str(month)) for month in series.index])
    values = pd.to_numeric(series).to_numpy(dtype="float64", na_value=np.nan)
    year: Array = values[(counts >= first) & (counts < first + YEAR) & ~np.isnan(values)]
    return year


def _change(series: pd.Series[Any], at: str, rng: np.random.Generator, sign: int = 1) -> Array:
    """Change of the mean month from the year before to the year after: the value, then the draws.

    Draws of blocks of months from each year. A year with fewer than half of its months is unknown.
    """
    month = as_count(at)
    years = [_mean_month(series, month - YEAR), _mean_month(series, month)]
    if min(map(len, years)) < YEAR // 2:
        return np.full(1 + DRAWS, np.nan)
    before, after = (np.concatenate([[year.mean()], _draws(year, rng)]) for year in years)
    change: Array = sign * (after - before)
    return change


def _draws(year: Array, rng: np.random.Generator) -> Array:
    """Means of a year put together from blocks of neighbouring months (circular block bootstrap)."""
    n = len(year)
    starts = rng.integers(0, n, size=(DRAWS, -(-n // BLOCK)))
    places = (starts[:, :, None] + np.arange(BLOCK)).reshape(DRAWS, -1)[:, :n] % n
    means: Array = year[places].mean(axis=1)
    return means


def _partners(
    frame: pd.DataFrame,
    at: str,
    window: tuple[str, str],
    holder: str,
    chance: tuple[float, int],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, Array]:
    """Every third country: whether, when and by how much it jumped; and its gains, array (partner, draw)."""
    level, seed = chance
    rows, gains = [], []
    for partner in [name for name in frame.columns if name != holder]:
        series = frame[partner]
        found = fall_at(series, at, slack=LAG, direction="rise", window=window, level=level, seed=seed)
        gain = _change(series, at, rng)
        gains.append(gain)
        rows.append(_partner_row(str(partner), series, at, found, gain))
    adjusted = holm([float(row["p"]) for row in rows])
    for row, p in zip(rows, adjusted, strict=True):
        row["p_adjusted"] = p
        if row["jump"] == "yes" and not p <= level:
            row.update(jump="no", reason="several_tests")
    schema = Schema.of("detour_partners")
    return schema.check(pd.DataFrame(rows, columns=schema.names)), np.array(gains)


def _partner_row(
    partner: str, series: pd.Series[Any], at: str, found: NamedDate, gain: Array
) -> dict[str, Any]:
    month = as_count(at)
    before, after = _mean_month(series, month - YEAR), _mean_month(series, month)
    low, high = _interval(gain)
    return {
        "partner": partner,
        "jump": {"cannot be told": "untold"}.get(found.answer, found.answer),
        "first_month": found.at if found.answer == "yes" else "",
        "first_low": found.first if found.answer == "yes" else "",
        "first_high": found.last if found.answer == "yes" else "",
        "first_above": _first_above(series, month),
        "before": before.mean() if len(before) else np.nan,
        "after": after.mean() if len(after) else np.nan,
        "gain": gain[0],
        "gain_low": low,
        "gain_high": high,
        "p": found.p,
        "reason": found.reason,
    }


def _interval(draws: Array) -> tuple[float, float]:
    if np.isnan(draws).any():
        return np.nan, np.nan
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def _first_above(series: pd.Series[Any], month: int) -> str:
    """First month, from the date on and within the lag, above every month of the year before."""
    before = _mean_month(series, month - YEAR)
    if len(before) == 0:
        return ""
    later = sorted((as_count(str(name)), float(value)) for name, value in series.dropna().items())
    above = [count for count, value in later if month <= count <= month + LAG and value > before.max()]
    return as_text(above[0]) if above else ""


def _coverage(frame: pd.DataFrame, at: str, whole: pd.Series[Any] | bool) -> float:
    """Least share of all imports that the listed partners hold, the year before or after; NaN unknown."""
    if isinstance(whole, bool):
        return 1.0 if whole else np.nan
    month = as_count(at)
    listed = frame.sum(axis=1, skipna=False)
    held = []
    for first in (month - YEAR, month):
        shared = listed.index.intersection(whole.dropna().index)
        part, every = _mean_month(listed[shared], first), _mean_month(whole[shared], first)
        held.append(part.sum() / every.sum() if len(part) == len(every) == YEAR and every.sum() else np.nan)
    return float(min(held)) if not np.isnan(held).any() else np.nan


def _summary(
    holder: str, fall: NamedDate, lost: Array, gains: tuple[Array, Array], covered: float
) -> pd.DataFrame:
    """The fall, the share of it that jumps make good, and what is left, each with its interval."""
    jumps, others = (part.sum(axis=0) if len(part) else np.zeros(1 + DRAWS) for part in gains)
    fell = fall.answer == "yes" and _interval(lost)[0] > 0
    share = jumps / lost if fell else np.full(1 + DRAWS, np.nan)
    row: dict[str, Any] = {
        "holder": holder,
        "fall": {"cannot be told": "untold"}.get(fall.answer, fall.answer),
        "fall_month": fall.at if fall.answer == "yes" else "",
        "fall_p": fall.p,
        "covered": covered,
    }
    parts = [("lost", lost), ("by_jumps", jumps), ("by_others", others), ("explained", share)]
    for name, draws in [*parts, ("left", 1 - share)]:
        row[name] = draws[0]
        row[f"{name}_low"], row[f"{name}_high"] = _wide(draws)
    schema = Schema.of("detour_summary")
    return schema.check(pd.DataFrame([row], columns=schema.names))


def _wide(draws: Array) -> tuple[float, float]:
    """Interval that holds the value itself: with a few lots the draws may lie to one side."""
    low, high = _interval(draws)
    return min(low, float(draws[0])), max(high, float(draws[0]))


def _verdict(partners: pd.DataFrame, covered: float) -> tuple[Verdict, str]:
    if (partners["jump"] == "yes").any():
        return "re-routing before localisation", "jump"
    if not covered >= WHOLE:
        return "cannot be told", "list_not_whole"
    if (partners["jump"] == "untold").any():
        return "cannot be told", "too_rough"
    return "no jump found", "none_jumped"


def _left(summary: pd.DataFrame, covered: float) -> tuple[Literal["at most", "cannot be told"], str]:
    """Whether the rest of the fall may be called at most localisation."""
    if summary["fall"].iloc[0] != "yes" or np.isnan(summary["explained"].iloc[0]):
        return "cannot be told", "no_fall"
    if not covered >= WHOLE:
        return "cannot be told", "list_not_whole"
    return "at most", "rest"


def by_partner(
    table: pd.DataFrame, item: str, economy: str, measure: str = "quantity_t", without: Sequence[str] = ()
) -> pd.DataFrame:
    """Rows of ``trade_months`` of one item as one column for each partner, months as index.

    Raises
    ------
    DataError
        When the table holds no such rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"item": "x", "code": "", "economy": "AA", "partner": ["BB", "CC"],
    ...                      "month": "2019-07", "quantity_t": [1.0, 2.0]})
    >>> by_partner(rows, "x", "AA").loc["2019-07"].tolist()
    [1.0, 2.0]
    """
    chosen = ((table["item"] == item) | (table["code"] == item)) & (table["economy"] == economy)
    rows = table[chosen & ~table["partner"].isin(list(without))]
    if rows.empty:
        raise DataError(Problem("break_series", "trade_months", f"{item}, {economy}"))
    frame = rows.pivot(index="month", columns="partner", values=measure)
    return frame.dropna(axis=1, how="all")

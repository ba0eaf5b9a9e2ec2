"""Series behind a claim: which reach the claim's own resolution, and whether they move when they must.

A claim dated to a month is tested by months. A sum over nine of them, or a year, cannot contradict a stop
of some weeks; it is listed as what is at hand and decides nothing (METHODS 5). Where there are months
enough, two questions are put, each at half the level: did the level break (interval after the cause and
before the next competing event), and does some month named beforehand stand out by half or more? A claim
of a stop puts the second question only, at the whole level. Placebos are asked the same, and share the level
among them: one that moves by chance would speak against any claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from meguri.observe.dated import read_interval
from meguri.observe.interval import Interval
from meguri.structure.breaks import NamedDate, find_breaks
from meguri.structure.claims_model import Claim, SeriesAsk
from meguri.structure.claims_spell import spell_at

LEVEL = 0.05
LONGEST = 12  # months: an effect dated more widely is looked for where it begins
SERIES_COLUMNS = [
    "series", "role", "direction", "finding", "first", "last", "at",
    "p", "change", "change_low", "change_high", "months_at_hand", "coarser_at_hand",
]  # fmt: skip
BREAK_COLUMNS = ["series", "at", "low", "high", "change", "direction", "p", "p_adjusted", "significant"]


@dataclass(frozen=True)
class Asked:
    """Where a series must move: months in question, and the months between which a break counts.

    ``bounded`` is False where the effect has no end: then a series that does not move says nothing
    against a later effect.
    """

    first: pd.Period
    last: pd.Period
    after: pd.Period
    before: pd.Period | None
    bounded: bool


def months_asked(
    ask: SeriesAsk, cause: Interval, effects: list[Interval], competing: pd.DataFrame
) -> Asked | None:
    """Months in which a series must move if the claim holds; none where the effect has no first day.

    Readings of the effect that lie before the cause are left out: by them the claim is impossible anyway.
    """
    possible = [one for one in effects if one.known and not one.open_start and not one.before(cause)]
    if not possible:
        return None
    hull = possible[0]
    for one in possible[1:]:
        hull = hull.hull(one)
    after = month_of(hull.earliest if not cause.known or cause.open_end else cause.latest)
    first = max(month_of(hull.earliest), after) + ask.lag[0]
    bounded = not hull.open_end
    last = (month_of(hull.latest) if bounded else first - ask.lag[0]) + ask.lag[1]
    if (last - first).n >= LONGEST:
        last = first + ask.lag[1] - ask.lag[0]
    return Asked(first, last, after, _next_competing(competing, cause), bounded)


def month_of(day: Any) -> pd.Period:
    """Month of a day."""
    return pd.Period(day, "M")


def _next_competing(competing: pd.DataFrame, cause: Interval) -> pd.Period | None:
    """Month of the first event after the cause that touches the same goods or that the claim lists."""
    if not cause.known or cause.open_end:
        return None
    later = competing[(competing["when"] == "after") & competing["shared"].isin(["goods", "listed"])]
    starts = [start for start in later["earliest"] if start]
    return month_of(min(starts)) if starts else None


def series_tables(
    claim: Claim, cause: Interval, effects: list[Interval], competing: pd.DataFrame, points: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each series asked for shows, and the breaks found in those that were searched.

    Parameters
    ----------
    claim : Claim
        Names the series.
    cause : Interval
        Possible days of the cause; unknown for an occurrence.
    effects : list of Interval
        Readings of the date of the effect.
    competing : DataFrame
        As :func:`meguri.structure.claims_rivals.competing_events`.
    points : DataFrame
        As :func:`meguri.structure.claims_points.claim_points`.
    """
    placebos = sum(ask.role == "placebo" for ask in claim.series)
    rows, breaks = [], []
    for ask in claim.series:
        if ask.role == "detour":
            continue
        asked = months_asked(ask, cause, effects, competing)
        questions = (2 if ask.lasts == "any" else 1) * (placebos if ask.role == "placebo" else 1)
        level = LEVEL / questions
        row, found = _tested(ask, asked, points[points["series"] == ask.series], level)
        rows.append(row)
        if found is not None:
            breaks.append(found.assign(series=ask.series)[BREAK_COLUMNS])
    table = pd.concat(breaks, ignore_index=True) if breaks else pd.DataFrame(columns=BREAK_COLUMNS)
    return pd.DataFrame(rows, columns=SERIES_COLUMNS), table


def _tested(
    ask: SeriesAsk, asked: Asked | None, points: pd.DataFrame, level: float
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    months, coarser = split(points)
    row: dict[str, Any] = dict.fromkeys(SERIES_COLUMNS, "")
    row |= {"series": ask.series, "role": ask.role, "direction": ask.direction, "months_at_hand": len(months)}
    row |= dict.fromkeys(("p", "change", "change_low", "change_high"), float("nan"))
    if asked is None:
        return {**row, "finding": "undated"}, None
    row |= {"first": str(asked.first), "last": str(asked.last)}
    touching = [period for period in coarser if _touches(period, asked)]
    row["coarser_at_hand"] = " | ".join(touching)
    inside = [month for month in months.index if str(asked.first) <= month <= str(asked.last)]
    if len(inside) <= (asked.last - asked.first).n:
        return {**row, "finding": "too-coarse" if touching and not inside else "absent"}, None
    named = spell_at(months, str(asked.first), str(asked.last), direction=ask.direction, level=level)
    row |= {"at": named.at, "p": named.p, "change": named.change}
    row |= {"change_low": named.low, "change_high": named.high}
    if named.reason == "too_few_months":
        return {**row, "finding": "too-short"}, None
    found = _breaks(months, ask, asked, level) if ask.lasts == "any" else None
    return {**row, "finding": finding(named, asked, ask.direction, found)}, found


def finding(named: NamedDate, asked: Asked, direction: str, breaks: pd.DataFrame | None) -> str:
    """Key of what a series shows: supported, contradicted, no-move, cannot-tell, and two that miss the dates.

    Parameters
    ----------
    named : NamedDate
        Whether a month in question stands out.
    asked : Asked
        The months in question.
    direction : str
        Way it must move.
    breaks : DataFrame or None
        Breaks found in the level, where they were looked for.
    """
    held = pd.DataFrame() if breaks is None else breaks[breaks["significant"].astype(bool)]
    places = [_place(row, asked) for _, row in held.iterrows() if row["direction"] == direction]
    if "inside" in places:
        return "supported"
    if named.answer == "yes":
        late = asked.before is not None and month_of(named.at) >= asked.before
        return "after-competing" if late else "supported"
    for place in ("before-cause", "after-competing"):
        if place in places:
            return place
    if named.answer == "no":
        return "contradicted" if asked.bounded else "no-move"
    return "cannot-tell"


def _place(row: pd.Series, asked: Asked) -> str:
    """Where the interval of a break lies: inside, or reaching before the cause or a competing event."""
    low, high = month_of(row["low"]), month_of(row["high"])
    if high < asked.after or low > asked.last:
        return "elsewhere"
    if low < asked.after:
        return "before-cause"
    return "after-competing" if asked.before is not None and high >= asked.before else "inside"


def split(points: pd.DataFrame) -> tuple[pd.Series[float], list[str]]:
    """Points as fine as a month, by month, and the periods of the coarser ones.

    Examples
    --------
    >>> months, coarser = split(pd.DataFrame({"period": ["2010-01/2010-09", "2010-10"], "value": [9.0, 1.0]}))
    >>> months.to_dict(), coarser
    ({'2010-10': 1.0}, ['2010-01/2010-09'])
    """
    known = points.dropna(subset=["value"])
    fine = known["period"].str.fullmatch(r"[0-9]{4}-[0-9]{2}")
    months = pd.Series(known.loc[fine, "value"].to_numpy(), index=known.loc[fine, "period"].to_numpy())
    return months.sort_index(), sorted(known.loc[~fine, "period"])


def _touches(period: str, asked: Asked) -> bool:
    span = read_interval(period)
    return month_of(span.earliest) <= asked.last and month_of(span.latest) >= asked.first


def _breaks(months: pd.Series[float], ask: SeriesAsk, asked: Asked, level: float) -> pd.DataFrame:
    """Breaks of the level in a window fixed by the dates of the claim, five years before to two after."""
    window = ask.window or (str(asked.after - 60), str(asked.last + 24))
    return _cached(tuple(months.index), tuple(months), window, level).copy()


@lru_cache(maxsize=64)
def _cached(
    index: tuple[str, ...], values: tuple[float, ...], window: tuple[str, str], level: float
) -> pd.DataFrame:
    """The search takes seconds, and one series stands behind several claims."""
    return find_breaks(pd.Series(values, index=list(index)), window=window, level=level).breaks

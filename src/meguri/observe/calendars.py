"""Working days of the authorities whose clocks run in working days.

China: weekends and public holidays are off, made-up weekend days work (State Council arrangements; for
2027 only the statutory days are known). Japan: public holidays and the offices' closing days from
29 December to 3 January. Recorded: 2009-2012 and 2019-2027. A day outside is refused, never guessed.
"""

from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect_right
from functools import cache

from meguri.base.errors import DataError, Problem
from meguri.base.terms import packaged

Span = tuple[int, ...]  # ordinals of the working days of consecutive recorded years


@cache
def _marked() -> dict[str, dict[dt.date, str]]:
    """Authority → day → off or work, where the day departs from Monday to Friday."""
    found: dict[str, dict[dt.date, str]] = {}
    with packaged("calendars.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["authority"], {})[dt.date.fromisoformat(row["date"])] = row["kind"]
    return found


def authorities() -> list[str]:
    """Authorities with a recorded calendar.

    Examples
    --------
    >>> authorities()
    ['CN', 'JP']
    """
    return list(_marked())


def recorded_years(authority: str) -> list[int]:
    """Years for which the authority's calendar is recorded.

    Examples
    --------
    >>> recorded_years("CN")[:5]
    [2009, 2010, 2011, 2012, 2019]
    """
    if authority not in _marked():
        known = ", ".join(authorities())
        raise DataError(Problem("calendar_authority", "authority", authority, details={"known": known}))
    return sorted({day.year for day in _marked()[authority]})


@cache
def _spans(authority: str) -> tuple[tuple[dt.date, dt.date, Span], ...]:
    """First day, last day and working days of each unbroken run of recorded years."""
    runs: list[list[int]] = []
    for year in recorded_years(authority):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    marked, spans = _marked()[authority], []
    for run in runs:
        first, last = dt.date(run[0], 1, 1), dt.date(run[-1], 12, 31)
        days = (dt.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
        working = tuple(day.toordinal() for day in days if _works(day, marked))
        spans.append((first, last, working))
    return tuple(spans)


def _works(day: dt.date, marked: dict[dt.date, str]) -> bool:
    kind = marked.get(day)
    return kind == "work" if kind else day.weekday() < 5


def _span(day: dt.date, authority: str) -> tuple[dt.date, dt.date, Span]:
    for span in _spans(authority):
        if span[0] <= day <= span[1]:
            return span
    raise _outside(day, authority)


def _outside(day: object, authority: str) -> DataError:
    spans = ", ".join(f"{first.year}–{last.year}" for first, last, _ in _spans(authority))
    details = {"authority": authority, "spans": spans}
    return DataError(Problem("calendar_span", "date", str(day), details=details))


def is_working_day(day: dt.date, authority: str) -> bool:
    """Whether the authority's offices work on a day.

    Raises
    ------
    DataError
        For an authority or a day without a recorded calendar.

    Examples
    --------
    >>> is_working_day(dt.date(2025, 4, 27), "CN")  # a Sunday made up for the May holiday
    True
    """
    _span(day, authority)
    return _works(day, _marked()[authority])


def add_working_days(start: dt.date, days: int, authority: str) -> dt.date:
    """The day on which a clock of working days ends; the day of filing itself does not count.

    Parameters
    ----------
    start : date
        Day of filing.
    days : int [working days]
        0 gives the start itself.
    authority : str
        Country key with a recorded calendar.

    Raises
    ------
    DataError
        For an unknown authority, a negative number, or an end outside the recorded calendar.

    Examples
    --------
    >>> add_working_days(dt.date(2025, 4, 4), 45, "CN")
    datetime.date(2025, 6, 11)
    """
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise DataError(Problem("integer", "days", str(days)))
    _, last, working = _span(start, authority)
    if days == 0:
        return start
    place = bisect_right(working, start.toordinal()) + days - 1
    if place >= len(working):
        raise _outside(f"{start} + {days} > {last}", authority)
    return dt.date.fromordinal(working[place])


def working_days_between(start: dt.date, end: dt.date, authority: str) -> int:
    """Working days after the start, up to and with the end; negative when the end comes first.

    Raises
    ------
    DataError
        For an unknown authority or days that do not lie in one recorded run of years.

    Examples
    --------
    >>> working_days_between(dt.date(2025, 4, 4), dt.date(2025, 6, 11), "CN")
    45
    """
    first, last, working = _span(start, authority)
    if not first <= end <= last:
        raise _outside(end, authority)
    return bisect_right(working, end.toordinal()) - bisect_right(working, start.toordinal())

"""Interval: a date as far as it is known, from the earliest day it can be to the latest.

Two dates are in order only where no day of one could change places with any day of the other; a wider
interval can therefore make an order undecided, and never turns it round.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from meguri.base.errors import DataError, Problem

Day = dt.date


@dataclass(frozen=True)
class Interval:
    """The days on which something can have happened, both ends included.

    Attributes
    ----------
    earliest, latest : date
        First and last possible day; ``date.min`` and ``date.max`` where that end is open.
    precision : str
        How exactly the day is written: a key of ``data/terms/chronicle_precisions.csv``.
    reason : str
        Why nothing more is known, or how a doubtful form was read.

    Examples
    --------
    >>> july = Interval(dt.date(2010, 7, 1), dt.date(2010, 7, 31), "month")
    >>> collision = Interval(dt.date(2010, 9, 7), dt.date(2010, 9, 7), "day")
    >>> july.before(collision), collision.before(july), july.days
    (True, False, 31)
    """

    earliest: Day
    latest: Day
    precision: str
    reason: str = ""

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            found = f"{self.earliest} … {self.latest}"
            raise DataError(Problem("chronicle_date_inverted", "date", found))

    @property
    def open_start(self) -> bool:
        """Whether no earliest day is known."""
        return self.earliest == Day.min

    @property
    def open_end(self) -> bool:
        """Whether no latest day is known."""
        return self.latest == Day.max

    @property
    def known(self) -> bool:
        """Whether at least one end is known."""
        return not (self.open_start and self.open_end)

    @property
    def days(self) -> int | None:
        """Number of possible days [d]; none where an end is open."""
        if self.open_start or self.open_end:
            return None
        return (self.latest - self.earliest).days + 1

    def __contains__(self, day: Day) -> bool:
        return self.earliest <= day <= self.latest

    def before(self, other: Interval) -> bool:
        """Whether every possible day lies before every possible day of the other."""
        return self.latest < other.earliest

    def order(self, other: Interval) -> str:
        """``before``, ``after`` or ``undecided``.

        Examples
        --------
        >>> unknown("none given").order(Interval(dt.date(2010, 9, 7), dt.date(2010, 9, 7), "day"))
        'undecided'
        """
        if self.before(other):
            return "before"
        return "after" if other.before(self) else "undecided"

    def overlaps(self, other: Interval) -> bool:
        """Whether both can lie on the same day."""
        return not self.before(other) and not other.before(self)

    def hull(self, other: Interval, precision: str = "range") -> Interval:
        """Smallest interval that holds both."""
        return Interval(min(self.earliest, other.earliest), max(self.latest, other.latest), precision)

    def meet(self, other: Interval, precision: str = "range") -> Interval | None:
        """Days possible for both; none where there are none."""
        first, last = max(self.earliest, other.earliest), min(self.latest, other.latest)
        return Interval(first, last, precision) if first <= last else None

    def gap_days(self, other: Interval) -> int:
        """Least number of days that must lie between the two; 0 where they can meet."""
        if not self.overlaps(other):
            first, second = (self, other) if self.before(other) else (other, self)
            return (second.earliest - first.latest).days
        return 0

    def written(self) -> str:
        """ISO form with both ends: 2010-09-21/2010-09-30, /2018-12-31, 2010-01-01/; empty when unknown."""
        if not self.known:
            return ""
        first = "" if self.open_start else self.earliest.isoformat()
        last = "" if self.open_end else self.latest.isoformat()
        return first if first == last else f"{first}/{last}"


def unknown(reason: str) -> Interval:
    """A date of which nothing is known, and why.

    Examples
    --------
    >>> unknown("the document gives no date").known
    False
    """
    return Interval(Day.min, Day.max, "unknown", reason)

"""Slow, plain twin of the order of cause and effect: each possible day beside each day of the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

Days = tuple[dt.date, dt.date]


def days(span: Days) -> list[dt.date]:
    """Each day of a span."""
    first, last = span
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def plain_order(cause: Sequence[Days], effect: Sequence[Days]) -> str:
    """``after`` when no day any source allows for the cause is on or before one it allows for the effect.

    ``before`` when each day of the cause lies before each day of the effect, else ``undecided``.
    """
    causes = [day for span in cause for day in days(span)]
    effects = [day for span in effect for day in days(span)]
    if not any(one <= other for one in causes for other in effects):
        return "after"
    if all(one < other for one in causes for other in effects):
        return "before"
    return "undecided"

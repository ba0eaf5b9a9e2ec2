"""Money as an office in Japan writes it: thousands of yen that add up, dollars beside, fiscal years."""

from __future__ import annotations

import math
from collections.abc import Sequence

from meguri.base.terms import Lang
from meguri.show.office.extra import phrase
from meguri.show.spell import as_date, missing, significant

THOUSAND = 1e3
APRIL = 4


def fiscal_year(date: object) -> int:
    """Fiscal year of Japan in which a day falls; it begins on 1 April.

    Examples
    --------
    >>> fiscal_year("2027-03-31"), fiscal_year("2027-04-01")
    (2026, 2027)
    """
    day = as_date(date)
    return day.year if day.month >= APRIL else day.year - 1


def fiscal_words(year: int, lang: Lang) -> str:
    """A fiscal year in words.

    Examples
    --------
    >>> fiscal_words(2026, "ja"), fiscal_words(2026, "en")
    ('2026年度', 'FY2026')
    """
    return phrase("fiscal", lang, year=year)


def thousands(yen: float) -> int:
    """Whole thousands of yen, halves upward.

    Examples
    --------
    >>> thousands(1_499_499), thousands(1_500)
    (1499, 2)
    """
    return math.floor(yen / THOUSAND + 0.5)


def shared_out(parts: Sequence[float], total: int) -> list[int]:
    """Whole thousands for each part that add up to a total: largest remainders are rounded up first.

    Parameters
    ----------
    parts : sequence of float [JPY]
        Amounts, each known.
    total : int [千円]
        What they must add up to; their own sum, rounded, or one next to it.

    Examples
    --------
    >>> shared_out([1_400, 1_400, 1_400], 4)
    [2, 1, 1]
    """
    floors = [math.floor(part / THOUSAND) for part in parts]
    order = sorted(range(len(parts)), key=lambda k: floors[k] - parts[k] / THOUSAND)
    rest = total - sum(floors)
    for place in range(abs(rest)) if parts else ():
        k = order[place % len(parts)] if rest > 0 else order[-1 - place % len(parts)]
        floors[k] += 1 if rest > 0 else -1
    return floors


def split(rows: Sequence[tuple[float, float]]) -> tuple[list[tuple[int, int, int]], tuple[int, int, int]]:
    """Rows of (firm, state) in yen as rows of (both, firm, state) in thousands that add up both ways.

    The sum is rounded, then what the state pays; the firm pays the rest, so that its sum may stand one
    thousand from its own rounding.

    Examples
    --------
    >>> split([(1_600, 400), (1_600, 800)])
    ([(2, 2, 0), (2, 1, 1)], (4, 3, 1))
    """
    firm, state = [row[0] for row in rows], [row[1] for row in rows]
    both, public = thousands(sum(firm) + sum(state)), thousands(sum(state))
    shares = zip(shared_out(firm, both - public), shared_out(state, public), strict=True)
    return [(a + b, a, b) for a, b in shares], (both, both - public, public)


def jpy(amount: int, lang: Lang) -> str:
    """Thousands of yen in words.

    Examples
    --------
    >>> jpy(480_000, "ja"), jpy(480_000, "en")
    ('480,000千円', 'JPY 480,000 thousand')
    """
    return phrase("jpy_thousand", lang, n=f"{amount:,}")


def usd(yen: float, per_usd: float, lang: Lang) -> str:
    """The same amount in dollars at a rate, to three digits.

    Examples
    --------
    >>> usd(480e6, 150.0, "en"), usd(480e6, 150.0, "ja")
    ('USD 3.2 million', '320万米ドル')
    """
    if missing(yen):
        return phrase("unknown", lang)
    unit = 1e6 if lang == "en" else 1e4
    return phrase("usd", lang, n=significant(yen / per_usd / unit))

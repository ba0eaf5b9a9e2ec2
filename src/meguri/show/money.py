"""Money as a board reads it: thousand yen without consumption tax, and dollars at a dated rate."""

from __future__ import annotations

import math
from collections.abc import Sequence

from meguri.base.terms import Lang
from meguri.respond.answer import Rate
from meguri.show.spell import day, say, significant

THOUSAND = 1e3


def rate_words(rate: Rate, lang: Lang) -> str:
    """The rate with its day, as stated once above every table of money.

    Examples
    --------
    >>> import datetime as dt
    >>> rate_words(Rate("USD/JPY", 150.0, dt.date(2025, 12, 30), "boj-fx"), "en")
    'JPY 150 to the dollar on 30 Dec 2025'
    """
    return say("memo_rate", lang, rate=significant(rate.rate, 5), day=day(rate.date, lang))


def whole_thousands(jpy: float) -> int:
    """Whole thousands of yen, halves upward.

    Examples
    --------
    >>> whole_thousands(1_499_499), whole_thousands(1_500)
    (1499, 2)
    """
    return math.floor(jpy / THOUSAND + 0.5)


def in_thousands(n: int, lang: Lang) -> str:
    """So many thousands of yen in words.

    Examples
    --------
    >>> in_thousands(480_000, "ja"), in_thousands(480_000, "en")
    ('480,000千円', 'JPY 480,000 thousand')
    """
    return say("memo_kjpy", lang, n=f"{n:,}")


def thousand_yen(jpy: float, lang: Lang) -> str:
    """An amount of yen in whole thousands, halves upward, never rounded to nothing.

    Examples
    --------
    >>> thousand_yen(12_345_678, "ja"), thousand_yen(12_345_678, "en"), thousand_yen(400, "ja")
    ('12,346千円', 'JPY 12,346 thousand', '1千円未満')
    """
    if 0 < abs(jpy) < 500:
        return say("memo_kjpy_little", lang)
    return say("memo_kjpy", lang, n=thousands(jpy))


def thousands(jpy: float) -> str:
    """The same without its unit, for a table whose heading carries it.

    Examples
    --------
    >>> thousands(1_500), thousands(400)
    ('2', '<1')
    """
    if 0 < abs(jpy) < 500:
        return "<1"
    return f"{whole_thousands(jpy):,d}".replace("-", "−")


def dollars(jpy: float, rate: float, lang: Lang) -> str:
    """The same amount in dollars at a rate [JPY per USD], three significant digits.

    Examples
    --------
    >>> dollars(480e6, 150.0, "en"), dollars(480e6, 150.0, "ja"), dollars(12_345_678, 150.0, "en")
    ('USD 3.2 million', '320万米ドル', 'USD 0.0823 million')
    """
    unit = 1e6 if lang == "en" else 1e4
    return say("memo_usd", lang, n=significant(jpy / rate / unit).replace("-", "−"))


def plain_dollars(jpy: float, rate: float) -> str:
    """The same in whole dollars, for a table whose heading carries the unit.

    Examples
    --------
    >>> plain_dollars(12_345_678, 150.0)
    '82,300'
    """
    amount = jpy / rate
    return f"{0.0 if amount == 0 else float(f'{amount:.3g}'):,.0f}".replace("-", "−")


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
    both, public = whole_thousands(sum(firm) + sum(state)), whole_thousands(sum(state))
    shares = zip(shared_out(firm, both - public), shared_out(state, public), strict=True)
    return [(a + b, a, b) for a, b in shares], (both, both - public, public)

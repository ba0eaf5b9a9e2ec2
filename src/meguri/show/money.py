"""Money as a board reads it: thousand yen without consumption tax, and dollars at a dated rate."""

from __future__ import annotations

import math

from meguri.base.terms import Lang
from meguri.respond.answer import Rate
from meguri.show.spell import day, say, significant


def rate_words(rate: Rate, lang: Lang) -> str:
    """The rate with its day, as stated once above every table of money.

    Examples
    --------
    >>> import datetime as dt
    >>> rate_words(Rate("USD/JPY", 150.0, dt.date(2025, 12, 30), "boj-fx"), "en")
    'JPY 150 to the dollar on 30 Dec 2025'
    """
    return say("memo_rate", lang, rate=significant(rate.rate, 5), day=day(rate.date, lang))


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
    return f"{math.floor(jpy / 1000 + 0.5):,d}".replace("-", "−")


def dollars(jpy: float, rate: Rate) -> str:
    """The same amount in dollars at the rate, three significant digits.

    Examples
    --------
    >>> import datetime as dt
    >>> dollars(12_345_678, Rate("USD/JPY", 150.0, dt.date(2025, 12, 30), "boj-fx"))
    'USD 82,300'
    """
    amount = jpy / rate.rate
    three = 0.0 if amount == 0 else float(f"{amount:.3g}")
    return f"USD {three:,.0f}".replace("-", "−")

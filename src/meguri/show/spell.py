"""Numbers, dates and names as a reader of English or Japanese writes them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys, label
from meguri.base.units import DAYS_PER_MONTH

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_REIWA = 2018  # year 1 of 令和 is 2019
_HEISEI = 1988


def say(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/phrases.csv`` with its braces filled.

    Examples
    --------
    >>> say("gantt_rest", "en", k=3)
    '3 further processes do not fall short even in one run of ten.'
    """
    return label(key, lang, "phrases", **fill)


def missing(value: object) -> bool:
    """Whether a cell holds no value: None, NaN, NaT, NA or an empty text.

    Examples
    --------
    >>> missing(float("nan")), missing(""), missing(0)
    (True, True, False)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and not math.isfinite(value)


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, thousands separated, without exponent.

    Examples
    --------
    >>> significant(12345.6), significant(0.04567), significant(3.0)
    ('12,346', '0.0457', '3')
    """
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float | None) -> str:
    """A share in [0, 1] as printed, in percent.

    Examples
    --------
    >>> percent(0.123), percent(1.0), percent(0.004), percent(None)
    ('12%', '100%', '0.4%', '—')
    >>> percent(0.996)  # nearly all is not all
    '99.6%'
    """
    if share is None or missing(share):
        return "—"
    if 0.995 <= share < 1:
        return f"{min(99.9, 100 * share):.1f}%"
    return f"{100 * share:.0f}%" if abs(share) >= 0.01 or share == 0 else f"{significant(100 * share, 1)}%"


def fraction(share: float) -> str:
    """A rate of support as an office writes it: a plain fraction where it is one.

    Examples
    --------
    >>> fraction(0.3333), fraction(0.5), fraction(0.42)
    ('1/3', '1/2', '42%')
    """
    near = Fraction(share).limit_denominator(4)
    return str(near) if abs(share - near) < 1e-3 and near.denominator > 1 else percent(share)


def number(value: float | None, unit: str, lang: Lang) -> str:
    """A number with its unit, in the reader's language.

    Examples
    --------
    >>> number(45, "d", "ja"), number(0.3, "1", "en"), number(1200.0, "t/a", "en")
    ('45日', '30%', '1,200 t/year')
    """
    if value is None or missing(value):
        return "—"
    if unit == "1":
        return percent(value)
    return f"{_digits(float(value), unit)}{unit_word(unit, lang)}"


def _digits(value: float, unit: str) -> str:
    """Days are whole; anything else has three significant digits."""
    return f"{value:,.0f}" if unit == "d" else significant(value)


def unit_word(unit: str, lang: Lang) -> str:
    """The unit behind a number, with its space in English.

    Examples
    --------
    >>> unit_word("t/a", "ja"), unit_word("d", "en")
    ('トン/年', ' days')
    """
    if not unit or unit == "1":
        return ""
    key = f"unit.{unit}"
    word = say(key, lang) if key in keys("phrases") else unit
    return word if lang == "ja" else f" {word}"


def signed(value: float) -> str:
    """A correlation as printed, with its sign and a true minus.

    Examples
    --------
    >>> signed(-0.712), signed(0.3)
    ('−0.71', '+0.30')
    """
    return f"{value:+.2f}".replace("-", "−")


def span(low: float | None, high: float | None, unit: str, lang: Lang, never: str = "never") -> str:
    """A range with its unit; an end that never comes is said in words.

    Examples
    --------
    >>> span(30, 58, "d", "en"), span(30, None, "d", "ja")
    ('30–58 days', '30日〜不足しない')
    >>> span(0.3, 0.8, "1", "en"), span(3.5, 98, "d", "ja")
    ('30–80%', '4〜98日')
    """
    open_low, open_high = missing(low), missing(high)
    if open_low and open_high:
        return say(never, lang)
    if open_low or open_high:
        ends = [say(never, lang) if missing(end) else number(end, unit, lang) for end in (low, high)]
        join = " – " if lang == "en" else "〜"
        return join.join(ends)
    if unit == "1":
        return say("range", lang, low=percent(low).rstrip("%"), high=percent(high))
    return say("range", lang, low=_digits(float(low or 0), unit), high=number(high, unit, lang))


def days(value: float, lang: Lang) -> str:
    """A number of days, with months behind it from two months on.

    Examples
    --------
    >>> days(1, "en"), days(41, "en"), days(203, "ja")
    ('1 day', '41 days', '203日（6.7か月）')
    """
    n = round(value)
    text = say("day_of" if n == 1 else "days_of", lang, n=f"{n:,}")
    if n < 61:
        return text
    about = say("months_of", lang, n=f"{n / DAYS_PER_MONTH:.1f}")
    return f"{text}（{about}）" if lang == "ja" else f"{text} ({about})"


def months(value: float, lang: Lang) -> str:
    """A horizon in days as whole months.

    Examples
    --------
    >>> months(548, "en"), months(365, "ja")
    ('18 months', '12か月')
    """
    return say("months_of", lang, n=round(value / DAYS_PER_MONTH))


def as_date(text: object) -> dt.date:
    """The first day meant by an ISO date that may be a month or a year.

    Examples
    --------
    >>> as_date("2025-04"), as_date("2025-04-04")
    (datetime.date(2025, 4, 1), datetime.date(2025, 4, 4))
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    return dt.date.fromisoformat((str(text)[:10] + "-01-01")[:10] if len(str(text)) < 10 else str(text)[:10])


def day(date: object, lang: Lang) -> str:
    """A date as written in running text.

    Examples
    --------
    >>> day("2025-05-15", "en"), day("2025-05-15", "ja")
    ('15 May 2025', '2025年5月15日')
    """
    d = as_date(date)
    month = d.month if lang == "ja" else _MONTHS[d.month - 1]
    return say("month_day", lang, year=d.year, month=month, day=d.day)


def month(date: object, lang: Lang) -> str:
    """A month as written in running text.

    Examples
    --------
    >>> month("2025-05-15", "en"), month("2025-05", "ja")
    ('May 2025', '2025年5月')
    """
    d = as_date(date)
    return say("month_year", lang, year=d.year, month=d.month if lang == "ja" else _MONTHS[d.month - 1])


def tick(date: dt.date, lang: Lang, with_year: bool) -> str:
    """A month on an axis, the year above it where it changes.

    Examples
    --------
    >>> tick(dt.date(2026, 1, 1), "ja", True), tick(dt.date(2025, 5, 1), "en", False)
    ('2026年\\n1月', 'May')
    """
    name = f"{date.month}月" if lang == "ja" else _MONTHS[date.month - 1]
    if not with_year:
        return name
    return f"{date.year}年\n{name}" if lang == "ja" else f"{date.year}\n{name}"


def fiscal_half(date: object, lang: Lang) -> str:
    """Japanese fiscal year and half in which a date falls; the year begins in April.

    Examples
    --------
    >>> fiscal_half("2025-04-04", "ja"), fiscal_half("2026-02-01", "ja")
    ('2025年度上期', '2025年度下期')
    """
    d = as_date(date)
    year = d.year if d.month >= 4 else d.year - 1
    return say("fiscal_first" if 4 <= d.month <= 9 else "fiscal_second", lang, year=year)


def era(date: object) -> str:
    """Year in the Japanese era (和暦), for dates from 1989 on.

    Examples
    --------
    >>> era("2025-04-04"), era("2010-09-21"), era("2019-05-01")
    ('令和7年', '平成22年', '令和元年')
    """
    d = as_date(date)
    name, year = ("令和", d.year - _REIWA) if d >= dt.date(2019, 5, 1) else ("平成", d.year - _HEISEI)
    return f"{name}{'元' if year == 1 else year}年"


def word(key: object, words: str, lang: Lang) -> str:
    """Shown word of a declared key; the key itself where a user's own word stands.

    Examples
    --------
    >>> word("magnet", "stages", "ja"), word("my own stage", "stages", "ja")
    ('磁石', 'my own stage')
    """
    text = str(key)
    return label(text, lang, words) if text in keys(words) else text


def name_of(row: Mapping[Any, Any], lang: Lang, key: str = "node") -> str:
    """Shown name of a node, material or assumption: the reader's language, the other one, or its key.

    Examples
    --------
    >>> name_of({"node": "jp-motor", "label_en": "Motors, Japan", "label_ja": ""}, "ja")
    'Motors, Japan'
    """
    other = "label_en" if lang == "ja" else "label_ja"
    for column in (f"label_{lang}", other):
        if not missing(row.get(column)):
            return str(row[column])
    return str(row[key])


def listing(names: list[str], lang: Lang, most: int = 0) -> str:
    """Names in a row; beyond ``most`` the rest is counted. A comma inside a name calls for semicolons.

    Examples
    --------
    >>> listing(["a", "b", "c"], "en", most=2), listing(["甲", "乙"], "ja")
    ('a, b and 1 more', '甲、乙')
    >>> listing(["Motors, Japan", "Cars"], "en")
    'Motors, Japan; Cars'
    """
    join = "; " if any("," in name for name in names) else say("list_join", lang)
    if most and len(names) > most:
        return say("footer_more", lang, names=join.join(names[:most]), n=len(names) - most)
    return join.join(names)


def joined(parts: list[str], lang: Lang) -> str:
    """Sentences in a row, empty ones left out: a space between them in English, none in Japanese.

    Examples
    --------
    >>> joined(["One.", "", "Two."], "en")
    'One. Two.'
    """
    return ("" if lang == "ja" else " ").join(part for part in parts if part)

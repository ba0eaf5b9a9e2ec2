"""Dates with their precision, actors and verdicts in words, alike on pages, in figures and on a terminal."""

from __future__ import annotations

import datetime as dt
import re

from meguri.base.terms import Lang, find_key, keys, label
from meguri.show.spell import day, missing, month, word

_PLACES = re.compile(r"[/|]")


def tell(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/claim_page.csv`` with its braces filled.

    Examples
    --------
    >>> tell("sec.claims", "ja")
    '検証した主張と判定'
    """
    return label(key, lang, "claim_page", **fill)


def actor_word(actor: object, lang: Lang) -> str:
    """Who acted: economies by name, others by their word, a name of the user's own as it stands.

    Examples
    --------
    >>> actor_word("CHN/JPN", "en"), actor_word("market", "ja"), actor_word("Ministry X", "en")
    ('China / Japan', '市場', 'Ministry X')
    """
    if missing(actor):
        return tell("actor_unknown", lang)
    if str(actor) in keys("claim_actors"):
        return label(str(actor), lang, "claim_actors")
    return " / ".join(_one_actor(part.strip(), lang) for part in _PLACES.split(str(actor)))


def _one_actor(name: str, lang: Lang) -> str:
    if name in keys("claim_actors"):
        return label(name, lang, "claim_actors")
    country = find_key(name, "countries")
    return name if country is None else label(country, lang, "countries")


def instrument_word(instrument: object, lang: Lang) -> str:
    """Kind of an event in words, as a heading; the key itself where a user's own word stands.

    Examples
    --------
    >>> instrument_word("export-tax", "en"), instrument_word("my-own", "en")
    ('Export duty', 'My-own')
    """
    if missing(instrument):
        return tell("instrument_unknown", lang)
    text = word(instrument, "chronicle_instruments", lang)
    return text[0].upper() + text[1:]


def verdict_word(verdict: object, lang: Lang) -> str:
    """A verdict in words.

    Examples
    --------
    >>> verdict_word("impossible-by-order", "ja")
    '日付の順序から成り立たない'
    """
    return tell(f"verdict.{verdict}", lang)


def who_word(who: object, lang: Lang) -> str:
    """Who makes a claim; a name of the user's own as it stands.

    Examples
    --------
    >>> who_word("media", "en"), who_word("A. Tanaka", "ja")
    ('media', 'A. Tanaka')
    """
    key = f"who.{who}"
    return tell(key, lang) if key in keys("claim_page") else str(who)


def when(start: object, end: object, lang: Lang) -> str:
    """A date or a span with exactly the precision given.

    Examples
    --------
    >>> when("2010-09-07", "2010-09-07", "en"), when("2010-01", "2010-01", "ja"), when("2006", "2009", "en")
    ('7 Sep 2010', '2010年1月', '2006 to 2009')
    >>> when("", "2018", "en"), when("2010-09-21", "", "ja"), when("", "", "en")
    ('up to 2018', '2010年9月21日以降', 'date unknown')
    """
    if missing(start) and missing(end):
        return tell("date_unknown", lang)
    if missing(start):
        return tell("date_until", lang, end=_date(end, lang))
    if missing(end):
        return tell("date_from", lang, start=_date(start, lang))
    first, last = _date(start, lang), _date(end, lang)
    return first if first == last else tell("date_span", lang, start=first, end=last)


def days_said(earliest: object, latest: object, lang: Lang) -> str:
    """An interval of ISO days as a reader writes it: whole months and years by their name.

    Examples
    --------
    >>> days_said("2010-07-01", "2010-07-31", "en"), days_said("2006-01-01", "2009-12-31", "ja")
    ('Jul 2010', '2006年〜2009年')
    """
    first, last = ("" if missing(end) else str(end) for end in (earliest, latest))
    if first and last:
        begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        after = end + dt.timedelta(days=1)
        if begin.day == after.day == 1:
            parts = 4 if begin.month == after.month == 1 else 7
            first, last = first[:parts], last[:parts]
    return when(first, last, lang)


def _date(text: object, lang: Lang) -> str:
    shown = str(text)
    if len(shown) == 4:
        return tell("date_year", lang, year=shown)
    return month(shown, lang) if len(shown) == 7 else day(shown, lang)

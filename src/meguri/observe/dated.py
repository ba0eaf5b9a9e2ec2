"""Written dates read as intervals: ISO, Japanese, era years, decades, halves, quarters, thirds of a month.

A phrase with two customary readings is read as both together: 上期 without 年度 is January to June for
some and April to September for others. Interval arithmetic then stays honest, at the price of width.

Conventions (days included): 上旬 1–10, 中旬 11–20, 下旬 21–end of month; of a decade 前半 first five
years, 半ば years 3–7, 後半 last five, 初頭 first three, 末 last two; "early", "mid" and "late" of a year
January–April, April–September, September–December; 年度 April to March. 頃 widens by one unit of what is
written: a day by a week, a month by a month, a year by a year, a decade by five years.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from meguri.base.errors import DataError, Problem
from meguri.observe.dated_forms import MisdatedError, clean, point, widened
from meguri.observe.interval import Day, Interval, unknown

_NOTHING = {"undated", "unknown", "unspecified", "不明", "時期不明", "未定", "日付なし", "none", "n/a", "-"}
_ABOUT = re.compile(
    r"^(?:約|およそ|about |around |circa |ca\.? |c\. ?|approximately )(.+)$"
    r"|^(.+?)(?:頃|ごろ|ころ|前後)の?$"
)
_SINCE = re.compile(r"^(?:since |from )(.+)$|^(.+?)(?:以降|以後|から|より|~|-)$")
_AFTER = re.compile(r"^after (.+)$|^(.+?)より後$")
_UNTIL = re.compile(r"^(?:until |by |to |up to |~|/|-)(.+)$|^(.+?)(?:以前|まで|までに|迄)$")
_BEFORE = re.compile(r"^before (.+)$|^(.+?)(?:より前|より以前|の前)$")
_RANGE = re.compile(r"\s*(?:~|/|\.\.|->|-|から| to | and |および)\s*")
_LONGEST = 120  # characters of a written date
_NOTE = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*$")


def read_interval(text: str, place: str = "date") -> Interval:
    """The days a written date can mean.

    Parameters
    ----------
    text : str
        Date in any of the forms of the module; empty means unknown.
    place : str
        Where it stands, for messages.

    Raises
    ------
    DataError
        chronicle_date_form (not a date we can read), chronicle_date_two (several),
        chronicle_date_none (no such day or year of an era),
        chronicle_date_inverted (ends before it begins), chronicle_date_order (day or month first?),
        chronicle_date_century (a year of two digits).

    Examples
    --------
    >>> written = ("2010-09", "2010年9月下旬", "before 2018", "平成元年", "2012年度上期", "2010年代半ば以降")
    >>> for text in written:
    ...     print(read_interval(text).written())
    2010-09-01/2010-09-30
    2010-09-21/2010-09-30
    /2017-12-31
    1989-01-08/1989-12-31
    2012-04-01/2012-09-30
    2013-01-01/
    """
    written = clean(text)
    if not written or written in _NOTHING:
        return unknown("nothing is written" if not written else f"'{text.strip()}' is written")
    try:
        found = _read(written) if len(written) <= _LONGEST else None
    except MisdatedError as error:
        raise DataError(Problem(error.key, place, text.strip()[:80])) from None
    except (ValueError, OverflowError):  # beyond the years 1 to 9999 that a calendar here can hold
        raise DataError(Problem("chronicle_date_none", place, text.strip()[:80])) from None
    if found is None:
        bare = re.sub(r"\([^()]*\)", "", written)
        bare = bare[:_LONGEST]
        several = sum(_is_date(part.strip()) for part in re.split(r"\s+/\s+|[,;]\s*", bare)) > 1
        key = "chronicle_date_two" if several else "chronicle_date_form"
        raise DataError(Problem(key, place, text.strip()[:80]))
    return found


def span(start: str, end: str, place: str = "date") -> Interval:
    """Interval from the earliest day of one written date to the latest day of another; empty is open.

    Examples
    --------
    >>> span("2006", "2009").written(), span("", "2018").written(), span("2010-07", "2010-07").precision
    ('2006-01-01/2009-12-31', '/2018-12-31', 'month')
    """
    if not start.strip() and not end.strip():
        return unknown("nothing is written")
    if start.strip() == end.strip():
        return read_interval(start, place)
    first, last = read_interval(start, place), read_interval(end, place)
    precision = "range" if start.strip() and end.strip() else "from" if start.strip() else "until"
    if first.earliest > last.latest:
        raise DataError(Problem("chronicle_date_inverted", place, f"{start} … {end}"))
    return Interval(first.earliest, last.latest, precision)


def readings(text: str, place: str = "date") -> list[tuple[Interval, str]]:
    """Dates that sources give differently, each with who gives it: ``2010-01 (000) / 2010-09-21 (public)``.

    Examples
    --------
    >>> [(i.written(), who) for i, who in readings("2010-01 (000) / 2010-09-21 (002, public)")]
    [('2010-01-01/2010-01-31', '000'), ('2010-09-21', '002, public')]
    """
    parts = re.split(r"\s+/\s+|;\s*", unicodedata.normalize("NFKC", text).strip())
    found = []
    for part in parts:
        note = _NOTE.search(part)
        found.append((read_interval(part, place), note.group(1) if note else ""))
    return found


def _is_date(text: str) -> bool:
    try:
        return _read(text) is not None
    except (MisdatedError, ValueError, OverflowError):
        return False


def _read(text: str) -> Interval | None:
    """Interval of a cleaned text: a point, else with one end open, else a range."""
    note = _NOTE.search(text)
    if note:
        inner = _read(text[: note.start()])
        about = inner is not None and re.search(r"about|頃|ごろ|約", note.group(1)) is not None
        return widened(inner) if about and inner is not None else inner
    if (found := point(text)) is not None:
        return found
    if match := _ABOUT.match(text):
        inner = _read(match.group(1) or match.group(2))
        return None if inner is None else widened(inner)
    if (found := _half_open(text)) is not None:
        return found
    return _range(text)


def _half_open(text: str) -> Interval | None:
    for pattern, kind in ((_BEFORE, "before"), (_AFTER, "after"), (_SINCE, "from"), (_UNTIL, "until")):
        match = pattern.match(text)
        if match is None:
            continue
        inner = _read(match.group(1) or match.group(2))
        if inner is None:
            continue
        if kind == "from":
            return Interval(inner.earliest, Day.max, "from")
        if kind == "until":
            return Interval(Day.min, inner.latest, "until")
        if kind == "before":
            return Interval(Day.min, Day.fromordinal(inner.earliest.toordinal() - 1), "before")
        return Interval(Day.fromordinal(inner.latest.toordinal() + 1), Day.max, "after")
    return None


def _range(text: str) -> Interval | None:
    for left, right in _splits(text):
        first = _read_quietly(left)
        if first is None:
            continue
        for candidate in _inherited(left, right):
            last = _read_quietly(candidate)
            if last is None:
                continue
            if first.earliest > last.latest:
                raise MisdatedError("chronicle_date_inverted")
            return Interval(first.earliest, last.latest, "range")
    return None


def _read_quietly(text: str) -> Interval | None:
    try:
        return point(text) or _about_point(text)
    except MisdatedError as error:
        if error.key in ("chronicle_date_century", "chronicle_date_order"):
            return None
        raise


def _about_point(text: str) -> Interval | None:
    match = _ABOUT.match(text)
    inner = None if match is None else point(match.group(1) or match.group(2))
    return None if inner is None else widened(inner)


def _splits(text: str) -> Iterator[tuple[str, str]]:
    for match in _RANGE.finditer(text):
        left, right = text[: match.start()], text[match.end() :]
        if left and right:
            yield left, right


def _inherited(left: str, right: str) -> Iterator[str]:
    """The right part of a range, as written and with what it leaves to the left: 2010年9月7日〜11月20日."""
    year = re.match(r"\d{4}", left)
    month = re.match(r"\d{4}(?:年|[-/.])(\d{1,2})", left)
    if year and re.fullmatch(r"\d{2}年?", right):
        yield left[:2] + right
        return
    yield right
    if year and re.match(r"\d{1,2}[月./-]", right):
        yield f"{year.group()}年{right}"
    if year and month and re.fullmatch(r"\d{1,2}日", right):
        yield f"{year.group()}年{month.group(1)}月{right}"
    if year and re.fullmatch(r"[a-z]{3,9}\.?", right):
        yield f"{year.group()} {right}"

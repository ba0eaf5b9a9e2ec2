"""The forms in which one date is written, each with the days it covers."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from meguri.observe.interval import Day, Interval

Found = re.Match[str]
_ERAS = {  # first and last day; Meiji is counted from 1868-01-25, as the edict did
    "明治": (Day(1868, 1, 25), Day(1912, 7, 29)),
    "大正": (Day(1912, 7, 30), Day(1926, 12, 24)),
    "昭和": (Day(1926, 12, 25), Day(1989, 1, 7)),
    "平成": (Day(1989, 1, 8), Day(2019, 4, 30)),
    "令和": (Day(2019, 5, 1), Day.max),
}
_COUNTED_ON = 40  # years beyond the end of an era that a plan may count on; more is taken for a slip
_LETTERS = {"m": "明治", "t": "大正", "s": "昭和", "h": "平成", "r": "令和"}
_ERA = re.compile(r"^(?:(明治|大正|昭和|平成|令和)|([mtshr])(?=\d))(元|\d{1,3})(年度?|[./-])(.*)$")
_MONTHS = {name.lower(): m for m in range(1, 13) for name in (calendar.month_name[m], calendar.month_abbr[m])}
_MONTH = r"(?P<mon>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r"|sept)\.?"
_FIRST = r"上旬|初旬|初め|はじめ|初頭"
_MIDDLE = r"中旬|半ば|なかば|中頃"
_LAST = r"下旬|末|終わり"
_KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")


class MisdatedError(Exception):
    """A text that looks like a date and is none; ``key`` is a row of problems.csv."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def clean(text: str) -> str:
    """Folded text: half width, lower case, one kind of dash, kanji years as digits.

    Examples
    --------
    >>> clean(" 二〇一〇年 ９月 〜 11 月 ")
    '2010年9月~11月'
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    folded = re.sub(r"[〜～–—−‐―]", "~", folded)
    folded = re.sub(r"[〇一二三四五六七八九]{4}(?=年)", lambda m: m.group().translate(_KANJI), folded)
    folded = re.sub(r"(?<=第)[一二三四](?=四半期)", lambda m: m.group().translate(_KANJI), folded)
    folded = re.sub(r"[一二三四五六七八九十]+(?=[年月日])", lambda m: str(_counted(m.group())), folded)
    folded = re.sub(r"\s*([年月日代度~])\s*", r"\1", folded)
    folded = re.sub(r"^(?:announced|target|published|posted) ", "", folded)
    return re.sub(r"(?<=\d)e$|現在$|(?<=年度)(?=の)の|(?<=[年月])の(?=[^前])", "", folded)


def _counted(word: str) -> int:
    """Number of a kanji count below hundred: 二十三."""
    tens, _, ones = word.rpartition("十") if "十" in word else ("", "", word)
    digits = {kanji: count for count, kanji in enumerate("〇一二三四五六七八九")}
    ten = (digits.get(tens[-1:], 1) if tens else 1) * 10 if "十" in word else 0
    return ten + digits.get(ones[-1:], 0)


def _day(year: int, month: int, day: int) -> Day:
    try:
        return Day(year, month, day)
    except ValueError:
        raise MisdatedError("chronicle_date_none") from None


def months(year: int, first: int, last: int, precision: str) -> Interval:
    """From the first day of one month to the last of another; months beyond 12 fall in the next year."""
    if not (1 <= first <= 24 and first <= last <= 24) or not 1 <= year <= 9998:
        raise MisdatedError("chronicle_date_none")
    begin, end = (
        (year + (first - 1) // 12, (first - 1) % 12 + 1),
        (year + (last - 1) // 12, (last - 1) % 12 + 1),
    )
    return Interval(Day(*begin, 1), Day(*end, calendar.monthrange(*end)[1]), precision)


def years(first: int, last: int, precision: str) -> Interval:
    """From 1 January of one year to 31 December of another."""
    if not 1 <= first <= last <= 9998:
        raise MisdatedError("chronicle_date_none")
    return Interval(Day(first, 1, 1), Day(last, 12, 31), precision)


def _month(year: int, month: int) -> Interval:
    if not 1 <= month <= 12:
        raise MisdatedError("chronicle_date_none")
    return months(year, month, month, "month")


def _third(year: int, month: int, part: str) -> Interval:
    whole = _month(year, month)
    if re.fullmatch(_FIRST + "|early", part):
        return Interval(whole.earliest, whole.earliest.replace(day=10), "early-month")
    if re.fullmatch(_MIDDLE + "|mid", part):
        return Interval(whole.earliest.replace(day=11), whole.earliest.replace(day=20), "mid-month")
    if part == "前半":
        return Interval(whole.earliest, whole.earliest.replace(day=15), "half-month")
    if part == "後半":
        return Interval(whole.earliest.replace(day=16), whole.latest, "half-month")
    return Interval(whole.earliest.replace(day=21), whole.latest, "late-month")


def _half(found: Found) -> Interval:
    year, fiscal = int(found["y"]), found["fiscal"] == "年度"
    second = (found["n"] or "") == "2" or (found["w"] or "")[:1] in ("下", "後")
    if fiscal:
        return months(year, 10, 15, "half-year") if second else months(year, 4, 9, "half-year")
    if (found["w"] or "") in ("上期", "下期"):  # calendar half for a government, business half for a firm
        return months(year, 7, 15, "half-year") if second else months(year, 1, 9, "half-year")
    return months(year, 7, 12, "half-year") if second else months(year, 1, 6, "half-year")


def _quarter(found: Found) -> Interval:
    first = 3 * int(found["n"]) - 2 + (3 if found["fiscal"] in ("年度", "fy") else 0)
    return months(int(found["y"]), first, first + 2, "quarter")


def _decade(found: Found) -> Interval:
    start, part = int(found["y"]), (found["part"] or found["pre"] or "").strip(" -")
    if start % 10:
        raise MisdatedError("chronicle_date_none")
    if not part:
        return years(start, start + 9, "decade")
    if re.fullmatch("前半|early", part):
        return years(start, start + 4, "part-decade")
    if re.fullmatch(_MIDDLE + "|mid|中盤", part):
        return years(start + 3, start + 7, "part-decade")
    if re.fullmatch("後半|late", part):
        return years(start + 5, start + 9, "part-decade")
    first = re.fullmatch(_FIRST, part) is not None
    return years(start, start + 2, "part-decade") if first else years(start + 8, start + 9, "part-decade")


_YEAR_PARTS = {  # first and last month; 冬 is January and February, or December and the next two: both
    "early": (1, 4), "mid": (4, 9), "late": (9, 12), "end": (10, 12), "later in": (1, 12),
    "spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (1, 14),
    "春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (1, 14), "明け": (1, 1), "暮れ": (12, 12),
    "初め": (1, 3), "はじめ": (1, 3), "初頭": (1, 3), "年初": (1, 3), "末": (10, 12), "年末": (10, 12),
    "半ば": (4, 9), "なかば": (4, 9), "中頃": (4, 9), "年央": (4, 9),
}  # fmt: skip


def _year_part(found: Found) -> Interval:
    first, last = _YEAR_PARTS[(found["part"] or found["pre"]).strip(" -")]
    return months(int(found["y"]), first, last, "part-year")


def _era_word(found: Found) -> Interval:
    mon = "sep" if found["mon"] == "sept" else found["mon"]
    year, month, pre = int(found["y"]), _MONTHS[mon], (found["pre"] or "").strip(" -")
    if pre:
        return _third(year, month, "末" if pre.startswith("end") else pre)
    if not found["d"]:
        return _month(year, month)
    day = _day(year, month, int(found["d"]))
    return Interval(day, day, "day")


def _one_day(found: Found) -> Interval:
    day = _day(int(found["y"]), int(found["m"]), int(found["d"]))
    return Interval(day, day, "day")


def _turned_day(found: Found) -> Interval:
    one, two, year = int(found["a"]), int(found["b"]), int(found["y"])
    if one <= 12 and two <= 12 and one != two:
        raise MisdatedError("chronicle_date_order")
    day = _day(year, two, one) if one > 12 or one == two else _day(year, one, two)
    return Interval(day, day, "day")


def _short_decade(found: Found) -> Interval:
    if not 50 <= int(found["y"]) <= 90:
        raise MisdatedError("chronicle_date_century")
    return point(f"19{found['y']}年代{found['rest'] or ''}") or _refuse("chronicle_date_form")


def _refuse(key: str) -> Interval:
    raise MisdatedError(key)


_PRE = r"(?P<pre>early|mid|late|end)(?: of)?[ -]+"
_PARTS = "|".join(sorted(_YEAR_PARTS, key=len, reverse=True))
_HALVES = "上期|上半期|下期|下半期|前半|後半"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[Found], Interval]], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (r"(?P<y>\d{4})(?:年|[-/.])(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})日?(?:t[\d:.z+-]*)?", _one_day),
        (r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", _one_day),
        (r"(?P<y>\d{4})(?:年|[-/.])(?P<m>\d{1,2})月?", lambda f: _month(int(f["y"]), int(f["m"]))),
        (r"(?P<y>\d{4})(?P<m>\d{2})月?", lambda f: _month(int(f["y"]), int(f["m"]))),
        (
            rf"(?P<y>\d{{4}})(?:年|[-/.])(?P<m>\d{{1,2}})月?の?(?P<p>{_FIRST}|{_MIDDLE}|{_LAST}|前半|後半)",
            lambda f: _third(int(f["y"]), int(f["m"]), f["p"]),
        ),
        (
            r"(?P<p>early|mid|late|end)(?: of)?[ -]+(?P<y>\d{4})[-/](?P<m>\d{1,2})",
            lambda f: _third(int(f["y"]), int(f["m"]), "末" if f["p"] == "end" else f["p"]),
        ),
        (rf"(?P<y>\d{{4}})(?P<fiscal>年度|年|[- ])?の?(?:h(?P<n>[12])|(?P<w>{_HALVES}))", _half),
        (r"(?P<fiscal>)(?P<w>)h(?P<n>[12])[ -]?(?P<y>\d{4})", _half),
        (r"(?P<y>\d{4})(?P<fiscal>年度|年|[- ])?の?(?:q(?P<n>[1-4]))", _quarter),
        (r"(?P<y>\d{4})(?P<fiscal>年度|年)?の?第?(?P<n>[1-4])四半期", _quarter),
        (r"(?P<fiscal>)(?:q(?P<n>[1-4]))[ -]?(?P<y>\d{4})", _quarter),
        (r"(?P<fiscal>)(?P<n>[1-4])q[ -]?(?P<y>\d{4})", _quarter),
        (
            r"(?:(?P<y>\d{4})年度|fy ?(?P<z>\d{4}))",
            lambda f: months(int(f["y"] or f["z"]), 4, 15, "fiscal-year"),
        ),
        (rf"(?:{_PRE})?(?P<y>\d{{4}})(?:年代|'?s)(?P<part>)", _decade),
        (
            rf"(?P<pre>)(?P<y>\d{{4}})(?:年代|'?s)の?(?P<part>前半|後半|中盤|{_FIRST}|{_MIDDLE}|{_LAST})",
            _decade,
        ),
        (r"(?P<y>\d{2})(?:年代)(?P<rest>.*)", _short_decade),
        (r"(?P<y>\d{4})年?", lambda f: years(int(f["y"]), int(f["y"]), "year")),
        (rf"(?P<pre>)(?P<y>\d{{4}})[年 -]?の?(?P<part>{_PARTS})", _year_part),
        (rf"(?P<part>)(?P<pre>{_PARTS})(?: of)?[ -]+(?P<y>\d{{4}})", _year_part),
        (rf"(?P<pre>)(?P<d>)(?P<y>\d{{4}}) {_MONTH}", _era_word),
        (rf"(?:{_PRE})?(?P<d>){_MONTH},? (?P<y>\d{{4}})", _era_word),
        (rf"(?P<pre>){_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})", _era_word),
        (rf"(?P<pre>)(?P<d>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<y>\d{{4}})", _era_word),
        (r"(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<y>\d{4})", _turned_day),
        (
            r"'?\d{2}(?:年|[./-]\d{1,2}(?:[./-]\d{1,2})?)(?:\d{1,2}月.*)?",
            lambda _: _refuse("chronicle_date_century"),
        ),
    )
)


def point(text: str) -> Interval | None:
    """Interval of one written date; none where the text is no such form.

    Raises
    ------
    MisdatedError
        When it has the form of a date and is none (30 February, Showa 70).
    """
    era = _ERA.match(text)
    if era:
        return _in_era(era)
    for pattern, build in _FORMS:
        if found := pattern.fullmatch(text):
            return build(found)
    return None


def _in_era(found: Found) -> Interval | None:
    """The same in Gregorian years, cut to the days of the era: 平成元年 begins on 8 January 1989.

    Plans written before an era ended count on beyond it (平成32年 for 2020): read so, and said.
    """
    first, last = _ERAS[found[1] or _LETTERS[found[2]]]
    count = 1 if found[3] == "元" else int(found[3])
    if count < 1 or first.year + count - 1 > last.year + _COUNTED_ON:
        raise MisdatedError("chronicle_date_none")
    inner = point(f"{first.year + count - 1}{found[4]}{found[5]}")
    if inner is None:
        return None
    if inner.precision in ("fiscal-year", "half-year", "quarter"):  # these run on into the next year or era
        return inner
    if inner.earliest > last:
        return replace(inner, reason="counted on beyond the end of the era")
    cut = inner.meet(Interval(first, last, inner.precision), inner.precision)
    if cut is None:
        raise MisdatedError("chronicle_date_none")
    return cut


def widened(inner: Interval) -> Interval:
    """The interval of 頃 or "about": one unit of what is written more on both sides.

    Examples
    --------
    >>> widened(years(2000, 2000, "year")).written()
    '1999-01-01/2001-12-31'
    """
    margins = {"day": 7, "year": 366, "decade": 1827, "fiscal-year": 366}
    more = margins.get(inner.precision, min(inner.days or 31, 366))
    first, last = inner.earliest.toordinal(), inner.latest.toordinal()
    if inner.precision in ("year", "decade"):  # whole years stay whole years
        by = 1 if inner.precision == "year" else 5
        return years(inner.earliest.year - by, inner.latest.year + by, "about")
    if inner.precision == "month":
        before, after = Day.fromordinal(first - 1), Day.fromordinal(last + 1)
        last_day = calendar.monthrange(after.year, after.month)[1]
        return Interval(before.replace(day=1), after.replace(day=last_day), "about")
    begin = Day.min if inner.open_start else Day.fromordinal(first - more)
    return Interval(begin, Day.max if inner.open_end else Day.fromordinal(last + more), "about")

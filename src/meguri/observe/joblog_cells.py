"""One cell of a shop's own sheet, as people write it: ２.５ｈ, 2時間30分, 令和8年4月1日, ○, 60代, 12㎏.

Each reader answers with a value, or with None for an empty cell, or raises :class:`UnreadError` with the key
of a problem. Nothing is guessed: a day without a year is read only where the sheet itself names the year.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from meguri.base.errors import DataError
from meguri.observe.dated import read_interval

EMPTY = {"", "-", "−", "—", "ー", "―", "なし", "無し", "n/a", "na", "〃?", "未記入"}
YES = {
    "○",
    "〇",
    "◯",
    "●",
    "✓",
    "✔",
    "レ",
    "有",
    "有り",
    "あり",
    "要",
    "済",
    "可",
    "はい",
    "yes",
    "y",
    "true",
    "1",
    "x",
}
NO = {"×", "✕", "無", "無し", "なし", "不要", "不可", "否", "いいえ", "no", "n", "false", "0"}
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
CLOCK = re.compile(r"^(\d{1,2})[:時](?:(\d{1,2})分?)?(?::(\d{2}))?(半)?$")
WORKS = {
    "repair": "repair", "修理": "repair", "補修": "repair", "retrofit": "retrofit", "改修": "retrofit",
    "改造": "retrofit", "更新改修": "retrofit", "レトロフィット": "retrofit", "upgrade": "upgrade",
    "アップグレード": "upgrade", "性能向上": "upgrade", "new": "new", "新規": "new", "新設": "new",
    "新規導入": "new", "更新": "new", "入替": "new",
}  # fmt: skip
HOURS_PER = {
    "h": 1.0, "hr": 1.0, "hrs": 1.0, "hour": 1.0, "hours": 1.0, "時間": 1.0, "分": 1 / 60, "min": 1 / 60,
    "minutes": 1 / 60, "m": 1 / 60, "日": 24.0, "d": 24.0, "days": 24.0, "秒": 1 / 3600,
}  # fmt: skip
THOUSANDS = {"千円": 1e3, "万円": 1e4, "百万円": 1e6, "円": 1.0, "¥": 1.0, "": 1.0, "jpy": 1.0}


class UnreadError(Exception):
    """A cell that says something we cannot read; ``key`` is a row of ``problems.csv``."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def plain(cell: object) -> str:
    """Text of a cell without accidents of width and space.

    Examples
    --------
    >>> plain(" １２㎏　"), plain(3.0), plain(None)
    ('12kg', '3', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(cell))).strip()


def is_empty(cell: object) -> bool:
    """Whether a cell says nothing."""
    return plain(cell).casefold() in EMPTY


def read_text(cell: object, unit: str, year: int | None) -> str | None:  # noqa: ARG001
    """Words as they stand."""
    return plain(cell) or None


def read_number(cell: object, unit: str, year: int | None) -> float | None:  # noqa: ARG001
    """A count or an amount; the unit behind it is kept in the sheet and not in the number.

    Examples
    --------
    >>> read_number("１,２００個", "", None), read_number("約30", "", None)
    (1200.0, 30.0)
    """
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise UnreadError("joblog_number")
    if isinstance(cell, int | float):
        return float(cell)
    found = NUMBER.findall(plain(cell))
    if len(found) != 1:
        raise UnreadError("joblog_number")
    return float(found[0].replace(",", ""))


def read_hours(cell: object, unit: str, year: int | None) -> float | None:  # noqa: ARG001
    """A length of time in hours; a bare number is in the unit of its heading.

    Examples
    --------
    >>> [read_hours(text, "h", None) for text in ("2時間30分", "150分", "1:30", "０．５ｈ", 2)]
    [2.5, 2.5, 1.5, 0.5, 2.0]
    """
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds() / 3600
    if isinstance(cell, dt.datetime):
        raise UnreadError("joblog_hours")
    if isinstance(cell, dt.time):
        return cell.hour + cell.minute / 60 + cell.second / 3600
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _positive(float(cell) * HOURS_PER.get(unit, 1.0))
    text = plain(cell).casefold().replace(" ", "").removeprefix("約")
    clock = re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d)?", text)
    if clock:
        return int(clock[1]) + int(clock[2]) / 60
    parts = re.findall(r"(\d+(?:\.\d+)?)(時間|分|秒|日|hours|hour|hrs|hr|h|minutes|min|m|days|d)?(半)?", text)
    if not parts or "".join("".join(part) for part in parts) != text:
        raise UnreadError("joblog_hours")
    total = 0.0
    for amount, written, half in parts:
        total += (float(amount) + (0.5 if half else 0.0)) * HOURS_PER[written or unit or "h"]
    return _positive(total)


def _positive(hours: float) -> float:
    if not 0 <= hours <= 24 * 366:
        raise UnreadError("joblog_hours")
    return hours


def read_date(cell: object, unit: str, year: int | None) -> str | None:  # noqa: ARG001
    """A day in ISO form, in any of the calendars of a Japanese office.

    Examples
    --------
    >>> {read_date(text, "", 2026) for text in ("令和8年4月1日", "R8.4.1", "2026/4/1", "4/1", "20260401")}
    {'2026-04-01'}
    """
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    text = re.sub(r"[(（][月火水木金土日][)）]$", "", plain(cell)).strip()
    short = re.fullmatch(r"(\d{1,2})[/月.-](\d{1,2})日?", text)
    if short:
        if year is None:
            raise UnreadError("joblog_year")
        text = f"{year}-{int(short[1]):02d}-{int(short[2]):02d}"
    packed = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", text)
    if packed:
        text = "-".join(packed.groups())
    try:
        read = read_interval(text)
    except DataError:
        raise UnreadError("joblog_date") from None
    if read.earliest != read.latest:
        raise UnreadError("joblog_date")
    return read.earliest.isoformat()


def read_time(cell: object, unit: str, year: int | None) -> str | None:  # noqa: ARG001
    """A time of day as hh:mm.

    Examples
    --------
    >>> [read_time(text, "", None) for text in ("8:05", "８時半", "13時20分", dt.time(7, 0))]
    ['08:05', '08:30', '13:20', '07:00']
    """
    if isinstance(cell, dt.datetime | dt.time):
        return f"{cell.hour:02d}:{cell.minute:02d}"
    if isinstance(cell, float) and 0 <= cell < 1:  # Excel's part of a day, without its format
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    found = CLOCK.fullmatch(plain(cell).replace(" ", ""))
    if not found:
        raise UnreadError("joblog_time")
    hour, minute = int(found[1]), 30 if found[4] else int(found[2] or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise UnreadError("joblog_time")
    return f"{hour:02d}:{minute:02d}"


def read_instant(cell: object, unit: str, year: int | None) -> str | None:
    """A day with its time of day, or the day alone where none is written.

    Examples
    --------
    >>> read_instant("R8.4.1 8:30", "", None), read_instant("2026/4/1", "", None)
    ('2026-04-01T08:30', '2026-04-01')
    """
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = plain(cell)
    found = re.fullmatch(r"(.*?)[ T　]*(\d{1,2}(?::\d{2}(?::\d{2})?|時(?:\d{1,2}分|半)?))", text)
    if found and found[1]:
        return f"{read_date(found[1], unit, year)}T{read_time(found[2], unit, year)}"
    return read_date(cell, unit, year)


def read_bool(cell: object, unit: str, year: int | None) -> str | None:  # noqa: ARG001
    """Yes or no in the marks of a sheet."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = plain(cell).casefold()
    if text in YES:
        return "yes"
    if text in NO:
        return "no"
    raise UnreadError("joblog_mark")


def read_share(cell: object, unit: str, year: int | None) -> float | None:
    """A share: 45 %, 0.45, 4割5分; a bare number above 1 is taken in percent, as its neighbours show.

    Examples
    --------
    >>> [read_share(text, "", None) for text in ("45%", "４割", "4割5分", 0.3, 45)]
    [0.45, 0.4, 0.45, 0.3, 0.45]
    """
    text = plain(cell).replace(" ", "")
    tenths = re.fullmatch(r"約?(\d+)割(?:(\d+)分)?", text)
    if tenths:
        return _share(int(tenths[1]) / 10 + int(tenths[2] or 0) / 100)
    value = read_number(cell if isinstance(cell, int | float) else text, unit, year)
    assert value is not None
    return _share(value / 100 if "%" in text or value > 1 else value)


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise UnreadError("joblog_share")
    return round(value, 6)


def read_age(cell: object, unit: str, year: int | None) -> tuple[float, float] | None:  # noqa: ARG001
    """An age or a band of ages.

    Examples
    --------
    >>> [read_age(text, "", None) for text in ("60代", "55～59歳", "68", "60代後半", "70歳以上")]
    [(60.0, 69.0), (55.0, 59.0), (68.0, 68.0), (65.0, 69.0), (70.0, 110.0)]
    """
    text = plain(cell).replace(" ", "").replace("歳", "").replace("才", "").replace("台", "代")
    band = re.fullmatch(r"(\d0)代(前半|半ば|後半)?", text)
    if band:
        low = float(band[1])
        first, last = {"前半": (0, 4), "半ば": (3, 7), "後半": (5, 9)}.get(band[2] or "", (0, 9))
        return low + first, low + last
    pair = re.fullmatch(r"(\d{2})[~〜\-–から]+(\d{2})(?:まで)?", text)
    if pair:
        return float(pair[1]), float(pair[2])
    open_end = re.fullmatch(r"(\d{2})(以上|~|\+)", text)
    if open_end:
        return float(open_end[1]), 110.0
    if re.fullmatch(r"\d{2}", text) and 15 <= int(text) <= 99:
        return float(text), float(text)
    raise UnreadError("joblog_age")


def read_work(cell: object, unit: str, year: int | None) -> str | None:  # noqa: ARG001
    """Kind of work on a machine."""
    try:
        return WORKS[plain(cell).casefold().replace("工事", "")]
    except KeyError:
        raise UnreadError("joblog_work") from None


def read_money(cell: object, unit: str, year: int | None) -> float | None:
    """An amount in yen; the heading or the cell may name thousands.

    Examples
    --------
    >>> read_money("120万円", "", None), read_money(350, "千円", None)
    (1200000.0, 350000.0)
    """
    text = plain(cell).replace(" ", "").replace("¥", "")
    written = re.search(r"(百万円|万円|千円|円)$", text)
    factor = THOUSANDS[written[1] if written else unit if unit in THOUSANDS else ""]
    value = read_number(
        cell if isinstance(cell, int | float) else text.removesuffix(written[1] if written else ""),
        unit,
        year,
    )
    return None if value is None else value * factor


def read_year(cell: object, unit: str, year: int | None) -> float | None:  # noqa: ARG001
    """A year, also 平成12年."""
    if isinstance(cell, dt.datetime | dt.date):
        return float(cell.year)
    try:
        read = read_interval(plain(cell))
    except DataError:
        raise UnreadError("joblog_date") from None
    if read.earliest.year != read.latest.year:
        raise UnreadError("joblog_date")
    return float(read.earliest.year)


READERS: dict[str, Callable[[object, str, int | None], Any]] = {
    "text": read_text, "name": read_text, "number": read_number, "hours": read_hours, "date": read_date,
    "time": read_time, "instant": read_instant, "bool": read_bool, "share": read_share, "age": read_age,
    "workkind": read_work, "money": read_money, "year": read_year,
}  # fmt: skip

"""When a page of the export-control portal was issued: its index gives only the day of posting.

What is certain: a page was issued no later than it was posted, and no later than the day it takes effect.
How much earlier is not known. Own notices are posted within a month of their issue (No. 33 of 2024, issued
on 15 August, stands under 26 August): that month is an assumption. Laws posted long after they took effect
(2021-12-30 and others) are dated by the day they took effect; measures of other economies by theirs, or
else only as "no later than the posting".
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from meguri.observe.dated import read_interval

LAG_DAYS = 31  # posting after issue, own notices; assumed, see above
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}, \d{4}"
)
_NO_START = re.compile(
    r"^(?:n/a|not |report|settlement|penalty|event held|meeting held|proposal|consultation"
    r"|suspension effective|forthcoming|draft|to be determined|待|within weeks)",
    re.IGNORECASE,
)


class Posted(NamedTuple):
    """Dates of one page: when the event was, when announced, when in force, and what to know of it."""

    start: str
    end: str
    precision: str
    announced: str
    effective: str
    flag: str


def in_force(written: str) -> str:
    """Day a page takes effect, as its index writes it in words; empty where it names none.

    Examples
    --------
    >>> in_force("January 1, 1998 (revised October 15, 2002)"), in_force("2025-11-10 to 2026-11-09")
    ('1998-01-01', '2025-11-10')
    >>> in_force("N/A (spokesperson Q&A issued 2025-12-19)"), in_force("Not specified")
    ('', '')
    """
    if _NO_START.match(written.strip()):
        return ""
    found = _DATE.search(written)
    return "" if found is None else read_interval(found.group(), "effective").earliest.isoformat()


def start_of(posted: str, effective: str, url: str) -> Posted:
    """Dates of a page from the day of posting, the day in force and its address.

    Examples
    --------
    >>> portal = "http://exportcontrol.mofcom.gov.cn/article/zcfg/gnzcfg"
    >>> start_of("2021-12-30", "January 1, 1998", f"{portal}/gzjgfxwj/202111/441.html")[:3]
    ('1998-01-01', '1998-01-01', 'day')
    >>> start_of("2024-08-26", "2024-09-15", f"{portal}/zcfggzqd/202408/1024.html")[:3]
    ('2024-07-26', '2024-08-26', 'range')
    """
    begins = in_force(effective)
    foreign = "/gjdt/" in url
    if not posted:
        return Posted(begins, begins, "day" if begins else "unknown", "", begins, "posted")
    day = read_interval(posted, "date").earliest
    force = dt.date.fromisoformat(begins) if begins else None
    if force == day:
        return Posted(posted, posted, "day", posted, begins, "")
    month = re.search(r"/(\d{4})(\d{2})/\d+\.html$", url)
    moved = month is not None and f"{month[1]}-{month[2]}" < posted[:7]
    late = force is not None and (day - force).days > LAG_DAYS
    if force is not None and force < day and (foreign or moved or late):
        return Posted(begins, begins, "day", "", begins, "posted")
    if foreign or moved:
        return Posted("", posted, "until", "", begins, "posted")
    last = min(day, force) if force is not None else day
    first = last - dt.timedelta(LAG_DAYS)
    return Posted(first.isoformat(), last.isoformat(), "range", "", begins, "")

"""Rows of dates under the names of their lanes: the width of a bar is what its date leaves open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from meguri.base.terms import Lang
from meguri.observe.interval import Interval
from meguri.show.figures.axes import milliseconds, time_axis
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, PAPER, RULE, base_option, clip, mixed, quiet_axis

ROW, TOP, BOTTOM, LEFT, RIGHT = 19, 30, 26, 158, 10
WIDTH = 920  # px: the width at which places of names are reckoned
LETTER = 6.0  # px of a Latin letter of a name; a Japanese one takes two
LONGEST = 76  # letters of a name
READABLE = 44  # letters of a longer name that must fit for it to stand there
TICKS = 8
A_DAY = 86_400_000  # ms
THICK, THIN = 10, 4  # px
TONES = {"known": INK, "open": mixed(INK, 0.38), "public": INK, "other": mixed(INK, 0.2)}
BRIEF = 8  # days: a pale bar as short would not be seen
WIDTHS = {"known": THICK, "open": THICK, "public": THIN, "other": THICK}
UPON = {"backgroundColor": PAPER, "padding": [1, 4], "borderRadius": 2}  # a name on its own bar
MARKS = {"known": "▮", "open": "▬", "public": "―", "other": "▬"}


@dataclass(frozen=True)
class Bar:
    """One row: its lane, its name, the days it may mean, and how it is drawn.

    ``kind`` is ``known`` (to the day), ``open`` (somewhere within), ``public`` (a thin line) or ``other``
    (pale). ``beside`` is a second date of the same event, drawn as a thin line over the bar.
    """

    lane: str
    name: str
    days: Interval
    kind: str
    beside: Interval | None = None

    @property
    def whole(self) -> Interval:
        """All days drawn in this row."""
        return self.days if self.beside is None else self.days.hull(self.beside)


def ends(days: Interval) -> list[dt.date]:
    """Those ends of an interval that are known."""
    both = ((days.earliest, days.open_start), (days.latest, days.open_end))
    return [day for day, is_open in both if not is_open]


def years_around(bars: Sequence[Bar]) -> tuple[dt.date, dt.date]:
    """Whole years around every date drawn."""
    days = [day for bar in bars for day in ends(bar.whole)]
    if not days:
        return dt.date(2000, 1, 1), dt.date(2000, 12, 31)
    return dt.date(min(days).year, 1, 1), dt.date(max(days).year, 12, 31)


def height_of(bars: Sequence[Bar]) -> int:
    """Height of the drawing [px]."""
    return TOP + BOTTOM + ROW * max(1, len(bars))


def date_bars(
    bars: Sequence[Bar], window: tuple[dt.date, dt.date], key: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    """ECharts option of all rows.

    Parameters
    ----------
    bars : sequence of Bar
        In the order of their rows; rows of one lane follow each other.
    window : (date, date)
        First and last day shown; what runs further is cut at the edge.
    key : mapping
        What each kind of mark means, in words.
    """
    first, last = window
    upright = quiet_axis(type="value", inverse=True, min=0, max=max(1, len(bars)), axisLabel={"show": False})
    return {
        **base_option(),
        "title": _key(key),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": time_axis(first, last, lang, TICKS, splitLine={"show": False}),
        "yAxis": upright,
        "series": [_lanes(bars, first), *_lines(bars, first, last), _names(bars, first, last)],
    }


def _key(words: Mapping[str, str]) -> dict[str, Any]:
    """What the marks mean, in one line above the rows."""
    rich = {part: {"color": TONES[part], "fontSize": 13, "fontWeight": "bold"} for part in words}
    text = "     ".join(f"{{{part}|{MARKS[part]}}} {said}" for part, said in words.items())
    style = {"color": INK, "fontSize": 11, "fontWeight": "normal", "rich": rich}
    return {"text": text, "left": 0, "top": 0, "padding": 0, "textStyle": style}


def _lanes(bars: Sequence[Bar], first: dt.date) -> dict[str, Any]:
    """Name of each lane at its first row, a pale ground under every other one."""
    names, grounds, top = [], [], 0
    for place, (lane, rows) in enumerate(groupby(bars, key=lambda bar: bar.lane)):
        below = top + len(list(rows))
        text = clip(_plain(lane), (LEFT - 14) // 6)
        names.append({"value": [milliseconds(first), top + 0.5], "label": {"formatter": text}})
        if place % 2 == 0:
            grounds.append([{"yAxis": top}, {"yAxis": below}])
        top = below
    label = {
        "show": True, "position": "left", "distance": 10, "color": INK, "fontSize": 11, "fontWeight": "bold",
    }  # fmt: skip
    return {
        "name": "lanes", "type": "scatter", "symbolSize": 0, "silent": True, "data": names, "label": label,
        "clip": False,
        "markArea": {"silent": True, "data": grounds, "itemStyle": {"color": mixed(RULE, 0.35)}},
    }  # fmt: skip


def _lines(bars: Sequence[Bar], first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Bars by kind, a notch at days known exactly, and points at the ends of thin lines."""
    found: dict[str, list[list[Any]]] = {kind: [] for kind in TONES}
    days, brief = [], []
    for place, bar in enumerate(bars):
        found[bar.kind] += _line(bar.days, first, last, place + 0.5)
        if bar.kind == "other" and (bar.days.days or BRIEF) < BRIEF:
            brief.append([milliseconds(max(bar.days.earliest, first)), place + 0.5])
        if bar.kind == "known":
            days.append([milliseconds(max(bar.days.earliest, first)), place + 0.5])
        if bar.beside is not None:
            found["public"] += _line(bar.beside, first, last, place + 0.5)
    lines = [
        {
            "name": name, "type": "line", "symbol": "none", "silent": True, "data": data, "z": 4 + order,
            "lineStyle": {"color": TONES[name], "width": WIDTHS[name], "cap": "butt", "opacity": 1},
        }
        for order, (name, data) in enumerate(found.items()) if data
    ]  # fmt: skip
    points = {"type": "scatter", "silent": True, "z": 9, "itemStyle": {"color": INK, "borderColor": PAPER}}
    return [
        *lines,
        {
            **points,
            "name": "brief",
            "symbol": "rect",
            "symbolSize": [3, THICK],
            "data": brief,
            "itemStyle": {"color": mixed(INK, 0.45)},
        },
        {**points, "name": "days", "symbol": "rect", "symbolSize": [3, THICK + 2], "data": days},
        {**points, "name": "ends", "symbol": "circle", "symbolSize": 7, "data": _points(found["public"])},
    ]


def _line(days: Interval, first: dt.date, last: dt.date, height: float) -> list[list[Any]]:
    """A line over all days, an open end runs to the edge; then the pen is lifted."""
    begin, end = _cut(days, first, last)
    return [[milliseconds(begin), height], [milliseconds(end + dt.timedelta(days=1)), height], LIFT]


def _cut(days: Interval, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """What of an interval lies within the picture; an edge where all of it lies beyond."""
    return min(max(days.earliest, first), last), max(min(days.latest, last), first)


def _points(lines: list[list[Any]]) -> list[list[Any]]:
    """A point at both ends of every line; one point where the line is a single day."""
    pairs = zip(lines[::3], lines[1::3], strict=True)
    return [
        point for begin, end in pairs for point in ([begin] if end[0] - begin[0] <= A_DAY else [begin, end])
    ]


def _names(bars: Sequence[Bar], first: dt.date, last: dt.date) -> dict[str, Any]:
    """Name of each row right of its bar, left of it, or upon it: never out of the picture."""
    data = []
    for place, bar in enumerate(bars):
        begin, end = _cut(bar.whole, first, last)
        text = clip(_plain(bar.name), LONGEST)
        side, letters = name_side(text, (begin - first).days, (last - end).days, (last - first).days)
        shown: dict[str, Any] = {
            "formatter": clip(text, letters),
            "position": "left" if side == "left" else "right",
        }
        shown |= UPON if side == "upon" else {}
        data.append({"value": [milliseconds(end if side == "right" else begin), place + 0.5], "label": shown})
    label = {
        "show": True, "distance": 7, "color": INK, "fontSize": 11, "textBorderColor": PAPER,
        "textBorderWidth": 2,
    }  # fmt: skip
    return {
        "name": "labels", "type": "scatter", "symbolSize": 1, "silent": True, "data": data, "z": 10,
        "itemStyle": {"color": "transparent"}, "label": label,
    }  # fmt: skip


def name_side(text: str, before: int, after: int, whole: int) -> tuple[str, int]:
    """Where a name stands, and how many letters fit there.

    Right of its bar, else left of it, else upon it where the bar leaves no room on either side.

    Parameters
    ----------
    before, after, whole : int
        Days before the bar, after it, and in the whole picture [d].

    Examples
    --------
    >>> [name_side("Consultation", *days)[0] for days in ((10, 90, 100), (90, 10, 100), (0, 0, 100))]
    ['right', 'left', 'upon']
    """
    scale = (WIDTH - LEFT - RIGHT) / max(1, whole)
    rooms = {
        side: days * scale - 14
        for side, days in (("right", after), ("left", before), ("upon", whole - before))
    }
    least = LETTER * min(letters_of(text), READABLE)
    fits = (side for side, room in rooms.items() if least <= room)
    side = next(fits, max(rooms, key=rooms.__getitem__))
    return side, max(8, int(rooms[side] / LETTER))


def letters_of(text: str) -> int:
    """Width of a text in Latin letters; a Japanese one counts two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _plain(text: str) -> str:
    return text.replace("{", "｛").replace("}", "｝")

"""Marks that the figures of the atlas share: ranges, texts beside points, names that keep apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from meguri.show.ink import INK, MUTED, PAPER

SYMBOLS = ("circle", "diamond", "triangle", "rect", "roundRect", "arrow")
LIFT = ["-", "-"]  # a pair of dashes lifts the pen between two lines of one series


def apart(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Places for names as near as may be to where they are wanted, never nearer than ``least`` to each other.

    Examples
    --------
    >>> apart([10, 11, 50], 14, 0, 100)
    [7.0, 21.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    groups: list[tuple[float, list[int]]] = []  # centre of a run of names that touch, and its members
    for member in order:
        groups.append((float(wanted[member]), [member]))
        while len(groups) > 1 and _end(groups[-2], least) > _start(groups[-1], least):
            _, later = groups.pop()
            _, earlier = groups.pop()
            both = earlier + later
            half = least * len(both) / 2
            middle = sum(wanted[one] for one in both) / len(both)
            groups.append((min(max(middle, low + half), high - half), both))
    found = [0.0] * len(wanted)
    for centre, members in groups:
        first = centre - least * (len(members) - 1) / 2
        for step, member in enumerate(members):
            found[member] = first + step * least
    return found


def _start(group: tuple[float, list[int]], least: float) -> float:
    return group[0] - least * len(group[1]) / 2


def _end(group: tuple[float, list[int]], least: float) -> float:
    return group[0] + least * len(group[1]) / 2


def spans(
    rows: Iterable[tuple[float, float, float]], hue: str = MUTED, name: str = "ranges"
) -> dict[str, Any]:
    """Hairlines from low to high at a height, one series for all of them.

    Parameters
    ----------
    rows : iterable of (low, high, height)
        In the units of the two axes.
    """
    data: list[list[Any]] = []
    for low, high, height in rows:
        data += [[low, height], [high, height], LIFT]
    return {
        "name": name, "type": "line", "symbol": "none", "silent": True, "data": data, "z": 2,
        "lineStyle": {"color": hue, "width": 1.5, "opacity": 0.7},
    }  # fmt: skip


def beside(text: str, *, left: bool = False, size: float = 11, hue: str = INK) -> dict[str, Any]:
    """A text beside its point, readable over lines."""
    return {
        "show": True, "formatter": text.replace("{", "｛").replace("}", "｝"), "color": hue, "fontSize": size,
        "position": "left" if left else "right", "distance": 5,
        "textBorderColor": PAPER, "textBorderWidth": 2.5,
    }  # fmt: skip


def symbol_of(sources: Sequence[str]) -> dict[str, str]:
    """A shape for every source, in the order given; colour stays with the stage.

    Examples
    --------
    >>> symbol_of(["bgs-wms", "ec-crm-2023", "bgs-wms"])
    {'bgs-wms': 'circle', 'ec-crm-2023': 'diamond'}
    """
    distinct = list(dict.fromkeys(sources))
    return {source: SYMBOLS[place % len(SYMBOLS)] for place, source in enumerate(distinct)}

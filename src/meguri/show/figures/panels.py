"""Two panels beside each other, one for each axis: days left, competitiveness right, rows shared."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from meguri.show.ink import INK, RULE, base_option, quiet_axis


class Room(NamedTuple):
    """Room around and between two panels, in points of a figure of a given width."""

    left: float
    gap: float
    right: float
    top: float
    bottom: float
    width: float = 920.0

    def grid(self, place: int) -> dict[str, Any]:
        """Where a panel stands; place 0 is the left one."""
        width = 100 * (self.width - self.left - self.gap - self.right) / self.width / 2
        left = 100 * self.left / self.width + place * (width + 100 * self.gap / self.width)
        return {"left": f"{left:.2f}%", "width": f"{width:.2f}%", "top": self.top, "bottom": self.bottom}


def empty_panels() -> dict[str, Any]:
    """An option to which panels are added one by one."""
    parts = ("grid", "title", "xAxis", "yAxis", "series")
    return {**base_option(), **{part: [] for part in parts}}


def panel_head(text: str, grid: dict[str, Any]) -> dict[str, Any]:
    """The words above a panel."""
    return {
        "text": text, "left": grid["left"], "top": 14, "padding": 0,
        "textStyle": {"fontSize": 12.5, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def panel_across(low: float, high: float, step: float, name: str, place: int) -> dict[str, Any]:
    """The axis of values of a panel, named below."""
    return quiet_axis(
        type="value", gridIndex=place, min=low, max=high, interval=step, splitLine={"show": True},
        name=name, nameLocation="middle", nameGap=26,
    )  # fmt: skip


def panel_down(cells: list[Any], place: int, **label: Any) -> dict[str, Any]:
    """The rows of a panel; their names stand at the left panel alone."""
    shown = {"show": place == 0, "interval": 0, "margin": 12, "lineHeight": 13, **label}
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells, axisLabel=shown,
        axisLine={"show": True, "onZero": False, "lineStyle": {"color": RULE}},
    )  # fmt: skip


def nice_step(reach: float, most: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that covers a reach with so many lines.

    Examples
    --------
    >>> nice_step(1.7, 4), nice_step(0.32, 4), nice_step(386, 6)
    (0.5, 0.1, 100.0)
    """
    wanted = max(reach, 1e-12) / most
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(round(power * s, 12) for s in (1, 2, 5, 10) if power * s >= wanted * (1 - 1e-9))

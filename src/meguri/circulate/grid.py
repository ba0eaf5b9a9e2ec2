"""Time as intervals of any length, and the rule that says when within an interval goods enter.

A flow is a rate [t/a] over an interval, a stock an amount [t] at its end. With both said, any grid
balances: on equal steps of a year the rate and the yearly amount are the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem

Floats = npt.NDArray[np.float64]
Rule = Literal["start", "middle", "end", "quadrature"]
RULES: tuple[str, ...] = get_args(Rule)


@dataclass(frozen=True)
class Grid:
    """Intervals between increasing times, and when within one the inflow enters.

    Parameters
    ----------
    edges : sequence (interval + 1,) [a]
        Increasing times; the first is when the account opens.
    rule : "start", "middle", "end" or "quadrature"
        All of an interval's inflow enters at its start, middle or end, or evenly through it
        (survival is then integrated exactly). At steady state and lifetime L a stock on yearly
        steps is I·(L - 1/2), I·L, I·(L + 1/2) and I·L.
    labels : sequence (interval,) [a]
        What an interval is called in tables; its end where nothing is said.

    Raises
    ------
    ModelError
        Edges do not increase or are not numbers; the rule is unknown; labels do not fit.

    Examples
    --------
    >>> Grid.of_years(2000, 2002, rule="middle").edges
    (2000.0, 2001.0, 2002.0, 2003.0)
    >>> Grid.of_points([2000, 2005, 2006, 2010, 2020], first=5, rule="quadrature").lengths
    array([ 5.,  5.,  1.,  4., 10.])
    """

    edges: tuple[float, ...]
    rule: Rule
    labels: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        edges = tuple(float(edge) for edge in self.edges)
        labels = tuple(float(label) for label in self.labels) or edges[1:]
        found = list(_problems(edges, labels, self.rule))
        if found:
            raise ModelError(found)
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "labels", labels)

    @classmethod
    def of_years(cls, first: int, last: int, *, rule: Rule) -> Grid:
        """Calendar years, each named by itself: the interval 2000 runs from 2000.0 to 2001.0."""
        years = range(int(first), int(last) + 1)
        return cls((*years, int(last) + 1), rule, tuple(years))

    @classmethod
    def of_points(cls, points: npt.ArrayLike, *, first: float, rule: Rule) -> Grid:
        """Times at which a stock is known, each the end of an interval; the first is `first` years long."""
        told = np.asarray(points, dtype=float).ravel()
        return cls((*(told[:1] - first), *told), rule, tuple(told))

    @property
    def lengths(self) -> Floats:
        """(interval,) [a]."""
        return np.diff(self.edges)

    @property
    def even(self) -> bool:
        """All intervals are equally long."""
        return bool(np.ptp(self.lengths) < 1e-9)

    def __len__(self) -> int:
        return len(self.edges) - 1


def _problems(edges: tuple[float, ...], labels: tuple[float, ...], rule: str) -> list[Problem]:
    """What is wrong with a grid."""
    found = []
    steps = np.diff(edges)
    if len(edges) < 2 or not np.all(np.isfinite(edges)):
        found.append(Problem("grid_edges", "grid", ", ".join(f"{edge:g}" for edge in edges)))
    elif np.any(steps <= 0):
        place = int(np.argmax(steps <= 0))
        found.append(Problem("grid_edges", "grid", f"{edges[place]:g}, {edges[place + 1]:g}"))
    elif len(labels) != len(edges) - 1:
        found.append(Problem("grid_labels", "grid", str(len(labels)), details={"count": str(len(steps))}))
    if rule not in RULES:
        found.append(Problem("choice_of", "grid, rule", str(rule), details={"choices": ", ".join(RULES)}))
    return found

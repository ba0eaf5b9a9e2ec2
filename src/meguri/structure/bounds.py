"""How far shares and concentration can lie apart when some amounts are known as ranges only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
CORNERS = 12  # 4096 corners take a millisecond


def share_range(low: Sequence[float], high: Sequence[float]) -> tuple[Array, Array]:
    """Lowest and highest share each part can have when amounts lie in ranges independently.

    A share is lowest with its own amount at the low end and all others at the high end. Exact.

    Parameters
    ----------
    low, high : sequence of float (part,)
        Ends of the amounts, 0 <= low <= high, any unit.

    Returns
    -------
    (array, array) of (part,) [1]
        NaN where nothing at all is supplied.

    Examples
    --------
    >>> least, most = share_range([1, 1], [1, 3])
    >>> least.tolist(), most.tolist()
    ([0.25, 0.5], [0.5, 0.75])
    """
    a, b = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return a / (a + b.sum() - b), b / (b + a.sum() - a)


def three_range(low: Sequence[float], high: Sequence[float]) -> tuple[float, float]:
    """Bounds of the share of the three largest parts when amounts lie in ranges independently.

    The three largest hold no less than the three largest low ends against all others at their highest,
    and no more than the three largest high ends against the least that can be left.

    Parameters
    ----------
    low, high : sequence of float (part,)
        Ends of the amounts, 0 <= low <= high, any unit.

    Returns
    -------
    (float, float) [1]

    Examples
    --------
    >>> three_range([1, 1, 1, 1], [1, 1, 1, 2])
    (0.6, 0.8)
    """
    a, b = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    biggest = np.argsort(-a, kind="stable")[:3]
    least, most = a[biggest].sum(), np.sort(b)[-3:].sum()
    others_high, others_low = b.sum() - b[biggest].sum(), max(0.0, a.sum() - np.sort(a)[-3:].sum())
    return float(least / (least + others_high)), float(most / (most + others_low))


def hhi_range(low: Sequence[float], high: Sequence[float]) -> tuple[float, float]:
    """Range that holds every Herfindahl–Hirschman index of amounts in given ranges.

    The low end is exact: with Q = Σq² and S = Σq the index Q/S² is least where every amount is as near
    as its range allows to one level t = Q/S. The index is quasi-convex, so its highest value stands at a
    corner of the box: exact up to twelve open amounts, all corners being tried. With more it is a bound:
    at a fixed S, Q is at most the chord over each range, filled from the largest ``low + high`` down.

    Parameters
    ----------
    low, high : sequence of float (part,)
        Ends of the amounts, 0 <= low <= high, any unit.

    Returns
    -------
    (float, float) [1]
        NaN when nothing is supplied.

    Examples
    --------
    >>> hhi_range([1, 1], [1, 3])
    (0.5, 0.625)
    """
    a, b = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if b.sum() <= 0:
        return float("nan"), float("nan")
    most = _corners(a, b) if (b > a).sum() <= CORNERS else _chords(a, b)
    return _least(a, b), min(1.0, most)


def _index(q: Array) -> float:
    whole = q.sum()
    return float((q**2).sum() / whole**2) if whole > 0 else 1.0


def _least(a: Array, b: Array) -> float:
    """Least index: all amounts clipped to one level, which is one of the ends or lies between two."""
    ends = np.unique(np.concatenate([a, b]))
    best = min(_index(np.clip(level, a, b)) for level in ends)
    for lower, upper in pairwise(ends):
        free = (a <= lower) & (b >= upper)
        fixed = np.clip(lower, a, b)[~free]
        if free.any() and fixed.sum() > 0:
            level = float((fixed**2).sum() / fixed.sum())  # dHHI/dt = 0 with the others fixed
            if lower < level < upper:
                best = min(best, _index(np.clip(level, a, b)))
    return best


def _corners(a: Array, b: Array) -> float:
    free = b > a
    up = np.array(list(product((0.0, 1.0), repeat=int(free.sum()))))
    whole = a.sum() + up @ (b - a)[free]
    squares = (a**2).sum() + up @ (b**2 - a**2)[free]
    return float((squares[whole > 0] / whole[whole > 0] ** 2).max())


def _chords(a: Array, b: Array) -> float:
    order = np.argsort(-(a + b), kind="stable")
    width, slope = (b - a)[order], (a + b)[order]
    total, squares = float(a.sum()), float((a**2).sum())
    best = squares / total**2 if total > 0 else 0.0
    for step, rise in zip(width, slope, strict=True):
        if step <= 0:
            continue
        rest = squares - rise * total  # squares = rest + rise·S along this piece
        turn = -2 * rest / rise  # where (rest + rise·S)/S² is highest
        if total < turn < total + step:
            best = max(best, (rest + rise * turn) / turn**2)
        total, squares = total + step, squares + rise * step
        best = max(best, squares / total**2)
    return float(best)

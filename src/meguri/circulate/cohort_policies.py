"""What enters in an interval: what is said to enter, or what keeps a stock as large as it is said to be.

A stock may fall faster than its goods die. Then the inflow that "keeps" it is negative, and one of four
policies says what happened instead: nothing (`allow`, the inflow is booked as negative), goods of all
ages retired early in proportion (`retire`), the oldest first (`oldest`), or goods laid aside, which go on
ageing and dying and come back before new ones are made (`hibernate`). Without one, it is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.circulate.grid import Grid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_NOISE = 1e-10  # share of a stock below which a missing amount is rounding
_SHOWN = 8  # years named in one message


@dataclass
class Moment:
    """Some series at the end of an interval, before new goods enter."""

    interval: int
    there: Floats  # (cohort, state, series) [t] a view: policies change it
    first: Floats  # (series,) [1] share of new goods that stays to the end of the interval
    stays: Floats  # (state, series) [t] in use
    leaves: Floats  # (state, series) [t]
    early: Floats = field(init=False)  # (series,) [t] retired before its time
    resting: Floats = field(init=False)  # (series,) [t] there but not in use

    def __post_init__(self) -> None:
        self.early, self.resting = np.zeros_like(self.first), np.zeros_like(self.first)


class Given:
    """What enters is known: (time, series) [t]."""

    def __init__(self, entering: Floats) -> None:
        self.entering = entering

    def __call__(self, m: Moment) -> Floats:
        """Amount that enters (series,) [t]."""
        return self.entering[m.interval]


class Wanted:
    """What enters keeps a stock (time, group) [t]; the series of a group share its inflow (time, series)."""

    def __init__(self, stock: Floats, policy: str, share: Floats, group: Ints | None, grid: Grid) -> None:
        self.stock, self.policy, self.share, self.group, self.grid = stock, policy, share, group, grid
        self.member = None if group is None else np.eye(stock.shape[1])[group]
        self.used: Floats = np.ones((0, share.shape[1]))  # (cohort, series) share of it in use
        self.falls: list[tuple[int, int, float]] = []  # interval, group, t too many

    def __call__(self, m: Moment) -> Floats:
        """Amount that enters (series,) [t], after the policy has acted on what is there."""
        if self.policy == "hibernate":
            self._lay_apart(m)
        present = self._sum(m.stays.sum(axis=0))
        target = self.stock[m.interval]
        gap = target - present
        gap[(gap < 0) & (gap >= -_NOISE * np.maximum(present, target))] = 0.0
        if self.policy != "allow" and (gap < 0).any():
            self.falls += [(m.interval, int(g), float(-gap[g])) for g in np.flatnonzero(gap < 0)]
            less = np.divide(target, present, out=np.ones_like(target), where=gap < 0)
            self._shrink(m, less, np.maximum(-gap, 0.0))
            gap = np.maximum(gap, 0.0)
        if self.policy == "hibernate":
            gap = self._bring_back(m, gap)
        first = self._sum(self.share[m.interval] * m.first)
        if np.any((gap != 0) & (first < _NOISE)):
            raise ModelError(Problem("gone_at_once", f"stock, {self.grid.labels[m.interval]:g}"))
        per = np.divide(gap, first, out=np.zeros_like(gap), where=first >= _NOISE)
        return np.asarray(self.share[m.interval] * self._spread(per))

    def _sum(self, values: Floats) -> Floats:
        """Sum over the series of each group, on the last axis."""
        return values if self.member is None else values @ self.member

    def _spread(self, values: Floats) -> Floats:
        """What holds for a group, for each of its series."""
        return values if self.group is None else values[..., self.group]

    def _shrink(self, m: Moment, less: Floats, excess: Floats) -> None:
        """Take from what is in use: `less` (group,) is the share that remains, `excess` [t] what goes."""
        if self.policy == "hibernate":
            self.used *= self._spread(less)
            self._lay_apart(m)
            return
        keep = np.broadcast_to(self._spread(less), (len(m.there), m.first.size))
        if self.policy == "oldest":
            mass = self._sum(m.there.sum(axis=1))
            gone = np.clip(excess - (np.cumsum(mass, axis=0) - mass), 0.0, mass)
            share = np.divide(gone, mass, out=np.zeros_like(mass), where=mass > 0)
            keep = self._spread(1.0 - share)
        m.there *= keep[:, None, :]
        left = m.there.sum(axis=0)
        m.early += (m.stays - left).sum(axis=0)
        m.leaves += m.stays - left
        m.stays[:] = left

    def _lay_apart(self, m: Moment) -> None:
        """Split what is there into what is in use and what rests; new cohorts began in use."""
        new = np.ones((len(m.there) - len(self.used), m.first.size))
        self.used = np.concatenate([self.used, new])
        m.stays[:] = np.einsum("cs,cks->ks", self.used, m.there)
        m.resting = m.there.sum(axis=(0, 1)) - m.stays.sum(axis=0)

    def _bring_back(self, m: Moment, gap: Floats) -> Floats:
        """Resting goods fill a gap (group,) first; what they leave open comes back."""
        resting = self._sum(m.resting)
        back = np.minimum(np.maximum(resting, 0.0), gap)
        share = np.divide(back, resting, out=np.zeros_like(gap), where=resting > 0)
        if share.any():
            self.used += (1.0 - self.used) * self._spread(share)
            self._lay_apart(m)
        return gap - back


def refuse_falls(wanted: list[Wanted], names: tuple[str, ...]) -> None:
    """Raise one problem for each stock that falls faster than its goods die, naming the years.

    `wanted` are the deciders of consecutive blocks of stocks, `names` their stocks.
    """
    problems, first = [], 0
    for block in wanted:
        for group in range(block.stock.shape[1]):
            falls = [(at, amount) for at, of, amount in block.falls if of == group]
            if falls:
                told = [f"{block.grid.labels[at]:g} ({amount:.4g} t)" for at, amount in falls[:_SHOWN]]
                rest = f" +{len(falls) - _SHOWN}" if len(falls) > _SHOWN else ""
                problems.append(
                    Problem("stock_falls", f"stock {names[first + group]}", ", ".join(told) + rest)
                )
        first += block.stock.shape[1]
    if problems:
        raise ModelError(problems)

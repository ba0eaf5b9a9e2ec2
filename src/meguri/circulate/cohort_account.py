"""A cohort account once told: stocks, flows and what is there at the end, by cohort and state."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from meguri.circulate.cohort_inputs import Case, Initial
from meguri.circulate.grid import Grid

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stocks:
    """A cohort account, told: stocks in t at the end of each interval, flows in t/a over it."""

    grid: Grid
    names: tuple[str, ...]  # (series,)
    method: str  # "streaming" or "convolution"
    opening: Floats  # (series,) [t] at the first edge
    inflow: Floats  # (time, series) [t/a] new goods
    outflow: Floats  # (time, series) [t/a] left for good, early retirement included
    stock: Floats  # (time, series) [t] in use
    early: Floats  # (time, series) [t/a] of the outflow, retired before its time
    traded: Floats  # (time, series) [t/a] used goods brought in, less those sent out
    hibernating: Floats  # (time, series) [t] there but not in use
    stock_by_state: Floats  # (time, series, state) [t] in use
    outflow_by_state: Floats  # (time, series, state) [t/a]
    born: Floats  # (cohort, 2) [a] between which times each entered
    cohorts: Floats  # (cohort, series, state) [t] at the last edge, hibernating goods included

    traced: Floats | None = None  # (time, cohort, series) [t], where it was asked for

    def missing(self) -> Floats:
        """(time, series) [t] by which an interval does not balance: rounding only.

        Stock now less before = (inflow + trade - outflow) · length; hibernating goods count as stock.
        """
        there = np.concatenate([self.opening[None], self.stock + self.hibernating])
        moved = (self.inflow + self.traded - self.outflow) * self.grid.lengths[:, None]
        return np.diff(there, axis=0) - moved

    def with_cohorts(self, born: Floats, cohorts: Floats) -> Stocks:
        """The same with other cohorts at the end."""
        return replace(self, born=born, cohorts=cohorts)

    def closing(self) -> Initial:
        """The stock at the end, as the opening stock of an account that goes on from here."""
        mass = self.cohorts.sum(axis=2)
        even = np.full_like(self.cohorts, 1.0 / self.cohorts.shape[2])  # of nothing, any mix will do
        mix = np.divide(self.cohorts, mass[..., None], out=even, where=mass[..., None] > 0)
        return Initial((*self.born[:, 0].tolist(), self.grid.edges[-1]), mass, mix)


def blank(case: Case, method: str, trace: bool = False) -> Stocks:
    """An account of which nothing is told yet."""
    intervals, series, states = len(case.grid), case.series, case.states

    def flat() -> Floats:
        return np.zeros((intervals, series))

    return Stocks(
        case.grid, case.names, method, case.opening.sum(axis=(0, 1)),
        flat(), flat(), flat(), flat(), flat(), flat(),
        np.zeros((intervals, series, states)), np.zeros((intervals, series, states)),
        case.born, np.zeros((len(case.born), series, states)),
        np.zeros((intervals, len(case.born), series)) if trace else None,
    )  # fmt: skip

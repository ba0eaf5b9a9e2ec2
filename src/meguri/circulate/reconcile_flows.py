"""Tables of flows, stocks and transfer coefficients made to balance: one period or a whole series.

The table-level side of :mod:`meguri.circulate.reconcile`: names instead of places, every problem of the
tables at once, and stocks that carry over from one period to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.circulate.cohort_inputs import Initial
from meguri.circulate.cohorts import inflow_driven
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime
from meguri.circulate.reconcile import Product, Reconciled, reconcile

Array = npt.NDArray[np.float64]
START = "start"  # the stock before the first period


@dataclass(frozen=True)
class Leaving:
    """How a stock loses what entered it: the dynamic model's part in the reconciliation.

    Attributes
    ----------
    flow : str
        The outflow that the lifetimes give.
    share : array (period, cohort) [1]
        Share of the material that entered in a period that leaves in each period.
    initial : array (period,) [1]
        Share of the stock before the first period that leaves in each period.
    sd : array (period,) [t]
        How far the model itself may be off, as a standard deviation of the mass leaving; 0 is exact.
    """

    flow: str
    share: Array
    initial: Array
    sd: Array

    @classmethod
    def of(
        cls, flow: str, lifetime: Lifetime, grid: Grid, *, opening: Initial | None = None, sd: float = 0.0
    ) -> Leaving:
        """What the cohort core says leaves: one tonne of each period, and of the opening stock, run out.

        Parameters
        ----------
        flow : str
            The outflow.
        lifetime, grid : Lifetime, Grid
            As in :func:`meguri.circulate.cohorts.inflow_driven`; an interval is a period of the tables.
        opening : Initial, optional
            Ages of the stock before the first period, of any mass; those of a steady inflow without it.
        sd : float [t]
            How far the model itself may be off in every period.

        Examples
        --------
        >>> told = Leaving.of("out", Lifetime("fixed", mean=1), Grid.of_years(2001, 2003, rule="middle"))
        >>> told.share.tolist()
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
        """
        n, years = len(grid), grid.lengths[:, None]
        pulses = inflow_driven(np.eye(n) / years, grid, lifetime)
        ages = Initial.steady([1.0], grid, lifetime) if opening is None else opening
        rest = inflow_driven(np.zeros((n, 1)), grid, lifetime, initial=ages)
        gone = (rest.outflow * years)[:, 0] / ages.mass.sum()
        return cls(flow, pulses.outflow * years, gone, np.full(n, sd))


@dataclass(frozen=True)
class Balance:
    """Reconciled tables and the test of all figures at once."""

    table: pd.DataFrame  # columns of ``reconciled``
    result: Reconciled = field(repr=False)

    def suspects(self) -> pd.DataFrame:
        """Figures too far off to be chance, the worst first."""
        rows = self.table[self.table["suspect"]]
        return rows.reindex(rows["standardised"].abs().sort_values(ascending=False).index)


def reconcile_flows(
    flows: pd.DataFrame,
    stocks: pd.DataFrame | None = None,
    shares: pd.DataFrame | None = None,
    *,
    length: float | Mapping[str, float] = 1.0,
    leaving: Mapping[str, Leaving] | None = None,
    level: float = 0.05,
) -> Balance:
    """Flows, stocks and transfer coefficients that balance in every process and period.

    Parameters
    ----------
    flows : DataFrame
        Columns of ``measured_flows``: flow, from_process, to_process, value [t/a], sd, distribution,
        period. An empty process is outside the system, an empty value unknown, sd 0 a constant.
    stocks : DataFrame, optional
        Columns of ``measured_stocks``: the stock [t] of a process at the *end* of a period, ``start``
        for the one before the first. A process without a row holds none: what enters leaves.
    shares : DataFrame, optional
        Columns of ``measured_shares``: the part of all inputs of a process that goes into one flow.
        Where shares of a period are not given, none is assumed.
    length : float or mapping of period to float [a]
        Length of the periods.
    leaving : mapping of process to Leaving, optional
        Lifetimes of stocks.
    level : float [1]
        Chance of suspecting any figure although all are sound.

    Returns
    -------
    Balance
        Rows in the order of the tables given: flows, stocks, shares.

    Raises
    ------
    DataError
        For tables that do not hold what they must.
    ModelError
        As :func:`meguri.circulate.reconcile.reconcile`.

    Examples
    --------
    >>> rows = pd.DataFrame({"flow": ["in", "out"], "from_process": ["", "plant"],
    ...                      "to_process": ["plant", ""], "value": [100.0, 90.0], "sd": [10.0, 5.0]})
    >>> found = reconcile_flows(rows).table
    >>> found["value"].round(6).tolist(), found["status"].tolist()
    ([92.0, 92.0], ['adjusted', 'adjusted'])
    """
    tables = _Tables.read(flows, stocks, shares, length, dict(leaving or {}))
    system = _Layout(tables)
    result = reconcile(
        system.value, system.sd, system.matrix(), products=system.products(), lognormal=system.log,
        names=system.names, level=level,
    )  # fmt: skip
    return Balance(system.table(result), result)


@dataclass(frozen=True)
class _Tables:
    """The checked tables."""

    flows: pd.DataFrame
    stocks: pd.DataFrame
    shares: pd.DataFrame
    periods: list[str]
    length: dict[str, float]
    leaving: dict[str, Leaving]

    @classmethod
    def read(
        cls, flows: pd.DataFrame, stocks: pd.DataFrame | None, shares: pd.DataFrame | None,
        length: float | Mapping[str, float], leaving: dict[str, Leaving],
    ) -> _Tables:  # fmt: skip
        f = Schema.of("measured_flows").check(flows, "flows")
        s = Schema.of("measured_stocks").check(_or_empty(stocks, "measured_stocks"), "stocks")
        k = Schema.of("measured_shares").check(_or_empty(shares, "measured_shares"), "shares")
        periods = sorted(f["period"].unique())
        lengths = {p: float(length[p] if isinstance(length, Mapping) else length) for p in periods}
        found = [*_unknown_names(f, s, k, periods), *_bad_leaving(f, leaving, len(periods))]
        if found:
            raise DataError(found, "flows")
        return cls(f, s, k, periods, lengths, leaving)


def _or_empty(frame: pd.DataFrame | None, table: str) -> pd.DataFrame:
    return Schema.of(table).empty() if frame is None else frame


def _unknown_names(
    flows: pd.DataFrame, stocks: pd.DataFrame, shares: pd.DataFrame, periods: list[str]
) -> list[Problem]:
    """Processes, flows and periods that the flow table does not have."""
    processes = {*flows["from_process"], *flows["to_process"]} - {""}
    named, known = set(flows["flow"]), {*periods, START}
    found = [Problem("reconcile_process", "stocks", name) for name in set(stocks["process"]) - processes]
    found += [Problem("reconcile_process", "shares", name) for name in set(shares["process"]) - processes]
    found += [Problem("reconcile_flow", "shares", name) for name in set(shares["flow"]) - named]
    found += [Problem("reconcile_period", "stocks", name) for name in set(stocks["period"]) - known]
    found += [Problem("reconcile_period", "shares", name) for name in set(shares["period"]) - set(periods)]
    own = flows.groupby("flow")[["from_process", "to_process"]].nunique().max(axis=1)
    return found + [Problem("reconcile_ends", "flows", name) for name in own.index[own > 1]]


def _bad_leaving(flows: pd.DataFrame, leaving: dict[str, Leaving], n: int) -> list[Problem]:
    """Lifetimes whose flow does not leave the process or whose arrays do not fit the periods."""
    found = []
    for process, told in leaving.items():
        if not ((flows["flow"] == told.flow) & (flows["from_process"] == process)).any():
            found.append(Problem("reconcile_flow", f"leaving.{process}", told.flow))
        shapes = (told.share.shape, told.initial.shape, told.sd.shape)
        if shapes != ((n, n), (n,), (n,)):
            found.append(Problem("reconcile_shape", f"leaving.{process}", str(shapes), details={"n": str(n)}))
    return found


class _Layout:
    """Places of all variables and the rows of the constraints."""

    def __init__(self, tables: _Tables) -> None:
        self.t = tables
        self.place: dict[tuple[str, str, str], int] = {}
        self.value, self.sd = np.zeros(0), np.zeros(0)
        self.log = np.zeros(0, bool)
        self._add("flow", tables.flows, tables.flows["flow"])
        self._add("stock", tables.stocks, tables.stocks["process"])
        self._add("share", tables.shares, tables.shares["process"] + ">" + tables.shares["flow"])
        self.given = len(self.place)
        self._fill()
        self.into, self.out = self._ends("to_process"), self._ends("from_process")

    @property
    def names(self) -> list[str]:
        """How a variable is named in messages."""
        return [" ".join(filter(None, key)) for key in self.place]

    def _add(self, kind: str, frame: pd.DataFrame, item: pd.Series[str]) -> None:
        for key in zip([kind] * len(frame), item, frame["period"], strict=True):
            self.place[key] = len(self.place)
        self._extend(frame["value"].to_numpy(), frame["sd"].to_numpy(), frame["distribution"].eq("lognormal"))

    def _extend(self, value: Array, sd: Array, log: pd.Series[bool] | npt.NDArray[np.bool_]) -> None:
        self.value = np.concatenate([self.value, value])
        self.sd = np.concatenate([self.sd, sd])
        self.log = np.concatenate([self.log, np.asarray(log, bool)])

    def _fill(self) -> None:
        """Unknown stocks at the ends of periods not given, and the slack of the lifetimes."""
        for process in self.t.stocks["process"].unique():
            for period in (START, *self.t.periods):
                if self.place.setdefault(("stock", process, period), len(self.place)) == len(self.value):
                    self._extend(np.array([np.nan]), np.array([np.nan]), np.array([False]))
        for process, told in self.t.leaving.items():
            for period, sd in zip(self.t.periods, told.sd, strict=True):
                self.place["lifetime", process, period] = len(self.place)
                self._extend(np.zeros(1), np.array([sd]), np.array([False]))

    def _ends(self, side: str) -> dict[tuple[str, str], list[int]]:
        """Places of the flows at one side of each process, by process and period."""
        found: dict[tuple[str, str], list[int]] = {}
        for flow, process, period in self.t.flows[["flow", side, "period"]].itertuples(index=False):
            found.setdefault((process, period), []).append(self.place["flow", flow, period])
        return found

    def matrix(self) -> Array:
        """Balances of processes and lifetimes: (constraint, variable)."""
        processes = sorted({*self.t.flows["from_process"], *self.t.flows["to_process"]} - {""})
        rows = [self._balance(process, n) for process in processes for n in range(len(self.t.periods))]
        rows += [self._leave(process, n) for process in self.t.leaving for n in range(len(self.t.periods))]
        return np.array([row for row in rows if row.any()])

    def _balance(self, process: str, n: int) -> Array:
        """Mass in less mass out less what the stock grows by, over one period."""
        period, row = self.t.periods[n], np.zeros(len(self.place))
        for place in self.into.get((process, period), []):
            row[place] += self.t.length[period]
        for place in self.out.get((process, period), []):
            row[place] -= self.t.length[period]
        if ("stock", process, period) in self.place:
            before = self.t.periods[n - 1] if n else START
            row[self.place["stock", process, period]] -= 1.0
            row[self.place["stock", process, before]] += 1.0
        return row

    def _leave(self, process: str, n: int) -> Array:
        """Mass leaving a stock less what its cohorts and the stock at the start lose."""
        told, row, period = self.t.leaving[process], np.zeros(len(self.place)), self.t.periods[n]
        row[self.place["flow", told.flow, period]] = self.t.length[period]
        row[self.place["lifetime", process, period]] = -1.0
        for cohort, entered in enumerate(self.t.periods):
            for place in self.into.get((process, entered), []):
                row[place] -= told.share[n, cohort] * self.t.length[entered]
        start = self.place.get(("stock", process, START))
        if start is not None:
            row[start] -= told.initial[n]
        return row

    def products(self) -> list[Product]:
        """Flow = share × inputs of the process."""
        return [
            Product(
                self.place["flow", flow, period],
                self.place["share", f"{process}>{flow}", period],
                tuple(self.into.get((process, period), [])),
            )
            for process, flow, period in self.t.shares[["process", "flow", "period"]].itertuples(index=False)
        ]

    def table(self, found: Reconciled) -> pd.DataFrame:
        """Columns of ``reconciled``: what was given and what balances."""
        keys = list(self.place)[: self.given] + [k for k in list(self.place)[self.given :] if k[0] == "stock"]
        places = [self.place[key] for key in keys]
        frame = pd.DataFrame(keys, columns=["kind", "item", "period"])
        columns = {
            "given": self.value, "given_sd": self.sd, "value": found.value, "sd": found.sd,
            "adjustment": found.adjustment, "standardised": found.standardised,
            "status": np.array(found.status), "suspect": found.suspect,
        }  # fmt: skip
        for name, column in columns.items():
            frame[name] = column[places]
        return Schema.of("reconciled").check(frame)

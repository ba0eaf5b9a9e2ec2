"""Cohort accounts as tidy tables, and as Parquet files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.files import write_atomically
from meguri.base.tables import Schema
from meguri.circulate.cohort_account import Stocks

WHOLE = "all"  # the state of what is not told by state
_FLAT = {"inflow": "t/a", "early": "t/a", "traded": "t/a", "hibernating": "t"}
_BY_STATE = {"stock": "t", "outflow": "t/a"}


def stocks_table(told: Stocks, states: tuple[str, ...] = ()) -> pd.DataFrame:
    """An account in rows of `cohort_stocks`: time, series, state, what, value, unit.

    Stock and outflow stand by state, so that no amount stands twice; all else has the state "all".

    Examples
    --------
    >>> from meguri.circulate.cohorts import Grid, Lifetime, inflow_driven
    >>> told = inflow_driven([10, 10], Grid.of_years(2000, 2001, rule="middle"), Lifetime("fixed", mean=1))
    >>> stocks_table(told).query("what == 'stock'")[["time", "series", "state", "value", "unit"]]
         time series state  value unit
    0  2000.0      1   all   10.0    t
    1  2001.0      1   all   10.0    t
    """
    names = _states(told, states)
    parts = [
        _rows(told, names, what, getattr(told, f"{what}_by_state"), unit) for what, unit in _BY_STATE.items()
    ]
    parts += [
        _rows(told, (WHOLE,), what, getattr(told, what)[..., None], unit) for what, unit in _FLAT.items()
    ]
    return Schema.of("cohort_stocks").check(pd.concat(parts, ignore_index=True), "cohort_stocks")


def cohorts_table(told: Stocks) -> pd.DataFrame:
    """What is there by when it entered, in rows of `cohort_ages`: time, series, entered, mass.

    Every time of an account told with `trace`, else the last one; cohorts that hold nothing are left out.
    """
    last = told.cohorts.sum(axis=2)[None]
    mass = last if told.traced is None else told.traced
    times = told.grid.labels[-len(mass) :]
    time, cohort, series = np.nonzero(mass)
    frame = pd.DataFrame(
        {
            "time": np.asarray(times)[time],
            "series": np.asarray(told.names)[series],
            "entered_from": told.born[cohort, 0],
            "entered_to": told.born[cohort, 1],
            "mass": mass[time, cohort, series],
        }
    )
    return Schema.of("cohort_ages").check(frame, "cohort_ages")


def write_stocks(told: Stocks, path: Path, states: tuple[str, ...] = ()) -> None:
    """Write the rows of `stocks_table` to a Parquet file."""
    write_atomically(path, stocks_table(told, states).to_parquet(index=False, compression="zstd"))


def _states(told: Stocks, states: tuple[str, ...]) -> tuple[str, ...]:
    """Names of states; numbers where none are given, "all" where there is one."""
    count = told.stock_by_state.shape[2]
    if states and len(states) != count:
        raise ModelError(Problem("array_shape", "states", str(len(states)), details={"shape": f"({count},)"}))
    return states or ((WHOLE,) if count == 1 else tuple(str(place + 1) for place in range(count)))


def _rows(told: Stocks, states: tuple[str, ...], what: str, values: np.ndarray, unit: str) -> pd.DataFrame:
    """(time, series, state) as rows."""
    keys = pd.MultiIndex.from_product(
        [told.grid.labels, told.names, states], names=["time", "series", "state"]
    ).to_frame(index=False)
    return keys.assign(what=what, value=values.ravel(), unit=unit)

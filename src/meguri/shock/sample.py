"""Latin hypercube over declared ranges: every ranged number of chain and scenario is a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel

from meguri.base.sampling import latin_shares, triangular
from meguri.base.tables import Schema
from meguri.scenario.schema import Range, Scenario
from meguri.structure.chain import Chain

COLUMNS = ["parameter", "table", "row", "column", "low", "mode", "high", "unit", "source", "grade", "note"]
_DRAWN = ("nodes", "flows", "recipes")
_PLAN = "measures."  # fields of a scenario that are the plan's, not the world's


def declared_ranges(chain: Chain, scenario: Scenario) -> pd.DataFrame:
    """Every number with a range, one row each: where it stands, low, mode, high and its evidence.

    Rows of chain tables are named by their keys, fields of the scenario by their path. Contents are
    not drawn: which links a control names and how a quota counts them is settled once for all runs.
    """
    rows = [*_chain_ranges(chain), *_scenario_ranges(scenario)]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("parameter", ignore_index=True)


def _chain_ranges(chain: Chain) -> Iterator[dict[str, Any]]:
    for table in _DRAWN:
        frame, schema = chain.table(table), Schema.of(table)
        words = {name: frame[name].tolist() for name in [*schema.key, "source", "grade", "note"]}
        for column in schema.columns:
            if f"{column.name}_low" not in schema.names:
                continue
            value, low, high = (
                frame[name].to_numpy(dtype="float64")
                for name in (column.name, f"{column.name}_low", f"{column.name}_high")
            )
            mode = np.where(np.isnan(value), (low + high) / 2, value)
            for row in np.flatnonzero(low < high):
                key = ",".join(str(words[name][row]) for name in schema.key)
                yield {
                    "parameter": f"{table}[{key}].{column.name}",
                    "table": table,
                    "row": int(row),
                    "column": column.name,
                    "low": float(low[row]),
                    "mode": float(mode[row]),
                    "high": float(high[row]),
                    "unit": column.unit,
                    **{name: words[name][row] for name in ("source", "grade", "note")},
                }


def _scenario_ranges(scenario: Scenario) -> Iterator[dict[str, Any]]:
    for path, found, owner in _fields(scenario, ""):
        if not found.fixed:
            yield {
                "parameter": path,
                "table": "scenario",
                "row": -1,
                "column": path,
                "low": found.low,
                "mode": found.mode,
                "high": found.high,
                "unit": found.unit,
                "source": getattr(owner, "source", ""),
                "grade": getattr(owner, "grade", "assumed"),
                "note": getattr(owner, "note", ""),
            }


def _fields(model: BaseModel, prefix: str) -> Iterator[tuple[str, Range, BaseModel]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name in ("observed", "horizon"):  # history and length are given, not uncertain
            continue
        if isinstance(value, Range):
            yield prefix + name, value, model
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, Range):
                    yield f"{prefix}{name}.{key}", item, model
        elif isinstance(value, BaseModel):
            yield from _fields(value, f"{prefix}{name}.")
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _fields(item, f"{prefix}{name}.{getattr(item, 'id', place)}.")


def latin_hypercube(ranges: pd.DataFrame, runs: int, seed: int) -> npt.NDArray[np.float64]:
    """Values of every parameter in every run, each range cut into as many equal shares as runs.

    Parameters
    ----------
    ranges : DataFrame
        Columns ``low, mode, high``; each range is triangular.
    runs : int
        Number of runs; with one run, every parameter takes its mode.
    seed : int
        Same seed, same values, whatever the machine or the number of workers.

    Returns
    -------
    array (run, parameter)

    Notes
    -----
    McKay, Beckman and Conover (1979), Technometrics 21:239.

    Examples
    --------
    >>> one = pd.DataFrame({"low": [0.0], "mode": [5.0], "high": [10.0]})
    >>> latin_hypercube(one, 1, seed=1)
    array([[5.]])
    """
    columns = list(hypercube_columns(ranges, runs, seed))
    return np.stack(columns, axis=1) if columns else np.empty((runs, 0))


def hypercube_columns(ranges: pd.DataFrame, runs: int, seed: int) -> Iterator[npt.NDArray[np.float64]]:
    """The same values, one parameter after the other; axes (run,).

    So that nobody needs all values in memory at once. Parameters of a plan draw from streams of their
    own, each from one that its name decides: with another plan, or none, the world stays the same.
    """
    shares = latin_shares(runs, seed)
    names = ranges["parameter"] if "parameter" in ranges else [""] * len(ranges)
    for name, ends in zip(names, ranges[["low", "mode", "high"]].to_numpy(dtype=float), strict=True):
        if runs == 1:
            yield ends[1:2]
            continue
        own = name.startswith(_PLAN)
        stream = latin_shares(runs, (seed, crc32(name.encode()))) if own else shares
        yield triangular(next(stream), *ends)


class Draw:
    """One run's numbers: a column of a chain table or a field of the scenario, with drawn values."""

    def __init__(self, chain: Chain, ranges: pd.DataFrame, values: npt.NDArray[np.float64]) -> None:
        self._tables = {name: chain.table(name) for name in _DRAWN}
        self._columns: dict[tuple[str, str], npt.NDArray[np.float64]] = {}
        self._values = values
        self._paths: dict[str, int] = {}
        drawn: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for place, (table, row, column) in enumerate(
            zip(ranges["table"], ranges["row"], ranges["column"], strict=True)
        ):
            if table == "scenario":
                self._paths[column] = place
            else:
                drawn.setdefault((table, column), []).append((int(row), place))
        self._places = {key: np.array(pairs).T for key, pairs in drawn.items()}  # rows, and where drawn

    def over(self, values: npt.NDArray[np.float64]) -> Draw:
        """The same parameters with other values; axes (run, parameter)."""
        other = copy(self)
        other._values = values
        return other

    def column(self, run: int, table: str, name: str) -> npt.NDArray[np.float64]:
        """A column of a chain table in one run; axes (row,)."""
        if (table, name) not in self._columns:
            self._columns[table, name] = self._tables[table][name].to_numpy(dtype=float, na_value=np.nan)
        numbers = self._columns[table, name].copy()
        if (table, name) in self._places:
            rows, places = self._places[table, name]
            numbers[rows] = self._values[run, places]
        return numbers

    def field(self, run: int, path: str, found: Range) -> float:
        """A field of the scenario in one run."""
        return self.number(run, path, found.mode)

    def number(self, run: int, path: str, mode: float) -> float:
        """A ranged number in one run, by its parameter; its mode where it has no range."""
        place = self._paths.get(path)
        return mode if place is None else float(self._values[run, place])

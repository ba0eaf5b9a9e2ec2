"""The numbers of a case, at their modes or drawn from their ranges: yields, burdens, efficacies, masses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sampling import latin_shares, triangular
from meguri.base.tables import Schema
from meguri.circulate.route_case import RouteCase, chosen, route_system
from meguri.circulate.routes import RouteSystem
from meguri.circulate.value import Array

_DRAWN = (
    ("routes", "share"),
    ("efficacy", "value"),
    ("burdens", "value"),
    ("feeds", "mass"),
    ("bundles", "share"),
    ("stage_dependence", "share"),
    ("route_uses", "lifetime"),
    ("supply", "mass"),
)
_PLAIN = {
    "feeds": "mass",
    "bundles": "content",
    "stage_dependence": "abroad",
    "route_uses": "lifetimes",
    "supply": "primary",
}


@dataclass(frozen=True)
class Numbers:
    """A case as arrays for one use and metric: the route system and the masses discarded.

    ``mass`` (..., feed) [t]; ``place`` (feed,) state of each row of the table of feeds; ``content``
    (..., row of bundles), ``abroad`` (..., row of stage_dependence), ``lifetimes`` (..., row of
    route_uses) [a] and ``primary`` (..., row of supply) [t]. Leading axes are runs and stand in every
    array that is drawn.
    """

    system: RouteSystem
    mass: Array
    place: npt.NDArray[np.intp]
    content: Array
    abroad: Array
    lifetimes: Array
    primary: Array


def numbers(case: RouteCase, use: str | None = None, metric: str | None = None) -> Numbers:
    """The case at its modes.

    Raises
    ------
    DataError
        As :func:`meguri.circulate.route_case.route_system`.

    Examples
    --------
    >>> from meguri.circulate.route_case import load_case
    >>> numbers(load_case("dy-routes")).mass
    array([60., 25., 15.])
    """
    place = np.array([case.states.index(state) for state in case.tables["feeds"]["state"]], dtype=np.intp)
    columns = {name: case.tables[name][column] for name, column in _DRAWN if name in _PLAIN}
    plain = {_PLAIN[name]: column.to_numpy(dtype=float) for name, column in columns.items()}
    return Numbers(system=route_system(case, use, metric), place=place, **plain)


def listed(case: RouteCase, use: str | None = None, metric: str | None = None) -> pd.DataFrame:
    """Every number of the case for one use and metric: low, mode, high, and what it moves with.

    Returns
    -------
    DataFrame
        Columns of ``route_ranges``; ``lever`` is the group that moves as one, or the parameter itself.
        A number without a range has low = mode = high.

    Examples
    --------
    >>> from meguri.circulate.route_case import load_case
    >>> table = listed(load_case("dy-routes"))
    >>> float(table[table["lever"] == "direct"]["high"].sum())
    0.36
    """
    use, metric = chosen(case, use, metric)
    rows = [row for table, column in _DRAWN for row in _rows(case, table, column, use, metric)]
    schema = Schema.of("route_ranges")
    return schema.check(pd.DataFrame(rows, columns=schema.names))


def ranges(case: RouteCase, use: str | None = None, metric: str | None = None) -> pd.DataFrame:
    """The numbers that have a range; as :func:`listed`."""
    return ranged(listed(case, use, metric))


def ranged(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of :func:`listed` that have a range."""
    return table[table["low"] < table["high"]].reset_index(drop=True)


def _rows(case: RouteCase, table: str, column: str, use: str, metric: str) -> Iterator[dict[str, Any]]:
    frame = case.tables[table]
    about = {
        "efficacy": ("use", use),
        "burdens": ("metric", metric),
        "route_uses": ("use", use),
        "supply": ("use", use),
    }
    if table in about:
        name, wanted = about[table]
        frame = frame[frame[name] == wanted]
    for row, cells in zip(frame.index, frame.to_dict("records"), strict=True):
        mode = cells[column]
        low, high = (
            end if pd.notna(end) else mode for end in (cells[f"{column}_low"], cells[f"{column}_high"])
        )
        parameter = f"{table}[{','.join(str(cells[key]) for key in Schema.of(table).key)}].{column}"
        yield {
            "parameter": parameter,
            "lever": cells.get("group") or parameter,
            "table": table,
            "row": int(row),
            "low": low,
            "mode": mode,
            "high": high,
            **{name: cells[name] for name in ("source", "grade", "note")},
        }


def drawn(case: RouteCase, base: Numbers, table: pd.DataFrame, runs: int, seed: int) -> Numbers:
    """The case in many runs: each lever takes a triangular value, members of a group the same quantile.

    Parameters
    ----------
    base : Numbers
        The case at its modes.
    table : DataFrame
        As :func:`ranges` gives it.
    runs, seed : int
        Latin hypercube; same seed, same numbers.
    """
    shares = dict(zip(dict.fromkeys(table["lever"]), latin_shares(runs, seed), strict=False))
    values = [
        triangular(shares[lever], low, mode, high)
        for lever, low, mode, high in table[["lever", "low", "mode", "high"]].itertuples(index=False)
    ]
    stacked = np.stack(values, axis=1) if values else np.empty((runs, 0))
    return with_values(case, base, table, stacked)


def first_runs(draws: Numbers, runs: int) -> Numbers:
    """The first of the runs; a Latin hypercube is shuffled, so they are a fair sample."""
    system = draws.system
    cut = {name: getattr(system, name)[:runs] for name in ("yields", "burden", "efficacy")}
    plain = {name: getattr(draws, name)[:runs] for name in _PLAIN.values()}
    return replace(draws, system=replace(system, **cut), **plain)


def with_values(case: RouteCase, base: Numbers, table: pd.DataFrame, values: Array) -> Numbers:
    """The case with other values for some of its numbers.

    Parameters
    ----------
    table : DataFrame
        Rows of :func:`ranges`: which numbers.
    values : array (run, parameter)
        One column for each row of the table.

    Notes
    -----
    Several yields of one route that come to more than 1 together are scaled back to 1: a route
    gives no more of the element than enters it.
    """
    runs, system = len(values), base.system
    yields, burden, efficacy = (
        np.broadcast_to(array, (runs, *array.shape[-dims:])).copy()
        for array, dims in ((system.yields, 2), (system.burden, 1), (system.efficacy, 1))
    )
    plain = {
        name: np.broadcast_to(getattr(base, name), (runs, getattr(base, name).shape[-1])).copy()
        for name in _PLAIN.values()
    }
    states, routes = list(system.states), list(system.routes)
    for column, (name, row) in enumerate(zip(table["table"], table["row"], strict=True)):
        frame, value = case.tables[name], values[:, column]
        if name == "routes":
            q = routes.index(frame.at[row, "route"])
            yields[:, q, states.index(frame.at[row, "to_state"])] = np.where(system.is_open[q], value, 0.0)
        elif name == "burdens":
            burden[:, routes.index(frame.at[row, "route"])] = value
        elif name == "efficacy":
            efficacy[:, states.index(frame.at[row, "state"])] = value
        else:
            plain[_PLAIN[name]][:, row] = value
    yields /= np.maximum(yields.sum(axis=-1, keepdims=True), 1.0)
    changed = replace(system, yields=yields, burden=burden, efficacy=efficacy)
    return Numbers(system=changed, place=base.place, **plain)

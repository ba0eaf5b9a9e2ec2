"""Tables of states, efficacies, routes and burdens, checked, and as the arrays the values are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import Problem
from meguri.base.terms import suggest
from meguri.circulate.value import Array, endless

REQUIRED = ("route_uses", "states", "efficacy", "routes", "feeds", "plans")
OPTIONAL = ("burdens", "route_inputs", "attributes", "gates", "bundles", "stage_dependence", "supply")
TABLES = REQUIRED + OPTIONAL
NO_BURDEN = "none"  # the metric that counts no burden
Tables = dict[str, pd.DataFrame]

_KEYS = (  # table, column, table of its keys, column there
    ("efficacy", "state", "states", "state"),
    ("efficacy", "use", "route_uses", "use"),
    ("routes", "from_state", "states", "state"),
    ("routes", "to_state", "states", "state"),
    ("burdens", "route", "routes", "route"),
    ("route_inputs", "route", "routes", "route"),
    ("feeds", "state", "states", "state"),
    ("feeds", "served_as", "states", "state"),
    ("plans", "state", "states", "state"),
    ("plans", "route", "routes", "route"),
    ("plans", "otherwise", "routes", "route"),
    ("attributes", "state", "states", "state"),
    ("bundles", "state", "states", "state"),
    ("supply", "use", "route_uses", "use"),
    ("supply", "state", "states", "state"),
)


@dataclass(frozen=True)
class RouteSystem:
    """A case for one use and one metric as arrays; leading axes of numbers may be runs.

    ``start`` (route,), ``yields`` (..., route, state), ``burden`` (..., route), ``efficacy``
    (..., state), ``usable`` (state,): whether the state serves the use as it is, ``is_open`` (route,):
    whether what the route takes in passes its gate.
    """

    states: tuple[str, ...]
    routes: tuple[str, ...]
    start: npt.NDArray[np.intp]
    yields: Array
    burden: Array
    efficacy: Array
    usable: npt.NDArray[np.bool_]
    is_open: npt.NDArray[np.bool_]

    @property
    def worth(self) -> Array:
        """Efficacy where the state serves the use as it is, else 0; axes (..., state)."""
        return np.where(self.usable, self.efficacy, 0.0)


def route_names(tables: Tables) -> list[str]:
    """Routes in the order in which they are listed first."""
    return list(dict.fromkeys(tables["routes"]["route"]))


def table_problems(tables: Tables, file: str = "") -> list[Problem]:
    """Everything wrong among the tables of a case, each already typed by its own declaration."""
    found = [*_unknown_keys(tables, file), *_unknown_gates(tables, file)]
    if found:  # the rest would only repeat it
        return found
    return [
        *_two_starts(tables, file),
        *_sums(tables["routes"], ["route"], "yields_over_one", "routes", file),
        *_sums(tables["plans"], ["plan", "state"], "plan_over_one", "plans", file),
        *_wrong_start(tables, file),
        *_endless_plans(tables, file),
        *_bare_assumptions(tables, file),
        *_odd_stocks(tables, file),
    ]


def _unknown_keys(tables: Tables, file: str) -> Iterator[Problem]:
    for table, column, home, key in _KEYS:
        known = set(tables[home][key])
        yield from _strangers(tables[table][column], known, f"{table}[{{}}].{column}", home, file)


def _unknown_gates(tables: Tables, file: str) -> Iterator[Problem]:
    gates = tables["gates"]
    for kind, home, key in (("use", "route_uses", "use"), ("route", "routes", "route")):
        cells = gates.loc[gates["kind"] == kind, "gate"]
        yield from _strangers(cells, set(tables[home][key]), "gates[{}].gate", home, file)


def _strangers(cells: pd.Series[Any], known: set[str], place: str, home: str, file: str) -> Iterator[Problem]:
    for row, name in cells.items():
        if name and name not in known:
            near = suggest(str(name), known) or ", ".join(sorted(known)[:5])
            yield Problem(
                "key_of_table",
                place.format(int(str(row)) + 1),
                str(name),
                file,
                {"table": home, "near": near},
            )


def _two_starts(tables: Tables, file: str) -> Iterator[Problem]:
    for route, starts in tables["routes"].groupby("route", sort=False)["from_state"]:
        if starts.nunique() > 1:
            yield Problem("two_starts", f"routes[{route}].from_state", ", ".join(starts.unique()), file)


def _sums(frame: pd.DataFrame, by: list[str], problem: str, table: str, file: str) -> Iterator[Problem]:
    for key, total in frame.groupby(by, sort=False)["share"].sum().items():
        if total > 1 + 1e-9:
            name = ", ".join(key) if isinstance(key, tuple) else str(key)
            yield Problem(problem, f"{table}[{name}].share", f"{total:g}", file)


def _wrong_start(tables: Tables, file: str) -> Iterator[Problem]:
    start = dict(zip(tables["routes"]["route"], tables["routes"]["from_state"], strict=True))
    for row, cells in tables["plans"].iterrows():
        for column in ("route", "otherwise"):
            name = cells[column]
            if name and start[name] != cells["state"]:
                place = f"plans[{int(str(row)) + 1}].{column}"
                yield Problem("plan_wrong_start", place, str(name), file, {"state": str(cells["state"])})


def _endless_plans(tables: Tables, file: str) -> Iterator[Problem]:
    states = list(tables["states"]["state"])
    flows = yield_array(tables, route_names(tables), states)
    for plan in dict.fromkeys(tables["plans"]["plan"]):
        steps = plan_share(tables, plan, states, route_names(tables)) @ np.nan_to_num(flows)
        if stuck := [state for state, never in zip(states, endless(steps), strict=True) if never]:
            yield Problem("endless_cycle", f"plans[{plan}]", ", ".join(stuck), file)


def _bare_assumptions(tables: Tables, file: str) -> Iterator[Problem]:
    for table, column in (("routes", "share"), ("burdens", "value"), ("efficacy", "value")):
        frame = tables[table]
        bare = (frame["grade"] == "assumed") & (
            frame[f"{column}_low"].isna() | frame[f"{column}_high"].isna() | (frame["note"] == "")
        )
        for row in np.flatnonzero(bare):
            yield Problem("assumed_bare", f"{table}[{row + 1}].{column}", "", file)


def _odd_stocks(tables: Tables, file: str) -> Iterator[Problem]:
    for stock, rows in tables["feeds"].groupby("stock", sort=False):
        if rows["mass"].sum() <= 0:
            yield Problem("stock_empty", f"feeds[{stock}].mass", "0", file)
        if rows["origin"].nunique() > 1:
            yield Problem("two_origins", f"feeds[{stock}].origin", ", ".join(rows["origin"].unique()), file)


def yield_array(tables: Tables, routes: Iterable[str], states: Iterable[str]) -> Array:
    """Yields as array (route, state); 0 where a route gives nothing, nan where a yield is not known."""
    row = {route: place for place, route in enumerate(routes)}
    column = {state: place for place, state in enumerate(states)}
    array = np.zeros((len(row), len(column)))
    frame = tables["routes"]
    places = [row[name] for name in frame["route"]], [column[name] for name in frame["to_state"]]
    array[places] = frame["share"]
    return array


def plan_share(tables: Tables, plan: str, states: Iterable[str], routes: Iterable[str]) -> Array:
    """Share of each state that takes each route under a plan; axes (state, route)."""
    row = {state: place for place, state in enumerate(states)}
    column = {route: place for place, route in enumerate(routes)}
    array = np.zeros((len(row), len(column)))
    frame = tables["plans"][tables["plans"]["plan"] == plan]
    for state, route, share in zip(frame["state"], frame["route"], frame["share"], strict=True):
        array[row[state], column[route]] += share
    return array


def keyed(frame: pd.DataFrame, key: str, names: Iterable[str], value: str) -> Array:
    """Values in the order of names, nan where there is no row; axes (name,)."""
    found = dict(zip(frame[key], frame[value], strict=True))
    return np.array([found.get(name, np.nan) for name in names], dtype=float)

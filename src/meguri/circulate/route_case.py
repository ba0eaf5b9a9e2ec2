"""A case of circulation: states, efficacies, routes, burdens, feeds and plans, read and checked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_workbook
from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, keys, packaged
from meguri.circulate.routes import (
    NO_BURDEN,
    OPTIONAL,
    REQUIRED,
    TABLES,
    RouteSystem,
    Tables,
    keyed,
    plan_share,
    route_names,
    table_problems,
    yield_array,
)
from meguri.circulate.states import passing, usable
from meguri.circulate.value import Array

_HEADINGS = 3  # rows in which the keys of a sheet may stand


@dataclass(frozen=True, eq=False)
class RouteCase:
    """Checked tables of one case and its description (name, element, use, metric, labels)."""

    name: str
    about: Mapping[str, str]
    tables: Tables
    file: str = ""

    def label(self, lang: Lang = "en") -> str:
        """Shown name of the case."""
        return self.about.get(f"label_{lang}") or self.name

    @property
    def states(self) -> list[str]:
        """States in the order of their table."""
        return list(self.tables["states"]["state"])

    @property
    def routes(self) -> list[str]:
        """Routes in the order in which they are listed first."""
        return route_names(self.tables)

    @property
    def plans(self) -> list[str]:
        """Plans in the order in which they are listed first."""
        return list(dict.fromkeys(self.tables["plans"]["plan"]))

    @property
    def use(self) -> str:
        """Use that the case is about, unless another is asked for."""
        return self.about.get("use") or str(self.tables["route_uses"]["use"].iloc[0])

    @property
    def metric(self) -> str:
        """Metric of burdens, unless another is asked for."""
        return self.about.get("metric") or NO_BURDEN


def case_names() -> list[str]:
    """Packaged cases of circulation.

    Examples
    --------
    >>> "dy-routes" in case_names()
    True
    """
    folder = packaged("circulation")
    return sorted(item.name for item in folder.iterdir() if item.joinpath("routes.csv").is_file())


def load_case(name_or_path: str | Path, sign_off: str = "") -> RouteCase:
    """A packaged case by name, or your own: a folder of CSV files or a workbook with the same sheets.

    Parameters
    ----------
    name_or_path : str or Path
        Packaged name, folder, or ``.xlsx`` file.
    sign_off : str
        Who takes responsibility for every number that has no source; written into the tables.

    Raises
    ------
    DataError
        With every problem: missing tables, cells that are not as declared, unknown states, yields
        or shares above 1, cycles without a way out, assumptions without range or reason.
    """
    name = str(name_or_path)
    if name in case_names():
        with resources.as_file(packaged("circulation", name)) as folder:
            return case_from_tables(*_read_folder(Path(folder)), file=name, sign_off=sign_off)
    path = Path(name_or_path)
    if path.is_dir():
        return case_from_tables(*_read_folder(path), file=name, sign_off=sign_off)
    if path.suffix.lower() == ".xlsx":
        return case_from_tables(*_read_book(path), file=name, sign_off=sign_off)
    details = {"names": ", ".join(case_names())}
    raise DataError(Problem("case_circulation_unknown", name, name, name, details))


def _read_folder(folder: Path) -> tuple[Tables, dict[str, str]]:
    present = [table for table in TABLES if (folder / f"{table}.csv").exists()]
    raw = {table: read_csv(folder / f"{table}.csv") for table in present}
    about = {"name": folder.name}
    if (folder / "about.csv").exists():
        about |= _pairs(read_csv(folder / "about.csv"), str(folder))
    return raw, about


def _read_book(path: Path) -> tuple[Tables, dict[str, str]]:
    raw = {}
    for sheet, content in read_workbook(path, (*TABLES, "about")).items():
        name = sheet.strip().casefold()
        frame = laid_out(content.rows, name)
        if len(frame):
            raw[name] = frame
    about = {"name": path.stem}
    if "about" in raw:
        about |= {key: text for key, text in _pairs(raw.pop("about"), str(path)).items() if text}
    return raw, about


def laid_out(rows: list[list[object]], table: str) -> pd.DataFrame:
    """Rows of a sheet below the keys of its columns; rows above the keys explain them.

    Examples
    --------
    >>> laid_out([["状態"], ["State"], ["state"], ["new"], [""]], "states")["state"].tolist()
    ['new']
    """
    known = {"key", "value"} if table == "about" else set(Schema.of(table).names)
    filled = [[str(cell).strip() if isinstance(cell, str) else cell for cell in row] for row in rows]
    filled = [row for row in filled if any(str(cell) for cell in row)]
    hits = [sum(str(cell) in known for cell in row) for row in filled[:_HEADINGS]]
    start = hits.index(max(hits)) if hits else 0
    heads = [str(cell) for cell in filled[start]] if filled else []
    frame = pd.DataFrame(filled[start + 1 :], columns=heads)
    return frame[[name for name in frame.columns if name]]


def _pairs(frame: pd.DataFrame, file: str) -> dict[str, str]:
    missing = [column for column in ("key", "value") if column not in frame]
    if missing:
        raise DataError(
            [Problem("column_missing", "about", "", file, {"column": column}) for column in missing], file
        )
    return dict(zip(frame["key"].astype(str), frame["value"].astype(str), strict=True))


def case_from_tables(
    raw: Tables, about: Mapping[str, str], *, file: str = "", sign_off: str = ""
) -> RouteCase:
    """Check tables made in memory, all problems at once; as :func:`load_case`."""
    found = [
        Problem("table_missing", file, "", file, {"table": table}) for table in REQUIRED if table not in raw
    ]
    tables: Tables = {}
    for table in TABLES:
        schema = Schema.of(table)
        if table in raw:
            tables[table], problems = schema.problems(raw[table], f"{table}.csv")
            found += problems
        elif table in OPTIONAL:
            tables[table] = schema.empty()
    if not found:
        tables = {table: _signed(frame, sign_off) for table, frame in tables.items()}
        found = [*table_problems(tables, file), *_about_problems(tables, about, file)]
    if found:
        raise DataError(found, file)
    return RouteCase(about.get("name", file), dict(about), tables, file)


def _signed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    if not name or "signed_off_by" not in frame:
        return frame
    bare = (frame["source"] == "") & (frame["signed_off_by"] == "")
    return frame.assign(signed_off_by=frame["signed_off_by"].mask(bare, name))


def _about_problems(tables: Tables, about: Mapping[str, str], file: str) -> Iterator[Problem]:
    use, metric = about.get("use"), about.get("metric")
    if use and use not in set(tables["route_uses"]["use"]):
        near = ", ".join(tables["route_uses"]["use"])
        yield Problem("key_of_table", "about.use", use, file, {"table": "route_uses", "near": near})
    if metric and metric not in keys("burden_metrics"):
        near = ", ".join(keys("burden_metrics"))
        yield Problem("key_of_table", "about.metric", metric, file, {"table": "burden_metrics", "near": near})
    direct, plans = about.get("direct"), dict.fromkeys(tables["plans"]["plan"])
    if direct and direct not in plans:
        near = ", ".join(plans)
        yield Problem("key_of_table", "about.direct", direct, file, {"table": "plans", "near": near})


def missing_evidence(case: RouteCase, use: str, metric: str) -> list[Problem]:
    """Cells that stand between the case and its function figures: missing, or neither sourced nor signed.

    Function and retained function are refused while there is one (METHODS 3.6); a number that is
    not given is never taken as 0 or 1.
    """
    efficacy = case.tables["efficacy"][case.tables["efficacy"]["use"] == use]
    burdens = case.tables["burdens"][case.tables["burdens"]["metric"] == metric]
    supply = case.tables["supply"][case.tables["supply"]["use"] == use]
    found = [
        *_unproven(case, "routes", case.tables["routes"], "share"),
        *_unproven(case, "efficacy", efficacy, "value"),
        *_unproven(case, "burdens", burdens, "value"),
        *_unproven(case, "supply", supply, "mass"),
    ]
    states = case.tables["states"]
    products = set(states.loc[states["product"].to_numpy(dtype=bool), "state"])
    needed = products | {state for state in case.tables["feeds"]["served_as"] if state} | set(supply["state"])
    found += _absent(case, "efficacy", needed - set(efficacy["state"]), use)
    if metric != NO_BURDEN:
        found += _absent(case, "burdens", set(case.routes) - set(burdens["route"]), metric)
    return found


def _unproven(case: RouteCase, table: str, frame: pd.DataFrame, column: str) -> Iterator[Problem]:
    for row, cells in zip(frame.index, frame.to_dict("records"), strict=True):
        place = f"{table}[{int(row) + 1}].{column}"
        if pd.isna(cells[column]):
            yield Problem("cell_empty", place, "", case.file, {"column": column})
        elif not (cells["source"] or cells["signed_off_by"]):
            yield Problem("no_evidence", place, f"{cells[column]:g}", case.file)


def _absent(case: RouteCase, table: str, names: set[str], about: str) -> Iterator[Problem]:
    for name in sorted(names):
        yield Problem("row_missing", table, "", case.file, {"table": table, "key": f"{name}, {about}"})


def chosen(case: RouteCase, use: str | None = None, metric: str | None = None) -> tuple[str, str]:
    """Use and metric asked for, or those of the case.

    Raises
    ------
    DataError
        When the case has no such use or there is no such metric.
    """
    use = use or case.use
    key = find_key(metric, "burden_metrics") if metric else case.metric
    found = []
    uses = list(case.tables["route_uses"]["use"])
    if use not in uses:
        details = {"table": "route_uses", "near": ", ".join(uses)}
        found.append(Problem("key_of_table", "use", use, case.file, details))
    if key is None:
        details = {"table": "burden_metrics", "near": ", ".join(keys("burden_metrics"))}
        found.append(Problem("key_of_table", "metric", str(metric), case.file, details))
    if found or key is None:
        raise DataError(found, case.file)
    return use, key


def route_system(case: RouteCase, use: str | None = None, metric: str | None = None) -> RouteSystem:
    """The case as arrays for one use and one metric.

    Raises
    ------
    DataError
        When a yield, an efficacy or a burden has neither source nor signature, naming each cell.
    """
    use, metric = chosen(case, use, metric)
    if found := missing_evidence(case, use, metric):
        raise DataError(found, case.file)
    tables, states, routes = case.tables, case.states, case.routes
    names = dict(zip(tables["routes"]["route"], tables["routes"]["from_state"], strict=True))
    start = np.array([states.index(names[route]) for route in routes], dtype=np.intp)
    is_open = np.array(
        [passing(tables, "route", q)[k] for q, k in zip(routes, start, strict=True)], dtype=bool
    )
    burdens = tables["burdens"][tables["burdens"]["metric"] == metric]
    efficacy = tables["efficacy"][tables["efficacy"]["use"] == use]
    return RouteSystem(
        states=tuple(states),
        routes=tuple(routes),
        start=start,
        yields=np.where(is_open[:, None], yield_array(tables, routes, states), 0.0),
        burden=np.zeros(len(routes)) if metric == NO_BURDEN else keyed(burdens, "route", routes, "value"),
        # a state without a row is no product and nothing served in it: it performs nothing here
        efficacy=np.nan_to_num(keyed(efficacy, "state", states, "value")),
        usable=usable(tables, use),
        is_open=is_open,
    )


@lru_cache(maxsize=64)
def routing(case: RouteCase, plan: str) -> Array:
    """Share of each state that takes each route once the gates of routes are heeded; axes (state, route).

    Where a state does not pass the gate of its route, the plan's ``otherwise`` is taken; without
    one, that share is not treated.
    """
    tables, states, routes = case.tables, case.states, case.routes
    share = plan_share(tables, plan, states, routes)
    rows = tables["plans"][tables["plans"]["plan"] == plan]
    for state, route, instead in zip(rows["state"], rows["route"], rows["otherwise"], strict=True):
        k, q = states.index(state), routes.index(route)
        if not passing(tables, "route", route)[k]:
            if instead:
                share[k, routes.index(instead)] += share[k, q]
            share[k, q] = 0.0
    share.flags.writeable = False  # handed out again
    return share

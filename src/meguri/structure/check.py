"""The one check of a chain's tables: columns first, then what the tables say of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import suggest
from meguri.structure.read import OPTIONAL, read_example

TOLERANCE = 0.05  # flows may miss need × output by this share: sources round


def check_tables(
    tables: Mapping[str, pd.DataFrame], file: str = ""
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Typed tables and every problem found in them.

    Columns are checked first; what tables say of each other is only looked at when every column
    could be read, because a wrong cell would echo through all of it. An optional table that is not
    given is empty.
    """
    typed: dict[str, pd.DataFrame] = {}
    found: list[Problem] = []
    for name, frame in tables.items():
        typed[name], problems = Schema.of(name).problems(frame, file)
        found += problems
    typed |= {name: _absent(name).copy() for name in OPTIONAL if name not in tables}
    if found:
        return typed, found
    typed["flows"]["qualified"] = typed["flows"]["qualified"].fillna(True).astype(bool)
    found += _references(typed, file)
    if found:
        return typed, found
    found += _flows(typed, file)
    found += _nodes(typed, file)
    found += _hosts(typed, file)
    found += _efforts(typed, file)
    found += _contents(typed["contents"], file)
    found += _circles(typed["ownership"], file)
    return typed, found


@cache
def _absent(name: str) -> pd.DataFrame:
    return Schema.of(name).empty()


def _rows(frame: pd.DataFrame, *names: str) -> Iterable[tuple[Any, ...]]:
    """Rows of these columns as plain tuples: pandas' own rows would take most of the time of a check."""
    return zip(*(frame[name].tolist() for name in names), strict=True)


def _references(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    nodes = list(tables["nodes"]["node"])
    materials = list(tables["materials"]["material"])
    wanted = [
        ("contents", "material", "materials", materials),
        ("specs", "material", "materials", materials),
        ("nodes", "material", "materials", materials),
        ("recipes", "input", "materials", materials),
        ("recipes", "node", "nodes", nodes),
        ("recipes", "host", "nodes", [*nodes, ""]),
        ("flows", "supplier", "nodes", nodes),
        ("flows", "customer", "nodes", nodes),
    ]
    found = []
    for table, column, target, known in wanted:
        for row, name in enumerate(tables[table][column], start=1):
            if name not in known:
                near = suggest(name, known) or "…"
                place = f"{table}[{row}].{column}"
                found.append(Problem(f"reference_{target}", place, name, file, {"near": near}))
    return found


def _flows(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    product = dict(zip(tables["nodes"]["node"], tables["nodes"]["material"], strict=True))
    output = dict(zip(tables["nodes"]["node"], tables["nodes"]["output"], strict=True))
    flows = tables["flows"].assign(input=tables["flows"]["supplier"].map(product))
    inputs = tables["recipes"].groupby("node")["input"].agg(list).to_dict()
    found = []
    for row, (supplier, customer, good) in enumerate(_rows(flows, "supplier", "customer", "input"), start=1):
        place = f"flows[{row}]"
        if supplier == customer:
            found.append(Problem("self_flow", place, supplier, file))
        elif good not in inputs.get(customer, []):
            known = ", ".join(inputs.get(customer, [])) or "—"
            found.append(Problem("flow_unused", place, str(good), file, {"inputs": known}))
    qualified = flows[flows["qualified"]]
    received = qualified.groupby(["customer", "input"])["amount"].sum().to_dict()
    for row, (node, good, each) in enumerate(_rows(tables["recipes"], "node", "input", "need"), start=1):
        arrives = received.get((node, good))
        need = each * output[node]
        if arrives is not None and abs(arrives - need) > TOLERANCE * max(need, arrives):
            place = f"flows of {good} to {node} (recipes[{row}])"
            found.append(Problem("flow_need", place, f"{arrives:g} t/a", file, {"need": f"{need:g}"}))
    for supplier, sent in qualified.groupby("supplier")["amount"].sum().items():
        if sent > output[supplier] * (1 + TOLERANCE):
            place = f"flows from {supplier}"
            details = {"output": f"{output[supplier]:g}"}
            found.append(Problem("flow_output", place, f"{sent:g} t/a", file, details))
    return found


def _nodes(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    found = []
    for row, (capacity, output) in enumerate(_rows(tables["nodes"], "capacity", "output"), start=1):
        if capacity < output:
            details = {"output": f"{output:g}"}
            found.append(Problem("capacity_low", f"nodes[{row}].capacity", f"{capacity:g}", file, details))
    for row, (essentiality, loss) in enumerate(_rows(tables["recipes"], "essentiality", "loss"), start=1):
        if essentiality == "important" and pd.isna(loss):
            found.append(Problem("loss_missing", f"recipes[{row}].loss", "", file))
    return found


def _hosts(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    """By-products that also have flows, spare without a host, hosts that rest or follow themselves."""
    nodes, recipes, flows = tables["nodes"].set_index("node"), tables["recipes"], tables["flows"]
    delivered = set(zip(flows["customer"], flows["supplier"].map(nodes["material"]), strict=True))
    host_of: dict[str, list[str]] = {}
    found = []
    for row, (node, good, host, spare) in enumerate(
        _rows(recipes, "node", "input", "host", "spare"), start=1
    ):
        place, details = f"recipes[{row}]", {"host": host}
        if not host:
            if spare > 0:
                found.append(Problem("spare_alone", f"{place}.spare", f"{spare:g}", file))
            continue
        host_of.setdefault(node, []).append(host)
        if (node, good) in delivered:
            found.append(Problem("host_and_flows", f"{place}.host", host, file, details))
        if not nodes.at[host, "output"] > 0:
            found.append(Problem("host_idle", f"{place}.host", host, file, details))
    return [*found, *_host_circles(host_of, file)]


def _efforts(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    """Qualifications that share a node's engineers need their person-days."""
    engineers = dict(zip(tables["nodes"]["node"], tables["nodes"]["engineers"], strict=True))
    flows = _rows(tables["flows"], "customer", "qualified", "qualification", "effort")
    return [
        Problem("effort_missing", f"flows[{row}].effort", "", file, {"customer": customer})
        for row, (customer, qualified, takes, effort) in enumerate(flows, start=1)
        if not qualified and pd.notna(engineers[customer]) and pd.notna(takes) and pd.isna(effort)
    ]


def _host_circles(host_of: Mapping[str, list[str]], file: str) -> list[Problem]:
    """By-products whose hosts lead back to them; circles through flows may stand (scrap returns)."""
    found = []
    seen: set[frozenset[str]] = set()
    for start in host_of:
        paths = [[start, host] for host in host_of[start]]
        visited: set[str] = set()
        while paths:
            path = paths.pop()
            if path[-1] == start:
                if frozenset(path) not in seen:
                    seen.add(frozenset(path))
                    found.append(Problem("host_circle", "recipes.host", " → ".join(path), file))
            elif path[-1] not in visited:
                visited.add(path[-1])
                paths += [[*path, host] for host in host_of.get(path[-1], [])]
    return found


def _contents(contents: pd.DataFrame, file: str) -> list[Problem]:
    total = contents.groupby("material")["share"].sum()
    return [
        Problem("content_sum", f"contents of {material}", f"{share:g}", file)
        for material, share in total.items()
        if share > 1 + 1e-9
    ]


def _circles(ownership: pd.DataFrame, file: str) -> list[Problem]:
    """Firms that own themselves through others in overlapping periods."""
    found = []
    owned_by: dict[str, list[Any]] = {}
    for edge in ownership.itertuples(index=False):
        owned_by.setdefault(edge.owner, []).append(edge)
    seen: set[frozenset[str]] = set()
    for firm in owned_by:
        circle = _circle_from(firm, owned_by)
        if circle and frozenset(circle) not in seen:
            seen.add(frozenset(circle))
            found.append(Problem("ownership_circle", "ownership", " → ".join([*circle, circle[0]]), file))
    return found


def _circle_from(firm: str, owned_by: Mapping[str, Iterable[Any]]) -> list[str]:
    stack: list[tuple[str, list[str], str, str]] = [(firm, [firm], "", "9999")]
    visited: set[tuple[str, str, str]] = set()
    while stack:
        here, path, start, end = stack.pop()
        for edge in owned_by.get(here, []):
            begins, ends = max(start, edge.start), min(end, edge.end or "9999")
            if begins > ends:
                continue
            if edge.owned == firm:
                return path
            if edge.owned not in path and (edge.owned, begins, ends) not in visited:
                visited.add((edge.owned, begins, ends))
                stack.append((edge.owned, [*path, edge.owned], begins, ends))
    return []


@cache
def checked_example(name: str) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Checked tables and description of a packaged chain; read once, so copy what you change.

    Raises
    ------
    DataError
        When there is no such example, or it is wrong.
    """
    tables, about = read_example(name)
    typed, found = check_tables(tables, name)
    if found:
        raise DataError(found, name)
    return typed, about

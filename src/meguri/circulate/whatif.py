"""What if a gate were higher, or magnets were mixed with other parts: the case changed in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.circulate.figures import feeds_of, figures, plan_worth
from meguri.circulate.numbers import numbers
from meguri.circulate.route_case import RouteCase, routing


def with_gate(case: RouteCase, kind: str, gate: str, attribute: str, least: float) -> RouteCase:
    """The case with a quality gate of a use or route set to a least value of an attribute."""
    gates = case.tables["gates"]
    same = (gates["kind"] == kind) & (gates["gate"] == gate) & (gates["attribute"] == attribute)
    row = pd.DataFrame([{"kind": kind, "gate": gate, "attribute": attribute, "least": least}])
    if same.any():
        changed = gates.assign(least=gates["least"].mask(same, least))
    else:
        changed = pd.concat([gates.astype(object), row.astype(object)], ignore_index=True)
    return replace(case, tables={**case.tables, "gates": Schema.of("gates").check(changed, "gates")})


def gate_levels(
    case: RouteCase, stock: str, plan: str, kind: str, gate: str, attribute: str, levels: Iterable[float]
) -> pd.DataFrame:
    """Volume and function per kg as the quality gate of a use or a route is raised.

    Returns
    -------
    DataFrame
        Columns of ``gate_levels``: ``volume`` t of the element in products that meet the use,
        ``function`` delivered, ``function_per_mass`` of what is delivered, ``rfr``.
    """
    rows = []
    for level in levels:
        changed = with_gate(case, kind, gate, attribute, level)
        modes = numbers(changed)
        feed = feeds_of(changed)[stock]
        got = figures(feed, modes, plan_worth(routing(changed, plan), modes))
        volume = float(got["mass_rate"] * got["mass"])
        function = float(got["function_after"])
        per_mass = function / volume if volume > 0 else float("nan")
        rows.append((level, volume, function, per_mass, float(got["rfr"])))
    schema = Schema.of("gate_levels")
    return schema.check(pd.DataFrame(rows, columns=schema.names))


def mixed(case: RouteCase, stock: str, share: float) -> RouteCase:
    """The case with a share of a stock's intact material mixed with other parts before any route.

    What is mixed joins the stock's row of shredded or mixed material: it leaves the routes that need
    the whole product and falls to those of its new state.

    Raises
    ------
    DataError
        When the stock has no intact or no mixed row.
    """
    feeds = case.tables["feeds"]
    mine = feeds["stock"] == stock
    intact = mine & (feeds["handling"] == "intact")
    target = mine & feeds["handling"].isin(["shredded", "mixed"])
    if not (intact.any() and target.any()):
        key = f"{stock}, intact / mixed"
        raise DataError(Problem("row_missing", "feeds", "", case.file, {"table": "feeds", "key": key}))
    mass = feeds["mass"].copy()
    moved = float((mass[intact] * share).sum())
    mass[intact] *= 1 - share
    mass[feeds.index[target][0]] += moved
    # the declared ranges belonged to the masses as they were
    changed = feeds.assign(mass=mass, mass_low=float("nan"), mass_high=float("nan"))
    return replace(case, tables={**case.tables, "feeds": changed})

"""Moving a process across the border as a measure: what falls and what rises, found by running both.

A node keeps its suppliers and customers; only its country changes. What it buys inside the new country
no longer crosses that border, what it sells home now does, and what it still buys at home crosses the
other way. Both directions, there and back, are the same code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.tables import Schema
from meguri.respond.axes import WINDOW
from meguri.scenario.controls import CatchAll
from meguri.scenario.fields import Range
from meguri.scenario.override import apply_changes
from meguri.scenario.schema import Change, Scenario
from meguri.shock.run import run_all
from meguri.shock.survive import percentile
from meguri.shock.worth import process_weights
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures
from meguri.structure.read import TABLES

Floats = npt.NDArray[np.float64]
DEFAULT_RUNS = 1  # every range at its mode
DEFAULT_SEED = 1
_LEAST = 1e-9  # smaller differences are those of sums


class Review(NamedTuple):
    """A catch-all on the product that moved; the numbers are assumed unless the user gives them."""

    reviewed: tuple[float, float, float] = (0.5, 0.8, 1.0)  # [1] of shipments called in
    delay: tuple[float, float, float] = (30.0, 60.0, 90.0)  # [d]; Japan's statutory clock ends at 90
    refused: tuple[float, float, float] = (0.0, 0.25, 0.5)  # [1] of those called in


def moved(chain: Chain, nodes: Collection[str], to: str) -> Chain:
    """The chain with some nodes in another country and everything else as it was.

    Parameters
    ----------
    chain : Chain
        The chain as it is.
    nodes : collection of str
        Nodes of the process that moves.
    to : str
        Country they move to.

    Raises
    ------
    ModelError
        Naming every node the chain does not have.

    Examples
    --------
    >>> chain = moved(Chain.example("ndfeb-japan@2009"), ["jp-magnet-tdk"], "CN")
    >>> chain.nodes.set_index("node").at["jp-magnet-tdk", "country"]
    'CN'
    """
    known = set(chain.nodes["node"])
    strangers = [name for name in nodes if name not in known]
    if strangers or not nodes:
        near = ", ".join(sorted(known)[:8]) + " …"
        raise ModelError(
            [Problem("relocation_node", "nodes", name, details={"near": near}) for name in strangers or [""]]
        )
    changes = [
        Change(table="nodes", where={"node": name}, set={"country": to}, source="", grade="assumed")
        for name in nodes
    ]
    tables = apply_changes({name: chain.table(name) for name in TABLES}, changes, "relocation")
    return Chain.from_tables(**tables, about=chain.about, file="relocation")


def across(chain: Chain, nodes: Collection[str], country: str) -> float:
    """Share of the input most bought across a country's border by some nodes [1].

    For every input of the nodes, what usual suppliers of the country send over its border as a share of
    all they usually receive of it; the highest of these shares.

    Examples
    --------
    >>> chain = Chain.example("ndfeb-japan@2009")
    >>> at_home = across(chain, ["jp-magnet-tdk"], "CN")
    >>> at_home > 0.0, across(moved(chain, ["jp-magnet-tdk"], "CN"), ["jp-magnet-tdk"], "CN")
    (True, 0.0)
    """
    place, makes = (chain.nodes.set_index("node")[name] for name in ("country", "material"))
    flows = _usual(chain)
    flows = flows[flows["customer"].isin(list(nodes))]
    foreign = (flows["supplier"].map(place) == country) & (flows["customer"].map(place) != country)
    bought = flows["amount"].groupby(flows["supplier"].map(makes)).sum()
    over = flows["amount"].where(foreign, 0.0).groupby(flows["supplier"].map(makes)).sum()
    return float((over / bought)[bought > 0.0].max()) if (bought > 0.0).any() else 0.0


def made_abroad(chain: Chain, nodes: Collection[str], economy: Collection[str]) -> float:
    """Share of a process's output that is made under another jurisdiction than the economy's own [1].

    Parameters
    ----------
    chain : Chain
        The chain.
    nodes : collection of str
        Nodes of the process; its products are what they make.
    economy : collection of str
        Countries whose jurisdiction is one's own.

    Notes
    -----
    Of what the customers of the process usually receive of its products, by tonnes; where it delivers to
    no other node, of all that the chain makes of them.

    Examples
    --------
    >>> chain = Chain.example("ndfeb-japan@2009")
    >>> there = moved(chain, ["jp-magnet-tdk"], "CN")
    >>> made_abroad(chain, ["jp-magnet-tdk"], ["JP"]) < made_abroad(there, ["jp-magnet-tdk"], ["JP"])
    True
    """
    known = chain.nodes.set_index("node")
    products = set(known.loc[list(nodes), "material"])
    flows = _usual(chain)
    customers = set(flows.loc[flows["supplier"].isin(list(nodes)), "customer"])
    taken = flows[flows["customer"].isin(customers) & flows["supplier"].map(known["material"]).isin(products)]
    amount = taken["amount"].groupby(taken["supplier"]).sum()
    if amount.empty:
        amount = known.loc[known["material"].isin(products), "output"]
    abroad = ~amount.index.map(known["country"]).isin(list(economy))
    whole = float(amount.sum())
    return float(amount[abroad].sum()) / whole if whole > 0.0 else 0.0


def _usual(chain: Chain) -> pd.DataFrame:
    return chain.flows[chain.flows["qualified"]]


def under_review(scenario: Scenario, goods: Collection[str], by: str, review: Review) -> Scenario:
    """The scenario with one catch-all on some goods in place of its controls.

    Parameters
    ----------
    scenario : Scenario
        Its dates, horizon, demand and changes are kept; the catch-all begins with its first control.
    goods : collection of str
        Products of the chain that are called in when they leave the country.
    by : str
        Country that controls.
    review : Review
        How many shipments are called in, for how long, and how many refused.
    """
    control = CatchAll(
        kind="catch-all", id=f"catch-all-{by.lower()}", by=by, goods=tuple(sorted(goods)),
        start=_first_day(scenario), reviewed=Range(*review.reviewed, "1"), delay=Range(*review.delay, "d"),
        refused=Range(*review.refused, "1"), source="meguri-assumption", grade="assumed", note="",
    )  # fmt: skip
    kept = {"observed": (), "contrast": None, "clock": control.start}
    return scenario.model_copy(update={"controls": (control,), **kept})


def _first_day(scenario: Scenario) -> dt.date:
    days = [day for day in (control.first_day() for control in scenario.controls) if day is not None]
    return min(days, default=scenario.counted_from)


def relocation_table(
    chain: Chain,
    scenario: Scenario,
    nodes: Collection[str],
    to: str,
    *,
    review: Review | None = None,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
) -> pd.DataFrame:
    """What a move changes: dependence, output made under another jurisdiction, days and losses.

    Parameters
    ----------
    chain, scenario : Chain, Scenario
        The chain as it is, and the controls that make one think of moving. Its economy is one's own
        (left out: the country the nodes lie in), its first control names the controlling economy.
    nodes : collection of str
        Nodes of the process; all must lie in one country.
    to : str
        Country they move to: the controlling economy, one's own, or a third.
    review : Review, optional
        The catch-all on the product; assumed numbers when left out.
    runs, seed : int
        Runs of each of the six simulations; 1 takes every range at its mode.

    Returns
    -------
    DataFrame
        Columns of ``relocation``: a quantity in a world, before and after. Worlds: ``chain`` (no run),
        ``given`` (the scenario), ``other`` (the controlling economy calls the product in) and ``own``
        (one's own economy calls in the product and the inputs of the process). Days are medians over the
        runs; empty = not within the horizon. ``direction`` is 1 where the move makes it worse.

    Raises
    ------
    ModelError
        When a node is unknown, the nodes lie in several countries, or the scenario controls nothing.
    """
    arms = (chain, moved(chain, nodes, to))
    country = chain.nodes.set_index("node")["country"]
    homes = sorted({str(country[name]) for name in nodes})
    if len(homes) > 1:
        raise ModelError(Problem("relocation_home", "nodes", ", ".join(homes)))
    if not scenario.controls:
        raise ModelError(Problem("relocation_control", f"{scenario.name}.controls"))
    by, economy = scenario.controls[0].by, tuple(scenario.economy or homes)
    rows = [
        _compared("chain", "across", 1.0, *(across(arm, nodes, by) for arm in arms)),
        _compared("chain", "made_abroad", 1.0, *(made_abroad(arm, nodes, economy) for arm in arms)),
    ]
    ends = _ends(chain, economy)
    for world, told in _worlds(chain, scenario, nodes, (economy[0], by), review or Review()).items():
        found = [_told(arm, told, nodes, ends, runs, seed) for arm in arms]
        rows += [_compared(world, name, sign, *(arm[name] for arm in found)) for name, sign in TOLD.items()]
    moves = {"nodes": "|".join(nodes), "home": homes[0], "to": to, "by": by, "grade": "assumed"}
    return Schema.of("relocation").check(pd.DataFrame(rows).assign(**moves))


TOLD = {"tts_process": -1.0, "tts_ends": -1.0, "lost_ends": 1.0, "share_ends": -1.0}  # sign of "worse"


def _worlds(
    chain: Chain, scenario: Scenario, nodes: Collection[str], sides: tuple[str, str], review: Review
) -> dict[str, Scenario]:
    """The scenario as given, and a catch-all by the controlling economy and by one's own."""
    makes = chain.nodes.set_index("node")["material"]
    products = set(makes[list(nodes)])
    flows = _usual(chain)
    inputs = set(flows.loc[flows["customer"].isin(list(nodes)), "supplier"].map(makes))
    own, other = sides
    return {
        "given": scenario,
        "other": under_review(scenario, products, other, review),
        "own": under_review(scenario, products | inputs, own, review),
    }


def _ends(chain: Chain, economy: Collection[str]) -> list[str]:
    """Nodes of some countries that deliver to no other node."""
    nodes = chain.nodes
    ends = ~nodes["node"].isin(set(chain.flows["supplier"])) & nodes["country"].isin(list(economy))
    return [str(name) for name in nodes.loc[ends, "node"]]


def _told(
    chain: Chain, scenario: Scenario, nodes: Collection[str], ends: list[str], runs: int, seed: int
) -> dict[str, float]:
    """Median days until the process, and the first end user, falls short; what end users lose and keep.

    Losses and the share of output in the last 13 weeks weigh end users by what they are worth.
    """
    tables = apply_changes({name: chain.table(name) for name in TABLES}, scenario.changes, scenario.name)
    told = Chain.from_tables(**tables, about=chain.about, file=scenario.name)
    brought = run_all(with_measures(told, scenario), scenario, runs, seed)
    at = pd.Index(brought.layout.nodes["node"]).get_indexer(list(nodes))
    worth = process_weights(brought.setup, ends)
    weekly = np.minimum(brought.weekly[:, -WINDOW:, worth.places], 1.0).mean(axis=1)
    answer = {
        "tts_process": _median(brought.tts[:, at].min(axis=1)),
        "tts_ends": _median(brought.tts[:, worth.places].min(axis=1)),
        "lost_ends": float((brought.lost[:, worth.places] @ worth.weight).mean()),
        "share_ends": float((weekly @ worth.weight).mean()),
    }
    brought.store.remove()
    return answer


def _median(days: Floats) -> float:
    return float(percentile(days, 0.5))


def _compared(world: str, quantity: str, sign: float, before: float, after: float) -> dict[str, object]:
    """One row; worse = 1, better = -1, the same = 0. Never is later than any day."""
    change = 0.0 if before == after else after - before
    worse = 0 if abs(change) <= _LEAST else int(np.sign(change) * sign)
    days = {
        name: value if np.isfinite(value) else np.nan
        for name, value in (("before", before), ("after", after))
    }
    return {"world": world, "quantity": quantity, **days, "direction": worse}


def relocation_risks(table: pd.DataFrame) -> pd.DataFrame:
    """Which risks a move lowers (-1) and raises (1), read off the computed rows: risk, direction.

    Procurement is what crosses the border and the days under the scenario as given; leak is output made
    under the other's jurisdiction; control exposure is the days and losses when the product, or what the
    process still gets from home, is called in. A risk whose rows disagree gets 0 and both rows stay readable.
    """
    found = []
    for risk, rows in RISKS.items():
        keys = pd.MultiIndex.from_frame(table[["world", "quantity"]])
        seen = set(table.loc[keys.isin(rows), "direction"]) - {0}
        found.append({"risk": risk, "direction": seen.pop() if len(seen) == 1 else 0})
    return pd.DataFrame(found)


_REVIEWED = [(world, quantity) for world in ("other", "own") for quantity in TOLD]
RISKS: dict[str, list[tuple[str, str]]] = {
    "procurement": [("chain", "across"), ("given", "tts_process")],
    "leak": [("chain", "made_abroad")],
    "control-exposure": _REVIEWED,
}

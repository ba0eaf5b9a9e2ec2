"""Process sovereignty 工程主権: what still runs, to specification, when everything from outside stops.

For an economy every delivery that crosses its border inwards is closed, tools and services among them,
and by-products of hosts outside; goods on the way still arrive. The day-by-day model tells the rest:
stocks run down, suppliers inside are turned to, and, where that is asked, substitutes inside are
qualified as buyers would. An input whose supplier nobody knows is never counted as safe: what runs on it
is the unknown part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import label
from meguri.respond.axes import planned_scenario
from meguri.scenario.controls import Ban
from meguri.scenario.fields import Range
from meguri.scenario.measures import AnyEffect
from meguri.scenario.schema import Reserve, Scenario
from meguri.shock._kernel import Filters, Numbers, Story, tell
from meguri.shock.arrays import Layout, numbers_of_run
from meguri.shock.cause import causes
from meguri.shock.controls import filters_of_run
from meguri.shock.run import set_up
from meguri.shock.runs import Setup
from meguri.shock.sample import Draw
from meguri.shock.worth import end_weights
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
DAYS = (30, 180, 720)  # [d] after which it is read (METHODS 4)
WEEK = 7  # [d] over which output is read, so that a late shipment is no verdict
_RUNS = 1e-6  # [1] of plan: less is nothing
_ROUNDS = 200  # of passing weights upstream; only circles need more than a chain has stages


def sovereignty(
    chain: Chain,
    scenario: Scenario,
    economies: Sequence[str] | None = None,
    days: Sequence[int] = DAYS,
    plan: Sequence[AnyEffect | Reserve] = (),
) -> pd.DataFrame:
    """Share of each stage's, and each node's, output that still runs some days after the outside stops.

    Parameters
    ----------
    chain : Chain
        Chain with the scenario's differences applied, without the plan.
    scenario : Scenario
        For its date (everything stops on the first day of its control), its buyers' reaction, its
        plan, demand and reserves; its controls themselves play no part.
    economies : sequence of str, optional
        Country codes; left out, those of the scenario.
    days : sequence of int
        Days after the stop; output is the mean of the week that begins then.
    plan : sequence of effects and reserves
        What is done beforehand.

    Returns
    -------
    DataFrame
        Columns of ``respond_sovereignty``: a row for each stage (empty node) and node, day, with and
        without qualification of substitutes inside. Stages weigh their nodes by the part of the end
        users' function that passes through them.

    Raises
    ------
    ModelError
        Naming every economy in which no node stands.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> table = sovereignty(Chain.example("ndfeb-japan@2024"),
    ...                     read_scenario("2025-medium-heavy-rare-earths"), ["JP"], [30, 720])
    >>> magnets = table[(table["stage"] == "magnet") & (table["node"] == "") & ~table["qualified"]]
    >>> bool(magnets["share"].iloc[0] > magnets["share"].iloc[1])
    True
    """
    asked = list(scenario.economy or ()) if economies is None else list(economies)
    countries = sorted(set(chain.nodes["country"]))
    if lost := [one for one in asked if one not in countries]:
        known = {"known": ", ".join(countries)}
        raise ModelError([Problem("economy_empty", "economy", one, "", known) for one in lost])
    rows: list[dict[str, Any]] = []
    for economy in asked:
        alone = _alone(planned_scenario(scenario, plan), economy, max(days) + WEEK)
        setup = set_up_alone(with_measures(chain, alone), alone)
        for qualified in (False, True):
            rows += _rows(_told(setup, economy, qualified), economy, days, qualified)
    schema = Schema.of("respond_sovereignty")
    return schema.check(pd.DataFrame(rows, columns=schema.names))


def _alone(scenario: Scenario, economy: str, days: int) -> Scenario:
    """The scenario in which, on the day of its control, everything from outside stops."""
    start = scenario.struck or scenario.counted_from
    stop = Ban(
        kind="ban", id="outside", by=economy, goods=("everything",), start=start,
        source="meguri-assumption", grade="assumed",
    )  # fmt: skip
    nothing: dict[str, Any] = dict.fromkeys(("disruptions", "demand_path", "observed"), ())
    return scenario.model_copy(
        update={
            **nothing, "start": start, "clock": None, "controls": (stop,), "precaution": None,
            "contrast": None, "economy": (economy,), "horizon": Range(days, days, days, "d"),
        }
    )  # fmt: skip


def set_up_alone(chain: Chain, scenario: Scenario) -> Setup:
    """Set-up in which no control names a link: the border itself is closed, not goods."""
    setup = set_up(chain, scenario.model_copy(update={"controls": ()}))
    return Setup(**{**vars(setup), "scenario": scenario, "first": 0})


class _Told(NamedTuple):
    """One economy alone: what it ran on, and what happened."""

    setup: Setup
    numbers: Numbers
    story: Story
    closed: Bools  # (link,)
    inside: Bools  # (node,)
    guessed: Bools  # (node,) runs on an input whose supplier nobody knows, its own or of one before it


def _told(setup: Setup, economy: str, qualified: bool) -> _Told:
    """Tell the central run with the border closed inwards."""
    layout, scenario = setup.layout, setup.scenario
    w = layout.wiring
    modes = setup.ranges["mode"].to_numpy(dtype=float)[None, :]
    draw = Draw(setup.chain, setup.ranges, modes)
    numbers = numbers_of_run(layout, draw, 0, scenario)
    inside = (layout.nodes["country"] == economy).to_numpy(dtype=bool)
    closed = ~inside[w.supplier] & inside[w.slot_node[w.link_slot]]
    cut = (w.host >= 0) & ~inside[w.host] & inside[w.slot_node]
    ready = numbers.ready if qualified else np.where(numbers.ready <= 0.0, numbers.ready, np.inf)
    numbers = numbers._replace(byproduct=np.where(cut, 0.0, numbers.byproduct), ready=ready)
    filters = filters_of_run([], layout, scenario, draw, 0)
    story = tell(w, numbers, _closed(filters, closed))
    return _Told(setup, numbers, story, closed, inside, _guessed(layout, numbers, inside, story))


def _closed(filters: Filters, closed: Bools) -> Filters:
    """Filters in which nothing passes the closed links from the first day on."""
    limit = np.column_stack([filters.limit[:, 0], np.zeros(len(filters.limit))])
    return filters._replace(
        group=closed.astype(np.int64),
        limit=limit,
        delayed=np.zeros(limit.shape),
        delay=np.zeros(limit.shape, dtype=np.int64),
    )


def _guessed(layout: Layout, n: Numbers, inside: Bools, story: Story) -> Bools:
    """Nodes that run on an input without a known supplier, or on goods of one that does; axes (node,)."""
    w = layout.wiring
    counts = (n.use > 0.0) & (w.essential > 0)
    guessed = np.zeros(n.plan.size, dtype=bool)
    guessed[w.slot_node[(w.open_slot == 1) & counts]] = True
    carries = counts[w.link_slot] & (story.arrived.sum(axis=0) > 0.0) & inside[w.supplier]
    hosted = counts & (w.host >= 0)
    while True:
        more = guessed.copy()
        more[w.slot_node[w.link_slot[carries & guessed[w.supplier]]]] = True
        more[w.slot_node[hosted & guessed[w.host]]] = True
        if np.array_equal(more, guessed):
            return guessed & inside
        guessed = more


def function_weights(setup: Setup, numbers: Numbers) -> Floats:
    """Part of the end users' function that passes through each node in ordinary times; axes (node,) [1].

    Every input of a node carries all of the node's own part, split over its usual suppliers by what
    they deliver; a node that reaches an end user on several ways counts at most once.
    """
    w, ends = setup.layout.wiring, end_weights(setup)
    own = np.zeros(numbers.plan.size)
    own[ends.places] = ends.weight
    whole = np.bincount(w.link_slot, numbers.amount, minlength=w.slot_node.size)[w.link_slot]
    share = np.divide(numbers.amount, whole, out=np.zeros_like(whole), where=whole > 0.0)
    hosted = np.flatnonzero(w.host >= 0)
    weight = own
    for _ in range(_ROUNDS):
        passed = np.bincount(w.supplier, share * weight[w.slot_node[w.link_slot]], minlength=own.size)
        passed += np.bincount(w.host[hosted], weight[w.slot_node[hosted]], minlength=own.size)
        further = np.minimum(own + passed, 1.0)
        if np.allclose(further, weight, rtol=1e-12, atol=0.0):
            break
        weight = further
    return weight


def _rows(told: _Told, economy: str, days: Sequence[int], qualified: bool) -> Iterator[dict[str, Any]]:
    """Rows of all stages and nodes of one economy."""
    nodes, n = told.setup.layout.nodes, told.numbers
    weight = function_weights(told.setup, n)
    held_by = _binding(told)
    runs_at_all = told.inside & (n.plan > 0.0) & (nodes["output"] > 0.0).to_numpy()
    for day in days:
        made = told.story.output[day : day + WEEK].mean(axis=0)
        runs = np.divide(np.minimum(made, n.plan), n.plan, out=np.zeros_like(made), where=n.plan > 0.0)
        binding = _unordered(told, held_by, runs)
        for stage in nodes.loc[runs_at_all, "stage"].unique():
            here = np.flatnonzero(runs_at_all & (nodes["stage"] == stage).to_numpy())
            common = {"economy": economy, "stage": stage, "after_d": float(day), "qualified": qualified}
            parts = weight[here] if weight[here].sum() > 0.0 else np.ones(here.size)
            lost = parts * (1.0 - runs[here])
            worst = here[int(lost.argmax())]
            whole = _parts(runs[here], told.guessed[here], parts / parts.sum())
            named = {"label_en": label(stage, "en", "stages"), "label_ja": label(stage, "ja", "stages")}
            yield {
                **common,
                "node": "",
                **named,
                **whole,
                **_named(nodes, binding[worst], lost.max() > _RUNS),
            }
            for node in here:
                one = np.array([node])
                yield {
                    **common,
                    **nodes.loc[node, ["node", "label_en", "label_ja"]].to_dict(),
                    **_parts(runs[one], told.guessed[one], np.ones(1)),
                    **_named(nodes, binding[node], runs[node] < 1.0 - _RUNS),
                }


def _parts(runs: Floats, guessed: Bools, parts: Floats) -> dict[str, float]:
    """Known and unknown part of what runs; where all that runs may be a guess, the share is unknown."""
    known = float((runs * parts)[~guessed].sum())
    unknown = float((runs * parts)[guessed].sum())
    share = np.nan if known <= _RUNS < unknown else min(known, 1.0)
    return {"share": share, "unknown": min(unknown, 1.0)}


def _binding(told: _Told) -> npt.NDArray[np.int64]:
    """Node outside, or inside where nothing outside is missed, that each node waits for; axes (node,)."""
    w, found = told.setup.layout.wiring, causes(told.setup.layout.wiring, told.numbers, told.story, 0)
    binding = np.full(told.numbers.plan.size, -1, dtype=np.int64)
    for node in np.flatnonzero(found.root >= 0):
        root = int(found.root[node])
        slot, link = int(told.story.waits[root]), int(found.by[root])
        if link >= 0:
            binding[node] = w.supplier[link]
        else:
            binding[node] = w.host[slot] if slot >= 0 and w.host[slot] >= 0 else root
    return binding


def _unordered(told: _Told, binding: npt.NDArray[np.int64], runs: Floats) -> npt.NDArray[np.int64]:
    """The same, where a node lacks too little to fall short, or nothing but orders; axes (node,).

    The first waits for the largest of its deliveries that was closed, the second for what its customers
    wait for.
    """
    w, amount = told.setup.layout.wiring, told.numbers.amount
    customer = w.slot_node[w.link_slot]
    lost = amount * (1.0 - runs[customer])
    missed = np.where(told.closed & (w.essential[w.link_slot] > 0), amount, 0.0)
    found = binding.copy()
    for node in np.flatnonzero((binding < 0) & (runs < 1.0 - _RUNS)):
        here, seen = int(node), set[int]()
        while binding[here] < 0 and here not in seen:
            seen.add(here)
            mine = np.flatnonzero(w.supplier == here)
            if not mine.size or lost[mine].max() <= 0.0:
                break
            here = int(customer[mine[lost[mine].argmax()]])
        closed = np.flatnonzero((customer == here) & (missed > 0.0))
        if binding[here] >= 0 or not closed.size:
            found[node] = binding[here]
        else:
            found[node] = w.supplier[closed[missed[closed].argmax()]]
    return found


def _named(nodes: pd.DataFrame, place: int, lost: bool) -> dict[str, str]:
    if place < 0 or not lost:
        return {"binding": "", "binding_label_en": "", "binding_label_ja": ""}
    row = nodes.iloc[int(place)]
    return {"binding": row["node"], "binding_label_en": row["label_en"], "binding_label_ja": row["label_ja"]}

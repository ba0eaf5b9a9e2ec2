"""What scenarios do inside nodes: capacity without service, disruptions, precaution, paths of demand.

Each function gives a column for every node or slot, and the columns themselves over the days; column 0
is neutral.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from meguri.scenario.controls import AnyControl, ServiceCut
from meguri.scenario.fields import Range
from meguri.scenario.measures import Capacity
from meguri.scenario.schema import Disruption, Scenario
from meguri.shock.arrays import Layout, numbers_of_run
from meguri.shock.measured import avoided, capacity_courses
from meguri.shock.named import Named
from meguri.shock.sample import Draw
from meguri.shock.spells import resting, spells

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Columns = tuple[Ints, Floats]
_ESSENTIAL = 2


def _columns(count: int, days: int, paths: dict[int, Floats]) -> Columns:
    """Column of each of ``count`` things and the columns (day, column), from the paths of some of them."""
    column_of = np.zeros(count, dtype=np.int64)
    column_of[list(paths)] = np.arange(1, len(paths) + 1)
    return column_of, np.column_stack([np.ones(days), *paths.values()])


def working_shares(named: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int) -> Columns:
    """Share of each node's capacity that works after service cuts and disruptions.

    A node loses what the cut-off share of each kind of its tools (by usual deliveries) has lost; the
    kind that lost most counts, since it holds the others back. Axes (node,), (day, column).
    """
    lost = _unserved(named, layout, scenario, draw, run)
    for node, share in _disrupted(layout, scenario, draw, run, "lost").items():
        lost[node] = 1.0 - (1.0 - lost.get(node, 0.0)) * (1.0 - share)
    for node, works in _extended(layout, scenario, draw, run).items():
        lost[node] = 1.0 - (1.0 - lost.get(node, 0.0)) * works
    return _columns(len(layout.nodes), scenario.days, {node: 1.0 - share for node, share in lost.items()})


def _extended(layout: Layout, scenario: Scenario, draw: Draw, run: int) -> dict[int, Floats]:
    """Share of each node's capacity that works while a plan's extensions come on stream."""
    if not any(isinstance(effect, Capacity) for effect in scenario.measures):
        return {}
    before = numbers_of_run(layout, draw, run, scenario.model_copy(update={"measures": ()})).capacity
    return capacity_courses(layout.sites, before, scenario, draw, run)


def kept_shares(layout: Layout, scenario: Scenario, draw: Draw, run: int) -> Columns:
    """Share of each node's output that is usable after disruptions; axes (node,), (day, column)."""
    lost = _disrupted(layout, scenario, draw, run, "yield_lost")
    return _columns(len(layout.nodes), scenario.days, {node: 1.0 - share for node, share in lost.items()})


def _disrupted(layout: Layout, scenario: Scenario, draw: Draw, run: int, name: str) -> dict[int, Floats]:
    """What disruptions take from each node day by day; several on one node add up as shares of the rest."""
    if not scenario.disruptions:
        return {}
    number = {node: place for place, node in enumerate(layout.nodes["node"])}
    lost: dict[int, Floats] = {}
    for place, disruption in enumerate(scenario.disruptions):
        found: Range = getattr(disruption, name)
        share = draw.field(run, f"disruptions.{place}.{name}", found)
        recovery = draw.field(run, f"disruptions.{place}.recovery", disruption.recovery)
        path = share * _course(disruption, recovery, scenario)
        if path.any():
            node = number[disruption.node]
            if scenario.measures:
                path = path * (1.0 - avoided(node, layout.sites, scenario, draw, run))
            lost[node] = 1.0 - (1.0 - lost.get(node, np.zeros(scenario.days))) * (1.0 - path)
    return lost


def _course(disruption: Disruption, recovery: float, scenario: Scenario) -> Floats:
    """1 while a disruption lasts, then fading; axes (day,). Without a last day it fades from the first on."""
    day = np.arange(scenario.days)
    first = (disruption.start - scenario.start).days
    if disruption.end is not None:
        over = (disruption.end - scenario.start).days + 1
    else:
        over = first if recovery > 0.0 else scenario.days
    after = np.exp(-np.maximum(day - over, 0) / recovery) if recovery > 0.0 else (day < over).astype(float)
    return np.where(day >= first, after, 0.0)


def _unserved(
    named: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int
) -> dict[int, Floats]:
    """Share of the capacity of each node that is lost for want of service, day by day."""
    cuts = [item for item in named if isinstance(item.control, ServiceCut) and item.links.any()]
    if not cuts:
        return {}
    w, links = layout.wiring, layout.links
    amount = np.where(links["qualified"].to_numpy(dtype=bool), links["amount"].to_numpy(dtype=float), 0.0)
    whole = np.bincount(w.link_slot, amount, minlength=w.slot_node.size)
    paths = [_unserved_share(item.control, scenario, draw, run) for item in cuts]  # type: ignore[arg-type]
    weigh = np.where(w.essential == _ESSENTIAL, 1.0, np.where(w.essential == 1, _losses(layout), 0.0))
    of_slot: dict[int, Floats] = {}
    for link in np.flatnonzero(np.any([item.links for item in cuts], axis=0) & (amount > 0.0)):
        slot = int(w.link_slot[link])
        worst = np.max([path for item, path in zip(cuts, paths, strict=True) if item.links[link]], axis=0)
        share = weigh[slot] * amount[link] / whole[slot] * worst
        of_slot[slot] = of_slot.get(slot, np.zeros(scenario.days)) + share
    lost: dict[int, Floats] = {}
    for slot, share in of_slot.items():
        node = int(w.slot_node[slot])
        lost[node] = np.maximum(lost.get(node, np.zeros(scenario.days)), np.minimum(share, 1.0))
    return lost


def _losses(layout: Layout) -> Floats:
    """Output lost without each input, 0 where unknown; axes (slot,)."""
    return np.nan_to_num(layout.slots["loss"].to_numpy(dtype=float, na_value=np.nan))


def _unserved_share(control: ServiceCut, scenario: Scenario, draw: Draw, run: int) -> Floats:
    """Share of the named tools' capacity that is lost day by day; axes (day,).

    Notes
    -----
    In force since t days: (1 - floor)(1 - exp(-(t - grace) / fade)); after the cut the loss decays with
    the time constant of repair.
    """

    def drawn(name: str) -> float:
        return draw.field(run, f"controls.{control.id}.{name}", getattr(control, name))

    day, lost = np.arange(scenario.days), np.zeros(scenario.days)
    grace, fade, repair = drawn("grace"), max(drawn("fade"), 1e-9), max(drawn("repair"), 1e-9)
    for spell in spells(control, scenario):
        since = np.maximum(day - (spell.start - scenario.start).days - grace, 0.0)
        fallen = (1.0 - drawn("floor")) * (1.0 - np.exp(-since / fade))
        end = fallen[spell.last - 1] * np.exp(-np.maximum(day - spell.last + 1, 0) / repair)
        now = np.where(day < spell.first, 0.0, np.where(day < spell.last, fallen, end))
        lost = np.maximum(lost, now)  # tools not yet repaired when the next cut begins stay as they are
    return (1.0 - drawn("leakage")) * lost


def aims(named: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int) -> Columns:
    """Factor on the target stock of each input that controls name; axes (slot,), (day, column).

    Buyers aim higher from the announcement on; while the control is in force the rise fades.
    """
    slots, days = len(layout.slots), scenario.days
    if scenario.precaution is None:
        return _columns(slots, days, {})
    usual = layout.links["qualified"].to_numpy(dtype=bool)
    rises: dict[int, Floats] = {}
    for item in named:
        rise = _rise(item.control, scenario, draw, run)
        if rise.any():
            for slot in np.unique(layout.wiring.link_slot[item.links & usual]):
                rises[int(slot)] = np.maximum(rises.get(int(slot), np.zeros(days)), rise)
    return _shared(slots, days, {slot: 1.0 + rise for slot, rise in sorted(rises.items())})


def _shared(count: int, days: int, paths: dict[int, Floats]) -> Columns:
    """As :func:`_columns`, equal paths sharing a column."""
    column_of, columns = np.zeros(count, dtype=np.int64), [np.ones(days)]
    seen: dict[bytes, int] = {}
    for place, path in paths.items():
        key = path.tobytes()
        if key not in seen:
            seen[key] = len(columns)
            columns.append(path)
        column_of[place] = seen[key]
    return column_of, np.column_stack(columns)


def _rise(control: AnyControl, scenario: Scenario, draw: Draw, run: int) -> Floats:
    """Rise of target stocks that one control brings day by day; axes (day,)."""
    found = scenario.precaution
    assert found is not None
    announced = draw.field(run, "precaution.announced", found.announced)
    in_force = draw.field(run, "precaution.in_force", found.in_force)
    decay = draw.field(run, "precaution.decay", found.decay)
    day, rise = np.arange(scenario.days), np.zeros(scenario.days)
    for spell in spells(control, scenario):
        since = day[spell.first : spell.last] - (spell.start - scenario.start).days
        rise[spell.first : spell.last] = in_force * np.exp(-since / decay)
    if control.announced is not None:
        known, begins = ((date - scenario.start).days for date in (control.announced, control.start))
        waiting = (known <= day) & (day < begins) & ~resting(control, scenario)
        rise = np.where(waiting, announced, rise)
    return rise


def wanted_shares(layout: Layout, scenario: Scenario, draw: Draw, run: int) -> Columns:
    """Factor on sales outside the chain by the path of demand; axes (node,), (day, column).

    Steps of one product follow each other; a step without a product holds for all, on top of theirs.
    """
    if not scenario.demand_path:
        return _columns(len(layout.nodes), scenario.days, {})
    paths: dict[str | None, Floats] = {}
    steps = sorted(enumerate(scenario.demand_path), key=lambda step: step[1].start)
    for place, step in steps:
        path = paths.setdefault(step.product, np.ones(scenario.days))
        first = max((step.start - scenario.start).days, 0)
        path[first:] = draw.field(run, f"demand_path.{place}.factor", step.factor)
    every, one = paths.pop(None, np.ones(scenario.days)), np.ones(scenario.days)
    of_node = {
        node: every * paths.get(material, one) for node, material in enumerate(layout.nodes["material"])
    }
    changed = {node: path for node, path in of_node.items() if (path != 1.0).any()}
    return _shared(len(layout.nodes), scenario.days, changed)

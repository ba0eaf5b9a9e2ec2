"""Time to survive and loss at recovery as a linear program: a second opinion on the simulation.

Simchi-Levi et al. (2015), Interfaces 45:375: with node i closed for t days, the least lost sales
Σ f l over outputs u, deliveries y and sales lost l; TTS is the longest t without loss. Here stocks stand
with the customer, so u and y are tied by the stock of each slot instead of a stock of finished goods.
The program knows the end in advance and splits what is left in the best way; goods on the way at the
beginning and at the end are left out, so a simulated node lives longer by the days on the way.

What a closed node does not reach keeps to its plan, and what it supplies arrives as usual: a supplier
delivers no more than usual, and as usual is possible without anything that is lost. Nor is a node reached
whose stocks last the whole time although nothing comes from those reached. So only the other nodes
downstream of the closed one are variables, and the smaller program has the same optimum.
Installed goods, which wear out slowly, and national reserves are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from meguri.base.errors import ModelError, Problem
from meguri.base.terms import suggest
from meguri.shock._kernel import Filters, Numbers, tell
from meguri.shock.arrays import Layout, neutral
from meguri.shock.survive import time_to_survive

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_Cells = tuple[Ints, Ints, Floats]  # rows, columns, coefficients
ESSENTIAL, IMPORTANT = 2, 1
HORIZON = 3650.0  # [d] what survives ten years without its node survives it for good
ROUNDED = 1e-9  # [1] of a plan
TOGETHER = 6000  # variables solved in one program: blocks share nothing, so their sum is each one's best


@dataclass(frozen=True)
class Program:
    """Blocks for some closed nodes: matrix @ x <= start + daily · t, 0 <= x <= most · t, least cost @ x."""

    matrix: csr_array
    start: Floats  # (row,) [t] stock at day 0
    daily: Floats  # (row,) [t/d]
    most: Floats  # (column,) [t/d]
    cost: Floats  # (column,) [per t] value of a sale lost; 0 elsewhere
    row_block: Ints  # (row,) closed node, counted within the program
    column_block: Ints  # (column,)


def ttr_impact(
    layout: Layout,
    n: Numbers,
    closed: Sequence[str] | None = None,
    days: Sequence[float] = (30, 90, 180),
    worth: Floats | None = None,
) -> pd.DataFrame:
    """Least sales lost when a node is closed for some days: one row for each node and duration.

    Parameters
    ----------
    layout, n : Layout, Numbers
        Of the run the simulation tells.
    closed : names, optional
        Nodes closed one at a time; all when left out.
    days : numbers [d]
        Recovery times.
    worth : array (node,), optional
        Value of a tonne of sales; 1 when left out.

    Returns
    -------
    DataFrame
        node, days [d], loss [t, or the unit of ``worth``].

    Raises
    ------
    ModelError
        For a name that is not a node, with the nearest one.
    """
    nodes = _numbers_of(layout, closed)
    value = np.ones(len(layout.nodes)) if worth is None else worth
    losses = [
        np.stack([_least_loss(program, float(day)) for day in days], axis=1)
        for program in _programs(layout, n, nodes, value, max(days))
    ]
    loss = np.concatenate([np.zeros((0, len(days))), *losses])
    names = layout.nodes["node"].to_numpy()[nodes]
    return pd.DataFrame({
        "node": np.repeat(names, len(days)), "days": np.tile(np.asarray(days, dtype=float), len(nodes)),
        "loss": loss.ravel(),
    })  # fmt: skip


def time_to_survive_lp(
    layout: Layout, n: Numbers, closed: Sequence[str] | None = None, sellers: Sequence[str] | None = None
) -> pd.DataFrame:
    """Longest time a node may be closed before any other node loses a sale.

    Parameters
    ----------
    layout, n, closed
        As in `ttr_impact`.
    sellers : names, optional
        Nodes whose sales outside the chain must not be lost; all when left out.

    Returns
    -------
    DataFrame
        node, tts [d]; ``inf`` where nothing is lost within HORIZON.

    Raises
    ------
    ModelError
        For a name that is not a node, with the nearest one.
    """
    nodes = _numbers_of(layout, closed)
    value = _sells(layout, n, sellers).astype(float)
    found = [_longest(program) for program in _programs(layout, n, nodes, value, HORIZON, own=False)]
    tts = np.concatenate([np.zeros(0), *found])
    return pd.DataFrame({
        "node": layout.nodes["node"].to_numpy()[nodes],
        "tts": np.where(tts >= HORIZON * (1 - 1e-9), np.inf, np.maximum(tts, 0.0)),
    })  # fmt: skip


def _sells(layout: Layout, n: Numbers, sellers: Sequence[str] | None) -> npt.NDArray[np.bool_]:
    """Nodes whose sales count; what rounding leaves of a plan is no sale."""
    listed = np.zeros(n.plan.size, dtype=bool)
    listed[_numbers_of(layout, sellers)] = True
    return np.asarray(listed & (n.final > ROUNDED * n.plan))


def whole_program(layout: Layout, n: Numbers, closed: str, days: float, worth: Floats | None = None) -> float:
    """Loss by the program over all nodes: what the smaller programs of `ttr_impact` must equal."""
    value = np.ones(len(layout.nodes)) if worth is None else worth
    every = np.arange(len(layout.nodes))
    block = _block(layout, n, int(_numbers_of(layout, [closed])[0]), every, value)
    return float(_least_loss(_together([block]), days)[0])


def with_reaction(layout: Layout, n: Numbers, days: float) -> Numbers:
    """Amounts for `whole_program` when all react: capacity, surge, and alternatives once qualified count.

    An alternative gives what it could from the day it is ready, at full yield.
    """
    w, more = layout.wiring, np.where(n.plan > 0, n.capacity / np.where(n.plan > 0, n.plan, 1.0), 1.0)
    late = n.potential * np.clip(days - n.ready, 0.0, None) / days
    return n._replace(
        plan=n.plan * more, use=n.use * more[w.slot_node], amount=(1.0 + n.surge) * n.amount + late
    )


# -- one closed node


@dataclass(frozen=True)
class _Block:
    """Rows and columns of one closed node; see `Program`."""

    cells: _Cells
    start: Floats
    daily: Floats
    most: Floats
    cost: Floats


@dataclass(frozen=True)
class _Places:
    """Where the nodes, links and inputs of one program stand.

    Columns: output of each node, delivery of each link from inside, use of each important input, sales lost.
    Rows: slots (use <= stock + arrivals), important slots (use <= output), sales of each node.
    """

    inside: Ints  # (column,) nodes of the program
    member: Mask  # (node,) whether it is one of them
    number: Ints  # (node,) its number among them
    links: Ints  # deliveries from inside
    slots: Ints  # inputs that bind, of nodes inside
    row: Ints  # (slot of the chain,) its row; -1 without one
    soft: Ints  # important inputs among the slots
    hard: Ints  # essential ones
    need: Floats  # (slot of the chain,) [1] input per output
    spoilt: Floats  # (node,) [1] output lost when all its important inputs are absent

    @property
    def link_column(self) -> Ints:
        return self.inside.size + np.arange(self.links.size)

    @property
    def soft_column(self) -> Ints:
        return self.inside.size + self.links.size + np.arange(self.soft.size)

    @property
    def first_lost(self) -> int:
        return self.inside.size + self.links.size + self.soft.size


def _places(layout: Layout, n: Numbers, inside: Ints) -> _Places:
    w = layout.wiring
    member = np.zeros(n.plan.size, dtype=bool)
    member[inside] = True
    slots = np.flatnonzero(member[w.slot_node] & _binding(layout, n))
    row = np.full(n.use.size, -1)
    row[slots] = np.arange(slots.size)
    soft = slots[w.essential[slots] == IMPORTANT]
    return _Places(
        inside=inside,
        member=member,
        number=np.cumsum(member) - 1,
        links=np.flatnonzero(member[w.supplier] & (n.amount > 0)),
        slots=slots,
        row=row,
        soft=soft,
        hard=slots[w.essential[slots] == ESSENTIAL],
        need=n.use / np.where(n.plan > 0, n.plan, 1.0)[w.slot_node],
        spoilt=np.bincount(w.slot_node[soft], n.loss[soft], minlength=n.plan.size).astype(float),
    )


def _block(layout: Layout, n: Numbers, closed: int, inside: Ints, worth: Floats) -> _Block:
    """Program over the nodes ``inside``; what comes from outside arrives as usual."""
    at = _places(layout, n, inside)
    others = np.zeros(at.soft.size)
    most = np.concatenate([
        np.where(inside == closed, 0.0, n.plan[inside]), n.amount[at.links], n.use[at.soft], n.final[inside],
    ])  # fmt: skip
    cells = [*_cells(layout, n, at), *_byproduct_cells(layout, n, at)]
    rows, columns, values = (np.concatenate(part) for part in zip(*cells, strict=True))
    return _Block(
        cells=(rows.astype(np.int64), columns.astype(np.int64), values.astype(float)),
        start=np.concatenate([n.stock[at.slots], others, np.zeros(inside.size)]),
        daily=np.concatenate([_daily(layout, n, at), others, -n.final[inside]]),
        most=most,
        cost=np.concatenate([np.zeros(at.first_lost), worth[inside]]),
    )


def _cells(layout: Layout, n: Numbers, at: _Places) -> list[_Cells]:
    """What each use takes from its slot, each delivery brings and takes, and each node can sell."""
    w, soft, column = layout.wiring, at.soft, at.soft_column
    to_slot = at.row[w.link_slot[at.links]]
    known = to_slot >= 0
    own = np.arange(at.inside.size)
    soft_row = at.slots.size + np.arange(soft.size)
    sales = at.slots.size + soft.size + own
    node = at.number[w.slot_node]
    return [
        (at.row[at.hard], node[at.hard], at.need[at.hard]),
        (at.row[soft], column, np.ones(soft.size)),
        (to_slot[known], at.link_column[known], -np.ones(int(known.sum()))),
        (soft_row, column, np.ones(soft.size)),
        (soft_row, node[soft], -at.need[soft]),
        (sales[at.number[w.supplier[at.links]]], at.link_column, np.ones(at.links.size)),
        (sales, own, at.spoilt[at.inside] - 1.0),
        (sales[node[soft]], column, -n.loss[soft] / at.need[soft]),
        (sales, at.first_lost + own, -np.ones(at.inside.size)),
    ]


def _byproduct_cells(layout: Layout, n: Numbers, at: _Places) -> list[_Cells]:
    """By-products of hosts inside come with their output, less what absent important inputs cost them."""
    w, cells = layout.wiring, []
    hosted = at.slots[w.host[at.slots] >= 0]
    for slot in hosted[at.member[w.host[hosted]]]:
        giver, gives = w.host[slot], n.byproduct[slot]
        its = w.slot_node[at.soft] == giver
        mine = at.soft[its]
        output = np.array([-gives * (1.0 - at.spoilt[giver])])
        cells.append((at.row[[slot]], at.number[[giver]], output))
        cells.append((
            np.repeat(at.row[slot], mine.size), at.soft_column[its], -gives * n.loss[mine] / at.need[mine]
        ))  # fmt: skip
    return cells


def _daily(layout: Layout, n: Numbers, at: _Places) -> Floats:
    """What comes to each slot from outside every day, by-products included; axes (slot,) [t/d]."""
    w = layout.wiring
    outside = ~at.member[w.supplier]
    daily = np.bincount(w.link_slot[outside], n.amount[outside], minlength=n.use.size)[at.slots].astype(float)
    hosted = at.slots[w.host[at.slots] >= 0]
    away = hosted[~at.member[w.host[hosted]]]
    daily[at.row[away]] += n.byproduct[away] * n.plan[w.host[away]]
    return np.asarray(daily)


def _binding(layout: Layout, n: Numbers) -> npt.NDArray[np.bool_]:
    """Slots whose absence costs output at once; what is installed wears out slowly and is left out."""
    w = layout.wiring
    felt = (w.essential == ESSENTIAL) | ((w.essential == IMPORTANT) & (n.loss > 0))
    return np.asarray(felt & (w.open_slot == 0) & (n.use > 0) & (n.life <= 0))


def _together(blocks: list[_Block]) -> Program:
    """Blocks side by side in one program."""
    rows = np.cumsum([0, *(block.start.size for block in blocks)])
    columns = np.cumsum([0, *(block.most.size for block in blocks)])
    at = np.concatenate([block.cells[0] + rows[i] for i, block in enumerate(blocks)])
    of = np.concatenate([block.cells[1] + columns[i] for i, block in enumerate(blocks)])
    cells = np.concatenate([block.cells[2] for block in blocks])
    return Program(
        matrix=csr_array(coo_array((cells, (at, of)), shape=(rows[-1], columns[-1]))),
        start=np.concatenate([block.start for block in blocks]),
        daily=np.concatenate([block.daily for block in blocks]),
        most=np.concatenate([block.most for block in blocks]),
        cost=np.concatenate([block.cost for block in blocks]),
        row_block=np.repeat(np.arange(len(blocks)), np.diff(rows)),
        column_block=np.repeat(np.arange(len(blocks)), np.diff(columns)),
    )


def _programs(
    layout: Layout, n: Numbers, closed: Ints, worth: Floats, days: float, own: bool = True
) -> Iterator[Program]:
    """Programs of the closed nodes in their order, each over what the node reaches within some days.

    ``own`` says whether the sales of the closed node itself count.
    """
    touched, blocks, held = _Touched(layout, n), [], 0
    for node in closed:
        value = worth if own else np.where(np.arange(worth.size) == node, 0.0, worth)
        blocks.append(_block(layout, n, int(node), touched.within(int(node), days), value))
        held += blocks[-1].most.size
        if held >= TOGETHER:
            yield _together(blocks)
            blocks, held = [], 0
    if blocks:
        yield _together(blocks)


class _Touched:
    """Which nodes may have to make less when one is closed."""

    def __init__(self, layout: Layout, n: Numbers) -> None:
        """Deliveries of each node: the slots they go to, who holds those, and how much [t/d]."""
        w, binding = layout.wiring, _binding(layout, n)
        usual = np.flatnonzero((n.amount > 0) & binding[w.link_slot])
        hosted = np.flatnonzero((w.host >= 0) & binding)
        giver = np.concatenate([w.supplier[usual], w.host[hosted]])
        slot = np.concatenate([w.link_slot[usual], hosted])
        much = np.concatenate([n.amount[usual], n.use[hosted]])
        self.gives: list[list[tuple[int, int, float]]] = [[] for _ in range(n.plan.size)]
        for one, to, amount in zip(giver.tolist(), slot.tolist(), much.tolist(), strict=True):
            self.gives[one].append((to, int(w.slot_node[to]), amount))
        self.stock = n.stock.tolist()

    def within(self, closed: int, days: float) -> Ints:
        """The closed node and all that run out of a stock if none of them delivers; sorted."""
        missing: dict[int, float] = {}
        touched, waiting = {closed}, [closed]
        while waiting:
            for slot, holder, amount in self.gives[waiting.pop()]:
                missing[slot] = missing.get(slot, 0.0) + amount
                if holder not in touched and missing[slot] * days > self.stock[slot]:
                    touched.add(holder)
                    waiting.append(holder)
        return np.array(sorted(touched), dtype=np.int64)


def _reaches(layout: Layout, n: Numbers) -> csr_array:
    """Links and by-products from node to node; a cell is the shortest way [d]."""
    w = layout.wiring
    used, hosted = n.amount > 0, np.flatnonzero(w.host >= 0)
    ends = pd.DataFrame({
        "from": np.concatenate([w.supplier[used], w.host[hosted]]),
        "to": np.concatenate([w.slot_node[w.link_slot[used]], w.slot_node[hosted]]),
        "days": np.concatenate([n.lead[used], np.ones(hosted.size)]),
    })  # fmt: skip
    least = ends.groupby(["from", "to"], as_index=False)["days"].min()
    shape = (n.plan.size, n.plan.size)
    return csr_array((least["days"].to_numpy(float), (least["from"], least["to"])), shape=shape)


def _least_loss(program: Program, days: float) -> Floats:
    """Least loss of each block; axes (block,)."""
    bounds = np.stack([np.zeros_like(program.most), program.most * days], axis=1)
    solved = linprog(
        program.cost, A_ub=program.matrix, b_ub=program.start + program.daily * days, bounds=bounds,
        method="highs",
    )  # fmt: skip
    _check(solved)
    lost: Floats = np.bincount(program.column_block, program.cost * solved.x).astype(float)
    return lost


def _longest(program: Program) -> Floats:
    """Longest time without loss of each block; axes (block,)."""
    kept = np.flatnonzero(program.cost == 0)  # nothing is lost, so what is lost is no variable
    blocks = int(program.column_block.max()) + 1
    ties = program.matrix[:, kept]
    time_in_row = coo_array(
        (-program.daily, (np.arange(program.daily.size), program.row_block)), shape=(ties.shape[0], blocks)
    )
    time_in_bound = coo_array(
        (-program.most[kept], (np.arange(kept.size), program.column_block[kept])), shape=(kept.size, blocks)
    )
    matrix = vstack([hstack([ties, time_in_row]), hstack([eye_array(kept.size), time_in_bound])], "csr")
    cost = np.concatenate([np.zeros(kept.size), -np.ones(blocks)])
    bounds = np.array([(0.0, np.inf)] * kept.size + [(0.0, HORIZON)] * blocks)
    start = np.concatenate([program.start, np.zeros(kept.size)])
    solved = linprog(cost, A_ub=matrix, b_ub=start, bounds=bounds, method="highs")
    _check(solved)
    return np.asarray(solved.x[kept.size :], dtype=float)


def _check(solved: object) -> None:
    if getattr(solved, "status", 1) != 0:
        raise ModelError(Problem("lp_unsolved", "shock.lp", str(getattr(solved, "message", ""))))


def _numbers_of(layout: Layout, names: Sequence[str] | None) -> Ints:
    """Numbers of nodes; all of them when none is named."""
    if names is None:
        return np.arange(len(layout.nodes))
    number = {str(name): at for at, name in enumerate(layout.nodes["node"])}
    unknown = [name for name in names if name not in number]
    if unknown:
        raise ModelError([
            Problem("disruption_node", "closed", name, details={"near": suggest(name, list(number)) or "…"})
            for name in unknown
        ])  # fmt: skip
    return np.array([number[name] for name in names], dtype=np.int64)


# -- beside the simulation


def without_reaction(n: Numbers) -> Numbers:
    """The premises of the program: nobody refills a stock, orders more than usual or turns elsewhere."""
    none = np.zeros_like(n.potential)
    return n._replace(adjust=1e12, surge=0.0, short_below=1.0, potential=none)


def closed_filters(layout: Layout, node: int, days: int) -> Filters:
    """Filters of a run in which one node is closed from day 0."""
    even = neutral(layout, days)
    of = np.zeros_like(even.working_of)
    of[node] = 1
    return even._replace(working_of=of, working=np.tile([1.0, 0.0], (days, 1)))


def agreement(
    layout: Layout, n: Numbers, closed: Sequence[str] | None = None, sellers: Sequence[str] | None = None
) -> pd.DataFrame:
    """Time to survive by program and by simulation without reaction, and why they differ.

    Parameters
    ----------
    layout, n, closed, sellers
        As in `time_to_survive_lp`; the horizon is that of the layout.

    Returns
    -------
    DataFrame
        node, tts_lp [d], way_low, way_high [d on the way to the nearest and farthest node that sells],
        tts_simulated [d], difference [d] (simulated - program, beyond the days on the way), reason: empty
        when they agree within a day; ``horizon`` (longer than the days told); ``shares`` (a node that is
        short serves several or sells besides: the program favours the one whose stock ends first, the
        simulation gives each its share); ``yield`` (an important input lacks: the program makes up for it
        elsewhere, the simulation calls a node short at the first tonne spoilt); ``other``.
    """
    table = time_to_survive_lp(layout, n, closed, sellers)
    nodes, days = _numbers_of(layout, closed), layout.wiring.month.size
    calm, graph, counted = without_reaction(n), _reaches(layout, n), _sells(layout, n, sellers)
    rows = []
    for node, tts in zip(nodes, table["tts"], strict=True):
        story = tell(layout.wiring, calm, closed_filters(layout, int(node), days))
        sells = counted & (np.arange(counted.size) != node)
        seen = float(time_to_survive(story.short[:, sells], 0).min(initial=np.inf))
        low, high = _way(graph, int(node), sells)
        late = 0.0 if seen == tts else max(seen - tts - high, 0.0) + min(seen - tts - low, 0.0)
        rows.append((low, high, seen, late, _reason(layout, n, graph, int(node), (tts, seen, late, days))))
    names = ["way_low", "way_high", "tts_simulated", "difference", "reason"]
    return table.rename(columns={"tts": "tts_lp"}).join(pd.DataFrame(rows, columns=names))


def _way(graph: csr_array, node: int, sells: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Days goods are on the way from a node to those that sell: by the shortest and the longest path.

    In a circle the longest path has no end; there each node counts once at most, with its slowest link.
    """
    shortest = dijkstra(graph, indices=node)
    reached = np.flatnonzero(np.isfinite(shortest))
    ends = shortest[reached][sells[reached]]
    if not ends.size:
        return 0.0, 0.0
    part = graph[reached][:, reached].tocoo()
    longest = np.where(reached == node, 0.0, -np.inf)
    for _ in range(reached.size - 1):
        further = longest.copy()
        np.maximum.at(further, part.col, longest[part.row] + part.data)
        if (further == longest).all():
            return float(ends.min()), float(longest[sells[reached]].max())
        longest = further
    slowest = np.zeros(reached.size)
    np.maximum.at(slowest, part.col, part.data)
    return float(ends.min()), float(slowest.sum())


def _reason(
    layout: Layout, n: Numbers, graph: csr_array, node: int, seen: tuple[float, float, float, int]
) -> str:
    """Why program and simulation differ by more than a day; see `agreement`."""
    tts, simulated, late, days = seen
    if simulated == tts or abs(late) <= 1.0:
        return ""
    if tts >= days or simulated >= days:
        return "horizon"
    reached = breadth_first_order(graph, node, return_predecessors=False)
    after = reached[reached != node]
    served = np.diff(graph.indptr) + (n.final > ROUNDED * n.plan)
    if (served[after] > 1).any():
        return "shares"
    soft = layout.wiring.essential[np.isin(layout.wiring.slot_node, after)] == IMPORTANT
    return "yield" if soft.any() else "other"

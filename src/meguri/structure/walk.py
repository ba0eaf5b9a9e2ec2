"""The walk upstream through a chain: as arrays, and the chance that it meets a set of nodes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, identity
from scipy.sparse.linalg import spsolve

from meguri.structure.chain import Chain
from meguri.structure.upstream import upstream_edges

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Weights = Literal["equal", "need"]

STAND_IN = "?"  # before the product of an input whose supplier is not known
UNKNOWN = ("XX", "ROW", "WLD")  # a supplier somewhere, elsewhere or in the world may stand anywhere
_SWEEPS = 500  # circles that settle within so many tiers are followed; slower ones are solved at once
_SETTLED = 1e-14  # [1] change of a chance that no longer counts
_BETTER = 1e-12  # [1] by which another input must be worse to be called the worse one


@dataclass(frozen=True)
class Walk:
    """A chain as the walk sees it: links sorted by input, inputs ("slots") sorted by node.

    Behind the nodes of the chain stands one stand-in for each input whose supplier is not known.
    """

    names: list[str]  # (place,) nodes of the chain, then "?product" for inputs without a known supplier
    nodes: int  # how many of them are nodes of the chain
    country: npt.NDArray[np.object_]  # (place,)
    unknown: Mask  # (place,) may stand in any country
    slot_node: Ints  # (slot,) node that needs the input
    slot_input: npt.NDArray[np.object_]  # (slot,)
    loss: Floats  # (slot,) [1] output lost without the input: essential 1, important its loss
    weight: Floats  # (slot,) [1] chance that the walk picks the input; sums to 1 for each node
    share: csr_array  # (slot, place) [1] part of the input that each supplier delivers

    @property
    def step(self) -> csr_array:
        """Chance of each step, (place, place): input picked × share of the supplier."""
        return csr_array(self._rows(np.arange(self.weight.size), self.weight) @ self.share)

    def step_along(self, picked: Ints) -> csr_array:
        """Steps when each node's walk takes one given input only, weighed by what its loss costs."""
        return csr_array(self._rows(picked, self.loss[picked]) @ self.share)

    def _rows(self, slots: Ints, weight: Floats) -> csr_array:
        shape = (len(self.names), self.weight.size)
        return csr_array((weight, (self.slot_node[slots], slots)), shape=shape)


def lay_walk(chain: Chain, weights: Weights = "equal") -> Walk:
    """Arrays of the walk upstream through a chain.

    Parameters
    ----------
    chain : Chain
        Qualified usual deliveries count, and hosts of by-products; a supplier not yet qualified
        delivers nothing.
    weights : {"equal", "need"}
        Inputs of a node count alike, or by their tonnes per tonne of product; an important input
        counts by the share of output lost without it, a minor one not at all.
    """
    nodes = chain.nodes
    place = {name: number for number, name in enumerate(nodes["node"])}
    edges = upstream_edges(chain)
    slots = _slots(chain, edges, weights)
    slot_of = {key: n for n, key in enumerate(zip(slots["node"], slots["input"], strict=True))}
    links = _links(edges, slot_of)
    lacking = np.setdiff1d(np.arange(len(slots)), links["slot"].to_numpy())
    stand_ins = list(dict.fromkeys(slots["input"].iloc[lacking]))
    first = {product: len(nodes) + number for number, product in enumerate(stand_ins)}
    rows = np.concatenate([links["slot"].to_numpy(dtype=np.int64), lacking])
    beyond = slots["input"].iloc[lacking].map(first)
    columns = np.concatenate([links["supplier"].map(place), beyond]).astype(np.int64)
    share = np.concatenate([links["share"].to_numpy(dtype=float), np.ones(lacking.size)])
    country = np.array([*nodes["country"], *(["XX"] * len(stand_ins))], dtype=object)
    return Walk(
        names=[*nodes["node"], *(f"{STAND_IN}{product}" for product in stand_ins)],
        nodes=len(nodes),
        country=country,
        unknown=np.isin(country.astype(str), UNKNOWN),
        slot_node=slots["place"].to_numpy(dtype=np.int64),
        slot_input=slots["input"].to_numpy(dtype=object),
        loss=slots["loss"].to_numpy(dtype=float),
        weight=slots["weight"].to_numpy(dtype=float),
        share=csr_array((share, (rows, columns)), shape=(len(slots), country.size)),
    )


def _slots(chain: Chain, edges: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Inputs that cost output when absent, in the order of their nodes; of a node's, the best known first."""
    recipes = chain.recipes
    loss = recipes["loss"].where(recipes["essentiality"] == "important", 1.0)
    recipes["loss"] = loss.where(recipes["essentiality"] != "minor", 0.0)
    recipes = recipes[recipes["loss"] > 0]
    recipes = recipes.assign(
        place=recipes["node"].map({name: number for number, name in enumerate(chain.nodes["node"])}),
        unknown=_unknown_parts(chain, edges, recipes),
    ).sort_values(["place", "unknown", "input"], ignore_index=True)
    counted = recipes["loss"] * (recipes["need"] if weights == "need" else 1.0)
    whole = counted.groupby(recipes["node"]).transform("sum")
    return recipes.assign(weight=(counted / whole).where(whole > 0, 0.0))


def _unknown_parts(chain: Chain, edges: pd.DataFrame, recipes: pd.DataFrame) -> Floats:
    """Share of each input that comes from a supplier of unknown country, or from no known one."""
    country = chain.nodes.set_index("node")["country"]
    known = edges["share"].where(~edges["supplier"].map(country).isin(UNKNOWN), 0.0)
    part = known.groupby([edges["customer"], edges["input"]]).sum()
    slots = pd.MultiIndex.from_frame(recipes[["node", "input"]])
    return 1.0 - part.reindex(slots).fillna(0.0).to_numpy(dtype=float)


def _links(edges: pd.DataFrame, slot_of: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Usual deliveries and hosts with their share of the input they serve."""
    keys = zip(edges["customer"], edges["input"], strict=True)
    edges = edges.assign(slot=[slot_of.get(key, -1) for key in keys])
    return edges[edges["slot"] >= 0]


def met(step: csr_array, target: Mask, tiers: int | None = None) -> Floats:
    """Chance that the walk from each place meets a target, the place itself not counted.

    e = S·(1 on targets, e elsewhere): the walk ends where it first meets one, so a loop is never
    counted twice. Within k tiers this is k sweeps from 0; through all tiers it is the least solution,
    swept until nothing changes, or solved directly where a loop hardly leaks.

    Parameters
    ----------
    step : csr_array (place, place) [1]
        Chance of each step; rows sum to at most 1.
    target : array (place,)
        Places looked for.
    tiers : int, optional
        Steps at most; all when left out.

    Examples
    --------
    >>> two = csr_array(np.array([[0.0, 0.5], [0.5, 0.0]]))  # each other's supplier of one half
    >>> met(two, np.array([False, True])).tolist()
    [0.5, 0.25]
    """
    chance = np.zeros(target.size)
    for _ in range(_SWEEPS if tiers is None else tiers):
        after = step @ np.where(target, 1.0, chance)
        settled = np.abs(after - chance).max(initial=0.0) <= _SETTLED
        chance = after
        if settled:
            return chance
    return chance if tiers is not None else _solved(step, target)


def _solved(step: csr_array, target: Mask) -> Floats:
    """The same by one sparse solution; only places that can reach a target have an equation."""
    known = target.astype(float)
    reach = target
    while (wider := reach | (step @ reach.astype(float) > 0)).sum() > reach.sum():
        reach = wider
    inner = np.flatnonzero(reach & ~target)
    if inner.size:
        within = step[inner][:, inner]
        system = csr_array(identity(inner.size) - within).tocsc()
        known[inner] = spsolve(system, (step @ target.astype(float))[inner])
    return step @ known


def worst_met(walk: Walk, target: Mask, tiers: int | None = None) -> tuple[Floats, list[Ints]]:
    """The same when at every node the input is picked that makes it worst, and those inputs.

    An AND node stops when any one input stops, so this is the share of output that is lost when all
    targets stop delivering and nothing replaces them.

    Returns
    -------
    array (place,) [1]
        Share lost.
    list of array
        Input picked by each node that has inputs: one array for each tier from the far end, or one
        for all tiers.
    """
    if tiers is None:
        return _worst_of_all(walk, target)
    lost, picks = np.zeros(target.size), []
    for _ in range(tiers):
        by_slot = walk.loss * (walk.share @ np.where(target, 1.0, lost))
        picks.append(_largest(by_slot, walk))
        lost = np.zeros(target.size)
        lost[walk.slot_node[picks[-1]]] = by_slot[picks[-1]]
    return lost, picks


def _worst_of_all(walk: Walk, target: Mask) -> tuple[Floats, list[Ints]]:
    """Policy iteration (Howard 1960): ends at a choice no input betters, which is the least solution."""
    picked = _largest(walk.share @ target.astype(float), walk)
    while True:
        lost = met(walk.step_along(picked), target)
        by_slot = walk.loss * (walk.share @ np.where(target, 1.0, lost))
        worse = _largest(by_slot, walk)
        changed = by_slot[worse] > by_slot[picked] + _BETTER
        if not changed.any():
            return lost, [picked]
        picked = np.where(changed, worse, picked)


def _largest(by_slot: Floats, walk: Walk) -> Ints:
    """For each node with inputs, its slot with the largest value; the first of equals."""
    if not by_slot.size:
        return np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(np.diff(walk.slot_node, prepend=-1))
    best = np.repeat(np.maximum.reduceat(by_slot, first), np.diff(first, append=by_slot.size))
    chosen = np.where(by_slot >= best, np.arange(by_slot.size), by_slot.size)
    return np.minimum.reduceat(chosen, first)


def met_along(walk: Walk, picks: list[Ints], target: Mask, tiers: int | None = None) -> Floats:
    """Share lost when targets stop, along inputs that :func:`worst_met` picked."""
    if tiers is None:
        return met(walk.step_along(picks[0]), target)
    lost = np.zeros(target.size)
    for picked in picks:
        lost = walk.step_along(picked) @ np.where(target, 1.0, lost)
    return lost


def heaviest(
    steps: Sequence[csr_array], start: int, target: Mask, top: int, tiers: int | None = None
) -> list[tuple[float, list[int]]]:
    """The heaviest paths from a place to where it first meets a target, with their chances.

    Parameters
    ----------
    steps : sequence of csr_array (place, place) [1]
        Chance of each step: one table for every step, or one for each number of steps left,
        counted from the last.
    start : int
        Place the paths start from.
    target : array (place,)
        Places at which a path ends.
    top : int
        Number of paths.
    tiers : int, optional
        Steps at most; all when left out.

    Examples
    --------
    >>> two = csr_array(np.array([[0.0, 0.5], [0.5, 0.0]]))
    >>> heaviest([two], 1, np.array([False, True]), 5)
    [(0.25, [1, 0, 1])]
    """
    return list(islice(_in_order(steps, start, target, tiers), top))


def _in_order(
    steps: Sequence[csr_array], start: int, target: Mask, tiers: int | None
) -> Iterator[tuple[float, list[int]]]:
    """Paths by falling weight: a begun path waits with the best it can still become.

    Of equals the longer is followed first, so that ties are finished one by one.
    """
    rest = _best_rests(steps, target, tiers)
    number = count()
    waiting = [(-1.0, 0, next(number), 1.0, [start])]
    while waiting:
        _, _, _, weight, path = heapq.heappop(waiting)
        here, gone = path[-1], len(path) - 1
        if gone and target[here]:
            yield weight, path
            continue
        left = -1 if tiers is None else tiers - gone - 1  # steps after the next one; -1: as many as it takes
        step = steps[min(left, len(steps) - 1)]
        for link in range(step.indptr[here], step.indptr[here + 1]):
            there, after = int(step.indices[link]), weight * float(step.data[link])
            hope = after * (1.0 if target[there] else rest[left][there])
            if hope > 0.0:
                heapq.heappush(waiting, (-hope, -len(path), next(number), after, [*path, there]))


def _best_rests(steps: Sequence[csr_array], target: Mask, tiers: int | None) -> list[Floats]:
    """Weight of the heaviest path that remains from each place: ``[k][place]`` within k steps.

    The heaviest path never passes a place twice, so it is found in as many sweeps as there are places.
    """
    best = [np.zeros(target.size)]
    for left in range(target.size if tiers is None else tiers):
        step = steps[min(left, len(steps) - 1)]
        onward = step.data * np.where(target, 1.0, best[-1])[step.indices]
        after, first = np.zeros(target.size), np.flatnonzero(np.diff(step.indptr))
        if first.size:
            after[first] = np.maximum.reduceat(onward, step.indptr[first])
        if tiers is None and (after == best[-1]).all():
            break
        best.append(after)
    return best

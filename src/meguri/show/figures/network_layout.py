"""Where the nodes of a chain stand: a column for each stage, few crossings, no two on one spot."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.terms import keys

ROWS = 60  # nodes above each other before a stage takes another lane
SPREAD = 0.62  # part of a column that its lanes take
SWEEPS = 4  # times the order of each column is set by its neighbours

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def stage_order(nodes: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    """Stages from left to right: in the order of the trade, each moved to where most links point right.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["a", "b", "c"], "stage": ["sector", "material", "ore"]})
    >>> stage_order(nodes, pd.DataFrame({"supplier": ["c", "b"], "customer": ["b", "a"]}))
    ['ore', 'material', 'sector']
    """
    known = keys("stages")
    own = sorted(set(nodes["stage"]) - set(known))
    order = [stage for stage in known if stage in set(nodes["stage"])] + own
    place = dict(zip(nodes["node"], nodes["stage"], strict=True))
    pairs = pd.Series(
        list(zip(links["supplier"].map(place), links["customer"].map(place), strict=True)), dtype=object
    )
    counted = {pair: n for pair, n in pairs.value_counts().items() if pair[0] != pair[1]}
    for stage in list(order):
        rest = [other for other in order if other != stage]
        tries = [[*rest[:at], stage, *rest[at:]] for at in range(len(order))]
        here = order.index(stage)
        # of equal places the one nearest to where the stage stood
        order = max(tries, key=lambda one: (_right(one, counted), -abs(one.index(stage) - here)))
    return order


def _right(order: list[str], counted: dict[tuple[str, str], int]) -> int:
    at = {stage: place for place, stage in enumerate(order)}
    return sum(n if at[a] < at[b] else -n for (a, b), n in counted.items())


def places(nodes: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Column, lane and height of every node.

    Parameters
    ----------
    nodes : DataFrame
        Columns node, stage, country; each node once.
    links : DataFrame
        Columns supplier, customer; both are among the nodes.

    Returns
    -------
    DataFrame
        node, stage, ``column`` (0 is the first stage), ``x`` (column and lane), ``y`` in (0, 1) from the
        top: in rows as the nodes are given.

    Notes
    -----
    Within a column nodes stand in the order of the mean height of their neighbours (barycentre method of
    Sugiyama, Tagawa and Toda 1981), a few sweeps from left to right and back.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["a", "b", "c"], "stage": ["ore", "ore", "metal"], "country": "CN"})
    >>> places(nodes, pd.DataFrame({"supplier": ["a"], "customer": ["c"]}))["x"].to_list()
    [0.0, 0.0, 1.0]
    """
    order = stage_order(nodes, links)
    column = nodes["stage"].map({stage: place for place, stage in enumerate(order)}).to_numpy()
    index = pd.Index(nodes["node"])
    ends = (index.get_indexer(links["supplier"]), index.get_indexer(links["customer"]))
    names = np.argsort(
        np.argsort((nodes["country"].astype(str) + " " + nodes["node"].astype(str)).to_numpy())
    )
    members = [np.flatnonzero(column == place) for place in range(len(order))]
    height = names / max(len(nodes), 1)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for held in members if forward else reversed(members):
            height = _settled(height, held, ends if forward else ends[::-1], names)
    x, y = np.zeros(len(nodes)), np.zeros(len(nodes))
    for place, held in enumerate(members):
        x[held], y[held] = _spots(place, held[np.lexsort((names[held], height[held]))], held)
    return pd.DataFrame({"node": nodes["node"], "stage": nodes["stage"], "column": column, "x": x, "y": y})


def _settled(height: Array, held: Whole, ends: tuple[Whole, Whole], names: Whole) -> Array:
    """Heights in (0, 1) once one column is ordered by the mean height of the neighbours on one side."""
    source, target = ends
    total = np.bincount(target, height[source], len(height))
    count = np.bincount(target, minlength=len(height))
    mean = np.where(count > 0, total / np.maximum(count, 1), height)
    ranked = held[np.lexsort((names[held], mean[held]))]
    settled = height.copy()
    settled[ranked] = (np.arange(len(ranked)) + 0.5) / len(ranked)
    return settled


def _spots(place: int, ranked: Whole, held: Whole) -> tuple[Array, Array]:
    """Lane and height of the nodes of one column, back in their own order."""
    lanes = max(1, math.ceil(len(ranked) / ROWS))
    rows = math.ceil(len(ranked) / lanes)
    rank = np.empty(len(ranked), dtype=np.int64)
    rank[np.searchsorted(held, ranked)] = np.arange(len(ranked))
    lane, row = rank % lanes, rank // lanes
    side = (lane - (lanes - 1) / 2) * (SPREAD / max(lanes - 1, 1))
    # neighbouring lanes stand half a row apart, so that links between them can be seen
    shift = (lane % 2) * 0.5 if lanes > 1 else np.full(len(ranked), 0.25)
    return np.asarray(place + side, dtype=float), np.asarray((row + 0.25 + shift) / rows, dtype=float)

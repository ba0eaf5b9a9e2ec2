"""What the output of a chain is worth: its end users, and how much each of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.base.terms import suggest
from meguri.shock.runs import Setup

Floats = npt.NDArray[np.float64]


class Weights(NamedTuple):
    """End users, what each counts, and by what."""

    places: npt.NDArray[np.int64]  # (end,) node
    weight: Floats  # (end,) [1], sum 1
    basis: str  # value | equal


def end_users(setup: Setup) -> npt.NDArray[np.bool_]:
    """Nodes that deliver to no other node, of the economies the answer is about; axes (node,)."""
    nodes, economy = setup.layout.nodes, setup.scenario.economy
    ends = ~nodes["node"].isin(set(setup.chain.flows["supplier"]))
    if economy is not None and (ends & nodes["country"].isin(economy)).any():
        ends &= nodes["country"].isin(economy)
    return ends.to_numpy(dtype=bool)


def end_weights(setup: Setup) -> Weights:
    """Share of each end user in the value of what the chain delivers to them, else equal shares.

    Values count only when every usual flow into every end user states one: a sum over those that
    happen to be known would weigh evidence, not use.
    """
    places = np.flatnonzero(end_users(setup))
    names = setup.layout.nodes["node"].to_numpy()[places]
    flows = setup.chain.flows
    into = flows[flows["qualified"] & flows["customer"].isin(names)]
    value = into.groupby("customer")["value"].sum().reindex(names).to_numpy(dtype=float, na_value=np.nan)
    if len(into) and into["value"].notna().all() and np.isfinite(value).all() and value.sum() > 0:
        return Weights(places, value / value.sum(), "value")
    return Weights(places, np.full(places.size, 1.0 / max(places.size, 1)), "equal")


def process_weights(setup: Setup, processes: Sequence[str] | None = None) -> Weights:
    """What each process counts: the end users when none is named, else those named.

    Parameters
    ----------
    setup : Setup
        Chain and scenario.
    processes : sequence of str, optional
        Nodes. Named end users keep their weights among each other; with any other node among them all
        count alike, because what passes a stage twice would be counted twice.

    Raises
    ------
    ModelError
        Naming every process that is no node of the chain.
    """
    ends = end_weights(setup)
    if processes is None:
        return ends
    names = setup.layout.nodes["node"].tolist()
    lost = [name for name in processes if name not in names]
    if lost:
        near = {name: suggest(name, names) or ", ".join(names[:8]) for name in lost}
        raise ModelError([Problem("measure_node", "process", n, "", {"near": near[n]}) for n in lost])
    places = np.array(sorted({names.index(name) for name in processes}), dtype=np.int64)
    weight = dict(zip(ends.places.tolist(), ends.weight.tolist(), strict=True))
    own = np.array([weight.get(place, np.nan) for place in places.tolist()])
    if np.isfinite(own).all() and own.sum() > 0.0:
        return Weights(places, own / own.sum(), ends.basis)
    return Weights(places, np.full(places.size, 1.0 / max(places.size, 1)), "equal")

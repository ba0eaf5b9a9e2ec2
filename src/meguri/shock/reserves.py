"""National reserves as the kernel reads them: whom they serve, how much, and when they open."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.base.terms import suggest
from meguri.base.units import DAYS_PER_YEAR
from meguri.scenario.schema import Scenario
from meguri.shock.arrays import Layout
from meguri.shock.sample import Draw


def reserve_of_slots(layout: Layout, scenario: Scenario) -> npt.NDArray[np.int64]:
    """Reserve that may fill each slot; axes (slot,), -1 none.

    A reserve serves every node of its countries that uses its product, whoever usually delivers it.

    Raises
    ------
    ModelError
        Naming every reserve that nobody could use, or that another one also serves.
    """
    product = layout.slots["input"].to_numpy()
    country = layout.nodes["country"].to_numpy()[layout.wiring.slot_node]
    served = np.full(len(product), -1, dtype=np.int64)
    found: list[Problem] = []
    for place, reserve in enumerate(scenario.reserves):
        mine = (product == reserve.product) & np.isin(country, list(reserve.country))
        where = f"reserves.{place}.product"
        if not mine.any():
            used = sorted(set(product[np.isin(country, list(reserve.country))]))
            near = suggest(reserve.product, used) or ", ".join(used) or "…"
            found.append(Problem("reserve_unused", where, reserve.product, "", {"near": near}))
        if (served[mine] >= 0).any():
            found.append(Problem("two_reserves", where, reserve.product))
        served[mine] = place
    if found:
        raise ModelError(found)
    return served


def reserves_of_run(layout: Layout, scenario: Scenario, draw: Draw, run: int) -> dict[str, Any]:
    """Fields of the kernel's filters about reserves, in one run.

    A reserve that opens on a day is looked at from that day on whatever the cover; one that opens
    below a cover from the first day on. Once decided it stays open until nothing is left.
    """
    if not scenario.reserves:
        return {}

    def each(name: str) -> npt.NDArray[np.float64]:
        return np.array(
            [
                draw.field(run, f"reserves.{place}.{name}", getattr(reserve, name))
                for place, reserve in enumerate(scenario.reserves)
            ]
        )

    below, opens = [], []
    for place, reserve in enumerate(scenario.reserves):
        cover, date = reserve.release.cover_below, reserve.release.date
        below.append(
            np.inf if cover is None else draw.field(run, f"reserves.{place}.release.cover_below", cover)
        )
        opens.append(0 if date is None else (date - scenario.start).days)
    return {
        "reserve_of": reserve_of_slots(layout, scenario),
        "held": each("amount"),
        "rate": each("rate") / DAYS_PER_YEAR,
        "below": np.array(below),
        "opens": np.array(opens, dtype=np.int64),
        "decide": np.ceil(each("decision")).astype(np.int64),
    }

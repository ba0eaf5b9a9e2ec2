"""All runs of one scenario on one chain: what they share, and what each brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.scenario.schema import Scenario
from meguri.shock.arrays import Layout
from meguri.shock.named import Named
from meguri.shock.price import PLACES
from meguri.shock.price_markets import Goods, Market
from meguri.shock.store import Fields, Store, Values
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROWS = 1024  # runs read at a time where all nodes of a run are needed


class Pricing(NamedTuple):
    """What every price of a study needs, read once."""

    scenario: Scenario
    month: Ints  # (day,)
    response: dict[str, dict[str, float]]  # element → number → mode
    goods: Goods


@dataclass(frozen=True)
class Setup:
    """All that stays the same over the runs of one scenario on one chain."""

    chain: Chain
    scenario: Scenario
    layout: Layout
    months: list[str]
    named: list[Named]
    ranges: pd.DataFrame  # one row for each parameter
    pricing: Pricing
    counting: list[tuple[Floats, Floats]]  # weights of links and parts of months, for each observed figure
    first: int  # [d] from which survival is counted

    @property
    def markets(self) -> list[Market]:
        """Goods that are priced."""
        return self.pricing.goods.markets

    def fields(self) -> Fields:
        """What is kept of a run: axes of its row, kind of number."""
        nodes, links = len(self.layout.nodes), len(self.layout.links)
        months, weeks = len(self.months), self.scenario.days // 7
        per_node = (
            "tts", "ttr", "short", "cover", "lowest_cover", "lost", "lowest", "doubted", "restored",
        )  # fmt: skip
        return {
            **dict.fromkeys(per_node, ((nodes,), "f8")),
            "waits": ((nodes,), "i8"),
            "root": ((nodes,), "i8"),
            "weekly": ((weeks, nodes), "f8"),
            "arrived": ((months, links), "f8"),
            "shipped": ((months, links), "f8"),
            "price": ((len(self.markets), len(PLACES), months), "f8"),
            "counted": ((len(self.counting),), "f8"),
        }


@dataclass(frozen=True, eq=False)
class Runs:
    """What every run brought, read from the store when it is asked for.

    A property brings a field of all runs and is as large as it is; :meth:`over_runs` answers block by
    block, so that memory does not grow with the number of runs.
    """

    setup: Setup
    plan: Floats  # (node,) [t/d], central run
    planned: Floats  # (month, link) [t], central run
    store: Store
    drawn: Values

    def __len__(self) -> int:
        """Number of runs."""
        return self.store.runs

    def over_runs(
        self, name: str, answer: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> npt.NDArray[Any]:
        """A field, one cell of all runs at a time: (run, cell) → (…, cell), then (…, axes of a run)."""
        return self.store.over_runs(name, answer)

    def row_blocks(self, *names: str) -> Iterator[dict[str, npt.NDArray[Any]]]:
        """Fields of a few runs at a time, in order; axes (run, …)."""
        for first in range(0, len(self), ROWS):
            yield {name: self.store.rows(name, first, first + ROWS) for name in names}

    @property
    def values(self) -> Floats:
        """Value of every parameter; axes (run, parameter)."""
        return self.drawn.rows(0, len(self))

    @property
    def tts(self) -> Floats:
        """Time to survive; axes (run, node) [d], inf for never."""
        return self.store.whole("tts")

    @property
    def ttr(self) -> Floats:
        """Time to recover; axes (run, node) [d], inf for not within the horizon."""
        return self.store.whole("ttr")

    @property
    def short(self) -> Floats:
        """Days short; axes (run, node) [d]."""
        return self.store.whole("short")

    @property
    def lost(self) -> Floats:
        """Output lost, in days of plan; axes (run, node) [d]."""
        return self.store.whole("lost")

    @property
    def waits(self) -> Ints:
        """Slot that binds on the first short day, -1 for none; axes (run, node)."""
        return self.store.whole("waits")

    @property
    def root(self) -> Ints:
        """Node at which the shortage of each node began, -1 for none; axes (run, node)."""
        return self.store.whole("root")

    @property
    def cover(self) -> Floats:
        """Stock at the start of the input least held; axes (run, node) [d]."""
        return self.store.whole("cover")

    @property
    def lowest_cover(self) -> Floats:
        """Stock on the worst day; axes (run, node) [d]."""
        return self.store.whole("lowest_cover")

    @property
    def weekly(self) -> Floats:
        """Output as a share of plan; axes (run, week, node) [1]."""
        return self.store.whole("weekly")

    @property
    def arrived(self) -> Floats:
        """What reached the customers; axes (run, month, link) [t]."""
        return self.store.whole("arrived")

    @property
    def shipped(self) -> Floats:
        """What left the suppliers; axes (run, month, link) [t]."""
        return self.store.whole("shipped")

    @property
    def price(self) -> Floats:
        """Price ratios; axes (run, market, place, month) [1]."""
        return self.store.whole("price")

    @property
    def counted(self) -> Floats:
        """Tonnes to hold against each observed figure; axes (run, observed) [t]."""
        return self.store.whole("counted")

    @property
    def layout(self) -> Layout:
        """Rows of the chain in the order of the kernel."""
        return self.setup.layout

    @property
    def months(self) -> list[str]:
        """Names of the months."""
        return self.setup.months

    @property
    def markets(self) -> list[Market]:
        """Goods that are priced."""
        return self.setup.markets

    @property
    def ranges(self) -> pd.DataFrame:
        """Every parameter with its range and evidence."""
        return self.setup.ranges

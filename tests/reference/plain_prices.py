"""Prices of one run walked month by month with plain loops: the slow twin of ``_price_kernel``.

Read beside METHODS 2.1: scarcity believed and stocked moves the price, the price teaches buyers to
save, and saving buyers ask for less from the next month on.
"""

from __future__ import annotations

import math
from typing import Any

from meguri.shock._kernel import Story
from meguri.shock._price_kernel import Response, Trade

OUTSIDE, INSIDE = 0, 1


class PlainPrices:
    """What the markets of a run have in mind; ``go_on`` answers one month of its story."""

    def __init__(self, t: Trade, wanted_of: Any) -> None:
        self.t, self.wanted_of = t, wanted_of
        self.markets, self.nodes = range(len(t.usual)), range(len(wanted_of))
        months = len(t.wanted)
        self.believed = [[0.0, 0.0] for _ in self.markets]
        self.hoard = [[0.0, 0.0] for _ in self.markets]
        self.known = [[0.0, 0.0] for _ in self.markets]
        self.price = [[[1.0] * months, [1.0] * months] for _ in self.markets]
        self.use = [[[1.0] * months, [1.0] * months] for _ in self.markets]
        self.thrift = [1.0 for _ in self.nodes]

    def go_on(self, month: int, story: Story) -> list[float]:
        """Answer one month; the share of its sales outside the chain each node is asked for in the next."""
        later = min(month + 1, len(self.t.wanted) - 1)
        for m in self.markets:
            for side in (OUTSIDE, INSIDE):
                asked = self.asked(m, side, month) if self.t.heeded else self.use[m][side][month]
                met = self.supplied(m, side, month, story) / max(asked, 1e-9)
                if side == OUTSIDE:  # more than usual fills stocks there and is no glut
                    met = min(met, 1.0)
                self.price[m][side][month] = self.next_price(m, side, met)
                if month < later:
                    self.use[m][side][later] = self.use_now(m, side)
        if self.t.heeded:
            self.thrift = [self.saved(i, month, later) for i in self.nodes]
        return self.thrift

    def supplied(self, m: int, side: int, month: int, story: Story) -> float:
        t = self.t
        if side == OUTSIDE:
            came = sum(float(x) * y for x, y in zip(story.arrived[month], t.arriving[m], strict=True))
            return came / t.usual[m][month] if t.usual[m][month] > 0 else 1.0
        left = sum(float(x) * y for x, y in zip(story.shipped[month], t.crossing[m], strict=True))
        home = t.at_home[m][month]
        return max(t.able[m][month] - left, 0.0) / home if home > 0 else 1.0

    def asked(self, m: int, side: int, month: int) -> float:
        weights = [float(weight) for weight in self.t.asks[m][side]]
        if not any(weights):
            return 1.0
        dated = [self.t.wanted[month][self.wanted_of[i]] for i in self.nodes]
        return sum(weights[i] * dated[i] * self.thrift[i] for i in self.nodes)

    def next_price(self, m: int, side: int, met: float) -> float:
        r = Response(*self.t.response[m])
        before = self.hoard[m][side]
        believed = r.memory * self.believed[m][side] + (1 - r.memory) * (1 - met)
        wish = r.stocking * max(believed, 0.0)
        bought, let_go = max(wish - before, 0.0), max(before - wish, 0.0)
        scarce = max((1 - believed + let_go) / (1 + bought), r.served)
        price = scarce ** (-1 / (r.supply_elasticity + r.demand_elasticity))
        price = min(max(price, r.closing), r.backstop)
        self.believed[m][side], self.hoard[m][side] = believed, wish
        self.known[m][side] += (max(math.log(price), 0.0) - self.known[m][side]) / max(r.thrift_delay, 1.0)
        return price

    def use_now(self, m: int, side: int) -> float:
        r = Response(*self.t.response[m])
        return max(math.exp(-r.thrift * self.known[m][side]), r.served)

    def spot(self, m: int, side: int, month: int) -> float:
        outside, inside = (path[month] for path in self.price[m])
        if side == INSIDE:
            return inside
        return float(max(outside, inside, self.t.floor[m][month]) * self.t.wedge[m][month])

    def saved(self, i: int, month: int, later: int) -> float:
        cost, kept = 0.0, 0.0
        for element, spent in enumerate(self.t.spent):
            forms = [(m, int(self.t.home[m][i])) for m in self.markets if self.t.element[m] == element]
            dearest = max(self.spot(m, side, month) for m, side in forms) * spent[i]
            cost += dearest
            kept += dearest * min(self.use[m][side][later] for m, side in forms)
        return kept / cost if cost > 0 else 1.0

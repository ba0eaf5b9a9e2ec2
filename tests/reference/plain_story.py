"""The slow, plain twin of ``meguri.shock._kernel.tell``: the order of a day in ordinary Python.

Written from the description (METHODS 2.1 and the docstrings), link by link and slot by slot, with
lists and dictionaries only, so that a reader can check it against the text.

A day:

1. a quota that enters a new period gets its allotment and what may be carried over;
2. goods due today reach the customers; of an alternative only the usable share counts as stock;
3. a by-product comes as its host produced the day before, whether or not it is wanted;
4. a national reserve whose rule is met, and whose decision has been taken, fills its slots up to the
   rule's cover or their own target;
5. controls say how much of each link may be ordered;
6. each slot orders its use and a part of its gap to what it aims at today: first from alternatives
   the share of what they came to deliver that stays with them, then from its usual suppliers in
   proportion to their usual deliveries, less what those who failed have lost, then from qualified
   alternatives what experience says will be missing;
7. each node is asked for its orders and what is wanted today of its sales outside the chain;
8. installed goods wear by 1 / life and are replaced from their stock;
9. each node makes what it is asked for, as far as the capacity that works, what is installed and
   essential stocks reach; important inputs that lack cost yield, and so does what else is not kept
   of the output; by-product that is left over and finds no room is lost;
10. what is made is shared in proportion to what was asked (rationing) and shipped; a held share
    leaves later.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from meguri.shock._kernel import Filters, Numbers, Story, Wiring


def tell(w: Wiring, n: Numbers, f: Filters, thrift: Callable[[int, Story], Any] | None = None) -> Story:
    """Tell the story of one run with plain loops; the same fields as the kernel, as lists."""
    world = _World(w, n, f)
    for day in range(len(f.limit)):
        if thrift is not None and day > 0 and w.month[day] != w.month[day - 1]:
            world.thrift = [float(share) for share in thrift(int(w.month[day - 1]), world.story())]
        world.live(day)
    return world.story()


class _World:
    def __init__(self, w: Wiring, n: Numbers, f: Filters) -> None:
        self.w, self.n, self.f = w, n, f
        self.links = range(len(w.supplier))
        self.slots = range(len(w.slot_node))
        self.nodes = range(len(n.plan))
        self.quotas = range(len(f.allotted))
        self.links_of = {s: [k for k in self.links if w.link_slot[k] == s] for s in self.slots}
        self.slots_of = {i: [s for s in self.slots if w.slot_node[s] == i] for i in self.nodes}
        self.stock = [float(tonnes) for tonnes in n.stock]
        self.lowest = list(self.stock)
        self.installed = [float(tonnes) for tonnes in n.installed]
        self.reserve = [float(tonnes) for tonnes in f.held]
        self.decided = [-1 for _ in f.held]
        self.released: list[list[float]] = []
        self.received = [0.0 for _ in self.slots]
        self.used = [0.0 for _ in self.slots]
        self.left = [0.0 for _ in self.quotas]  # of the allotment of the present period
        self.served = [1.0 for _ in self.links]  # share of its orders a link lately got
        self.ordered = [0.0 for _ in self.links]
        self.thrift = [1.0 for _ in self.nodes]  # share of its sales that saving buyers still ask for
        self.settled = [0.0 for _ in self.links]  # what an alternative came to be asked for
        self.missed = [0.0 for _ in self.links]  # what a usual supplier could not be asked for
        # goods on the way: (day of arrival, tonnes); at the start the usual deliveries are under way
        self.way = [[(day, float(n.amount[k])) for day in range(int(n.lead[k]))] for k in self.links]
        months = int(w.month[len(f.limit) - 1]) + 1
        self.shipped = [[0.0 for _ in self.links] for _ in range(months)]
        self.arrived = [[0.0 for _ in self.links] for _ in range(months)]
        self.output: list[list[float]] = []
        self.asked: list[list[float]] = []
        self.short: list[list[bool]] = []
        self.waits = [-1 for _ in self.nodes]
        self.empty = [-1 for _ in self.slots]
        self.cut = [-1 for _ in self.links]

    def live(self, day: int) -> None:
        self.open_periods(day)
        self.receive(day)
        self.separate(self.output[-1] if self.output else [float(tonnes) for tonnes in self.n.plan])
        self.released.append([self.release(r, day) for r in range(len(self.reserve))])
        may_order = [self.limit(k, day) for k in self.links]
        in_reach = [self.reach(k, day) for k in self.links]
        for s in self.slots:
            if not self.w.open_slot[s]:
                self.order(s, day, may_order, in_reach)
        asked = [float(self.n.final[i]) * self.wanted(i, day) for i in self.nodes]
        for k in self.links:
            asked[self.w.supplier[k]] += self.ordered[k]
        for s in self.slots:
            if self.n.life[s] > 0 and not self.w.open_slot[s]:
                self.wear(s)
        made = [self.make(i, day, asked[i]) for i in self.nodes]
        self.output.append(made)
        self.asked.append(asked)
        for s in self.slots:
            if self.w.host[s] >= 0:
                lost = max(0.0, self.stock[s] - self.n.room[s])
                self.stock[s] -= lost
                self.received[s] -= lost
        self.lowest = [min(low, now) for low, now in zip(self.lowest, self.stock, strict=True)]
        for k in self.links:
            i = self.w.supplier[k]
            self.ship(k, day, made[i] / asked[i] if asked[i] > 0 else 0.0)

    def wanted(self, i: int, day: int) -> float:
        return float(self.f.wanted[day][self.f.wanted_of[i]]) * self.thrift[i]

    def open_periods(self, day: int) -> None:
        for q in self.quotas:
            now = self.f.period[q][day]
            before = self.f.period[q][day - 1] if day > 0 else None
            if now >= 0 and now != before:
                self.left[q] = self.f.allotted[q][now] + self.f.carry[q] * self.left[q]

    def receive(self, day: int) -> None:
        for k in self.links:
            today = sum(tonnes for due, tonnes in self.way[k] if due == day)
            if today <= 0:
                continue
            self.way[k] = [(due, tonnes) for due, tonnes in self.way[k] if due != day]
            self.arrived[self.w.month[day]][k] += today
            usable = today
            if self.n.potential[k] > 0:  # an alternative: y(t) = 1 - (1 - y0) exp(-t / tau)
                age = day - self.n.ready[k]
                usable *= 1 - (1 - self.n.first_yield[k]) * math.exp(-age / self.n.recovery[k])
            self.stock[self.w.link_slot[k]] += usable
            self.received[self.w.link_slot[k]] += usable

    def separate(self, made: list[float]) -> None:
        for s in self.slots:
            if self.w.host[s] >= 0:
                comes = self.n.byproduct[s] * made[self.w.host[s]]
                self.stock[s] += comes
                self.received[s] += comes

    def release(self, r: int, day: int) -> float:
        """Tonnes a reserve hands out today."""
        n, f = self.n, self.f
        served = [s for s in self.slots if f.reserve_of[s] == r]
        use = sum(n.use[s] for s in served)
        if day < f.opens[r] or self.reserve[r] <= 0 or use <= 0:
            return 0.0
        if self.decided[r] < 0 and sum(self.stock[s] for s in served) / use - 1 < f.below[r] - 1e-9:
            self.decided[r] = day + int(f.decide[r])
        gap = {s: max(0.0, (min(f.below[r], n.target[s]) + 1) * n.use[s] - self.stock[s]) for s in served}
        if self.decided[r] < 0 or day < self.decided[r] or sum(gap.values()) <= 0:
            return 0.0
        handed = float(min(f.rate[r], self.reserve[r], sum(gap.values())))
        self.reserve[r] -= handed
        for s in served:
            self.stock[s] += handed * gap[s] / sum(gap.values())
            self.received[s] += handed * gap[s] / sum(gap.values())
        return handed

    def wear(self, s: int) -> None:
        self.installed[s] *= 1 - 1 / self.n.life[s]
        fitted = min(self.stock[s], self.n.full[s] - self.installed[s])
        self.stock[s] -= fitted
        self.used[s] += fitted
        self.installed[s] += fitted

    def runs_on(self, s: int) -> float:
        """Output the slot's stock, or what is installed of it, is enough for [t/d]."""
        n, i = self.n, self.w.slot_node[s]
        if n.life[s] > 0:
            return float(n.capacity[i] * self.installed[s] / n.full[s])
        return float(self.stock[s] / n.use[s] * n.plan[i])

    def limit(self, k: int, day: int) -> float:
        """Most that may be ordered of a usual link today [t]."""
        usual = float(self.n.amount[k])
        share = self.f.limit[day][self.f.group[k]]
        most = share * usual if share < 1 else (1 + self.n.surge) * usual
        allowance = self.allowance(k, day)
        if allowance is None:
            return most
        q = self.f.quota[k]
        under_quota = sum(self.n.amount[j] * self.f.weight[j] for j in self.links if self.f.quota[j] == q)
        if under_quota <= 0:
            return most
        return min(most, usual * (self.f.leakage[q] + allowance / under_quota))

    def allowance(self, k: int, day: int) -> float | None:
        """Regulated tonnes the link's quota allows today; None where no quota is in force."""
        q = self.f.quota[k]
        if q < 0 or self.f.period[q][day] < 0:
            return None
        period = self.f.period[q][day]
        evenly = self.f.allotted[q][period] / self.f.length[q][period]
        return float(min(self.left[q], evenly * (1 + self.f.front[q])))

    def reach(self, k: int, day: int) -> float:
        """What an alternative could deliver today [t]; a newcomer gets no more than a day's allowance."""
        if day < self.n.ready[k]:
            return 0.0
        most = float(min(self.f.limit[day][self.f.group[k]], 1.0) * self.n.potential[k])
        allowance = self.allowance(k, day)
        if allowance is None or self.f.weight[k] <= 0:
            return most
        return min(most, allowance / float(self.f.weight[k]))

    def order(self, s: int, day: int, may_order: list[float], in_reach: list[float]) -> None:
        n, links = self.n, self.links_of[s]
        days = n.target[s] * self.f.aim[day][self.f.aim_of[s]]
        aimed = (days + 1) * n.use[s] + sum(n.amount[k] * (n.lead[k] - 1) for k in links)
        at_hand = self.stock[s] + sum(tonnes for k in links for _, tonnes in self.way[k])
        worn = n.full[s] - self.installed[s]
        usual = sum(float(n.amount[k]) for k in links)
        wish = unless_rounding(n.use[s] + (aimed + worn - at_hand) / n.adjust, usual)
        kept = self.kept(wish, links, in_reach)
        failed = sum(self.missed[k] for k in links)
        lost = {k: self.missed[k] / failed * sum(kept.values()) if failed > 0 else 0.0 for k in links}
        left = {k: unless_rounding(n.amount[k] - lost[k], n.amount[k]) for k in links}
        rest = unless_rounding(wish - sum(kept.values()), wish)
        for k, tonnes in share_out(rest, left, may_order).items():
            self.ordered[k] = tonnes
        for k in links:
            part = wish * n.amount[k] / sum(n.amount[j] for j in links)
            controlled = may_order[k] < (1 + n.surge) * n.amount[k] * (1 - 1e-9)
            if controlled and part > may_order[k] * (1 + 1e-9):
                self.cut[k] = day if self.cut[k] < 0 else self.cut[k]
        missing = unless_rounding(rest - sum(self.ordered[k] * self.served[k] for k in links), wish)
        together = sum(in_reach[k] - kept[k] for k in links)
        more = min(1.0, missing / together) if together > 0 else 0.0
        for k in links:
            if in_reach[k] > 0:
                self.ordered[k] = kept[k] + (in_reach[k] - kept[k]) * more
        self.remember(wish, float(n.use[s]), links)

    def kept(self, wish: float, links: list[int], in_reach: list[float]) -> dict[int, float]:
        """What alternatives are asked for before anybody else: no more than usual suppliers missed."""
        kept = {k: min(self.n.stay * self.settled[k], in_reach[k]) for k in links}
        most, together = min(wish, sum(self.missed[k] for k in links)), sum(kept.values())
        return {k: kept[k] * most / together if together > most else kept[k] for k in links}

    def remember(self, wish: float, use: float, links: list[int]) -> None:
        """Habits only grow: what an alternative was asked for in ordinary use, what others missed."""
        usual = sum(float(self.n.amount[k]) for k in links)
        if usual <= 0:
            return
        together = sum(self.ordered[k] for k in links)
        for k in links:
            asked = self.ordered[k] * (use / together if together > use else 1.0)
            missing = min(wish, use) * self.n.amount[k] / usual - asked
            if self.n.potential[k] > 0:
                self.settled[k] += max(0.0, asked - self.settled[k]) / self.n.memory
            self.missed[k] += max(0.0, missing - self.missed[k]) / self.n.memory

    def make(self, i: int, day: int, asked: float) -> float:
        n = self.n
        able, binding = float(n.capacity[i] * self.f.working[day][self.f.working_of[i]]), -1
        should = min(able, asked, n.plan[i])
        held = [s for s in self.slots_of[i] if not self.w.open_slot[s] and n.use[s] > 0]
        for s in held:
            if self.empty[s] < 0 and self.runs_on(s) < should * (1 - 1e-9):
                self.empty[s] = day
            if self.w.essential[s] == 2 and self.runs_on(s) < able:
                able, binding = self.runs_on(s), s
        started = min(able, asked)
        good, worst, lacking = 1.0, 1.0, -1
        for s in held:
            share = self.take(s, started)
            if self.w.essential[s] == 1 and share < 1:
                good *= 1 - n.loss[s] * (1 - share)
                if share < worst:
                    worst, lacking = share, s
        made = float(started * good * self.f.kept[day][self.f.kept_of[i]])
        falls_short = bool(made < n.short_below * min(asked, n.plan[i]) * (1 - 1e-9))
        self.note(i, falls_short, binding if able < asked and binding >= 0 else lacking)
        return made

    def take(self, s: int, started: float) -> float:
        """Share of what the node begins for which this input is there; what is used up leaves the stock."""
        plan = self.n.plan[self.w.slot_node[s]]
        wanted = float(self.n.use[s] * (started / plan if plan > 0 else 0.0))
        if self.n.life[s] > 0:
            return min(1.0, self.runs_on(s) / started) if started > 0 else 1.0
        taken = min(wanted, self.stock[s])
        self.stock[s] -= taken
        self.used[s] += taken
        return taken / wanted if wanted > 0 else 1.0

    def note(self, i: int, falls_short: bool, cause: int) -> None:
        if i == 0:
            self.short.append([])
        if falls_short and self.waits[i] < 0:
            self.waits[i] = cause
        self.short[-1].append(falls_short)

    def ship(self, k: int, day: int, filled: float) -> None:
        n, f = self.n, self.f
        if self.ordered[k] > 0:
            self.served[k] += (filled - self.served[k]) / n.memory
        tonnes = self.ordered[k] * filled
        if tonnes <= 0:
            return
        self.shipped[self.w.month[day]][k] += tonnes
        q = f.quota[k]
        if q >= 0 and f.period[q][day] >= 0:
            beside = f.leakage[q] * n.amount[k]
            self.left[q] = max(0.0, self.left[q] - max(0.0, tonnes - beside) * f.weight[k])
        held = tonnes * f.delayed[day][f.group[k]]
        due, later = day + int(n.lead[k]), int(f.delay[day][f.group[k]])
        self.way[k] += [(due, tonnes - held), (due + later, held)]
        if held > 0 and later > 0 and n.amount[k] > 0 and self.cut[k] < 0:
            self.cut[k] = day

    def story(self) -> Any:
        transit = [sum(tonnes for _, tonnes in self.way[k]) for k in self.links]
        return Story(
            self.output, self.asked, self.short, self.waits, self.empty, self.cut, self.shipped, self.arrived,
            self.stock, self.lowest, self.received, self.used, transit, self.installed, self.released,
        )  # fmt: skip


def unless_rounding(rest: float, whole: float) -> float:
    """What is left of a whole; a billionth of it or less is rounding and counts as nothing."""
    return float(rest) if rest > 1e-9 * whole else 0.0


def share_out(wish: float, usual: dict[int, float], limit: list[float]) -> dict[int, float]:
    """Split a wish in proportion to usual deliveries; what one may not deliver the others are asked for."""
    order = dict.fromkeys(usual, 0.0)
    rest = wish
    while rest > 0:
        free = [k for k in usual if usual[k] > 0 and order[k] < limit[k]]
        if not free:
            break
        together = sum(usual[k] for k in free)
        parts = {k: min(rest * usual[k] / together, limit[k] - order[k]) for k in free}
        for k in free:
            order[k] += parts[k]
        if all(order[k] < limit[k] for k in free):
            break
        rest -= sum(parts.values())
    return order

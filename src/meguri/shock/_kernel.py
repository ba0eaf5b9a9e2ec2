"""The day-by-day inner loop of one run, compiled; its slow plain twin stands in tests/reference.

Order of a day (METHODS 2.1): arrivals → by-products → orders → demand → what each node can make →
rationing → shipment → stocks. Departures from Henriet and Hallegatte, each with its reason, stand in
docs/en/explanation/decisions.md.
"""

from __future__ import annotations

from typing import Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Wiring(NamedTuple):
    """Who is connected to whom; the same for every run. Links are sorted by slot, slots by node."""

    supplier: Ints  # (link,) node that delivers
    link_slot: Ints  # (link,) slot that receives
    slot_links: Ints  # (slot + 1,) first link of each slot
    slot_node: Ints  # (slot,) node that holds the stock
    node_slots: Ints  # (node + 1,) first slot of each node
    essential: Ints  # (slot,) 2 essential, 1 important, 0 minor
    open_slot: Ints  # (slot,) 1 where no supplier is known: always supplied
    host: Ints  # (slot,) node whose by-product fills the slot; -1 where links do
    month: Ints  # (day,) month of each day, counted from 0


class Numbers(NamedTuple):
    """Amounts of one run; tonnes and days."""

    plan: Floats  # (node,) [t/d] planned output
    capacity: Floats  # (node,) [t/d]
    final: Floats  # (node,) [t/d] planned sales outside the chain
    use: Floats  # (slot,) [t/d] use at plan
    loss: Floats  # (slot,) [1] output lost when an important input is absent
    stock: Floats  # (slot,) [t] at day 0
    target: Floats  # (slot,) [d] days of use aimed at
    byproduct: Floats  # (slot,) [t/t] input that can be separated per tonne the host makes
    room: Floats  # (slot,) [t] most by-product that is kept overnight
    amount: Floats  # (link,) [t/d] usual delivery; 0 where not yet qualified
    potential: Floats  # (link,) [t/d] what an alternative could deliver; 0 where qualified
    lead: Ints  # (link,) [d] at least 1
    ready: Floats  # (link,) [d] day from which it may deliver
    first_yield: Floats  # (link,) [1] usable share on that day
    recovery: Floats  # (link,) [d] time constant of the yield
    adjust: float  # [d] in which a gap to the target stock is closed
    surge: float  # [1] how much more than usual a supplier lets one buyer order
    memory: float  # [d] over which a buyer judges how well a supplier delivers
    short_below: float  # [1] a node below this share of what is asked falls short


class Filters(NamedTuple):
    """What controls, disruptions and answers of buyers change in one run.

    Links, nodes and slots that are treated alike share a column; column 0 of each is neutral.
    """

    group: Ints  # (link,) column of the next three
    limit: Floats  # (day, group) [1] share of the usual delivery that may leave; inf = no limit
    delayed: Floats  # (day, group) [1] share of a shipment that is held
    delay: Ints  # (day, group) [d] further days for the held share
    working_of: Ints  # (node,) column of the next
    working: Floats  # (day, wgroup) [1] share of the capacity that works
    kept_of: Ints  # (node,) column of the next
    kept: Floats  # (day, kgroup) [1] share of what is made that is usable
    aim_of: Ints  # (slot,) column of the next
    aim: Floats  # (day, agroup) [1] factor on the days of stock aimed at
    wanted_of: Ints  # (node,) column of the next
    wanted: Floats  # (day, dgroup) [1] factor on sales outside the chain
    quota: Ints  # (link,) quota the link counts against; -1 none
    weight: Floats  # (link,) [t/t] regulated tonnes per tonne of product
    period: Ints  # (quota, day) period of the quota; -1 none
    allotted: Floats  # (quota, period) [t]
    length: Floats  # (quota, period) [d]
    leakage: Floats  # (quota,) [1]
    front: Floats  # (quota,) [1] how much faster than evenly
    carry: Floats  # (quota,) [1] share of a rest that passes on


class Story(NamedTuple):
    """What happened in one run."""

    output: Floats  # (day, node) [t/d] usable output
    asked: Floats  # (day, node) [t/d] orders and final demand
    short: npt.NDArray[np.bool_]  # (day, node) makes less than was asked and planned
    waits: Ints  # (node,) slot that binds on the first short day; -1 none
    empty: Ints  # (slot,) first day the stock cannot cover what the node could use; -1 never
    cut: Ints  # (link,) first day a control binds on a usual link; -1 never
    shipped: Floats  # (month, link) [t] left the supplier
    arrived: Floats  # (month, link) [t] reached the customer
    stock: Floats  # (slot,) [t] at the end
    lowest: Floats  # (slot,) [t] at the end of the worst day
    received: Floats  # (slot,) [t] usable arrivals in all
    used: Floats  # (slot,) [t] in all
    transit: Floats  # (link,) [t] on the way or held at the end


@njit(cache=True, nogil=True)
def _fill_by_water(wish, usual, limit, first, last, order):  # type: ignore[no-untyped-def]
    """Split a wish over links in proportion to their usual deliveries, none above its limit."""
    rest = wish
    for link in range(first, last):
        order[link] = 0.0
    for _ in range(last - first):
        total = 0.0
        for link in range(first, last):
            if order[link] < limit[link]:
                total += usual[link]
        if total <= 0.0 or rest <= 0.0:
            break
        spilled = 0.0
        for link in range(first, last):
            if order[link] < limit[link]:
                more = rest * usual[link] / total
                room = limit[link] - order[link]
                if more > room:
                    spilled += more - room
                    more = room
                order[link] += more
        rest = spilled


@njit(cache=True, nogil=True)
def _limits_of_day(day, n, f, left, usual_in_quota, limit, reach):  # type: ignore[no-untyped-def]
    """Largest order of each usual link today, and what each alternative could deliver."""
    for link in range(limit.size):
        share = f.limit[day, f.group[link]]
        limit[link] = (share if share < 1.0 else 1.0 + n.surge) * n.amount[link]
        reach[link] = min(share, 1.0) * n.potential[link] if day >= n.ready[link] else 0.0
        quota = f.quota[link]
        period = f.period[quota, day] if quota >= 0 else -1
        if period < 0:
            continue
        even = f.allotted[quota, period] / f.length[quota, period]
        allowance = min(left[quota], even * (1.0 + f.front[quota]))
        if n.amount[link] > 0.0 and usual_in_quota[quota] > 0.0:
            part = n.amount[link] * (f.leakage[quota] + allowance / usual_in_quota[quota])
            limit[link] = min(limit[link], part)
        elif f.weight[link] > 0.0:
            reach[link] = min(reach[link], allowance / f.weight[link])


@njit(cache=True, nogil=True)
def _order(day, slot, w, n, f, limit, reach, stock, transit, served, order, cut):  # type: ignore[no-untyped-def]
    """Orders of one slot: its use and part of its gap, first from usual suppliers, then alternatives."""
    first, last = w.slot_links[slot], w.slot_links[slot + 1]
    on_the_way = 0.0
    usual_way = 0.0
    for link in range(first, last):
        on_the_way += transit[link]
        usual_way += n.amount[link] * (n.lead[link] - 1)
    aim = n.target[slot] * f.aim[day, f.aim_of[slot]]
    gap = (aim + 1.0) * n.use[slot] + usual_way - stock[slot] - on_the_way
    wish = max(0.0, n.use[slot] + gap / n.adjust)
    _fill_by_water(wish, n.amount, limit, first, last, order)
    _note_cuts(day, slot, wish, w, n, limit, cut)
    short = wish
    alternatives = 0.0
    for link in range(first, last):
        short -= order[link] * served[link]
        alternatives += reach[link]
    if alternatives <= 0.0 or short <= 0.0:
        return
    for link in range(first, last):
        if reach[link] > 0.0:
            order[link] = reach[link] * min(1.0, short / alternatives)


@njit(cache=True, nogil=True)
def _note_empty(day, node, asked, w, n, stock, empty):  # type: ignore[no-untyped-def]
    """First day on which a stock does not reach for what the node is asked for, at most its plan."""
    share = min(asked / n.plan[node], 1.0) if n.plan[node] > 0.0 else 0.0
    for slot in range(w.node_slots[node], w.node_slots[node + 1]):
        wanted = n.use[slot] * share * (1.0 - 1e-9)
        if empty[slot] < 0 and w.open_slot[slot] == 0 and stock[slot] < wanted:
            empty[slot] = day


@njit(cache=True, nogil=True)
def _note_cuts(day, slot, wish, w, n, limit, cut):  # type: ignore[no-untyped-def]
    """First day on which controls leave a usual link less than its part of the wish."""
    first, last = w.slot_links[slot], w.slot_links[slot + 1]
    usual = 0.0
    for link in range(first, last):
        usual += n.amount[link]
    for link in range(first, last):
        amount = n.amount[link]
        controlled = limit[link] < (1.0 + n.surge) * amount * (1.0 - 1e-9)
        if controlled and cut[link] < 0 and wish * amount / usual > limit[link] * (1.0 + 1e-9):
            cut[link] = day


@njit(cache=True, nogil=True)
def _able(node, working, w, n, stock):  # type: ignore[no-untyped-def]
    """Output the essential inputs and the capacity allow, and the slot that binds (-1: capacity)."""
    able, binding = n.capacity[node] * working, -1
    for slot in range(w.node_slots[node], w.node_slots[node + 1]):
        if w.essential[slot] == 2 and w.open_slot[slot] == 0 and n.use[slot] > 0.0:
            most = stock[slot] / n.use[slot] * n.plan[node]
            if most < able:
                able, binding = most, slot
    return able, binding


@njit(cache=True, nogil=True)
def _make(node, output, w, n, stock, used):  # type: ignore[no-untyped-def]
    """Use the inputs of a day's output; important inputs that lack lower its yield."""
    kept, worst, lacking = 1.0, 1.0, -1
    share = output / n.plan[node] if n.plan[node] > 0.0 else 0.0
    for slot in range(w.node_slots[node], w.node_slots[node + 1]):
        if w.open_slot[slot] == 1 or n.use[slot] <= 0.0:
            continue
        wanted = n.use[slot] * share
        taken = min(wanted, stock[slot])
        stock[slot] -= taken
        used[slot] += taken
        if w.essential[slot] == 1 and wanted > 0.0:
            kept *= 1.0 - n.loss[slot] * (1.0 - taken / wanted)
            if taken / wanted < worst:
                worst, lacking = taken / wanted, slot
    return output * kept, lacking


@njit(cache=True, nogil=True)
def _arrive(day, w, n, due, stock, transit, received, arrived):  # type: ignore[no-untyped-def]
    """What reaches the customers today; only the usable share enters the stock."""
    for link in range(n.amount.size):
        amount = due[day, link]
        if amount <= 0.0:
            continue
        transit[link] -= amount
        arrived[w.month[day], link] += amount
        if n.potential[link] > 0.0:
            since = day - n.ready[link]
            amount *= 1.0 - (1.0 - n.first_yield[link]) * np.exp(-since / n.recovery[link])
        stock[w.link_slot[link]] += amount
        received[w.link_slot[link]] += amount


@njit(cache=True, nogil=True)
def _separate(w, n, made, stock, received):  # type: ignore[no-untyped-def]
    """By-products come as their hosts produced the day before, whether or not they are wanted."""
    for slot in range(w.host.size):
        if w.host[slot] >= 0:
            amount = n.byproduct[slot] * made[w.host[slot]]
            stock[slot] += amount
            received[slot] += amount


@njit(cache=True, nogil=True)
def _let_go(w, n, stock, received):  # type: ignore[no-untyped-def]
    """By-product that was not used and finds no room stays in the host's stream and is lost."""
    for slot in range(w.host.size):
        if w.host[slot] >= 0 and stock[slot] > n.room[slot]:
            received[slot] -= stock[slot] - n.room[slot]
            stock[slot] = n.room[slot]


@njit(cache=True, nogil=True)
def _ship(day, w, n, f, order, filled, left, due, transit, served, shipped, cut):  # type: ignore[no-untyped-def]
    """Send each link its part of the supplier's output; held shares arrive later."""
    days = due.shape[0]
    for link in range(order.size):
        if order[link] > 0.0:
            served[link] += (filled[w.supplier[link]] - served[link]) / n.memory
        amount = order[link] * filled[w.supplier[link]]
        if amount <= 0.0:
            continue
        shipped[w.month[day], link] += amount
        transit[link] += amount
        quota = f.quota[link]
        if quota >= 0 and f.period[quota, day] >= 0:
            counted = max(0.0, amount - f.leakage[quota] * n.amount[link]) * f.weight[link]
            left[quota] = max(0.0, left[quota] - counted)
        held = amount * f.delayed[day, f.group[link]]
        if held > 0.0 and f.delay[day, f.group[link]] > 0 and n.amount[link] > 0.0 and cut[link] < 0:
            cut[link] = day
        soon = day + n.lead[link]
        late = soon + f.delay[day, f.group[link]]
        if soon < days:
            due[soon, link] += amount - held
        if late < days:
            due[late, link] += held


def tell(w: Wiring, n: Numbers, f: Filters) -> Story:
    """Tell the story of one run, day by day.

    Parameters
    ----------
    w, n, f : Wiring, Numbers, Filters
        Connections, amounts and controls; units and axes stand beside each field.

    Returns
    -------
    Story
        Output, shortage and flows; stocks balance: start + received - used = end.
    """
    return _tell(_settled(w), _settled(n), _settled(f))


_WHOLE = {
    part: {name for name, hint in get_type_hints(part).items() if hint == Ints}
    for part in (Wiring, Numbers, Filters)
}


def _settled(part: Any) -> Any:
    """Fields in one type and order in memory: any other mixture would be compiled anew, for seconds."""
    whole = _WHOLE[type(part)]
    return part._make(
        np.require(cells, np.int64 if name in whole else np.float64, ["C", "W"])
        if isinstance(cells, np.ndarray)
        else float(cells)
        for name, cells in zip(part._fields, part, strict=True)
    )


@njit(cache=True, nogil=True)
def _tell(w, n, f):  # type: ignore[no-untyped-def]
    """The days of `tell`."""
    days, links = f.limit.shape[0], n.amount.size
    nodes, slots, quotas = n.plan.size, n.use.size, f.allotted.shape[0]
    months = w.month[days - 1] + 1
    output, asked = np.zeros((days, nodes)), np.zeros((days, nodes))
    short = np.zeros((days, nodes), dtype=np.bool_)
    waits, empty, cut = np.full(nodes, -1), np.full(slots, -1), np.full(links, -1)
    shipped, arrived = np.zeros((months, links)), np.zeros((months, links))
    stock, received, used = n.stock.copy(), np.zeros(slots), np.zeros(slots)
    lowest = n.stock.copy()
    due, transit = np.zeros((days, links)), np.zeros(links)
    order, limit, reach, served = np.zeros(links), np.zeros(links), np.zeros(links), np.ones(links)
    demand, filled, before = np.zeros(nodes), np.zeros(nodes), n.plan.copy()
    left, usual_in_quota = np.zeros(quotas), np.zeros(quotas)
    for link in range(links):
        transit[link] = n.amount[link] * n.lead[link]
        for day in range(min(n.lead[link], days)):
            due[day, link] = n.amount[link]
        if f.quota[link] >= 0:
            usual_in_quota[f.quota[link]] += n.amount[link] * f.weight[link]
    for day in range(days):
        for quota in range(quotas):
            period = f.period[quota, day]
            if period >= 0 and (day == 0 or period != f.period[quota, day - 1]):
                left[quota] = f.allotted[quota, period] + f.carry[quota] * left[quota]
        _arrive(day, w, n, due, stock, transit, received, arrived)
        _separate(w, n, before, stock, received)
        _limits_of_day(day, n, f, left, usual_in_quota, limit, reach)
        for slot in range(slots):
            if w.open_slot[slot] == 0:
                _order(day, slot, w, n, f, limit, reach, stock, transit, served, order, cut)
        for node in range(nodes):
            demand[node] = n.final[node] * f.wanted[day, f.wanted_of[node]]
        for link in range(links):
            demand[w.supplier[link]] += order[link]
        for node in range(nodes):
            working = f.working[day, f.working_of[node]]
            _note_empty(day, node, min(n.capacity[node] * working, demand[node]), w, n, stock, empty)
            able, binding = _able(node, working, w, n, stock)
            made, lacking = _make(node, min(able, demand[node]), w, n, stock, used)
            made *= f.kept[day, f.kept_of[node]]
            output[day, node], asked[day, node], before[node] = made, demand[node], made
            filled[node] = made / demand[node] if demand[node] > 0.0 else 0.0
            if made < n.short_below * min(demand[node], n.plan[node]) * (1.0 - 1e-9):
                short[day, node] = True
                if waits[node] < 0:
                    waits[node] = binding if binding >= 0 and able < demand[node] else lacking
        _let_go(w, n, stock, received)
        lowest = np.minimum(lowest, stock)
        _ship(day, w, n, f, order, filled, left, due, transit, served, shipped, cut)
    return Story(
        output, asked, short, waits, empty, cut, shipped, arrived, stock, lowest, received, used, transit
    )  # fmt: skip

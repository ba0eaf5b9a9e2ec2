"""The day-by-day inner loop of one run, compiled; its slow plain twin stands in tests/reference.

Order of a day (METHODS 2.1): arrivals → by-products → national reserves → orders → demand → wear of
what is installed → what each node can make → rationing → shipment → stocks. Departures from Henriet
and Hallegatte, each with its reason, stand in docs/en/explanation/decisions.md.

Every function runs over all links, slots or nodes and takes its arrays out of the tuples first: in
an inner loop each access through a tuple would count references.
"""

from __future__ import annotations

from typing import Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt
from numba import njit

from meguri.shock._ordering import (  # sha256 dbcf933d5e
    NOTHING,
    OPTIONS,
    ask_alternatives,
    compiled,
    fill_by_water,
    get_used_to,
    note_cuts,
    stay_with,
    turn_to_alternatives,
)
from meguri.shock._price_kernel import Prices, Trade, answer_month, blank_prices  # sha256 2f1b29e413

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
    life: Floats  # (slot,) [d] of an installed good; 0 where the input is used up
    installed: Floats  # (slot,) [t] installed at day 0
    full: Floats  # (slot,) [t] installed at full capacity
    amount: Floats  # (link,) [t/d] usual delivery; 0 where not yet qualified
    potential: Floats  # (link,) [t/d] what an alternative could deliver; 0 where qualified
    lead: Ints  # (link,) [d] at least 1
    ready: Floats  # (link,) [d] day from which it may deliver
    first_yield: Floats  # (link,) [1] usable share on that day
    recovery: Floats  # (link,) [d] time constant of the yield
    adjust: float  # [d] in which a gap to the target stock is closed
    surge: float  # [1] how much more than usual a supplier lets one buyer order
    memory: float  # [d] over which a buyer judges how well a supplier delivers, or gets used to another
    stay: float  # [1] share of what an alternative came to deliver that it keeps when others return
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
    reserve_of: Ints  # (slot,) national reserve that may fill the slot; -1 none
    held: Floats  # (reserve,) [t] at day 0
    rate: Floats  # (reserve,) [t/d] most that leaves it
    below: Floats  # (reserve,) [d] released when cover falls below; inf = whatever the cover
    opens: Ints  # (reserve,) first day on which the rule is looked at
    decide: Ints  # (reserve,) [d] from the rule's being met to the first delivery


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
    installed: Floats  # (slot,) [t] at the end
    released: Floats  # (day, reserve) [t] delivered from national reserves


class State(NamedTuple):
    """What one day hands to the next, and room for the sums of a day."""

    stock: Floats  # (slot,) [t]
    installed: Floats  # (slot,) [t]
    way: Floats  # (slot,) [t] usually on the way
    usual: Floats  # (slot,) [t/d] usual deliveries together
    others: npt.NDArray[np.bool_]  # (slot,) has links that are not yet qualified
    due: Floats  # (day of arrival modulo its size, link) [t]
    transit: Floats  # (link,) [t]
    order: Floats  # (link,) [t/d]
    limit: Floats  # (link,) [t/d] largest order of a usual link
    reach: Floats  # (link,) [t/d] what an alternative could deliver
    served: Floats  # (link,) [1] share of its orders a link lately got
    settled: Floats  # (link,) [t/d] what an alternative came to be asked for in ordinary use
    missed: Floats  # (link,) [t/d] what a usual supplier could not be asked for
    kept: Floats  # (link,) [t/d] what an alternative is asked for before anybody else
    weight: Floats  # (link,) [t/d] by which the rest is shared among usual suppliers
    demand: Floats  # (node,) [t/d]
    should: Floats  # (node,) [t/d] what is asked of the capacity that works, at most the plan
    able: Floats  # (node,) [t/d] what capacity and essential inputs allow
    binding: Ints  # (node,) slot that allows least; -1 capacity
    started: Floats  # (node,) [t/d] what is begun
    good: Floats  # (node,) [1] usable share of it
    worst: Floats  # (node,) [1] least share of an important input that was there
    lacking: Ints  # (node,) important slot that lacks most; -1 none
    made: Floats  # (node,) [t/d] lately
    filled: Floats  # (node,) [1] share of the demand that was made
    left: Floats  # (quota,) [t] of the present period
    in_quota: Floats  # (quota,) [t/d] regulated tonnes of its usual deliveries
    reserve: Floats  # (reserve,) [t] left
    decided: Ints  # (reserve,) first day of delivery; -1 not yet decided
    thrift: Floats  # (node,) [1] share of its sales outside the chain that saving buyers still ask for


@compiled
def _start(days, w, n, f):  # type: ignore[no-untyped-def]
    """The first morning: usual deliveries are on the way, goods are installed, reserves are full."""
    nodes, slots, links = n.plan.size, n.use.size, n.amount.size
    quotas, reserves = f.allotted.shape[0], f.held.size
    longest = n.lead.max() if links > 0 else 0
    span = min(longest + f.delay.max() + 1, days)  # no delivery takes longer
    way, usual, others = np.zeros(slots), np.zeros(slots), np.zeros(slots, dtype=np.bool_)
    due, in_quota = np.zeros((span, links)), np.zeros(quotas)
    for link in range(links):
        usual[w.link_slot[link]] += n.amount[link]
        others[w.link_slot[link]] |= n.potential[link] > 0.0
        way[w.link_slot[link]] += n.amount[link] * (n.lead[link] - 1)
        for day in range(min(n.lead[link], days)):
            due[day, link] = n.amount[link]
        if f.quota[link] >= 0:
            in_quota[f.quota[link]] += n.amount[link] * f.weight[link]
    return State(
        n.stock.copy(), n.installed.copy(), way, usual, others, due, n.amount * n.lead,
        np.zeros(links), np.zeros(links), np.zeros(links), np.ones(links),
        np.zeros(links), np.zeros(links), np.zeros(links), np.zeros(links),
        np.zeros(nodes), np.zeros(nodes), np.zeros(nodes), np.full(nodes, -1),
        np.zeros(nodes), np.ones(nodes), np.ones(nodes), np.full(nodes, -1),
        n.plan.copy(), np.zeros(nodes), np.zeros(quotas), in_quota, f.held.copy(), np.full(reserves, -1),
        np.ones(nodes),
    )  # fmt: skip


@compiled
def _open_periods(day, f, s):  # type: ignore[no-untyped-def]
    """A quota that enters a period gets its allotment and what may be carried over."""
    for quota in range(s.left.size):
        period = f.period[quota, day]
        if period >= 0 and (day == 0 or period != f.period[quota, day - 1]):
            s.left[quota] = f.allotted[quota, period] + f.carry[quota] * s.left[quota]


@compiled
def _arrive(day, w, n, s, received, arrived):  # type: ignore[no-untyped-def]
    """What reaches the customers today; only the usable share enters the stock."""
    link_slot, potential, ready = w.link_slot, n.potential, n.ready
    stock, transit, due = s.stock, s.transit, s.due
    today, month = day % due.shape[0], w.month[day]
    for link in range(transit.size):
        amount = due[today, link]
        if amount <= 0.0:
            continue
        due[today, link] = 0.0
        transit[link] -= amount
        arrived[month, link] += amount
        if potential[link] > 0.0:
            since = day - ready[link]
            amount *= 1.0 - (1.0 - n.first_yield[link]) * np.exp(-since / n.recovery[link])
        stock[link_slot[link]] += amount
        received[link_slot[link]] += amount


@compiled
def _separate(w, n, s, received):  # type: ignore[no-untyped-def]
    """By-products come as their hosts produced the day before, whether or not they are wanted."""
    host, byproduct, stock, made = w.host, n.byproduct, s.stock, s.made
    for slot in range(host.size):
        if host[slot] >= 0:
            amount = byproduct[slot] * made[host[slot]]
            stock[slot] += amount
            received[slot] += amount


@compiled
def _let_go(w, n, s, received):  # type: ignore[no-untyped-def]
    """By-product that was not used and finds no room stays in the host's stream and is lost."""
    host, room, stock = w.host, n.room, s.stock
    for slot in range(host.size):
        if host[slot] >= 0 and stock[slot] > room[slot]:
            received[slot] -= stock[slot] - room[slot]
            stock[slot] = room[slot]


@compiled
def _gap(slot, below, target, use, stock):  # type: ignore[no-untyped-def]
    """What a reserve may bring to a slot [t]."""
    return max(0.0, (min(below, target[slot]) + 1.0) * use[slot] - stock[slot])


@compiled
def _release(day, n, f, s, received, released):  # type: ignore[no-untyped-def]
    """Once decided, a national reserve fills its slots up to its rule's cover or their own target."""
    reserve_of, use, stock, target = f.reserve_of, n.use, s.stock, n.target
    for reserve in range(s.reserve.size):
        if day < f.opens[reserve] or s.reserve[reserve] <= 0.0:
            continue
        held, used, missing = 0.0, 0.0, 0.0
        for slot in range(use.size):
            if reserve_of[slot] == reserve:
                held += stock[slot]
                used += use[slot]
                missing += _gap(slot, f.below[reserve], target, use, stock)
        cover = held / used - 1.0 if used > 0.0 else np.inf  # days that remain after today
        if s.decided[reserve] < 0 and cover < f.below[reserve] - 1e-9:
            s.decided[reserve] = day + f.decide[reserve]
        if s.decided[reserve] < 0 or day < s.decided[reserve] or missing <= 0.0:
            continue
        amount = min(f.rate[reserve], s.reserve[reserve], missing)
        s.reserve[reserve] -= amount
        released[day, reserve] = amount
        for slot in range(use.size):
            if reserve_of[slot] == reserve:
                part = amount * _gap(slot, f.below[reserve], target, use, stock) / missing
                stock[slot] += part
                received[slot] += part


@compiled
def _limits_of_day(day, n, f, s):  # type: ignore[no-untyped-def]
    """Largest order of each usual link today, and what each alternative could deliver."""
    amount, potential, ready, quotas = n.amount, n.potential, n.ready, f.quota
    group, shares, limit, reach = f.group, f.limit, s.limit, s.reach
    free = 1.0 + n.surge
    for link in range(amount.size):
        share = shares[day, group[link]]
        limit[link] = (share if share < 1.0 else free) * amount[link]
        reach[link] = min(share, 1.0) * potential[link] if day >= ready[link] else 0.0
        quota = quotas[link]
        if quota < 0 or f.period[quota, day] < 0:
            continue
        period = f.period[quota, day]
        even = f.allotted[quota, period] / f.length[quota, period]
        allowance = min(s.left[quota], even * (1.0 + f.front[quota]))
        if amount[link] > 0.0 and s.in_quota[quota] > 0.0:
            part = amount[link] * (f.leakage[quota] + allowance / s.in_quota[quota])
            limit[link] = min(limit[link], part)
        elif f.weight[link] > 0.0:
            reach[link] = min(reach[link], allowance / f.weight[link])


@compiled
def _order_by_habit(day, slot, first, last, wish, n, s, cut):  # type: ignore[no-untyped-def]
    """Orders of a slot whose buyer may stay with alternatives: they come first with what they keep."""
    amount, limit, reach, order = n.amount, s.limit, s.reach, s.order
    kept = stay_with(first, last, wish, n.stay, amount, reach, s.settled, s.missed, s.kept, s.weight)
    for link in range(first, last):
        order[link] = wish * amount[link] / s.usual[slot] if s.usual[slot] > 0.0 else 0.0
    note_cuts(day, 1.0 + n.surge, amount, limit, first, last, order, cut)
    fill_by_water(wish - kept, s.weight, limit, first, last, order)
    ask_alternatives(wish, wish - kept, reach, s.served, s.kept, first, last, order)
    get_used_to(first, last, wish, n.use[slot], n.memory, amount, n.potential, order, s.settled, s.missed)


@compiled
def _order(day, w, n, f, s, cut):  # type: ignore[no-untyped-def]
    """Orders of each slot: its use and part of its gap, first from usual suppliers, then alternatives."""
    slot_links, open_slot, use, target, full = w.slot_links, w.open_slot, n.use, n.target, n.full
    amount, limit, reach, served, order = n.amount, s.limit, s.reach, s.served, s.order
    stock, installed, transit, way, aim, aim_of = s.stock, s.installed, s.transit, s.way, f.aim, f.aim_of
    adjust, free, usual, others = n.adjust, 1.0 + n.surge, s.usual, s.others
    for slot in range(use.size):
        first, last = slot_links[slot], slot_links[slot + 1]
        if open_slot[slot] == 1 or first == last:
            continue
        on_the_way = 0.0
        for link in range(first, last):
            on_the_way += transit[link]
        aimed = (target[slot] * aim[day, aim_of[slot]] + 1.0) * use[slot] + way[slot]
        gap = aimed - stock[slot] - on_the_way + (full[slot] - installed[slot])
        wish = use[slot] + gap / adjust
        wish = wish if wish > NOTHING * usual[slot] else 0.0
        if n.stay > 0.0 and others[slot]:
            _order_by_habit(day, slot, first, last, wish, n, s, cut)
            continue
        enough = True
        part = wish / usual[slot] if usual[slot] > 0.0 else 0.0
        for link in range(first, last):
            order[link] = part * amount[link]
            enough = enough and order[link] <= limit[link]
        if not enough:
            note_cuts(day, free, amount, limit, first, last, order, cut)
            fill_by_water(wish, amount, limit, first, last, order)
        if others[slot]:
            turn_to_alternatives(wish, reach, served, first, last, order)


@compiled
def _ask(day, w, n, f, s):  # type: ignore[no-untyped-def]
    """What each node is asked for: orders, and what is wanted today of its sales outside the chain."""
    supplier, demand, order = w.supplier, s.demand, s.order
    for node in range(demand.size):
        demand[node] = n.final[node] * f.wanted[day, f.wanted_of[node]] * s.thrift[node]
    for link in range(order.size):
        demand[supplier[link]] += order[link]


@compiled
def _wear(w, n, s, used):  # type: ignore[no-untyped-def]
    """Installed goods wear by 1 / life a day, run or not, and are replaced from the stock."""
    life, full, open_slot, stock, installed = n.life, n.full, w.open_slot, s.stock, s.installed
    for slot in range(life.size):
        if life[slot] > 0.0 and open_slot[slot] == 0:
            installed[slot] -= installed[slot] / life[slot]
            fitted = min(stock[slot], full[slot] - installed[slot])
            installed[slot] += fitted
            stock[slot] -= fitted
            used[slot] += fitted


@compiled
def _allow(day, w, n, f, s, empty):  # type: ignore[no-untyped-def]
    """Output the working capacity and the essential inputs allow, and the slot that binds."""
    able, binding, should, plan, capacity = s.able, s.binding, s.should, n.plan, n.capacity
    for node in range(able.size):
        able[node], binding[node] = capacity[node] * f.working[day, f.working_of[node]], -1
        should[node] = min(able[node], s.demand[node], plan[node])
    slot_node, essential, open_slot, use = w.slot_node, w.essential, w.open_slot, n.use
    life, full, stock, installed = n.life, n.full, s.stock, s.installed
    for slot in range(use.size):
        if open_slot[slot] == 1 or use[slot] <= 0.0:
            continue
        node = slot_node[slot]
        if life[slot] > 0.0:
            most = installed[slot] / full[slot] * capacity[node]
        else:
            most = stock[slot] / use[slot] * plan[node]
        if empty[slot] < 0 and most < should[node] * (1.0 - 1e-9):
            empty[slot] = day
        if essential[slot] == 2 and most < able[node]:
            able[node], binding[node] = most, slot


@compiled
def _begin(s):  # type: ignore[no-untyped-def]
    """What each node begins today; nothing lacks yet."""
    for node in range(s.started.size):
        s.started[node] = min(s.able[node], s.demand[node])
        s.good[node], s.worst[node], s.lacking[node] = 1.0, 1.0, -1


@compiled
def _take(w, n, s, used):  # type: ignore[no-untyped-def]
    """Use the inputs of what is begun; important inputs that lack lower its yield."""
    slot_node, essential, open_slot, use, life = w.slot_node, w.essential, w.open_slot, n.use, n.life
    plan, started, stock, good, worst = n.plan, s.started, s.stock, s.good, s.worst
    for slot in range(use.size):
        if open_slot[slot] == 1 or use[slot] <= 0.0:
            continue
        node = slot_node[slot]
        if life[slot] > 0.0:
            wanted = started[node]
            taken = min(wanted, s.installed[slot] / n.full[slot] * n.capacity[node])
        else:
            wanted = use[slot] * (started[node] / plan[node] if plan[node] > 0.0 else 0.0)
            taken = min(wanted, stock[slot])
            stock[slot] -= taken
            used[slot] += taken
        if essential[slot] == 1 and wanted > 0.0:
            good[node] *= 1.0 - n.loss[slot] * (1.0 - taken / wanted)
            if taken / wanted < worst[node]:
                worst[node], s.lacking[node] = taken / wanted, slot


@compiled
def _make(day, n, f, s, output, asked, short, waits):  # type: ignore[no-untyped-def]
    """What each node made of what it was asked for, and what it waits for when that is too little."""
    plan, made, demand, filled = n.plan, s.made, s.demand, s.filled
    for node in range(made.size):
        made[node] = s.started[node] * s.good[node] * f.kept[day, f.kept_of[node]]
        output[day, node], asked[day, node] = made[node], demand[node]
        filled[node] = made[node] / demand[node] if demand[node] > 0.0 else 0.0
        if made[node] < n.short_below * min(demand[node], plan[node]) * (1.0 - 1e-9):
            short[day, node] = True
            if waits[node] < 0:
                bound = s.binding[node] >= 0 and s.able[node] < demand[node]
                waits[node] = s.binding[node] if bound else s.lacking[node]


@compiled
def _count(day, link, amount, n, f, s):  # type: ignore[no-untyped-def]
    """What leaves beside the leakage counts against the quota in force."""
    quota = f.quota[link]
    if f.period[quota, day] >= 0:
        counted = max(0.0, amount - f.leakage[quota] * n.amount[link]) * f.weight[link]
        s.left[quota] = max(0.0, s.left[quota] - counted)


@compiled
def _ship(day, w, n, f, s, shipped, cut):  # type: ignore[no-untyped-def]
    """Send each link its part of the supplier's output; held shares arrive later."""
    supplier, order, filled, served, transit = w.supplier, s.order, s.filled, s.served, s.transit
    group, delayed, delay, lead, quotas = f.group, f.delayed, f.delay, n.lead, f.quota
    due, span, days, month = s.due, s.due.shape[0], w.month.size, w.month[day]
    today, pace = day % span, 1.0 / n.memory
    for link in range(order.size):
        if order[link] <= 0.0:
            continue
        part = filled[supplier[link]]
        served[link] += (part - served[link]) * pace
        amount = order[link] * part
        if amount <= 0.0:
            continue
        shipped[month, link] += amount
        transit[link] += amount
        if quotas[link] >= 0:
            _count(day, link, amount, n, f, s)
        held, late = amount * delayed[day, group[link]], lead[link] + delay[day, group[link]]
        if day + lead[link] < days:
            place = today + lead[link]
            due[place - span if place >= span else place, link] += amount - held
        if held > 0.0 and day + late < days:
            place = today + late
            due[place - span if place >= span else place, link] += held
        if cut[link] < 0 and held > 0.0 and late > lead[link] and n.amount[link] > 0.0:
            cut[link] = day


@compiled
def _keep_lowest(stock, lowest):  # type: ignore[no-untyped-def]
    """Stock at the end of the worst day so far."""
    for slot in range(stock.size):
        lowest[slot] = min(lowest[slot], stock[slot])


@compiled
def _blank(days, w, n, f, s):  # type: ignore[no-untyped-def]
    """A story of which nothing has happened yet."""
    nodes, slots, links = n.plan.size, n.use.size, n.amount.size
    months = w.month[days - 1] + 1
    return Story(
        np.empty((days, nodes)), np.empty((days, nodes)), np.zeros((days, nodes), dtype=np.bool_),
        np.full(nodes, -1), np.full(slots, -1), np.full(links, -1),
        np.zeros((months, links)), np.zeros((months, links)),
        s.stock, n.stock.copy(), np.zeros(slots), np.zeros(slots), s.transit, s.installed,
        np.zeros((days, f.held.size)),
    )  # fmt: skip


def tell(w: Wiring, n: Numbers, f: Filters) -> Story:
    """Tell the story of one run in which nothing is priced; see :func:`tell_priced`."""
    return tell_priced(w, n, f, nothing_traded(n, w))[0]


def tell_priced(w: Wiring, n: Numbers, f: Filters, t: Trade) -> tuple[Story, Prices]:
    """Tell the story of one run, day by day, and month by month the prices that answer it.

    Parameters
    ----------
    w, n, f, t : Wiring, Numbers, Filters, Trade
        Connections, amounts, controls and markets; units and axes stand beside each field.

    Returns
    -------
    Story, Prices
        Output, shortage and flows; stocks balance: start + received - used = end. And the prices.
    """
    told: tuple[Story, Prices] = _tell(_settled(w), _settled(n), _settled(f), _settled(t))
    return told


def nothing_traded(n: Numbers, w: Wiring) -> Trade:
    """A run without any market."""
    nodes, links, months = n.plan.size, n.amount.size, int(w.month[-1]) + 1
    no_links, no_months = np.zeros((0, links)), np.zeros((0, months))
    no_nodes, none = np.zeros((0, nodes)), np.zeros(0, dtype=np.int64)
    return Trade(
        no_links, no_links, no_months, no_months, no_months, np.zeros((0, 2, nodes)), np.ones((months, 1)),
        np.zeros((0, 10)), no_months, no_months, none, np.zeros((0, nodes), dtype=np.int64), no_nodes, 0.0,
    )  # fmt: skip


_WHOLE = {
    part: {name for name, hint in get_type_hints(part).items() if hint == Ints}
    for part in (Wiring, Numbers, Filters, Trade)
}


def _settled(part: Any) -> Any:
    """Fields in one type and order in memory: any other mixture would be compiled anew, for seconds."""
    whole = _WHOLE[type(part)]
    settled: list[Any] = []
    for name, cells in zip(part._fields, part, strict=True):
        kind = np.int64 if name in whole else np.float64
        if not isinstance(cells, np.ndarray):
            settled.append(float(cells))
        elif cells.dtype == kind and cells.flags.carray:  # most are; asking numpy for it takes a while
            settled.append(cells)
        else:
            settled.append(np.require(cells, kind, ["C", "W"]))
    return part._make(settled)


@njit(**OPTIONS)
def _tell(w, n, f, t):  # type: ignore[no-untyped-def]
    """All days of `tell_priced`; nothing in it needs Python's lock."""
    days = f.limit.shape[0]
    s, prices = _start(days, w, n, f), blank_prices(t)
    story = _blank(days, w, n, f, s)
    for day in range(days):
        _live(day, w, n, f, s, story)
        if day + 1 == days or w.month[day + 1] != w.month[day]:
            answer_month(w.month[day], f.wanted_of, t, prices, story.arrived, story.shipped, s.thrift)
    return story, prices


@compiled
def _live(day, w, n, f, s, story):  # type: ignore[no-untyped-def]
    """One day."""
    _open_periods(day, f, s)
    _arrive(day, w, n, s, story.received, story.arrived)
    _separate(w, n, s, story.received)
    _release(day, n, f, s, story.received, story.released)
    _limits_of_day(day, n, f, s)
    _order(day, w, n, f, s, story.cut)
    _ask(day, w, n, f, s)
    _wear(w, n, s, story.used)
    _allow(day, w, n, f, s, story.empty)
    _begin(s)
    _take(w, n, s, story.used)
    _make(day, n, f, s, story.output, story.asked, story.short, story.waits)
    _let_go(w, n, s, story.received)
    _keep_lowest(s.stock, story.lowest)
    _ship(day, w, n, f, s, story.shipped, story.cut)

"""Small inputs for tests: arrays for the kernel, and chains with a scenario that hits them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from meguri.shock._kernel import Filters, Numbers, Wiring

Draw = st.DrawFn


def eighths(low: int = 0, high: int = 64) -> st.SearchStrategy[float]:
    """Amounts in eighths: sums and halves of them are exact."""
    return st.integers(low, high).map(lambda count: count / 8)


@st.composite
def kernel_inputs(draw: Draw) -> tuple[Wiring, Numbers, Filters]:
    """Any wiring of 2 to 8 nodes, cycles included, with any numbers and any controls."""
    nodes, days = draw(st.integers(2, 8)), draw(st.integers(5, 40))
    slots = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=8).map(sorted))
    slot_of_link, supplier, usual = [], [], []
    for slot, node in enumerate(slots):
        others = [other for other in range(nodes) if other != node]
        chosen = sorted(draw(st.sets(st.sampled_from(others), min_size=1, max_size=3)))
        slot_of_link += [slot] * len(chosen)
        supplier += chosen
        usual += [draw(st.integers(0, 3)) > 0 for _ in chosen]
    known = {slot for slot, qualified in zip(slot_of_link, usual, strict=True) if qualified}
    wiring = Wiring(
        supplier=np.array(supplier),
        link_slot=np.array(slot_of_link),
        slot_links=np.searchsorted(slot_of_link, np.arange(len(slots) + 1)),
        slot_node=np.array(slots),
        node_slots=np.searchsorted(slots, np.arange(nodes + 1)),
        essential=np.array([draw(st.sampled_from([2, 2, 1, 0])) for _ in slots]),
        open_slot=np.array([int(slot not in known) for slot in range(len(slots))]),
        month=np.arange(days) // 30,
    )
    return wiring, _numbers(draw, nodes, len(slots), usual), _filters(draw, days, len(usual))


def _numbers(draw: Draw, nodes: int, slots: int, usual: list[bool]) -> Numbers:
    links = len(usual)

    def many(count: int, strategy: st.SearchStrategy[Any], kind: type = float) -> Any:
        return np.array(draw(st.lists(strategy, min_size=count, max_size=count)), dtype=kind)

    plan, use = many(nodes, eighths()), many(slots, eighths(0, 32))
    amount = many(links, eighths(1, 32))
    return Numbers(
        plan=plan,
        capacity=plan + many(nodes, eighths(0, 32)),
        final=many(nodes, eighths()),
        use=use,
        loss=many(slots, eighths(0, 8)),
        stock=many(slots, eighths(0, 80)) * use,
        target=many(slots, eighths(0, 80)),
        amount=np.where(usual, amount, 0.0),
        potential=np.where(usual, 0.0, amount),
        lead=many(links, st.integers(1, 6), int),
        ready=many(links, st.sampled_from([0.0, 3.0, 11.0, math.inf])),
        first_yield=many(links, eighths(0, 8)),
        recovery=many(links, eighths(1, 80)),
        adjust=draw(st.sampled_from([1.0, 2.0, 8.0, 30.0])),
        memory=draw(st.sampled_from([2.0, 8.0])),
        short_below=draw(st.sampled_from([0.5, 0.875, 1.0])),
    )


def _filters(draw: Draw, days: int, links: int) -> Filters:
    limit, delayed = np.full((days, links), np.inf), np.zeros((days, links))
    delay = np.zeros((days, links), dtype=np.int64)
    for link in range(links):
        first = draw(st.integers(0, days - 1))
        kind = draw(st.sampled_from(["none", "none", "ban", "share", "delay"]))
        if kind in ("ban", "share"):
            limit[first:, link] = 0.0 if kind == "ban" else draw(eighths(0, 8))
        if kind == "delay":
            delayed[first:, link] = draw(eighths(0, 8))
            delay[first:, link] = draw(st.integers(0, 12))
    quotas = draw(st.integers(0, 2))
    starts = [sorted(draw(st.tuples(*[st.integers(0, days)] * 3))) for _ in range(quotas)]
    period = np.full((quotas, days), -1, dtype=np.int64)
    for quota, (first, change, end) in enumerate(starts):
        period[quota, first:change], period[quota, change:end] = 0, 1
    per_quota = [draw(st.tuples(eighths(0, 8), eighths(0, 16), eighths(0, 8))) for _ in range(quotas)]
    leakage, front, carry = (np.array([one[place] for one in per_quota], dtype=float) for place in range(3))
    return Filters(
        limit=limit,
        delayed=delayed,
        delay=delay,
        quota=np.array([draw(st.integers(-1, quotas - 1)) for _ in range(links)], dtype=np.int64),
        weight=np.array([draw(eighths(0, 8)) for _ in range(links)]),
        period=period,
        allotted=np.array([[draw(eighths(0, 400)) for _ in range(2)] for _ in range(quotas)]).reshape(-1, 2),
        length=np.array([[max(c - a, 1), max(e - c, 1)] for a, c, e in starts], dtype=float).reshape(-1, 2),
        leakage=leakage,
        front=front,
        carry=carry,
    )

"""Why a node falls short: from the input it waits for back to where the shortage began.

Also when what is made is as good as before: a new supplier's goods, or a process whose know-how is
being learnt anew.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.shock._kernel import Filters, Numbers, Story, Wiring

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
GOOD = 0.95  # [1] usable share at which quality counts as restored


class Causes(NamedTuple):
    """One step towards the origin for every node, and the origin itself; -1 where there is none."""

    fell: Ints  # (node,) first day on which it falls short
    by: Ints  # (node,) link into the awaited slot whose deliveries had fallen most by then
    up: Ints  # (node,) node that fell short before and passed it on
    root: Ints  # (node,) node at which the shortage began


def causes(w: Wiring, n: Numbers, story: Story, first: int) -> Causes:
    """Where the shortage of each node comes from, in one run.

    A node that falls short waits for one input. Of the usual suppliers of that input the one counts
    whose deliveries had fallen most, in tonnes, up to the end of that month. If a control binds on
    that link, the shortage begins here; if the supplier had itself fallen short before, it comes from
    there; otherwise it begins here too (a by-product whose host makes less: from the host).

    Parameters
    ----------
    w, n, story : Wiring, Numbers, Story
        One run.
    first : int [d]
        Day from which shortages count.
    """
    after = story.short[first:]
    fell = np.where(after.any(axis=0), after.argmax(axis=0) + first, -1)
    missing = missing_by_month(w, n, story)
    by, up = np.full(fell.size, -1), np.full(fell.size, -1)
    for node in np.flatnonzero((fell >= 0) & (story.waits >= 0)):
        slot = story.waits[node]
        if w.host[slot] >= 0:
            giver = w.host[slot]
        else:
            one, last = w.slot_links[slot], w.slot_links[slot + 1]
            if one == last:
                continue
            by[node] = one + missing[w.month[fell[node]], one:last].argmax()
            if 0 <= story.cut[by[node]] <= fell[node]:
                continue
            giver = w.supplier[by[node]]
        if 0 <= fell[giver] < fell[node]:
            up[node] = giver
    return Causes(fell, by, up, _roots(fell, up))


def missing_by_month(w: Wiring, n: Numbers, story: Story) -> Floats:
    """Usual deliveries that had not arrived by the end of each month; axes (month, link) [t]."""
    days = np.bincount(w.month)[:, None]
    return np.asarray((days * n.amount[None, :] - story.arrived).cumsum(axis=0))


def _roots(fell: Ints, up: Ints) -> Ints:
    """Follow the steps to their end; every step goes to an earlier day, so there is one."""
    there = np.where(up >= 0, up, np.arange(up.size))
    while True:
        further = there[there]
        if np.array_equal(further, there):
            return np.where(fell >= 0, there, -1)
        there = further


def quality_days(w: Wiring, n: Numbers, f: Filters, story: Story, first: int) -> tuple[Floats, Floats]:
    """When a node's quality is first put in doubt, and when it is restored; axes (node,), (node,) [d].

    In doubt from the day on which a newly qualified supplier that does deliver may first do so, or on
    which the node's own process gives less than 95 % usable output because a holder of its conditions
    has left. Restored when the usable share of the goods of all its new suppliers, and of its own
    output, is back at 95 %: y(t) = 1 - (1 - y0) exp(-t / tau) reaches it tau ln((1 - y0) / 0.05) after
    qualification (METHODS 2.1). Days count from ``first``; NaN where quality was never in doubt, inf
    where it is not restored within the horizon.
    """
    days, nodes = story.short.shape
    begins, restored = np.full(nodes, np.inf), np.full(nodes, -np.inf)
    new = np.flatnonzero((n.potential > 0) & (story.arrived.sum(axis=0) > 0))
    customer = w.slot_node[w.link_slot[new]]
    bad = np.maximum((1.0 - n.first_yield[new]) / (1.0 - GOOD), 1.0)
    np.minimum.at(begins, customer, n.ready[new])
    np.maximum.at(restored, customer, n.ready[new] + n.recovery[new] * np.log(bad))
    poor = f.kept < GOOD  # (day, kgroup)
    begins = np.minimum(begins, np.where(poor.any(axis=0), poor.argmax(axis=0), np.inf)[f.kept_of])
    last = np.where(poor.any(axis=0), days - poor[::-1].argmax(axis=0), -np.inf)
    restored = np.maximum(restored, last[f.kept_of])
    restored = np.where(restored >= days, np.inf, np.ceil(restored))
    doubted = np.isfinite(begins)
    return np.where(doubted, begins - first, np.nan), np.where(doubted, restored - first, np.nan)

"""How what a supplier makes is split among those who order it, as the simulation splits it: by orders.

When goods are short, a usual customer orders 1 + surge of what is usual, those outside the chain what they
always ordered, an alternative customer all that it could be delivered. Each gets its part of the orders. A
program free to split would save the process that counts at the expense of all others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from meguri.shock._kernel import Numbers, Wiring

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def most_ordered(w: Wiring, n: Numbers) -> Floats:
    """What usual customers, at most, and those outside the chain order of each node; axes (node,) [t/d]."""
    usual = np.bincount(w.supplier, n.amount, minlength=n.plan.size)
    return np.asarray(n.final + (1.0 + n.surge) * usual)


def usual_parts(w: Wiring, n: Numbers) -> Floats:
    """Part of what its supplier makes that a usual customer gets at least while it orders most; (link,) [1].

    That all others order most too is the worst for it.
    """
    most = most_ordered(w, n)[w.supplier]
    return np.divide((1.0 + n.surge) * n.amount, most, out=np.zeros_like(most), where=most > 0.0)


def other_parts(w: Wiring, n: Numbers, asks: Floats) -> Floats:
    """Most of what its supplier makes that an alternative customer can get; axes (link, step) [1].

    Usual customers order no less than what is usual as long as anything is short.

    Parameters
    ----------
    w, n : Wiring, Numbers
        Who orders how much.
    asks : array (link, step) [t/d]
        What alternatives that are qualified without a plan may order.
    """
    together = np.zeros((n.plan.size, asks.shape[1]))
    np.add.at(together, w.supplier, asks)
    own = n.potential[:, None]
    most = n.plan[w.supplier][:, None] + together[w.supplier] - asks + own
    return np.divide(own, most, out=np.zeros_like(most), where=most > 0.0)


def all_other_parts(w: Wiring, n: Numbers) -> Floats:
    """Most of what a node makes that all its alternative customers together can get; axes (node,) [1]."""
    asked = np.bincount(w.supplier, n.potential, minlength=n.plan.size)
    most = n.plan + asked
    return np.divide(asked, most, out=np.zeros_like(most), where=most > 0.0)


def parts_of(w: Wiring, n: Numbers, links: Ints, node: int) -> float:
    """Most of what a node makes that some of its links get together when all order most; [1]."""
    asked = float(((1.0 + n.surge) * n.amount + n.potential)[links].sum())
    usual = float(((1.0 + n.surge) * n.amount)[links].sum())
    most = float(most_ordered(w, n)[node]) - usual + asked
    return asked / most if most > 0.0 else 1.0

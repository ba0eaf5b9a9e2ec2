"""National reserves as rows of the program: what they hold, how fast, and split by use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from meguri.respond.rows import Rows, Span
from meguri.shock._kernel import Filters

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Brought = Mapping[int, Sequence[tuple[int, float, Floats]]]  # reserve → option, per unit, share there


def put_reserves(
    rows: Rows, span: Span, f: Filters, slots: Ints, use: Floats, balance: Ints, brought: Brought
) -> list[tuple[Ints, Ints]]:
    """Reserves bring what they hold to the slots they serve, once they are open, in proportion to use.

    Parameters
    ----------
    rows, span : Rows, Span
        The block that is built.
    f : Filters
        Reserves of the world.
    slots, use : array of slots, array (slot of the program,) [t/d]
        Those of the program and what each uses.
    balance : array (slot of the program, step)
        Rows into which it is given.
    brought : mapping
        What options put into each reserve.

    Returns
    -------
    list of (places among the slots, columns)
        What is given, by reserve.
    """
    found = []
    for reserve in range(f.held.size):
        at = np.flatnonzero(f.reserve_of[slots] == reserve)
        if not at.size:
            continue
        given = rows.column(at.size)
        found.append((at, given))
        rows.put(balance[at], given, -1.0)
        own = use[at][:, None]
        opens = max(float(f.opens[reserve] - span.first), 0.0) + float(f.decide[reserve])
        share = np.clip(span.starts[1:] - opens, 0.0, span.length) / span.length
        part = own / own.sum()
        pace = rows.row(at.size, f.rate[reserve] * part * share[None, :])
        rows.put(pace, given, own)
        total = rows.row(at.size, f.held[reserve] * part, 1)
        rows.put(total, given, own * span.length[None, :])
        for option, per_unit, there in brought.get(reserve, []):
            rows.bring(total, option, per_unit * there[0] * part)
    return found

"""How a buyer splits what it wishes over its suppliers, compiled.

Usual suppliers come first, in proportion to their usual deliveries; what experience says they will
not bring is ordered from alternatives. A buyer who had to qualify another supplier does not send all
of it back when the usual one returns: what an alternative came to deliver in ordinary use is
remembered, and so is what each usual supplier could not be asked for; later the share ``stay`` of the
first is asked of the alternative before anybody else, and those who failed lose it, in proportion to
what they missed. All arrays are (link,) and are changed in place where that is said.

numba's cache of ``_kernel`` sees the words of ``_kernel.py`` only, not this file: the digest noted
there must follow every change made here (a test asks for it), or old machine code would go on running.
"""

from __future__ import annotations

from typing import Any

from numba import njit

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}  # divisions are guarded
# only two functions are called from Python: a way in for each part would take most of the compilation
compiled = njit(**OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True})
NOTHING = 1e-9  # share of a wish, or of a usual delivery, that is rounding and no order


@compiled
def fill_by_water(wish, usual, limit, first, last, order):  # type: ignore[no-untyped-def]
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
        spilled, part = 0.0, rest / total
        for link in range(first, last):
            if order[link] < limit[link]:
                more = part * usual[link]
                room = limit[link] - order[link]
                if more > room:
                    spilled += more - room
                    more = room
                order[link] += more
        rest = spilled


@compiled
def note_cuts(day, free, usual, limit, first, last, order, cut):  # type: ignore[no-untyped-def]
    """First day on which controls leave a usual link less than its part of the wish."""
    for link in range(first, last):
        controlled = cut[link] < 0 and limit[link] < free * usual[link] * (1.0 - 1e-9)
        if controlled and order[link] > limit[link] * (1.0 + 1e-9):
            cut[link] = day


@compiled
def turn_to_alternatives(wish, reach, served, first, last, order):  # type: ignore[no-untyped-def]
    """What experience says will be missing is ordered from qualified alternatives."""
    short = wish
    alternatives = 0.0
    for link in range(first, last):
        short -= order[link] * served[link]
        alternatives += reach[link]
    if alternatives <= 0.0 or short <= NOTHING * wish:
        return
    for link in range(first, last):
        if reach[link] > 0.0:
            order[link] = reach[link] * min(1.0, short / alternatives)


@compiled
def stay_with(first, last, wish, stay, amount, reach, settled, missed, kept, weight):  # type: ignore[no-untyped-def]
    """What stays with alternatives today (into ``kept``), and how the rest is shared (into ``weight``)."""
    together, failed = 0.0, 0.0
    for link in range(first, last):
        kept[link] = min(stay * settled[link], reach[link])
        together += kept[link]
        failed += missed[link]
    most = min(wish, failed)  # nobody loses more than it missed
    part = most / together if together > most else 1.0
    together = min(together, most)
    for link in range(first, last):
        kept[link] *= part
        loss = together * missed[link] / failed if failed > 0.0 else 0.0
        weight[link] = amount[link] - loss if amount[link] - loss > NOTHING * amount[link] else 0.0
    return together if wish - together > NOTHING * wish else wish


@compiled
def ask_alternatives(wish, rest, reach, served, kept, first, last, order):  # type: ignore[no-untyped-def]
    """Alternatives get what stays with them and their part of what usual suppliers will not bring."""
    short, more = rest, 0.0
    for link in range(first, last):
        short -= order[link] * served[link]
        more += reach[link] - kept[link]
    share = min(1.0, short / more) if more > 0.0 and short > NOTHING * wish else 0.0
    for link in range(first, last):
        if reach[link] > 0.0:
            order[link] = kept[link] + (reach[link] - kept[link]) * share


@compiled
def get_used_to(first, last, wish, use, memory, amount, potential, order, settled, missed):  # type: ignore[no-untyped-def]
    """Add today's orders to ``settled`` and ``missed``, rebuilding of stocks left out; both only grow."""
    usual, ordered = 0.0, 0.0
    for link in range(first, last):
        usual += amount[link]
        ordered += order[link]
    if usual <= 0.0:
        return
    ordinary = use / ordered if ordered > use else 1.0
    for link in range(first, last):
        asked = order[link] * ordinary
        if potential[link] > 0.0:
            settled[link] += max(asked - settled[link], 0.0) / memory
        missing = min(wish, use) * amount[link] / usual - asked
        missed[link] += max(missing - missed[link], 0.0) / memory

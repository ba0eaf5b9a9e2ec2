"""Buyers who stay with alternatives once qualified: hysteresis of supply, compiled.

A buyer who had to qualify another supplier does not send all of it back when the usual one returns.
What an alternative came to deliver in ordinary use is remembered, and so is what each usual supplier
could not be asked for; later the share ``stay`` of the first is asked of the alternative before
anybody else, and those who failed lose it, in proportion to what they missed. With ``stay`` 0 nothing
of this happens. All arrays are (link,) and are changed in place where that is said.

numba's cache of ``_kernel.tell`` sees the words of ``_kernel.py`` only, not this file: the digest noted
there must follow every change made here (a test asks for it), or old machine code would go on running.
"""

from __future__ import annotations

from numba import njit

compiled = njit(cache=True, nogil=True, error_model="numpy")  # every division here is guarded
NOTHING = 1e-9  # share of a wish, or of a usual delivery, that is rounding and no order


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

"""Dated controls: who restricted what, in which form, toward whom, from when to when."""

from __future__ import annotations

import pandas as pd

from meguri.observe.packaged import facts, holds


def controls(element: str | None = None, on: str | None = None) -> pd.DataFrame:
    """Controls, all or those that name an element (``REO`` rows name every rare earth).

    Parameters
    ----------
    element : str, optional
        Element key. A control resolves to elements, never to a class name: the licence of April
        2025 does not show up for Nd.
    on : str, optional
        ISO date: keep the controls in force on that day; suspended ones are left out.

    Examples
    --------
    >>> "cn-mh-ree-2025" in set(controls("Dy", on="2025-06-01")["control"])
    True
    >>> "cn-mh-ree-2025" in set(controls("Nd")["control"])
    False
    """
    table = facts("dated_controls", "controls.csv")
    if element is not None:
        named = holds(table["elements"], element)
        if element in RARE_EARTHS:
            named |= holds(table["elements"], "REO")
        table = table[named]
    if on is not None:
        begun = table["start"].map(lambda day: day <= on[: len(day)])
        over = table["end"].map(lambda day: bool(day) and day < on[: len(day)])
        table = table[begun & ~over & (table["status"] != "suspended")]
    return table.sort_values(["start", "control"], kind="stable").reset_index(drop=True)


RARE_EARTHS = (
    "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Sc", "Y", "REO",
)  # fmt: skip

"""Events with the precision of their dates: what the documents say, and what the public record says."""

from __future__ import annotations

import pandas as pd

from meguri.observe.controls import RARE_EARTHS
from meguri.observe.packaged import facts, holds


def chronicle(element: str | None = None) -> pd.DataFrame:
    """Events of the documents and of the public record, side by side and in order.

    Parameters
    ----------
    element : str, optional
        Element key; events on rare earths as a whole count for each rare earth.

    Returns
    -------
    DataFrame
        Columns of ``chronicle``; ``agrees`` says how an event of the documents stands against the
        public record, whose own dates are in ``public_start`` and ``public_end``.

    Examples
    --------
    >>> events = chronicle("Dy").set_index("event")
    >>> events.at["ev-002", "start"], events.at["ev-002", "agrees"], events.at["ev-002", "public_start"]
    ('2010-01', 'none-found', '2010-09-21')
    """
    table = facts("chronicle", "chronicle.csv", "chronicle_public.csv")
    if element is not None:
        named = holds(table["elements"], element)
        if element in RARE_EARTHS:
            named |= holds(table["elements"], "REO")
        table = table[named]
    return table.sort_values(["start", "end", "event"], kind="stable").reset_index(drop=True)

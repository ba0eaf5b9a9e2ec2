"""Tables as a page shows them: the columns a reader needs, and names where the table holds keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd


def picked(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The columns named, in that order.

    Examples
    --------
    >>> picked(pd.DataFrame({"a": [1], "b": [2], "c": [3]}), ["c", "a"]).columns.to_list()
    ['c', 'a']
    """
    return frame[list(names)].reset_index(drop=True)


def worded(frame: pd.DataFrame, words: Mapping[str, str], *columns: str) -> pd.DataFrame:
    """Keys of some columns replaced by their names; one without a name stays.

    Examples
    --------
    >>> worded(pd.DataFrame({"stock": ["ev", "x"]}), {"ev": "Used cars"}, "stock")["stock"].to_list()
    ['Used cars', 'x']
    """
    held = [name for name in columns if name in frame]
    return frame.assign(**{name: [words.get(str(cell), cell) for cell in frame[name]] for name in held})

"""Sharpest bounds of the share of a group of classes when the weights of a good add to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


def group_bounds(
    rows: pd.DataFrame, by: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> dict[Any, Array]:
    """Weight, least and most of every group of classes, by good.

    A group holds no less than its own least and than what the other classes cannot take, and no more
    than its own most and than what the others leave.

    Parameters
    ----------
    rows : DataFrame
        Columns ``by``, class, weight, low, high; the weights of a good add to 1.
    by : sequence of str
        Columns that name a good.
    groups : mapping of str to sequence of str
        Classes of each group.

    Returns
    -------
    dict of key to array (group, 3) [1]

    Examples
    --------
    >>> rows = pd.DataFrame({"code": ["a", "a"], "class": ["X", "Y"], "weight": [0.5, 0.5],
    ...                      "low": [0.1, 0.4], "high": [0.9, 0.8]})
    >>> group_bounds(rows, ["code"], {"X": ["X"]})["a"].round(9).tolist()  # Y leaves X 0.2 to 0.6
    [[0.5, 0.2, 0.6]]
    """
    wide = {
        name: rows.pivot_table(index=list(by), columns="class", values=name, aggfunc="sum").fillna(0.0)
        for name in ("weight", "low", "high")
    }
    classes, index = wide["weight"].columns, wide["weight"].index
    inside = np.array([[float(one in members) for members in groups.values()] for one in classes])
    weight, low, high = (wide[name].to_numpy() for name in ("weight", "low", "high"))
    least = np.maximum(low @ inside, 1.0 - high @ (1.0 - inside))
    most = np.minimum(high @ inside, 1.0 - low @ (1.0 - inside))
    ends = np.stack([weight @ inside, np.maximum(0.0, least), np.clip(most, 0.0, 1.0)], axis=2)
    return dict(zip(index, ends, strict=True))

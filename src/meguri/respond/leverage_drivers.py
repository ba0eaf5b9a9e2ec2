"""What a card hangs on: each input at the two ends of its range, all others at their value.

One input at a time is no variance decomposition: it leaves out what inputs do together. It needs few runs
and says in the units of the answer how far each range reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.leverage import ATTRIBUTES
from meguri.respond.feedback import Control
from meguri.respond.leverage_card import drawn_card
from meguri.respond.leverage_data import LeverageData, leverage_data

AFTER = 3.0  # [a] the middle horizon
RANGED: Mapping[str, tuple[str, ...]] = {  # ranged columns of the tables that a card is drawn from
    "items": ("start", "pressure"),
    "start": ("self_supply", "third", "third_most", "lag"),
    "losses": ("loss",),
}


def drivers(
    item: str,
    holder: str,
    partner: str,
    control: Control | None = None,
    data: LeverageData | None = None,
    after: float = AFTER,
) -> pd.DataFrame:
    """Inputs of one card by how far their ranges move what it is worth.

    Parameters
    ----------
    item, holder, partner : str
        Keys of the card.
    control : Control, optional
        Pressure and lift; left out, those of the item.
    data : LeverageData, optional
        Tables; left out, the packaged ones.
    after : float [a]
        Years after which worth is compared.

    Returns
    -------
    DataFrame
        Columns of ``leverage_drivers``, the largest swing first; inputs without effect are left out.

    Examples
    --------
    >>> table = drivers("hf", "JP", "KR")
    >>> table["swing"].is_monotonic_decreasing, bool((table["swing"] > 0).all())
    (True, True)
    """
    held = leverage_data() if data is None else data
    rows = []
    for name, ends in _ends(held, item, holder, partner):
        worth = [_worth((item, holder, partner), control, changed, after) for _, changed in ends]
        cells = {"item": item, "holder": holder, "partner": partner, "input": name, "years": after}
        cells |= dict(zip(("low", "high"), (value for value, _ in ends), strict=True))
        rows.append(cells | {"at_low": worth[0], "at_high": worth[1], "swing": abs(worth[1] - worth[0])})
    schema = Schema.of("leverage_drivers")
    table = pd.DataFrame(rows, columns=schema.names)
    table = table[table["swing"] > 0].sort_values(["swing", "input"], ascending=[False, True], kind="stable")
    return schema.check(table.reset_index(drop=True)) if len(table) else schema.empty()


def _worth(pair: tuple[str, str, str], control: Control | None, data: LeverageData, after: float) -> float:
    """Leverage some years after the start, every range at its value."""
    items = data.tables["items"]
    row = dict(items[items["item"] == pair[0]].iloc[0])
    card = drawn_card(data, row, pair, control, 1, 1)
    return float(np.interp(after, card.at, card.leverage(True)[0]))


def _ends(
    data: LeverageData, item: str, holder: str, partner: str
) -> Iterator[tuple[str, list[tuple[float, LeverageData]]]]:
    """Name of each input and the tables with it at its low and at its high end."""
    for table, columns in RANGED.items():
        row = _place(data, table, item, holder, partner)
        for column in columns:
            found = [_set(data, table, row, column, f"{column}_{end}") for end in ("low", "high")]
            if found[0][0] < found[1][0]:
                yield column, found
    rated = data.tables["attributes"]
    for attribute in ATTRIBUTES:
        rows = rated.index[(rated["item"] == item) & (rated["attribute"] == attribute)]
        own = [row for row in rows if rated.at[row, "partner"] in (partner, "")]
        if own:
            row = max(own, key=lambda place: str(rated.at[place, "partner"]))
            found = [_set(data, "attributes", row, "value", f"value_{end}") for end in ("low", "high")]
            if found[0][0] < found[1][0]:
                yield attribute, found


def _place(data: LeverageData, table: str, item: str, holder: str, partner: str) -> Any:
    """Index of the row a card is drawn from."""
    rows = data.tables[table]
    if table == "items":
        return rows.index[rows["item"] == item][0]
    chosen = data.row(table, item, holder, partner) or {}
    keys = ["item", "holder", "partner"]
    return rows.index[(rows[keys] == [chosen[key] for key in keys]).all(axis=1)][0]


def _set(data: LeverageData, table: str, row: Any, column: str, end: str) -> tuple[float, LeverageData]:
    """The tables with one cell at an end of its range."""
    changed = data.tables[table].copy()
    value = changed.at[row, end]
    value = float(changed.at[row, column]) if pd.isna(value) else float(value)
    changed.loc[row, [column, end.replace("_high", "_low"), end.replace("_low", "_high")]] = value
    return value, replace(data, tables={**data.tables, table: changed})

"""What a firm's own records let one say of the day it is gone: quantity, strength, time to come back."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.observe.shop import Shop
from meguri.respond.knockout import knock_out
from meguri.structure.knowhow_read import network_of_shop

RUNS = 10  # the ranges are wide; more draws move them little


def gone(shop: Shop, runs: int = RUNS, seed: int = 1) -> pd.DataFrame:
    """Change of each measure over all processes the firm serves, when nobody else is known to hold its work.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    runs, seed : int
        Draws over the assumed sizes of effects.

    Returns
    -------
    DataFrame
        Columns of ``card_gone``: middle of the processes, lowest and highest end of any of them; after over
        before, and days until strength is back. Empty where no job names a process and a customer, or
        no function left a trace. Grade assumed: the sizes are.

    Examples
    --------
    >>> gone(Shop.of({})).empty
    True
    """
    schema = Schema.of("card_gone")
    try:
        tables = knock_out(network_of_shop(shop), "this-firm", runs=runs, seed=seed).tables
    except DataError:  # nothing in these records says what the firm does for whom
        return schema.empty()
    return changes_of(tables)


def changes_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The tables of a knock-out as one range for each measure, over all processes the firm serves.

    Returns
    -------
    DataFrame
        Columns of ``card_gone``.
    """
    schema = Schema.of("card_gone")
    told = tables["knockout"]
    ratio = told.assign(**{end: told[end] / told["before"] for end in ("after", "low", "high")})
    rows = [
        {"measure": measure, "middle": part["after"].median(), "low": part["low"].min(),
         "high": part["high"].max(), "unit": "1"}
        for measure, part in ratio.groupby("measure", sort=False)
    ]  # fmt: skip
    back = tables["knockout_back"]
    rows.append({
        "measure": "back", "middle": back["back"].median(), "low": back["back_low"].min(),
        "high": back["back_high"].max(), "unit": "d",
    })  # fmt: skip
    return schema.check(pd.DataFrame(rows).assign(grade="assumed"), "card_gone")

"""Controlled items, their attributes and what was observed of them: the tables behind leverage.

Attributes were rated from technical facts before any coefficient was fitted; ``frozen`` shows that they
still are what was recorded then. An observation names its measure, and measures are never mixed.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import checksum
from meguri.base.tables import Schema
from meguri.base.terms import find_key, packaged, suggest

ATTRIBUTES = ("reconstructibility", "black_box", "embeddedness", "price_incentive", "state_push")


@cache
def _read(name: str) -> pd.DataFrame:
    with packaged("leverage", f"{name}.csv").open("rb") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of(f"leverage_{name}").check(frame, f"leverage/{name}.csv")


def leverage_items() -> pd.DataFrame:
    """Items with their default pair, control, pressure and start (columns of ``leverage_items``).

    Examples
    --------
    >>> items = leverage_items().set_index("item")
    >>> items.loc["hf", ["holder", "partner", "control_start"]].tolist()
    ['JP', 'KR', '2019-07-04']
    """
    return _read("items").copy()


def leverage_item(item: str) -> pd.Series:
    """One item by its key or by its name in either language.

    Raises
    ------
    DataError
        When there is no such item; the nearest one is named.

    Examples
    --------
    >>> leverage_item("フッ化水素（エッチング用）")["item"]
    'hf'
    """
    table = _read("items")
    asked = item.strip().casefold()
    named = table[["item", "label_en", "label_ja"]].apply(lambda cells: cells.str.casefold() == asked)
    found = table[named.any(axis=1)]
    if found.empty:
        known = table["item"].tolist()
        near = suggest(item, known) or ", ".join(known)
        raise DataError(Problem("leverage_item", "item", item[:80], "", {"near": near}))
    return found.iloc[0].copy()


def leverage_attributes(item: str | None = None, partner: str | None = None) -> pd.DataFrame:
    """Ratings of the five attributes with reasons (columns of ``leverage_attributes``).

    Parameters
    ----------
    item : str, optional
        Key of an item; all items when left out.
    partner : str, optional
        Key or name of an economy: its own rating where there is one, else the one for every economy.

    Returns
    -------
    DataFrame
        Five rows for an item and a partner; without a partner every rating there is.

    Raises
    ------
    DataError
        When the item or the economy is unknown.

    Examples
    --------
    >>> korea, other = (leverage_attributes("hf", partner).iloc[-1] for partner in ("KR", "CN"))
    >>> float(korea["value"]), other["partner"], float(other["value_high"])
    (0.7, '', 0.9)
    """
    table = _read("attributes")
    if item is not None:
        table = table[table["item"] == leverage_item(item)["item"]]
    if partner is not None:
        table = table[table["partner"].isin(["", _economy(partner)])]
        table = table.sort_values("partner", ascending=False, kind="stable")
        table = table.drop_duplicates(["item", "attribute"]).sort_index()
    return table.reset_index(drop=True)


def _economy(name: str) -> str:
    key = find_key(name, "countries")
    if key is None:
        raise DataError(Problem("term_countries", "partner", name[:80], "", {"near": "JP, KR, CN"}))
    return key


def leverage_observations(item: str | None = None, use: str | None = None) -> pd.DataFrame:
    """What was observed or printed of an item (columns of ``leverage_observations``).

    Examples
    --------
    >>> seen = leverage_observations("wfe", use="fit").iloc[0]
    >>> float(seen["start"]), float(seen["value"]), seen["measure"]
    (0.051, 0.113, 'home-share')
    """
    table = _read("observations")
    if item is not None:
        table = table[table["item"] == leverage_item(item)["item"]]
    if use is not None:
        table = table[table["use"] == use]
    return table.reset_index(drop=True)


def leverage_reroutes(item: str, economy: str) -> pd.DataFrame:
    """Third countries through which goods are reported to have come (columns of ``leverage_reroutes``).

    What the press reports is no test: ``seen`` stays empty here, to be filled from the months at hand.

    Examples
    --------
    >>> leverage_reroutes("hf", "KR")[["partner", "times"]].to_numpy().tolist()
    [['TW', 6.0]]
    """
    table = _read("reroutes")
    return table[(table["item"] == item) & (table["economy"] == economy)].reset_index(drop=True)


def leverage_coefficients() -> pd.DataFrame:
    """Global coefficients before any observation is seen (columns of ``leverage_coefficients``).

    Examples
    --------
    >>> leverage_coefficients()["coefficient"].tolist()[:2]
    ['own_drive', 'forced_drive']
    """
    return _read("coefficients").copy()


def leverage_frozen() -> pd.DataFrame:
    """Whether ratings and first coefficients still are what was recorded before the first fit.

    Examples
    --------
    >>> leverage_frozen()["same"].unique().tolist()
    ['same']
    """
    with packaged("leverage", "frozen.csv").open("rb") as file:
        record = pd.read_csv(file, dtype=str)
    now = record["what"].map(lambda name: checksum(packaged("leverage", name)))
    same = np.where(now == record["sha256"], "same", "changed")
    return Schema.of("leverage_frozen").check(record.assign(same=same), "leverage/frozen.csv")


def year_of(date: str) -> float:
    """A date as a year with its fraction; a month or a year stands for its middle.

    Examples
    --------
    >>> [round(year_of(date), 2) for date in ("2019-07-02", "2019", "2023-03")]
    [2019.5, 2019.5, 2023.2]
    """
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 1:
        return parts[0] + 0.5
    day = dt.date(parts[0], parts[1], parts[2] if len(parts) == 3 else 16)
    first, after = dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (after - first).days

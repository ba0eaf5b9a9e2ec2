"""What the page, the workbook and the papers of a screening are made of: one case, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from meguri.base.errors import Problem
from meguri.base.sources import cited
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.observe.control_entries import control_entries
from meguri.respond.comparison_sheet import comparison
from meguri.respond.screening import ScreenAnswer

OPEN = ("candidate", "cannot-exclude")


def _told(table: pd.DataFrame, key: str, column: str) -> dict[str, str]:
    """A column by key, as text."""
    return dict(zip(table[key].astype(str), table[column].astype(str), strict=True))


@dataclass(frozen=True)
class ScreenCase:
    """A screening with the sheets it was made from.

    Attributes
    ----------
    answer : ScreenAnswer
        What the comparison found.
    goods, customers : DataFrame
        Columns of ``shop_items`` and ``shop_customers``.
    on : str
        ISO day of shipment.
    destination, end_user : str
        Country asked for (key) and name of the receiver; empty where not given.
    names : tuple of str
        Names that were compared with the lists.
    listed : DataFrame
        Columns of ``entities``: the lists compared with.
    least : float
        Least nearness shown [0-100].
    trial : DataFrame
        Columns of ``name_thresholds``.
    since : str
        First day of the change alerts; empty for none.
    changes : DataFrame
        Columns of ``screen_changes``.
    files : tuple of str
        Names of the sheets read.
    understood : DataFrame
        Columns of ``joblog_understood``: which heading was taken for what.
    unread : tuple of Problem
        Cells that could not be read; ``dropped`` counts further ones.
    """

    answer: ScreenAnswer
    goods: pd.DataFrame
    customers: pd.DataFrame
    on: str
    destination: str
    end_user: str
    names: tuple[str, ...]
    listed: pd.DataFrame
    least: float
    trial: pd.DataFrame
    since: str
    changes: pd.DataFrame
    files: tuple[str, ...]
    understood: pd.DataFrame = field(default_factory=lambda: Schema.of("joblog_understood").empty())
    unread: tuple[Problem, ...] = ()
    dropped: int = 0
    compared: pd.DataFrame = field(init=False)
    entries: Mapping[str, Mapping[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        shown = self.answer.verdicts[self.answer.verdicts["verdict"].ne("not-in-list-on-that-date")]
        object.__setattr__(self, "compared", comparison(self.goods, shown))
        rows = control_entries(self.on).to_dict("records")
        object.__setattr__(self, "entries", {row["entry"]: row for row in rows})

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Verdicts once for each pair of item and entry, whatever the destination."""
        return self.answer.verdicts.drop_duplicates(["item", "entry"])

    @cached_property
    def pairs_of(self) -> dict[str, pd.DataFrame]:
        """Pairs of each item."""
        return {str(item): rows for item, rows in self.pairs.groupby("item", sort=False)}

    @cached_property
    def near_of(self) -> dict[str, pd.DataFrame]:
        """Pairs of each item that stay open and that something points at; no item is left out."""
        found = {str(item): rows for item, rows in self.near.groupby("item", sort=False)}
        return {str(item): found.get(str(item), self.near.head(0)) for item in self.goods["item"]}

    @cached_property
    def names_of(self) -> dict[str, str]:
        """Name of each item."""
        return _told(self.goods, "item", "name")

    @cached_property
    def buyers_of(self) -> dict[str, str]:
        """Key of the customer of each item."""
        return _told(self.goods, "item", "customer")

    @cached_property
    def customers_of(self) -> dict[str, str]:
        """Name of each customer."""
        return _told(self.customers, "customer", "name")

    @cached_property
    def requirements(self) -> dict[tuple[str, str], list[dict[Any, Any]]]:
        """Rows of the comparison of each pair of item and entry."""
        found: dict[tuple[str, str], list[dict[Any, Any]]] = {}
        for row in self.compared.to_dict("records"):
            found.setdefault((row["item"], row["entry"]), []).append(row)
        return found

    @cached_property
    def verdicts_of(self) -> dict[tuple[str, str], list[dict[Any, Any]]]:
        """Rows of the verdicts of each pair, one for each destination and way."""
        found: dict[tuple[str, str], list[dict[Any, Any]]] = {}
        for row in self.answer.verdicts.to_dict("records"):
            found.setdefault((row["item"], row["entry"]), []).append(row)
        return found

    @cached_property
    def near(self) -> pd.DataFrame:
        """Pairs that stay open and that something points at: what to look at first."""
        pairs = self.pairs
        return pairs[pairs["verdict"].isin(OPEN) & pairs["signals"].ne("")]

    @property
    def abroad(self) -> pd.DataFrame:
        """Steps of ways that cross a border through a customer, or may."""
        ways = self.answer.paths
        return ways[ways["step"].gt(1) & ways["border"].ne("no")]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by their declared names."""
        own = {"screen_comparison": self.compared, "screen_changes": self.changes}
        return {**self.answer.tables, **own, "name_thresholds": self.trial}

    def item_name(self, item: str) -> str:
        """Key and name of an item."""
        return " ".join(part for part in (item, self.names_of.get(item, "")) if part)

    def entry_name(self, entry: str, lang: Lang) -> str:
        """What an entry names."""
        return self.entries[entry][f"item_{lang}"]

    def customer_of(self, item: str) -> str:
        """Name of the customer of an item, else its key."""
        key = self.buyers_of.get(item, "")
        return self.customers_of.get(key, "") or key

    def place(self, country: str, lang: Lang) -> str:
        """Name of a country; what is unknown is said to be."""
        return label(country, lang, "countries") if country else label("unknown_country", lang, "screen_page")

    def sources(self) -> pd.DataFrame:
        """Sources of the entries, the specifications and the lists that were used."""
        cells = [self.answer.verdicts["source"], self.compared["source"], self.listed["source"]]
        keys = {key for column in cells for cell in set(column) for key in str(cell).split("|")}
        return cited(sorted(keys - {"", "user"}))

"""What a small firm wrote down, as checked tables: the meeting point of every reader and every figure.

Readers (:mod:`meguri.observe.joblog`) fill it from whatever sheets a firm has; the KPIs, the network position
and the screening read it. A table that the sheets do not hold is empty, with the reason in ``missing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema

TABLES = ("jobs", "stops", "schedule", "assets", "lives", "works", "people", "customers", "items")
DAY = 24.0  # hours


@dataclass(frozen=True)
class Shop:
    """Records of one firm.

    Attributes
    ----------
    jobs, stops, schedule, assets, lives, works, people, customers, items : DataFrame
        Columns ``shop_<name>`` of ``columns.csv``.
    missing : mapping
        Table → why it is empty, in the reader's words.
    source : str
        Key in the table of sources, or ``user``.
    """

    jobs: pd.DataFrame
    stops: pd.DataFrame
    schedule: pd.DataFrame
    assets: pd.DataFrame
    lives: pd.DataFrame
    works: pd.DataFrame
    people: pd.DataFrame
    customers: pd.DataFrame
    items: pd.DataFrame
    missing: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source: str = "user"

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], missing: Mapping[str, str] | None = None) -> Shop:
        """Check every table at once; what is not given is empty.

        Raises
        ------
        DataError
            Naming every cell that is not as declared, a stop that ends before it begins, and a part
            worn out before its first day.

        Examples
        --------
        >>> Shop.of({"works": pd.DataFrame({"work": ["w1"], "kind": ["retrofit"]})}).works["kind"].tolist()
        ['retrofit']
        """
        found: list[Problem] = []
        made = {}
        for name in TABLES:
            schema = Schema.of(f"shop_{name}")
            frame = tables.get(name)
            if frame is None:
                made[name] = schema.empty()
                continue
            made[name], problems = schema.problems(frame.reindex(columns=schema.names), "")
            found += problems
        found += _backwards(made["stops"], "shop_stops") + _backwards(made["lives"], "shop_lives")
        if found:
            raise DataError(found)
        return cls(**made, missing=MappingProxyType(dict(missing or {})))


def _backwards(table: pd.DataFrame, name: str) -> list[Problem]:
    begin, end = instants(table["start"]), instants(table["end"])
    unread = (begin.isna() & table["start"].ne("")) | (end.isna() & table["end"].ne(""))
    problems = [
        Problem("sme_instant", f"{name}[{row + 1}]", f"{table['start'].iat[row]} … {table['end'].iat[row]}")
        for row in unread.to_numpy().nonzero()[0]
    ]
    return problems + [
        Problem("sme_backwards", f"{name}[{row + 1}]", f"{table['start'].iat[row]} … {table['end'].iat[row]}")
        for row in (end < begin).to_numpy().nonzero()[0]
    ]


def instants(cells: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """ISO days and instants as timestamps; empty and unreadable cells are NaT.

    Examples
    --------
    >>> instants(pd.Series(["2025-04-01T08:30", "2025-04-02", ""])).isna().tolist()
    [False, False, True]
    """
    return pd.to_datetime(cells.replace("", None), format="ISO8601", errors="coerce")

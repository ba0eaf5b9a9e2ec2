"""Firms, sites, names over time and dated ownership."""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.observe.packaged import facts, holds

MAJORITY = 0.5


def firms(element: str | None = None, placeholders: bool = True) -> pd.DataFrame:
    """Firms by element and stage as the documents name them.

    Rows with status ``placeholder`` stand for a group of countries or makers, not for a firm;
    ``unverified`` firms were not found or do not fit (flag N25). Shares not given stay unknown.

    Examples
    --------
    >>> table = firms("Ta")
    >>> table.loc[table["share"].notna(), ["firm", "share"]].values.tolist()
    [['JX Advanced Metals', 0.5], ['JX Advanced Metals', 0.6]]
    """
    table = facts("firms")
    if element is not None:
        table = table[holds(table["elements"], element)]
    if not placeholders:
        table = table[table["status"] != "placeholder"]
    return table.reset_index(drop=True)


def sites() -> pd.DataFrame:
    """Magnet sites of the main document with their warnings.

    Examples
    --------
    >>> sites().set_index("fact").at["site-001", "status"]
    'unverified'
    """
    return facts("sites")


def firm_names() -> pd.DataFrame:
    """Names as written and the name the tables use, with the dates of a change of name."""
    return facts("firm_names")


def firm_key(name: str) -> str:
    """Name the tables use for a firm, whatever its spelling or earlier name.

    Examples
    --------
    >>> firm_key("日立金属"), firm_key("三徳"), firm_key("Lynas")
    ('Proterial', 'Santoku', 'Lynas')
    """
    table = firm_names()
    found = table.loc[table["alias"].str.casefold() == name.strip().casefold(), "firm"]
    return str(found.iloc[0]) if len(found) else name.strip()


def firm_label(firm: str, lang: Lang = "en") -> str:
    """Shown name of a firm: in Japanese its present Japanese name, where the tables have one.

    Examples
    --------
    >>> firm_label("Santoku", "ja"), firm_label("Proterial", "ja"), firm_label("Lynas", "ja")
    ('三徳', 'プロテリアル', 'Lynas')
    """
    if lang == "en":
        return firm
    table = firm_names()
    plain = (table["firm"] == firm) & (table["end"] == "") & (table["note"] == "")
    japanese = [alias for alias in table.loc[plain, "alias"] if not alias.isascii()]
    return japanese[0] if japanese else firm


def ownership(on: str | None = None) -> pd.DataFrame:
    """Packaged ownership edges, all or those that hold on a day.

    Examples
    --------
    >>> ownership("2018-04-01")[["owner", "owned", "share"]].values.tolist()[0]
    ['Proterial', 'Santoku', 0.045]
    """
    table = facts("ownership")
    return table if on is None else held_on(table, on)


def held_on(edges: pd.DataFrame, on: str) -> pd.DataFrame:
    """Edges that hold on a day; an empty start or end means no known limit.

    A date known to the month or year begins with its last possible day and ends with its first, so
    that a holding is never claimed before it is certain.

    Parameters
    ----------
    edges : DataFrame
        Columns of ``ownership``.
    on : str
        ISO day.
    """
    begun = edges["start"].map(lambda day: not day or _latest(day) <= on)
    over = edges["end"].map(lambda day: bool(day) and day < on[: len(day)])
    return edges[begun & ~over].reset_index(drop=True)


def _latest(day: str) -> str:
    return {4: day + "-12-31", 7: str(pd.Period(day, "M").end_time.date())}.get(len(day), day)


def group_of(firm: str, edges: pd.DataFrame) -> tuple[str, tuple[int, ...]]:
    """Firm at the top of a chain of majority owners, and the rows of the edges that lead there.

    Parameters
    ----------
    firm : str
        Firm as the edges spell it.
    edges : DataFrame
        Columns of ``ownership``, already cut to one day with :func:`held_on`.

    Raises
    ------
    DataError
        When majority owners own each other in a circle.

    Examples
    --------
    >>> group_of("Santoku", ownership("2019-01-01"))[0], group_of("Santoku", ownership("2018-04-01"))[0]
    ('Proterial', 'Santoku')
    """
    path: list[str] = [firm]
    rows: list[int] = []
    while True:
        above = edges[(edges["owned"] == path[-1]) & (edges["share"] > MAJORITY)]
        if above.empty:
            return path[-1], tuple(rows)
        row = above["share"].idxmax()
        owner = str(above.at[row, "owner"])
        if owner in path:
            circle = ", ".join(path[path.index(owner) :])
            raise DataError(Problem("owner_circle", "ownership", circle, details={"firms": circle}))
        path.append(owner)
        rows.append(int(row))


def read_ownership(frame: pd.DataFrame, file: str = "") -> pd.DataFrame:
    """A user's ownership table, checked: columns, shares, dates and circles.

    Raises
    ------
    DataError
        With every problem found; a circle is named with its firms.
    """
    edges = Schema.of("ownership").check(frame, file)
    days = sorted({_latest(day) for day in edges["start"] if day} | {"0001-01-01"})
    for day in days:
        held = held_on(edges, day)
        for firm in held["owned"].unique():
            group_of(firm, held)
    return edges

"""Classes of coarse goods: Japan's customs goods and the headings of HS 1996, each a mixture of many codes.

A heading of four digits is not the mean of its codes: chip machines stood in 8456, 8479, 8543 and 9010
before heading 8486 existed, and 8485 and 8524 name other goods today. So headings are judged as such, with
wider ranges than the codes below them.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import packaged, suggest
from meguri.observe.goods_classes import class_map

HEADINGS = "wits-hs4"
FIRST_EDITION = "HS2017"  # edition named for rows that stand for a heading of any edition


@cache
def _packaged(table: str) -> pd.DataFrame:
    with packaged("classes", f"{table}.csv").open(encoding="utf-8") as file:
        return Schema.of(table).check(pd.read_csv(file, dtype=str, keep_default_na=False), f"{table}.csv")


def _of(table: str, name: str) -> pd.DataFrame:
    rows = _packaged(table)
    held = list(rows["set"].unique())
    if name not in held:
        details = {"choices": ", ".join(held), "near": suggest(name, held) or held[0]}
        raise DataError(Problem("choice", "set", name, f"{table}.csv", details))
    return rows[rows["set"] == name].reset_index(drop=True)


def coarse_goods(name: str) -> pd.DataFrame:
    """Goods of a coarse set with their names and the good each is part of.

    Parameters
    ----------
    name : str
        ``japan-goods`` (exports), ``japan-imports`` or ``wits-hs4``.

    Returns
    -------
    DataFrame
        Columns of ``customs_goods``; goods without a parent add up to the total.

    Raises
    ------
    DataError
        When there is no such set.

    Examples
    --------
    >>> goods = coarse_goods("japan-imports").set_index("goods")
    >>> goods.at["Coal", "parent"], goods.at["Coal", "ja"]
    ('Mineral Fuels', '石炭')
    """
    return _of("customs_goods", name)


def coarse_map(name: str) -> pd.DataFrame:
    """Which classes a coarse good belongs to, with which weight, in which range and why.

    Parameters
    ----------
    name : str
        As in :func:`coarse_goods`.

    Returns
    -------
    DataFrame
        Columns of ``customs_goods_classes``; weights of a good sum to 1. ``part`` says whether they hold
        for the printed value or for what is left of it after the goods printed under it.

    Raises
    ------
    DataError
        When there is no such set.

    Examples
    --------
    >>> rows = coarse_map("wits-hs4").query("goods == '8485'")
    >>> rows[["class", "weight"]].values.tolist()
    [['PC_PARTS', 0.18], ['GENERAL_PURPOSE', 0.82]]
    """
    return _of("customs_goods_classes", name)


def heading_map(mapping: pd.DataFrame | None = None) -> pd.DataFrame:
    """The map for trade given by headings of four digits: judged headings before defaults.

    Parameters
    ----------
    mapping : DataFrame, optional
        `class_map`, the packaged one when left out; its rows of six digits are dropped, so that a heading
        is never read as one of its codes.

    Returns
    -------
    DataFrame
        Columns of ``goods_classes``, codes of two and four digits.

    Examples
    --------
    >>> from meguri.observe.goods_classes import classes_of
    >>> rows = classes_of(["8524", "8703"], heading_map())
    >>> rows[["code", "class", "weight"]].values.tolist()
    [['8524', 'FINISHED', 0.8], ['8524', 'RESIDUAL', 0.2], ['8703', 'FINISHED', 1.0]]
    """
    table = class_map() if mapping is None else mapping
    judged = coarse_map(HEADINGS).rename(columns={"goods": "code"}).drop(columns=["set", "part"])
    judged = judged.assign(ref="", curated=True, vintage=FIRST_EDITION)
    kept = table[(table["code"].str.len() < 6) & ~table["code"].isin(judged["code"])]
    return pd.concat([kept, judged[list(table.columns)]], ignore_index=True).astype({"curated": "boolean"})

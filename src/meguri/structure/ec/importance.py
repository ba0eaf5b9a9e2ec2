"""Economic importance from end uses: what the printed tables allow to compute, and what they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.observe.ec_study import ec_materials, ec_uses
from meguri.structure.ec.formula import economic_importance

HALF_SHARE = 0.005  # shares of uses are printed to 1 %
TOLERANCE = 0.05 + 1e-9


def sectors() -> pd.DataFrame:
    """Value added of each sector: the one most rows print beside it.

    Returns
    -------
    DataFrame
        sector, value_added [million EUR], rows, shifted (rows that print another sector's figure).

    Examples
    --------
    >>> table = sectors().set_index("sector")
    >>> float(table["value_added"].max()), int(table["shifted"].sum())
    (204200.0, 5)
    """
    uses = ec_uses()
    printed = uses[uses["sector"] != ""]
    most = printed.groupby("sector")["value_added"].agg(lambda cells: cells.mode().iloc[0])
    differs = printed["value_added"] != printed["sector"].map(most)
    counted = differs.groupby(printed["sector"]).agg(["size", "sum"])
    return pd.DataFrame({
        "sector": most.index, "value_added": most.to_numpy(), "rows": counted["size"].to_numpy(),
        "shifted": counted["sum"].to_numpy(),
    })  # fmt: skip


def placed_uses() -> pd.DataFrame:
    """End uses with the sector their value added is of, in ``placed``.

    In five rows of manganese the sector printed is one row off: "motor vehicles" stands beside other
    transport equipment, with the value added of motor vehicles. The value added fits the words of the
    use, so it is taken as it stands and tells the sector.

    Examples
    --------
    >>> uses = placed_uses()
    >>> moved = uses[(uses["sector"] != uses["placed"])]
    >>> sorted(set(moved["material"])), len(moved)
    (['Mn'], 5)
    """
    uses = ec_uses()
    of_value = sectors().set_index("value_added")["sector"]
    return uses.assign(placed=uses["value_added"].map(of_value).fillna(""))


def importance() -> pd.DataFrame:
    """Economic importance of each material, computed where its end uses are complete.

    Returns
    -------
    DataFrame
        material, ei, low, high, published, reason. Unknown without end uses, without a substitution
        index, and where part of the use names no sector: then only the range is given, from nothing
        to the largest sector for that part. The range also holds the rounding of the printed figures.

    Examples
    --------
    >>> table = importance().set_index("material")
    >>> round(float(table.loc["W", "ei"]), 1), float(table.loc["W", "published"])
    (8.7, 8.7)
    >>> table.loc["Li", "reason"]
    'ec_no_uses'
    """
    uses, largest = placed_uses(), float(sectors()["value_added"].max())
    rows = []
    for material in ec_materials().itertuples():
        mine = uses[uses["material"] == material.material]
        row = {"material": material.material, "published": material.ei_published}
        rows.append(row | _one(mine, material.si_ei, material.ei_published, largest))
    return pd.DataFrame(rows)[["material", "ei", "low", "high", "published", "reason"]]


def _one(uses: pd.DataFrame, si_ei: float, published: float, largest: float) -> dict[str, object]:
    unknown = {"ei": np.nan, "low": np.nan, "high": np.nan}
    lost = ["ec_no_uses"] * uses.empty + ["ec_no_si"] * bool(np.isnan(si_ei))
    if lost:
        return unknown | {"reason": "|".join(lost)}
    facts = [reason for reason in uses["reason"] if reason]
    facts += ["ec_value_shifted"] * bool((uses["sector"] != uses["placed"]).any())
    assigned, rest = uses[uses["sector"] != ""], uses[uses["sector"] == ""]
    value = economic_importance(assigned["share"], assigned["value_added"], si_ei, largest)
    half = HALF_SHARE * len(assigned)
    low, high = _ends(assigned, rest, si_ei, largest)
    if not rest.empty:
        return {"ei": np.nan, "low": low, "high": high, "reason": "|".join([*facts, "ec_no_sector"])}
    total = float(uses["share"].sum())
    if abs(value - published) > TOLERANCE:
        facts += ["ec_use_sum"] * (abs(total - 1) > half)
        facts += ["ec_rounding"] * bool(low - TOLERANCE <= published <= high + TOLERANCE)
        facts = facts or ["ec_inputs_differ"]
    return {"ei": value, "low": low, "high": high, "reason": "|".join(facts)}


def _ends(assigned: pd.DataFrame, rest: pd.DataFrame, si_ei: float, largest: float) -> tuple[float, float]:
    """Range by the rounding of shares and index, and by a sector nobody names."""
    low = economic_importance(
        (assigned["share"] - HALF_SHARE).clip(lower=0.0),
        assigned["value_added"],
        max(0.0, si_ei - 0.005),
        largest,
    )
    most = [*(assigned["share"] + HALF_SHARE), *(rest["share"] + HALF_SHARE)]
    values = [*assigned["value_added"], *[largest] * len(rest)]
    return low, economic_importance(most, values, min(1.0, si_ei + 0.005), largest)

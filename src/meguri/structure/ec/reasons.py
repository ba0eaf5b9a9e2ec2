"""Why a computed supply risk is not the printed one: rules over the inputs, never a list of cells.

Each rule either finds a fact of the printed tables (a cell is shifted, shares do not add to 1, nothing
is listed) or tries one change of one input and looks whether the printed value then follows. A rule
never changes the computed value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from meguri.structure.ec.formula import SUPPLIES
from meguri.structure.ec.inputs import score, score_range
from meguri.structure.ec.ranges import HALF_UNIT

TOLERANCE = 0.05 + 1e-9  # half a unit of the printed value
Row = Any  # one row of stage_inputs


def near(value: float, printed: float) -> bool:
    """Whether a computed value rounds to the printed one, or lies next to it."""
    return bool(abs(value - printed) <= TOLERANCE)


def reasons(table: pd.DataFrame) -> list[str]:
    """Reason keys of each stage, separated by ``|``; empty where the printed value follows plainly.

    Parameters
    ----------
    table : DataFrame
        `stage_inputs` with the computed ``sr``, ``sr_other`` (the other edition of governance) and
        ``sr_untaxed`` (trade parameters above 1 taken as 1).

    Examples
    --------
    >>> from meguri.structure.ec.scores import stage_scores
    >>> found = stage_scores().set_index(["material", "stage"])["reason"]
    >>> found["W", "refining"], found["diatomite", "ore"], found["perlite", "ore"]
    ('', 'ec_shifted', 'ec_supply_other')
    """
    return ["|".join(_of(row, table)) for _, row in table.iterrows()]


def _of(row: Row, table: pd.DataFrame) -> list[str]:
    facts = [row["reason"]] if row["reason"] else []
    facts += ["ec_group_shares"] if row["group_shares"] and row["supply"] != "GS" else []
    if np.isnan(row["sr"]):
        return facts + _missing(row, table)
    if row["is_group"]:
        facts.append("ec_group")
    if np.isnan(row["published"]) or near(row["sr"], row["published"]):
        return facts
    for rules in (OF_GROUPS,) if row["is_group"] else (FACTS, CHANGES, REST):
        if found := [key for key, rule in rules.items() if rule(row, table)]:
            return facts + found
    return [*facts, "ec_inputs_differ"]


def _missing(row: Row, table: pd.DataFrame) -> list[str]:
    lost = {
        "ec_no_supply": row["supply"] == "",
        "ec_no_global": np.isnan(row["gs_total"]) and row["supply"] != "EU",
        "ec_no_eu": np.isnan(row["eu_total"]) and row["supply"] != "GS",
        "ec_no_ir": np.isnan(row["import_reliance"]) and row["supply"] == "GS+EU",
        "ec_no_si": np.isnan(row["si_sr"]),
        "ec_name": _under_another_name(row, table),
        "no_estimate": any(np.isnan(row[f"{s}_hhi"]) and row[f"{s}_total"] > 0 for s in ("gs", "eu")),
    }
    return [key for key, holds in lost.items() if holds]


def _under_another_name(row: Row, table: pd.DataFrame) -> bool:
    """Another material has the very same world shares at this stage and prints the same value."""
    others = table[(table["material"] != row["material"]) & (table["stage"] == row["stage"])]
    same = (others["gs_hhi"] == row["gs_hhi"]) & (others["published"] == row["published"])
    return bool(same.any())


def _more_digits(row: Row, _: pd.DataFrame) -> bool:
    """The material's own cell prints the same figure with more digits."""
    whole = row["sr_material"]
    same = row["stage"] == row["worst_stage"] and round(whole, 1) == row["published"] != whole
    return bool(same and near(row["sr"], whole))


def _rounding(row: Row, _: pd.DataFrame) -> bool:
    low, high = score_range(row, "rounding_")
    return bool(low - TOLERANCE <= row["published"] <= high + TOLERANCE)


def _sum(row: Row, _: pd.DataFrame) -> bool:
    """Shares that count do not add to 1 even when rounded, and what is not listed covers the difference."""
    scopes = {"GS": ["gs"], "EU": ["eu"]}.get(row["supply"], ["gs", "eu"])
    half = {"gs": HALF_UNIT["global"], "eu": HALF_UNIT["eu"]}
    open_ = [s for s in scopes if 1 - row[f"{s}_total"] > half[s] * row[f"{s}_listed"]]
    with_rest = row.copy()
    for scope in open_:
        with_rest[f"{scope}_hhi"] = row[f"{scope}_with_rest"]
    low, high = sorted((row["sr"], score(with_rest)))
    return bool(open_) and bool(low - TOLERANCE <= row["published"] <= high + TOLERANCE)


def _supply(row: Row, _: pd.DataFrame) -> bool:
    others = [supply for supply in SUPPLIES if supply != row["supply"]]
    return any(near(_changed(row, supply=supply), row["published"]) for supply in others)


def _reliance(row: Row, table: pd.DataFrame) -> bool:
    """None, all, that of the material's other stage, or that of its group."""
    family = table["material"].isin([row["material"], row["group"]])
    tried = {0.0, 1.0, *table.loc[family, "import_reliance"].dropna()}
    return any(near(_changed(row, import_reliance=ir), row["published"]) for ir in tried)


def _factor(row: Row, table: pd.DataFrame) -> bool:
    """One factor brings every stage of the material to its printed value, and is no more than 1 in all."""
    stages = table[(table["material"] == row["material"]) & table["published"].notna() & table["sr"].gt(0)]
    if len(stages) < 2:
        return False
    low = ((stages["published"] - TOLERANCE) / stages["sr"]).max()
    high = ((stages["published"] + TOLERANCE) / stages["sr"]).min()
    highest = 1 / ((1 - row["eol_rir"]) * row["si_sr"])
    return bool(low <= high and low <= highest)


def _group_rate(row: Row, table: pd.DataFrame) -> bool:
    """All members of the group print its recycling rate, and another rate gives the printed value."""
    members = table[(table["group"] == row["group"]) & (row["group"] != "")]
    stages = members[(members["material"] == row["material"]) & members["published"].notna()]
    highest = row["sr"] / (1 - row["eol_rir"])
    one_rate = len(members) > 1 and members["eol_rir"].nunique() == 1 and len(stages) == 1
    return bool(one_rate and row["published"] - TOLERANCE <= highest)


def _changed(row: Row, **changes: object) -> float:
    changed = row.copy()
    for name, value in changes.items():
        changed[name] = value
    return score(changed)


def _out_of_reach(row: Row, _: pd.DataFrame) -> bool:
    """No weighting of the indices at hand comes to the printed value."""
    factor = (1 - row["eol_rir"]) * row["si_sr"]
    ends = [row[name] * factor for name in ("gs_hhi", "eu_hhi") if not np.isnan(row[name])]
    return not min(ends) - TOLERANCE <= row["published"] <= max(ends) + TOLERANCE


Rule = Callable[[Row, pd.DataFrame], bool]
# facts of the printed tables; what holds is named, and only where none does is one input changed
FACTS: dict[str, Rule] = {
    "ec_eu_copied": lambda row, _: bool(row["eu_copied"]) and row["supply"] != "GS",
    "ec_more_digits": _more_digits,
    "ec_rounding": _rounding,
    "ec_sum": _sum,
    "ec_governance": lambda row, _: near(row["sr_other"], row["published"]),
}
CHANGES: dict[str, Rule] = {
    "ec_trade": lambda row, _: near(row["sr_untaxed"], row["published"]),
    "ec_supply_other": _supply,
    "ec_ir_other": _reliance,
    "ec_factor": _factor,
    "ec_group_rate": _group_rate,
}
REST: dict[str, Rule] = {"ec_out_of_reach": _out_of_reach}


def _members_differ(row: Row, table: pd.DataFrame) -> bool:
    """The mean of the members' printed values is the printed value of the group."""
    members = table[(table["group"] == row["material"]) & (table["stage"] == row["stage"])]
    return near(float(members["published"].mean()), row["published"])


OF_GROUPS: dict[str, Rule] = {"ec_members_differ": _members_differ}

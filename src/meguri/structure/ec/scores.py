"""Supply risk and economic importance of the study of 2023, computed beside the published values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import find_key, suggest_key
from meguri.observe.ec_study import ec_materials
from meguri.structure.ec.formula import EI_THRESHOLD, SR_THRESHOLD, governance_risk
from meguri.structure.ec.importance import importance
from meguri.structure.ec.inputs import other_indices, score, score_range, stage_inputs
from meguri.structure.ec.ranges import index_ranges
from meguri.structure.ec.reasons import near, reasons

EDITION, DATA_YEARS, BASIS = 2023, "2016/2020", "share_ec2023"
SHARES = {"WORLD": "ec-crm-2023", "EU": "ec-crm-2023-eu"}
GOVERNANCE, RESULTS, USES = "wgi-2022", "ec-crm-2023-results", "ec-crm-2023-uses"
GRADE = weakest(["reported", "estimated"])  # governance is an estimate
ALL_SOURCES = "|".join(sorted([*SHARES.values(), RESULTS, GOVERNANCE]))


@cache
def _stage_scores() -> pd.DataFrame:
    table = stage_inputs()
    ranges = [score_range(row) for _, row in table.iterrows()]
    variants = {
        "sr": table,
        "sr_other": other_indices(table, governance_risk(edition="other")),
        "sr_untaxed": other_indices(table, governance_risk(), most_trade=1.0),
    }
    found = {name: [score(row) for _, row in rows.iterrows()] for name, rows in variants.items()}
    table = table.assign(**found, low=[r[0] for r in ranges], high=[r[1] for r in ranges])
    table["is_group"] = table["material"].isin(table["group"])
    for place, row in table[table["is_group"]].iterrows():
        members = table[(table["group"] == row["material"]) & (table["stage"] == row["stage"])]
        table.loc[place, ["sr", "low", "high"]] = members[["sr", "low", "high"]].mean(skipna=False)
    agrees = [near(*pair) for pair in zip(table["sr"], table["published"], strict=True)]
    return table.assign(reason=reasons(table), agrees=agrees)


def stage_scores() -> pd.DataFrame:
    """Every stage of the study: inputs, computed supply risk, published one, and why they differ.

    Returns
    -------
    DataFrame
        The columns of `stage_inputs` and ``sr`` with ``low``, ``high``; ``agrees`` within ± 0.05 of
        ``published``; ``reason``, keys of terms/reasons. A group (HREE, LREE, PGM) is the mean of its
        members.

    Examples
    --------
    >>> row = stage_scores().set_index(["material", "stage"]).loc[("Dy", "separation")]
    >>> round(float(row["sr"]), 2), float(row["published"]), bool(row["agrees"])
    (5.56, 5.6, True)
    """
    return _stage_scores().copy()


def material_scores() -> pd.DataFrame:
    """Supply risk of each material: its worst stage, beside the published one.

    Returns
    -------
    DataFrame
        material, stage (the worst), sr, low, high, published, reason; where a stage is unknown, the
        value is that of the known ones, the upper end open, and the reason says so.

    Examples
    --------
    >>> row = material_scores().set_index("material").loc["W"]
    >>> row["stage"], round(float(row["sr"]), 2), float(row["published"])
    ('refining', 1.2, 1.2)
    """
    rows = []
    for material, stages in stage_scores().groupby("material", sort=False):
        known = stages.dropna(subset=["sr"])
        row = {"material": material, "published": stages["sr_material"].iloc[0], "reason": ""}
        if known.empty:
            rows.append(row | {"reason": stages["reason"].iloc[0]})
            continue
        worst = known.loc[known["sr"].idxmax()]
        row |= {"stage": worst["stage"], "sr": worst["sr"], "low": known["low"].max()}
        if len(known) < len(stages):
            row |= {"reason": "ec_stage_unknown"}
        else:
            row |= {"high": known["high"].max(), "reason": worst["reason"]}
        rows.append(row)
    order = ["material", "stage", "sr", "low", "high", "published", "reason"]
    return pd.DataFrame(rows).reindex(columns=order).fillna({"stage": ""})


def ec_scores(materials: Iterable[str] | None = None) -> pd.DataFrame:
    """Supply risk, economic importance and weighted concentration of the study of 2023.

    Parameters
    ----------
    materials : iterable of str, optional
        Keys or names; all 90 when left out.

    Returns
    -------
    DataFrame
        Columns of ``risk_scores``: measure ``sr`` by stage and, with an empty stage, for the material
        (its worst stage); ``ei`` for the material; ``hhi_wgi_t`` by stage for economy WORLD (global
        supply) and EU (its sourcing).

    Raises
    ------
    DataError
        Naming every material the study does not hold.

    Examples
    --------
    >>> rows = ec_scores(["Dysprosium"])
    >>> row = rows[(rows["measure"] == "sr") & (rows["stage"] == "separation")].iloc[0]
    >>> round(float(row["value"]), 2), float(row["published"])
    (5.56, 5.6)
    """
    wanted = None if materials is None else _keys(materials)
    rows = pd.concat([_risk_rows(), _material_rows(), _importance_rows(), _index_rows()], ignore_index=True)
    if wanted is not None:
        rows = rows[rows["material"].isin(wanted)]
    rows = rows.assign(method="ec", year=EDITION, unit="1", basis=BASIS)
    rows = rows.reindex(columns=Schema.of("risk_scores").names)
    return Schema.of("risk_scores").check(rows.sort_values(["material", "measure", "economy", "stage"]))


def _keys(materials: Iterable[str]) -> set[str]:
    known = set(ec_materials()["material"])
    found: set[str] = set()
    problems = []
    for name in materials:
        key = find_key(name, "materials")
        if key is not None and key in known:
            found.add(key)
            continue
        close = suggest_key(name, "materials") or ""
        details = {"near": close if close in known else ", ".join(sorted(known)[:5]) + " …"}
        problems.append(Problem("ec_material", "material", name, details=details))
    if problems:
        raise DataError(problems)
    return found


def _risk_rows() -> pd.DataFrame:
    stages = stage_scores()
    return pd.DataFrame({
        "material": stages["material"], "stage": stages["stage"], "economy": "EU", "measure": "sr",
        "value": stages["sr"], "low": stages["low"], "high": stages["high"], "reason": stages["reason"],
        "published": stages["published"], "data_year": DATA_YEARS, "source": ALL_SOURCES, "grade": GRADE,
    })  # fmt: skip


def _material_rows() -> pd.DataFrame:
    table = material_scores()
    return pd.DataFrame({
        "material": table["material"], "stage": "", "economy": "EU", "measure": "sr", "value": table["sr"],
        "low": table["low"], "high": table["high"], "reason": table["reason"], "data_year": DATA_YEARS,
        "published": table["published"], "source": ALL_SOURCES, "grade": GRADE,
    })  # fmt: skip


def _importance_rows() -> pd.DataFrame:
    table = importance()
    return pd.DataFrame({
        "material": table["material"], "stage": "", "economy": "EU", "measure": "ei", "value": table["ei"],
        "low": table["low"], "high": table["high"], "reason": table["reason"], "data_year": "",
        "published": table["published"], "source": f"{RESULTS}|{USES}", "grade": "derived",
    })  # fmt: skip


def _index_rows() -> pd.DataFrame:
    table = index_ranges()
    economy = table["scope"].map({"global": "WORLD", "eu": "EU"})
    return pd.DataFrame({
        "material": table["material"], "stage": table["stage"], "economy": economy, "measure": "hhi_wgi_t",
        "value": table["hhi"], "low": table["low"], "high": table["high"], "data_year": DATA_YEARS,
        "source": economy.map(SHARES) + f"|{GOVERNANCE}", "grade": GRADE,
        "reason": np.where(table["unknown"] == "", "", "no_estimate"),
    })  # fmt: skip


def critical() -> pd.DataFrame:
    """The Union's critical raw materials: published SR ≥ 1.0 and EI ≥ 2.8, or listed as strategic.

    Returns
    -------
    DataFrame
        material (groups HREE, LREE and PGM stand for their members), sr_published, ei_published,
        ``by`` (thresholds, strategic or both), and the computed sr and ei beside.

    Notes
    -----
    Copper and nickel do not meet the thresholds: Regulation (EU) 2024/1252 lists them as strategic.

    Examples
    --------
    >>> table = critical()
    >>> len(table), table.loc[table["by"] == "strategic", "material"].tolist()
    (34, ['Cu', 'Ni'])
    """
    table = ec_materials()
    table = table[table["group"] == ""]
    meets = (table["sr_published"] >= SR_THRESHOLD) & (table["ei_published"] >= EI_THRESHOLD)
    strategic = table["strategic"].astype(bool)
    by = np.select([meets & strategic, meets, strategic], ["both", "thresholds", "strategic"], "")
    listed = table.assign(by=by)[by != ""][["material", "sr_published", "ei_published", "by"]]
    computed = material_scores()[["material", "sr"]].merge(importance()[["material", "ei"]], on="material")
    return listed.merge(computed, on="material", how="left").reset_index(drop=True)

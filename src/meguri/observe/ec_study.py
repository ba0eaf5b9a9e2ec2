"""The Commission's criticality study of 2023 as printed: shares, parameters, scores and end uses."""

from __future__ import annotations

import pandas as pd

from meguri.observe.packaged import facts


def ec_shares(material: str | None = None, scope: str | None = None) -> pd.DataFrame:
    """Shares of suppliers with the trade parameter t, average of 2016-2020.

    Parameters
    ----------
    material : str, optional
        Key of the material.
    scope : {"global", "eu"}, optional
        World supply, or what the EU uses (its own production and its imports).

    Returns
    -------
    DataFrame
        Columns of ``ec_shares``. Shares of one material, stage and scope often do not add to 1: they
        are given as printed.

    Examples
    --------
    >>> rows = ec_shares("W", "eu")
    >>> rows.groupby("stage")["share"].sum().round(2).to_dict()
    {'ore': 0.77, 'refining': 0.91}
    """
    table = facts("ec_shares", "ec_shares.parquet")
    for name, wanted in (("material", material), ("scope", scope)):
        if wanted is not None:
            table = table[table[name] == wanted]
    return table.reset_index(drop=True)


def ec_materials() -> pd.DataFrame:
    """Substitution indices, recycling rate and published scores, one row for each material or group.

    Examples
    --------
    >>> row = ec_materials().set_index("material").loc["Dy"]
    >>> row["group"], float(row["sr_published"]), float(row["si_sr"])
    ('HREE', 5.6, 0.99)
    """
    return facts("ec_materials")


def ec_stages() -> pd.DataFrame:
    """Import reliance, supply used and published supply risk, one row for each stage.

    Cells the printed table has shifted stand where they belong, with the reason ``ec_shifted``; the
    printed cells stand beside.

    Examples
    --------
    >>> row = ec_stages().set_index(["material", "stage"]).loc[("Sr", "ore")]
    >>> float(row["sr_published"]), row["sr_printed"], row["reason"]
    (2.6, '', 'ec_shifted')
    """
    return facts("ec_stages")


def ec_uses() -> pd.DataFrame:
    """End uses with sector and value added as printed; 30 of 90 materials have none.

    Examples
    --------
    >>> uses = ec_uses()
    >>> len(uses), uses["material"].nunique()
    (338, 60)
    """
    return facts("ec_uses")

"""All evidence about every good, gathered from the packaged tables and the sets under MEGURI_DATA."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.goods_links import Correlation, isic3, read_correlation
from meguri.observe.goods_sets import (
    elasticities,
    price_classes,
    sigma_key,
    specified_intermediates,
    unit_values,
    upstreamness,
)
from meguri.observe.goods_tables import hs2017_codes
from meguri.structure.goods_exports import advantages, concentration
from meguri.structure.goods_parts import (
    bec,
    chips,
    controls,
    linked,
    relation_specific,
    rows_of,
)
from meguri.structure.goods_world import price_spread

SPECIAL = ("2921", "2922", "2923", "2924", "2925", "2926", "2929", "3312", "3313")  # 2927 makes weapons
ENOUGH = 10_000  # USD over all years below which a unit value is that of a sample or a gift
GENERAL = ("2911", "2912", "2913", "2914", "2915", "2919")


def goods_measured(
    folder: Path | None = None,
    codes: Iterable[str] | None = None,
    exports: pd.DataFrame | None = None,
    without_lists: Iterable[str] = (),
) -> pd.DataFrame:
    """Every piece of evidence about every good, in its own unit; unknown with a reason where there is none.

    Parameters
    ----------
    folder : Path, optional
        Folder of the raw sets. Without it only what is packaged speaks: BEC, the chip supply chain and the
        control lists; the rest says "set not present".
    codes : iterable of str, optional
        Codes of HS 2017; all of them when left out.
    exports : DataFrame, optional
        A user's world trade of one year (BACI), as :func:`meguri.structure.goods_world.world_exports`
        gives it: code, economy, value and perhaps weight. It replaces the headings of 1997 and the prices
        of 2017-2020.
    without_lists : iterable of str
        Control lists left out, for a check.

    Returns
    -------
    DataFrame
        Columns of ``goods_measured``, one row for each code and piece of evidence.

    Examples
    --------
    >>> table = goods_measured(codes=["848620", "010121"]).set_index(["code", "evidence"])
    >>> float(table.at[("848620", "eto_process"), "value"]), table.at[("010121", "elasticity"), "reason"]
    (1.0, 'set_absent')
    """
    wanted = hs2017_codes() if codes is None else list(codes)
    tables = read_correlation(folder)
    categories, differentiated = bec(wanted), _rauch(wanted, folder, tables)
    used = categories[categories["evidence"] == "bec"]
    parts = [
        categories,
        differentiated,
        relation_specific(differentiated, used),
        chips(wanted),
        controls(wanted, without_lists),
        _specified(wanted, folder),
        _elasticity(wanted, folder, tables),
        _industry(wanted, folder, tables),
        _prices(wanted, folder, exports),
        concentration(wanted, folder, tables, exports),
        advantages(wanted, folder, tables),
    ]
    table = pd.concat(parts, ignore_index=True).sort_values(["code", "evidence"], kind="stable")
    return Schema.of("goods_measured").check(table.reset_index(drop=True))


def _why(there: bool, gap: str) -> str:
    """Reason of what is missing: the set itself, or the good in it."""
    return gap if there else "set_absent"


def _specified(codes: list[str], folder: Path | None) -> pd.DataFrame:
    """Specified intermediates of BEC Rev. 5, from the user's download."""
    table = specified_intermediates(folder)
    why = _why(len(table) > 0, "not_intermediate")
    return rows_of(codes, "bec_specified", table, "unsd-bec5", "reported", why)


def _elasticity(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    """Elasticity of substitution; over several links the mean of logarithms, for estimates reach 16,000."""
    sigma = elasticities(folder)
    links = {code: tuple(map(sigma_key, found)) for code, found in tables.sitc3(codes).items()}
    found = linked(links, sigma.assign(value=np.log(sigma["value"])))
    ends = ["value", "value_low", "value_high"]
    found[ends] = np.exp(found[ends])
    why = _why(len(sigma) > 0 and tables.reaches_sitc, "no_link")
    source = "broda-weinstein-2006|unsd-hs-correlation"
    return rows_of(codes, "elasticity", found, source, "estimated", why)


def _rauch(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    classes = price_classes(folder)
    classes = classes.assign(
        value=classes["con"],
        low=classes[["con", "lib"]].min(axis=1),
        high=classes[["con", "lib"]].max(axis=1),
    )
    found = linked(tables.sitc2(codes), classes, "low", "high")
    why = _why(len(classes) > 0 and tables.reaches_sitc, "no_link")
    return rows_of(codes, "rauch", found, "rauch-1999|unsd-hs-correlation", "derived", why)


def _industry(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    """What the industries that make a good say: stages to final use, and whether they serve special uses."""
    stages = upstreamness(folder).rename(columns={"division": "code"})
    industries = isic3(folder, tables, codes)
    divisions = {code: tuple(dict.fromkeys(i[:2] for i in found)) for code, found in industries.items()}
    up = linked(divisions, stages, "low", "high")
    kinds = pd.DataFrame({"code": SPECIAL + GENERAL, "value": [1.0] * len(SPECIAL) + [0.3] * len(GENERAL)})
    special = linked(industries, kinds)
    known = any(industries.values())
    up, special = (table.assign(note="ISIC3 " + table["note"]) for table in (up, special))
    gap = _why(known and len(stages) > 0, "no_link")
    source = "wiod-gvc-2017|antras-2012|wits-hs-isic3"
    parts = [rows_of(codes, "upstreamness", up, source, "estimated", gap)]
    gap, source = _why(known, "not_special"), "unsd-isic3|wits-hs-isic3"
    parts.append(rows_of(codes, "isic_special", special, source, "derived", gap))
    return pd.concat(parts, ignore_index=True)


def _prices(codes: list[str], folder: Path | None, exports: pd.DataFrame | None) -> pd.DataFrame:
    """How dear the good can be: Japan's in Korea over Indonesia's, or the user's dear over his middle one."""
    if exports is not None and "weight" in exports:
        spread = price_spread(exports).assign(note="HS6 P90/P50")
        return rows_of(codes, "unit_value", spread, "user|schott-2004", "derived", "no_weight")
    japan, other = unit_values(folder)
    both = japan.merge(other, on="code", suffixes=("", "_other"))
    both = both[(both["value"] >= ENOUGH) & (both["value_other"] >= ENOUGH)]
    ratio = (both["value"] / both["weight"]) / (both["value_other"] / both["weight_other"])
    found = pd.DataFrame(
        {"code": both["code"], "value": ratio.astype(float), "note": "JP 2018-2020 / ID 2017-"}
    )
    gap = "set_absent" if japan.empty or other.empty else "no_weight"
    return rows_of(codes, "unit_value", found, "comtrade-kor-jpn|comtrade-idn|schott-2004", "derived", gap)

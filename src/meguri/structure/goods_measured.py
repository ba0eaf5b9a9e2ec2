"""All evidence about every good, gathered from the packaged tables and the sets under MEGURI_DATA."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.goods_links import Correlation, isic3, read_correlation
from meguri.observe.goods_sets import (
    elasticities,
    heading_exports,
    material_exports,
    price_classes,
    sigma_key,
    unit_values,
    upstreamness,
)
from meguri.observe.goods_tables import hs2017_codes
from meguri.structure.goods_parts import (
    bec,
    chips,
    controls,
    exporters,
    holders,
    linked,
    relation_specific,
    rows_of,
)

SPECIAL = ("2921", "2922", "2923", "2924", "2925", "2926", "2929", "3312", "3313")  # 2927 makes weapons
GENERAL = ("2911", "2912", "2913", "2914", "2915", "2919")
TRADE = ("export_concentration", "largest_exporter")


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
        A user's world trade of one year in HS 2017 (BACI): code, economy (exporter), value. It replaces
        the headings of 1997.
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
        _specified(wanted),
        _elasticity(wanted, folder, tables),
        _industry(wanted, folder, tables),
        _prices(wanted, folder),
        _trade(wanted, folder, tables, exports),
    ]
    table = pd.concat(parts, ignore_index=True).sort_values(["code", "evidence"], kind="stable")
    return Schema.of("goods_measured").check(table.reset_index(drop=True))


def _why(table: pd.DataFrame, tables: Correlation, gap: str) -> str:
    """Reason of what is missing: the set itself, the correlation tables, or the good in them."""
    return "set_absent" if table.empty or not tables.steps else gap


def _specified(codes: list[str]) -> pd.DataFrame:
    """Specified intermediates of BEC Rev. 5: its correspondence with the HS is not at hand."""
    return rows_of(codes, "bec_specified", pd.DataFrame({"code": []}, dtype=str), "", "", "set_absent")


def _elasticity(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    sigma = elasticities(folder)
    links = {code: tuple(map(sigma_key, found)) for code, found in tables.sitc3(codes).items()}
    found = linked(links, sigma)
    return rows_of(
        codes,
        "elasticity",
        found,
        "broda-weinstein-2006|unsd-hs-correlation",
        "estimated",
        _why(sigma, tables, "no_link"),
    )


def _rauch(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    classes = price_classes(folder)
    classes = classes.assign(
        value=classes["con"],
        low=classes[["con", "lib"]].min(axis=1),
        high=classes[["con", "lib"]].max(axis=1),
    )
    found = linked(tables.sitc2(codes), classes, "low", "high")
    return rows_of(
        codes, "rauch", found, "rauch-1999|unsd-hs-correlation", "derived", _why(classes, tables, "no_link")
    )


def _industry(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    """What the industries that make a good say: stages to final use, and whether they serve special uses."""
    stages = upstreamness(folder).rename(columns={"division": "code"})
    industries = isic3(folder, tables, codes)
    divisions = {code: tuple(dict.fromkeys(i[:2] for i in found)) for code, found in industries.items()}
    up = linked(divisions, stages, "low", "high")
    kinds = pd.DataFrame({"code": SPECIAL + GENERAL, "value": [1.0] * len(SPECIAL) + [0.3] * len(GENERAL)})
    special = linked(industries, kinds)
    known = any(industries.values())
    parts = [
        rows_of(
            codes, "upstreamness", up.assign(note="ISIC3 " + up["note"]),
            "wiod-gvc-2017|antras-2012|wits-hs-isic3", "estimated", _why(stages, tables, "no_link"),
        ),
        rows_of(
            codes, "isic_special", special.assign(note="ISIC3 " + special["note"]),
            "unsd-isic3|wits-hs-isic3", "derived", "not_special" if known else "set_absent",
        ),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _prices(codes: list[str], folder: Path | None) -> pd.DataFrame:
    """Unit value of Japan's goods in Korea over that of Indonesia's exports of the same code."""
    japan, other = unit_values(folder)
    both = japan.merge(other, on="code", suffixes=("", "_other"))
    ratio = (both["value"] / both["weight"]) / (both["value_other"] / both["weight_other"])
    found = pd.DataFrame(
        {"code": both["code"], "value": ratio.astype(float), "note": "JP 2018-2020 / ID 2017-"}
    )
    gap = "set_absent" if japan.empty or other.empty else "no_weight"
    return rows_of(codes, "unit_value", found, "comtrade-kor-jpn|comtrade-idn|schott-2004", "derived", gap)


def _trade(
    codes: list[str], folder: Path | None, tables: Correlation, exports: pd.DataFrame | None
) -> pd.DataFrame:
    """Concentration of exporters, by code where at hand and by heading of 1997 elsewhere; advantages."""
    headings = heading_exports(folder)
    links = {
        code: tuple(dict.fromkeys(old[:4] for old in found))
        for code, found in tables.back(codes, 1996).items()
    }
    coarse = (
        exporters(headings[headings["year"] == 1997])
        if len(headings)
        else pd.DataFrame(columns=["product", "hhi", "largest"])
    )
    own = headings if exports is None else exports
    why = "set_absent" if own.empty or (exports is None and not tables.steps) else "not_covered"
    fine = _six_digits(folder, exports)
    parts = []
    for evidence, column in zip(TRADE, ("hhi", "largest"), strict=True):
        broad = linked(links, coarse.rename(columns={"product": "code", column: "value"})[["code", "value"]])
        broad = broad.assign(note="HS4 1997 " + broad["note"], source="wits-hs4-exports", grade="estimated")
        best = fine.rename(columns={"product": "code", column: "value"})[["code", "value", "note", "source"]]
        best = best.assign(grade="derived")
        rest = broad[~broad["code"].isin(best["code"])] if exports is None else broad.iloc[:0]
        parts.append(rows_of(codes, evidence, pd.concat([best, rest]), "", "", why))
    return pd.concat([*parts, _advantages(codes, links, headings, tables)], ignore_index=True)


def _six_digits(folder: Path | None, exports: pd.DataFrame | None) -> pd.DataFrame:
    """Concentration of the exporters of single codes: the user's trade, else 30 materials of 2024."""
    columns = ["product", "hhi", "largest", "note", "source"]
    rows = material_exports(folder) if exports is None else exports
    if rows.empty:
        return pd.DataFrame(columns=columns)
    note, source = ("HS6 2024", "atlas-trade-2024") if exports is None else ("HS6", "user")
    return exporters(rows.rename(columns={"code": "product"})).assign(note=note, source=source)


def _advantages(
    codes: list[str], links: dict[str, tuple[str, ...]], headings: pd.DataFrame, tables: Correlation
) -> pd.DataFrame:
    held = holders(headings).rename(columns={"product": "code"})
    parts = []
    for evidence, column, gap in (("rca", "count", "not_covered"), ("rca_kept", "kept", "few_holders")):
        known = held[["code", column]].rename(columns={column: "value"}).dropna()
        known = known[(known["value"] > 0) | (evidence == "rca_kept")].astype({"value": float})
        found = linked(links, known)
        found["note"] = "HS4 " + found["note"]
        source = "wits-hs4-exports|hidalgo-hausmann-2009"
        parts.append(rows_of(codes, evidence, found, source, "estimated", _why(held, tables, gap)))
    return pd.concat(parts, ignore_index=True)

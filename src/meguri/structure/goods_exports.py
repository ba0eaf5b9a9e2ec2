"""Who exports each good: how concentrated, who has an advantage, and who kept it over twenty years.

Trade by code is taken where it is at hand (the user's world trade, 30 materials of 2024, the packaged
raw-material codes of HS 1992), the heading of 1997, the one year with all economies, elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.observe.goods_links import Correlation, Links
from meguri.observe.goods_sets import heading_exports, material_exports
from meguri.observe.trade import LAST_YEAR, trade, trade_codes
from meguri.structure.complexity import advantage
from meguri.structure.concentration import hhi
from meguri.structure.goods_parts import linked, rows_of

FIRST, LAST = (1997,), (2017, 2018, 2019)
FEW = 3
EVIDENCE = {"export_concentration": "hhi", "largest_exporter": "largest"}
TIER = ["code", "hhi", "largest", "note", "source", "grade"]


def exporters(exports: pd.DataFrame) -> pd.DataFrame:
    """Concentration of the exporters of each product: HHI and share of the largest.

    Parameters
    ----------
    exports : DataFrame
        product, economy, value.

    Examples
    --------
    >>> rows = pd.DataFrame({"product": ["p", "p"], "economy": ["A", "B"], "value": [3.0, 1.0]})
    >>> exporters(rows).values.tolist()
    [['p', 0.625, 0.75]]
    """
    amounts = exports.groupby(["product", "economy"])["value"].sum()
    amounts = amounts[amounts > 0].groupby("product")
    table = pd.DataFrame({"hhi": amounts.agg(hhi), "largest": amounts.max() / amounts.sum()})
    return table.rename_axis("product").reset_index()


def holders(headings: pd.DataFrame) -> pd.DataFrame:
    """Economies with a comparative advantage in each heading: their number, and the share that kept it.

    The number is of 1997, when all economies report. What was kept is looked at among the economies that
    report in all years, before and after, with RCA computed among them alone: the others' absence then
    changes nothing.

    Parameters
    ----------
    headings : DataFrame
        year, economy, product, value.

    Returns
    -------
    DataFrame
        product, ``count`` (NaN when nobody exports), ``held`` (economies of the fixed group that held an
        advantage at first), ``kept`` (share of them that holds one at last; NaN below three).

    Notes
    -----
    RCA of Balassa (1965); the count is the ubiquity of Hidalgo and Hausmann (2009).
    """
    first, last = (headings[headings["year"].isin(years)] for years in (FIRST, LAST))
    names = ["product", "count", "held", "kept"]
    if first.empty or last.empty:
        return pd.DataFrame(columns=names)
    columns = ["economy", "product", "value"]
    count = advantage(first[columns]).groupby("product")["advantage"].sum()
    both = set(first["economy"]) & set.intersection(
        *(set(part["economy"]) for _, part in last.groupby("year"))
    )
    before, after = (
        advantage(part.loc[part["economy"].isin(both), columns]).set_index(["product", "economy"])[
            "advantage"
        ]
        for part in (first, last)
    )
    had = before[before]
    kept = after.reindex(had.index).astype("boolean").fillna(False)
    table = pd.DataFrame(
        {"count": count, "held": had.groupby("product").size(), "kept": kept.groupby("product").mean()}
    )
    table["kept"] = table["kept"].astype(float).where(table["held"] >= FEW)
    return table.rename_axis("product").reset_index()[names]


def concentration(
    codes: list[str], folder: Path | None, tables: Correlation, exports: pd.DataFrame | None
) -> pd.DataFrame:
    """Concentration of exporters and share of the largest, from the finest and newest trade at hand.

    Parameters
    ----------
    codes : list of str
        Codes of HS 2017.
    folder : Path, optional
        Folder of the raw sets.
    tables : Correlation
        Links to older editions.
    exports : DataFrame, optional
        A user's world trade: code, economy, value. It then speaks alone.

    Returns
    -------
    DataFrame
        Rows of ``goods_measured`` for ``export_concentration`` and ``largest_exporter``.
    """
    if exports is not None:
        tiers = [_by_code(exports, "HS6", "user")]
    else:
        materials = _by_code(material_exports(folder), "HS6 2024", "atlas-trade-2024")
        tiers = [materials, _packaged(codes, tables), _headings(codes, folder, tables)]
    best = pd.concat(tiers, ignore_index=True).drop_duplicates("code")
    broad = exports is not None or (folder is not None and len(tiers[-1]) > 0)
    parts = []
    for evidence, column in EVIDENCE.items():
        ends = {f"{column}_low": "value_low", f"{column}_high": "value_high", column: "value"}
        rows = best.rename(columns=ends)
        parts.append(rows_of(codes, evidence, rows, "", "", "not_covered" if broad else "set_absent"))
    return pd.concat(parts, ignore_index=True)


def _by_code(rows: pd.DataFrame, note: str, source: str) -> pd.DataFrame:
    if rows.empty:
        return pd.DataFrame(columns=TIER)
    table = exporters(rows.rename(columns={"code": "product"})).rename(columns={"product": "code"})
    return table.assign(note=note, source=source, grade="derived")


def _packaged(codes: list[str], tables: Correlation) -> pd.DataFrame:
    """Packaged raw-material codes of HS 1992 that still live: a code of 2017 may be one of several in it."""
    listed = trade_codes()
    alive = set(listed.loc[listed["retired"] == "", "code"])
    back = {
        code: old[0] for code, old in tables.back(codes, 1992).items() if len(old) == 1 and old[0] in alive
    }
    if not back:
        return pd.DataFrame(columns=TIER)
    rows = trade(sorted(set(back.values())), LAST_YEAR)
    table = exporters(rows.rename(columns={"code": "product", "exporter": "economy", "value_kusd": "value"}))
    named = pd.DataFrame({"code": list(back), "product": list(back.values())})
    table = named.merge(table, on="product")
    pools = table["product"].map(table["product"].value_counts()) > 1
    grade = pools.map({True: "estimated", False: "derived"})
    note = f"HS92 {LAST_YEAR} " + table["product"]
    return table.assign(note=note, source="baci-hs92|unsd-hs-correlation", grade=grade)[TIER]


def _headings(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    """Headings of HS 1996 in 1997, with the range over those that a code may have stood in."""
    table = heading_exports(folder)
    table = exporters(table[table["year"].isin(FIRST)]) if len(table) else table
    if table.empty:
        return pd.DataFrame(columns=TIER)
    table, parts = table.rename(columns={"product": "code"}), []
    for column in EVIDENCE.values():
        found = linked(
            heading_links(codes, tables), table[["code", column]].rename(columns={column: "value"})
        )
        names = {"value": column, "value_low": f"{column}_low", "value_high": f"{column}_high"}
        parts.append(found.rename(columns=names).set_index("code"))
    joined = parts[0].join(parts[1].drop(columns="note")).reset_index()
    return joined.assign(
        note="HS4 1997 " + joined["note"], source="wits-hs4-exports|unsd-hs-correlation", grade="estimated"
    )


def heading_links(codes: list[str], tables: Correlation) -> Links:
    """Headings of HS 1996 that may hold the goods of each code."""
    return {
        code: tuple(dict.fromkeys(old[:4] for old in found))
        for code, found in tables.back(codes, 1996).items()
    }


def advantages(codes: list[str], folder: Path | None, tables: Correlation) -> pd.DataFrame:
    """Rows of ``goods_measured``: how many economies had an advantage, and what share kept it."""
    held = holders(heading_exports(folder)).rename(columns={"product": "code"})
    links, parts = heading_links(codes, tables), []
    for evidence, column, gap in (("rca", "count", "not_covered"), ("rca_kept", "kept", "few_holders")):
        known = held[["code", column]].rename(columns={column: "value"}).dropna()
        known = known[(known["value"] > 0) | (evidence == "rca_kept")].astype({"value": float})
        found = linked(links, known)
        found["note"] = "HS4 " + found["note"]
        source = "wits-hs4-exports|hidalgo-hausmann-2009"
        why = gap if len(held) else "set_absent"
        parts.append(rows_of(codes, evidence, found, source, "estimated", why))
    return pd.concat(parts, ignore_index=True)

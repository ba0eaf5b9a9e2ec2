"""Readers of the classical views of trade: stages of processing, WTO groups, headings of all economies.

The raw sets stay outside the package (UN Comtrade terms); only what is computed from them may be cited.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import find_key
from meguri.observe.rawsets import country_keys, read_raw, wits_stages

WITS, WTO, HEADINGS = "wits-trade-summary", "wto-product-groups", "wits-hs4"
WITS_FILE = "wits-trade-summary/derived/wits_trade_summary_1988_2021.parquet"
WTO_FILE = "wto-product-groups/derived/exports_by_group.csv"
HEADINGS_FILE = "wits-hs4-exports/derived/hs4_exports_world_1997_2019.parquet"
# codes of WITS that are no ISO codes
WITS_CODES = {
    "OAS": "TW",
    "ROM": "RO",
    "ZAR": "CD",
    "TMP": "TL",
    "SUD": "SD",
    "BLX": "",
}  # Belgium with Luxembourg is neither


def stages_and_total(folder: Path) -> pd.DataFrame:
    """Exports to the world by stage of processing beside all products.

    Returns
    -------
    DataFrame
        country, year, stage, value [MUSD], all_products [MUSD, NaN where not reported]. The four stages
        need not add up to all products: what WITS puts in none of them is left over.
    """
    stages = wits_stages(folder)
    columns = ["iso3", "Partner", "category", "flow", "Indicator", "year", "value", "vintage"]
    table = read_raw(folder, WITS_FILE, columns)
    chosen = (table["Partner"] == "World") & (table["category"] == "All Products")
    chosen &= (table["flow"] == "Export") & table["Indicator"].isin(
        ["Exports (in US$ Mil)", "Export(US$ Mil)"]
    )
    totals = table[chosen].sort_values("vintage").drop_duplicates(["iso3", "year"], keep="last")
    totals = totals.assign(country=country_keys(totals["iso3"])).rename(columns={"value": "all_products"})
    merged = stages[stages["country"] != ""].merge(
        totals[["country", "year", "all_products"]], on=["country", "year"], how="left"
    )
    return merged.drop_duplicates(["country", "year", "stage"]).reset_index(drop=True)


def wto_groups(folder: Path) -> pd.DataFrame:
    """Exports by the WTO's thirteen groups: country, economy, year, group, value [MUSD], flag.

    ``country`` is empty for areas that are no country (World, Africa); ``flag`` E marks an estimate and
    B a break of the series.
    """
    path = folder / WTO_FILE
    if not path.is_file():
        raise DataError(Problem("file_missing", WTO_FILE, file=WTO_FILE))
    table = pd.read_csv(path, encoding="latin-1", dtype=str, keep_default_na=False)
    missing = [c for c in ("iso3", "economy", "group", "year", "value_musd", "flag") if c not in table]
    if missing:
        raise DataError([Problem("column_missing", WTO_FILE, "", WTO_FILE, {"column": c}) for c in missing])
    return pd.DataFrame({
        "country": country_keys(table["iso3"]), "economy": table["economy"],
        "year": pd.to_numeric(table["year"]).astype(int), "group": table["group"],
        "value": pd.to_numeric(table["value_musd"], errors="coerce"), "flag": table["flag"],
    })  # fmt: skip


def headings(folder: Path) -> pd.DataFrame:
    """Exports to the world by HS 1996 heading: country, economy (as given), year, code, value [kUSD].

    1997 holds the reporters A to Z, 1998 and 1999 A to L, 2007 and 2017-2019 M to Z.
    """
    table = read_raw(folder, HEADINGS_FILE, ["year", "iso3", "hs4_1996", "value_kusd"])
    known = {
        code: WITS_CODES.get(code) or find_key(code, "countries") or "" for code in table["iso3"].unique()
    }
    return pd.DataFrame({
        "country": table["iso3"].map(known), "economy": table["iso3"], "year": table["year"].astype(int),
        "code": table["hs4_1996"].astype(str), "value": table["value_kusd"].astype(float),
    })  # fmt: skip

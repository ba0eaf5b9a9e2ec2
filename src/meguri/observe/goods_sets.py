"""Readers of the raw sets behind the scores of goods: elasticities, price classes, stages, headings, prices.

Each returns a tidy table, empty when the set is not under MEGURI_DATA: a score then says "set not
present" and never counts the absence as zero. None of these sets may be packaged.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook

from meguri.base.errors import DataError, Problem
from meguri.observe.goods_links import raw_csv
from meguri.observe.rawsets import read_raw

GVC = "concordance-elasticities-gvc/raw/"
SIGMA = GVC + "ElasticitiesBrodaWeinstein90-01_SITCRev3_5-digit.xls"
RAUCH = GVC + "rauch_classification_rev2.xlsx"
WIOD = GVC + "WIOD2013_GVCmeasures_Dec2017.dta.gz"
HEADINGS = "wits-hs4-exports/derived/hs4_exports_world_1997_2019.parquet"
KOREA = "korea-2019-controls/derived/korea_imports_from_japan_hs6_2018_2020.parquet"
INDONESIA = "indonesia-hs6/raw"
BEC5 = "bec5"  # the user's download from UNSD: HS2012-17-BEC5 -- 08 Nov 2018.xlsx
BEC5_SHEET, BEC5_COLUMNS = "HS17BEC5", ("HS6", "BEC5EndUse", "BEC5Specification")
ATLAS = "critical-materials-atlas/raw/trade.parquet"
DIFFERENTIATED = {"w": 0.0, "r": 0.5, "n": 1.0}
# Divisions of ISIC Rev. 3 that each sector of WIOD 2013 holds (goods only).
SECTORS = {
    1: "01 02 05", 2: "10 11 12 13 14", 3: "15 16", 4: "17 18", 5: "19", 6: "20", 7: "21 22", 8: "23",
    9: "24", 10: "25", 11: "26", 12: "27 28", 13: "29", 14: "30 31 32 33", 15: "34 35", 16: "36 37",
    17: "40 41",
}  # fmt: skip


def _path(folder: Path | None, name: str) -> Path | None:
    path = None if folder is None else folder / name
    return path if path is not None and path.exists() else None


def _sheet(path: Path, name: str) -> list[list[object]]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        return [list(row) for row in book.get_sheet_by_name(book.sheet_names[0]).to_python()]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the parser's panics are no Exception
        raise DataError(Problem("not_a_workbook", name, type(error).__name__, name)) from None


def elasticities(folder: Path | None) -> pd.DataFrame:
    """Elasticity of substitution between origins by basic heading of SITC Rev. 3: code, value.

    Broda and Weinstein (2006), imports of the USA 1990-2001. The file has lost leading zeros and writes
    headings of four digits with a fifth, 0: both are undone by comparing five digits without zeros.
    """
    path = _path(folder, SIGMA)
    if path is None:
        return pd.DataFrame({"code": pd.Series(dtype=str), "value": pd.Series(dtype=float)})
    rows = [row[:2] for row in _sheet(path, SIGMA) if all(map(_is_number, row[:2]))]
    codes = [str(int(float(str(code)))) for code, _ in rows]
    return pd.DataFrame({"code": codes, "value": [float(str(value)) for _, value in rows]})


def sigma_key(sitc3: str) -> str:
    """How the file of elasticities writes a basic heading of SITC Rev. 3.

    Examples
    --------
    >>> sigma_key("72849"), sigma_key("0412"), sigma_key("7492")
    ('72849', '4120', '74920')
    """
    return sitc3.ljust(5, "0").lstrip("0")


def _is_number(cell: object) -> bool:
    try:
        float(str(cell))
    except ValueError:
        return False
    return True


def price_classes(folder: Path | None) -> pd.DataFrame:
    """How goods of SITC Rev. 2 are traded: code, conservative and liberal degree of differentiation.

    Rauch (1999): on an organised exchange 0, with a reference price 0.5, differentiated 1.
    """
    path = _path(folder, RAUCH)
    if path is None:
        return pd.DataFrame({"code": pd.Series(dtype=str), "con": [], "lib": []})
    rows = [row[:3] for row in _sheet(path, RAUCH) if _is_number(row[0])]
    table = pd.DataFrame(rows, columns=["code", "con", "lib"])
    table["code"] = table["code"].map(lambda cell: str(int(float(str(cell)))).zfill(4))
    return table.assign(con=table["con"].map(DIFFERENTIATED), lib=table["lib"].map(DIFFERENTIATED)).dropna()


def specified_intermediates(folder: Path | None) -> pd.DataFrame:
    """Intermediates of HS 2017 that BEC Rev. 5 calls specified (1) or generic (0): code, value.

    Read from the workbook of UNSD where the user has put it (folder ``bec5``). Goods of other end uses
    have no row. The words of the cells were not seen by us: what begins with SPEC is specified, with GEN
    generic, and anything else is left out.

    Raises
    ------
    DataError
        When the workbook has no sheet HS17BEC5 or the sheet lacks a column.
    """
    home = _path(folder, BEC5)
    files = sorted(home.glob("*.xlsx")) if home is not None else []
    if not files:
        return pd.DataFrame({"code": pd.Series(dtype=str), "value": pd.Series(dtype=float)})
    name = files[0].name
    try:
        rows = CalamineWorkbook.from_path(str(files[0])).get_sheet_by_name(BEC5_SHEET).to_python()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the parser's panics are no Exception
        raise DataError(Problem("not_a_workbook", name, type(error).__name__, name)) from None
    heads = [str(cell).strip() for cell in rows[0]] if rows else []
    missing = [column for column in BEC5_COLUMNS if column not in heads]
    if missing:
        raise DataError([Problem("column_missing", name, "", name, {"column": c}) for c in missing])
    table = pd.DataFrame(rows[1:], columns=heads)[list(BEC5_COLUMNS)].astype(str)
    table["code"] = table["HS6"].str.removesuffix(".0").str.zfill(6)
    kind = table["BEC5Specification"].str.strip().str.upper()
    table["value"] = np.select([kind.str.startswith("SPEC"), kind.str.startswith("GEN")], [1.0, 0.0], np.nan)
    inputs = table["BEC5EndUse"].str.strip().str.upper().str.startswith("INT")
    return table.loc[inputs & table["value"].notna(), ["code", "value"]].drop_duplicates("code")


def upstreamness(folder: Path | None) -> pd.DataFrame:
    """Mean stages to final use by division of ISIC Rev. 3, with the range over economies.

    Upstreamness of Antràs et al. (2012) as tabulated by Wang, Wei, Yu and Zhu from WIOD 2013 for its last
    year; the mean over economies is weighted by output, the range is its 10th to 90th percentile.
    """
    columns = ["division", "value", "low", "high", "year"]
    path = _path(folder, WIOD)
    if path is None:
        return pd.DataFrame(columns=columns)
    try:
        table = pd.read_stata(path, columns=["year", "ind_num", "GVC_Ui", "GO"])
    except (ValueError, OSError, EOFError, struct.error) as error:
        raise DataError(Problem("trade_unreadable", WIOD, type(error).__name__, WIOD)) from None
    table = table[(table["year"] == table["year"].max()) & (table["GO"] > 0)].astype(float)
    rows = []
    for sector, group in table.groupby("ind_num"):
        mean = (group["GVC_Ui"] * group["GO"]).sum() / group["GO"].sum()
        low, high = group["GVC_Ui"].quantile([0.1, 0.9])
        told = (mean, min(low, mean), max(high, mean), int(group["year"].iloc[0]))
        rows += [(division, *told) for division in SECTORS.get(int(sector), "").split()]
    return pd.DataFrame(rows, columns=columns)


def heading_exports(folder: Path | None) -> pd.DataFrame:
    """Exports to the world by heading of HS 1996: year, economy, product, value [kUSD].

    All economies in 1997 only; 2017-2019 hold reporters from M to Z (and the United Arab Emirates).
    """
    if folder is None or not (folder / HEADINGS).exists():
        return pd.DataFrame(columns=["year", "economy", "product", "value"])
    table = read_raw(folder, HEADINGS, ["year", "iso3", "hs4_1996", "value_kusd"])
    return table.rename(columns={"iso3": "economy", "hs4_1996": "product", "value_kusd": "value"})


def material_exports(folder: Path | None) -> pd.DataFrame:
    """Exports of 30 codes of HS 2017 in 2024 by economy: code, economy, value [kUSD]."""
    if folder is None or not (folder / ATLAS).exists():
        return pd.DataFrame(columns=["code", "economy", "value"])
    table = read_raw(folder, ATLAS, ["hs6", "exporter", "value_kusd"])
    table = table.rename(columns={"hs6": "code", "exporter": "economy", "value_kusd": "value"})
    table["code"] = table["code"].astype(str).str.zfill(6)
    return table.groupby(["code", "economy"], as_index=False)["value"].sum()


def unit_values(folder: Path | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Korea's imports from Japan and Indonesia's exports, both in HS 2017: code, value [USD], weight [kg]."""
    japan = pd.DataFrame(columns=["code", "value", "weight"])
    if folder is not None and (folder / KOREA).exists():
        japan = read_raw(folder, KOREA, ["hs6", "value_usd", "netwgt_kg"]).rename(
            columns={"hs6": "code", "value_usd": "value", "netwgt_kg": "weight"}
        )
    return _priced(japan), _priced(_indonesia(folder))


def _indonesia(folder: Path | None) -> pd.DataFrame:
    home = _path(folder, INDONESIA)
    files = sorted(home.glob("comtrade_*.csv.gz")) if home is not None else []
    names = ["Classification", "Year", "Commodity Code", "Netweight (kg)", "Trade Value (US$)"]
    parts = [raw_csv(home, file.name, names) for file in files]
    if not parts:
        return pd.DataFrame(columns=["code", "value", "weight"])
    table = pd.concat(parts, ignore_index=True)
    table = table[table["Classification"] == "H5"].drop_duplicates(["Year", "Commodity Code"])
    table = table.rename(
        columns={"Commodity Code": "code", "Netweight (kg)": "weight", "Trade Value (US$)": "value"}
    )
    return table.assign(value=pd.to_numeric(table["value"]), weight=pd.to_numeric(table["weight"]))


def _priced(table: pd.DataFrame) -> pd.DataFrame:
    """Sums of the lines that give both a value and a weight."""
    known = table[(table["value"].astype(float) > 0) & (table["weight"].astype(float) > 0)]
    return known.groupby("code", as_index=False)[["value", "weight"]].sum()

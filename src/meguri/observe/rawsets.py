"""Small readers of raw sets under MEGURI_DATA: one file in, one tidy table out.

The files come from others and may be newer or broken: a missing file or column is a DataError that
names the file, never a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from meguri.base.errors import DataError, Problem
from meguri.base.terms import find_key


def read_raw(folder: Path, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Columns of a Parquet file in the folder of raw sets.

    Raises
    ------
    DataError
        When the file or a column is missing, or the file is no Parquet.
    """
    path = folder / name
    if not path.is_file():
        raise DataError(Problem("file_missing", name, file=name))
    try:
        held = pq.read_schema(path).names
    except (pa.ArrowInvalid, OSError):
        raise DataError(Problem("parquet", name, file=name)) from None
    missing = [column for column in columns if column not in held]
    if missing:
        raise DataError([Problem("column_missing", name, "", name, {"column": c}) for c in missing])
    return pd.read_parquet(path, columns=list(columns))


def country_keys(names: pd.Series[str]) -> pd.Series[str]:
    """Keys of economies by name or code; empty where nothing fits."""
    keys = {name: find_key(str(name), "countries") or "" for name in names.unique()}
    return names.map(keys)


STAGES = ("Capital goods", "Intermediate goods", "Consumer goods", "Raw materials")


def wits_stages(folder: Path) -> pd.DataFrame:
    """Exports to the world by stage of processing: country, year, stage, value [MUSD].

    Where two vintages hold a country, the newer one is kept.
    """
    columns = ["iso3", "Partner", "category", "flow", "Indicator", "year", "value", "vintage"]
    table = read_raw(folder, "wits-trade-summary/derived/wits_trade_summary_1988_2021.parquet", columns)
    chosen = (table["flow"] == "Export") & (table["Indicator"] == "Export(US$ Mil)")
    chosen &= (table["Partner"] == "World") & table["category"].isin(STAGES)
    table = table[chosen].sort_values("vintage").drop_duplicates(["iso3", "year", "category"], keep="last")
    table = table.assign(country=country_keys(table["iso3"]), stage=table["category"])
    return table[["country", "year", "stage", "value"]].reset_index(drop=True)


def korea_monthly(folder: Path) -> pd.DataFrame:
    """Korea's monthly imports: code (HS10), exporter, year, month, value [USD], weight [kg].

    For hydrogen fluoride the publisher's extract lists four origins only.
    """
    columns = ["item_hs10", "country", "year", "month", "import_usd", "import_kg"]
    name = "korea-2019-controls/derived/korea_monthly_by_country_hs10.parquet"
    table = read_raw(folder, name, columns).dropna(subset=["country"])
    table = table.rename(columns={"item_hs10": "code", "import_usd": "value", "import_kg": "weight"})
    table = table.assign(exporter=country_keys(table["country"]))
    return table[["code", "exporter", "year", "month", "value", "weight"]]


def korea_from_japan(folder: Path) -> pd.DataFrame:
    """Korea's imports from Japan, all HS6, 2018-2020: year, code, value [USD], weight [kg]."""
    columns = ["year", "hs6", "value_usd", "netwgt_kg"]
    name = "korea-2019-controls/derived/korea_imports_from_japan_hs6_2018_2020.parquet"
    table = read_raw(folder, name, columns)
    return table.rename(columns={"hs6": "code", "value_usd": "value", "netwgt_kg": "weight"})


def japan_goods_exports(folder: Path) -> pd.DataFrame:
    """Japan's exports by area and customs goods class: year, area, goods, value [bn JPY].

    Areas hold sums ("Grand Total", "EU") beside countries: take one or the other, never both.
    """
    columns = ["ex_im", "area", "goods", "year", "value"]
    name = "japan-trade-by-goods/derived/japan_trade_area_goods_year.parquet"
    table = read_raw(folder, name, columns)
    return table.loc[table["ex_im"] == "export", ["year", "area", "goods", "value"]]

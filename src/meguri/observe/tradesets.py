"""Trade lines of the raw sets under MEGURI_DATA, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.note import note
from meguri.observe.packaged import facts
from meguri.observe.rawsets import country_keys, korea_from_japan, read_raw
from meguri.observe.tradecells import place_key
from meguri.observe.tradelines import WORLD, TradeLines, trade_lines
from meguri.observe.traderead import read_file


def korea(folder: Path) -> TradeLines:
    """Korea's imports from Japan, all HS6, 2018-2020 (Comtrade, HS 2017, USD, kg)."""
    table = korea_from_japan(folder).assign(
        vintage="HS2017", flow="import", reporter="KR", partner="JP", currency="USD", basis="cif"
    )
    return trade_lines(table, "comtrade-kor-jpn")


def indonesia(folder: Path) -> TradeLines:
    """Indonesia's exports to the world, all HS6, 2014-2021 (Comtrade, HS 2012 and 2017, USD, kg).

    Two of the files hold 2014 and two hold 2021: a year is taken from the first file that has it.
    """
    home = folder / "indonesia-hs6" / "raw"
    files = sorted(home.glob("comtrade_*.csv.gz"))
    if not files:
        raise DataError(Problem("file_missing_plain", str(home / "comtrade_*.csv.gz"), file=str(home)))
    parts: list[pd.DataFrame] = []
    held: set[int] = set()
    twice: set[int] = set()
    for path in files:
        table = read_file(path, None, "refuse").table
        years = set(table["year"])
        twice |= years & held
        parts.append(table[~table["year"].isin(held)])
        held |= years
    doubled = note(
        "years_twice", "info", "trade_years_twice", years=", ".join(str(year) for year in sorted(twice))
    )
    return trade_lines(pd.concat(parts, ignore_index=True), "comtrade-idn", [doubled])


def wits(folder: Path) -> TradeLines:
    """Exports to the world by HS 1996 heading, 157 reporters, several years of 1997-2019 (WITS, USD)."""
    columns = ["year", "iso3", "hs4_1996", "value_kusd"]
    table = read_raw(folder, "wits-hs4-exports/derived/hs4_exports_world_1997_2019.parquet", columns)
    lines = pd.DataFrame({
        "code": table["hs4_1996"], "vintage": "HS1996", "year": table["year"].astype(int),
        "flow": "export", "reporter": country_keys(table["iso3"]), "partner": WORLD,
        "value": table["value_kusd"] * 1e3, "currency": "USD", "basis": "fob",
    })  # fmt: skip
    return trade_lines(lines, "wits-hs4", [note("wits_gaps", "warning", "trade_wits_gaps")])


def japan_goods(folder: Path) -> TradeLines:
    """Japan's exports and imports by partner and customs goods, 2009-2026 (JPY).

    The lines of a flow, year and partner add up to its grand total, and the partners to the world.
    """
    name = "japan-trade-by-goods/derived/japan_trade_area_goods_year.parquet"
    table = read_raw(folder, name, ["ex_im", "area", "goods", "year", "value"])
    table = table.astype({"ex_im": str}).rename(columns={"ex_im": "flow", "goods": "code"})
    keys = {area: place_key(area, "japan") for area in table["area"].unique()}
    sums = sorted(area for area, key in keys.items() if key is None)
    table = table.assign(partner=table["area"].map(keys)).dropna(subset="partner")
    lines = _rest_of_world(_rest_of_groups(table))
    basis = lines["flow"].map({"export": "fob", "import": "cif"})
    lines = lines.assign(reporter="JP", value=lines["value"] * 1e9, currency="JPY", basis=basis)
    last = str(lines["year"].max())
    notes = [
        note("goods_2017", "warning", "trade_goods_2017"),
        note("rest_of_group", "info", "trade_rest_of_group"),
        note("rest_of_world", "info", "trade_rest_of_world"),
        note("areas", "info", "trade_areas_dropped", areas=", ".join(sums)),
        note("part_of_year", "warning", "trade_part_of_year", year=last),
    ]
    return trade_lines(lines, "mof-trade-goods", notes)


def _rest_of_groups(table: pd.DataFrame) -> pd.DataFrame:
    """Goods, and for each group what they leave of it: code, flow, year, partner, value."""
    part_of = facts("customs_groups").set_index("goods")["part_of"]
    table = table.assign(group=table["code"].map(part_of))
    keys = ["flow", "year", "partner"]
    goods = table[table["group"].notna() & (table["group"] != "Grand Total")]
    groups = table[table["group"] == "Grand Total"]
    listed = goods.groupby([*keys, "group"], as_index=False)["value"].sum()
    rest = groups.merge(
        listed, left_on=[*keys, "code"], right_on=[*keys, "group"], how="left", suffixes=("", "_listed")
    )
    left = (rest["value"] - rest["value_listed"].fillna(0.0)).clip(lower=0.0)
    rest = rest.assign(value=left, code=rest["code"] + " (rest)")
    columns = ["code", *keys, "value"]
    return pd.concat([goods[columns], rest[columns]], ignore_index=True)


def _rest_of_world(lines: pd.DataFrame) -> pd.DataFrame:
    """Countries, and the world less the countries as one more partner."""
    keys = ["code", "flow", "year"]
    world = lines[lines["partner"] == WORLD].set_index(keys)["value"]
    countries = lines[lines["partner"] != WORLD]
    left = world.sub(countries.groupby(keys)["value"].sum(), fill_value=0.0).clip(lower=0.0)
    return pd.concat([countries, left.reset_index().assign(partner="ROW")], ignore_index=True)


SETS: dict[str, Callable[[Path], TradeLines]] = {
    "korea-from-japan": korea,
    "indonesia-hs6": indonesia,
    "wits-hs4": wits,
    "japan-goods": japan_goods,
}

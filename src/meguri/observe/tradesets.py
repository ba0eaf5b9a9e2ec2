"""Trade lines of the raw sets under MEGURI_DATA, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.note import note
from meguri.observe.rawsets import korea_from_japan
from meguri.observe.tradelines import TradeLines, trade_lines

EDITIONS = {
    f"H{number}": f"HS{year}" for number, year in enumerate((1992, 1996, 2002, 2007, 2012, 2017, 2022))
}


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
    held: set[str] = set()
    for path in files:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows = rows[~rows["Year"].isin(held)]
        held |= set(rows["Year"])
        parts.append(rows)
    table = pd.concat(parts, ignore_index=True)
    weight = pd.to_numeric(table["Netweight (kg)"], errors="coerce")
    lines = pd.DataFrame({
        "code": table["Commodity Code"], "vintage": table["Classification"].map(EDITIONS),
        "year": table["Year"].astype(int), "flow": "export", "reporter": "ID", "partner": "WLD",
        "value": table["Trade Value (US$)"].astype(float), "currency": "USD", "weight": weight,
        "basis": "fob",
    })  # fmt: skip
    doubled = note("trade_years_twice", "info", "trade_years_twice", years="2014, 2021")
    return trade_lines(lines, "comtrade-idn", [doubled])


SETS: dict[str, Callable[[Path], TradeLines]] = {
    "korea-from-japan": korea,
    "indonesia-hs6": indonesia,
}

"""What history shows of a case: packaged trade, packaged facts, raw sets under MEGURI_DATA, or unknown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.harmonise import check_price_units, repair_price_units
from meguri.observe.prices import prices
from meguri.observe.sets import data_folder
from meguri.observe.trade import LAST_YEAR, trade
from meguri.study.backtest_case import (
    LEVELS,
    Case,
    FromFacts,
    FromQuotes,
    FromRaw,
    FromTrade,
    Series,
    months_of,
)


@cache
def _facts() -> pd.DataFrame:
    with packaged("facts", "backtest_series.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("backtest_series").check(rows, "backtest_series.csv")


def backtest_facts() -> pd.DataFrame:
    """Packaged points of history that no packaged trade table holds, one row per source."""
    return _facts().copy()


def observed_series(case: Case) -> pd.DataFrame:
    """Every figure of history of a case: before the event and scored, table ``backtest_series``.

    A point that cannot be had stays as a row with an empty value; its flag says why (``no_row``,
    ``set_absent``, ``part_unknown``: the source knows some months of the period only).
    """
    parts = [_of_series(case, series) for series in case.series]
    table = pd.DataFrame([row for part in parts for row in part])
    return Schema.of("backtest_series").check(table)


def _of_series(case: Case, series: Series) -> list[dict[str, Any]]:
    if isinstance(series.observed, FromFacts):
        rows = backtest_facts()
        rows = rows[(rows["case"] == case.name) & (rows["series"] == series.id)]
        return [dict(row) for row in rows.to_dict("records")] or _unknown(case, series, "no_row", "")
    reader = _READERS[series.observed.kind]
    rows = []
    for phase, periods in (("before", series.before), ("scored", series.scored)):
        for period in periods:
            value, flag, source = reader(series.observed, period, series)
            rows.append(_row(case, series, period, phase, value, flag, source))
    return rows


def _row(
    case: Case, series: Series, period: str, phase: str, value: float | None, flag: str, source: str
) -> dict[str, Any]:
    return {
        "case": case.name,
        "series": series.id,
        "what": series.what,
        "code_or_item": series.item,
        "economy": series.economy,
        "partner": series.partner,
        "period": period,
        "value": value,
        "unit": series.unit,
        "basis": series.basis,
        "phase": phase,
        "source": source,
        "grade": "derived",
        "flag": flag,
        "note": "",
    }


def _unknown(case: Case, series: Series, flag: str, source: str) -> list[dict[str, Any]]:
    rows = [_row(case, series, period, "before", None, flag, source) for period in series.before]
    return rows + [_row(case, series, period, "scored", None, flag, source) for period in series.scored]


def _trade_points(found: FromTrade, period: str, series: Series) -> tuple[float | None, str, str]:  # noqa: ARG001
    """One year of packaged BACI; months are unknown there."""
    if len(period) != 4 or int(period) > LAST_YEAR:
        return None, "no_row", "baci-hs92"
    table = _flows(found.codes, found.importer or (None,))
    table = table[table["year"] == int(period)]
    if found.exporter is not None:
        table = table[table["exporter"].isin(found.exporter)]
    if table.empty:
        return None, "no_row", "baci-hs92"
    value = float(table["value_kusd"].sum())
    known = table.dropna(subset=["quantity_t"])
    tonnes = float(known["quantity_t"].sum())
    if found.measure == "value":
        return value, "", "baci-hs92"
    if found.measure == "quantity":
        return tonnes, "", "baci-hs92"
    if found.measure == "share":
        part = known[known["exporter"].isin(found.of or ())]["quantity_t"].sum()
        return float(part) / tonnes, "", "baci-hs92"
    return float(known["value_kusd"].sum()) / tonnes, "", "baci-hs92"  # kUSD/t = USD/kg


@cache
def _flows(codes: tuple[str, ...], importers: tuple[str | None, ...]) -> pd.DataFrame:
    """Every year at once: each query opens the packaged file anew."""
    parts = [trade(codes, importer=importer) for importer in importers]
    return pd.concat(parts, ignore_index=True)


@cache
def _quotes(element: str, form: str) -> pd.DataFrame:
    """Quotes with units that cannot be right repaired (465 USD per tonne of neodymium is per kilogram)."""
    table = prices(element, form)
    return repair_price_units(table, check_price_units(table))


def _quote_points(found: FromQuotes, period: str, series: Series) -> tuple[float | None, str, str]:
    """Median of the quotes of a period, and all their sources."""
    table = _quotes(found.element, found.form)
    table = table[table["place"].isin(found.place) & (table["unit"] == series.unit)]
    if found.quotes:
        table = table[table["quote"].isin(found.quotes)]
    ends = (table["quote"] == "year-end") & (table["date"] + "-12" == period)
    inside = table["date"].str.startswith(period) & (table["quote"] != "year-end")
    inside &= (table["date"].str.len() == 4) if len(period) == 4 else (table["date"].str.len() > 4)
    rows = table[ends | inside]
    middle = rows["price"].fillna((rows["price_low"] + rows["price_high"]) / 2).dropna()
    if middle.empty:
        return None, "no_row", ""
    return float(middle.median()), "", "|".join(sorted(set(rows["source"])))


@cache
def _raw_table(folder: Path, file: str) -> pd.DataFrame | None:
    path = folder / file
    if not path.is_file():
        return None
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str)


def _raw_points(found: FromRaw, period: str, series: Series) -> tuple[float | None, str, str]:
    folder = data_folder()
    if folder is None or _raw_table(folder, found.file) is None:
        return None, "set_absent", found.source
    value = _raw_sum(folder, found, found.where, period)
    if value is None:
        return None, "part_unknown", found.source
    if found.over is not None:
        whole = _raw_sum(folder, found, found.over, period)
        return (None, "part_unknown", found.source) if not whole else (value / whole, "", found.source)
    months = len(months_of(period)) if series.what in LEVELS else 1
    return value * found.factor / months, "", found.source


def _raw_sum(folder: Path, found: FromRaw, where: dict[str, tuple[str, ...]], period: str) -> float | None:
    """Sum of the chosen rows of a period; None where a month of it is later than the table knows."""
    wanted = set(months_of(period))
    if found.month is None:
        wanted = {month[:4] for month in wanted}
    sums = _raw_sums(folder, found.file, tuple(where.items()), found.year, found.month, found.value)
    return float(sums.reindex(sorted(wanted)).sum()) if wanted <= set(sums.index) else None


@cache
def _raw_sums(
    folder: Path,
    file: str,
    where: tuple[tuple[str, tuple[str, ...]], ...],
    year: str,
    month: str | None,
    value: str,
) -> pd.Series[float]:
    """Sum of the chosen rows in each month (or year) the table knows; 0 where it knows and names none."""
    table = _raw_table(folder, file)
    assert table is not None
    when = table[year].astype(str).str.slice(0, 4)
    if month is not None:
        when = when + "-" + table[month].astype(str).str.zfill(2)
    chosen = pd.Series(True, index=table.index)
    for column, keys in where:
        chosen &= table[column].astype(str).isin(keys)
    numbers = pd.to_numeric(table[value].where(chosen), errors="coerce").fillna(0.0)
    sums: pd.Series[float] = numbers.groupby(when).sum()
    return sums


_READERS: dict[str, Callable[[Any, str, Series], tuple[float | None, str, str]]] = {
    "trade": _trade_points,
    "raw": _raw_points,
    "quotes": _quote_points,
}

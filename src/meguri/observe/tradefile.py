"""Any trade file, or a named raw set, as one tidy table of trade lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from meguri.base.errors import DataError, Problem
from meguri.base.terms import suggest
from meguri.observe.sets import VARIABLE, checked_folder, data_folder
from meguri.observe.trade import read_country
from meguri.observe.tradecheck import Totals
from meguri.observe.tradelines import TradeLines, trade_lines
from meguri.observe.traderead import baci_name, read_file
from meguri.observe.tradescan import TradeScan as TradeScan
from meguri.observe.tradescan import scan_trade as scan_trade
from meguri.observe.tradesets import SETS

Wanted = dict[str, list[str]]
LARGE, LARGE_PACKED = 24 << 20, 4 << 20  # bytes of a BACI file from which it is streamed: some 800,000 rows


def read_trade(
    path: Path | str,
    folder: Path | None = None,
    year: int | None = None,
    totals: Totals = "refuse",
    reporter: str | Sequence[str] | None = None,
    partner: str | Sequence[str] | None = None,
) -> TradeLines:
    """Trade lines of a file in one of the known forms, or of a named raw set.

    Parameters
    ----------
    path : Path or str
        A file of UN Comtrade (old or new headings), BACI (zip, CSV, Parquet), WITS, Japan's customs
        (e-Stat, nine digits) or Korea's customs (ten digits); or the name of a raw set:
        ``korea-from-japan``, ``indonesia-hs6``, ``wits-hs4``, ``japan-goods``.
    folder : Path, optional
        Folder of raw sets; the environment's (`MEGURI_DATA`) when left out.
    year : int, optional
        One year only; chooses the table of a zip that holds several.
    totals : {"refuse", "partners", "world"}
        What to do with totals beside their details, which would be counted twice: refuse the file, keep
        the partners, or keep the world rows; the last two keep the most detailed codes.
    reporter, partner : str or several, optional
        These economies only, by key or name. One of the two is needed for BACI files of more than a
        million rows, which are streamed (`scan_trade`) so that only these lines are loaded.

    Returns
    -------
    TradeLines
        Table, source, edition and notes. BACI's lines are exports of the exporter, fob.

    Raises
    ------
    DataError
        With every problem of the file: where it stands, what was found, what was expected, the way out.
    """
    name, file = str(path), Path(path)
    wanted = {"reporter": _economies(reporter, "reporter"), "partner": _economies(partner, "partner")}
    asked: Wanted = {side: keys for side, keys in wanted.items() if keys}
    if name in SETS:
        return _of(SETS[name](_folder(folder)), year, asked, name)
    if not file.exists() and not file.suffix:
        near = suggest(name, SETS) or ", ".join(SETS)
        raise DataError(Problem("trade_set", "trade", name, details={"near": near}))
    if asked and is_large_baci(file):
        return _streamed(file, year, asked)
    return _of(read_file(file, year, totals), year, asked, file.name)


def _economies(given: str | Sequence[str] | None, place: str) -> list[str]:
    listed = [given] if isinstance(given, str) else list(given or ())
    return [read_country(name, place) for name in listed]


def is_large_baci(file: Path) -> bool:
    """Whether a file is BACI's, by its name or its columns, and too large to be loaded."""
    if not file.is_file() or file.stat().st_size <= (LARGE if file.suffix == ".csv" else LARGE_PACKED):
        return False
    return baci_name(file.name) is not None or set("tijkv") <= set(_columns(file))


def _columns(file: Path) -> list[str]:
    """Headings of a Parquet or CSV file; none of any other."""
    if file.suffix == ".csv":
        with file.open("rb") as opened:
            first = opened.readline(1000).decode("utf-8-sig", "replace")
        return [cell.strip().strip('"') for cell in first.split(",")]
    try:
        return list(pq.read_schema(file).names) if file.suffix == ".parquet" else []
    except (pa.ArrowInvalid, OSError):
        return []


def _streamed(file: Path, year: int | None, asked: Wanted) -> TradeLines:
    with scan_trade(file, year) as scan:
        table = scan.of(**asked)
        if len(table) == 0:
            held = ", ".join(scan.sums(["reporter"])["reporter"])
            shown = ", ".join(key for keys in asked.values() for key in keys)
            raise DataError(Problem("trade_reporter_absent", "reporter", shown, file.name, {"held": held}))
        return trade_lines(table, scan.source, scan.notes.to_dict("records"), file.name)


def _folder(folder: Path | None) -> Path:
    home = data_folder() if folder is None else checked_folder(folder)
    if home is None:
        raise DataError(Problem("folder", VARIABLE))
    return home


def _of(lines: TradeLines, year: int | None, asked: Wanted, file: str) -> TradeLines:
    """Lines of one year and of some economies."""
    table = lines.table
    if year is not None:
        table = _only(table, "year", [year], "trade_year_absent", file)
    for side, keys in asked.items():
        table = _only(table, side, keys, "trade_reporter_absent", file)
    editions = sorted(set(table["vintage"]) - {""})
    return replace(lines, table=table, vintage="|".join(editions))


def _only(table: pd.DataFrame, column: str, values: Sequence[Any], key: str, file: str) -> pd.DataFrame:
    kept = table[table[column].isin(values)].reset_index(drop=True)
    if kept.empty:
        listed = ", ".join(str(held) for held in sorted(set(table[column]))[:40])
        shown = ", ".join(map(str, values))
        raise DataError(Problem(key, column, shown, file, {"held": listed}))
    return kept

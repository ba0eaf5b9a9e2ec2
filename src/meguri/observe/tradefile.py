"""Any trade file, or a named raw set, as one tidy table of trade lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from meguri.base.errors import DataError, Problem
from meguri.base.terms import suggest
from meguri.observe.sets import VARIABLE, checked_folder, data_folder
from meguri.observe.tradecheck import Totals
from meguri.observe.tradelines import TradeLines
from meguri.observe.traderead import read_file
from meguri.observe.tradesets import SETS


def read_trade(
    path: Path | str, folder: Path | None = None, year: int | None = None, totals: Totals = "refuse"
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

    Returns
    -------
    TradeLines
        Table, source, edition and notes. BACI's lines are exports of the exporter, fob.

    Raises
    ------
    DataError
        With every problem of the file: where it stands, what was found, what was expected, the way out.
    """
    name = str(path)
    if name in SETS:
        return _of_year(SETS[name](_folder(folder)), year, name)
    file = Path(path)
    if not file.exists() and not file.suffix:
        near = suggest(name, SETS) or ", ".join(SETS)
        raise DataError(Problem("trade_set", "trade", name, details={"near": near}))
    return _of_year(read_file(file, year, totals), year, file.name)


def _folder(folder: Path | None) -> Path:
    home = data_folder() if folder is None else checked_folder(folder)
    if home is None:
        raise DataError(Problem("folder", VARIABLE))
    return home


def _of_year(lines: TradeLines, year: int | None, file: str) -> TradeLines:
    if year is None:
        return lines
    table = lines.table[lines.table["year"] == year].reset_index(drop=True)
    if table.empty:
        held = ", ".join(str(y) for y in sorted(set(lines.table["year"])))
        raise DataError(Problem("trade_year_absent", "year", str(year), file, {"years": held}))
    editions = sorted(set(table["vintage"]) - {""})
    return replace(lines, table=table, vintage="|".join(editions))

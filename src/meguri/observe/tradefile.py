"""Any trade file, or a named raw set, as one tidy table of trade lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from meguri.base.errors import DataError, Problem
from meguri.base.terms import suggest
from meguri.observe.sets import VARIABLE, checked_folder, data_folder
from meguri.observe.tradelines import TradeLines
from meguri.observe.tradesets import SETS


def read_trade(path: Path | str, folder: Path | None = None, year: int | None = None) -> TradeLines:
    """Trade lines of a named raw set.

    Parameters
    ----------
    path : Path or str
        Name of a raw set: ``korea-from-japan``, ``indonesia-hs6``.
    folder : Path, optional
        Folder of raw sets; the environment's when left out.
    year : int, optional
        One year only.

    Raises
    ------
    DataError
        When the set is unknown or its folder is not there, or the year is not in it.
    """
    name = str(path)
    if name not in SETS:
        raise DataError(
            Problem("trade_set", "trade", name, details={"near": suggest(name, SETS) or ", ".join(SETS)})
        )
    home = data_folder() if folder is None else checked_folder(folder)
    if home is None:
        raise DataError(Problem("folder", VARIABLE))
    return _of_year(SETS[name](home), year, name)


def _of_year(lines: TradeLines, year: int | None, file: str) -> TradeLines:
    if year is None:
        return lines
    table = lines.table[lines.table["year"] == year].reset_index(drop=True)
    if table.empty:
        held = ", ".join(str(y) for y in sorted(set(lines.table["year"])))
        raise DataError(Problem("trade_year_absent", "year", str(year), file, {"years": held}))
    editions = sorted(set(table["vintage"]) - {""})
    return replace(lines, table=table, vintage="|".join(editions))

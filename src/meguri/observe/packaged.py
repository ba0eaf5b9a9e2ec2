"""Reading a packaged facts table, checked against its declared columns."""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged


@cache
def _read(table: str, files: tuple[str, ...]) -> pd.DataFrame:
    frames = []
    for name in files:
        with packaged("facts", name).open("rb") as file:
            if name.endswith(".parquet"):
                frames.append(pd.read_parquet(file))
            else:
                frames.append(pd.read_csv(file, dtype=str, keep_default_na=False))
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    return Schema.of(table).check(frame, " + ".join(files))


def facts(table: str, *files: str) -> pd.DataFrame:
    """A packaged facts table with its declared columns; read and checked once, then copied.

    Parameters
    ----------
    table : str
        Name declared in ``columns.csv``.
    *files : str
        Files in ``data/facts``; without one, ``<table>.csv``.

    Raises
    ------
    DataError
        When the packaged file does not hold what is declared.

    Examples
    --------
    >>> list(facts("flags")["severity"].unique())
    ['low', 'high', 'medium']
    """
    return _read(table, files or (f"{table}.csv",)).copy()


def holds(cells: pd.Series[str], key: str) -> pd.Series[bool]:
    """Rows whose cell, a list separated by ``|``, holds the key.

    Examples
    --------
    >>> holds(pd.Series(["Nd|Dy", "W"]), "Dy").tolist()
    [True, False]
    """
    return cells.map(lambda cell: key in cell.split("|")).astype(bool)

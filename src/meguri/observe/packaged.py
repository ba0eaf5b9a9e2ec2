"""Reading a packaged facts table, checked against its declared columns."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pyarrow.parquet as pq

from meguri.base.tables import Schema
from meguri.base.terms import packaged


@cache
def _read(table: str, files: tuple[str, ...]) -> pd.DataFrame:
    schema = Schema.of(table)
    if all(name.endswith(".parquet") for name in files):
        return _stored(schema, files)
    frames = []
    for name in files:
        with packaged("facts", name).open("rb") as file:
            frames.append(pd.read_csv(file, dtype=str, keep_default_na=False))
    return schema.check(pd.concat(frames, ignore_index=True), " + ".join(files))


def _stored(schema: Schema, files: tuple[str, ...]) -> pd.DataFrame:
    """Parquet files hold typed and checked tables, as a test says: no cell is read a second time."""
    frames = []
    for name in files:
        with packaged("facts", name).open("rb") as file:
            frames.append(pq.ParquetFile(file).read().to_pandas())
    empty = schema.empty()
    table = pd.concat(frames, ignore_index=True).reindex(columns=schema.names)
    words = [name for name in schema.names if empty[name].dtype == object]
    return table.fillna(dict.fromkeys(words, "")).astype(empty.dtypes)


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

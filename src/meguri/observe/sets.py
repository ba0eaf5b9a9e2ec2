"""What evidence there is: the packaged tables, and the raw sets under MEGURI_DATA when present."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import as_file
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, packaged

VARIABLE = "MEGURI_DATA"


def data_folder() -> Path | None:
    """The folder of raw sets named by the environment variable MEGURI_DATA, or None when it is not set.

    Raises
    ------
    DataError
        When the variable is set but names no folder.
    """
    named = os.environ.get(VARIABLE, "")
    return checked_folder(Path(named)) if named else None


def checked_folder(folder: Path) -> Path:
    """The same folder, if it is one.

    Raises
    ------
    DataError
        When nothing, or a file, stands there.
    """
    if not folder.is_dir():
        raise DataError(Problem("folder", VARIABLE, str(folder)))
    return folder


@cache
def _catalogue() -> pd.DataFrame:
    with packaged("sets.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def data_list(data_dir: Path | None = None, lang: Lang = "en") -> pd.DataFrame:
    """Catalogue of packaged tables and raw sets.

    Parameters
    ----------
    data_dir : Path, optional
        Folder of raw sets; the environment's (`data_folder`) when left out.
    lang : {"en", "ja"}
        Language of the descriptions.

    Returns
    -------
    DataFrame
        name, what, years, rows (unknown = NA), licence, kept (packaged | MEGURI_DATA), present, source.

    Examples
    --------
    >>> table = data_list()
    >>> int(table.set_index("name").at["baci", "rows"])
    1264888
    """
    folder = data_folder() if data_dir is None else checked_folder(data_dir)
    table = _catalogue()
    counts, present = [], []
    for row in table.itertuples():
        inside = row.kept == "packaged"
        there = packaged(*str(row.path).split("/")).is_file() if inside else _has(folder, str(row.path))
        present.append(there)
        counts.append(
            _rows(str(row.path)) if inside and there else (int(str(row.rows)) if row.rows else None)
        )
    return pd.DataFrame(
        {
            "name": table["name"],
            "what": table[f"what_{lang}"],
            "years": table["years"],
            "rows": pd.array(counts, dtype="Int64"),
            "licence": table["licence"],
            "kept": table["kept"],
            "present": present,
            "source": table["source"],
        }
    )


def _has(folder: Path | None, name: str) -> bool:
    return folder is not None and (folder / name).is_dir()


def _rows(path: str) -> int:
    with as_file(packaged(*path.split("/"))) as file:
        if file.suffix == ".parquet":
            return int(pq.read_metadata(file).num_rows)
        return len(pd.read_csv(file, dtype=str))

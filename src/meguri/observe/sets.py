"""What evidence there is: the packaged tables, the raw sets under MEGURI_DATA, and what the user added."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import as_file
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from meguri.base.errors import DataError, Problem
from meguri.base.home import HOME, home
from meguri.base.terms import Lang, packaged
from meguri.observe.added import added

VARIABLE = "MEGURI_DATA"


def data_folder() -> Path | None:
    """The folder of raw sets: MEGURI_DATA, else the sets the user has added, else None.

    Raises
    ------
    DataError
        When the variable is set but names no folder.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        return checked_folder(Path(named))
    own = home() / "sets"
    return own if own.is_dir() else None


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
        name, what, years, rows (unknown = NA), licence, kept (packaged | MEGURI_DATA | MEGURI_HOME),
        present, source. Tables of sets that the user has added come last.

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
    listed = pd.DataFrame(
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
    own = _own(lang)
    return pd.concat([listed, own], ignore_index=True) if len(own) else listed


def _own(lang: Lang) -> pd.DataFrame:
    """Tables the user has added, in the columns of `data_list`."""
    table = added()
    table = table.assign(name=table["table"], what=table[f"what_{lang}"], kept=HOME, present=True)
    return table[["name", "what", "years", "rows", "licence", "kept", "present", "source"]]


def _has(folder: Path | None, name: str) -> bool:
    return folder is not None and (folder / name).is_dir()


def _rows(path: str) -> int:
    with as_file(packaged(*path.split("/"))) as file:
        if file.suffix == ".parquet":
            return int(pq.read_metadata(file).num_rows)
        return len(pd.read_csv(file, dtype=str))

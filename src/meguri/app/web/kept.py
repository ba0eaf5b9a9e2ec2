"""Tables of a finished job as a folder of Parquet files, with how they were made beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.records import to_json

ABOUT = "about.json"


def keep(folder: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> None:
    """Write every table, and what is no table last."""
    for name, frame in tables.items():
        write_atomically(folder / f"{name}.parquet", frame.to_parquet(index=False, compression="zstd"))
    write_atomically(folder / ABOUT, to_json(dict(about)).encode())


def kept(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables of a folder by name, in the order of their names, and how they were made.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     keep(Path(place), {"a": pd.DataFrame({"x": [1]})}, {"runs": 5})
    ...     tables, about = kept(Path(place))
    >>> tables["a"]["x"].to_list(), about
    ([1], {'runs': 5})
    """
    tables = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    return tables, json.loads((folder / ABOUT).read_text(encoding="utf-8"))

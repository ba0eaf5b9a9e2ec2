"""A finished answer as a folder: Parquet tables, the chain as CSV, and the manifest last."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.records import to_json
from meguri.base.tables import Schema
from meguri.structure.chain import Chain
from meguri.structure.read import TABLES

MANIFEST = "manifest.json"


def keep(folder: Path, tables: Mapping[str, pd.DataFrame], chain: Chain, manifest: dict[str, Any]) -> None:
    """Write everything, the manifest last: a folder without one holds an answer that was not finished."""
    for name, frame in tables.items():
        write_atomically(folder / f"{name}.parquet", frame.to_parquet(index=False, compression="zstd"))
    for name in TABLES:
        write_atomically(folder / "chain" / f"{name}.csv", chain.table(name).to_csv(index=False).encode())
    about = pd.DataFrame({"key": list(chain.about), "value": list(chain.about.values())})
    write_atomically(folder / "chain" / "chain.csv", about.to_csv(index=False).encode())
    write_atomically(folder / MANIFEST, to_json(manifest).encode())


def kept_tables(folder: Path, schemas: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Tables of a folder by name, each checked by the schema named beside it.

    Raises
    ------
    DataError
        With every table that is missing, broken or not as declared.
    """
    tables, found = {}, list[Problem]()
    for name, schema in schemas.items():
        try:
            frame = pd.read_parquet(folder / f"{name}.parquet")
        except (OSError, ValueError) as error:
            found.append(Problem("outcome_broken", f"{name}.parquet", type(error).__name__, str(folder)))
            continue
        tables[name], problems = Schema.of(schema).problems(frame, str(folder))
        found += problems
    if found:
        raise DataError(found, str(folder))
    return tables

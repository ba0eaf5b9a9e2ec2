"""From a folder of CSV files or a packaged example to the tables of a chain."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.terms import packaged

REQUIRED = ("materials", "nodes", "flows", "recipes")
OPTIONAL = ("contents", "ownership", "specs")
TABLES = REQUIRED + OPTIONAL


def read_folder(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Tables of a chain and its description from a folder of CSV files.

    Parameters
    ----------
    folder : Path
        Holds ``materials.csv, nodes.csv, flows.csv, recipes.csv`` and, if known, ``contents.csv``,
        ``ownership.csv``, ``specs.csv`` and ``chain.csv`` (key, value: name, as_of, label_en, label_ja).

    Raises
    ------
    DataError
        Naming every file that is missing or cannot be read.
    """
    found: list[Problem] = []
    tables: dict[str, pd.DataFrame] = {}
    if not folder.is_dir():
        raise DataError(Problem("file_missing", str(folder), "", str(folder)))
    for name in TABLES:
        path = folder / f"{name}.csv"
        if not path.exists():
            if name in REQUIRED:
                found.append(Problem("table_missing", str(folder), "", str(folder), {"table": name}))
            continue
        try:
            tables[name] = read_csv(path)
        except DataError as error:
            found += error.problems
    if found:
        raise DataError(found, str(folder))
    about = {"name": folder.name}
    if (folder / "chain.csv").exists():
        rows = read_csv(folder / "chain.csv")
        for column in ("key", "value"):
            if column not in rows:
                found.append(Problem("column_missing", "chain.csv", "", str(folder), {"column": column}))
        if found:
            raise DataError(found, str(folder))
        about |= dict(zip(rows["key"], rows["value"], strict=True))
    return tables, about


def example_names() -> list[str]:
    """Packaged examples, ``name@year``.

    Examples
    --------
    >>> "ndfeb-japan@2024" in example_names()
    True
    """
    folder = packaged("chains")
    return sorted(item.name for item in folder.iterdir() if "@" in item.name) if folder.is_dir() else []


def read_example(name: str) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Tables of a packaged example; without a year, the latest.

    Raises
    ------
    DataError
        When there is no such example, naming those that exist.
    """
    names = example_names()
    latest = [item for item in names if item.split("@")[0] == name]
    chosen = name if name in names else (latest[-1] if latest else None)
    if chosen is None:
        raise DataError(Problem("unknown_example", name, name, "", {"names": ", ".join(names)}))
    with resources.as_file(packaged("chains", chosen)) as folder:
        return read_folder(Path(folder))

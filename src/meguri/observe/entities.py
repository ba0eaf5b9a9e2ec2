"""Who is named on a list of end users: the packaged lists of METI and MOFCOM, and lists of one's own.

Names stand as the authority wrote them. A list is true for its day only: every row carries the day of the
list, and whoever decides looks at the authority's own page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_workbook
from meguri.base.tables import Schema
from meguri.observe.packaged import facts

OWN = {"list": "own", "source": "user", "grade": "reported"}
NAMES = ("name", "名称", "企業名", "会社名", "entity_name")
ALIASES = ("aliases", "alias", "別名", "別表記")


def entities(lists: tuple[str, ...] = ()) -> pd.DataFrame:
    """Entities named on the packaged lists.

    Parameters
    ----------
    lists : tuple of str
        Keys of ``data/terms/entity_lists.csv``; empty for all of them.

    Returns
    -------
    DataFrame
        Columns of ``entities``; ``aliases`` and ``concerns`` are separated by ``|``.

    Examples
    --------
    >>> entities()["list"].value_counts().to_dict()["jp-end-user-list"]
    835
    """
    table = facts("entities")
    return table[table["list"].isin(lists)].reset_index(drop=True) if lists else table


def read_entities(path: str | Path, list_date: str) -> pd.DataFrame:
    """A list of one's own: a CSV or Excel file with a column of names.

    Parameters
    ----------
    path : path
        CSV (UTF-8 or Shift_JIS) or workbook; the first sheet with a column of names is read.
    list_date : str
        ISO day as of which the list is true.

    Returns
    -------
    DataFrame
        Columns of ``entities``, every row of the list ``own``.

    Raises
    ------
    DataError
        When the file cannot be read, or no sheet has a column of names.
    """
    file = Path(path)
    frames = [read_csv(file)] if file.suffix.lower() == ".csv" else _sheets(file)
    for frame in frames:
        heads = {str(column).strip().casefold(): column for column in frame.columns}
        column = next((heads[name] for name in NAMES if name in heads), None)
        if column is not None:
            other = next((heads[name] for name in ALIASES if name in heads), None)
            return _own(frame, column, other, list_date, file.name)
    raise DataError(Problem("entity_names", file.name, file=file.name))


def _own(frame: pd.DataFrame, name: Any, other: Any, list_date: str, file: str) -> pd.DataFrame:
    names = frame[name].fillna("").astype(str).str.strip()
    aliases = "" if other is None else frame[other].fillna("").astype(str)
    rows = pd.DataFrame({"name": names, "aliases": aliases, "list_date": list_date, **OWN})
    rows = rows[rows["name"] != ""].reset_index(drop=True)
    rows["entity"] = [f"own-{number}" for number in range(1, len(rows) + 1)]
    schema = Schema.of("entities")
    return schema.check(rows.reindex(columns=schema.names, fill_value=""), file)


def _sheets(file: Path) -> list[pd.DataFrame]:
    """Sheets with the first filled row as their heading."""
    frames = []
    for sheet in read_workbook(file).values():
        filled = [row for row in sheet.rows if any(cell not in (None, "") for cell in row)]
        if filled:
            frames.append(pd.DataFrame(filled[1:], columns=[str(cell) for cell in filled[0]], dtype=object))
    return frames

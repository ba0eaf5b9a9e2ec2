"""Runs of studies that were cancelled: what is kept, how old it is, and how to take it away.

A study that ends takes its runs away itself. One that was cancelled keeps them, so that the same
command goes on; only its user can know whether that will ever be asked.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.shock.store import REQUEST, busy, take_away

OLD = 30  # [d] after which unfinished studies are mentioned
_FOLDER = re.compile(r"(?P<scenario>.+)-[0-9a-f]{16}")
_MB = 1e6


def kept_runs(state: Path, now: dt.datetime) -> pd.DataFrame:
    """Unfinished studies below a folder, the latest first; table ``kept_runs``.

    Parameters
    ----------
    state : Path
        Folder that ``Study.run(state=…)`` was given; it may be missing.
    now : datetime
        From which days are counted back.

    Examples
    --------
    >>> kept_runs(Path("no such folder"), dt.datetime(2026, 11, 23)).empty
    True
    """
    schema = Schema.of("kept_runs")
    folders = sorted(state.iterdir()) if state.is_dir() else []
    rows = [_row(folder, now) for folder in folders if folder.is_dir() and _FOLDER.fullmatch(folder.name)]
    if not rows:
        return schema.empty()
    table = pd.DataFrame(rows).sort_values(["days", "folder"], ignore_index=True)
    return schema.check(table[schema.names])


def _row(folder: Path, now: dt.datetime) -> dict[str, object]:
    found = _FOLDER.fullmatch(folder.name)
    files = [item.stat() for item in folder.iterdir() if item.is_file()]
    changed = max((item.st_mtime for item in files), default=folder.stat().st_mtime)
    done, runs = _done(folder)
    return {
        "scenario": found["scenario"] if found else folder.name,
        "done": done,
        "runs": runs,
        "size": sum(_on_disk(item) for item in files) / _MB,
        "days": max((now - dt.datetime.fromtimestamp(changed)).days, 0),
        "state": "busy" if busy(folder) else "open" if runs and (folder / REQUEST).exists() else "broken",
        "folder": str(folder),
    }


def _on_disk(file: os.stat_result) -> int:
    """Bytes a file takes: rows not yet written take none where the platform says so."""
    blocks: int | None = getattr(file, "st_blocks", None)
    return file.st_size if blocks is None else min(512 * blocks, file.st_size)


def _done(folder: Path) -> tuple[int, int]:
    """Runs that had ended, and runs asked for; nothing where the files are not whole."""
    try:
        done = np.load(folder / "done.npy", mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return 0, 0
    return int(np.asarray(done).sum()), int(done.shape[0])


def remove_kept(table: pd.DataFrame) -> pd.DataFrame:
    """Take away what :func:`kept_runs` lists, unless another process works there; the rows that are gone."""
    gone = [take_away(Path(folder)) for folder in table["folder"]]
    return table[np.array(gone, dtype=bool)].reset_index(drop=True)

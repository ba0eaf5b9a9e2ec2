"""Where numbers come from: sources, grades and checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd

from meguri.base.terms import packaged

GRADES = ("reported", "derived", "estimated", "assumed")


def weakest(grades: Iterable[str]) -> str:
    """Grade of a number made from several: the weakest of them.

    Examples
    --------
    >>> weakest(["reported", "estimated", "derived"])
    'estimated'
    """
    return max(grades, key=GRADES.index, default="assumed")


@cache
def _all_sources() -> pd.DataFrame:
    with packaged("sources.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def sources() -> pd.DataFrame:
    """Every packaged source: producer, title, dates, address, licence, checksum; one row each."""
    return _all_sources().copy()


def cited(keys: Iterable[str]) -> pd.DataFrame:
    """Sources behind a set of keys; a cell may name several keys, separated by ``|``.

    A key without a row is shown all the same, so that no citation is lost.

    Examples
    --------
    >>> list(cited(["baci-hs92|mofcom-2025-18"])["source"])
    ['baci-hs92', 'mofcom-2025-18']
    """
    wanted = sorted({key for cell in keys for key in str(cell).split("|") if key})
    known = _all_sources()
    table = pd.DataFrame({"source": wanted}).merge(known, on="source", how="left")
    return table.fillna("")


def checksum(path: Path | Traversable) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()

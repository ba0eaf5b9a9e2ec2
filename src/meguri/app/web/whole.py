"""Files that are there whole or not at all: a kill at any moment leaves the old one or the new one. Thin."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from pathlib import Path

from meguri.base.errors import DataError, Problem

_NUMBERS = itertools.count(1)
PART = ".part-"  # how the name of something unfinished begins; swept at the start
GONE = ".gone-"  # how the name of something on its way out begins; swept too


def write_whole(path: Path, content: bytes) -> None:
    """Write a whole file or leave what was there.

    Raises
    ------
    DataError
        When the folder cannot be written to.
    """
    part = path.with_name(f"{PART}{os.getpid()}-{next(_NUMBERS)}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise DataError(Problem("file_unwritable", path.name, error.strerror or "", path.name)) from None


def move_whole(folder: Path, place: Path) -> None:
    """Put a finished folder in its place; what stood there before is taken away whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    remove_whole(place)
    folder.rename(place)


def remove_whole(folder: Path) -> None:
    """Take a folder away at once: nobody sees a half of it."""
    gone = folder.with_name(f"{GONE}{os.getpid()}-{next(_NUMBERS)}-{folder.name}")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Take away what an earlier process left unfinished in a folder."""
    for item in folder.iterdir() if folder.is_dir() else ():
        if not item.name.startswith((PART, GONE)):
            continue
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)

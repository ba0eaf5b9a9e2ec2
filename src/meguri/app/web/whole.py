"""Files that are there whole or not at all: a kill at any moment leaves the old one or the new one. Thin."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
from pathlib import Path

from meguri.base.errors import DataError, Problem

_NUMBERS = itertools.count(1)
PART = ".part-"  # how the name of something unfinished begins; swept at the start
GONE = ".gone-"  # how the name of something on its way out begins; swept too


def write_whole(path: Path, content: bytes) -> None:
    """Write a whole file or leave what was there, also when the power goes.

    Raises
    ------
    DataError
        When the folder cannot be written to.
    """
    part = path.with_name(f"{PART}{os.getpid()}-{next(_NUMBERS)}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise DataError(Problem("file_unwritable", path.name, error.strerror or "", path.name)) from None


def sync_folder(folder: Path) -> None:
    """Make sure that a rename inside a folder outlives a power cut, where the system allows it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_whole(folder: Path, place: Path) -> None:
    """Put a finished folder in its place; what stood there before is taken away whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    remove_whole(place)
    folder.rename(place)


def remove_whole(folder: Path) -> None:
    """Take a folder away at once, then free its room: nobody sees it half-deleted.

    A link is taken away itself; what it leads to stays.
    """
    if folder.is_symlink():
        folder.unlink(missing_ok=True)
        return
    gone = folder.with_name(f"{GONE}{os.getpid()}-{next(_NUMBERS)}-{secrets.token_hex(4)}")
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

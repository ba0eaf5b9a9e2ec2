"""The user's own folder: data sets brought in, runs that were kept, workspaces of the application."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HOME = "MEGURI_HOME"


def home() -> Path:
    """The user's own data folder: MEGURI_HOME, or the place the platform has for it.

    Examples
    --------
    >>> home().is_absolute()
    True
    """
    named = os.environ.get(HOME, "")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "meguri"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "meguri"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "meguri"

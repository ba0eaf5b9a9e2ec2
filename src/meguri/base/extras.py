"""Heavy parts that are installed only where they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from meguri.base.errors import DataError, Problem


def part(module: str, package: str, extra: str) -> Any:
    """A module of an optional package.

    Parameters
    ----------
    module : str
        What to import.
    package : str
        Name under which it is installed.
    extra : str
        The extra of meguri that brings it.

    Raises
    ------
    DataError
        When it is not installed, with the command that installs it.

    Examples
    --------
    >>> part("json", "json", "none").loads("1")
    1
    """
    try:
        return import_module(module)
    except ImportError:
        details = {"package": package, "extra": extra}
        raise DataError(Problem("extra_missing", package, "", "", details)) from None

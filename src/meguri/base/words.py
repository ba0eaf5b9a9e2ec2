"""Packaged files and word lists: what both the errors and the terms are made from."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

Lang = Literal["en", "ja"]
LANGS: tuple[Lang, ...] = ("en", "ja")


def packaged(*parts: str) -> Traversable:
    """Path of a packaged data file, wherever the package is installed.

    Examples
    --------
    >>> packaged("terms", "stages.csv").is_file()
    True
    """
    return resources.files("meguri").joinpath("data", *parts)


@cache
def read_words(name: str) -> list[dict[str, str]]:
    """Rows of one word list in ``data/terms``."""
    text = packaged("terms", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))

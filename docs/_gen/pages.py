"""Markdown for the generated pages: escaped cells, tables, code, and words of the generator itself."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from meguri.base.terms import Lang

_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\|*_<>$[]`{}~#"})


@cache
def _words() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "words.csv").open(encoding="utf-8") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def word(key: str, lang: Lang, **fill: object) -> str:
    """A word of the generator in the reader's language, with braces filled."""
    text = _words()[key][lang]
    return text.format(**fill) if fill else text


def cell(text: object) -> str:
    """Text that means itself in a Markdown table.

    >>> cell("a|b _c_")
    'a\\\\|b \\\\_c\\\\_'
    """
    return " ".join(str(text).split()).translate(_SPECIAL)


def code(text: object) -> str:
    """Text in code letters, or nothing when there is none."""
    plain = str(text).replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are already Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def block(text: str, language: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"

"""Names and meanings of the measures of the field, for figures, tables and pages."""

from __future__ import annotations

import csv
from functools import cache

from meguri.base.terms import Lang
from meguri.base.words import packaged


@cache
def _measures() -> dict[str, dict[str, str]]:
    text = packaged("measures.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def measure_label(key: str, lang: Lang) -> str:
    """Shown name of a measure.

    Examples
    --------
    >>> measure_label("divergence", "en"), measure_label("n1", "ja")
    ('Ore against refined', '最大供給国を除く供給（N−1）')
    """
    return _measures()[key][f"label_{lang}"]


def measure_meaning(key: str, lang: Lang) -> str:
    """What a measure says, in one sentence.

    Examples
    --------
    >>> measure_meaning("hhi", "en")
    'Concentration of supply: 1 for one supplier and 1/n for n equal ones.'
    """
    return _measures()[key][f"meaning_{lang}"]

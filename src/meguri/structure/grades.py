"""From the grade on a drawing to the heavy rare earths in the magnet, as a range."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, packaged

UNREADABLE = "?"
_TRADE_GRADE = re.compile(r"N?[\s-]?[2-5][0-9][\s-]?(M|H|SH|UH|EH|AH|VH|TH)?", re.ASCII)
_SAME_HEAT = {"": "N", "VH": "AH", "TH": "AH"}  # three names of the hottest grade


class HreeRange(NamedTuple):
    """Dy+Tb per mass of magnet [1], with where it comes from and what to doubt."""

    low: float
    mode: float
    high: float
    source: str
    grade: str
    note_en: str
    note_ja: str

    def note(self, lang: Lang = "en") -> str:
        """Reason and doubt in the reader's language."""
        return self.note_ja if lang == "ja" else self.note_en


def heat_suffix(grade: str) -> str:
    """Heat letters of a magnet grade: N (none), M, H, SH, UH, EH, AH, or ? when they cannot be read.

    Only the trade's own pattern is read. House names (NMX-…, NEOREC…, VACODYM…) follow each maker's
    own letters and stay unreadable, so that their range stays wide and the doubt visible.

    Examples
    --------
    >>> heat_suffix("N42SH"), heat_suffix("N52"), heat_suffix("38 uh"), heat_suffix("NMX-S49F")
    ('SH', 'N', 'UH', '?')
    """
    text = unicodedata.normalize("NFKC", grade).strip().upper()
    match = _TRADE_GRADE.fullmatch(text)
    if match is None:
        return UNREADABLE
    letters = match[1] or ""
    return _SAME_HEAT.get(letters, letters)


@cache
def _table() -> dict[tuple[str, str], HreeRange]:
    with packaged("facts", "magnet_grades.csv").open(encoding="utf-8") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    typed = Schema.of("magnet_grades").check(frame, "magnet_grades.csv")
    return {
        (row.suffix, row.technology): HreeRange(
            row.share_low, row.share, row.share_high, row.source, row.grade, row.note_en, row.note_ja
        )
        for row in typed.itertuples(index=False)
    }


def hree_range(grade: str, technology: str = "unknown") -> HreeRange:
    """Heavy rare earths (Dy+Tb) in a magnet of a grade made by a technology.

    Parameters
    ----------
    grade : str
        As on the drawing, "N42SH"; what cannot be read gives the widest range of the technology.
    technology : str
        sintered, diffusion, hot-deformed or unknown, as key or name in either language.

    Returns
    -------
    HreeRange
        low, mode, high [t of Dy+Tb per t of magnet], source, grade of evidence, notes.

    Raises
    ------
    KeyError
        When the technology is not in the list.

    Examples
    --------
    >>> hree_range("N42SH", "粒界拡散")[:3]
    (0.002, 0.004, 0.008)
    >>> hree_range("NMX-S49F").high
    0.1
    """
    key = find_key(technology, "technologies")
    if key is None:
        raise KeyError(technology)
    return _table()[heat_suffix(grade), key]


def widest() -> float:
    """Width of the widest range in the table [1]: what is at stake when nothing is known."""
    return max(found.high - found.low for found in _table().values())

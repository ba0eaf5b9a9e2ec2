"""Which edition of the Harmonized System a list of codes was written in, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd

from meguri.observe.packaged import facts
from meguri.observe.tradelines import is_unspecified

EDITIONS = ("HS1992", "HS1996", "HS2002", "HS2007", "HS2012", "HS2017", "HS2022")
Sure = Literal["certain", "likely", "by_year", "by_file", "mixed", "none"]
STRAY = 0.02  # share of lines in codes of other editions that late reporters leave in good files


@cache
def _held() -> dict[str, frozenset[str]]:
    table = facts("hs_codes", "hs_codes.parquet")
    listed = table.assign(edition=table["editions"].str.split("|")).explode("edition")
    return {str(edition): frozenset(rows["code"]) for edition, rows in listed.groupby("edition")}


def codes_of(edition: str) -> frozenset[str]:
    """Headings (4 digits) and subheadings (6 digits) of an edition.

    Examples
    --------
    >>> "848620" in codes_of("HS2007"), "848620" in codes_of("HS2002")
    (True, False)
    """
    return _held()[edition]


def in_force(year: int) -> str:
    """Edition in force in a year; 1988 to 1995 count as the first.

    Examples
    --------
    >>> in_force(2018), in_force(1994)
    ('HS2017', 'HS1992')
    """
    return max((e for e in EDITIONS if int(e[2:]) <= year), default=EDITIONS[0])


@dataclass(frozen=True)
class Edition:
    """The edition found, how sure it is, and how many different codes each edition knows.

    ``sure`` is "certain" (it alone knows all codes), "likely" (it alone knows the most; a few codes
    belong elsewhere), "by_year" (several know equally many; the one in force in the year is taken),
    "by_file" (likewise; the one that other reporters of the file are certainly in is taken),
    "mixed" (codes of several editions) or "none" (no HS codes).
    """

    edition: str
    sure: Sure
    known: pd.DataFrame  # edition, codes known, share of codes
    strange: tuple[str, ...]  # codes the edition does not have


def find_edition(codes: pd.Series[str], year: int) -> Edition:
    """Edition that knows the codes of one year best.

    Parameters
    ----------
    codes : Series of text
        As given: HS 4 or 6 digits, or national codes whose first six are HS. Unspecified codes
        (chapters 98, 99, suppressed) say nothing and are passed over.
    year : int
        Year of the trade: decides among editions that know equally many.

    Returns
    -------
    Edition

    Examples
    --------
    >>> find_edition(pd.Series(["848620", "852491", "854143"]), 2023).sure
    'certain'
    >>> found = find_edition(pd.Series(["848620", "850511"]), 2018)
    >>> found.edition, found.sure
    ('HS2017', 'by_year')
    """
    unique = pd.Series(codes.unique(), dtype="object").astype(str)
    telling = unique[~is_unspecified(unique) & unique.str.fullmatch(r"[0-9]{4}|[0-9]{6}[0-9A-Z]*")]
    numbers = set(telling.str[:6])
    counts = [(edition, len(numbers & codes_of(edition))) for edition in EDITIONS]
    known = pd.DataFrame(counts, columns=["edition", "known"])
    known["share"] = known["known"] / max(len(numbers), 1)
    most = int(known["known"].max())
    if most == 0:
        return Edition("", "none", known, tuple(sorted(numbers)))
    tied = list(known.loc[known["known"] == most, "edition"])
    best = in_force(year) if in_force(year) in tied else tied[-1]
    strange = tuple(sorted(numbers - codes_of(best)))
    return Edition(best, _sure(len(tied), strange, len(numbers)), known, strange)


def _sure(tied: int, strange: tuple[str, ...], codes: int) -> Sure:
    elsewhere = [code for code in strange if any(code in codes_of(e) for e in EDITIONS)]
    if len(elsewhere) > STRAY * codes:
        return "mixed"
    if tied > 1:
        return "by_year"
    return "likely" if strange else "certain"

"""From a code of HS 2017 back to the classifications that older research is written in.

UNSD's correlation tables are walked one revision at a time; those of the HS are packaged, those of the
SITC lie under MEGURI_DATA. A code that keeps its number keeps its main
goods; one that does not may hold goods of every code it is linked to. So a link says "may be", and what
is read through several links is given with its range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.observe.correlate import edition_links

REVISIONS = (2017, 2012, 2007, 2002, 1996, 1992)
FILE = "hs-revisions-concordance/raw/HS_consolidated_comtrade_concordances.csv.gz"
ISIC = "concordance-elasticities-gvc/raw/JobID-64_Concordance_HS_to_I3.CSV"
_SITC3, _SITC2 = "1992 to 1988", "1988 to 1976"  # the file names SITC revisions by their years
Links = dict[str, tuple[str, ...]]


def raw_csv(folder: Path | None, name: str, columns: Iterable[str], encoding: str = "utf-8") -> pd.DataFrame:
    """A CSV file of a raw set as text; no rows when the set is not there.

    Raises
    ------
    DataError
        When the file is there and cannot be read or lacks a column.
    """
    wanted = list(columns)
    path = None if folder is None else folder / name
    if path is None or not path.is_file():
        return pd.DataFrame(columns=wanted, dtype=str)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding, index_col=False)
    except (ValueError, OSError, EOFError) as error:  # ValueError: no text, no rows, uneven rows
        raise DataError(Problem("trade_unreadable", name, type(error).__name__, name)) from None
    table.columns = [str(column).removeprefix("\ufeff") for column in table.columns]
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise DataError([Problem("column_missing", name, "", name, {"column": c}) for c in missing])
    return table[wanted]


@dataclass(frozen=True)
class Correlation:
    """Links between neighbouring classifications; those of the SITC are missing when the set is."""

    steps: Mapping[str, Links]

    @property
    def reaches_sitc(self) -> bool:
        """Whether the links to the SITC are there."""
        return _SITC3 in self.steps and _SITC2 in self.steps

    def back(self, codes: Iterable[str], to: int) -> Links:
        """Codes of an earlier revision of the HS that may hold the goods of codes of HS 2017.

        Parameters
        ----------
        codes : iterable of str
            Six-digit codes of HS 2017.
        to : int
            Year of the revision, one of ``REVISIONS``.

        Examples
        --------
        >>> tables = Correlation({"2017 to 2012": {"848610": ("848610",)}, "2012 to 2007": {},
        ...                       "2007 to 2002": {"848610": ("846410", "847989")}})
        >>> tables.back(["848610"], 2012), tables.back(["848610"], 2002)
        ({'848610': ('848610',)}, {'848610': ()})
        """
        found: Links = {code: (code,) for code in codes}
        for newer, older in pairwise(REVISIONS):
            if newer <= to:
                break
            found = _through(found, self.steps.get(f"{newer} to {older}", {}))
        return found

    def sitc3(self, codes: Iterable[str]) -> Links:
        """Basic headings of SITC Rev. 3 that may hold the goods of codes of HS 2017."""
        return _through(self.back(codes, 1992), self.steps.get(_SITC3, {}))

    def sitc2(self, codes: Iterable[str]) -> Links:
        """Four-digit subgroups of SITC Rev. 2 that may hold the goods of codes of HS 2017."""
        step = self.steps.get(_SITC2, {})
        fine = {
            code: tuple(old for link in links for old in _stripped(link, step))
            for code, links in self.sitc3(codes).items()
        }
        return {code: tuple(dict.fromkeys(link[:4] for link in links)) for code, links in fine.items()}


def _through(found: Links, step: Links) -> Links:
    """Links followed one step; a number that the older classification keeps stands for the rest."""
    return {
        code: tuple(dict.fromkeys(old for link in links for old in _older(link, step)))
        for code, links in found.items()
    }


def _older(code: str, step: Links) -> tuple[str, ...]:
    links = step.get(code, ())
    return (code,) if code in links else links


def main_links(step: Links) -> Links:
    """Of several links, those into the groups where the sister codes of the heading stand.

    The table of the SITC ties whole blocks together: photographic chemicals (3707.90) to 25 headings of
    chemicals, of which one is theirs. A link is kept when a code of the same HS heading (of its chapter,
    where the heading has none) that has one link only leads into the same group (three digits) of the SITC;
    where none does, all links stay.

    Examples
    --------
    >>> step = {"370710": ("8821",), "370790": ("8821", "51391"), "290711": ("51391", "8821")}
    >>> main_links(step)["370790"], main_links(step)["290711"]
    (('8821',), ('51391', '8821'))
    """
    groups: dict[str, set[str]] = {}
    for code, links in step.items():
        if len(links) == 1:
            for place in (code[:4], code[:2]):
                groups.setdefault(place, set()).add(links[0][:3])
    main: Links = {}
    for code, links in step.items():
        near = groups.get(code[:4]) or groups.get(code[:2], set())
        main[code] = tuple(link for link in links if link[:3] in near) or links
    return main


def _stripped(code: str, step: Links) -> tuple[str, ...]:
    """Links of a code in the one step whose file has lost its leading zeros, with the zeros given back."""
    bare = code.lstrip("0")
    zeros = code[: len(code) - len(bare)]
    return tuple(zeros + older for older in step.get(bare, ()))


def read_correlation(folder: Path | None) -> Correlation:
    """UNSD's correlation tables of the HS and the SITC, from HS 2017 down to SITC Rev. 2.

    The file of the SITC has lost the leading zeros of the HS, where six digits are given back.
    """
    steps = dict(_hs_steps())
    table = raw_csv(folder, FILE, ["code.after", "code.before", "adjustment"])
    for name in (_SITC3, _SITC2) if len(table) else ():
        rows = table[table["adjustment"] == name]
        after = rows["code.after"].str.zfill(6) if name == _SITC3 else rows["code.after"]
        step = _grouped(after, rows["code.before"])
        steps[name] = main_links(step) if name == _SITC3 else step
    return Correlation(steps)


@cache
def _hs_steps() -> dict[str, Links]:
    steps = {}
    for newer, older in pairwise(REVISIONS):
        rows = edition_links(f"HS{older}", f"HS{newer}")
        steps[f"{newer} to {older}"] = _grouped(rows["newer"], rows["older"])
    return steps


def _grouped(newer: pd.Series[str], older: pd.Series[str]) -> Links:
    found: dict[str, list[str]] = {}
    for code, link in zip(newer.tolist(), older.tolist(), strict=True):
        found.setdefault(code, []).append(link)
    return {code: tuple(links) for code, links in found.items()}


def isic3(folder: Path | None, tables: Correlation, codes: Iterable[str]) -> Links:
    """Classes of ISIC Rev. 3 (four digits) that make the goods of codes of HS 2017, by way of HS 2002."""
    columns = ["HS - Combined  Product Code", "ISIC Revision 3 Product Code"]
    rows = raw_csv(folder, ISIC, columns, encoding="latin1")
    rows = rows[rows[columns[1]].str.fullmatch(r"\d{4}")]
    made = _grouped(rows[columns[0]], rows[columns[1]])
    return {
        code: tuple(dict.fromkeys(industry for link in links for industry in made.get(link, ())))
        for code, links in tables.back(codes, 2002).items()
    }

"""What one reading of an own file gave: facts, headings, messages for each cell, cells not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meguri.base.errors import Problem
from meguri.base.terms import LANGS, Lang, label

_CELL = re.compile(r"(?:^|/)([^/!]+)!([A-Z]{1,3})?([0-9]{1,7})")
Words = Mapping[Lang, str]


@dataclass
class Found:
    """What one reading gave.

    Attributes
    ----------
    facts : list of (label, value)
        What was understood, in both languages.
    columns : list of dict
        Headings: sheet, cell, heading, and what each was taken for.
    messages : list of dict
        Cells that could not be read or are doubtful.
    unknowns : list of dict
        Cells that are empty, what is used instead and how much each matters.
    offers : dict
        (sheet, letters of a column) → words that its cells take, in each language.
    """

    facts: list[tuple[Words, Words]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    unknowns: list[dict[str, Any]] = field(default_factory=list)
    offers: dict[tuple[str, str], Mapping[Lang, list[str]]] = field(default_factory=dict)

    def fact(self, key: str, value: object) -> None:
        """One thing understood: a word of ``web_files`` and its value, the same in both languages."""
        self.facts.append((words(key), dict.fromkeys(LANGS, str(value))))

    def problems(self, problems: Iterable[Problem], severity: str = "error") -> None:
        """Problems of a reader, each with its cell where it names one."""
        self.messages += [message(one, severity) for one in problems]


def words(key: str, **fill: object) -> Words:
    """A word of ``web_files`` in every language."""
    return {lang: label(key, lang, "web_files", **fill) for lang in LANGS}


def message(problem: Problem, severity: str) -> dict[str, Any]:
    """A problem as the page shows it: its cell apart from its place, its words in every language.

    Examples
    --------
    >>> told = message(Problem("share", "parts!B7", "1.4", "a.xlsx"), "error")
    >>> told["sheet"], told["cell"], told["found"], told["expected_en"]
    ('parts', 'B7', '1.4', 'a share between 0 and 1')
    """
    place = _CELL.search(problem.place)
    told = {lang: problem.row(lang) for lang in LANGS}
    return {
        "severity": severity,
        "key": problem.key,
        "file": Path(problem.file).name,
        "place": problem.place,
        "sheet": place[1] if place else "",
        "cell": f"{place[2]}{place[3]}" if place and place[2] else "",
        "found": problem.found,
        **{f"{name}_{lang}": told[lang][name] for lang in LANGS for name in ("expected", "way_out")},
    }

"""The tree of errors.

MeguriError
├── DataError       a table, workbook or file does not hold what it must (exit status 2)
├── ScenarioError   a scenario file does not say what it must (exit status 2)
└── ModelError      the model could not answer, and says why (exit status 1)

Problems are collected first and raised once: a reader fixes a file in one round, not in ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from meguri.base.words import Lang, read_words


@cache
def _texts() -> dict[str, dict[str, str]]:
    """Expectation and way out of every kind of problem, in both languages."""
    return {row["key"]: row for row in read_words("problems")}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what was found, what was expected, and the way out.

    ``key`` is a row of ``data/terms/problems.csv``, ``details`` fill the braces of its sentences.

    Examples
    --------
    >>> print(Problem("share", place="flows row 3, share", found="1.4").text("en"))
    flows row 3, share: found '1.4', expected a share between 0 and 1. Write 40 % as 0.4 or as "40 %".
    """

    key: str
    place: str = ""
    found: str = ""
    file: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: Lang = "en") -> str:
        """One line for people, in the chosen language."""
        row = _texts()[self.key]
        expected = row[f"expected_{lang}"].format(**self.details)
        way_out = row[f"way_out_{lang}"].format(**self.details)
        if lang == "ja":
            found = f"「{self.found}」となっていますが、" if self.found else ""
            return f"{self.place}：{found}{expected}が必要です。{way_out}"
        found = f"found '{self.found}', " if self.found else ""
        return f"{self.place}: {found}expected {expected}. {way_out}"

    def row(self, lang: Lang = "en") -> dict[str, str]:
        """The same as separate fields, for JSON and tables."""
        texts = _texts()[self.key]
        return {
            "key": self.key,
            "file": self.file,
            "place": self.place,
            "found": self.found,
            "expected": texts[f"expected_{lang}"].format(**self.details),
            "way_out": texts[f"way_out_{lang}"].format(**self.details),
        }


class MeguriError(Exception):
    """Anything meguri says no to; carries every problem found."""

    def __init__(self, problems: Problem | Iterable[Problem], file: str = "") -> None:
        listed = [problems] if isinstance(problems, Problem) else list(problems)
        self.file = file or next((p.file for p in listed if p.file), "")
        self.problems: tuple[Problem, ...] = tuple(listed)
        super().__init__(self.text("en"))

    def text(self, lang: Lang = "en") -> str:
        """Headline and one line for each problem, in the chosen language."""
        n = len(self.problems)
        where = self.file or ("入力" if lang == "ja" else "the input")
        if lang == "ja":
            head = f"{where} に {n} 件の問題があります"
        else:
            head = f"{n} problem{'s' if n != 1 else ''} in {where}"
        return "\n".join([head, *(f"  - {p.text(lang)}" for p in self.problems)])


class DataError(MeguriError):
    """A table, workbook or file does not hold what it must."""


class ScenarioError(MeguriError):
    """A scenario does not say what it must."""


class ModelError(MeguriError):
    """The model could not answer, and says why."""

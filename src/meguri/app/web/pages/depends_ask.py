"""What the page on dependence was asked, as the model takes it, and what one method has to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from meguri.app import risk
from meguri.app.web.view import Headline, Section
from meguri.base.sources import cited
from meguri.base.terms import Lang, label
from meguri.show.basis import footer, weakest_grade

WORDS = "web_depends"


@dataclass(frozen=True)
class Part:
    """What one method has to say: the finding, answers at a glance, and sections."""

    title: str
    headlines: tuple[Headline, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Ask:
    """What was asked, for the model; the chain by its path, its name for links, and the language."""

    asked: risk.Asked
    method: str
    chain_name: str

    @property
    def lang(self) -> Lang:
        """Language of the reader."""
        return self.asked.lang

    def said(self, key: str, **fill: object) -> str:
        """A phrase of the page."""
        return label(key, self.lang, WORDS, **fill)


@lru_cache(maxsize=24)
def _answer(method: str, asked: risk.Asked) -> risk.Answer:
    return risk.METHODS[method](asked)


def answer(method: str, ask: Ask) -> risk.Answer:
    """The tables of one method; kept, because most visitors ask the same."""
    # the language only matters where a table holds words
    asked = ask.asked if method == "sectors" else replace(ask.asked, lang="en")
    return _answer(method, asked)


def of(frame: pd.DataFrame, lang: Lang) -> str:
    """Sources and weakest grade of a table, for below its figure."""
    return footer(cited(frame["source"].dropna()), weakest_grade(frame), lang)

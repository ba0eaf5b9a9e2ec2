"""Words of the page of a firm, and small tables of sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from meguri.app.web.question import Asked
from meguri.app.web.questions.firm import PARTS, WORDS
from meguri.app.web.view import Paper, Section, Table, Way
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label


def firm_word(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/web_firm.csv`` with its braces filled."""
    return label(key, lang, WORDS, **fill)


def table_of(
    name: str, rows: Sequence[Sequence[object]] | Sequence[Mapping[str, object]], title: str, *,
    key: str = "", note: str = "", open_: bool = True,
) -> Table:  # fmt: skip
    """Rows under the columns of a declared table; cells in their order, or by column."""
    schema = Schema.of(name)
    listed = [row if isinstance(row, Mapping) else dict(zip(schema.names, row, strict=True)) for row in rows]
    frame = schema.check(pd.DataFrame(listed, columns=schema.names), name) if listed else schema.empty()
    return Table(key or name, title, frame, name, note, open_)


def linked(asked: Asked, lang: Lang) -> Section:
    """Ways to the other parts, with everything else that was asked."""
    ways = [
        Way(firm_word(f"part_{part}", lang), "firm", {**asked, "part": part})
        for part in PARTS if part != asked["part"]
    ]  # fmt: skip
    return Section("parts", firm_word("sec_parts", lang), ways=ways)


def papers_of(what: Mapping[str, Sequence[str]], lang: Lang) -> list[Paper]:
    """Papers of this page in each of their forms, named ``card.pdf``."""
    return [
        Paper(f"{name}.{form}", firm_word("paper_form", lang, paper=firm_word(f"paper_{name}", lang),
                                          form=label(f"paper_{form}", lang, "web")))
        for name, forms in what.items() for form in forms
    ]  # fmt: skip

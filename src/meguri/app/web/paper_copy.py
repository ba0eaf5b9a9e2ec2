"""A copy: a view as one reader may see it, with the words every paper of it says alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from meguri.app.web.paper_mask import Audience, Left, Secrets, masked, told
from meguri.app.web.view import Section, Table, View, shown
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.show.basis import MOST_NAMED, footer, weakest_grade
from meguri.show.office.fit import em
from meguri.show.page import MAP
from meguri.show.spell import listing, missing, say


@dataclass(frozen=True, eq=False)
class Copy:
    """A view without what its reader may not see, and the list of that."""

    view: View
    left: tuple[Left, ...]
    audience: Audience
    lang: Lang
    confidential: bool  # whether words of own files stand in it or were left out

    @classmethod
    def of(cls, view: View, secrets: Secrets, audience: Audience, lang: Lang) -> Copy:
        """The copy for an audience."""
        seen, left = masked(view, secrets, audience, lang)
        return cls(seen, tuple(left), audience, lang, bool(secrets.words))

    def said(self, key: str, **fill: object) -> str:
        """A phrase of the papers."""
        return told(key, self.lang, **fill)

    @property
    def reader(self) -> str:
        """For whom this copy is, with the mark of a copy that must not leave the house."""
        reader = self.said("for", reader=label(f"audience_{self.audience}", self.lang, "web"))
        if self.audience == "internal" and self.confidential:
            return f"{reader} — {label('internal', self.lang, 'confidentiality')}"
        return reader

    def withheld(self) -> list[str]:
        """What this reader does not see, a line each; the same kind of thing is said once."""
        counted: dict[tuple[str, str, bool], int] = {}
        for one in self.left:
            key = (one.what, one.level, one.rows > 0)
            counted[key] = counted.get(key, 0) + max(one.rows, 1)
        return [
            self.said("left_rows" if rows else "left_whole", what=what, n=n,
                      level=label(level, self.lang, "confidentiality"))
            for (what, level, rows), n in counted.items()
        ]  # fmt: skip

    def closing(self) -> list[str]:
        """Sentences at the end of every paper: what is withheld, persons, borders, what a model is."""
        lines = self.withheld()
        said = [self.said("withheld_intro" if lines else "withheld_none")]
        said += [f"・{line}" if self.lang == "ja" else f"• {line}" for line in lines]
        said += [self.said("withheld_totals")] if lines else []
        said += [self.said("no_persons")]
        drawn = [chart for part in self.view.sections for chart in part.charts]
        if any('"geo"' in str(chart.option).replace("'", '"') or MAP in str(chart.option) for chart in drawn):
            said.append(say("map_borders", self.lang))
        return [*said, say("disclaimer", self.lang)]

    def cells(self, table: Table) -> dict[str, Any]:
        """Heads, alignment and first rows of a table as a page prints them; no keys where names stand."""
        return shown(named(table), self.lang)

    def footer(self, table: Table) -> str:
        """Sources and weakest grade of a table, as far as it names them."""
        frame = table.frame
        names = {part for name in ("source", "sources") if name in frame for cell in frame[name]
                 if not missing(cell) for part in str(cell).split("|")}  # fmt: skip
        known = self.view.sources
        used = known[known["source"].isin(names)] if names and len(known) else known
        if "grade" in frame:
            return footer(used, weakest_grade(frame), self.lang)
        return said_sources(used, self.lang)


def named(table: Table) -> Table:
    """A table without the key of a row where its name stands beside it."""
    first = str(table.frame.columns[0]) if len(table.frame.columns) else ""
    known = {one.name: one.kind for one in Schema.of(table.declared).columns}
    if known.get(first) == "id" and {"label_en", "label_ja"} & set(table.frame):
        return replace(table, frame=table.frame.drop(columns=first))
    return table


def behind(section: Section) -> list[Table]:
    """Tables of a part in order: those behind its figures, then its own."""
    drawn = [Table(one.key, one.title, one.table, one.declared) for one in section.charts]
    return [*drawn, *section.tables]


def said_sources(sources: pd.DataFrame, lang: Lang) -> str:
    """Producers of some sources in a row; nothing where there are none."""
    if sources.empty:
        return ""
    names = [str(row["source"] if missing(row.get("producer")) else row["producer"])
             for row in sources.to_dict("records")]  # fmt: skip
    return say("footer_sources", lang, names=listing(list(dict.fromkeys(names)), lang, most=MOST_NAMED))


def shares(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[float]:
    """Parts of a width that the columns of a table take: what their cells need, within bounds.

    Examples
    --------
    >>> shares(["Plan", "Days until the first shortage"], [["Plan A, with all in it", "12"]], [False, True])
    [12.32, 8.12]
    """
    found = []
    for n, head in enumerate(heads):
        cells = max((em(row[n]) for row in rows), default=0.0)
        most, least = (9.0, em(head) / 2) if right[n] else (36.0, min(em(head), 6.0))
        found.append(round(min(max(cells, least, 3.0), most), 2))
    return found


def filled(frame: pd.DataFrame) -> bool:
    """Whether a table holds anything."""
    return bool(len(frame)) and bool(len(frame.columns))

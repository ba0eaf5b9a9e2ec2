"""What ``meguri check`` tells a buyer: what was read, inferred and not known, and what to ask first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.structure.bom import Bom, Note, group_of, owners
from meguri.structure.filled import (
    Answer,
    Filled,
    confidentiality_counts,
    read_answer,
    read_chain_workbook,
)
from meguri.structure.grades import UNREADABLE, heat_suffix
from meguri.structure.parts import best_question, totals, unknowns
from meguri.structure.read import TABLES

__all__ = ["Check", "check_workbook", "read_chain_workbook", "supplier_groups"]


@dataclass(frozen=True)
class Check:
    """A workbook that can be used, and what to know before using it."""

    file: str
    name: str
    base: str
    example: bool
    rows: Mapping[str, int]  # table of the chain → rows
    parts: pd.DataFrame | None  # as parts.complete returns them, with line and node
    totals: pd.DataFrame
    groups: pd.DataFrame
    question: Mapping[str, str]
    confidentiality: Mapping[str, int]
    notes: tuple[Note, ...]
    _filled: Filled | None
    _bom: Bom | None

    @property
    def unknowns(self) -> pd.DataFrame:
        """Cells not known, what is used instead and how much each matters; worst first."""
        return self.unknowns_in("en")

    def unknowns_in(self, lang: Lang) -> pd.DataFrame:
        """As :attr:`unknowns`, in the reader's language."""
        if self.parts is None or self._bom is None or self._filled is None:
            return Schema.of("parts_unknowns").empty()
        return unknowns(self.parts, self._bom.matches, self._filled.place, lang)

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """Everything as one JSON-ready document; unknown numbers are ``None``."""
        return {
            "file": self.file,
            "name": self.name,
            "base": self.base,
            "example": self.example,
            "rows": dict(self.rows),
            "lines": 0 if self._bom is None else int(self._bom.matches["line"].nunique()),
            "totals": [
                {**row, "label": label(str(row["item"]), lang, "parts")} for row in _records(self.totals)
            ],
            "groups": _records(self.groups),
            "unknowns": _records(self.unknowns_in(lang)),
            "question": self.question.get(lang, ""),
            "question_about": {key: self.question.get(key, "") for key in ("supplier", "field", "weight")},
            "confidentiality": dict(self.confidentiality),
            "notes": [{"key": note.key, "text": _text(note, lang)} for note in self.notes],
        }

    def tables(self, lang: Lang = "en") -> dict[str, pd.DataFrame]:
        """Title → table of texts, ready to be printed in this order."""
        shown = {_word("check_summary", lang): self._summary(lang)}
        if self.parts is not None:
            shown |= {
                _word("check_totals", lang): _shown_totals(self.totals, lang),
                _word("check_groups", lang): _shown_groups(self.groups, lang),
                _word("check_unknowns", lang): _shown_unknowns(self.unknowns_in(lang), lang),
                _word("check_question", lang): pd.DataFrame({_word("note", lang): [self.question[lang]]}),
                _word("check_confidentiality", lang): pd.DataFrame(
                    {
                        _word("level", lang): [
                            label(key, lang, "confidentiality") for key in self.confidentiality
                        ],
                        _word("cells", lang): list(self.confidentiality.values()),
                    }
                ),
            }
        if self.notes:
            texts = [_text(note, lang) for note in self.notes]
            shown[_word("check_notes", lang)] = pd.DataFrame({_word("note", lang): texts})
        return shown

    def table(self, lang: Lang = "en") -> pd.DataFrame:
        """The summary alone: name, base chain, rows of each table, lines."""
        return self._summary(lang)

    def _summary(self, lang: Lang) -> pd.DataFrame:
        rows = [(_word("chain_name", lang), self.name), (_word("chain_base", lang), self.base)]
        if self._bom is not None and self.parts is not None:
            rows.append((_word("rows_parts", lang), str(len(self.parts))))
            rows.append((_word("rows_lines", lang), str(self._bom.matches["line"].nunique())))
        rows += [(table, f"{n:,}") for table, n in self.rows.items()]
        return pd.DataFrame(rows, columns=[_word("item", lang), _word("value", lang)])


def check_workbook(path: str | Path) -> Check:
    """Read a workbook as ``stress`` would and say what was understood.

    Raises
    ------
    DataError
        With every problem found, each with sheet and cell address.
    """
    return checked(read_answer(Path(path)))


def checked(answer: Answer) -> Check:
    """What was understood of a workbook that is read already."""
    rows = {name: len(answer.tables[name]) for name in TABLES if name in answer.tables}
    common: dict[str, Any] = {
        "file": answer.book.file,
        "name": answer.about["name"],
        "base": answer.about.get("base", ""),
        "example": answer.book.example,
        "rows": rows,
        "confidentiality": confidentiality_counts(answer.book),
        "_filled": answer.book.parts,
        "_bom": answer.bom,
    }
    if answer.parts is None or answer.bom is None or answer.book.parts is None:
        empty = pd.DataFrame()
        return Check(parts=None, totals=empty, groups=empty, question={}, notes=(), **common)
    parts = answer.parts
    unknown = unknowns(parts, answer.bom.matches, answer.book.parts.place)
    return Check(
        parts=parts.join(answer.bom.matches[["line", "node", "made_in", "firm"]]),
        totals=totals(parts),
        groups=supplier_groups(parts, answer),
        question=best_question(unknown, parts),
        notes=_notes(answer),
        **common,
    )


def supplier_groups(parts: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Magnets and heavy rare earths by supplier group: firms under one owner count once.

    Returns
    -------
    DataFrame
        group, members, amount [t/a], share [1], hree, hree_low, hree_high [t/a]; largest first.
    """
    if answer.bom is None:
        return pd.DataFrame()
    owner = owners(answer.tables["ownership"], answer.about.get("as_of", ""))
    firms = answer.bom.matches["firm"]
    table = parts[["amount"]].assign(
        group=[group_of(firm, owner) if firm else "" for firm in firms],
        firm=firms,
        **{name: parts[name] * parts["amount"] for name in ("hree", "hree_low", "hree_high")},
    )
    in_chain = set(answer.tables["nodes"]["firm"]) | set(firms)
    sums = table.groupby("group", as_index=False)[["amount", "hree", "hree_low", "hree_high"]].sum()
    sums["share"] = sums["amount"] / sums["amount"].sum()
    sums["members"] = [
        ", ".join(sorted(firm for firm in in_chain if firm and group_of(firm, owner) == group))
        for group in sums["group"]
    ]
    ordered = sums.sort_values(["amount", "group"], ascending=[False, True], ignore_index=True)
    return ordered[["group", "members", "amount", "share", "hree", "hree_low", "hree_high"]]


def _notes(answer: Answer) -> tuple[Note, ...]:
    notes: list[Note] = []
    if answer.book.example:
        notes.append(Note("note_example_used", {}))
    if answer.book.examples_ignored:
        notes.append(Note("note_example_ignored", {"n": str(answer.book.examples_ignored)}))
    if answer.parts is not None:
        unread = answer.parts[
            answer.parts["hree_source"].ne("buyer-workbook")
            & answer.parts["magnet_grade"].ne("")
            & answer.parts["magnet_grade"].map(lambda grade: heat_suffix(grade) == UNREADABLE)
        ]
        notes += [
            Note("note_grade_unreadable", {"part": row.part, "value": row.magnet_grade})
            for row in unread.itertuples(index=False)
        ]
    return (*notes, *(answer.bom.notes if answer.bom else ()))


def _word(key: str, lang: Lang) -> str:
    return label(key, lang, "workbook")


def _text(note: Note, lang: Lang) -> str:
    return label(note.key, lang, "parts", **note.details) if note.details else label(note.key, lang, "parts")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _shown_totals(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _word("item", lang): [label(item, lang, "parts") for item in table["item"]],
            _word("value", lang): table["value"].map(_number),
            _word("low", lang): table["value_low"].map(_number),
            _word("high", lang): table["value_high"].map(_number),
        }
    )


def _shown_groups(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    heads = {column.name: column.label(lang) for column in Schema.of("parts_groups").columns}
    shown = table.assign(
        group=table["group"].replace("", _word("group_unknown", lang)),
        share=table["share"].map(lambda share: f"{share:.1%}"),
        **{name: table[name].map(_number) for name in ("amount", "hree", "hree_low", "hree_high")},
    )
    return shown.rename(columns=heads)


def _shown_unknowns(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    declared = {column.name: column.label(lang) for column in Schema.of("parts").columns}
    heads = {column.name: column.label(lang) for column in Schema.of("parts_unknowns").columns}
    fields = [declared.get(field) or label(f"field_{field}", lang, "parts") for field in table["field"]]
    shown = table.assign(
        field=fields, **{name: table[name].map(lambda x: f"{x:.1%}") for name in ("share", "width", "weight")}
    )
    return shown[["place", "part", "supplier", "field", "used", "weight"]].rename(columns=heads)

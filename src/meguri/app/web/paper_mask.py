"""Who may read what in a paper: names of own files are left out for readers not cleared for them.

A cell of an own workbook is internal (社外秘), for partners (取引先限り) or public (公開): the stricter
of its row and its column, and internal where nothing is written. What names such a cell is left out whole,
not blackened: a sentence, a row of a table, a figure. The list of what was left out goes into the paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from meguri.app.chains import open_chain
from meguri.app.web.desk import Desk
from meguri.app.web.view import Headline, Section, Table, View
from meguri.base.terms import LANGS, Lang, find_key, keys, label
from meguri.observe.joblog import read_shop
from meguri.show.chart import Chart
from meguri.show.spell import missing
from meguri.structure.chain import Chain
from meguri.structure.filled import read_book
from meguri.structure.read import example_names
from meguri.structure.safety_masks import parts as card_parts

Audience = Literal["internal", "supplier", "customer", "ministry", "bank"]
AUDIENCES: tuple[Audience, ...] = ("internal", "supplier", "customer", "ministry", "bank")
LEVELS = ("public", "partner", "internal")  # weakest first
PARTNER, PUBLIC = ("partner", "public"), ("public",)
# what goes to a ministry may be asked for by anybody: it sees what is public
CLEARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"internal": LEVELS, "supplier": PARTNER, "customer": PARTNER, "bank": PARTNER, "ministry": PUBLIC}
)
NAMES_OF_PARTS = ("part", "supplier", "alternative_supplier", "note")  # columns of one's own words
NEVER = "person"  # a column that no copy carries
SHORTEST = 2  # letters of a word that can be told from the text around it


@dataclass(frozen=True)
class Left:
    """Something a paper leaves out: what it was, its level, and rows of it (0: the whole)."""

    what: str
    level: str
    rows: int = 0


@dataclass(frozen=True)
class Secrets:
    """Words of own files that not everybody may read, each with its level.

    Examples
    --------
    >>> secrets = Secrets({"motor-x1": "internal", "Kyoto Magnets": "partner"})
    >>> secrets.level("Plan for MOTOR-X1", "bank"), secrets.level("Kyoto Magnets Ltd.", "bank")
    ('internal', '')
    >>> secrets.level("motor-x15", "ministry"), secrets.level("Kyoto Magnets", "ministry")
    ('', 'partner')
    """

    words: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[str, str]:
        return {folded(text): level for text, level in self.words.items()}

    def _hidden(self, audience: str) -> re.Pattern[str] | None:
        seen = CLEARED[audience]
        words = sorted(
            (one for one, level in self._known.items() if level not in seen), key=len, reverse=True
        )
        return re.compile("|".join(map(_bounded, words))) if words else None

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str] | None]:
        return {audience: self._hidden(audience) for audience in AUDIENCES}

    def level(self, text: str, audience: str) -> str:
        """Level of a word in a text that an audience may not read; "" where there is none."""
        pattern = self._patterns[audience]
        found = pattern.search(folded(text)) if pattern is not None else None
        return "" if found is None else self._known[found[0]]


def folded(text: str) -> str:
    """A text as words are compared: wide and narrow letters, small and capital ones are the same.

    Examples
    --------
    >>> folded("ＭＯＴＯＲ－Ｘ")
    'motor-x'
    """
    return unicodedata.normalize("NFKC", text).casefold()


def _bounded(word: str) -> str:
    """A pattern of a word; one of Latin letters is no part of a longer one."""
    head = "(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    tail = "(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{head}{re.escape(word)}{tail}"


def secrets_of(desk: Desk) -> Secrets:
    """Words of the own files that a view has looked at, each with its level."""
    words: dict[str, str] = {}
    for seen, stamp in list(desk.seen.items()):
        family, _, value = seen.partition(":")
        if family == "file" and stamp:
            file = desk.file(value)
            found = {"chain": _of_chain, "shop": _of_shop}.get(file.kind, lambda _: {})(file.path)
            for text, level in found.items():
                words[text] = max(level, words.get(text, level), key=LEVELS.index)
    return Secrets({text: level for text, level in words.items() if len(text) >= SHORTEST})


def _of_chain(path: Path) -> dict[str, str]:
    """Names of parts and suppliers by their level; nodes that no packaged chain knows follow them."""
    words = _of_parts(path) if path.is_file() else {}
    known = _packaged_words()
    told = [(folded(text), level) for text, level in words.items()]
    nodes = open_chain(str(path)).nodes
    for row in nodes[~nodes["node"].isin(known)].to_dict("records"):
        for text in {
            str(row[name]) for name in ("node", "label_en", "label_ja", "firm") if not missing(row[name])
        }:
            inside = [level for word, level in told if word in folded(text)]
            words.setdefault(text, max(inside, key=LEVELS.index) if inside else "internal")
    return {text: level for text, level in words.items() if folded(text) not in known}


def _of_parts(path: Path) -> dict[str, str]:
    """Own words of the sheet of parts: the stricter of row and column, 社外秘 where the row says nothing."""
    parts = read_book(path).parts
    words: dict[str, str] = {}
    for row in [] if parts is None else parts.cells.to_dict("records"):
        of_row = find_key(str(row.get("confidentiality") or ""), "confidentiality") or "internal"
        for name in NAMES_OF_PARTS:
            text = "" if missing(row.get(name)) else str(row[name]).strip()
            if parts is not None and text:
                level = max(of_row, parts.levels.get(name, "public"), key=LEVELS.index)
                words[text] = max(level, words.get(text, level), key=LEVELS.index)
    return words


def _packaged_words() -> frozenset[str]:
    """Names that everybody may know: nodes and firms of the packaged chains, materials and countries."""
    words = {one for name in ("materials", "countries", "stages") for key in keys(name)
             for one in (key, *(label(key, lang, name) for lang in LANGS))}  # fmt: skip
    for name in example_names():
        nodes = Chain.example(name).nodes
        words |= {str(cell) for column in ("node", "label_en", "label_ja", "firm") for cell in nodes[column]}
    return frozenset(folded(one) for one in words)


def _of_shop(path: Path) -> dict[str, str]:
    """Customers of a job log, whom no other customer, supplier, bank or ministry is told of."""
    shop = read_shop(path).shop
    names = [*shop.customers["name"], *shop.customers["customer"]]
    return {str(one): "internal" for one in names if not missing(one)}


def masked(view: View, secrets: Secrets, audience: Audience, lang: Lang) -> tuple[View, list[Left]]:
    """The view as an audience may read it, and what was left out.

    Parameters
    ----------
    view : View
        All of it.
    secrets : Secrets
        Words of own files with their levels.
    audience : str
        The reader.
    lang : {"en", "ja"}
        Language of the list.
    """
    mask = _Mask(secrets, audience, lang)
    title = view.title if mask.clean(view.title) else told("untitled", lang)
    shown = replace(
        view,
        title=title,
        lead=mask.texts(view.lead, told("lead", lang)),
        headlines=mask.headlines(view.headlines),
        sections=[mask.section(one) for one in view.sections],
        sources=mask.frame(view.sources, told("sources", lang)),
        notes=mask.texts(view.notes, told("notes", lang)),
    )
    return shown, mask.left


def told(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of the papers' word list."""
    return label(key, lang, "web_paper", **fill)


class _Mask:
    """One reading of a view; remembers what it left out."""

    def __init__(self, secrets: Secrets, audience: Audience, lang: Lang) -> None:
        self._secrets, self._audience, self._lang = secrets, audience, lang
        self.left: list[Left] = []

    def _level(self, texts: Iterable[str]) -> str:
        found = [level for text in texts if (level := self._secrets.level(text, self._audience))]
        return max(found, key=LEVELS.index) if found else ""

    def clean(self, *texts: str) -> bool:
        """Whether the reader may see some texts."""
        return not self._level(texts)

    def _name(self, text: str, kind: str) -> str:
        """How the list names something: by its title, unless that is withheld too."""
        plain = told(kind, self._lang)
        return f"{plain}: {text}" if text and self.clean(text) else plain

    def _leave(self, what: str, level: str, rows: int = 0) -> None:
        self.left.append(Left(what, level, rows))

    def texts(self, texts: Iterable[str], where: str) -> list[str]:
        """Sentences without those that name something withheld."""
        kept = []
        for text in texts:
            level = self._level([text])
            kept += [] if level else [text]
            if level:
                self._leave(told("sentence", self._lang, where=where), level)
        return kept

    def headlines(self, headlines: Iterable[Headline]) -> list[Headline]:
        """Answers at a glance that the reader may see."""
        kept = []
        for one in headlines:
            level = self._level([one.asks, one.value, one.hangs_on])
            kept += [] if level else [one]
            if level:
                self._leave(self._name(one.asks, "headline"), level)
        return kept

    def section(self, section: Section) -> Section:
        """A part of the page as the reader may see it."""
        title = section.title if self.clean(section.title) else told("part", self._lang)
        return replace(
            section,
            title=title,
            texts=self.texts(section.texts, title),
            charts=[one for one in section.charts if self.chart(one)],
            tables=[one for table in section.tables if (one := self.table(table)) is not None],
            ways=(),
        )

    def chart(self, chart: Chart) -> bool:
        """Whether the reader may see a figure: a picture cannot lose a row and still be true."""
        words = [chart.title, chart.subtitle, chart.footer, *strings(chart.option)]
        level = self._level([*words, *cells_of(chart.table)]) or self._of_rows(chart.table)
        level = level or self._of_card(chart.declared)
        if level:
            self._leave(self._name(chart.title, "figure"), level)
        return not level

    def table(self, table: Table) -> Table | None:
        """A table with the rows and columns that the reader may see; None where nothing is left."""
        level = self._level([table.title, table.note]) or self._of_card(table.declared)
        name = self._name(table.title, "table")
        if level:
            self._leave(name, level)
            return None
        frame = self.frame(self._columns(table, name), name)
        return None if len(table.frame) and frame.empty else replace(table, frame=frame)

    def frame(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        """Rows that the reader may see."""
        kept, levels = [], []
        for row in frame.to_dict("records"):
            level = self._level(str(cell) for cell in row.values() if not missing(cell)) or self._row_level(
                row
            )
            kept.append(not level)
            levels += [level] if level else []
        if levels:
            self._leave(name, max(levels, key=LEVELS.index), len(levels))
        return frame[kept].reset_index(drop=True) if levels else frame

    def _row_level(self, row: Mapping[Any, Any]) -> str:
        """Level of a row that carries one, where the reader is not cleared for it."""
        if "confidentiality" not in row:
            return ""
        level = find_key(str(row["confidentiality"] or ""), "confidentiality") or "internal"
        return "" if level in CLEARED[self._audience] else level

    def _of_rows(self, frame: pd.DataFrame) -> str:
        if "confidentiality" not in frame:
            return ""
        found = [level for row in frame.to_dict("records") if (level := self._row_level(row))]
        return max(found, key=LEVELS.index) if found else ""

    def _card(self, declared: str) -> Iterator[dict[str, str]]:
        """Parts of the safety card in a table that the reader may not see."""
        reader = "customer" if self._audience == "supplier" else self._audience
        for part in card_parts():
            hidden = part["level"] not in CLEARED[reader] or reader in part["hidden_from"].split("|")
            if part["table"] == declared and hidden:
                yield part

    def _of_card(self, declared: str) -> str:
        """Level of a table of the safety card that is withheld as a whole."""
        whole = [one for one in self._card(declared) if not one["columns"] and not one["rows"]]
        return whole[0]["level"] if whole else ""

    def _columns(self, table: Table, name: str) -> pd.DataFrame:
        """The frame without the columns and rows of the card that are withheld, and without persons."""
        frame = table.frame.drop(columns=[NEVER], errors="ignore")
        if NEVER in table.frame:
            self._leave(f"{name}: {told('persons', self._lang)}", "internal")
        for part in self._card(table.declared):
            gone = [one for one in part["columns"].split("|") if one in frame]
            if gone:
                frame = frame.drop(columns=gone)
                self._leave(f"{name}: {part[self._lang]}", part["level"])
            if part["rows"]:
                column, _, values = part["rows"].partition("=")
                rows = frame[column].isin(values.split("|"))
                frame = frame[~rows].reset_index(drop=True)
                self._leave(f"{name}: {part[self._lang]}", part["level"], int(rows.sum()))
        return frame


def cells_of(frame: pd.DataFrame) -> Iterator[str]:
    """Every text of a table, each once."""
    for name in frame:
        if frame[name].dtype == object or isinstance(frame[name].dtype, pd.StringDtype):
            yield from {str(cell) for cell in frame[name] if not missing(cell)}


def strings(value: Any) -> Iterator[str]:
    """Every text of a JSON value.

    Examples
    --------
    >>> sorted(strings({"a": ["x", 1, {"b": "y"}]}))
    ['x', 'y']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)

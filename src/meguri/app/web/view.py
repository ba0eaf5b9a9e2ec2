"""View: the answer of one page, made in a worker, and the document a server shows without the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.question import Asked
from meguri.base.records import records
from meguri.base.sources import cited
from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.page import cell_text
from meguri.show.spell import missing

SHOWN = 200  # rows of a table on a page; all are a click away
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_TIGHT = {"number", "share", "int", "year"}


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a view, with the declared table that names its columns."""

    key: str
    title: str
    frame: pd.DataFrame
    declared: str
    note: str = ""
    open: bool = False


@dataclass(frozen=True)
class Headline:
    """One answer in one sentence: what was asked, the value with unit and range, and what it hangs on."""

    asks: str
    value: str
    hangs_on: str
    page: str = ""  # key of the page that tells more
    query: Mapping[str, str] = field(default_factory=dict)
    unknown: bool = False


@dataclass(frozen=True)
class Run:
    """The job a page waits for: shown as a button with what it will take."""

    kind: str
    params: Mapping[str, str]
    seconds: float


@dataclass(frozen=True)
class Way:
    """A link to another page of the application."""

    text: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Paper:
    """A paper of the page's own, besides those of any view: its form (``ringi.docx``) and its name."""

    form: str
    text: str


@dataclass(frozen=True)
class Input:
    """One value of a form made of what a page has read, such as the review days of a control.

    Attributes
    ----------
    name : str
        Its parameter of the address, ``set.controls.licence.start``.
    present : str
        What holds where nothing is asked.
    value : str
        What is asked; as ``present`` where nothing is.
    problem : str
        Why what is asked cannot be.
    usual : bool
        Whether ``present`` is what holds where nobody says anything: such inputs stand apart.
    """

    name: str
    label: str
    help: str
    present: str
    value: str
    kind: str = "text"  # text, date or choice
    options: Sequence[tuple[str, str]] = ()
    problem: str = ""
    usual: bool = False


@dataclass(frozen=True)
class Fieldset:
    """Inputs that belong together, under one heading."""

    key: str
    title: str
    inputs: Sequence[Input]


@dataclass(frozen=True)
class Keep:
    """A file made of what is shown, which the reader may keep among the own files or take along."""

    kind: str  # of own files
    name: str
    text: str


@dataclass(frozen=True, eq=False)
class Section:
    """One part of a page: a question answered by sentences, figures and tables, in this order."""

    key: str
    title: str
    texts: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    ways: Sequence[Way] = ()


@dataclass(frozen=True, eq=False)
class View:
    """The answer of a page.

    Attributes
    ----------
    title : str
        The finding, as a sentence.
    lead : sequence of str
        A few sentences below it: basis, period, what is unknown.
    headlines, sections
        Answers at a glance; the parts of the page.
    sources : DataFrame
        Rows of ``sources`` (declared) behind everything shown.
    notes : sequence of str
        Doubts and remarks.
    runs : sequence of Run
        Jobs whose answers the page lacks; empty when it shows all it can.
    papers : sequence of Paper
        Papers of the page's own, offered beside those of any view.
    form : sequence of Fieldset
        A second form, of values that depend on what is asked: they change what the page has read.
    keeps : sequence of Keep
        Files that may be kept.
    refused : bool
        Whether something asked in that form cannot be: the page says what, and shows the form again.
    """

    title: str
    lead: Sequence[str] = ()
    headlines: Sequence[Headline] = ()
    sections: Sequence[Section] = ()
    sources: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: Sequence[str] = ()
    runs: Sequence[Run] = ()
    papers: Sequence[Paper] = ()
    form: Sequence[Fieldset] = ()
    keeps: Sequence[Keep] = ()
    refused: bool = False

    def tables(self) -> dict[str, Table]:
        """Every table by key: those of the sections and those behind the figures."""
        found: dict[str, Table] = {}
        for section in self.sections:
            for chart in section.charts:
                found[chart.key] = Table(chart.key, chart.title, chart.table, chart.declared)
            for table in section.tables:
                found[table.key] = table
        strange = [key for key in found if not _KEY.fullmatch(key)]
        if strange:
            raise ValueError(f"keys become file names and addresses: {strange}")
        return found


Viewer = Callable[[Asked, Desk, Lang], View]


def document(view: View, lang: Lang) -> dict[str, Any]:
    """Plain JSON of a view: what templates show and the API answers; cells already in the reader's words."""
    return {
        "title": view.title,
        "lead": list(view.lead),
        "headlines": [vars(one) | {"query": dict(one.query)} for one in view.headlines],
        "sections": [_section(one, lang) for one in view.sections],
        "sources": records(view.sources),
        "notes": list(view.notes),
        "runs": [vars(one) | {"params": dict(one.params)} for one in view.runs],
        "papers": [vars(one) for one in view.papers],
        "form": [_fieldset(one) for one in view.form],
        "keeps": [vars(one) for one in view.keeps],
        "refused": view.refused,
    }


def _fieldset(group: Fieldset) -> dict[str, Any]:
    """A fieldset, and how many of its values are not what holds where nothing is asked."""
    cells = [vars(cell) for cell in group.inputs]
    return vars(group) | {"inputs": cells, "changed": sum(cell["value"] != cell["present"] for cell in cells)}


def _section(section: Section, lang: Lang) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "texts": list(section.texts),
        "charts": [_chart(one, lang) for one in section.charts],
        "tables": [shown(one, lang) for one in section.tables],
        "ways": [vars(one) | {"query": dict(one.query)} for one in section.ways],
    }


def _chart(chart: Chart, lang: Lang) -> dict[str, Any]:
    told = chart.to_dict()
    behind = Table(chart.key, chart.title, chart.table, chart.declared)
    return {name: told[name] for name in ("key", "title", "subtitle", "footer", "height", "option")} | {
        "table": shown(behind, lang)
    }


def shown(table: Table, lang: Lang) -> dict[str, Any]:
    """A table as a page prints it: headed by declared labels, the first rows, and how many there are."""
    known = {column.name: column for column in Schema.of(table.declared).columns}
    own, other = ("_ja", "_en") if lang == "ja" else ("_en", "_ja")
    names = [str(name) for name in table.frame.columns]
    twice = {name for name in names if f"{name.removesuffix(other)}{own}" in names and name.endswith(other)}
    named = {"node"} if f"label{own}" in names else set()  # a key beside its name is for machines
    names = [name for name in names if name not in twice | named]
    columns = [known.get(name) for name in names]
    cells = table.frame[names].head(SHOWN).to_numpy(dtype=object)
    return {
        "key": table.key,
        "title": table.title,
        "note": table.note,
        "open": table.open,
        "heads": [one.label(lang) if one else name for one, name in zip(columns, names, strict=True)],
        "right": [one is not None and one.kind in _TIGHT for one in columns],
        "rows": [
            [cell_text(cell, one, lang) for cell, one in zip(row, columns, strict=True)] for row in cells
        ],
        "total": len(table.frame),
    }


def raw(table: Table) -> dict[str, Any]:
    """All rows of a table with plain values, for the API: columns with kind and unit, then rows."""
    known = {column.name: column for column in Schema.of(table.declared).columns}
    names = [str(name) for name in table.frame.columns]
    return {
        "key": table.key,
        "title": table.title,
        "columns": [
            {"name": name, "kind": known[name].kind if name in known else "text",
             "unit": known[name].unit if name in known else ""}
            for name in names
        ],
        "rows": records(table.frame),
    }  # fmt: skip


def sources_of(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Rows of ``sources`` for every source named in the tables given; empty when none is.

    Examples
    --------
    >>> sources_of([pd.DataFrame({"source": ["meguri-ndfeb", "meguri-ndfeb"]})])["source"].to_list()
    ['meguri-ndfeb']
    """
    cells = [cell for one in frames for name in ("source", "sources") if name in one for cell in one[name]]
    return cited(dict.fromkeys(str(cell) for cell in cells if not missing(cell)))

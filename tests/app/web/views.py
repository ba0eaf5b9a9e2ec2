"""Views as tests read them: asked with a query, told as the document of a page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from meguri.app.web.desk import Desk
from meguri.app.web.pages import viewer
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.view import View, document
from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.show.page import cell_text
from meguri.show.spell import missing

CODE = re.compile(r"USD|JPY|FOB|CIF|HS\d{4}")  # the same in every language


def viewed(page: str, lang: Lang, folder: Path, **query: str) -> View:
    """The view of a page for a query in a workspace."""
    desk = Desk(folder)
    asked = QUESTIONS[page].read({name: [text] for name, text in query.items()}, desk, lang)
    return viewer(page)(asked, desk, lang)


def written(view: View, lang: Lang) -> dict[str, Any]:
    """Its document; keys of sections, figures and tables must be unique."""
    told = document(view, lang)
    keys = [chart["key"] for section in told["sections"] for chart in section["charts"]]
    keys += [table["key"] for section in told["sections"] for table in section["tables"]]
    assert len(keys) == len(set(keys))
    sections = [section["key"] for section in told["sections"]]
    assert len(sections) == len(set(sections))
    return told


def untranslated(view: View) -> set[tuple[str, str, str]]:
    """Table, column and cell of every choice or term that a Japanese reader would see as its key."""
    found = set()
    for key, table in view.tables().items():
        known = {column.name: column for column in Schema.of(table.declared).columns}
        for name in table.frame.columns:
            column = known[str(name)]  # a column that is not declared has no head either
            cells = [cell for cell in table.frame[name].unique() if not missing(cell)]
            if column.kind in ("choice", "term"):
                found |= {
                    (key, str(name), str(cell))
                    for cell in cells
                    if (text := cell_text(cell, column, "ja")) == str(cell)
                    and text.isascii()
                    and not CODE.fullmatch(text)
                }
    return found


def printed_mixed(view: View) -> set[str]:
    """Columns that hold printed figures without a head that says so in both languages."""
    said = {"en": ("print", "publish", "document"), "ja": ("公表", "文書", "記載", "印刷")}
    return {
        f"{key}.{name}"
        for key, table in view.tables().items()
        for name in table.frame.columns
        if str(name).startswith("printed") and not str(name).endswith(("_table", "_period"))
        for lang, words in said.items()
        if not any(part in _head(table.declared, str(name), lang).lower() for part in words)
    }


def _head(declared: str, name: str, lang: str) -> str:
    column = next(one for one in Schema.of(declared).columns if one.name == name)
    return column.label("ja" if lang == "ja" else "en")

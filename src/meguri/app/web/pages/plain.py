"""Tables cut to what a page shows, with keys of word lists spelled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from meguri.app.web.view import Table
from meguri.base.terms import Lang
from meguri.show.figures.scores import reasons_of
from meguri.show.spell import word


def spelled(frame: pd.DataFrame, words: Mapping[str, str], lang: Lang) -> pd.DataFrame:
    """Columns that hold keys, in the reader's words; several keys of one cell stand side by side.

    Examples
    --------
    >>> spelled(pd.DataFrame({"host": ["Al", "Zn|Cu", ""]}), {"host": "materials"}, "en")["host"].to_list()
    ['Aluminium', 'Zinc, Copper', '']
    """
    comma = "、" if lang == "ja" else ", "

    def said(cell: object, listed: str) -> str:
        if listed == "reasons":  # some hold a year or a number in braces
            return reasons_of(cell, lang)
        return comma.join(word(key, listed, lang) for key in str(cell).split("|") if key)

    changed = {
        name: [said(cell, listed) for cell in cells]
        for name, listed in words.items()
        for cells in [frame[name].fillna("")]
    }
    return frame.assign(**changed)


def cut(
    key: str, frame: pd.DataFrame, columns: Sequence[str], declared: str, title: str, note: str = ""
) -> Table:
    """Some columns of a table, in this order."""
    shown = frame[[name for name in columns if name in frame]].reset_index(drop=True)
    return Table(key, title, shown, declared, note)

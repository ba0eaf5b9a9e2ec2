"""Printing of frames, verified numbers, atlas sheets and workbook checks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.app.printing import print_table, say
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.structure.atlas import Atlas
from meguri.structure.workbook_check import Check

MOST_ROWS = 60


def print_frame(table: pd.DataFrame, schema: str, lang: Lang, title: str = "") -> None:
    """A declared table with its labels as headings."""
    heads = [Schema.of(schema).column(name).label(lang) for name in table.columns]
    shown = table.head(MOST_ROWS)
    print_table(heads, [[cell_text(cell) for cell in row] for row in shown.itertuples(index=False)], title)
    if len(table) > MOST_ROWS:
        say(label("more_rows", lang, "cli", n=len(table) - MOST_ROWS))


def cell_text(cell: Any) -> str:
    """A cell for people: unknown is a dash, numbers keep four digits.

    Examples
    --------
    >>> cell_text(0.123456), cell_text(float("nan")), cell_text(12345.6)
    ('0.1235', '—', '12,346')
    """
    if isinstance(cell, bool):
        return "✓" if cell else "✗"
    if cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell)) or cell == "":
        return "—"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    return str(cell)


def print_verified(table: pd.DataFrame, lang: Lang) -> None:
    """Computed beside expected, and how many agree."""
    print_frame(table, "verified", lang)
    unequal = int((table["equal"] == False).sum())  # noqa: E712 - unknown is neither
    unknown = int(table["equal"].isna().sum())
    equal = len(table) - unequal - unknown
    say(label("verified", lang, "cli", equal=equal, unequal=unequal, unknown=unknown))


def print_atlas(sheet: Atlas, lang: Lang) -> None:
    """One material: stages, firms, groups, balance, demand, controls, unknowns."""
    content = sheet.to_dict(lang)
    say(label("atlas_title", lang, "cli", name=label(sheet.element, lang, "materials")), "bold")
    for key, part in content.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            say()
            heads = [name for name in part[0] if not isinstance(part[0][name], list | dict)]
            rows = [[cell_text(row.get(name)) for name in heads] for row in part[:MOST_ROWS]]
            print_table(heads, rows, key)


def print_check(checked: Check, lang: Lang) -> None:
    """What a workbook holds, what was inferred, and the one question worth asking."""
    content = checked.to_dict(lang)
    for key, part in content.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            say()
            print_table(list(part[0]), [[cell_text(cell) for cell in row.values()] for row in part], key)
        elif not isinstance(part, list | dict):
            say(f"{key}: {cell_text(part)}")

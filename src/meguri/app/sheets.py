"""Printing of data sets, verified numbers, atlas sheets and workbook checks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.app.printing import print_table, say
from meguri.base.terms import Lang, label
from meguri.structure.atlas import Atlas
from meguri.structure.stagemap import ELEMENTS, stage_map
from meguri.structure.workbook import Check

MOST_ROWS = 12
# columns of each part of an atlas sheet that fit on a terminal; JSON holds all of them
_ATLAS = {
    "concentration": ("stage_label", "year", "basis_label", "hhi", "top_label", "top_share", "source"),
    "stages": ("stage_label", "year", "country_label", "share", "share_low", "share_high", "source"),
    "contrast": ("country_label", "share_ore", "share_refined", "difference", "source"),
    "reasons": ("stage_label", "code_label", "text", "source"),
    "hosts": ("host_label", "process", "share", "share_low", "share_high", "second_source", "source"),
    "capability": ("stage_label", "economy_label", "status_label", "last_year", "rebuild_low",
                   "rebuild_high", "cost_low", "cost_high", "cost_unit_label", "text"),
    "uses": ("use", "function", "essentiality_label", "share", "economy_label", "source"),
    "groups": ("stage_label", "group", "firms", "share", "reason"),
    "balance": ("year", "supply", "need_low", "need_high", "balance_low", "balance_high", "coverage_low",
                "coverage_high", "source"),
    "demand": ("item", "year", "amount_low", "amount_high", "amount_mid", "change_computed",
               "change_printed"),
    "controls": ("start", "end", "authority_label", "kind", "elements", "item", "amount", "status"),
    "price_warnings": ("fact", "price_low", "price_high", "unit", "unit_fix"),
    "unknowns": ("stage_label", "note", "reason_label"),
    "flags": ("flag", "severity", "summary"),
}  # fmt: skip
_SHARES = {"share", "share_low", "share_high", "share_ore", "share_refined", "difference", "top_share",
           "coverage_low", "coverage_high", "change_computed", "change_printed"}  # fmt: skip


def cell_text(cell: Any, name: str = "") -> str:
    """A cell for people: unknown is a dash, shares are percent, numbers keep four digits.

    Examples
    --------
    >>> cell_text(0.123456), cell_text(float("nan")), cell_text(12345.6), cell_text(0.844, "share")
    ('0.1235', '—', '12,346', '84.4 %')
    """
    if isinstance(cell, bool):
        return "✓" if cell else "✗"
    if cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell)) or cell == "":
        return "—"
    if isinstance(cell, float):
        if name in _SHARES:
            return f"{100 * cell:.1f} %"
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    return str(cell)


def _head(name: str, lang: Lang) -> str:
    return label(f"col_{name}", lang, "cli")


def _print_rows(rows: list[dict[str, Any]], names: tuple[str, ...], lang: Lang, title: str) -> None:
    """Some columns of some rows, and how many more there are."""
    shown = [[cell_text(row.get(name), name) for name in names] for row in rows[:MOST_ROWS]]
    print_table([_head(name, lang) for name in names], shown, title)
    if len(rows) > MOST_ROWS:
        say(label("more_rows", lang, "cli", n=len(rows) - MOST_ROWS))
    say()


def print_sets(table: pd.DataFrame, lang: Lang) -> None:
    """Data sets: what each holds, its licence, and whether it is here."""
    names = ("name", "what", "years", "rows", "licence", "kept", "present")
    rows = [[cell_text(row[name]) for name in names] for row in table.to_dict("records")]
    print_table([_head(name, lang) for name in names], rows)


def print_added(table: pd.DataFrame, lang: Lang) -> None:
    """What was taken in, what it is for, and its terms."""
    names = ("name", "what", "years", "rows", "licence")
    rows = [
        [cell_text(row["what_" + lang] if name == "what" else row[name]) for name in names]
        for row in table.to_dict("records")
    ]
    print_table([_head(name, lang) for name in names], rows, label("added_title", lang, "cli"))


def print_verified(table: pd.DataFrame, lang: Lang) -> None:
    """Computed beside expected, and how many agree."""
    names = ("item", "expected", "computed", "unit", "equal", "basis", "where")
    rows = []
    for row in table.to_dict("records"):
        digits = int(row["digits"])
        numbers = [_printed(row["expected"], digits), _printed(row["computed"], digits)]
        same = "—" if pd.isna(row["equal"]) else cell_text(bool(row["equal"]))
        rows.append([row["item"], *numbers, row["unit"], same, row["basis"], row["where"]])
    print_table([_head(name, lang) for name in names], rows)
    equal, unequal = int(table["equal"].eq(True).sum()), int(table["equal"].eq(False).sum())
    absent = int(table["computed"].isna().sum())
    apart = int((table["expected"].isna() & table["computed"].notna()).sum())
    say(label("verified", lang, "cli", equal=equal, unequal=unequal, unknown=absent, apart=apart))
    for text in dict.fromkeys(table.loc[table["computed"].isna(), "note"]):
        say(f"  · {text}")


def _printed(number: float, digits: int) -> str:
    return "—" if pd.isna(number) else f"{number:,.{max(digits, 0)}f}"


def print_atlas(sheet: Atlas, lang: Lang) -> None:
    """One material: concentration, stages, groups, balance, demand, controls, unknowns."""
    content = sheet.to_dict(lang)
    say(label("atlas_title", lang, "cli", name=content["label"]), "bold")
    say()
    for part, names in _ATLAS.items():
        if content.get(part):
            _print_rows(content[part], names, lang, content["titles"][part])
    if sheet.element in ELEMENTS:
        _print_stage_map(lang)
    say(label("atlas_more", lang, "cli"))


def _print_stage_map(lang: Lang) -> None:
    """The stages as the document of 2012 draws them: who is strong, whether outsiders may enter, firms."""
    table = stage_map()
    heads = [label(f"map_{name}", lang, "cli") for name in ("stage", "strength", "entry", "firms")]
    rows = [
        [
            f"{row['mark']} {row[f'name_{lang}']}",
            label(row["strength"] or "unsaid", lang, "countries" if row["strength"] else "cli"),
            label(row["entry"], lang, "cli"),
            row["firms" if lang == "en" else "firms_ja"].replace("|", ", " if lang == "en" else "、") or "—",
        ]
        for row in table.to_dict("records")
    ]
    print_table(heads, rows, label("map_title", lang, "cli", year=table["year"].iloc[0]))
    say()


def print_check(checked: Check, lang: Lang) -> None:
    """What a workbook holds, what was inferred, and the one question worth asking."""
    for title, table in checked.tables(lang).items():
        rows = [[cell_text(cell) for cell in row] for row in table.itertuples(index=False)]
        print_table(list(table.columns), rows, title)
        say()

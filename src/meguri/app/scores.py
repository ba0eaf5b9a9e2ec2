"""Scores on a terminal, in a file or as a page; a cell's key becomes its word, unknown keeps its reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.app.risk import Answer
from meguri.app.sheets import cell_text
from meguri.base.errors import Problem
from meguri.base.tables import Schema
from meguri.base.terms import Lang, keys, label
from meguri.show.figures.scores import reason_text
from meguri.study.outcome import EXACT, records

MOST_ROWS = 60
# columns shown of each table; all of them stand in JSON
SHOWN: dict[str, tuple[str, ...]] = {
    "geopolrisk": ("material", "stage", "economy", "year", "hhi", "ir", "score", "score_low", "score_high",
                   "cf", "hhi_compat", "ir_compat", "score_compat", "cf_compat", "data_year", "reason"),
    "ec_table": ("material", "stage", "supply_used", "sr", "sr_counts", "sr_reason"),
    "ec_cells": ("material", "stage", "sr", "low", "high", "published", "within", "reason"),
    "ec_critical": ("material", "sr_published", "ei_published", "by", "sr", "ei"),
    "tier_exposure": ("node", "to", "tiers", "measure", "value", "low", "high", "reason", "grade"),
    "exposure_paths": ("rank", "path_{lang}", "weight", "part", "cumulated", "tiers"),
    "sector_exposure": ("element", "worst_stage", "holder", "holder_share", "hhi", "reason_code",
                        "rebuild_low", "rebuild_high", "designated", "reason"),
    "sector_paths": ("step", "stage", "name_{lang}", "country", "share", "hhi", "chain", "year", "reason"),
    "metal_evidence": ("element", "ore", "processed", "firms", "firm_shares", "hosts", "uses", "capability",
                 "rebuild", "reasons", "controls", "prices", "in_c", "in_d1", "in_d2", "missing", "flag"),
    "overview": ("element", "ore_hhi", "ore_top", "refined_hhi", "refined_top", "origin", "origin_share",
                 "score", "score_low", "score_high", "sr", "sr_published", "designated", "unknown"),
    "risk_scores": ("method", "material", "stage", "economy", "year", "measure", "value", "low", "high",
                    "basis", "reason"),
    "import_history": ("year", "code", "importer", "basis", "hhi", "hhi_low", "hhi_high", "top", "top_share",
                       "top_three", "known", "break", "reason"),
    "evidence": ("step", "name_{lang}", "value", "low", "high", "unit", "year", "transformation_{lang}",
                 "source", "grade", "flag"),
}  # fmt: skip
MEASURES = {"total": "measure_total", "worst": "measure_worst"}
GROUPED = {"sector_exposure": "sector"}
WORDS = {
    "material": "materials", "element": "materials", "stage": "stages", "worst_stage": "stages",
    "economy": "countries", "to": "countries", "reason": "reasons", "sr_reason": "reasons",
    "unknown": "reasons", "sector": "sectors", "ore_top": "countries", "refined_top": "countries",
    "origin": "countries", "country": "countries", "importer": "countries", "top": "countries",
    "holder": "countries", "grade": "grades", "reason_code": "location_reasons",
}  # fmt: skip
PERCENT = {
    "part",
    "cumulated",
    "holder_share",
    "holder_low",
    "holder_high",
    "origin_share",
    "top_share",
    "top_three",
}


def deliver_answer(found: Answer, form: str, out: Path | None, lang: Lang) -> None:
    """An answer in the form asked for; a table goes to the terminal, or to a page when a file is named."""
    if form != "table":
        content: dict[str, Any] = {name: records(table, EXACT) for name, table in found.tables.items()}
        deliver(content | {"counts": dict(found.counts)}, found.main, form, out, EXACT, found.tables)
        return
    if out is not None:
        from meguri.show.risk import risk_page

        risk_page(found.tables, lang, out)
        typer.echo(label("saved", lang, "cli", path=out))
        return
    for name, table in found.tables.items():
        if name in SHOWN and (table is found.main or name != "risk_scores"):
            print_scores(name, table, lang)
    if found.counts:
        say_folded(label(f"counts_{next(iter(found.tables))}", lang, "cli", **found.counts))


def print_scores(name: str, table: pd.DataFrame, lang: Lang) -> None:
    """One table under its title, or one for each field; reasons stand below it, each said once."""
    group = GROUPED.get(name)
    for key, rows in table.groupby(group, sort=False) if group else [("", table)]:
        title = label(f"scores_{name}", lang, "cli") if not group else label(str(key), lang, WORDS[group])
        _print_rows(name, rows, title, lang)


def _print_rows(name: str, table: pd.DataFrame, title: str, lang: Lang) -> None:
    columns = [column.format(lang=lang) for column in SHOWN[name]]
    columns = [column for column in columns if column in table and _says(table[column])]
    heads = [_head(name, column, lang) for column in columns]
    shown = table.head(MOST_ROWS)
    notes: dict[str, str] = {}
    rows = [
        [
            _noted(row[column], notes)
            if WORDS.get(column) == "reasons"
            else shown_cell(row[column], column, lang)
            for column in columns
        ]
        for row in shown.to_dict("records")
    ]
    print_table(heads, rows, title)
    for key, mark in notes.items():
        say_folded(f"  {mark}  {_reason(key, lang)}", indent=len(mark) + 4)
    if len(table) > MOST_ROWS:
        say(label("more_rows", lang, "cli", n=len(table) - MOST_ROWS))
    say()


def _head(table: str, column: str, lang: Lang) -> str:
    """Short heading of a column, else the one it is declared with."""
    key = f"score_{column.removesuffix(f'_{lang}')}"
    return label(key, lang, "cli") if key in keys("cli") else Schema.of(table).column(column).label(lang)


def _says(column: pd.Series[Any]) -> bool:
    """Whether any cell of a column holds something."""
    return bool((column.notna() & (column.astype(str) != "")).any())


def _noted(cell: Any, notes: dict[str, str]) -> str:
    """Marks of the reasons in a cell; a new reason takes the next letter."""
    if not isinstance(cell, str) or not cell:
        return "—"
    return " ".join(notes.setdefault(key, _letter(len(notes))) for key in cell.split("|"))


def _letter(place: int) -> str:
    """Mark of the n-th note: a to z, then aa.

    Examples
    --------
    >>> _letter(0), _letter(27)
    ('a', 'ab')
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    return (_letter(place // 26 - 1) if place >= 26 else "") + letters[place % 26]


def _reason(key: str, lang: Lang) -> str:
    return reason_text(key, lang) if key in keys("reasons") else key


def shown_cell(cell: Any, column: str, lang: Lang) -> str:
    """A cell for people: the word of a key, several joined, a share in percent, a dash for unknown.

    Examples
    --------
    >>> shown_cell("ore", "stage", "ja"), shown_cell(0.5, "part", "en"), shown_cell("", "holder", "en")
    ('鉱石・精鉱', '50.0 %', '—')
    """
    words = WORDS.get(column)
    if words and isinstance(cell, str) and cell:
        known = set(keys(words))
        return "; ".join(label(key, lang, words) if key in known else key for key in cell.split("|"))
    if column == "measure" and cell in MEASURES:
        return label(MEASURES[cell], lang, "cli")
    if column == "designated":
        return "✓" if cell == "yes" else "—"
    if column in PERCENT and isinstance(cell, float) and not pd.isna(cell):
        return f"{100 * cell:.1f} %"
    return cell_text(cell, column)


def warn(problems: Iterable[Problem], lang: Lang) -> None:
    """Names that cost their own rows only, on standard error."""
    for problem in problems:
        typer.echo(problem.text(lang), err=True)

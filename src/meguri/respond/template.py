"""The workbook of the user's own measures: headings in both languages, examples, keys of the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.book import explain_sheet, save_book
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.circulate.case_book import table_sheet
from meguri.respond.expand import Ground, economy_of
from meguri.respond.measures import load_measures
from meguri.respond.sheet import EXAMPLE, SHEETS
from meguri.structure.chain import Chain

LINES = 7  # of the sheet that explains


def write_measures_template(path: str | Path, lang: Lang = "ja", chain: Chain | None = None) -> Path:
    """Write a workbook for the user's own measures; the same call writes the same bytes.

    Parameters
    ----------
    path : path
        Where to write; an ``.xlsx`` file.
    lang : {"ja", "en"}
        Language of notes and of the sheet that explains; headings are in both.
    chain : Chain, optional
        Chain whose keys are listed, with an example row for its first imported input.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DataError
        When the place cannot be written to.
    """
    from openpyxl import Workbook  # heavy, and only this function needs it

    book = Workbook()
    explain_sheet(book.active, "measures", LINES, lang)
    examples = {} if chain is None else _examples(chain)
    for name, table in SHEETS.items():
        rows = examples.get(name)
        table_sheet(book.create_sheet(name), Schema.of(table), rows, lang)
    if chain is not None:
        _keys(book.create_sheet("chain"), chain, lang)
    return save_book(book, path)


def _examples(chain: Chain) -> dict[str, pd.DataFrame]:
    """A store of the user's own for the first imported input, as a person would write it down."""
    inputs = Ground.of(chain, economy_of(chain)).inputs
    product = inputs[0] if inputs else str(chain.recipes["input"].iloc[0])
    key = f"{EXAMPLE}own-store"
    said = {"source": "", "grade": "assumed", "note": ""}
    measure = {"measure": key, "label_en": "Own store", "label_ja": "自社倉庫", "kind": "stockpile",
               "owner": "firm", "unit": "d", "size_max": 90.0, "size_max_low": 60.0, "size_max_high": 120.0,
               "whole": False, "lead_d": 60.0, "lead_d_low": 30.0, "lead_d_high": 90.0, **said}  # fmt: skip
    effect = {"measure": key, "effect": "stock", "input": product, "per_unit": 1.0, **said}
    cost = {"measure": key, "cost": "unit", "amount": 5e6, "amount_low": 4e6, "amount_high": 7e6,
            "currency": "JPY", "price_year": 2026, **said}  # fmt: skip
    given = {"measures": measure, "effects": effect, "costs": cost}
    return {
        name: pd.DataFrame([row]).reindex(columns=Schema.of(SHEETS[name]).names)
        for name, row in given.items()
    }


def _keys(sheet: Any, chain: Chain, lang: Lang) -> None:
    """Keys that may be written in the other sheets, with their names in both languages."""
    from openpyxl.styles import Font

    waiting = set(Ground.of(chain, economy_of(chain)).waiting["supplier"])
    kinds = [("product", chain.materials, "material"), ("node", chain.nodes, "node"),
             ("supplier", chain.nodes[chain.nodes["node"].isin(waiting)], "node"),
             ("measure", load_measures(chain).measures, "measure")]  # fmt: skip
    for place, text in enumerate(("", "key", "日本語", "English"), start=1):
        sheet.cell(1, place, text).font = Font(bold=True)
    row = 2
    for kind, table, key in kinds:
        for item in table.to_dict("records"):
            cells = (
                label(f"what_{kind}", lang, "response_words"),
                item[key],
                item["label_ja"],
                item["label_en"],
            )
            for place, text in enumerate(cells, start=1):
                cell = sheet.cell(row, place, str(text or ""))
                cell.data_type = "s"  # a name that begins with = is a name
            row += 1
    for letter, width in (("A", 24), ("B", 44), ("C", 44), ("D", 44)):
        sheet.column_dimensions[letter].width = width

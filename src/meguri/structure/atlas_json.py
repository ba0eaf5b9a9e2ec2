"""Rows of an atlas sheet for JSON: one language, the shown word beside each key, unknown as null."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, label, remark

# keys that are no declared term, and the word lists that name them
NAMED = {"economy": ("economies", "countries"), "host": ("materials",), "sector": ("sectors",)}


def json_row(row: dict[str, Any], schema: Schema | None, lang: Lang) -> dict[str, Any]:
    """One row in one language: of a language pair the chosen one, and the shown word beside each key.

    Parameters
    ----------
    row : dict
        A record of a table of the sheet.
    schema : Schema or None
        Its declared columns; without them, no key gets a word.
    lang : {"en", "ja"}
        Language of the reader.

    Examples
    --------
    >>> json_row({"host": "Zr", "share": float("nan")}, Schema.of("by_product_hosts"), "ja")
    {'host': 'Zr', 'host_label': 'ジルコニウム', 'share': None}
    """
    other = "_ja" if lang == "en" else "_en"
    out: dict[str, Any] = {}
    for name, cell in row.items():
        if name.endswith(other):
            continue
        clean = _cell(cell)
        out[name.removesuffix(f"_{lang}")] = remark(clean, lang) if name == "note" and clean else clean
        word = _word(row, name, clean, schema, lang)
        if word:
            out[f"{name}_label"] = word
    return out


def _word(row: dict[str, Any], name: str, clean: Any, schema: Schema | None, lang: Lang) -> str:
    """Shown word of a key; empty where the cell is no key."""
    column = next((c for c in schema.columns if c.name == name), None) if schema else None
    if column is None or not clean:
        return ""
    if column.kind == "term":
        rest = row.get("kind") == "rest" and name == "country"
        return label("rest", lang, "atlas") if rest else label(clean, lang, column.choices[0])
    if name == "host" and clean == "none":
        return label("no_host_label", lang, "atlas")
    found = ((key, words) for words in NAMED.get(name, ()) if (key := find_key(str(clean), words)))
    return next((label(key, lang, words) for key, words in found), "")


def _cell(cell: Any) -> Any:
    if cell is None or cell is pd.NA:
        return None
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell

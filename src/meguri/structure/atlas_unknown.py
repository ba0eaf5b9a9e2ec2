"""What an atlas sheet does not know, each gap with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.controls import RARE_EARTHS

UNDISCLOSED = ("Ru", "Hf")  # the document itself says so (N40)
ORE, PROCESSED = {"ore"}, {"separation", "refining", "metal"}
HOME = "JP"  # the economy whose capability the documents ask about
LISTS = {"stage": "stages", "country": "countries", "element": "materials"}
# an empty table of the sheet → the sentence that says so, and its reason
EMPTY = {
    "controls": ("no_control", "none_found"), "hosts": ("no_host", "not_listed"),
    "uses": ("no_use", "not_listed"), "prices": ("no_price", "not_listed"),
    "sites": ("no_site", "not_listed"), "sectors": ("no_sector", "not_listed"),
    "firms": ("no_firms", "not_listed"), "contrast": ("no_contrast", "not_listed"),
}  # fmt: skip
Row = dict[str, object]


@dataclass(frozen=True)
class Sheet:
    """The tables of a sheet that are asked for gaps; ``whole`` is all production, ``stages`` the latest."""

    element: str
    year: int | None
    whole: pd.DataFrame
    stages: pd.DataFrame
    parts: dict[str, pd.DataFrame]


def unknowns(sheet: Sheet) -> pd.DataFrame:
    """Every gap of a sheet: stages, producers, firms, capability, reasons and empty tables.

    Returns
    -------
    DataFrame
        Columns of ``atlas_unknowns``, with the sentence in both languages.
    """
    rows = [
        *_stages(sheet), *_producers(sheet), *_firms(sheet), *_capability(sheet), *_reasons(sheet),
        *_empty(sheet),
    ]  # fmt: skip
    table = pd.DataFrame(rows).drop_duplicates("place") if rows else Schema.of("atlas_unknowns").empty()
    return Schema.of("atlas_unknowns").check(table)


def processed_stage(element: str) -> str:
    """Stage where ore becomes a product of trade: separation, metal for magnesium, else refining.

    Examples
    --------
    >>> processed_stage("Dy"), processed_stage("Mg"), processed_stage("Ga")
    ('separation', 'metal', 'refining')
    """
    if element in RARE_EARTHS:
        return "separation"
    return "metal" if element == "Mg" else "refining"


def _stages(sheet: Sheet) -> list[Row]:
    own = set(sheet.stages.loc[sheet.stages["element"] == sheet.element, "stage"])
    asked = ((ORE, "ore"), (PROCESSED, processed_stage(sheet.element)))
    missing = [stage for among, stage in asked if not own & among]
    return [
        _unknown(f"stages {sheet.element} {stage}", "not_listed", "no_stage", {"stage": stage}, stage)
        for stage in missing
    ]


def _producers(sheet: Sheet) -> list[Row]:
    lost = sheet.whole[sheet.whole["amount"].isna() & sheet.whole["share"].isna()]
    shown = set(zip(sheet.stages["source"], sheet.stages["year"], strict=True))
    rows = []
    for row in lost.itertuples():
        asked = row.reason == "not_published" or (row.source, row.year) in shown or row.year == sheet.year
        if asked and row.reason:
            place = f"production {row.element} {row.stage} {row.country} {row.year} {row.source}"
            among = {"country": "no_producer", "rest": "no_rest", "world": "no_world"}
            text = "no_element" if row.reason == "not_published" else among[row.kind]
            words = {"element": row.element, "country": row.country, "year": row.year, "source": row.source}
            rows.append(_unknown(place, row.reason, text, words, row.stage))
    return rows


def _firms(sheet: Sheet) -> list[Row]:
    rows, listed = [], sheet.parts["firms"]
    for row in listed[listed["share"].isna()].itertuples():
        placeholder = row.status == "placeholder"
        hidden = "undisclosed" if sheet.element in UNDISCLOSED else "not_listed"
        words = {"firm": {"en": row.firm, "ja": row.firm_ja or row.firm}, "stage": row.stage}
        text = "no_firm" if placeholder else "no_firm_share"
        reason = "not_a_firm" if placeholder else hidden
        rows.append(_unknown(f"firms {row.fact}", reason, text, words, row.stage, row.firm))
    return rows


def _capability(sheet: Sheet) -> list[Row]:
    stage = processed_stage(sheet.element)
    able = sheet.parts["capability"]
    home = able[(able["stage"] == stage) & (able["economy"] == HOME)]
    words = {"element": sheet.element, "stage": stage, "country": HOME}
    place = f"capability {sheet.element} {stage} {HOME}"
    if home.empty or (home["status"] == "unknown").all():
        return [_unknown(place, "not_listed", "no_capability", words, stage)]
    if home["rebuild_high"].isna().all() and not (home["status"] == "held").any():
        return [_unknown(place, "not_listed", "no_rebuild", words, stage)]
    return []


def _reasons(sheet: Sheet) -> list[Row]:
    if len(sheet.parts["reasons"]):
        return []
    stage = processed_stage(sheet.element)
    words = {"element": sheet.element, "stage": stage}
    return [_unknown(f"reasons {sheet.element} {stage}", "not_listed", "no_reason", words, stage)]


def _empty(sheet: Sheet) -> list[Row]:
    words = {"element": sheet.element}
    rows = [
        _unknown(f"{name} {sheet.element}", reason, text, words)
        for name, (text, reason) in EMPTY.items()
        if sheet.parts[name].empty
    ]
    used = sheet.parts["uses"]
    if len(used) and used["share"].isna().all():
        rows.append(_unknown(f"uses {sheet.element} share", "not_listed", "no_use_share", words))
    return rows


def _unknown(
    place: str, reason: str, text: str, words: dict[str, Any], stage: str = "", firm: str = ""
) -> Row:
    row: Row = {"place": place, "stage": stage, "firm": firm, "reason": reason}
    for lang in LANGS:
        said = {name: _worded(name, word, lang) for name, word in words.items()}
        row[f"note_{lang}"] = label(text, lang, "atlas", **said)
    return row


def _worded(name: str, word: Any, lang: Lang) -> Any:
    """A key in the reader's words, a pair in the reader's language, anything else as it stands."""
    if name in LISTS:
        return label(word, lang, LISTS[name])
    return word[lang] if isinstance(word, dict) else word

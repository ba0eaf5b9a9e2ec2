"""What to ask the maker, the customer and the user so that an open comparison can be closed, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.observe.control_entries import screening_table

OPEN = ("candidate", "cannot-exclude")
ASKED_OTHERWISE = (
    "technology",
    "technology_of",
    "full_text",
    "china_ree_share",
    "chinese_origin",
    "size_condition",
)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return {row["question"]: row for row in screening_table("screen_texts").to_dict("records")}


def questions(
    goods: pd.DataFrame, verdicts: pd.DataFrame, way: pd.DataFrame, matches: pd.DataFrame
) -> pd.DataFrame:
    """Questions for each item, in both languages.

    Returns
    -------
    DataFrame
        Columns of ``screen_questions``. Specifications are asked for where something points at an entry.
    """
    rows: list[dict[str, Any]] = []
    for item in goods.to_dict("records"):
        own = verdicts[(verdicts["item"] == item["item"]) & verdicts["verdict"].isin(OPEN)]
        steps = way[way["item"] == item["item"]]
        rows += _of_item(str(item["item"]), str(item["name"] or item["item"]), own, steps)
    for name in dict.fromkeys(matches["name"]):
        rows.append(_said("entity", str(name), str(name), "", ""))
    schema = Schema.of("screen_questions")
    table = pd.DataFrame(rows, columns=schema.names).drop_duplicates(schema.key)
    return schema.check(table, "screen_questions")


def _of_item(item: str, name: str, own: pd.DataFrame, steps: pd.DataFrame) -> Iterator[dict[str, Any]]:
    near = own[own["signals"].ne("")]
    for spec, entries in _missing(near).items():
        yield _said("spec", item, name, spec, "", entries)
    if len(near[near["list"].isin(("jp-23", "jp-list"))]):
        yield _said("maker-judgement", item, name, "", "")
    abroad = own[own["destination"].ne("") & own["destination"].ne("JP")]
    for country in dict.fromkeys(abroad["destination"]):
        for key in ("end-use", "military", "reexport"):
            yield _said(key, item, name, "", str(country))
    if len(own[own["kind"].eq("technology")]) and (len(abroad) or len(near[near["kind"].eq("technology")])):
        for key in ("drawings", "recipes", "training", "remote"):
            yield _said(key, item, name, "", "")
    if len(near[near["list"].eq("jp-advance-2024")]):
        yield _said("advance", item, name, "", "")
    if len(steps[steps["step"].eq(1) & steps["to_country"].isin(("", "JP"))]):
        yield _said("onward", item, name, "", "")
    if len(own[own["entry"].eq("cn-dual-use-japan-2026") & own["route"].eq("own-law-abroad")]):
        yield _said("japan-2026", item, name, "", "")
    if len(near[near["list"].eq("cn-transfer")]):
        yield _said("chinese-content", item, name, "", "")


def _missing(near: pd.DataFrame) -> dict[str, list[str]]:
    """Unknown specification → entries that ask for it."""
    found: dict[str, list[str]] = {}
    for entry, cell in zip(near["entry"], near["missing"], strict=True):
        for spec in filter(None, str(cell).split("|")):
            if spec not in ASKED_OTHERWISE and entry not in found.setdefault(spec, []):
                found[spec].append(str(entry))
    return found


def spec_name(spec: str, lang: Lang) -> str:
    """Name of a specification; the content of an element is named after it.

    Examples
    --------
    >>> spec_name("purity", "ja"), spec_name("content:W", "en")
    ('純度', 'content of Tungsten')
    """
    if spec.startswith("content:"):
        element = label(spec.removeprefix("content:"), lang, "materials")
        return f"{element}含有率" if lang == "ja" else f"content of {element}"
    return label(spec, lang, "screen_specs")


@cache
def _entries() -> dict[str, dict[str, str]]:
    return {row["entry"]: row for row in screening_table("control_entries").to_dict("records")}


def _named(entries: Sequence[str], lang: Lang) -> str:
    """The first entries in words, and how many more there are; a list of one's own keeps its keys."""
    words = [_entries()[entry][f"item_{lang}"] if entry in _entries() else entry for entry in entries[:2]]
    rest = len(entries) - 2
    if lang == "ja":
        return "、".join(f"「{word}」" for word in words) + (f"ほか{rest}件" if rest > 0 else "")
    return "; ".join(words) + (f"; and {rest} more" if rest > 0 else "")


def _said(
    question: str, item: str, name: str, spec: str, country: str, entries: Sequence[str] = ()
) -> dict[str, Any]:
    text = _texts()[question]
    row: dict[str, Any] = {
        "item": item, "to": text["to"], "question": question, "spec": spec, "destination": country
    }  # fmt: skip
    langs: tuple[Lang, ...] = ("en", "ja")
    for lang in langs:
        fill = {
            "item": name, "name": name, "entries": _named(entries, lang),
            "spec": spec_name(spec, lang) if spec else "",
            "destination": label(country, lang, "countries") if country else "",
        }  # fmt: skip
        row[f"text_{lang}"] = text[f"text_{lang}"].format(**fill)
        row[f"why_{lang}"] = text[f"why_{lang}"].format(**fill)
    return row

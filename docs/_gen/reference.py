"""Reference bodies from the tables the code itself reads: columns, problems, measures, words, scenario."""

from __future__ import annotations

import csv
from typing import Any

from pages import cell, code, table, word

from meguri.base.tables import Column, Schema, declared_tables
from meguri.base.terms import Lang, packaged, read_words
from meguri.scenario.schema import json_schema


def rows_of(name: str) -> list[dict[str, str]]:
    """Rows of a packaged CSV."""
    with packaged(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def columns(lang: Lang) -> str:
    """Every declared column, one section for each table."""
    heads = [word(key, lang) for key in ("column", "label", "kind", "bounds", "required", "meaning")]
    parts = []
    for name in declared_tables():
        rows = [
            [
                code(column.name),
                cell(column.label(lang)),
                _kind(column, lang),
                _bounds(column),
                _necessity(column, lang),
                cell(column.meaning_ja if lang == "ja" else column.meaning_en),
            ]
            for column in Schema.of(name).columns
        ]
        parts.append(f"## {name}\n\n{table(heads, rows)}")
    return "\n".join(parts)


def _kind(column: Column, lang: Lang) -> str:
    if column.kind == "term":
        return cell(word("word_list", lang, name=column.choices[0]))
    if column.choices:
        return cell(word("one_of", lang, names=", ".join(column.choices)))
    return code(column.kind)


def _bounds(column: Column) -> str:
    low, high = (f"{end:g}" if abs(end) != float("inf") else "" for end in (column.low, column.high))
    return f"{low} … {high}" if low or high else ""


def _necessity(column: Column, lang: Lang) -> str:
    if column.key:
        return word("yes_key", lang)
    return word("yes" if column.required else "no", lang)


def problems(lang: Lang) -> str:
    """Every kind of problem with what was expected and the way out."""
    heads = [word(key, lang) for key in ("problem", "expected", "way_out")]
    rows = [
        [code(row["key"]), cell(row[f"expected_{lang}"]), cell(row[f"way_out_{lang}"])]
        for row in read_words("problems")
    ]
    return table(heads, rows)


def measures(lang: Lang) -> str:
    """Every measure: unit, meaning, formula, reference."""
    heads = [word(key, lang) for key in ("measure", "label", "unit", "meaning", "formula", "reference")]
    rows = [
        [
            code(row["id"]),
            cell(row[f"label_{lang}"]),
            cell(row["unit"]),
            cell(row[f"meaning_{lang}"]),
            code(row["formula"]),
            cell(row["reference"]),
        ]
        for row in rows_of("measures.csv")
    ]
    return table(heads, rows)


def glossary(lang: Lang) -> str:
    """Terms of the field, the reader's language first."""
    order = ("ja", "en") if lang == "ja" else ("en", "ja")
    rows = [[cell(row[speech]) for speech in order] for row in read_words("glossary")]
    return table([word(f"term_{speech}", lang) for speech in order], sorted(rows))


def scenario(lang: Lang) -> str:
    """Every key of a scenario file, one section for each kind of entry."""
    schema = json_schema()
    models = {"Scenario": schema, **schema["$defs"]}
    known = [name for name in _ORDER if name in models]
    listed = [*known, *(name for name in models if name not in known)]
    return "\n".join(_model(name, models[name], lang) for name in listed)


_ORDER = (
    "Scenario", "Licence", "Quota", "QuotaPeriod", "Ban", "Tax", "MinimumPrice", "Slowdown", "OverCompliance",
    "EntityList", "EndUseBan", "CatchAll", "ServiceCut", "Suspension", "Threshold",
)  # fmt: skip


def _model(name: str, model: dict[str, Any], lang: Lang) -> str:
    heads = [word(key, lang) for key in ("field", "value", "default", "meaning")]
    needed = set(model.get("required", ()))
    rows = [
        [
            code(key),
            _value(field, lang),
            word("required", lang) if key in needed else code(_default(field)),
            cell(field["description_ja"] if lang == "ja" else field["description"]),
        ]
        for key, field in model["properties"].items()
    ]
    return f"## {word(f'model.{name}', lang)}\n\n{table(heads, rows)}"


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if isinstance(value, list):
        return f"[{', '.join(str(part) for part in value)}]" if value else ""
    return "" if value is None else str(value)


def _value(field: dict[str, Any], lang: Lang) -> str:
    """What may be written, in words."""
    if "$ref" in field:
        return _link(field["$ref"], lang)
    if "const" in field:
        return code(field["const"])
    if "enum" in field:
        return cell(word("one_of", lang, names=", ".join(field["enum"])))
    if "oneOf" in field:
        return ", ".join(_link(item["$ref"], lang) for item in field["oneOf"])
    if "anyOf" in field:
        choices = [item for item in field["anyOf"] if item.get("type") != "null"]
        numbers = {item.get("type") for item in choices} >= {"number", "string", "array"}
        return word("ranged", lang) if numbers else " / ".join(_value(item, lang) for item in choices)
    if field.get("type") == "array":
        return word("list_of", lang, name=_value(field["items"], lang))
    if field.get("format") == "date":
        return word("date", lang)
    kinds = {"integer": "integer", "object": "mapping", "boolean": "bool"}
    return word(kinds.get(field.get("type", ""), "text"), lang)


def _link(reference: str, lang: Lang) -> str:
    name = reference.rsplit("/", 1)[-1]
    return word(f"model.{name}", lang).split("：")[0].split(":")[0]

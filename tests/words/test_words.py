"""Every word shown to people exists in both languages, and every key used in the code is declared."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import meguri
from meguri.base.terms import packaged, read_words
from meguri.scenario.read import gallery, read_scenario
from meguri.scenario.schema import json_schema
from meguri.structure.chain import Chain
from meguri.structure.read import example_names

SOURCE = Path(meguri.__file__).parent
DATA = SOURCE / "data"
JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")
SENTENCE_WORDS = 5


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    """Place, English and Japanese of every pair of columns ``…en`` and ``…ja`` in a file."""
    for number, row in enumerate(rows(path), start=2):
        for column in row:
            if column == "en" or column.endswith("_en"):
                place = f"{path.parent.name}/{path.name}:{number}.{column}"
                yield place, row[column], row[f"{column[:-2]}ja"]


def is_sentence(text: str) -> bool:
    return len(text.split()) >= SENTENCE_WORDS


WORDED = [
    *sorted(path for path in DATA.glob("terms/*.csv") if path.name != "stage_colours.csv"),
    *(DATA / name for name in ("columns.csv", "measures.csv", "sets.csv", "verify.csv")),
    *sorted(DATA.glob("chains/*/nodes.csv")),
    *sorted(DATA.glob("chains/*/materials.csv")),
    *sorted(DATA.glob("circulation/*/states.csv")),
    *sorted(DATA.glob("circulation/*/routes.csv")),
    *sorted(DATA.glob("circulation/*/plans.csv")),
]


@cache
def worded() -> list[tuple[str, str, str]]:
    """Place, English and Japanese of every pair of words of every file; read once."""
    return [pair for path in WORDED for pair in pairs(path)]


def test_every_word_exists_in_both_languages() -> None:
    paired = {place.partition(":")[0] for place, _, _ in worded()}
    bare = {f"{path.parent.name}/{path.name}" for path in WORDED} - paired
    assert bare == set(), "no pair of language columns: leave the file out by name if that is meant"
    assert [place for place, en, ja in worded() if not (en.strip() and ja.strip())] == []


def test_japanese_sentences_are_written_in_japanese() -> None:
    assert [place for place, en, ja in worded() if is_sentence(en) and not JAPANESE.search(ja)] == []


def test_both_languages_fill_the_same_braces() -> None:
    def braces(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)", text))

    assert [place for place, en, ja in worded() if braces(en) != braces(ja)] == []


@pytest.mark.parametrize("name", gallery())
def test_every_scenario_has_a_label_in_both_languages(name: str) -> None:
    shown = read_scenario(name).label
    assert shown.en
    assert JAPANESE.search(shown.ja)
    assert not JAPANESE.search(shown.en)


@pytest.mark.parametrize("name", example_names())
def test_every_chain_has_a_label_in_both_languages(name: str) -> None:
    chain = Chain.example(name)
    assert chain.label("en") != chain.name
    assert JAPANESE.search(chain.label("ja"))


def test_every_key_of_the_scenario_schema_is_described_in_both_languages() -> None:
    schema = json_schema()
    missing = [
        f"{model}.{key}"
        for model, part in {"Scenario": schema, **schema["$defs"]}.items()
        for key, field in part["properties"].items()
        if not field.get("description") or not JAPANESE.search(field.get("description_ja", ""))
    ]
    assert missing == []


def test_defaults_of_the_json_schema_are_written_as_a_scenario_file_writes_them() -> None:
    properties = json_schema()["properties"]
    assert properties["react"]["default"] == ["14 d", "30 d", "60 d"]
    assert properties["demand"]["default"] == 1.0


# --- keys used in the code ---------------------------------------------------------------------


@cache
def parsed() -> tuple[list[tuple[str, str, ast.Call]], set[str]]:
    """Calls and texts of the package's code; parsed once, and no tree kept whole."""
    found, texts = [], set()
    for path in sorted(SOURCE.rglob("*.py")):
        place = str(path.relative_to(SOURCE))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                found.append((f"{place}:{node.lineno}", name, node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return found, texts


def calls() -> list[tuple[str, str, ast.Call]]:
    """Every call in the package: place, name of what is called, and the call."""
    return parsed()[0]


def text_of(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def pattern_of(node: ast.AST) -> str | None:
    """Regular expression of an f-string whose braces may be any word."""
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(
        re.escape(text_of(part) or "") if text_of(part) is not None else r"\w+" for part in node.values
    )


def branches(node: Any) -> list[ast.AST]:
    """What an argument may be: both sides of a condition, else itself."""
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


RAISERS = ("Problem", "_CellError", "PydanticCustomError")
PROBLEMS = {row["key"] for row in read_words("problems")}


def test_every_problem_the_code_raises_is_declared() -> None:
    # PydanticCustomError may also carry codes that scenario.read turns into other problems
    undeclared = [
        (place, text_of(part))
        for place, name, call in calls()
        if name in ("Problem", "_CellError") and call.args
        for part in branches(call.args[0])
        if text_of(part) is not None and text_of(part) not in PROBLEMS
    ]
    assert undeclared == []


def test_every_family_of_problems_the_code_builds_by_name_is_declared() -> None:
    patterns = {
        (place, pattern_of(call.args[0]))
        for place, name, call in calls()
        if name in RAISERS and call.args and pattern_of(call.args[0])
    }
    lost = [
        place for place, pattern in patterns if not any(re.fullmatch(str(pattern), key) for key in PROBLEMS)
    ]
    assert lost == []


def test_every_declared_problem_is_used() -> None:
    _, used = parsed()
    patterns = {
        str(pattern_of(call.args[0]))
        for _, name, call in calls()
        if name in RAISERS and call.args and pattern_of(call.args[0])
    }
    unused = {key for key in PROBLEMS - used if not any(re.fullmatch(pattern, key) for pattern in patterns)}
    assert unused == set()


# show.spell.say; app.printing.say prints a finished text
LISTS_OF = {
    "help_of": "cli",
    "say": "phrases",
    "phrase": "office",
    "class_word": "class_words",
    "claim_phrase": "claim_phrases",
    "lever_word": "leverage_words",
    "tell": "claim_page",
}


def test_every_label_key_written_in_the_code_is_declared() -> None:
    known = {path.stem: {row["key"] for row in rows(path)} for path in DATA.glob("terms/*.csv")}
    undeclared = []
    for place, name, call in calls():
        if not call.args or (name == "say" and not place.startswith("show")):
            continue
        words = LISTS_OF.get(name) or _list_named(call) if name in ("label", *LISTS_OF) else None
        key = text_of(call.args[0])
        if words is not None and key is not None and key not in known.get(words, ()):
            undeclared.append((place, words, key))
    assert undeclared == []


def _list_named(call: ast.Call) -> str | None:
    given = [text_of(item.value) for item in call.keywords if item.arg == "words"]
    if given:
        return given[0]
    return text_of(call.args[2]) if len(call.args) > 2 else None


def test_the_scan_of_the_code_finds_labels_and_problems() -> None:
    names = [name for _, name, _ in calls()]
    assert names.count("label") > 30
    assert names.count("Problem") > 30
    assert packaged("terms", "problems.csv").is_file()

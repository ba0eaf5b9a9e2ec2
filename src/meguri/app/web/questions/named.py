"""Choices that several pages share: packaged scenarios and chains, each beside the reader's own. Thin."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

import yaml

from meguri.app.web.desk import Desk
from meguri.base.terms import Lang
from meguri.base.words import packaged


@cache
def _gallery() -> dict[str, dict[str, str]]:
    """Name of each packaged scenario with its label in both languages, the newest events on top."""
    found = {}
    for item in packaged("gallery").iterdir():
        if item.name.endswith(".yaml"):
            found[item.name.removesuffix(".yaml")] = yaml.safe_load(item.read_text(encoding="utf-8"))["label"]
    dated = sorted((name for name in found if name[:4].isdecimal()), key=lambda name: name[:4], reverse=True)
    return {name: found[name] for name in (*dated, *sorted(set(found) - set(dated)))}


@cache
def _examples() -> dict[str, dict[str, str]]:
    """Name of each packaged chain with its label in both languages."""
    found = {}
    for item in sorted(packaged("chains").iterdir(), key=lambda item: item.name):
        if "@" in item.name:
            rows = csv.DictReader(item.joinpath("chain.csv").read_text(encoding="utf-8").splitlines())
            cells = {row["key"]: row["value"] for row in rows}
            found[item.name] = {"en": cells["label_en"], "ja": cells["label_ja"]}
    return found


def own(desk: Desk, kind: str) -> list[tuple[str, str]]:
    """The reader's own files of one kind."""
    return [(one.value, one.name) for one in desk.files(kind)]


def scenarios(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own scenarios first, then the packaged gallery."""
    return [*own(desk, "scenario"), *((name, words[lang]) for name, words in _gallery().items())]


def chains(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own chains first, then the packaged examples."""
    return [*own(desk, "chain"), *((name, words[lang]) for name, words in _examples().items())]

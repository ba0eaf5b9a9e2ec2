"""Words of the answer that are put together from labels, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meguri.base.terms import LANGS, Lang, label
from meguri.respond.measures import Library

WORDS = "plan_words"


def both(key: str, **fill: Any) -> dict[Lang, str]:
    """A text in both languages; a value that is a mapping holds one for each.

    Examples
    --------
    >>> both("plan_front", letter="A")
    {'en': 'Plan A', 'ja': '計画A'}
    """
    return {lang: label(key, lang, WORDS, **_of(fill, lang)) for lang in LANGS}


def _of(fill: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    return {name: value[lang] if isinstance(value, Mapping) else value for name, value in fill.items()}


def named(library: Library, measure: str) -> dict[Lang, str]:
    """Shown name of a measure."""
    info = library.measure(measure)
    return {lang: str(info[f"label_{lang}"]) for lang in LANGS}


def labels(texts: Mapping[Lang, str]) -> dict[str, str]:
    """A text as the two label columns of a row."""
    return {f"label_{lang}": text for lang, text in texts.items()}


def listed(library: Library, measures: list[str]) -> dict[Lang, str]:
    """Shown names of several measures in one line."""
    names = [named(library, measure) for measure in measures]
    return {"en": "; ".join(name["en"] for name in names), "ja": "、".join(name["ja"] for name in names)}

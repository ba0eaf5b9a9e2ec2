"""Words in two languages: stages, materials, countries, labels and notes.

Every word shown to a person comes from a CSV in ``data/terms`` with an ``en`` and a ``ja`` column,
so that a language can never be forgotten in one place only.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from meguri.base.errors import DataError, Problem
from meguri.base.words import LANGS as LANGS
from meguri.base.words import Lang as Lang
from meguri.base.words import packaged as packaged
from meguri.base.words import read_words as read_words


@cache
def _labels(name: str) -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in read_words(name)}


def label(key: str, lang: Lang, words: str, **fill: object) -> str:
    """The shown word for a key, with braces filled.

    Parameters
    ----------
    key : str
        Key in the word list.
    lang : {"en", "ja"}
        Language of the reader.
    words : str
        Word list: stages, materials, countries, notes, figures …
    **fill
        Values for the braces of the text.

    Raises
    ------
    KeyError
        When the list has no such key: a word shown to people must be declared.

    Examples
    --------
    >>> label("magnet", "ja", "stages")
    '磁石'
    """
    if words == "countries" and key == "TW":
        return taiwan_label(lang)
    text = _labels(words)[key][lang]
    return text.format(**fill) if fill else text


TAIWAN = "MEGURI_TAIWAN"  # environment variable: key of data/terms/taiwan.csv


def taiwan_label(lang: Lang) -> str:
    """How Taiwan is named to people: the user's choice, for tables, figures and reports alike.

    The environment variable ``MEGURI_TAIWAN`` names a row of ``data/terms/taiwan.csv``; without it the
    first row holds. Only the shown word changes: the key stays TW, and every name is understood on input.

    Parameters
    ----------
    lang : {"en", "ja"}
        Language of the reader.

    Raises
    ------
    DataError
        When the variable names no row.

    Examples
    --------
    >>> taiwan_label("en"), taiwan_label("ja")
    ('Taiwan', '台湾')
    """
    choices = _labels("taiwan")
    key = os.environ.get(TAIWAN) or next(iter(choices))
    if key not in choices:
        details = {"variable": TAIWAN, "choices": ", ".join(choices)}
        raise DataError(Problem("taiwan_label", TAIWAN, key, TAIWAN, details))
    return choices[key][lang]


@cache
def _remarks() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Japanese by English remark: fixed ones, and those that name a node of the chain."""
    rows = read_words("remarks")
    fixed = {row["en"]: row["ja"] for row in rows if "{node}" not in row["en"]}
    named = [
        (re.compile(re.escape(row["en"]).replace(r"\{node\}", "(?P<node>[a-z0-9-]+)")), row["ja"])
        for row in rows
        if "{node}" in row["en"]
    ]
    return fixed, named


def remark(text: str, lang: Lang = "en") -> str:
    """A packaged remark in the reader's language; any other text as it stands.

    Parameters
    ----------
    text : str
        Note of a row, as its table gives it: packaged notes are English, a user's own are not touched.
    lang : {"en", "ja"}
        Language of the reader.

    Examples
    --------
    >>> remark("As Dy.", "ja"), remark("Copied from jp-cobalt.", "ja")
    ('Dyと同じ。', 'jp-cobaltの値を写した。')
    >>> remark("My own remark.", "ja")
    'My own remark.'
    """
    if lang == "en":
        return text
    fixed, named = _remarks()
    if text in fixed:
        return fixed[text]
    for pattern, words in named:
        if found := pattern.fullmatch(text):
            return words.format(**found.groupdict())
    return text


def keys(words: str) -> list[str]:
    """All keys of a word list, in their order.

    Examples
    --------
    >>> keys("stages")[:2]
    ['ore', 'separation']
    """
    return list(_labels(words))


def fold(name: str) -> str:
    """Name without its accidents of typing: case, outer spaces, full and half width.

    Examples
    --------
    >>> fold(" Ｎ４２ＳＨ "), fold("ﾄﾞｲﾂ")
    ('n42sh', 'ドイツ')
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


@cache
def _aliases(words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in read_words(words):
        names = [row["key"], row["en"], row["ja"], *row.get("aliases", "").split("|")]
        for name in names:
            if name:
                found.setdefault(fold(name), row["key"])
    return found


def find_key(name: str, words: str) -> str | None:
    """Key meant by a name in either language or by an alias; ``None`` when nothing fits.

    Examples
    --------
    >>> find_key("中国", "countries"), find_key("Dysprosium", "materials")
    ('CN', 'Dy')
    """
    return _aliases(words).get(fold(name))


def suggest(name: str, choices: Iterable[str]) -> str | None:
    """Nearest of the choices to a mistyped name, if one is near.

    Examples
    --------
    >>> suggest("Jpan", ["China", "Japan"])
    'Japan'
    """
    by_fold = {fold(choice): choice for choice in choices}
    near = difflib.get_close_matches(fold(name)[:100], by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else None


def suggest_key(name: str, words: str) -> str | None:
    """Nearest key of a word list to a mistyped name in either language.

    Examples
    --------
    >>> suggest_key("Chnia", "countries")
    'CN'
    """
    near = suggest(name, _aliases(words))
    return None if near is None else _aliases(words)[near]

"""Is this customer named on a list? Near spellings with their scores, for a person to judge.

Four comparisons, the best of which counts:

``words``       soft TF-IDF (Cohen, Ravikumar, Fienberg 2003): words pair by Jaro-Winkler nearness, rare
                words count more, so that two firms do not match because both are "… Trading Co".
``whole``       the name without spaces and without words that many names share, written together or apart;
                with them only where the two are all but the same.
``sounds``      consonants only, letters that transliterations mix up made one (kh and h, q and k, v and w).
``characters``  Chinese characters read as pinyin, which makes simplified, traditional and Japanese forms one.

A list name that is not found is no clearance: the threshold and what it misses are in
:mod:`meguri.respond.name_trial`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from meguri.base.extras import part
from meguri.base.tables import Schema

THRESHOLD = 78.0  # a name missed costs more than one looked at twice; the price stands in name_trial
COMMON = 0.01  # a word in more than this part of all spellings says little about who is meant
LEAST_WORD = 0.88  # Jaro-Winkler nearness below which two words are two words
NEARLY = 90.0  # nearness of whole names, common words and all, from which it counts
LEAST_CORE = 4  # letters below which a name is compared with its common words
LEAST_SOUND = 5  # consonants below which the skeleton says nothing
SOUND_WEIGHT = 0.93  # a skeleton alone never reaches 100
Floats = npt.NDArray[np.float64]

LEGAL = re.compile(
    r"\b(co|company|corp|corporation|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|sa|spa|srl|bv|nv|oy|ab|as|"
    r"jsc|ojsc|pjsc|cjsc|ooo|oao|pao|ao|zao|fze|fzco|fzc|pte|pty|pvt|sdn|bhd|kk|kabushiki|kaisha|yugen|"
    r"the|of|and|for)\b"
)
LEGAL_HAN = re.compile(
    r"株式会社|株式會社|合同会社|有限会社|㈱|㈲|股份有限公司|有限责任公司|有限責任公司|有限公司|总公司|公司"
)
ABBREVIATED = {
    "eng": "engineering", "tech": "technology", "univ": "university", "intl": "international",
    "ind": "industries", "inds": "industries", "mfg": "manufacturing", "inst": "institute", "res": "research",
    "dev": "development", "imp": "import", "exp": "export", "elec": "electronics", "grp": "group",
}  # fmt: skip
LATIN = re.compile(r"[a-z0-9]+")
MIXED_UP = (
    ("kh", "h"), ("gh", "g"), ("sh", "s"), ("zh", "z"), ("ch", "c"), ("ph", "f"), ("th", "t"), ("dh", "d"),
    ("ts", "c"), ("tz", "c"), ("x", "ks"), ("q", "k"), ("w", "v"), ("j", "z"),
)  # fmt: skip


@dataclass(frozen=True)
class Forms:
    """A name as its words in Latin letters, and its Chinese characters as pinyin."""

    words: tuple[str, ...]
    characters: str


@cache
def forms(name: str) -> Forms:
    """A name without legal forms and accents, in Latin letters.

    Examples
    --------
    >>> forms("Ｆara-sakht Industries Co., Ltd.").words
    ('fara', 'sakht', 'industries')
    >>> forms("三菱電機株式会社").characters == forms("三菱电机").characters
    True
    """
    jaconv, anyascii = part("jaconv", "jaconv", "sme"), part("anyascii", "anyascii", "sme").anyascii
    plain = unicodedata.normalize("NFKC", name).replace("ー", "")
    han = LEGAL_HAN.sub("", plain)
    latin = anyascii(jaconv.kata2alphabet(jaconv.hira2kata(han))).casefold()
    latin = re.sub(r"(?<=\w)['`.](?=\w)", "", latin).replace("&", " ")
    found = LATIN.findall(LEGAL.sub(" ", latin)) or LATIN.findall(latin)
    words = tuple(ABBREVIATED.get(word, word) for word in found)
    characters = "".join(c for c in han if "\u4e00" <= c <= "\u9fff")
    return Forms(words, anyascii(characters).casefold())


def core(words: Sequence[str], common: Collection[str]) -> str:
    """Words that say who is meant, written together; all of them where too little would be left.

    Examples
    --------
    >>> core(("fara", "sakht", "industries"), {"industries"})
    'farasakht'
    >>> core(("space", "research"), {"space", "research"})
    'spaceresearch'
    """
    telling = "".join(word for word in words if word not in common)
    return telling if len(telling) >= LEAST_CORE else "".join(words)


def _sounds(whole: str) -> str:
    for written, heard in MIXED_UP:
        whole = whole.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouy]", "", whole))


@dataclass(frozen=True)
class Index:
    """Spellings of a list made ready for comparison.

    Attributes
    ----------
    spelling : list of str
        Every listed name and alias.
    entry : ndarray
        Row of the list to which each spelling belongs.
    vocabulary : list of str
        Words of all spellings.
    weights : sparse array
        Spelling × word: weight of the word, of unit length for each spelling.
    rarity : dict
        Inverse document frequency of each word.
    common : frozenset
        Words in more than ``COMMON`` of the spellings.
    full, whole, sounds, characters : list of str
        Each spelling written together with and without common words, its consonants, its pinyin.
    """

    spelling: list[str]
    entry: npt.NDArray[np.int64]
    vocabulary: list[str]
    weights: sparse.csr_array
    rarity: dict[str, float]
    common: frozenset[str]
    full: list[str]
    whole: list[str]
    sounds: list[str]
    characters: list[str]


def index_of(table: pd.DataFrame) -> Index:
    """Make a list ready; one index serves any number of names.

    Parameters
    ----------
    table : DataFrame
        Columns of ``entities``.
    """
    spelling, entry = [], []
    for row, (name, aliases) in enumerate(zip(table["name"], table["aliases"], strict=True)):
        for text in dict.fromkeys([name, *str(aliases).split("|")]):
            if forms(text).words:
                spelling.append(text)
                entry.append(row)
    shapes = [forms(text) for text in spelling]
    vocabulary = sorted({word for shape in shapes for word in shape.words})
    held = _incidence(shapes, vocabulary)
    times = held.sum(axis=0)
    idf = np.log(1 + len(shapes) / np.maximum(times, 1))
    weights = held.multiply(idf).tocsr()
    length = np.sqrt(weights.multiply(weights).sum(axis=1))
    weights = sparse.diags_array(1 / np.where(length > 0, length, 1)) @ weights
    common = frozenset(np.array(vocabulary)[times > COMMON * len(shapes)].tolist())
    whole = [core(shape.words, common) for shape in shapes]
    return Index(
        spelling, np.array(entry, dtype=np.int64), vocabulary, weights.tocsr(),
        dict(zip(vocabulary, idf.tolist(), strict=True)), common,
        ["".join(shape.words) for shape in shapes], whole,
        [_sounds(text) for text in whole], [shape.characters for shape in shapes],
    )  # fmt: skip


def _incidence(shapes: Sequence[Forms], vocabulary: Sequence[str]) -> sparse.csr_array:
    """Which word stands in which spelling: 1 or nothing; a word written twice counts once."""
    place = {word: number for number, word in enumerate(vocabulary)}
    rows = np.repeat(np.arange(len(shapes)), [len(shape.words) for shape in shapes])
    columns = np.array([place[word] for shape in shapes for word in shape.words], dtype=np.int64)
    counted = sparse.coo_array((np.ones(len(rows)), (rows, columns)), (len(shapes), len(vocabulary))).tocsr()
    counted.data[:] = 1.0
    return counted


def word_scores(name: str, index: Index) -> Floats:
    """Soft TF-IDF nearness of a name to every spelling [0–100]; shape (spelling,)."""
    process = part("rapidfuzz.process", "rapidfuzz", "sme")
    winkler = part("rapidfuzz.distance", "rapidfuzz", "sme").JaroWinkler
    words = list(dict.fromkeys(forms(name).words))
    if not words or not index.vocabulary:
        return np.zeros(len(index.spelling))
    near = process.cdist(words, index.vocabulary, scorer=winkler.similarity, dtype=np.float32)
    near[near < LEAST_WORD] = 0.0
    rare = max(index.rarity.values())  # a word the list does not hold is as rare as can be
    weight = np.array([index.rarity.get(word, rare) for word in words])
    weight /= np.sqrt(np.square(weight).sum())
    total = np.zeros(len(index.spelling))
    for one, row in zip(weight, near, strict=True):
        hit = np.flatnonzero(row)
        if hit.size:
            shared = index.weights[:, hit].multiply(row[hit][None, :])
            total += one * shared.max(axis=1).toarray().ravel()
    return cast(Floats, 100 * np.minimum(total, 1.0))


def _ratios(asked: str, texts: Sequence[str], least: int) -> Floats:
    process, fuzz = (part(f"rapidfuzz.{name}", "rapidfuzz", "sme") for name in ("process", "fuzz"))
    if len(asked) < least:
        return np.zeros(len(texts))
    score = process.cdist([asked], texts, scorer=fuzz.ratio, dtype=np.float32)[0].astype(float)
    score[np.array([len(text) < least for text in texts], dtype=bool)] = 0.0
    return cast(Floats, score)


def scores(name: str, index: Index) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Best nearness of a name to every spelling, and which of the four comparisons gave it."""
    shape = forms(name)
    whole = core(shape.words, index.common)
    full = _ratios("".join(shape.words), index.full, LEAST_CORE)
    found = np.vstack([
        word_scores(name, index),
        np.maximum(_ratios(whole, index.whole, LEAST_CORE), np.where(full >= NEARLY, full, 0.0)),
        SOUND_WEIGHT * _ratios(_sounds(whole), index.sounds, LEAST_SOUND),
        _ratios(shape.characters, index.characters, LEAST_CORE),
    ])  # fmt: skip
    return found.max(axis=0), found.argmax(axis=0)


WAYS = ("words", "whole", "sounds", "characters")


def match_names(
    names: Iterable[str],
    table: pd.DataFrame,
    threshold: float = THRESHOLD,
    top: int = 5,
    index: Index | None = None,
) -> pd.DataFrame:
    """Entries of a list whose spelling is near to names asked for.

    Parameters
    ----------
    names : iterable of str
        Firms to look for, in any script.
    table : DataFrame
        Columns of ``entities``.
    threshold : float
        Least nearness [0–100] that is shown.
    top : int
        Most entries shown for one name.
    index : Index, optional
        The list made ready by :func:`index_of`, where many calls are made.

    Returns
    -------
    DataFrame
        Columns of ``name_matches``, nearest first; a name without a row has no near spelling on these
        lists on their day, which is no clearance.

    Examples
    --------
    >>> from meguri.observe.entities import entities
    >>> found = match_names(["Fara Sakht Industry"], entities(("jp-end-user-list",)))
    >>> found.iloc[0][["listed", "country"]].tolist()
    ['Farasakht Industries', 'IR']
    """
    ready = index or index_of(table)
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys(names):
        score, way = scores(name, ready)
        order = np.argsort(-score, kind="stable")
        seen: set[int] = set()
        for at in order[score[order] >= threshold]:
            entry = int(ready.entry[at])
            if entry not in seen and len(seen) < top:
                seen.add(entry)
                kept = table.iloc[entry][["entity", "list", "list_date", "country", "concerns", "source"]]
                rows.append({
                    "name": name, "rank": len(seen), "score": round(float(score[at]), 1),
                    "listed": ready.spelling[at], "how": WAYS[way[at]], **kept.to_dict(),
                })  # fmt: skip
    schema = Schema.of("name_matches")
    return schema.check(pd.DataFrame(rows, columns=schema.names), "name_matches")

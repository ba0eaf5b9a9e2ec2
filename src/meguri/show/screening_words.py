"""Words of the screening: every page, sheet and paper says first that it is a draft and no ruling."""

from __future__ import annotations

from functools import cache

from meguri.base.terms import Lang, label, read_words
from meguri.respond.screening_questions import spec_name

RULINGS = ("該当", "非該当", "対象外", "要確認")  # for the person who rules; nowhere else
BOX = "□"


def screen_word(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/screen_page.csv`` with its braces filled.

    Examples
    --------
    >>> screen_word("draft", "ja")
    '判定者による確認前の下書き'
    """
    return label(key, lang, "screen_page", **fill)


def header(lang: Lang) -> str:
    """What stands on top of every page and sheet, in both languages.

    Examples
    --------
    >>> header("en")
    'DRAFT before confirmation by the person who rules 「判定者による確認前の下書き」'
    """
    ja, en = f"「{screen_word('draft', 'ja')}」", screen_word("draft", "en")
    return f"{ja} {en}" if lang == "ja" else f"{en} {ja}"


def boxes(lang: Lang) -> list[str]:
    """Empty boxes for the person who rules, one a line.

    Examples
    --------
    >>> boxes("ja")
    ['□該当', '□非該当', '□対象外', '□要確認']
    """
    if lang == "ja":
        return [f"{BOX}{word}" for word in RULINGS]
    meant = screen_word("rulings_meant", lang).split("|")
    return [f"{BOX} {word} ({text})" for word, text in zip(RULINGS, meant, strict=True)]


@cache
def _categories() -> frozenset[str]:
    return frozenset(row["key"] for row in read_words("screen_categories"))


def wanted_word(text: str, lang: Lang) -> str:
    """What an entry asks for in words; numbers and signs stay as they are.

    Examples
    --------
    >>> wanted_word("W", "ja"), wanted_word(">= 97 %", "ja"), wanted_word("yes", "en")
    ('W', '≥ 97 %', 'yes')
    """
    negated = text.startswith("not ")
    parts = []
    for part in text.removeprefix("not ").split("|"):
        if part in _categories():
            parts.append(label(part, lang, "screen_categories"))
        elif part == "yes":
            parts.append(screen_word("yes", lang))
        else:
            parts.append(part.replace(">=", "≥").replace("<=", "≤"))
    said = screen_word("or", lang).join(parts)
    return screen_word("other_than", lang, what=said) if negated else said


def pairs(text: str, lang: Lang) -> list[tuple[str, str]]:
    """Specification and what is said of it, of a cell ``need`` or ``have``.

    Examples
    --------
    >>> pairs("elements: W & purity: > 99.9 %", "ja")
    [('含有元素', 'W'), ('純度', '> 99.9 %')]
    """
    found = []
    for part in text.split(" & "):
        spec, sign, value = part.partition(": ")
        if sign:
            found.append((spec_name(spec, lang), wanted_word(value, lang)))
    return found


def spec_words(missing: str, lang: Lang) -> str:
    """Unknown specifications in words.

    Examples
    --------
    >>> spec_words("purity|content:W", "ja")
    '純度、タングステン含有率'
    """
    names = [spec_name(spec, lang) for spec in missing.split("|") if spec]
    return screen_word("comma", lang).join(names)

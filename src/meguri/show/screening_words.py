"""Words of the screening: every page, sheet and paper says first that it is a draft and no ruling."""

from __future__ import annotations

from meguri.base.terms import Lang, label


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
    'DRAFT before confirmation by the person who rules（判定者による確認前の下書き）'
    """
    first, second = (screen_word("draft", one) for one in (("ja", "en") if lang == "ja" else ("en", "ja")))
    return f"「{first}」{second}" if lang == "ja" else f"{first}（{second}）"

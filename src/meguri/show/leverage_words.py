"""Words, hues and spelling that the page and the figures of leverage share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys, label, read_words
from meguri.show.ink import LOSS, MUTED
from meguri.show.spell import missing, name_of, percent, significant, word

BENEFIT, HARM = "#0d436a", LOSS  # a gain of the holder, and a cost to it: two scales that never meet
HORIZONS = ("short", "mid", "long")
HORIZON_YEARS: Mapping[str, int] = {"short": 1, "mid": 3, "long": 10}
CARD_ROWS = ("bargaining", "own_burden", "substitution", "hegemony")  # as in table B-6


def lever_word(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/leverage_words.csv`` with its braces filled.

    Examples
    --------
    >>> lever_word("polarity.benefit", "ja")
    '利益'
    """
    return label(key, lang, "leverage_words", **fill)


@cache
def _hues() -> dict[str, str]:
    return {row["key"]: row["hue"] for row in read_words("leverage_colours")}


def item_hue(item: object) -> str:
    """Colour of an item, the same on every page; an item of the user's own is drawn in muted ink.

    Examples
    --------
    >>> item_hue("hf"), item_hue("my own")
    ('#27408b', '#6a7178')
    """
    return _hues().get(str(item), MUTED)


def item_name(item: object, lang: Lang, items: pd.DataFrame | None = None) -> str:
    """Short name of an item; the label of the user's own table where it is none of the packaged ones.

    Examples
    --------
    >>> item_name("hf", "ja")
    'フッ化水素'
    """
    key = str(item)
    if key in keys("leverage_colours") or items is None or key not in set(items["item"]):
        return word(key, "leverage_colours", lang)
    row = items[items["item"] == key].iloc[0].to_dict()
    return name_of(row, lang, "item")


def pair_name(holder: object, partner: object, lang: Lang) -> str:
    """Who plays the card against whom.

    Examples
    --------
    >>> pair_name("JP", "KR", "ja")
    '日本→韓国'
    """
    join = "→" if lang == "ja" else " → "
    return join.join(word(key, "countries", lang) for key in (holder, partner))


def years_text(value: Any, lang: Lang) -> str:
    """A span of years; never is a word of its own.

    Examples
    --------
    >>> years_text(1.44, "en"), years_text(float("inf"), "ja")
    ('1.4 years', '100年以内に半減しない')
    """
    if value is None or missing(value) or float(value) == float("inf"):
        return lever_word("never_half", lang)
    return lever_word("years", lang, n=significant(float(value), 2))


def range_text(low: Any, high: Any) -> str:
    """Two shares as a range in percent; one number where both are printed alike.

    Examples
    --------
    >>> range_text(0.25, 0.35), range_text(0.1, 0.101), range_text(None, 0.1)
    ('25–35%', '10%', '—')
    """
    if missing(low) or missing(high):
        return "—"
    ends = percent(float(low)), percent(float(high))
    return ends[0] if ends[0] == ends[1] else f"{ends[0].rstrip('%')}–{ends[1]}"


def card_of(table: pd.DataFrame) -> pd.Series[str]:
    """Key of a card for every row: item, holder and partner.

    Examples
    --------
    >>> card_of(pd.DataFrame({"item": ["hf"], "holder": ["JP"], "partner": ["KR"]})).tolist()
    ['hf:JP-KR']
    """
    return table["item"].astype(str) + ":" + table["holder"].astype(str) + "-" + table["partner"].astype(str)


def card_names(table: pd.DataFrame, lang: Lang, items: pd.DataFrame | None = None) -> dict[str, str]:
    """Shown name of every card of a table; with its pair where the cards have more than one.

    Examples
    --------
    >>> cells = {"item": ["hf", "wfe"], "holder": ["JP", "JP"], "partner": ["KR", "CN"]}
    >>> card_names(pd.DataFrame(cells), "ja")["hf:JP-KR"]
    'フッ化水素（日本→韓国）'
    """
    rows = table.assign(card=card_of(table)).drop_duplicates("card")
    several = len(rows[["holder", "partner"]].drop_duplicates()) > 1
    found = {}
    for row in rows.to_dict("records"):
        name, pair = item_name(row["item"], lang, items), pair_name(row["holder"], row["partner"], lang)
        found[str(row["card"])] = lever_word("card_name", lang, name=name, pair=pair) if several else name
    return found

"""Words, hues and spelling that the page and the figures of leverage share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys, label, read_words
from meguri.show.ink import LOSS, MUTED
from meguri.show.spell import missing, name_of, percent, significant, span, word

BENEFIT, HARM = "#0d436a", LOSS  # a gain of the holder, and a cost to it: two scales that never meet
HORIZONS = ("short", "mid", "long")
HORIZON_YEARS: Mapping[str, int] = {"short": 1, "mid": 3, "long": 10}
NO_CARD = 0.005  # worth on the first day below which there is no card
MONTHS_BELOW = 0.96  # years from which a span is told in years
CARD_ROWS = ("bargaining", "own_burden", "substitution", "hegemony")  # as in table B-6


def lever_word(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/leverage_words.csv`` with its braces filled.

    Examples
    --------
    >>> lever_word("polarity.benefit", "ja")
    '便益'
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
    """A span of years, in months below one year; never is a word of its own.

    Examples
    --------
    >>> years_text(1.44, "en"), years_text(0.75, "ja"), years_text(float("inf"), "ja")
    ('1.4 years', '9か月', '100年以内に半減しない')
    """
    if value is None or missing(value) or float(value) == float("inf"):
        return lever_word("never_half", lang)
    years = float(value)
    if years < MONTHS_BELOW:
        return lever_word("months", lang, n=f"{12 * years:.0f}")
    shown = significant(years, 2)
    return lever_word("year" if shown == "1" else "years", lang, n=shown)


def half_text(row: Mapping[Any, Any], lang: Lang) -> str:
    """Time until half is gone; beyond the years looked at only that it is longer.

    Examples
    --------
    >>> half_text({"half_life": 52.0, "years": 10.0, "start": 0.4}, "en")
    'over 10 years'
    """
    if float(row["start"]) < NO_CARD:
        return lever_word("no_card", lang)
    if not missing(row["half_life"]) and float(row["half_life"]) > float(row["years"]):
        return lever_word("over_years", lang, n=f"{float(row['years']):g}")
    return years_text(row["half_life"], lang)


def span_text(value: Any, low: Any, high: Any, lang: Lang) -> str:
    """A span of years with its range in brackets, all in the unit of the value.

    Examples
    --------
    >>> span_text(0.75, 0.53, 1.0, "en"), span_text(2.0, 1.0, float("nan"), "en")
    ('9 months (6–12)', '2 years (1–never)')
    """
    if missing(value):
        return lever_word("never_half", lang)
    factor, digits = (12.0, 0) if float(value) < MONTHS_BELOW else (1.0, 2)

    def spell(end: Any) -> str:
        if missing(end):
            return lever_word("open_end", lang)
        return significant(factor * float(end), digits) if digits else f"{factor * float(end):.0f}"

    if missing(low):
        return years_text(value, lang)
    return lever_word("ranged", lang, value=years_text(value, lang), low=spell(low), high=spell(high))


def range_text(low: Any, high: Any, lang: Lang) -> str:
    """Two shares as a range in percent; one number where both are printed alike.

    Examples
    --------
    >>> range_text(0.25, 0.35, "en"), range_text(0.1, 0.101, "ja"), range_text(None, 0.1, "ja")
    ('25–35%', '10%', '—')
    """
    if missing(low) or missing(high):
        return "—"
    ends = percent(float(low)), percent(float(high))
    return ends[0] if ends[0] == ends[1] else span(float(low), float(high), "1", lang)


def card_of(table: pd.DataFrame) -> pd.Series[str]:
    """Key of a card for every row: item, holder and partner.

    Examples
    --------
    >>> card_of(pd.DataFrame({"item": ["hf"], "holder": ["JP"], "partner": ["KR"]})).tolist()
    ['hf:JP-KR']
    """
    return table["item"].astype(str) + ":" + table["holder"].astype(str) + "-" + table["partner"].astype(str)


def card_names(table: pd.DataFrame, lang: Lang, items: pd.DataFrame | None = None) -> dict[str, str]:
    """Shown name of every card of a table: its item, its pair, or both, whichever tells the cards apart.

    Examples
    --------
    >>> cells = {"item": ["hf", "wfe"], "holder": ["JP", "JP"], "partner": ["KR", "CN"]}
    >>> card_names(pd.DataFrame(cells), "ja")["hf:JP-KR"]
    'フッ化水素'
    >>> cells = {"item": ["hf", "hf"], "holder": ["JP", "KR"], "partner": ["KR", "JP"]}
    >>> card_names(pd.DataFrame(cells), "ja")["hf:JP-KR"]
    '日本→韓国'
    """
    rows = table.assign(card=card_of(table)).drop_duplicates("card")
    alone = not rows["item"].duplicated().any()
    found = {}
    for row in rows.to_dict("records"):
        name, pair = item_name(row["item"], lang, items), pair_name(row["holder"], row["partner"], lang)
        both = lever_word("card_name", lang, name=name, pair=pair)
        found[str(row["card"])] = name if alone else pair if rows["item"].nunique() == 1 else both
    return found

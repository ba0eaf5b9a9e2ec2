"""Four numbers that can be read in five seconds."""

from __future__ import annotations

from html import escape

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.basis import Told, economy_name, economy_of
from meguri.show.figures.price import peak, product_name
from meguri.show.short import at_home, first_row, rarely, soonest
from meguri.show.spell import days, listing, missing, month, name_of, percent, say, significant, span, word

Tile = tuple[str, str, str]


def tiles_html(outcome: Told, lang: Lang) -> str:
    """The tiles: name, number, and what it is about."""
    home = at_home(outcome.table("survival"), economy_of(outcome))
    place = economy_name(outcome, lang)
    tiles = [
        _first(home, place, lang),
        _count(home, place, lang),
        _longest(home, place, lang),
        _price(outcome.table("price"), lang),
    ]
    cells = "".join(
        f'<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><dd class="range">{escape(about)}</dd></div>\n'
        for name, value, about in tiles
    )
    return f'<dl class="tiles">\n{cells}</dl>\n'


def _name(key: str, place: str, lang: Lang) -> str:
    return say(f"{key}_in", lang, place=place) if place else say(key, lang)


def _first(home: pd.DataFrame, place: str, lang: Lang) -> Tile:
    name, row = _name("tile_first", place, lang), first_row(soonest(home))
    if row is None:
        rare = first_row(rarely(home))
        if rare is None:
            return name, say("tile_none", lang), ""
        share = say("tile_share", lang, share=percent(float(rare["share_stopped"])))
        return name, share, name_of(rare, lang)
    low, high = row["tts_d_p10"], row["tts_d_p90"]
    about = "" if low == high else say("p10p90", lang, range=span(low, high, "d", lang))
    return name, _short_days(float(row["tts_d"]), lang), about


def _count(home: pd.DataFrame, place: str, lang: Lang) -> Tile:
    short = soonest(home)
    stages = list(dict.fromkeys(word(stage, "stages", lang) for stage in short["stage"]))
    value = say("tile_count_value", lang, n=len(short), m=len(home))
    return _name("tile_count", place, lang), value, listing(stages, lang, most=3)


def _longest(home: pd.DataFrame, place: str, lang: Lang) -> Tile:
    name, short = _name("tile_longest", place, lang), soonest(home)
    if short.empty:
        return name, say("tile_none", lang), ""
    row = short.iloc[int(short["gap_d"].fillna(0).argmax())].to_dict()
    value = "—" if missing(row["gap_d"]) else _short_days(float(row["gap_d"]), lang)
    return name, value, name_of(row, lang)


def _short_days(value: float, lang: Lang) -> str:
    return days(value, lang).split("（")[0].split(" (")[0]


def _price(price: pd.DataFrame, lang: Lang) -> Tile:
    top = None if price.empty else peak(price)
    if top is None:
        return say("tile_price", lang), say("tile_none", lang), ""
    parts = [product_name(top["element"], top["form"], lang), month(top["month"], lang)]
    ratio = significant(float(top["p50"]), 2)
    return (
        say("tile_price", lang),
        say("tile_price_value", lang, ratio=ratio),
        ("、" if lang == "ja" else ", ").join(parts),
    )

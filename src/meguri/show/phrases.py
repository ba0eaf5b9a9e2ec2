"""Sentences from tables: what stops first, what never does, prices, and what the answer depends on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.basis import Told, horizon_of
from meguri.show.figures.price import peak, product_name
from meguri.show.headline import headline, home_sentences
from meguri.show.short import HALF_A_DAY, rarely, soonest
from meguri.show.spell import (
    days,
    joined,
    listing,
    missing,
    month,
    months,
    name_of,
    number,
    say,
    signed,
    significant,
    span,
)

CLEAR = 0.1  # rank correlations nearer to zero than this have no direction worth saying


def who_sentences(survival: pd.DataFrame, *, horizon: float, lang: Lang, most: int = 5) -> list[str]:
    """How many processes fall short, which may, which never do; names up to ``most``."""
    short = soonest(survival)
    maybe = rarely(survival)
    never = survival[survival["tts_d"].isna() & ~(survival["share_stopped"] > 0)]
    term = months(horizon, lang)
    if short.empty:
        said = [say("short_none", lang, m=len(survival), months=term)] if maybe.empty else []
    else:
        names = _names(short, lang, most)
        said = [say("short_count", lang, n=len(short), m=len(survival), months=term, names=names)]
    if len(maybe):
        said.append(say("maybe_count", lang, names=_names(maybe, lang, most)))
    if len(never):
        said.append(say("never_count", lang, k=len(never), names=_names(never, lang, most)))
    return said


def _names(rows: pd.DataFrame, lang: Lang, most: int) -> str:
    return listing([name_of(row, lang) for row in rows.to_dict("records")], lang, most)


def price_sentence(price: pd.DataFrame, lang: Lang) -> str:
    """The highest median price outside the border, its month and range."""
    if price.empty:
        return ""
    top = peak(price)
    if top is None:
        return say("price_flat", lang)
    low, high = significant(float(top["p10"]), 2), significant(float(top["p90"]), 2)
    return say(
        "price_peak" if low != high else "price_peak_sure",
        lang,
        what=product_name(top["element"], top["form"], lang),
        ratio=significant(float(top["p50"]), 2),
        month=month(top["month"], lang),
        range=say("range", lang, low=low, high=high),
    )


def top_assumptions(assumptions: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """The ``n`` assumptions that move the answer most, by rank; none when nothing was varied."""
    ranked = assumptions[assumptions["rank"].notna() & (assumptions["effect"].abs() > 0)]
    return ranked.sort_values(["rank", "parameter"], kind="stable").head(n)


def assumption_sentences(assumptions: pd.DataFrame, lang: Lang, n: int = 3) -> list[str]:
    """One sentence for each of the assumptions that move the answer most: range and direction."""
    said = []
    for row in top_assumptions(assumptions, n).to_dict("records"):
        effect, swing = float(row["effect"]), row.get("swing")
        words = {"name": assumption_name(row, lang), "range": assumption_range(row, lang)}
        if not missing(swing) and round(abs(float(swing))) > 0:
            key = "top_swing_more" if float(swing) > 0 else "top_swing_less"
            said.append(say(key, lang, **words, lost=days(abs(float(swing)), lang)))
            continue
        key = "top_unclear" if abs(effect) < CLEAR else "top_more" if effect > 0 else "top_less"
        said.append(say(key, lang, **words, effect=signed(effect)))
    return said or [say("top_none", lang)]


def assumption_name(row: dict[Any, Any], lang: Lang) -> str:
    """Shown name of an assumption."""
    return name_of(row, lang, "parameter")


def assumption_range(row: dict[Any, Any], lang: Lang) -> str:
    """Low to high with unit."""
    unit = "" if missing(row.get("unit")) else str(row["unit"])
    return span(row["low"], row["high"], unit, lang, never="unknown")


def assumption_value(row: dict[Any, Any], column: str, lang: Lang) -> str:
    """One of the three numbers of an assumption, with unit."""
    unit = "" if missing(row.get("unit")) else str(row["unit"])
    return number(row[column], unit, lang)


def top_lead(assumptions: pd.DataFrame, lang: Lang) -> str:
    """One line that names the three assumptions the answer depends on most.

    Where end users lose no day over the whole range of any of them, a rank would only order noise.
    """
    rows = top_assumptions(assumptions).to_dict("records")
    if not rows:
        return say("top_none", lang)
    swings = [row.get("swing") for row in rows]
    if all(not missing(swing) and abs(float(swing)) < HALF_A_DAY for swing in swings):
        return say("top_flat", lang)
    return say("top_lead", lang, names=listing([assumption_name(row, lang) for row in rows], lang))


def answer(outcome: Told, lang: Lang = "en") -> list[str]:
    """The answer of an outcome in five to eight sentences, the most important first."""
    survival, horizon = outcome.table("survival"), horizon_of(outcome)
    said = [
        joined(list(headline(outcome, lang)), lang),
        *home_sentences(outcome, lang),
        *who_sentences(survival, horizon=horizon, lang=lang),
        price_sentence(outcome.table("price"), lang),
        top_lead(outcome.table("assumptions"), lang),
    ]
    return [sentence for sentence in said if sentence]

"""Sentences from tables: what stops first, what never does, prices, and what the answer depends on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.basis import Told, horizon_of, start_of
from meguri.show.figures.price import peak, product_name
from meguri.show.figures.stops import soonest
from meguri.show.spell import (
    as_date,
    day,
    days,
    listing,
    missing,
    month,
    months,
    name_of,
    number,
    percent,
    say,
    signed,
    significant,
    span,
)

STOPPED = 0.05  # weekly output at or below this share of plan is a stop, above it a shortfall
CLEAR = 0.1  # rank correlations nearer to zero than this have no direction worth saying


def first_sentence(
    survival: pd.DataFrame, *, start: str, horizon: float, lang: Lang, materials: pd.DataFrame | None = None
) -> str:
    """Which process falls short first, when, in which range, and for want of what.

    Examples
    --------
    >>> row = {"node": "m", "label_en": "Motors", "tts_d": 41.0, "tts_d_p10": 30.0, "tts_d_p90": 58.0,
    ...        "lowest": 0.4, "plan": 9.0, "waits_for": ""}
    >>> table = pd.DataFrame([row])
    >>> print(first_sentence(table, start="2025-04-04", horizon=548, lang="en").replace(". ", ".\\n"))
    First to fall short: Motors, on 15 May 2025, 41 days after the control starts.
    In eight runs of ten it happens after 30–58 days.
    """
    return joined(
        list(first_parts(survival, start=start, horizon=horizon, lang=lang, materials=materials)), lang
    )


def first_parts(
    survival: pd.DataFrame, *, start: str, horizon: float, lang: Lang, materials: pd.DataFrame | None = None
) -> tuple[str, str]:
    """The headline, and what stands in smaller letters below it: range, cause, ties."""
    short = soonest(survival)
    if short.empty:
        return say("first_none", lang, months=months(horizon, lang)), ""
    row = short.iloc[0].to_dict()
    stopped = not missing(row.get("lowest")) and float(row["lowest"]) <= STOPPED
    headline = say(
        "first_stop" if stopped else "first_short",
        lang,
        node=name_of(row, lang),
        day=day(as_date(start) + dt.timedelta(days=round(float(row["tts_d"]))), lang),
        tts=days(float(row["tts_d"]), lang),
    )
    known = not missing(row["tts_d_p10"]) and not missing(row["tts_d_p90"])
    parts = [
        say(
            "first_range" if known else "first_open",
            lang,
            range=span(row["tts_d_p10"], row["tts_d_p90"], "d", lang),
        )
    ]
    if not missing(row.get("waits_for")):
        parts.append(say("waits", lang, what=material_name(str(row["waits_for"]), materials, lang)))
    ties = int((short["tts_d"].round() == round(float(row["tts_d"]))).sum()) - 1
    if ties:
        parts.append(say("with_others", lang, n=ties))
    return headline, joined(parts, lang)


def material_name(key: str, materials: pd.DataFrame | None, lang: Lang) -> str:
    """Shown name of a product of the chain; its key where the chain gives none."""
    if materials is None:
        return key
    found = materials[materials["material"] == key]
    return name_of(found.iloc[0].to_dict(), lang, "material") if len(found) else key


def joined(parts: list[str], lang: Lang) -> str:
    """Sentences in a row: a space between them in English, none in Japanese."""
    return ("" if lang == "ja" else " ").join(part for part in parts if part)


def who_sentences(survival: pd.DataFrame, *, horizon: float, lang: Lang, most: int = 5) -> list[str]:
    """How many processes fall short, which may, which never do; names up to ``most``."""
    short = soonest(survival)
    maybe = survival[survival["tts_d"].isna() & (survival["share_stopped"] > 0)]
    never = survival[survival["tts_d"].isna() & ~(survival["share_stopped"] > 0)]
    term = months(horizon, lang)
    if short.empty:
        said = [say("short_none", lang, m=len(survival), months=term)] if maybe.empty else []
    else:
        names = _names(short, lang, most)
        said = [say("short_count", lang, n=len(short), m=len(survival), months=term, names=names)]
    if len(maybe):
        maybe = maybe.sort_values(["share_stopped", "node"], ascending=[False, True])
        said.append(say("maybe_count", lang, names=_names(maybe, lang, most)))
    if len(never):
        said.append(say("never_count", lang, k=len(never), names=_names(never, lang, most)))
    return said


def _names(rows: pd.DataFrame, lang: Lang, most: int) -> str:
    return listing([name_of(row, lang) for row in rows.to_dict("records")], lang, most)


def end_use_sentence(production: pd.DataFrame, survival: pd.DataFrame, *, horizon: float, lang: Lang) -> str:
    """How far the process furthest down the chain, and hit hardest there, stays below plan."""
    order = {stage: place for place, stage in enumerate(s for s in keys("stages") if s != "recycling")}
    lost = (1 - production["p50"].clip(upper=1)).groupby(production["node"]).mean()
    rows = survival[survival["node"].isin(lost[lost >= 0.005].index)]
    if rows.empty:
        return ""
    rank = rows["stage"].map(order).fillna(-1)
    rows = rows[rank == rank.max()]
    row = rows.iloc[int(rows["node"].map(lost).argmax())].to_dict()
    return say(
        "end_use",
        lang,
        node=name_of(row, lang),
        lost=percent(float(lost[row["node"]])),
        months=months(horizon, lang),
    )


def price_sentence(price: pd.DataFrame, lang: Lang) -> str:
    """The highest median price outside the border, its month and range."""
    if price.empty:
        return ""
    top = peak(price)
    if top is None:
        return say("price_flat", lang)
    low, high = significant(float(top["p10"]), 2), significant(float(top["p90"]), 2)
    return say(
        "price_peak",
        lang,
        what=product_name(top["element"], top["form"], lang),
        ratio=significant(float(top["p50"]), 2),
        month=month(top["month"], lang),
        range=say("range", lang, low=low, high=high),
    )


def top_assumptions(assumptions: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """The ``n`` assumptions that move the answer most, by rank; none when nothing was varied."""
    ranked = assumptions[assumptions["rank"].notna() & assumptions["effect"].notna()]
    return ranked.sort_values(["rank", "parameter"], kind="stable").head(n)


def assumption_sentences(assumptions: pd.DataFrame, lang: Lang, n: int = 3) -> list[str]:
    """One sentence for each of the assumptions that move the answer most: range and direction."""
    said = []
    for row in top_assumptions(assumptions, n).to_dict("records"):
        effect = float(row["effect"])
        key = "top_unclear" if abs(effect) < CLEAR else "top_more" if effect > 0 else "top_less"
        said.append(
            say(
                key,
                lang,
                name=assumption_name(row, lang),
                range=assumption_range(row, lang),
                effect=signed(effect),
            )
        )
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
    """One line that names the three assumptions the answer depends on most."""
    rows = top_assumptions(assumptions).to_dict("records")
    if not rows:
        return say("top_none", lang)
    return say("top_lead", lang, names=listing([assumption_name(row, lang) for row in rows], lang))


def answer(outcome: Told, lang: Lang = "en") -> list[str]:
    """The answer of an outcome in five to seven sentences, the most important first."""
    survival, start, horizon = outcome.table("survival"), start_of(outcome), horizon_of(outcome)
    materials = outcome.chain.materials
    return [
        sentence
        for sentence in (
            first_sentence(survival, start=start, horizon=horizon, lang=lang, materials=materials),
            *who_sentences(survival, horizon=horizon, lang=lang),
            end_use_sentence(outcome.table("production"), survival, horizon=horizon, lang=lang),
            price_sentence(outcome.table("price"), lang),
            top_lead(outcome.table("assumptions"), lang),
        )
        if sentence
    ]

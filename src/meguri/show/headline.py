"""The answer in five seconds: what stops first, what stops first at home, and the first end user."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.basis import Told, economy_name, economy_of, horizon_of, since, start_of
from meguri.show.short import at_home, ends, first_row, rarely, soonest
from meguri.show.spell import as_date, day, days, joined, missing, months, name_of, percent, say, span

STOPPED = 0.05  # weekly output at or below this share of plan is a stop, above it a shortfall
LOST = 0.005  # a mean loss below this share of plan is none


def headline(outcome: Told, lang: Lang) -> tuple[str, str]:
    """Which process falls short first and when; in smaller letters its range, cause and ties."""
    short = soonest(outcome.table("survival"))
    row = first_row(short)
    if row is None:
        term = months(horizon_of(outcome), lang)
        return say("first_none", lang, months=term, since=since(outcome, lang)), ""
    key = "first_stop" if is_stop(row) else "first_short"
    parts = [range_sentence(row, lang)]
    if not missing(row.get("waits_for")):
        parts.append(say("waits", lang, what=material_name(row["waits_for"], outcome.chain.materials, lang)))
    ties = int((short["tts_d"].round() == round(float(row["tts_d"]))).sum()) - 1
    if ties:
        parts.append(say("with_others", lang, n=ties))
    return say(key, lang, **when(row, outcome, lang)), joined(parts, lang)


def is_stop(row: dict[Any, Any]) -> bool:
    """Whether output goes down to nothing, rather than below plan.

    Examples
    --------
    >>> is_stop({"lowest": 0.02}), is_stop({"lowest": 0.6}), is_stop({"lowest": None})
    (True, False, False)
    """
    return not missing(row.get("lowest")) and float(row["lowest"]) <= STOPPED


def range_sentence(row: dict[Any, Any], lang: Lang) -> str:
    """P10 to P90 of the day of running out; nothing where all runs agree.

    Examples
    --------
    >>> range_sentence({"tts_d_p10": 30.0, "tts_d_p90": 58.0}, "en")
    'In eight runs of ten it happens after 30–58 days.'
    >>> range_sentence({"tts_d_p10": 41.0, "tts_d_p90": 41.0}, "en")
    ''
    """
    low, high = row["tts_d_p10"], row["tts_d_p90"]
    if not missing(low) and low == high:
        return ""
    known = not missing(low) and not missing(high)
    return say("first_range" if known else "first_open", lang, range=span(low, high, "d", lang))


def when(row: dict[Any, Any], outcome: Told, lang: Lang) -> dict[str, str]:
    """Name, date and days of a process that falls short in the median run, in words."""
    on = as_date(start_of(outcome)) + dt.timedelta(days=round(float(row["tts_d"])))
    return {
        "node": name_of(row, lang),
        "day": day(on, lang),
        "tts": days(float(row["tts_d"]), lang),
        "since": since(outcome, lang),
    }


def home_sentences(outcome: Told, lang: Lang) -> list[str]:
    """The first process to fall short in the scenario's economy, and its first end user."""
    return [said for said in (home_first(outcome, lang), end_user(outcome, lang)) if said]


def home_first(outcome: Told, lang: Lang) -> str:
    """What falls short first in the economy; nothing where the headline has said it already."""
    survival, economy = outcome.table("survival"), economy_of(outcome)
    home = at_home(survival, economy)
    if not economy or home.empty:
        return ""
    place, row = economy_name(outcome, lang), first_row(soonest(home))
    if row is not None:
        if row["node"] == soonest(survival)["node"].iloc[0]:
            return ""
        return say(
            "home_stop" if is_stop(row) else "home_short", lang, place=place, **when(row, outcome, lang)
        )
    rare = first_row(rarely(home))
    if rare is None:
        return say("home_none", lang, place=place)
    return say("home_rare", lang, place=place, **how_often(rare, lang))


def end_user(outcome: Told, lang: Lang) -> str:
    """The first end user to fall short, in how many runs, and how much it loses."""
    chain, survival = outcome.chain, outcome.table("survival")
    users = survival[survival["node"].isin(ends(chain.nodes, chain.flows, economy_of(outcome)))]
    if users.empty:
        return ""
    row = first_row(soonest(users))
    if row is not None:
        share = percent(float(row["share_stopped"]))
        said = say("end_first", lang, share=share, **when(row, outcome, lang))
        lost = lost_share(outcome.table("production"), str(row["node"]))
        term = months(horizon_of(outcome), lang)
        return joined(
            [said, say("end_lost", lang, lost=percent(lost), months=term) if lost >= LOST else ""], lang
        )
    rare = first_row(rarely(users))
    if rare is None:
        return say("end_none", lang)
    return say("end_rare", lang, **how_often(rare, lang))


def how_often(row: dict[Any, Any], lang: Lang) -> dict[str, str]:
    """Name, share of runs, and by when in one run of ten, in words."""
    by = "" if missing(row["tts_d_p10"]) else say("by_then", lang, tts=days(float(row["tts_d_p10"]), lang))
    return {"node": name_of(row, lang), "share": percent(float(row["share_stopped"])), "by": by}


def lost_share(production: pd.DataFrame, node: str) -> float:
    """Mean shortfall of a node's median output below plan, as a share of plan.

    Examples
    --------
    >>> weeks = pd.DataFrame({"node": ["m", "m"], "p50": [1.2, 0.6]})
    >>> lost_share(weeks, "m")
    0.2
    """
    weeks = production.loc[production["node"] == node, "p50"]
    return 0.0 if weeks.empty else float((1 - weeks.clip(upper=1)).mean())


def material_name(key: object, materials: pd.DataFrame, lang: Lang) -> str:
    """Shown name of a product of the chain; its key where the chain gives none, nothing for nothing."""
    found = materials[materials["material"] == key]
    return (
        name_of(found.iloc[0].to_dict(), lang, "material") if len(found) else "" if missing(key) else str(key)
    )

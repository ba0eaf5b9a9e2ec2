"""Third countries in the customs series: whether deliveries came by another way before any learning."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from meguri.base.terms import Lang
from meguri.show.leverage_tables import Tables
from meguri.show.leverage_words import item_name, lever_word
from meguri.show.page import table_html
from meguri.show.spell import missing, percent, significant, span, word


def detour_html(tables: Tables, lang: Lang) -> str:
    """Verdict of every item whose months are at hand, and the third countries behind it."""
    if "leverage_detours" not in tables:
        return ""
    html = ""
    for row in tables["leverage_detours"].to_dict("records"):
        html += f"<p>{escape(_said(row, lang))}</p>\n"
        partners = tables["leverage_detour_partners"]
        mine = partners[partners["item"] == row["item"]]
        html += _partners(mine.to_dict("records"), lang)
        jumped = set(mine.loc[mine["jump"] == "yes", "partner"])
        for reported in tables["leverage_reroutes"].to_dict("records"):
            if reported["item"] == row["item"]:
                html += f"<p>{escape(_reported(reported, jumped, lang))}</p>\n"
    return html


def detours_said(tables: Tables, lang: Lang) -> list[str]:
    """The verdict of every item whose months are at hand, and what the press reported beside it."""
    found = []
    for row in tables["leverage_detours"].to_dict("records") if "leverage_detours" in tables else ():
        partners = tables["leverage_detour_partners"]
        jumped = set(partners.loc[(partners["item"] == row["item"]) & (partners["jump"] == "yes"), "partner"])
        reported = tables["leverage_reroutes"].to_dict("records")
        found.append(_said(row, lang))
        found += [_reported(one, jumped, lang) for one in reported if one["item"] == row["item"]]
    return found


def _reported(row: Mapping[Any, Any], jumped: set[str], lang: Lang) -> str:
    """What the press reported of a third country, beside what the months at hand show."""
    key = "reroute_tested" if row["partner"] in jumped else "reroute_reported"
    said = lever_word(key, lang, country=word(row["partner"], "countries", lang))
    if missing(row["times"]) or missing(row["seen"]):
        return said
    times = significant(float(row["times"]))
    seen = lever_word(
        "reroute_times", lang, month=row["month"], times=times, seen=significant(float(row["seen"]))
    )
    return f"{said}{seen}" if lang == "ja" else f"{said} {seen}"


def _said(row: Mapping[Any, Any], lang: Lang) -> str:
    """The verdict with its reason, and how much of the fall the jumps make good."""
    if row["fall"] == "yes" and not missing(row["explained"]):
        low, high = row["explained_low"], row["explained_high"]
        share = percent(float(row["explained"]))
        whole = lever_word("in_brackets", lang, value=share, range=span(low, high, "1", lang))
        fall = lever_word("detour_share", lang, share=whole)
    else:
        fall = lever_word("detour_nofall", lang)
    verdict = word(row["verdict"], "detour_words", lang)
    reason = word(row["reason"], "detour_words", lang)
    told = lever_word("in_brackets", lang, value=verdict, range=reason)
    return lever_word("detour_lead", lang, item=item_name(row["item"], lang), verdict=told, fall=fall)


def _partners(rows: list[dict[Any, Any]], lang: Lang) -> str:
    cells = [
        [
            word(row["partner"], "countries", lang), lever_word(f"jump.{row['jump']}", lang),
            "—" if missing(row["first_month"]) else str(row["first_month"]),
            f"{significant(float(row['before']))} → {significant(float(row['after']))}",
            "—" if missing(row["p_adjusted"]) else percent(float(row["p_adjusted"])),
            word(row["reason"], "break_reasons", lang),
        ]
        for row in rows
    ]  # fmt: skip
    heads = ("third", "jump", "first_month", "before_after", "chance", "why")
    right = [False, False, True, True, True, False]
    return table_html([lever_word(f"col.{name}", lang) for name in heads], cells, right)

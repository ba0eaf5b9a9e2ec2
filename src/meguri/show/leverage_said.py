"""The sentences about cards: what one is worth after one, three and ten years, who pays, what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.figures.card_costs import money
from meguri.show.figures.leverage_curve import by_decay
from meguri.show.leverage_tables import Tables, plain_years, played, with_card
from meguri.show.leverage_words import HORIZONS, card_names, lever_word, pair_name, range_text, years_text
from meguri.show.spell import joined, listing, missing, percent

MOST_DRIVERS = 3


def heading(tables: Tables, lang: Lang) -> str:
    """Name of the card with its pair; of several how many they are."""
    rows = with_card(played(tables["leverage_summary"]))
    names = card_names(rows, lang, tables["leverage_items"])
    if len(rows) > 1:
        pairs = list(
            dict.fromkeys(pair_name(row["holder"], row["partner"], lang) for row in rows.to_dict("records"))
        )
        return lever_word("head_many", lang, n=len(rows), pairs=listing(pairs, lang))
    row = rows.iloc[0]
    return lever_word(
        "card_name", lang, name=names[row["card"]], pair=pair_name(row["holder"], row["partner"], lang)
    )


def lead(tables: Tables, lang: Lang) -> str:
    """The first sentence: worth after one, three and ten years; of several the order of decay."""
    rows = with_card(played(tables["leverage_summary"]))
    if len(rows) > 1:
        return _lead_many(rows, card_names(rows, lang, tables["leverage_items"]), lang)
    row = rows.iloc[0].to_dict()
    fill = {name: with_range(row, name) for name in ("start", *HORIZONS)}
    key = "lead_one" if float(row["start"]) >= 0.005 else "lead_no_card"
    return lever_word(key, lang, **fill)


def with_range(row: Mapping[Any, Any], name: str) -> str:
    """A share with its range in brackets.

    Examples
    --------
    >>> with_range({"short": 0.3, "short_low": 0.2, "short_high": 0.41}, "short")
    '30% (20–41%)'
    """
    below = range_text(row[f"{name}_low"], row[f"{name}_high"])
    shown = percent(float(row[name]))
    return shown if below in ("—", shown) else f"{shown} ({below})"


def _lead_many(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    order = by_decay(rows)
    told = rows.set_index("card")
    parts = [f"{names[card]} ({years_text(told.at[card, 'half_life'], lang)})" for card in order]
    if lang == "ja":
        parts = [f"{names[card]}（{years_text(told.at[card, 'half_life'], lang)}）" for card in order]
    return lever_word("lead_many", lang, order=(" → " if lang == "en" else "→").join(parts))


def sentences(tables: Tables, lang: Lang) -> list[str]:
    """Half-life, what it costs at home and whom, what it buys, what it hangs on: one list for each card."""
    summary = with_card(played(tables["leverage_summary"]))
    names = card_names(summary, lang, tables["leverage_items"])
    several = len(summary) > 1
    found = []
    for row in summary.to_dict("records"):
        parts = [_half(row, lang), _paid(row, tables, lang), _bought(row, lang), _hangs(row, tables, lang)]
        if several:
            found.append(
                lever_word("of_card", lang, name=names[str(row["card"])], said=joined(parts[:2], lang))
            )
        else:
            found += [part for part in parts if part]
    return found


def _half(row: Mapping[Any, Any], lang: Lang) -> str:
    if missing(row["half_life"]):
        return lever_word("said_never", lang, share=percent(float(row["never"])))
    low, high = row["half_life_low"], row["half_life_high"]
    ends = {
        "low": "—" if missing(low) else years_text(low, lang),
        "high": lever_word("open_end", lang) if missing(high) else years_text(high, lang),
    }
    return lever_word("said_half", lang, years=years_text(row["half_life"], lang), **ends)


def _paid(row: Mapping[Any, Any], tables: Tables, lang: Lang) -> str:
    """Lost sales to the horizon with their range, and the part that small firms bear."""
    if missing(row["lost_sales"]):
        reason = row[f"unknown_{lang}"]
        return lever_word("said_unpaid", lang, reason="" if missing(reason) else reason)
    costs = with_card(tables["leverage_costs"])
    costs = costs[
        (costs["card"] == row["card"]) & (costs["kind"] == "lost_sales") & (costs["horizon"] == "long")
    ]
    by_tier = {str(one["tier"]): one["value"] for one in costs.to_dict("records")}
    fill = {
        "sum": money(row["lost_sales"], lang), "low": money(row["lost_sales_low"], lang),
        "high": money(row["lost_sales_high"], lang), "n": f"{float(row['years']):g}",
    }  # fmt: skip
    said = lever_word("said_paid", lang, **fill)
    if missing(by_tier.get("large")) or missing(by_tier.get("SME")):
        return said
    tiers = {"large": money(by_tier["large"], lang), "sme": money(by_tier["SME"], lang)}
    return joined([said, lever_word("said_tiers", lang, **tiers)], lang)


def _bought(row: Mapping[Any, Any], lang: Lang) -> str:
    """Years of lead, gross and net; a control may cost more of it than it buys."""
    if missing(row["lead_gross"]) or missing(row["lead_net"]):
        return ""
    key = "said_bought" if float(row["lead_net"]) >= 0 else "said_cost_lead"
    net = plain_years(row["lead_net"])
    return lever_word(
        key, lang, gross=plain_years(row["lead_gross"]), lost=plain_years(row["lead_lost"]), net=net
    )


def _hangs(row: Mapping[Any, Any], tables: Tables, lang: Lang) -> str:
    """Inputs whose ranges move the worth after three years most."""
    drivers = tables.get("leverage_drivers")
    if drivers is None or drivers.empty:
        return ""
    rows = with_card(drivers)
    rows = rows[rows["card"] == row["card"]].head(MOST_DRIVERS)
    names = [str(one[f"label_{lang}"]) for one in rows.to_dict("records")]
    return lever_word("said_hangs", lang, names=listing(names, lang)) if names else ""


def tiles(tables: Tables, lang: Lang) -> list[tuple[str, str, str]]:
    """Name, value and range of the four tiles of a single card; none for several."""
    rows = played(tables["leverage_summary"])
    if len(rows) != 1:
        return []
    row = rows.iloc[0].to_dict()
    found = []
    for key in HORIZONS:
        below = range_text(row[f"{key}_low"], row[f"{key}_high"])
        found.append((lever_word(f"tile.{key}", lang), percent(float(row[key])), below))
    half = "—" if missing(row["half_life"]) else years_text(row["half_life"], lang)
    return [*found, (lever_word("tile.half_life", lang), half, _half_range(row, lang))]


def _half_range(row: Mapping[Any, Any], lang: Lang) -> str:
    if missing(row["half_life_low"]):
        return lever_word("never_half", lang)
    top = (
        lever_word("open_end", lang)
        if missing(row["half_life_high"])
        else years_text(row["half_life_high"], lang)
    )
    return lever_word("from_to", lang, low=years_text(row["half_life_low"], lang), high=top)

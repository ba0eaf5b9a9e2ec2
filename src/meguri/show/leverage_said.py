"""The sentences about cards: what one is worth after one, three and ten years, who pays, what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.figures.card_costs import money, money_range
from meguri.show.figures.leverage_curve import by_decay
from meguri.show.leverage_tables import Tables, plain_years, played, with_card
from meguri.show.leverage_words import (
    HORIZON_YEARS,
    HORIZONS,
    NO_CARD,
    card_names,
    half_text,
    item_name,
    lever_word,
    pair_name,
    range_text,
    span_text,
    years_text,
)
from meguri.show.spell import joined, listing, missing, percent, word

MOST_DRIVERS = 3
MOST_ORDERED = 5  # cards named one by one in the first sentence
NO_LEAD = 0.04  # [a] half a month: below it no lead is lost


def heading(tables: Tables, lang: Lang) -> str:
    """Name of the card with its pair; of both directions both; of several how many they are."""
    rows = with_card(played(tables["leverage_summary"]))
    pairs = [pair_name(row["holder"], row["partner"], lang) for row in rows.to_dict("records")]
    name = item_name(rows["item"].iloc[0], lang, tables["leverage_items"])
    if len(rows) == 1:
        return lever_word("card_name", lang, name=name, pair=pairs[0])
    if len(rows) == 2 and rows["item"].nunique() == 1:
        return lever_word("head_both", lang, name=name, a=pairs[0], b=pairs[1])
    return lever_word("head_many", lang, n=len(rows), pairs=listing(list(dict.fromkeys(pairs)), lang))


def lead(tables: Tables, lang: Lang) -> str:
    """The first sentence: worth after one, three and ten years; of several the order of decay."""
    rows = with_card(played(tables["leverage_summary"]))
    names = card_names(rows, lang, tables["leverage_items"])
    if len(rows) == 2 and rows["item"].nunique() == 1:
        fill: dict[str, str] = {}
        for place, row in zip("ab", rows.to_dict("records"), strict=True):
            fill |= {place: names[str(row["card"])]}
            fill |= {f"{place}_{name}": with_range(row, name, lang) for name in ("start", "long")}
        return lever_word("lead_both", lang, **fill)
    if len(rows) > 1:
        return _lead_many(rows, names, lang)
    row = rows.iloc[0].to_dict()
    fill = {name: with_range(row, name, lang) for name in ("start", *HORIZONS)}
    fill["partner"] = word(row["partner"], "countries", lang)
    key = "lead_one" if float(row["start"]) >= NO_CARD else "lead_no_card"
    return lever_word(key, lang, **fill)


def with_range(row: Mapping[Any, Any], name: str, lang: Lang) -> str:
    """A share with its range in brackets.

    Examples
    --------
    >>> row = {"short": 0.3, "short_low": 0.2, "short_high": 0.41}
    >>> with_range(row, "short", "en"), with_range(row, "short", "ja")
    ('30% (20–41%)', '30%（20〜41%）')
    """
    below = range_text(row[f"{name}_low"], row[f"{name}_high"], lang)
    shown = percent(float(row[name]))
    return shown if below in ("—", shown) else lever_word("in_brackets", lang, value=shown, range=below)


def _lead_many(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    """Cards in the order in which they decay; of very many the first and the last."""
    order = by_decay(rows)
    half = {str(row["card"]): half_text(row, lang) for row in rows.to_dict("records")}
    if len(order) > MOST_ORDERED:
        first, last = order[0], order[-1]
        return lever_word(
            "lead_ends", lang, n=len(order), first=names[first], first_years=half[first], last=names[last],
            last_years=half[last],
        )  # fmt: skip
    parts = [lever_word("with_years", lang, name=names[card], years=half[card]) for card in order]
    return lever_word("lead_many", lang, order=("→" if lang == "ja" else " → ").join(parts))


def home_sentences(tables: Tables, lang: Lang) -> list[str]:
    """Of a single card: who at home pays, and what the answer hangs on."""
    summary = with_card(played(tables["leverage_summary"]))
    if len(summary) != 1:
        return []
    row = summary.iloc[0].to_dict()
    return [text for text in (_paid(row, tables, lang), _hangs(row, tables, lang)) if text]


def sentences(tables: Tables, lang: Lang) -> list[str]:
    """Half-life, what it buys and what papers cost of a single card; of several one line for each."""
    summary = with_card(played(tables["leverage_summary"]))
    names = card_names(summary, lang, tables["leverage_items"])
    if len(summary) == 1:
        row = summary.iloc[0].to_dict()
        parts = [_half(row, lang), _bought(row, lang), _papers(row, tables, lang)]
        return [part for part in parts if part]
    if len(summary) > MOST_ORDERED:
        return _of_many(summary, names, lang)
    both = len(summary) == 2 and summary["item"].nunique() == 1
    found = []
    for row in summary.to_dict("records"):
        if float(row["start"]) < NO_CARD:
            said = lever_word("said_no_card", lang, start=with_range(row, "start", lang))
            found.append(lever_word("of_card", lang, name=names[str(row["card"])], said=said))
            continue
        ends = {key: with_range(row, key, lang) for key in ("start", "long")}
        worth = "" if both else lever_word("said_worth", lang, **ends)  # then the first sentence has it
        parts = [worth, _half(row, lang), _paid(row, tables, lang), _hangs(row, tables, lang)]
        found.append(lever_word("of_card", lang, name=names[str(row["card"])], said=joined(parts, lang)))
    return found


def _of_many(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> list[str]:
    """Of many cards: which last, which cost most at home, and which cost more lead than they buy."""
    real = rows[rows["start"] >= NO_CARD]
    lasting = [names[card] for card in real.loc[real["long"] > real["start"] / 2, "card"]]
    losing = [names[card] for card in real.loc[real["lead_net"] < 0, "card"]]
    found = [lever_word("said_lasting", lang, names=listing(lasting, lang))] if lasting else []
    if rows["lost_sales"].notna().any():
        top = rows.loc[rows["lost_sales"].idxmax()]
        found.append(
            lever_word("costs_most", lang, name=names[top["card"]], sum=money(top["lost_sales"], lang))
        )
    return found + ([lever_word("said_losing", lang, names=listing(losing, lang))] if losing else [])


def lifted(tables: Tables, lift: object, lang: Lang) -> str:
    """What a lift brings back; nothing where none was asked for."""
    rows = played(tables["leverage_summary"])
    if missing(lift) or len(rows) != 1:
        return ""
    return lever_word("said_lift", lang, day=str(lift), long=with_range(rows.iloc[0].to_dict(), "long", lang))


def _half(row: Mapping[Any, Any], lang: Lang) -> str:
    if missing(row["half_life"]):
        return lever_word("said_never", lang, share=percent(float(row["never"])))
    years = span_text(row["half_life"], row["half_life_low"], row["half_life_high"], lang)
    late = float(row["half_life"]) > float(row["years"])
    return lever_word("said_late" if late else "said_half", lang, years=years, n=f"{float(row['years']):g}")


def _papers(row: Mapping[Any, Any], tables: Tables, lang: Lang) -> str:
    """Weight of paperwork in the sales of small firms."""
    costs = with_card(tables["leverage_costs"])
    costs = costs[(costs["card"] == row["card"]) & (costs["kind"] == "paperwork_share")]
    costs = costs[(costs["tier"] == "SME") & (costs["horizon"] == "short") & costs["value"].notna()]
    if costs.empty:
        return ""
    shares = [percent(float(costs[name].iloc[0])) for name in ("value", "value_low", "value_high")]
    return lever_word("said_papers", lang, share=shares[0], low=shares[1], high=shares[2])


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
        "sum": money(row["lost_sales"], lang), "n": f"{float(row['years']):g}",
        "range": money_range(row["lost_sales_low"], row["lost_sales_high"], lang),
    }  # fmt: skip
    said = lever_word("said_paid", lang, **fill)
    if missing(by_tier.get("large")) or missing(by_tier.get("SME")):
        return said
    tiers = {"large": money(by_tier["large"], lang), "sme": money(by_tier["SME"], lang)}
    same = float(row["years"]) == HORIZON_YEARS["long"]  # the parts are told for the long horizon
    return joined([said, lever_word("said_tiers" if same else "said_tiers_ten", lang, **tiers)], lang)


def unpaid(tables: Tables, lang: Lang) -> str:
    """Why it is unknown what the cards cost at home, each reason once."""
    rows = played(tables["leverage_summary"]).drop_duplicates(f"unknown_{lang}")
    return joined([_paid(row, tables, lang) for row in with_card(rows).to_dict("records")], lang)


def _bought(row: Mapping[Any, Any], lang: Lang) -> str:
    """Years of lead, gross and net; a control may cost more of it than it buys."""
    if missing(row["lead_gross"]) or missing(row["lead_net"]):
        return ""
    gross, net = (
        years_text(row["lead_gross"], lang),
        lever_word("years", lang, n=plain_years(row["lead_net"])),
    )
    if float(row["lead_lost"]) < NO_LEAD:
        return lever_word("said_only_bought", lang, gross=gross)
    key = "said_bought" if float(row["lead_net"]) >= 0 else "said_cost_lead"
    return lever_word(key, lang, gross=gross, lost=years_text(row["lead_lost"], lang), net=net)


def _hangs(row: Mapping[Any, Any], tables: Tables, lang: Lang) -> str:
    """Inputs whose ranges move the worth after three years most."""
    drivers = tables.get("leverage_drivers")
    if drivers is None or drivers.empty:
        return ""
    rows = with_card(drivers)
    rows = rows[rows["card"] == row["card"]].head(MOST_DRIVERS)
    names = [word(key, "leverage_inputs", lang) for key in rows["input"]]
    return lever_word("said_hangs", lang, names=listing(names, lang)) if names else ""


def tiles(tables: Tables, lang: Lang) -> list[tuple[str, str, str]]:
    """Name, value and range of the four tiles of a single card; none for several."""
    rows = played(tables["leverage_summary"])
    if len(rows) != 1:
        return []
    row = rows.iloc[0].to_dict()
    found = []
    for key in HORIZONS:
        below = range_text(row[f"{key}_low"], row[f"{key}_high"], lang)
        found.append((lever_word(f"tile.{key}", lang), percent(float(row[key])), below))
    half = "—" if missing(row["half_life"]) else half_text(row, lang)
    whole = span_text(row["half_life"], row["half_life_low"], row["half_life_high"], lang)
    below = whole[len(half) :].strip(" ()（）") if whole.startswith(half) else whole
    return [*found, (lever_word("tile.half_life", lang), half, below)]

"""Tables that the figures of leverage draw, and the tables of the page, from those of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.observe.leverage import year_of
from meguri.show.figures.card_costs import OKU, money, money_range
from meguri.show.leverage_words import (
    HORIZONS,
    NO_CARD,
    card_names,
    card_of,
    half_text,
    lever_word,
    pair_name,
    range_text,
    span_text,
)
from meguri.show.page import Small, table_html
from meguri.show.spell import missing, percent, significant

HOME_SHARE = ("home-share", "self-sufficiency")  # measures that may stand beside self-supply
COST_WORDS = (("cost", "kind"), ("tier", "tier"), ("horizon", "horizon"))
Tables = Mapping[str, pd.DataFrame]


def with_card(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the key of its card in front."""
    found = table.copy()
    found.insert(0, "card", card_of(table))
    return found


def played(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the control in force, those of the card kept in hand left out."""
    return table[table["controlled"].astype(bool)].reset_index(drop=True)


def curve_table(tables: Tables) -> pd.DataFrame:
    """Rows of ``leverage_curve``: leverage with its band, and what is left of the first day's median."""
    rows = with_card(played(tables["leverage_path"])).sort_values(["card", "year"], kind="stable")
    first = rows.groupby("card")["leverage"].transform("first")
    first = first.where(first > 0)  # nothing to begin with: nothing can be left of it
    left = {
        name: (rows[column] / first).fillna(0.0)
        for name, column in (("left", "leverage"), ("left_low", "p10"), ("left_high", "p90"))
    }
    names = ["card", "item", "year", "leverage", "p10", "p90"]
    found = rows[names].assign(reverse=rows["card"].isin(reversed_cards(tables)), **left)
    order = ["card", "item", "reverse", "year", "leverage", "p10", "p90", "left", "left_low", "left_high"]
    return found[order].reset_index(drop=True)


def reversed_cards(tables: Tables) -> set[str]:
    """Cards that are the other direction of one that stands before them."""
    rows = tables["leverage_path"][["item", "holder", "partner"]].drop_duplicates()
    seen: set[tuple[str, str, str]] = set()
    found = set()
    for item, holder, partner in rows.itertuples(index=False):
        if (item, partner, holder) in seen:
            found.add(f"{item}:{holder}-{partner}")
        seen.add((item, holder, partner))
    return found


def supply_table(tables: Tables) -> pd.DataFrame:
    """Rows of ``leverage_supply``: self-supply with and without the control, by calendar year."""
    rows = with_card(tables["leverage_path"])
    begins = rows["item"].map(starts(tables["leverage_items"]))
    found = rows.assign(year=begins + rows["year"], low=rows["self_supply_p10"], high=rows["self_supply_p90"])
    return found[["card", "item", "year", "controlled", "self_supply", "low", "high"]].reset_index(drop=True)


def starts(items: pd.DataFrame) -> dict[str, float]:
    """Year, with its fraction, at which each item's shares of the first day hold."""
    return dict(zip(items["item"].astype(str), items["start_at"].astype(float), strict=True))


def observed_table(tables: Tables) -> pd.DataFrame:
    """Observed and printed shares of self-supply, for the cards whose partner they are about."""
    cards = with_card(tables["leverage_path"])[["card", "item", "holder", "partner"]].drop_duplicates()
    rows = tables["leverage_observations"]
    rows = rows[rows["measure"].isin([*HOME_SHARE, "forecast"]) & (rows["unit"] == "1")]
    found = rows.drop(columns="holder").merge(cards[["card", "item", "partner"]], on=["item", "partner"])
    dated = found["period_start"].map(lambda date: float("nan") if missing(date) else year_of(str(date)))
    found = found.assign(year=found["at"].fillna(dated))
    found = found.rename(columns={"value_low": "low", "value_high": "high"})
    names = ["card", "year", "measure", "value", "low", "high", "use", "source", "grade"]
    known = found["year"].notna() & found[["value", "low", "high"]].notna().any(axis=1)
    return found.loc[known, names].reset_index(drop=True)


def split_table(tables: Tables) -> pd.DataFrame:
    """Rows of ``leverage_split``: who meets the partner's need with the control in force."""
    rows = with_card(played(tables["leverage_path"]))
    home, third = rows["self_supply"], rows["third"]
    # medians of three parts need not add to one: the holder has what the other two leave
    found = rows.assign(holder=(1.0 - home - third).clip(lower=0.0), home=home)
    return found[["card", "year", "holder", "third", "home"]].reset_index(drop=True)


def summary_table(tables: Tables, lang: Lang) -> str:
    """Worth after each horizon, half-life and lead of every card."""
    names = card_names(tables["leverage_summary"], lang, tables["leverage_items"])
    rows = [
        [
            _named(names[str(row["card"])], pair_name(row["holder"], row["partner"], lang)),
            *(_share(row, key, lang) for key in ("start", *HORIZONS)),
            _half(row, lang),
            _signed_years(row, "lead_gross", lang), _signed_years(row, "lead_net", lang),
            _lost(row, lang),
            _per_yen(row, lang),
        ]
        for row in with_card(played(tables["leverage_summary"])).to_dict("records")
    ]  # fmt: skip
    heads = ("card", "start", *HORIZONS, "half_life", "gross", "net", "lost", "per_yen")
    return table_html(
        [lever_word(f"col.{name}", lang) for name in heads], rows, [False] + [True] * 9, "cards"
    )


def _named(name: str, pair: str) -> str:
    """A card with its pair below, unless the pair is its name."""
    return name if name == pair else Small(name, pair)


def _ranged(text: str, below: str) -> str:
    return Small(text, below) if below else text


def _share(row: Mapping[Any, Any], key: str, lang: Lang) -> str:
    return _ranged(percent(row[key]), range_text(row[f"{key}_low"], row[f"{key}_high"], lang))


def _half(row: Mapping[Any, Any], lang: Lang) -> str:
    """Half-life, its range below it."""
    whole = span_text(row["half_life"], row["half_life_low"], row["half_life_high"], lang)
    shown = half_text(row, lang)
    if float(row["start"]) < NO_CARD:
        return shown
    return _ranged(shown, whole[len(shown) :].strip(" ()（）") if whole.startswith(shown) else whole)


def _signed_years(row: Mapping[Any, Any], key: str, lang: Lang) -> str:
    """Years that may be negative, with their range."""
    if missing(row[key]):
        return lever_word("unknown", lang)
    ends = [row[f"{key}_low"], row[f"{key}_high"]]
    below = "" if any(missing(end) for end in ends) else lever_word(
        "from_to", lang, low=plain_years(ends[0]), high=plain_years(ends[1])
    )  # fmt: skip
    return _ranged(plain_years(row[key]), below)


def plain_years(value: Any) -> str:
    """Years with a true minus, two digits.

    Examples
    --------
    >>> plain_years(-1.234), plain_years(0.04)
    ('−1.2', '0.04')
    """
    return significant(float(value), 2).replace("-", "−")


def _lost(row: Mapping[Any, Any], lang: Lang) -> str:
    """Lost sales at home with their range."""
    if missing(row["lost_sales"]):
        return lever_word("unknown", lang)
    below = money_range(row["lost_sales_low"], row["lost_sales_high"], lang)
    return _ranged(money(row["lost_sales"], lang), below)


def _per_yen(row: Mapping[Any, Any], lang: Lang) -> str:
    """Net years of lead for each unit of lost sales; why not, where a base is unknown."""
    if missing(row["years_per_yen_net"]):
        return lever_word("unknown", lang)
    factor = 1.0 / OKU if lang == "ja" else 1.0
    told = {key: plain_years(factor * row[f"years_per_yen_{key}"]) for key in ("gross", "net")
            if not missing(row[f"years_per_yen_{key}"])}  # fmt: skip
    return Small(told["net"], lever_word("gross_is", lang, n=told.get("gross", "—")))


def costs_table(tables: Tables, lang: Lang) -> str:
    """Every cost with its range, kind by kind."""
    names = card_names(tables["leverage_costs"], lang, tables["leverage_items"])
    rows = [
        [
            names[str(row["card"])],
            *(lever_word(f"{word}.{row[column]}", lang) for word, column in COST_WORDS),
            cost_text(row, lang), "" if missing(row[f"reason_{lang}"]) else str(row[f"reason_{lang}"]),
        ]
        for row in with_card(tables["leverage_costs"]).to_dict("records")
    ]  # fmt: skip
    heads = ("card", "kind", "tier", "horizon", "value", "reason")
    right = [False, False, False, True, True, False]
    return table_html([lever_word(f"col.{name}", lang) for name in heads], rows, right)


def cost_text(row: Mapping[Any, Any], lang: Lang) -> str:
    """One cost in its unit, its range below it.

    Examples
    --------
    >>> str(cost_text({"value": 2.0, "value_low": 1.0, "value_high": 3.0, "unit": "a"}, "en"))
    '2 years'
    """
    if missing(row["value"]):
        return lever_word("unknown", lang)
    ends = [row[name] for name in ("value", "value_low", "value_high")]
    if row["unit"] == "bn JPY":
        shown = [money(end, lang) for end in ends]
    elif row["unit"] == "1":
        shown = [percent(None if missing(end) else float(end)).replace("-", "−") for end in ends]
    else:
        key = "years" if row["unit"] == "a" else "hours"
        shown = ["—" if missing(end) else lever_word(key, lang, n=significant(float(end), 2)) for end in ends]
    if all(missing(end) for end in ends[1:]):
        return shown[0]
    return Small(shown[0], lever_word("from_to", lang, low=shown[1], high=shown[2]))

"""The answer about cards on a terminal: items in one line each, the first sentences, and three tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.base.terms import Lang
from meguri.show.figures.card_costs import money
from meguri.show.leverage import said_of
from meguri.show.leverage_check import blind_chart, blind_names, extrapolated, orders
from meguri.show.leverage_said import heading, home_sentences, lead, with_range
from meguri.show.leverage_tables import played, with_card
from meguri.show.leverage_words import HORIZONS, card_names, half_text, lever_word, pair_name
from meguri.show.spell import missing, percent


def print_items(items: pd.DataFrame, lang: Lang) -> None:
    """Key, name, usual pair and control of every item."""
    rows = [
        [
            str(row["item"]), str(row[f"label_{lang}"]), pair_name(row["holder"], row["partner"], lang),
            _since(row, lang),
        ]
        for row in items.to_dict("records")
    ]  # fmt: skip
    print_table([lever_word(f"col.{name}", lang) for name in ("key", "item", "pair", "control")], rows)
    say()
    say_folded(lever_word("list_hint", lang))


def _since(row: dict[Any, Any], lang: Lang) -> str:
    if missing(row["control_start"]):
        return "—"
    ends = [str(row["control_start"]), "" if missing(row["control_lift"]) else str(row["control_lift"])]
    return lever_word("since_to" if ends[1] else "since", lang, start=ends[0], end=ends[1])


def print_leverage(answer: Any, lang: Lang) -> None:
    """What the page says first, then worth, cost and card table."""
    tables = answer.tables
    if "leverage_summary" in tables:
        _print_cards(answer, lang)
    if "leverage_blind" in tables:
        _print_check(tables, lang)
    say_folded(lever_word("more_hint", lang))


def _print_cards(answer: Any, lang: Lang) -> None:
    """First sentences, worth and card table."""
    tables = answer.tables
    say(heading(tables, lang), style="bold")
    say()
    say_folded(lead(tables, lang))
    for text in [*home_sentences(tables, lang), *said_of(answer, lang)]:
        say_folded(f"· {text}", indent=2)
    say()
    _print_worth(tables, lang)
    _print_symbols(tables, lang)


def _print_check(tables: Any, lang: Lang) -> None:
    """The blind test, the ways of carrying on and the orders of learning."""
    say(blind_chart(tables, lang).title, style="bold")
    names = blind_names(tables["leverage_blind"], lang)
    cells = [_blind_row(row, names, lang) for row in tables["leverage_blind"].to_dict("records")]
    heads = ["col.item", "blind.observed", "blind.predicted", "blind.no_change", "col.verdict"]
    print_table([lever_word(head, lang) for head in heads], cells)
    say()
    for key, (shown, rows) in {
        "extrapolated": extrapolated(tables, lang),
        "orders": orders(tables, lang),
    }.items():
        print_table(shown, rows, lever_word(f"check_{key}", lang))
        say()


def _blind_row(row: dict[Any, Any], names: dict[str, str], lang: Lang) -> list[str]:
    verdict = lever_word("blind_in" if row["verdict"] == "hit" else "blind_out", lang)
    shown = [with_range(row, name, lang) for name in ("observed", "predicted")]
    return [names[str(row["observation"])], *shown, percent(float(row["no_change"])), verdict]


def _print_worth(tables: Any, lang: Lang) -> None:
    rows = with_card(played(tables["leverage_summary"]))
    names = card_names(rows, lang, tables["leverage_items"])
    cells = [
        [
            names[row["card"]], *(with_range(row, key, lang) for key in ("start", *HORIZONS)),
            "—" if missing(row["half_life"]) else half_text(row, lang),
            lever_word("unknown", lang) if missing(row["lost_sales"]) else money(row["lost_sales"], lang),
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = ("card", "start", *HORIZONS, "half_life", "lost")
    print_table([lever_word(f"col.{name}", lang) for name in heads], cells, lever_word("sec.worth", lang))
    say()


def _print_symbols(tables: Any, lang: Lang) -> None:
    """Computed symbols over the three horizons, those of table B-6 in a column of their own."""
    table = with_card(tables["leverage_cards"])
    names = card_names(table, lang, tables["leverage_items"])
    cells = []
    for (card, kind), rows in table.groupby(["card", "row"], sort=False):
        told = rows.set_index("horizon")
        marks = [
            " ".join("—" if missing(told.at[key, column]) else str(told.at[key, column]) for key in HORIZONS)
            for column in ("symbol", "printed_symbol")
        ]
        polarity = lever_word(f"polarity.{told['polarity'].iloc[0]}", lang)
        cells.append([names[str(card)], lever_word(f"row.{kind}", lang), polarity, *marks])
    cells.sort(key=lambda cell: list(names.values()).index(cell[0]))
    heads = ("card", "row", "polarity", "symbols", "printed")
    print_table([lever_word(f"col.{name}", lang) for name in heads], cells, lever_word("sec.cards", lang))
    say()

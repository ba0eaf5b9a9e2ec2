"""Trade by role in a process on a terminal: shares, printed ranges beside them, lines with reasons."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.base.terms import Lang, keys, label
from meguri.show.classify_said import beside_rows, lead, points, sentences, unsaid
from meguri.show.classify_trades import Trade, main_trade, of_trade, trades
from meguri.show.classify_words import (
    amount,
    class_name,
    class_word,
    code_name,
    fine,
    fine_range,
    in_order,
    item_words,
    printed_range,
    shown_code,
    trade_words,
    variant_words,
)
from meguri.structure.classify import ClassAnswer

DRIVERS = 10  # codes printed of what the share hangs on
TRADES = 20  # further trades of a file printed


def print_classes(answer: ClassAnswer, variant: str, top: int, lang: Lang) -> None:
    """The first sentence, every class with its range, lines with reasons, and what cannot be said."""
    tables = answer.tables
    trade = main_trade(tables["class_shares"])
    say(trade_words(trade, lang), "bold")
    say_folded(lead(tables, trade, variant, lang))
    say()
    print_shares(tables, trade, lang)
    _print_trades(tables, variant, lang)
    _print_beside(tables, trade, lang)
    print_lines(tables, trade, top, lang)
    print_drivers(tables, trade, variant, lang)
    for text in sentences(tables, trade, variant, lang):
        say_folded(f"· {text}", indent=2)
    say()
    say(class_word("sec.unsaid", lang), "bold")
    for text in unsaid(tables, trade, lang):
        say_folded(f"· {text}", indent=2)
    for row in tables["class_notes"].to_dict("records"):
        say_folded(f"· {row[f'text_{lang}']}", indent=2)


def _heads(columns: str, lang: Lang) -> list[str]:
    return [class_word(f"col.{name}", lang) for name in columns.split()]


def print_shares(tables: Any, trade: Trade, lang: Lang) -> None:
    """Every class, then both totals: value, share, P10–P90, share without the unspecified."""
    rows = of_trade(tables["class_shares"], trade).drop_duplicates("class").set_index("class", drop=False)
    totals = of_trade(tables["class_totals"], trade).to_dict("records")
    listed = [(class_name(key, lang), rows.loc[key].to_dict()) for key in in_order(rows.index)]
    listed += [(item_words(row["variant"], lang), row) for row in totals]
    cells = [
        [
            name, amount(row["value"], row["unit"], lang), fine(row["share"]),
            fine_range(row["p10"], row["p90"], lang) or "—", fine(row["share_ex"]),
        ]
        for name, row in listed
    ]  # fmt: skip
    print_table(_heads("class value share p10_p90 share_ex", lang), cells)
    say_folded(class_word("shares_note", lang))
    say()


def _print_trades(tables: Any, variant: str, lang: Lang) -> None:
    """Further trades of the file in one line each: years, reporters, partners."""
    found = trades(tables["class_shares"])
    if len(found) < 2:
        return
    totals = tables["class_totals"]
    rows = totals[totals["variant"] == variant].sort_values("value", ascending=False).head(TRADES)
    cells = [
        [
            trade_words(row, lang), amount(row["value"], row["unit"], lang), fine(row["share"]),
            fine_range(row["p10"], row["p90"], lang) or "—",
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    title = class_word("trades_title", lang, variant=variant_words(variant, lang), n=len(rows), m=len(found))
    print_table(_heads("trade value share p10_p90", lang), cells, title)
    say()


def _print_beside(tables: Any, trade: Trade, lang: Lang) -> None:
    """Computed and printed, each in columns of its own."""
    rows = beside_rows(tables, trade)
    cells = [
        [
            item_words(row["item"], lang), fine(row["share"]),
            fine_range(row["p10"], row["p90"], lang) or "—",
            printed_range(row["printed_low"], row["printed_high"], lang), str(row["printed_period"]),
            class_word(f"stands.{row['stands']}", lang) if row["stands"] else "—", str(row["flag"]) or "—",
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    if cells:
        heads = _heads("item computed p10_p90 printed printed_period stands flag", lang)
        print_table(heads, cells, class_word("sec.beside", lang))
        say()


def print_lines(tables: Any, trade: Trade, top: int, lang: Lang) -> None:
    """The largest lines of every class with confidence and reason."""
    rows = of_trade(tables["class_lines"], trade)
    for key in in_order(rows["class"]):
        part = rows[(rows["class"] == key) & (rows["rank"] <= top)].sort_values("rank")
        cells = [
            [
                shown_code(row["code"]), code_name(row, lang) or "—", amount(row["value"], row["unit"], lang),
                fine(row["share"]), fine(row["weight"], 0), class_word(f"sure.{row['confidence']}", lang),
                str(row[f"reason_{lang}"]),
            ]
            for row in part.to_dict("records")
        ]  # fmt: skip
        heads = _heads("code name value share part confidence reason", lang)
        print_table(heads, cells, class_name(key, lang))
        say()


def print_drivers(tables: Any, trade: Trade, variant: str, lang: Lang) -> None:
    """Codes whose judgement moves the share most."""
    rows = of_trade(tables["class_drivers"], trade)
    rows = rows[rows["variant"] == variant].sort_values("rank").head(DRIVERS)
    cells = [
        [
            shown_code(row["code"]), code_name(row, lang) or "—", fine(row["weight"], 0),
            points(row["swing"]), fine(row["share_of_variance"], 0),
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    if cells:
        print_table(_heads("code name part swing variance", lang), cells, class_word("sec.drivers", lang))
        say()


def _economy(key: str, lang: Lang) -> str:
    """An economy or a bloc in words."""
    return label(key, lang, "economies" if key in keys("economies") else "countries")


def print_seed(tables: dict[str, pd.DataFrame], lang: Lang) -> None:
    """Printed ranges and sums of printed rows, side by side; no trade data stand behind either."""
    say_folded(class_word("seed_lead", lang))
    say()
    said = tables["seed_totals"].dropna(subset=["printed_low", "sum_low"], how="all")
    _print_printed(said, "variant", "item printed summed flag", "", lang)
    say()
    _print_printed(tables["seed_residuals"], "", "summed residual printed_total flag", "seed_residual", lang)
    say()
    rows = tables["seed_export_structure"]
    _print_printed(rows[rows["role"] == "part"], "item", "item printed flag", "seed_rows", lang)


def _print_printed(rows: pd.DataFrame, item: str, columns: str, title: str, lang: Lang) -> None:
    """Rows of a printed table: where they stand, then some of item, ranges, total and flag."""
    ranges = {"printed": "printed", "summed": "sum", "residual": "residual"}

    def cell(row: dict[Any, Any], name: str) -> str:
        if name in ranges:
            return printed_range(row[f"{ranges[name]}_low"], row[f"{ranges[name]}_high"], lang)
        if name == "printed_total":
            return fine(row[name])
        return item_words(row[item], lang) if name == "item" else str(row["flag"] or "—")

    named = columns.split()
    cells = [
        [row["printed_table"], _economy(row["region"], lang), row["period"],
         *(cell(row, name) for name in named)]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = _heads(f"printed_table region printed_period {columns}", lang)
    print_table(heads, cells, class_word(title, lang) if title else "")

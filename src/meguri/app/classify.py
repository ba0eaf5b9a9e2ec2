"""Trade by role in a process, on a terminal: shares with their range, reasons, what the share hangs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.records import records
from meguri.base.terms import LANGS, Lang, find_key, label, suggest_key
from meguri.observe.rawsets import japan_goods_exports
from meguri.observe.sets import data_folder
from meguri.observe.tradefile import read_trade
from meguri.observe.tradelines import TradeLines
from meguri.observe.tradesets import SETS
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
    shown_code,
    trade_words,
    variant_words,
)
from meguri.structure.class_view import class_view
from meguri.structure.classify import ClassAnswer, classify
from meguri.structure.coarse_view import (
    COARSE,
    CUSTOMS,
    capital_shares,
    classify_coarse,
    coarse_lines,
    customs_extra,
)
from meguri.structure.decompose import decompose
from meguri.structure.mapping import ClassMap
from meguri.structure.mutual import mutual
from meguri.structure.seed_structure import (
    beside,
    export_structure,
    seed_finished,
    seed_residuals,
    seed_totals,
)

SEED = "seed"
DRIVERS = 10  # codes printed of what the share hangs on
PLACES = {"reporter": "--reporter", "partner": "--partner"}


class Asked(NamedTuple):
    """What the command line was asked."""

    trade: str
    year: int | None
    flow: str | None
    reporter: str | None
    partner: str | None
    variant: str
    top: int
    runs: int
    seed: int
    own: Path | None
    check: bool
    compare: tuple[int, int] | None


def _word(key: str, lang: Lang, **fill: Any) -> str:
    return label(key, lang, "cli", **fill)


def print_sets(lang: Lang) -> None:
    """Data sets that can be asked for by name, and how to ask about a file."""
    rows = [[name, _word(f"trade_set_{name.replace('-', '_')}", lang)] for name in (*SETS, SEED)]
    print_table([_word("trade_set_head", lang), _word("case_about", lang)], rows)
    say_folded(_word("classify_own", lang))


def narrowed(lines: TradeLines, flow: str | None, reporter: str | None, partner: str | None) -> TradeLines:
    """The lines of one flow, reporter or partner.

    Raises
    ------
    DataError
        With every name that is no country, and every one that the file does not hold.
    """
    table, found = lines.table, []
    wanted: dict[str, str] = {} if flow is None else {"flow": flow}
    for column, name in (("reporter", reporter), ("partner", partner)):
        if name is None:
            continue
        key = find_key(name, "countries")
        if key is None:
            near = suggest_key(name, "countries") or "JP"
            found.append(Problem("term_countries", PLACES[column], name, "", {"near": near}))
        else:
            wanted[column] = key
    for column, key in wanted.items():
        held = sorted(set(table[column]))
        if key not in held:
            shown = ", ".join(place for place in held if place)[:300]
            found.append(Problem("trade_absent", f"--{column}", key, "", {"choices": shown}))
        table = table[table[column] == key]
    if found:
        raise DataError(found)
    return replace(lines, table=table.reset_index(drop=True))


def answered(asked: Asked) -> ClassAnswer:
    """The classified trade, with printed ranges, change and mutual dependence where the file holds them."""
    whole = narrowed(read_trade(asked.trade), None, asked.reporter, asked.partner)
    lines = narrowed(whole, asked.flow, None, None)
    shown = lines if asked.compare or asked.year is None else of_year(lines, asked.year, asked.trade)
    chance: dict[str, Any] = {"draws": asked.runs, "seed": asked.seed, "top": asked.top}
    coarse = asked.trade in COARSE
    view = None if coarse else class_view(shown, asked.own)
    found = classify_coarse(shown, asked.trade, **chance) if view is None else classify(shown, view, **chance)
    more = {"class_beside": beside(found.tables)}
    named, goods = coarse_lines(whole, asked.trade) if view is None else (whole, view)
    more |= _between(named, goods, main_trade(found.tables["class_shares"]))
    if view is not None:
        more |= _changed(lines, view, asked)
    elif asked.trade == CUSTOMS:
        more |= _customs(found, lines)
    else:
        more |= {"class_capital": capital_shares(shown)}
    if asked.check:
        more |= checked(asked.own)
    notes = [found.tables["class_notes"], more.pop("class_notes", None)]
    more["class_notes"] = pd.concat([part for part in notes if part is not None], ignore_index=True)
    return replace(found, tables={**found.tables, **more})


def of_year(lines: TradeLines, year: int, trade: str) -> TradeLines:
    """Lines of one year.

    Raises
    ------
    DataError
        When the file does not hold the year.
    """
    table = lines.table[lines.table["year"] == year].reset_index(drop=True)
    if table.empty:
        held = ", ".join(str(one) for one in sorted(set(lines.table["year"])))
        raise DataError(Problem("trade_year_absent", "--year", str(year), trade, {"held": held}))
    return replace(lines, table=table, vintage="|".join(sorted(set(table["vintage"]) - {""})))


def _changed(lines: TradeLines, view: ClassMap, asked: Asked) -> dict[str, pd.DataFrame]:
    """The change between two years: those asked for, else first and last of a file not cut to one year."""
    held = sorted(set(lines.table["year"].astype(int)))
    if asked.compare is None and (asked.year is not None or len(held) < 2):
        return {}
    years = asked.compare or (held[0], held[-1])
    return {"class_change": decompose(lines, view, years)}


def _between(lines: TradeLines, goods: ClassMap, trade: Trade) -> dict[str, pd.DataFrame]:
    """Mutual dependence in the year shown, where the file names partners."""
    table = lines.table[(lines.table["year"] == trade["year"])]
    if table["partner"].isin(["", "WLD", "ROW"]).all():
        return {}
    return {"class_mutual": mutual(lines, goods, year=trade["year"])}


def _customs(found: ClassAnswer, lines: TradeLines) -> dict[str, pd.DataFrame]:
    """Bounds, pooled goods and partners of Japan's exports by customs goods."""
    home = data_folder()
    if home is None or "export" not in set(lines.table["flow"]):
        return {}
    last = main_trade(found.tables["class_shares"])["year"]
    return customs_extra(japan_goods_exports(home), last)


def checked(own: Path | None) -> dict[str, pd.DataFrame]:
    """The independent check of scores and map, what was frozen before it, and what it does not say."""
    from meguri.observe.goods_classes import class_map
    from meguri.structure.goods_check import check_goods

    done = check_goods(data_folder(), class_map(own))
    notes = [
        {"key": f"check_{key}", "level": "warning", "source": ""}
        | {f"text_{lang}": label(key, lang, "goods_check_notes") for lang in LANGS}
        for key in done.notes
    ]
    return {"goods_check": done.table, "goods_frozen": done.frozen, "class_notes": pd.DataFrame(notes)}


def print_classes(answer: ClassAnswer, asked: Asked, lang: Lang) -> None:
    """The first sentence, every class with its range, lines with reasons, and what cannot be said."""
    tables = answer.tables
    trade = main_trade(tables["class_shares"])
    say(trade_words(trade, lang), "bold")
    say_folded(lead(tables, trade, asked.variant, lang))
    say()
    print_shares(tables, trade, lang)
    _print_trades(tables, asked.variant, lang)
    _print_beside(tables, trade, lang)
    print_lines(tables, trade, asked.top, lang)
    print_drivers(tables, trade, asked.variant, lang)
    for text in sentences(tables, trade, asked.variant, lang):
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
    rows = totals[totals["variant"] == variant].sort_values("value", ascending=False).head(DRIVERS * 2)
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
            fine_range(row["printed_low"], row["printed_high"], lang) or "—", str(row["printed_period"]),
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
        heads = _heads("code name value share weight confidence reason", lang)
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
        print_table(_heads("code name weight swing variance", lang), cells, class_word("sec.drivers", lang))
        say()


def deliver_classes(answer: ClassAnswer, asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """The answer on the terminal, as page, workbook or folder, or in the form asked for."""
    if form != "table":
        content = {"about": dict(answer.about)} | {n: records(t) for n, t in answer.tables.items()}
        deliver(content, answer.tables["class_shares"], form, out, sheets=answer.tables)
        return
    if out is None:
        print_classes(answer, asked, lang)
        return
    writers = file_writers(answer, asked, lang)
    writer = writers.get(out.suffix.lower())
    if writer is None:
        choices = ", ".join(key or "folder" for key in writers)
        raise DataError(
            Problem("choice", "--out", out.name, "", {"choices": choices, "near": "classes.html"})
        )
    writer(out)
    say(_word("saved", lang, path=out))


def file_writers(answer: ClassAnswer, asked: Asked, lang: Lang) -> dict[str, Callable[[Path], Any]]:
    """What a file of each ending is; a name without an ending is a folder of tables."""
    from meguri.show.classify import write_classes
    from meguri.show.classify_excel import write_classes_excel

    return {
        ".html": lambda out: write_classes(answer, out, lang, asked.variant, asked.top),
        ".xlsx": lambda out: write_classes_excel(answer, out, lang, asked.variant),
        "": answer.save,
    }


def seed_tables() -> dict[str, pd.DataFrame]:
    """What the documents print on export structure, sums of their rows, and what they leave out."""
    return {
        "seed_totals": seed_totals(), "seed_residuals": seed_residuals(), "seed_finished": seed_finished(),
        "seed_export_structure": export_structure(),
    }  # fmt: skip


def deliver_seed(form: str, out: Path | None, lang: Lang) -> None:
    """The printed tables on the terminal, or in the form asked for."""
    tables = seed_tables()
    if form == "table" and out is None:
        print_seed(tables, lang)
        return
    chosen = "xlsx" if form == "table" and out is not None and out.suffix == ".xlsx" else form
    content = {name: records(table) for name, table in tables.items()}
    deliver(content, tables["seed_totals"], "csv" if chosen == "table" else chosen, out, sheets=tables)


def print_seed(tables: dict[str, pd.DataFrame], lang: Lang) -> None:
    """Printed ranges and sums of printed rows, side by side; no trade data stand behind either."""
    say_folded(class_word("seed_lead", lang))
    say()
    cells = [
        [
            row["printed_table"], label(row["region"], lang, "countries"), row["period"],
            item_words(row["variant"], lang),
            fine_range(row["printed_low"], row["printed_high"], lang) or "—",
            fine_range(row["sum_low"], row["sum_high"], lang) or "—", row["flag"] or "—",
        ]
        for row in tables["seed_totals"].to_dict("records")
    ]  # fmt: skip
    print_table(_heads("printed_table region printed_period item printed summed flag", lang), cells)
    say()
    cells = [
        [
            row["printed_table"], label(row["region"], lang, "countries"), row["period"],
            fine_range(row["sum_low"], row["sum_high"], lang),
            fine_range(row["residual_low"], row["residual_high"], lang), fine(row["printed_total"]),
            row["flag"],
        ]
        for row in tables["seed_residuals"].to_dict("records")
    ]  # fmt: skip
    heads = _heads("printed_table region printed_period summed residual printed_total flag", lang)
    print_table(heads, cells, class_word("seed_residual", lang))

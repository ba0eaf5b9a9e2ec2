"""`meguri classify`: what was asked, the tables that answer it, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.app.classify_print import print_classes, print_seed
from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.records import records
from meguri.base.terms import LANGS, Lang, find_key, label, suggest_key
from meguri.observe.rawsets import japan_goods_exports
from meguri.observe.sets import data_folder
from meguri.observe.tradefile import is_large_baci, read_trade
from meguri.observe.tradelines import WORLD, TradeLines, trade_lines
from meguri.observe.tradescan import scan_trade
from meguri.observe.tradesets import SETS
from meguri.show.classify_trades import Trade, main_trade
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
from meguri.structure.mapping import KEY, ClassMap, class_weights, targets
from meguri.structure.mutual import mutual
from meguri.structure.seed_structure import (
    beside,
    export_structure,
    seed_finished,
    seed_residuals,
    seed_totals,
)

SEED = "seed"
LARGEST = 30  # exporters of a large file whose pairs are read
TOP_LINES = 20  # lines listed for each class
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
    read, between = opened(asked)
    whole = narrowed(read, None, asked.reporter, asked.partner)
    lines = narrowed(whole, asked.flow, None, None)
    shown = lines if asked.compare or asked.year is None else of_year(lines, asked.year, asked.trade)
    chance: dict[str, Any] = {"draws": asked.runs, "seed": asked.seed, "top": asked.top}
    coarse = asked.trade in COARSE
    if coarse and asked.own is not None:
        raise DataError(Problem("own_map_coarse", "--map", str(asked.own), "", {"trade": asked.trade}))
    view = None if coarse else class_view(shown, asked.own)
    found = classify_coarse(shown, asked.trade, **chance) if view is None else classify(shown, view, **chance)
    more = {"class_beside": beside(found.tables)} | used(shown, view, asked.trade)
    among = whole if between is read else between
    named, goods = coarse_lines(among, asked.trade) if view is None else (among, view)
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


def opened(asked: Asked) -> tuple[TradeLines, TradeLines]:
    """The lines of a file, and those that tell who trades with whom.

    Of a large file without a reporter only sums are read: the exports of each economy, and for the
    matrix the purchases of each and the pairs among the largest exporters.
    """
    path, year = Path(asked.trade), None if asked.compare else asked.year
    reporter = None if asked.reporter is None else find_key(asked.reporter, "countries")
    if asked.trade in SETS or reporter is not None or not is_large_baci(path):
        lines = read_trade(path if path.is_file() else asked.trade, year=year, reporter=reporter)
        return lines, lines
    with scan_trade(path, year) as scan:
        sold = scan.sums(["code", "year", "reporter"]).assign(flow="export", partner=WORLD)
        bought = scan.sums(["code", "year", "partner"]).rename(columns={"partner": "reporter"})
        bought = bought.assign(flow="import", partner=WORLD)
        largest = sold.groupby("reporter")["value"].sum().nlargest(LARGEST).index
        named = ", ".join(f"'{key}'" for key in largest)
        among = scan.lines.filter(f"reporter in ({named}) and partner in ({named})")
        keys = "code, year, reporter, partner"
        pairs = among.aggregate(f"{keys}, sum(value) as value, sum(weight) as weight", keys).df()
    told = {"vintage": scan.vintage, "currency": "USD", "basis": "fob"}
    parts = [table.assign(**told) for table in (sold, bought, pairs.assign(flow="export"))]
    alone, whole = parts[0], pd.concat(parts, ignore_index=True)
    notes = scan.notes.to_dict("records")
    return (
        trade_lines(alone, scan.source, notes, path.name),
        trade_lines(whole, scan.source, notes, path.name),
    )


def used(lines: TradeLines, view: ClassMap | None, trade: str) -> dict[str, pd.DataFrame]:
    """Every weight and score that the answer stands on: the map and the scores as they were used."""
    lines, goods = coarse_lines(lines, trade) if view is None else (lines, view)
    words = goods.goods.loc[~goods.goods["code"].str.isdecimal().astype(bool), "code"]
    codes = lines.table[KEY].drop_duplicates()
    found = {"class_weights": class_weights(targets(codes, set(words)), goods.goods)}
    return found if goods.scores is None else found | {"goods_scores": goods.scores}


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


def deliver_classes(answer: ClassAnswer, asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """The answer on the terminal, as page, workbook or folder, or in the form asked for."""
    if form != "table":
        content = {"about": dict(answer.about)} | {n: records(t) for n, t in answer.tables.items()}
        deliver(content, answer.tables["class_shares"], form, out, sheets=answer.tables)
        return
    if out is None:
        print_classes(answer, asked.variant, asked.top, lang)
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

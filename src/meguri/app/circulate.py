"""What comes back, on a terminal: rates of each plan, who lost the rest, what the answer hangs on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.app.printing import deliver, portion, print_table, say, say_folded
from meguri.app.risk import Answer
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import LANGS, Lang, label
from meguri.circulate.answer import CirculateAnswer
from meguri.circulate.hub import Hub, hub_backtest
from meguri.circulate.magnet_anchors import anchors_table
from meguri.circulate.magnet_feeds import magnet_route_case
from meguri.circulate.magnets import DyJapan, dy_japan
from meguri.circulate.returned import returned_supply
from meguri.circulate.route_case import RouteCase, case_names, load_case
from meguri.circulate.scale import scale_check, scale_sentence
from meguri.circulate.suitability import TESTS, suitability, suitability_scores
from meguri.observe.packaged import facts
from meguri.study.outcome import EXACT, records

RATES = ("mass_rate", "function_ratio", "function_rate", "rfr")
SHOWN_YEARS = (1990, 2000, 2008, 2010, 2020, 2030, 2040, 2050)
SHOWN_TOTALS = ("stock_dy", "inflow_dy", "outflow_dy", "production", "elv_dy", "elv_nd")

DYNAMIC, SCALE, FITNESS, HUB, SCORECARD = "dy-japan", "scale", "fitness", "indium-hub", "scorecard"
CASES = {
    DYNAMIC: "case_dy_japan", SCALE: "case_scale", FITNESS: "case_fitness", HUB: "case_hub",
    SCORECARD: "case_scorecard",
}  # fmt: skip


def _word(key: str, lang: Lang, **fill: Any) -> str:
    return label(key, lang, "cli", **fill)


def case_list() -> pd.DataFrame:
    """Packaged cases: key, and label in each language.

    Examples
    --------
    >>> table = case_list().set_index("case")
    >>> table.at["dy-japan", "label_en"]
    'Magnets of Japan, 1990–2050: stocks, scrap and dysprosium by use and kind'
    """
    rows = [{"case": name, **{f"label_{lang}": load_case(name).label(lang) for lang in LANGS}}
            for name in case_names()]  # fmt: skip
    rows += [{"case": name, **{f"label_{lang}": _word(key, lang) for lang in LANGS}}
             for name, key in CASES.items()]  # fmt: skip
    return pd.DataFrame(rows)


def print_cases(lang: Lang) -> None:
    """Cases that can be asked for."""
    rows = [[row["case"], row[f"label_{lang}"]] for row in case_list().to_dict("records")]
    print_table([_word("case", lang), _word("case_about", lang)], rows)
    say(_word("case_own", lang))


def print_routes(answer: CirculateAnswer, lang: Lang) -> None:
    """Rates, the ledger and every sentence of a route case, and of the case that goes with it."""
    say(answer.case.label(lang), "bold")
    print_rates(answer, lang)
    print_ledger(answer, lang)
    for sentence in answer.sentences[lang]:
        say_folded(sentence, indent=2)
    if answer.companion is not None:
        say()
        print_routes(answer.companion, lang)


def open_case(name: str, runs: int, seed: int, sign_off: str) -> RouteCase:
    """A route case: packaged, your own, or ``dy-japan@2030``, fed with what leaves use in that year."""
    dynamic, _, year = name.partition("@")
    if dynamic == DYNAMIC and year.isdigit():
        return magnet_route_case(dy_japan(runs, seed), int(year), sign_off)
    return load_case(name, sign_off)


def deliver_supply(
    answer: CirculateAnswer, plan: str, material: str, country: str, form: str, out: Path | None
) -> None:
    """What a plan brings back as a table that `meguri stress --recovered` reads."""
    table = returned_supply(answer, plan, material, country)
    deliver({"recovered": records(table, EXACT)}, table, "csv" if form == "table" else form, out, EXACT)


def deliver_routes(answer: CirculateAnswer, form: str, out: Path | None, lang: Lang) -> None:
    """A route case on the terminal, as a page or a workbook, or in the form asked for."""
    if form == "table" and out is not None:
        from meguri.show.circulate import circulation_page
        from meguri.show.circulate_excel import write_circulation_excel

        page = partial(circulation_page, answer, lang)
        _written(out, page, lambda: write_circulation_excel(answer, out, lang), lang)
    elif form == "table":
        print_routes(answer, lang)
    else:
        sheets = {name: table for name, table in answer.tables.items() if len(table)}
        deliver(answer.plain(), answer.tables["route_figures"], form, out, EXACT, sheets)


def deliver_dynamic(runs: int, seed: int, form: str, out: Path | None, lang: Lang) -> None:
    """Magnets of Japan on the terminal, as a page or a workbook, or in the form asked for."""
    case = dy_japan(runs, seed)
    found = Answer(_dynamic_tables(case))
    if form == "table" and out is not None:
        from meguri.show.magnets import magnets_page

        book = partial(deliver, {}, found.main, "xlsx", out, EXACT, found.tables)
        _written(out, partial(magnets_page, case, lang), book, lang)
    elif form == "table":
        print_dynamic(found, lang)
    else:
        content = {name: records(table) for name, table in found.tables.items()}
        deliver(content, found.main, form, out, sheets=found.tables)


def _written(out: Path, page: Callable[[], str], book: Callable[[], object], lang: Lang) -> None:
    """A page or a workbook, by the name of the file."""
    if out.suffix.lower() == ".xlsx":
        book()
    elif out.suffix.lower() == ".html":
        write_atomically(out, page().encode("utf-8"))
    else:
        raise DataError(
            Problem("choice", "--out", out.name, "", {"choices": ".html, .xlsx", "near": "out.html"})
        )
    say(_word("saved", lang, path=out))


def _names(case: RouteCase, lang: Lang) -> tuple[dict[str, str], dict[str, str]]:
    """Shown names of stocks and of plans."""
    stocks, plans = case.tables["feeds"], case.tables["plans"]
    return (
        dict(zip(stocks["stock"], stocks[f"label_{lang}"], strict=True)),
        dict(zip(plans["plan"], plans[f"label_{lang}"], strict=True)),
    )


def print_rates(answer: CirculateAnswer, lang: Lang) -> None:
    """Rate by mass, function delivered and retained function: beside each other, never merged."""
    stocks, plans = _names(answer.case, lang)
    table = answer.tables["route_figures"].set_index(["stock", "plan", "figure"])
    rows = [
        [stocks[stock], plans[plan], *(_banded(table.loc[(stock, plan, figure)]) for figure in RATES)]
        for stock, plan in dict.fromkeys((stock, plan) for stock, plan, _ in table.index)
    ]
    heads = [_word("stock", lang), _word("plan", lang)]
    heads += [label(figure, lang, "route_figures") for figure in RATES]
    print_table(heads, rows, _word("rates_title", lang))
    say()


def _banded(row: pd.Series[Any]) -> str:
    return f"{row['value']:.3f} ({row['p10']:.3f}–{row['p90']:.3f})"


def print_ledger(answer: CirculateAnswer, lang: Lang) -> None:
    """Where the function went, with who could have kept it; each column sums to 100 %."""
    stocks, plans = _names(answer.case, lang)
    whole = answer.tables["loss_ledger"]
    whole = whole[whole["part_of"] == ""]
    for stock, rows in whole.groupby("stock", sort=False):
        shares = rows.pivot_table("share", ["term", "loss_owner"], "plan", "sum", 0.0, sort=False)
        lines = [
            [
                label(term, lang, "ledger_terms"),
                label(owner, lang, "loss_owners") if owner else "—",
                *(f"{share:.1%}" for share in row),
            ]
            for (term, owner), row in zip(shares.index, shares.to_numpy(), strict=True)
        ]
        heads = [_word("ledger_term", lang), _word("ledger_owner", lang), *(plans[p] for p in shares.columns)]
        print_table(heads, lines, _word("ledger_title", lang, stock=stocks[str(stock)]))
        say()


def _dynamic_tables(case: DyJapan) -> dict[str, pd.DataFrame]:
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "magnet_checks": lambda: anchors_table(case),
        "magnet_totals": case.totals_table,
        "magnet_scrap": lambda: case.scrap_table(2030),
        "magnet_flows": case.flows_table,
    }
    return {name: make() for name, make in tables.items()}


def print_dynamic(found: Answer, lang: Lang) -> None:
    """Published figures beside the computed ones, hit or miss, and the totals of some years."""
    say(_word(CASES[DYNAMIC], lang), "bold")
    checks = found.tables["magnet_checks"].to_dict("records")
    heads = ("quantity", "year", "published", "computed", "unit", "verdict", "role")
    rows = [
        [
            label(row["quantity"], lang, "magnet_results"),
            str(row["year"]),
            _span(row["published_low"], row["published_high"]),
            f"{_figure(row['median'])} ({_span(row['low'], row['high'])})",
            row["unit"],
            label(row["verdict"], lang, "magnet_verdicts"),
            _word(f"role_{row['role']}", lang),
        ]
        for row in checks
    ]
    print_table([_word(f"anchor_{head}", lang) for head in heads], rows, _word("anchors_title", lang))
    for reason in dict.fromkeys(row["reason"] for row in checks if row["reason"]):
        say_folded(f"  · {label(reason, lang, 'magnet_reasons')}", indent=4)
    say()
    _print_totals(found.tables["magnet_totals"], lang)


def _print_totals(table: pd.DataFrame, lang: Lang) -> None:
    years = [year for year in SHOWN_YEARS if (table["year"] == year).any()]
    chosen = table[table["quantity"].isin(SHOWN_TOTALS) & table["year"].isin(years)]
    cells = chosen.set_index(["quantity", "year"])
    rows = [
        [
            label(quantity, lang, "magnet_results"),
            *(f"{_figure(cells.at[(quantity, year), 'median'])}" for year in years),
            str(cells.at[(quantity, years[0]), "unit"]),
        ]
        for quantity in SHOWN_TOTALS
        if quantity in set(chosen["quantity"])
    ]
    heads = [_word("anchor_quantity", lang), *map(str, years), _word("anchor_unit", lang)]
    print_table(heads, rows, _word("totals_title", lang))


def scale_answer() -> Answer:
    """Today's circulation, computed from the documents' figures beside their printed totals."""
    return Answer({"scale": scale_check()})


def print_scale(found: Answer, lang: Lang) -> None:
    """Computed and printed apart, and the sentence that says what it amounts to."""
    say(_word(CASES[SCALE], lang), "bold")
    rows = [
        [
            label(row["quantity"], lang, "scale"),
            _scale_span(row["low"], row["high"], row["unit"]),
            _scale_span(row["printed_low"], row["printed_high"], row["unit"]),
            row["unit"] if row["unit"] != "1" else "",
        ]
        for row in found.tables["scale"].to_dict("records")
    ]
    heads = ("anchor_quantity", "scale_computed", "anchor_printed", "anchor_unit")
    print_table([_word(head, lang) for head in heads], rows)
    say_folded(scale_sentence(lang=lang))


def _scale_span(low: float, high: float, unit: str) -> str:
    if unit != "1" or pd.isna(low):
        return _span(low, high)
    return portion(low) if low == high else f"{low:.1%}–{high:.1%}"


def _span(low: float, high: float) -> str:
    if pd.isna(low):
        return "—"
    return _figure(low) if low == high else f"{_figure(low)}–{_figure(high)}"


def _figure(value: float) -> str:
    """Three significant digits, thousands set apart."""
    return f"{float(f'{value:.3g}'):,.6g}"


def fitness_answer() -> Answer:
    """Four tests of each chain, and how many it meets at least and at most."""
    names = facts("suitability_chains", "suitability_chains.csv")[["chain", "label_en", "label_ja"]]
    return Answer({"suitability_scores": suitability_scores().merge(names), "suitability": suitability()})


def print_fitness(found: Answer, lang: Lang) -> None:
    """Verdict of each chain in each test; unknown stays unknown."""
    say(_word(CASES[FITNESS], lang), "bold")
    verdicts = found.tables["suitability"].set_index(["chain", "test"])["verdict"]
    rows = [
        [
            str(row[f"label_{lang}"]),
            *(label(verdicts[row["chain"], test], lang, "suitability") for test in TESTS),
            _span(row["score_low"], row["score_high"]),
        ]
        for row in found.tables["suitability_scores"].to_dict("records")
    ]
    heads = [
        _word("fitness_chain", lang),
        *(label(test, lang, "suitability") for test in TESTS),
        _word("met", lang),
    ]
    print_table(heads, rows)


def hub_answer(runs: int, seed: int) -> tuple[Hub, Answer]:
    """The indium hub as a location choice, judged on the document's own shares."""
    hub = hub_backtest(runs, seed)
    parts = ("scores", "drivers", "hangs_on", "evidence", "inputs")
    return hub, Answer({f"hub_{name}": getattr(hub, name) for name in parts})


def print_hub(hub: Hub, lang: Lang) -> None:
    """Hit or miss of each period, what drove the fall, and what speaks against."""
    say(_word(CASES[HUB], lang), "bold")
    for sentence in hub.sentences(lang):
        say_folded(f"– {sentence}", indent=2)

"""`meguri knockout`: what changes for the processes a firm serves when it is gone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, keys, label
from meguri.respond.knockout import KnockoutAnswer, knock_out
from meguri.show.safetynet_words import amount, net_word
from meguri.show.spell import listing, missing, word
from meguri.structure.knowhow_read import example_network, read_network
from meguri.study.outcome import records


def run_knockout(
    node: str, network: Path | None, functions: list[str], runs: int, form: str, out: Path | None, lang: Lang
) -> None:
    """Read the network, knock the firm out, print or write.

    Raises
    ------
    DataError
        When the network, the firm or a function is not as it must be, or a file cannot be written as asked.
    """
    known = keys("sme_functions")
    found = [
        Problem("choice", "--function", one, "", {"choices": ", ".join(known), "near": known[0]})
        for one in functions
        if one not in known
    ]
    if form == "table" and out is not None:
        found.append(Problem("knockout_out", "--out", out.name))
    if found:
        raise DataError(found)
    read = example_network() if network is None else read_network(network)
    answer = knock_out(read, node, functions or None, runs=runs)
    if form != "table":
        content = {name: records(table) for name, table in answer.tables.items()}
        deliver(content, answer.tables["knockout"], form, out, sheets=answer.tables)
        return
    names = dict(zip(read.firms["firm"], read.firms[f"label_{lang}"], strict=True))
    if network is None:
        say(net_word("knock_example", lang))
    shown = str(names.get(node) or node)
    print_knockout(answer, shown, process_names(read.processes, lang), lang)


def process_names(processes: pd.DataFrame, lang: Lang) -> dict[str, str]:
    """Shown name of every process; its key where the network gives none."""
    cells = zip(processes["process"], processes[f"label_{lang}"], strict=True)
    return {str(key): str(name) if isinstance(name, str) and name else str(key) for key, name in cells}


def print_knockout(answer: KnockoutAnswer, firm: str, names: dict[str, str], lang: Lang) -> None:
    """What the document claims and whether it holds, then measures, time to come back, position."""
    say(net_word("knock_title", lang, firm=firm), "bold")
    claim = answer.tables["knockout_claim"]
    for verdict in ("yes", "open", "no"):
        n = int((claim["holds"] == verdict).sum())
        if n:
            say(net_word(f"knock_lead_{verdict}", lang, n=n, all=len(claim)))
    say()
    rows = [
        [
            names[row["process"]], word(row["measure"], "knockout_measures", lang),
            _number(row["before"], row["unit"], lang), _number(row["after"], row["unit"], lang),
            f"{amount(row['low'])}–{amount(row['high'])}",
            word(row["direction"], "knockout_directions", lang),
        ]
        for row in answer.tables["knockout"].to_dict("records")
    ]  # fmt: skip
    heads = ("process", "measures", "before", "after", "range", "direction")
    print_table([net_word(f"knock_{head}", lang) for head in heads], rows)
    say()
    print_back(answer.tables["knockout_back"], names, lang)
    print_position(answer, lang)
    say_folded(net_word("knock_printed", lang))


def _number(value: object, unit: str, lang: Lang) -> str:
    if missing(value):
        return "—"
    key = {"h": "hours", "month": "months"}.get(unit)
    return amount(value) if key is None else net_word(key, lang, value=amount(value))


def print_back(back: pd.DataFrame, names: dict[str, str], lang: Lang) -> None:
    """Days until each process has its strength again, and what nobody else holds."""
    rows = []
    for row in back.to_dict("records"):
        alone = [label(one, lang, "sme_functions") for one in str(row["nobody_else"]).split("|") if one]
        span = f"{amount(row['back_low'])}–{amount(row['back_high'])}"
        told = net_word("knock_alone", lang, functions=listing(alone, lang)) if alone else "—"
        rows.append([names[row["process"]], amount(row["back"]), span, told])
    heads = [net_word(f"knock_{head}", lang) for head in ("process", "days", "range")]
    print_table([*heads, ""], rows, net_word("knock_back", lang))
    say()


def print_position(answer: KnockoutAnswer, lang: Lang) -> None:
    """The firm's place among all firms of the network."""
    table = answer.tables["position"].sort_values("betweenness", ascending=False, ignore_index=True)
    place = int(table.index[table["firm"] == answer.firm][0])
    row = table.iloc[place]
    fill = {
        "betweenness": f"{row['betweenness']:.2f}", "place": place + 1, "n": len(table),
        "sectors": int(row["sectors"]), "single": int(row["single_holder_functions"]),
    }  # fmt: skip
    say_folded(f"{net_word('knock_position', lang)}: {net_word('knock_place', lang, **fill)}", indent=4)

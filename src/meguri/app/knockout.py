"""`meguri knockout`: what is lost when a firm is gone, on a terminal or as tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, find_key, keys, label, suggest_key
from meguri.observe.joblog import read_shop
from meguri.respond.knockout import knock_out
from meguri.respond.support import compare_support
from meguri.show.knockout import (
    lead_sentence,
    position_rows,
    said,
    sentences,
    strength_heads,
    strength_rows,
    succession_rows,
    support_rows,
)
from meguri.structure.knowhow import TABLES, Network, glue, position, single_holders
from meguri.structure.knowhow_read import THIS_FIRM, example_network, network_of_shop, read_network
from meguri.study.outcome import records


@dataclass(frozen=True)
class Asked:
    """What was asked for, as typed."""

    node: str | None
    network: Path | None = None
    log: tuple[Path, ...] = ()
    functions: tuple[str, ...] = ()
    budget: float | None = None
    runs: int = 40
    seed: int = 1
    form: str = "table"
    out: Path | None = None
    lang: Lang = "en"
    save: Path | None = None


def run_knockout(asked: Asked) -> None:
    """Read, compute, print or write.

    Raises
    ------
    DataError
        Naming whatever cannot be read, or is asked for and does not exist.
    """
    network = network_of(asked)
    functions = functions_of(asked.functions)
    save_network(network, asked)
    node = asked.node or (THIS_FIRM if asked.log else None)
    if node is None:
        if functions or asked.budget is not None:
            names = ", ".join(network.firms["firm"])
            raise DataError(Problem("knockout_needs_node", "NODE", "", "", {"names": names}))
        tables = {"position": position(network), "knowhow_glue": glue(network),
                  "single_holders": single_holders(network)}  # fmt: skip
        first = "position"
    else:
        tables = dict(knock_out(network, node, functions, runs=asked.runs, seed=asked.seed).tables)
        first = "knockout"
        if asked.budget is not None:
            tables |= compare_support(network, node, asked.budget).tables
    if asked.form != "table":
        content = {name: records(table) for name, table in tables.items()}
        deliver(content, tables[first], asked.form, asked.out, sheets=tables)
    elif asked.out is not None:
        deliver({}, tables[first], "xlsx", workbook_name("--out", asked.out), sheets=tables)
    else:
        print_answer(network, node, tables, asked)


def workbook_name(place: str, out: Path) -> Path:
    """The file to write a workbook to; another ending is a problem."""
    if out.suffix.lower() != ".xlsx":
        details = {"choices": ".xlsx", "near": "knockout.xlsx"}
        raise DataError(Problem("choice", place, out.name, "", details))
    return out


def save_network(network: Network, asked: Asked) -> None:
    """Write the network as a workbook that can be edited and read again, where that was asked for."""
    if asked.save is None:
        return
    path = workbook_name("--save-network", asked.save)
    deliver({}, network.firms, "xlsx", path, sheets={name: getattr(network, name) for name in TABLES})
    if asked.form == "table":
        say(label("network_saved", asked.lang, "cli", path=path))
        say()


def network_of(asked: Asked) -> Network:
    """The network given, the one a firm's records show, or the packaged example."""
    if asked.network is not None and asked.log:
        raise DataError(Problem("knockout_both", "--network, --log"))
    if asked.network is not None:
        return read_network(asked.network)
    return network_of_shop(read_shop(list(asked.log)).shop) if asked.log else example_network()


def functions_of(names: tuple[str, ...]) -> list[str] | None:
    """Keys of the functions named in either language; None for all.

    Examples
    --------
    >>> functions_of(("不具合対応", "improvement")), functions_of(())
    (['trouble', 'improvement'], None)
    """
    known = ", ".join(keys("sme_functions"))
    found = [
        Problem("knockout_function", "--function", name, "",
                {"names": known, "near": suggest_key(name, "sme_functions") or "trouble"})
        for name in names if find_key(name, "sme_functions") is None
    ]  # fmt: skip
    if found:
        raise DataError(found)
    return [key for name in names if (key := find_key(name, "sme_functions"))] or None


def print_answer(network: Network, node: str | None, tables: dict[str, pd.DataFrame], asked: Asked) -> None:
    """Sentences and tables on the terminal."""
    lang = asked.lang
    if asked.network is None:
        say_folded(said("own_log" if asked.log else "packaged", lang))
        say()
    if node is None:
        names = ("firm", "firm", "between", "part", "sectors", "processes", "alone")
        heads = ["NODE", *[said(f"col.{name}", lang) for name in names[1:]]]
        print_table(heads, position_rows(network, tables["position"], lang), said("network_rank", lang))
        return
    say_folded(lead_sentence(network, node, tables, lang))
    say()
    print_table(strength_heads(lang), strength_rows(network, tables, lang), said("strength", lang))
    say()
    for sentence in sentences(node, tables, lang):
        say_folded(sentence)
    say()
    heads = [said(f"col.{name}", lang) for name in ("work", "holders", "loss")]
    print_table(heads, succession_rows(node, tables, lang), said("succession", lang))
    if "support_totals" in tables:
        say()
        heads = [said(f"col.{name}", lang) for name in ("support", "dropouts", "who", "may")]
        title = said("support", lang, budget=f"{asked.budget:g}")
        print_table(heads, support_rows(network, tables["support_totals"], lang), title)
    say()
    say_folded(said("basis", lang))

"""`meguri network`: who joins sectors, what is held alone, what leaves with people, whom a budget keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label, suggest
from meguri.observe.joblog import read_shop
from meguri.respond.support import compare_support
from meguri.show.network import (
    firm_names,
    position_rows,
    said,
    sentences,
    succession_rows,
    support_rows,
)
from meguri.structure.knowhow import TABLES, Network, glue, position, single_holders, succession
from meguri.structure.knowhow_read import THIS_FIRM, example_network, network_of_shop, read_network
from meguri.study.outcome import records


@dataclass(frozen=True)
class Asked:
    """What was asked for, as typed."""

    node: str | None = None
    network: Path | None = None
    log: tuple[Path, ...] = ()
    budget: float | None = None
    save: Path | None = None
    form: str = "table"
    out: Path | None = None
    lang: Lang = "en"


def run_network(asked: Asked) -> None:
    """Read, compute, print or write.

    Raises
    ------
    DataError
        Naming whatever cannot be read, or is asked for and does not exist.
    """
    network = network_of(asked)
    node = node_of(asked, network)
    if asked.save is not None:
        path = workbook_name("--save", asked.save)
        deliver({}, network.firms, "xlsx", path, sheets={name: getattr(network, name) for name in TABLES})
        if asked.form == "table":
            say(label("network_saved", asked.lang, "cli", path=path))
            say()
    tables = {
        "position": position(network), "knowhow_glue": glue(network), "succession": succession(network),
        "single_holders": single_holders(network),
    }  # fmt: skip
    if node is not None and asked.budget is not None:
        tables |= compare_support(network, node, asked.budget).tables
    if asked.form != "table":
        content = {name: records(table) for name, table in tables.items()}
        deliver(content, tables["position"], asked.form, asked.out, sheets=tables)
    elif asked.out is not None:
        deliver({}, tables["position"], "xlsx", workbook_name("--out", asked.out), sheets=tables)
    else:
        print_network(network, node, tables, asked)


def workbook_name(place: str, out: Path) -> Path:
    """The file to write a workbook to; another ending is a problem."""
    if out.suffix.lower() != ".xlsx":
        details = {"choices": ".xlsx", "near": "network.xlsx"}
        raise DataError(Problem("choice", place, out.name, "", details))
    return out


def network_of(asked: Asked) -> Network:
    """The network given, the one a firm's records show, or the packaged example."""
    if asked.network is not None and asked.log:
        raise DataError(Problem("network_both", "--network, --log"))
    if asked.network is not None:
        return read_network(asked.network)
    return network_of_shop(read_shop(list(asked.log)).shop) if asked.log else example_network()


def node_of(asked: Asked, network: Network) -> str | None:
    """The firm asked about, one of the network; None for all."""
    node = asked.node or (THIS_FIRM if asked.log else None)
    names = network.firms["firm"].tolist()
    if node is None and asked.budget is not None:
        raise DataError(Problem("network_needs_node", "NODE", "", "", {"names": ", ".join(names)}))
    if node is not None and node not in names:
        details = {"names": ", ".join(names), "near": suggest(node, names) or names[0]}
        raise DataError(Problem("knockout_node", "NODE", node, "", details))
    return node


def print_network(network: Network, node: str | None, tables: dict[str, pd.DataFrame], asked: Asked) -> None:
    """Sentences and tables on the terminal."""
    lang = asked.lang
    if asked.network is None:
        say_folded(said("own_log" if asked.log else "packaged", lang))
        say()
    if node is None:
        names = ("firm", "between", "part", "sectors", "processes", "alone")
        heads = ["NODE", *[said(f"col.{name}", lang) for name in names]]
        print_table(heads, position_rows(network, tables["position"], lang), said("network_rank", lang))
        return
    say(said("title", lang, firm=firm_names(network, lang)[node]), "bold")
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

"""The commands on many small firms: `meguri network` and `meguri population`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()

NodeArgument = Annotated[str | None, typer.Argument(help=help_of("help_network_node"))]
FileOption = Annotated[Path | None, typer.Option("--network", help=help_of("help_network_file"))]
LogOption = Annotated[list[Path] | None, typer.Option("--log", help=help_of("help_network_log"))]
MonthsOption = Annotated[float | None, typer.Option("--budget", help=help_of("help_network_budget"))]
SaveOption = Annotated[Path | None, typer.Option("--save", help=help_of("help_network_save"))]
IndustryOption = Annotated[str, typer.Option("--industry", help=help_of("help_population_industry"))]
FirmsOption = Annotated[
    int, typer.Option("--firms", min=50, max=100_000, help=help_of("help_population_firms"))
]


@app.command(help=help_of("help_network"))
def network(
    node: NodeArgument = None,
    network: FileOption = None,
    log: LogOption = None,
    budget: MonthsOption = None,
    save: SaveOption = None,
    form: FormOption = Form.table,
    out: o.OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.network import Asked, run_network

    run_network(Asked(node, network, tuple(log or ()), budget, save, form.value, out, lang.value))


@app.command(help=help_of("help_population"))
def population(
    industry: IndustryOption = "automotive",
    firms: FirmsOption = 2000,
    seed: o.SeedOption = 1,
    form: FormOption = Form.table,
    out: o.OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.population import run_population

    run_population(industry, firms, seed, form.value, out, lang.value)

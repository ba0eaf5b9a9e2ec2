"""The commands on the network of small firms: `meguri knockout` and `meguri population`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()

NodeArgument = Annotated[str | None, typer.Argument(help=help_of("help_knockout_node"))]
NetworkOption = Annotated[Path | None, typer.Option("--network", help=help_of("help_knockout_network"))]
LogOption = Annotated[list[Path] | None, typer.Option("--log", help=help_of("help_knockout_log"))]
FunctionOption = Annotated[
    list[str] | None, typer.Option("--function", help=help_of("help_knockout_function"))
]
MonthsOption = Annotated[float | None, typer.Option("--budget", help=help_of("help_knockout_budget"))]
SaveOption = Annotated[Path | None, typer.Option("--save-network", help=help_of("help_knockout_save"))]
IndustryOption = Annotated[str, typer.Option("--industry", help=help_of("help_population_industry"))]
FirmsOption = Annotated[
    int, typer.Option("--firms", min=50, max=100_000, help=help_of("help_population_firms"))
]


@app.command(help=help_of("help_knockout"))
def knockout(
    node: NodeArgument = None,
    network: NetworkOption = None,
    log: LogOption = None,
    function: FunctionOption = None,
    budget: MonthsOption = None,
    save_network: SaveOption = None,
    runs: o.WorldsOption = 40,
    seed: o.SeedOption = 1,
    form: FormOption = Form.table,
    out: o.OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.knockout import Asked, run_knockout

    asked = Asked(
        node, network, tuple(log or ()), tuple(function or ()), budget, runs, seed, form.value, out,
        lang.value, save_network,
    )  # fmt: skip
    run_knockout(asked)


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

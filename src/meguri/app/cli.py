"""The command line. Each command is also a Python call; nothing heavy loads before it is needed.

Exit status: 0 done, 1 the model could not answer (says why), 2 bad input (every problem named).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meguri.base.terms import Lang, label
from meguri.base.version import __version__

if TYPE_CHECKING:
    from meguri.structure.chain import Chain
    from meguri.study.outcome import Outcome
    from meguri.study.study import Study


def chosen_language() -> Lang:
    """Language of help and answers: ``--lang``, else ``MEGURI_LANG``, else the terminal's."""
    words = sys.argv
    for place, word in enumerate(words):
        if word.startswith("--lang="):
            return "ja" if word.endswith("=ja") else "en"
        if word == "--lang" and place + 1 < len(words):
            return "ja" if words[place + 1] == "ja" else "en"
    named = os.environ.get("MEGURI_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "ja" if named.startswith("ja") else "en"


LANGUAGE = chosen_language()
HOME = "JP"  # importer looked at where none is named
CANCELLED = 130  # what the command-line library answers when Ctrl-C is pressed


class Kept(SystemExit):
    """Cancelled, and what had been run is kept: said where it happened."""


def _help(key: str) -> str:
    return label(key, LANGUAGE, "cli")


class Form(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


class Method(StrEnum):
    """Index of `meguri risk`."""

    overview = "overview"
    geopolrisk = "geopolrisk"
    ec = "ec"
    sectors = "sectors"
    dependence = "dependence"
    complexity = "complexity"
    history = "history"
    exposure = "exposure"


class Basis(StrEnum):
    """What shares of trade are counted in."""

    value_ = "value"
    quantity = "quantity"


class Speech(StrEnum):
    """Language of an answer."""

    ja = "ja"
    en = "en"


app = typer.Typer(
    help=_help("help_meguri"),
    no_args_is_help=True,
    add_completion=False,
    context_settings={"max_content_width": 110},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help=_help("help_data"), no_args_is_help=True)
app.add_typer(data, name="data")

FormOption = Annotated[Form, typer.Option("--format", help=_help("help_format"))]
LangOption = Annotated[Speech, typer.Option("--lang", help=_help("help_lang"))]
OutOption = Annotated[Path | None, typer.Option("--out", help=_help("help_out"))]
RunsOption = Annotated[int, typer.Option("--runs", min=1, max=100_000, help=_help("help_runs"))]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help=_help("help_seed"))]
WorkersOption = Annotated[int | None, typer.Option("--workers", min=1, max=256, help=_help("help_workers"))]
ChainOption = Annotated[str | None, typer.Option("--chain", help=_help("help_chain"))]
SetOption = Annotated[list[str] | None, typer.Option("--set", help=_help("help_set"))]
SPEECH = Speech(LANGUAGE)


def main() -> None:
    """Entry point: problems become one message and an exit status, never a traceback."""
    from meguri.base.errors import MeguriError, ModelError

    try:
        app(standalone_mode=True)
    except MeguriError as error:
        from meguri.app.printing import fail

        fail(error, LANGUAGE)
        sys.exit(1 if isinstance(error, ModelError) else 2)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(0)
    except SystemExit as stop:
        if stop.code == CANCELLED and not isinstance(stop, Kept):
            typer.echo(label("cancelled", LANGUAGE, "cli"), err=True)
        raise
    except Exception as error:
        if os.environ.get("MEGURI_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"[:200]
        typer.echo(label("internal", LANGUAGE, "cli", what=what), err=True)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=_help("help_version"))] = False,
) -> None:
    if version:
        typer.echo(f"meguri {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(help=_help("help_demo"))
def demo(
    out: Annotated[Path, typer.Option("--out", help=_help("help_demo_out"))] = Path("out/demo"),
    runs: RunsOption = 200,
    seed: SeedOption = 1,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.demo import run_demo

    run_demo(out, runs, seed, lang.value)


@app.command(help=_help("help_stress"))
def stress(
    scenario: Annotated[str, typer.Argument(help=_help("help_scenario"))],
    chain: ChainOption = None,
    runs: RunsOption = 200,
    seed: SeedOption = 1,
    sets: SetOption = None,
    why: Annotated[str | None, typer.Option("--why", help=_help("help_why"))] = None,
    lp: Annotated[bool, typer.Option("--lp", help=_help("help_lp"))] = False,
    sobol: Annotated[str | None, typer.Option("--sobol", help=_help("help_sobol"))] = None,
    workers: WorkersOption = None,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.answers import print_outcome
    from meguri.app.chains import open_chain
    from meguri.app.printing import deliver
    from meguri.scenario.read import read_scenario
    from meguri.study.study import Study

    what = read_scenario(scenario, sets or ())
    study = Study(open_chain(chain or what.chain), what, runs, seed)
    if why is not None:
        _tell_why(study, why, form, out, lang)
        return
    if lp or sobol is not None:
        _tell_more(study, sobol, workers, form, out, lang)
        return
    outcome = _run(study, workers, lang)
    if form is not Form.table:
        deliver(outcome.document(), outcome.table("survival"), form, out)
        return
    print_outcome(outcome, lang.value)
    if out is not None:
        typer.echo(label("saved", lang.value, "cli", path=outcome.save(out)))


def _tell_why(study: Study, node: str, form: Form, out: Path | None, lang: Speech) -> None:
    """The trail of one node in the central run: no draws are needed."""
    from meguri.app.answers import print_trail
    from meguri.app.printing import deliver
    from meguri.study.outcome import records

    key = _known_node(study.chain, node)
    trail = study.trail(key)
    if form is not Form.table or out is not None:
        deliver(records(trail), trail, Form.csv if form is Form.table else form, out)
        return
    cells = study.chain.nodes.set_index("node").loc[key]
    print_trail(trail, str(cells[f"label_{lang.value}"] or key), lang.value)


def _tell_more(
    study: Study, sobol: str | None, workers: int | None, form: Form, out: Path | None, lang: Speech
) -> None:
    """What stands beside an answer: Sobol indices, or the linear program as a second opinion."""
    from meguri.app.answers import print_agreement, print_sobol
    from meguri.app.printing import Watch, deliver
    from meguri.study.outcome import records
    from meguri.study.words import shown_names

    if sobol is None:
        table = study.second_opinion()
    else:
        with Watch(lang.value) as watch:
            table = study.sobol(sobol, watch, workers=workers)
    if form is not Form.table or out is not None:
        deliver(records(table), table, Form.csv if form is Form.table else form, out)
    elif sobol is None:
        print_agreement(table, shown_names(study.chain, lang.value), lang.value)
    else:
        print_sobol(table, lang.value)


def _run(study: Study, workers: int | None, lang: Speech) -> Outcome:
    """Run a study with a progress bar; Ctrl-C keeps what was run, and the same command goes on."""
    from meguri.app.printing import Watch
    from meguri.observe.added import home
    from meguri.shock.cancel import Cancelled

    def resumed(done: int, of: int) -> None:
        typer.echo(label("resumed_runs", lang.value, "cli", done=done, runs=of), err=True)

    try:
        with Watch(lang.value) as watch:
            return study.run(watch, workers=workers, state=home() / "runs", resumed=resumed)
    except Cancelled as stop:
        typer.echo(label("kept_runs", lang.value, "cli", done=stop.done, runs=stop.runs), err=True)
        raise Kept(CANCELLED) from None


def _known_node(chain: Chain, name: str) -> str:
    from meguri.base.errors import DataError, Problem
    from meguri.base.terms import suggest

    names = list(chain.nodes["node"])
    if name not in names:
        details = {"near": suggest(name, names) or ", ".join(names[:5])}
        raise DataError(Problem("reference_nodes", "--why", name, "", details))
    return name


@app.command(help=_help("help_backtest"))
def backtest(
    cases: Annotated[list[str] | None, typer.Argument(help=_help("help_backtest_cases"))] = None,
    runs: RunsOption = 200,
    seed: SeedOption = 1,
    form: FormOption = Form.table,
    out: Annotated[Path | None, typer.Option("--out", help=_help("help_backtest_out"))] = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.backtest import print_backtest, save_backtest
    from meguri.app.printing import Watch, deliver
    from meguri.study.backtest import backtest as judge

    folder = out if form is Form.table else None
    with Watch(lang.value) as watch:
        found = judge(cases or None, runs, seed, watch, folder)
    if form is not Form.table:
        deliver(found.document(), found.table("scores"), form, out)
        return
    print_backtest(found, lang.value)
    if out is not None:
        typer.echo(label("saved", lang.value, "cli", path=save_backtest(found, out, lang.value)))


@app.command(help=_help("help_report"))
def report(
    outcome: Annotated[Path, typer.Argument(help=_help("help_outcome"))],
    out: Annotated[Path, typer.Option("--out", help=_help("help_report_out"))] = Path("report.html"),
    lang: LangOption = SPEECH,
) -> None:
    from meguri.study.outcome import Outcome

    found = Outcome.load(outcome)
    writer = _writers().get(out.suffix.lower())
    if writer is None:
        from meguri.base.errors import DataError, Problem

        details = {"choices": ".html, .xlsx", "near": "report.html"}
        raise DataError(Problem("choice", "--out", out.name, "", details))
    writer(found, lang.value, out)
    typer.echo(label("saved", lang.value, "cli", path=out))


def _writers() -> dict[str, Callable[[Any, Lang, Path], Any]]:
    from meguri.show.excel import workbook
    from meguri.show.report import report as html

    return {".html": html, ".xlsx": lambda outcome, lang, path: workbook(outcome, path, lang)}


@app.command(help=_help("help_template"))
def template(
    file: Annotated[Path, typer.Argument(help=_help("help_template_file"))],
    lang: LangOption = SPEECH,
) -> None:
    from meguri.structure.template import write_template

    write_template(file, lang=lang.value)
    typer.echo(label("template_written", lang.value, "cli", path=file))


@app.command(help=_help("help_check"))
def check(
    file: Annotated[Path, typer.Argument(help=_help("help_check_file"))],
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.printing import deliver
    from meguri.app.sheets import print_check
    from meguri.structure.workbook import check_workbook

    checked = check_workbook(file)
    if form is Form.table:
        print_check(checked, lang.value)
    else:
        deliver(checked.to_dict(lang.value), checked.unknowns, form, out)


@app.command(help=_help("help_atlas"))
def atlas(
    material: Annotated[str, typer.Argument(help=_help("help_material"))],
    year: Annotated[int | None, typer.Option("--year", help=_help("help_year"))] = None,
    why: Annotated[str | None, typer.Option("--why", help=_help("help_why_cell"))] = None,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.printing import deliver
    from meguri.app.sheets import print_atlas
    from meguri.structure.atlas import atlas as open_atlas

    sheet = open_atlas(material, year)
    if why is not None:
        from meguri.app.risk import Answer
        from meguri.app.scores import deliver_answer
        from meguri.structure.evidence import why as explain

        deliver_answer(Answer({"evidence": explain(sheet, why)}), form.value, out, lang.value)
    elif form is Form.table and out is not None:
        from meguri.show.sheet import sheet as write_sheet

        typer.echo(label("saved", lang.value, "cli", path=write_sheet(sheet, lang.value, out)))
    elif form is Form.table:
        print_atlas(sheet, lang.value)
    else:
        deliver(sheet.to_dict(lang.value), sheet.stages, form, out)


@app.command(help=_help("help_risk"))
def risk(
    materials: Annotated[list[str] | None, typer.Argument(help=_help("help_materials"))] = None,
    method: Annotated[Method, typer.Option("--method", help=_help("help_method"))] = Method.overview,
    table: Annotated[Path | None, typer.Option("--table", help=_help("help_ec_table"))] = None,
    importer: Annotated[list[str] | None, typer.Option("--importer", help=_help("help_importer"))] = None,
    year: Annotated[list[str] | None, typer.Option("--year", help=_help("help_years"))] = None,
    compat: Annotated[bool, typer.Option("--compat", help=_help("help_compat"))] = False,
    both: Annotated[bool, typer.Option("--both", help=_help("help_both"))] = False,
    tool_production: Annotated[
        bool, typer.Option("--tool-production", help=_help("help_tool_production"))
    ] = False,
    exposure: Annotated[bool, typer.Option("--exposure", help=_help("help_exposure"))] = False,
    node: Annotated[str | None, typer.Option("--node", help=_help("help_node"))] = None,
    to: Annotated[str, typer.Option("--to", help=_help("help_to"))] = "CN",
    tiers: Annotated[str, typer.Option("--tiers", help=_help("help_tiers"))] = "all",
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help=_help("help_top"))] = 10,
    worst: Annotated[bool, typer.Option("--worst", help=_help("help_worst"))] = False,
    chain: Annotated[str | None, typer.Option("--chain", help=_help("help_exposure_chain"))] = None,
    sector: Annotated[list[str] | None, typer.Option("--sector", help=_help("help_sector"))] = None,
    code: Annotated[list[str] | None, typer.Option("--code", help=_help("help_code"))] = None,
    by: Annotated[Basis, typer.Option("--by", help=_help("help_by"))] = Basis.value_,
    why: Annotated[bool, typer.Option("--why", help=_help("help_why_score"))] = False,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.chains import chain_with
    from meguri.app.risk import Asked, answer, read_years, reasons_of, report_of
    from meguri.app.scores import deliver_answer, warn

    named = Method.exposure if exposure or node else Method.ec if table else method
    named = Method.sectors if sector and named is Method.overview else named
    asked = Asked(
        materials=tuple(materials or ()), importers=tuple(importer or [HOME]), years=read_years(year or ()),
        compat=compat, both=both, tool_production=tool_production, table=table,
        node=node, to=to, tiers=tiers, top=top,
        worst=worst, sectors=tuple(sector or ()), codes=tuple(code or ()), by=by.value, lang=lang.value,
        chain=chain_with(node, chain) if named is Method.exposure else None,
    )  # fmt: skip
    if why:
        found = reasons_of(named.value, asked)
    elif named is Method.overview and form is Form.table and out is not None:
        found = report_of(asked)
    else:
        found = answer(named.value, asked)
    deliver_answer(found, form.value, out, lang.value)
    warn(found.problems, lang.value)


@data.command("add", help=_help("help_data_add"))
def data_add(
    path: Annotated[Path, typer.Argument(help=_help("help_data_add_path"))],
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.printing import deliver
    from meguri.app.sheets import print_added
    from meguri.observe.added import add
    from meguri.study.outcome import records

    table = add(path)
    if form is Form.table:
        print_added(table, lang.value)
    else:
        deliver(records(table), table, form, out)


@data.command("list", help=_help("help_data_list"))
def data_list(form: FormOption = Form.table, out: OutOption = None, lang: LangOption = SPEECH) -> None:
    from meguri.app.printing import deliver
    from meguri.app.sheets import print_sets
    from meguri.observe.sets import data_list as list_sets
    from meguri.study.outcome import records

    table = list_sets(lang=lang.value)
    if form is Form.table:
        print_sets(table, lang.value)
    else:
        deliver(records(table), table, form, out)


@data.command("verify", help=_help("help_data_verify"))
def data_verify(
    folder: Annotated[
        Path | None, typer.Option("--data", envvar="MEGURI_DATA", help=_help("help_data_dir"))
    ] = None,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.printing import deliver
    from meguri.app.sheets import print_verified
    from meguri.observe.verify import verify
    from meguri.study.outcome import records

    table = verify(folder, lang.value)
    if form is Form.table:
        print_verified(table, lang.value)
    else:
        deliver(records(table), table, form, out)
    if (table["equal"] == False).any():  # noqa: E712 - unknown is neither equal nor unequal
        raise typer.Exit(1)

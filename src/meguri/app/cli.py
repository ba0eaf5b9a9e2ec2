"""The command line. Each command is also a Python call; nothing heavy loads before it is needed.

Exit status: 0 done, 1 the model could not answer (says why), 2 bad input (every problem named).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from meguri.app import options as o
from meguri.app.cli_app import app as web
from meguri.app.cli_chronicle import app as chronicles
from meguri.app.cli_circulate import app as circulation
from meguri.app.cli_classify import app as classes
from meguri.app.cli_knockout import app as networks
from meguri.app.cli_leverage import app as cards
from meguri.app.cli_respond import app as responses
from meguri.app.cli_safetynet import app as safety
from meguri.app.cli_screening import app as screenings
from meguri.app.options import LANGUAGE, SPEECH, Form, FormOption, LangOption, OutOption, Speech, help_of
from meguri.base.terms import Lang, label
from meguri.base.version import __version__

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguri.structure.chain import Chain
    from meguri.study.outcome import Outcome
    from meguri.study.study import Study


HOME = "JP"  # importer looked at where none is named
KEPT_RUNS = "runs"  # folder of unfinished studies in the user's own
SHEETS = (  # of an outcome as a workbook without words; `meguri report` writes one for readers
    "survival", "bottlenecks", "lost_output", "quality", "price", "shadow", "indirect_exports", "assumptions",
    "notes", "sources",
)  # fmt: skip
CANCELLED = 130  # what the command-line library answers when Ctrl-C is pressed


class Kept(SystemExit):
    """Cancelled, and what had been run is kept: said where it happened."""


app = typer.Typer(
    help=help_of("help_meguri"),
    no_args_is_help=True,
    add_completion=False,
    context_settings={"max_content_width": 110},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help=help_of("help_data"), no_args_is_help=True)
app.add_typer(data, name="data")
app.add_typer(circulation)  # their commands stand beside the others
app.add_typer(responses)
app.add_typer(classes)
app.add_typer(safety)
app.add_typer(cards)
app.add_typer(chronicles)
app.add_typer(screenings)
app.add_typer(networks)
app.add_typer(web)


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
    version: o.VersionOption = False,
) -> None:
    if version:
        typer.echo(f"meguri {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(help=help_of("help_demo"))
def demo(
    out: o.DemoOut = Path("out/demo"),
    runs: o.DemoRuns = None,
    seed: o.SeedOption = 1,
    plans: o.DemoPlans = False,
    sme: o.DemoSme = False,
    lang: LangOption = SPEECH,
) -> None:
    if sme:
        from meguri.app.demo_sme import run_sme_demo

        run_sme_demo(out, lang.value)
    elif plans:
        from meguri.app.demo_respond import run_respond_demo

        run_respond_demo(out, runs or 50, seed, lang.value)
    else:
        from meguri.app.demo import run_demo

        run_demo(out, runs or 200, seed, lang.value)


@app.command(help=help_of("help_stress"))
def stress(
    scenario: o.ScenarioArgument,
    chain: o.ChainOption = None,
    runs: o.RunsOption = 200,
    seed: o.SeedOption = 1,
    sets: o.SetOption = None,
    recovered: o.RecoveredOption = None,
    why: o.WhyNode = None,
    lp: o.LpOption = False,
    indirect: o.IndirectOption = False,
    sobol: o.SobolOption = None,
    workers: o.WorkersOption = None,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.chains import open_chain, with_supply
    from meguri.scenario.read import read_scenario
    from meguri.study.study import Study

    what = read_scenario(scenario, sets or ())
    study = Study(with_supply(open_chain(chain or what.chain), recovered), what, runs, seed)
    if why is not None:
        _tell_why(study, why, form, out, lang)
    elif lp:
        _tell_program(study, form, out, lang)
    elif indirect:
        _tell_indirect(study, form, out, lang)
    elif sobol is not None and (form is not Form.table or out is None):
        _tell_sobol(study, sobol, workers, form, out, lang)
    else:
        _tell_outcome(study, sobol, workers, form, out, lang)


def _tell_outcome(
    study: Study, sobol: str | None, workers: int | None, form: Form, out: Path | None, lang: Speech
) -> None:
    """The answer of the runs; saved with Sobol indices where they were asked for."""
    from meguri.app.answers import print_outcome, print_sobol
    from meguri.app.printing import deliver

    outcome = _run(study, workers, lang, sobol)
    if form is not Form.table:
        sheets = {name: outcome.table(name) for name in SHEETS}
        deliver(outcome.document(), outcome.table("survival"), form, out, sheets=sheets)
        return
    print_outcome(outcome, lang.value)
    if sobol is not None:
        print_sobol(outcome.table("sobol"), lang.value)
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


def _tell_program(study: Study, form: Form, out: Path | None, lang: Speech) -> None:
    """The linear program beside the simulation: how long each node may stand still, and what it costs."""
    from meguri.app.answers import print_agreement, print_recovery_loss
    from meguri.app.printing import say
    from meguri.structure.words import shown_names

    tables = {"agreement": study.second_opinion(), "recovery_loss": study.recovery_loss()}
    if _delivered(tables, form, out):
        return
    names = shown_names(study.chain, lang.value)
    print_agreement(tables["agreement"], names, lang.value)
    say()
    print_recovery_loss(tables["recovery_loss"], names, lang.value)


def _tell_indirect(study: Study, form: Form, out: Path | None, lang: Speech) -> None:
    """Controlled goods inside what others make of them: no runs are needed."""
    from meguri.app.answers import print_indirect
    from meguri.structure.words import shown_names

    table = study.indirect_exports()
    if not _delivered({"indirect_exports": table}, form, out):
        print_indirect(table, shown_names(study.chain, lang.value), lang.value)


def _tell_sobol(
    study: Study, answer: str, workers: int | None, form: Form, out: Path | None, lang: Speech
) -> None:
    """Which numbers explain the spread of one answer."""
    from meguri.app.answers import print_sobol
    from meguri.app.printing import Watch

    with Watch(lang.value) as watch:
        table = study.sobol(answer, watch, workers=workers)
    if not _delivered({"sobol": table}, form, out):
        print_sobol(table, lang.value)


def _delivered(tables: dict[str, DataFrame], form: Form, out: Path | None) -> bool:
    """Whether the tables went to a file or a pipe: all of them, or the first one as CSV."""
    from meguri.app.printing import deliver
    from meguri.study.outcome import records

    if form is Form.table and out is None:
        return False
    first = next(iter(tables.values()))
    content = {name: records(table) for name, table in tables.items()}
    chosen = Form.csv if form is Form.table else form
    deliver(content if len(tables) > 1 else records(first), first, chosen, out, sheets=tables)
    return True


def _run(study: Study, workers: int | None, lang: Speech, explain: str | None = None) -> Outcome:
    """Run a study with a progress bar; Ctrl-C keeps what was run, and the same command goes on."""
    from meguri.app.printing import Watch
    from meguri.app.runs import tell_old_runs
    from meguri.base.home import home
    from meguri.shock.cancel import Cancelled

    def resumed(done: int, of: int) -> None:
        typer.echo(label("resumed_runs", lang.value, "cli", done=done, runs=of), err=True)

    try:
        with Watch(lang.value) as watch:
            outcome = study.run(
                watch, workers=workers, state=home() / KEPT_RUNS, resumed=resumed, explain=explain
            )
        tell_old_runs(home() / KEPT_RUNS, lang.value)
        return outcome
    except Cancelled as stop:
        if stop.folder is None:  # nothing is kept
            raise
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


@app.command(help=help_of("help_backtest"))
def backtest(
    cases: o.CasesArgument = None,
    crossfit: o.CrossfitOption = False,
    archive: o.ArchiveOption = False,
    runs: o.RunsOption = 200,
    seed: o.SeedOption = 1,
    form: FormOption = Form.table,
    out: o.BacktestOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.backtest import SAVED, print_backtest, save_backtest
    from meguri.app.printing import Watch, deliver
    from meguri.study.backtest import backtest as judge

    if crossfit or archive:
        _tell_beside(_beside(cases, crossfit, archive, runs, seed, lang), form, out, lang)
        return
    folder = out if form is Form.table else None
    with Watch(lang.value) as watch:
        found = judge(cases or None, runs, seed, watch, folder)
    if form is not Form.table:
        sheets = {name: found.table(name) for name in SAVED}
        deliver(found.document(), sheets["scores"], form, out, sheets=sheets)
        return
    print_backtest(found, lang.value)
    if out is not None:
        typer.echo(label("saved", lang.value, "cli", path=save_backtest(found, out, lang.value)))


def _beside(
    cases: list[str] | None, crossfit: bool, archive: bool, runs: int, seed: int, lang: Speech
) -> dict[str, DataFrame]:
    """Cross-fit and archive, whichever is asked for."""
    import datetime as dt

    from meguri.app.printing import Watch
    from meguri.study import backtest_archive, backtest_fit

    tables = {}
    if crossfit:
        with Watch(lang.value) as watch:
            chosen = cases or backtest_fit.EPISODES
            tables["crossfit"] = backtest_fit.crossfit(chosen, runs=runs, seed=seed, progress=watch)
    if archive:
        tables["archive"] = backtest_archive.archive_table(dt.date.today(), cases=cases or None)
    return tables


def _tell_beside(tables: dict[str, DataFrame], form: Form, out: Path | None, lang: Speech) -> None:
    from meguri.app.backtest import print_beside, save_tables
    from meguri.app.printing import deliver
    from meguri.study.outcome import records

    if form is not Form.table:
        content = {name: records(table) for name, table in tables.items()}
        deliver(content, next(iter(tables.values())), form, out, sheets=tables)
        return
    print_beside(tables, lang.value)
    if out is not None:
        typer.echo(label("saved", lang.value, "cli", path=save_tables(tables, out)))


@app.command(help=help_of("help_report"))
def report(
    outcome: o.OutcomeArgument,
    out: o.ReportOut = Path("report.html"),
    plan: o.PlanKeyOption = None,
    fiscal: o.FiscalOption = False,
    ringi: o.RingiFormOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.respond.answer import RespondAnswer, is_answer
    from meguri.study.outcome import Outcome

    if is_answer(outcome):
        from meguri.app.papers import Wanted, deliver_answer

        wanted = Wanted(lang.value, plan, fiscal, ringi, str(outcome / "chain"))
        deliver_answer(RespondAnswer.load(outcome), "table", out, wanted)
        return
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


@app.command(help=help_of("help_template"))
def template(
    file: o.TemplateFile,
    kind: o.KindOption = o.Kind.chain,
    case: o.TemplateCase = None,
    chain: o.TemplateChain = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.circulate.case_book import case_workbook
    from meguri.circulate.route_case import load_case
    from meguri.respond.template import write_measures_template
    from meguri.structure.template import write_template

    if kind is o.Kind.circulation:
        case_workbook(load_case(case) if case else None, file, lang.value)
    elif kind is o.Kind.measures:
        from meguri.app.chains import open_chain

        write_measures_template(file, lang.value, open_chain(chain) if chain else None)
    elif kind is o.Kind.ringi:
        from meguri.show.office.form import write_form_template

        write_form_template(file, lang.value)
    elif kind is o.Kind.sme:
        from meguri.observe.shop_template import write_shop_template

        write_shop_template(file, lang.value)
    elif kind is o.Kind.claim:
        from meguri.structure.claims_template import write_claim_template

        write_claim_template(file, lang.value)
    else:
        write_template(file, lang=lang.value)
    told = {
        o.Kind.measures: "measures_written",
        o.Kind.ringi: "form_written",
        o.Kind.claim: "claim_written",
        o.Kind.sme: "shop_written",
    }.get(kind, "template_written")
    typer.echo(label(told, lang.value, "cli", path=file))


@app.command(help=help_of("help_check"))
def check(
    file: o.CheckedFile,
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


@app.command(help=help_of("help_atlas"))
def atlas(
    material: o.MaterialArgument,
    year: o.YearOption = None,
    why: o.WhyCell = None,
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


@app.command(help=help_of("help_risk"))
def risk(
    materials: o.MaterialsArgument = None,
    method: o.MethodOption = o.Method.overview,
    table: o.TableOption = None,
    importer: o.ImporterOption = None,
    year: o.YearsOption = None,
    compat: o.CompatOption = False,
    both: o.BothOption = False,
    tool_production: o.ToolProduction = False,
    exposure: o.ExposureOption = False,
    node: o.NodeOption = None,
    to: o.ToOption = "CN",
    tiers: o.TiersOption = "all",
    top: o.TopOption = 10,
    worst: o.WorstOption = False,
    chain: o.ExposureChain = None,
    sector: o.SectorOption = None,
    code: o.CodeOption = None,
    by: o.ByOption = o.Basis.value_,
    why: o.WhyScore = False,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.risk import Asked, method_of, read_years, told
    from meguri.app.scores import deliver_answer, warn

    asked = Asked(
        materials=tuple(materials or ()), importers=tuple(importer or [HOME]), years=read_years(year or ()),
        compat=compat, both=both, tool_production=tool_production, table=table, exposure=exposure,
        chain=chain, node=node, to=to, tiers=tiers, top=top, worst=worst, sectors=tuple(sector or ()),
        codes=tuple(code or ()), by=by.value, lang=lang.value,
    )  # fmt: skip
    page = form is Form.table and out is not None
    found = told(method_of(method.value, asked), asked, why=why, page=page)
    deliver_answer(found, form.value, out, lang.value)
    warn(found.problems, lang.value)


@data.command("add", help=help_of("help_data_add"))
def data_add(
    path: o.AddedPath,
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


@data.command("list", help=help_of("help_data_list"))
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


@data.command("verify", help=help_of("help_data_verify"))
def data_verify(
    folder: o.DataFolder = None,
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


@data.command("runs", help=help_of("help_data_runs"))
def data_runs(
    remove: o.RemoveOption = False,
    older: o.OlderOption = 0,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    import datetime as dt

    from meguri.app.printing import deliver
    from meguri.app.runs import print_kept
    from meguri.base.home import home
    from meguri.shock.kept import kept_runs, remove_kept
    from meguri.study.outcome import records

    table = kept_runs(home() / KEPT_RUNS, dt.datetime.now())
    table = table[table["days"] >= older].reset_index(drop=True)
    if remove:
        table = remove_kept(table)
    if form is Form.table:
        print_kept(table, remove, lang.value)
    else:
        deliver(records(table), table, form, out)

"""Commands on what comes back: `meguri circulate`, `meguri durability` and `meguri stocks`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, OutOption, Speech, help_of
from meguri.base.terms import Lang

if TYPE_CHECKING:
    from meguri.app.risk import Answer

app = typer.Typer()


@app.command(help=help_of("help_circulate"))
def circulate(
    case: o.CaseArgument = None,
    metric: o.MetricOption = None,
    use: o.UseOption = None,
    runs: o.DrawsOption = None,
    seed: o.SeedOption = 1,
    sign_off: o.SignOption = "",
    plan: o.PlanOption = None,
    supplies: o.SuppliesOption = None,
    country: o.CountryOption = "JP",
    network: o.NetworkOption = None,
    form: FormOption = Form.table,
    out: o.CirculateOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app import circulate as shown
    from meguri.circulate.answer import RUNS, circulate_answer

    if case is None:
        shown.print_cases(lang.value)
    elif case == shown.SCALE:
        _tell(shown.scale_answer(), shown.print_scale, form, out, lang)
    elif case == shown.DYNAMIC:
        shown.deliver_dynamic(runs or RUNS, seed, form.value, out, lang.value)
    elif case == shown.HUB:
        hub, tables = shown.hub_answer(runs or RUNS, seed)
        _tell(tables, lambda _, speech: shown.print_hub(hub, speech), form, out, lang)
    elif case == shown.SCORECARD:
        from meguri.app.scorecard import print_scorecard, scorecard, scorecard_tables

        card = scorecard(network)
        tables = scorecard_tables(card)
        _tell(tables, lambda _, speech: print_scorecard(card, network is None, speech), form, out, lang)
    elif case == shown.FITNESS:
        _tell(shown.fitness_answer(), shown.print_fitness, form, out, lang)
    else:
        read = shown.open_case(case, runs or RUNS, seed, sign_off)
        found = circulate_answer(read, use=use, metric=metric, runs=runs or RUNS, seed=seed)
        if supplies is None:
            shown.deliver_routes(found, form.value, out, lang.value)
        else:
            shown.deliver_supply(found, plan or found.case.plans[-1], supplies, country, form.value, out)


@app.command(help=help_of("help_durability"))
def durability(
    material: o.DurableArgument = None,
    switches: o.SwitchOption = None,
    form: FormOption = Form.table,
    out: OutOption = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app import durability as shown
    from meguri.app.printing import deliver
    from meguri.circulate.durability import durability_answer

    if material is None:
        _tell(shown.line_answer(), shown.print_line, form, out, lang)
        return
    found = durability_answer(material, switches or ())
    if form is Form.table and out is not None:
        shown.save_picture(found, out, lang.value)
    elif form is Form.table:
        shown.print_durability(found, lang.value)
    else:
        deliver(shown.plain(found), found.table, form, out)


@app.command(help=help_of("help_stocks"))
def stocks(
    file: o.SeriesFile,
    lifetime: o.LifetimeOption,
    mode: o.ModeOption,
    when: o.WhenOption,
    negative: o.NegativeOption = o.Falling.error,
    form: FormOption = Form.table,
    out: o.StocksOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.stocks import deliver_stocks
    from meguri.circulate.series_stocks import read_lifetime, stock_answer

    lives = read_lifetime(lifetime)
    found = stock_answer(file, lives, mode=mode.value, when=when.value, negative=negative.value)
    deliver_stocks(found, form.value, out, lang.value)


def _tell(
    found: Answer, show: Callable[[Answer, Lang], None], form: Form, out: Path | None, lang: Speech
) -> None:
    """A table on the terminal, or the tables in the form asked for."""
    from meguri.app.printing import deliver
    from meguri.study.outcome import records

    if form is Form.table:
        show(found, lang.value)
        return
    content = {name: records(table) for name, table in found.tables.items()}
    deliver(content, found.main, form, out, sheets=found.tables)

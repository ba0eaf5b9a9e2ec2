"""The command on what one can do: `meguri respond`."""

from __future__ import annotations

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()


@app.command(help=help_of("help_respond"))
def respond(
    scenario: o.ScenariosArgument,
    chain: o.ChainOption = None,
    budget: o.BudgetOption = None,
    per_year: o.PerYearOption = None,
    years: o.PlanYearsOption = 5,
    strikes: o.StrikesOption = None,
    after: o.AfterOption = 1,
    measures: o.MeasuresOption = None,
    process: o.ProcessOption = None,
    at: o.AtOption = None,
    runs: o.WorldsOption = 50,
    seed: o.SeedOption = 1,
    alpha: o.AlphaOption = 0.9,
    rate: o.RateOption = None,
    time_limit: o.TimeLimitOption = 300.0,
    score: o.ScoreOption = None,
    plan: o.PlanKeyOption = None,
    save: o.SaveOption = None,
    fiscal: o.FiscalOption = False,
    ringi: o.RingiFormOption = None,
    form: FormOption = Form.table,
    out: o.RespondOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.papers import Wanted, check_paper, deliver_answer
    from meguri.app.respond import Asked, answered, print_measures

    asked = Asked(
        tuple(scenario), chain, budget, per_year, years, strikes, after, measures, tuple(process or ()),
        tuple(at or ()),
        runs, seed, alpha, rate, time_limit, score,
    )  # fmt: skip
    if budget is None and score is None:
        print_measures(asked, form.value, out, lang.value)
        return
    wanted = Wanted(lang.value, plan, fiscal, ringi, chain or "")
    if form is Form.table:
        check_paper(out, wanted)
    answer = answered(asked, lang.value)
    if save is not None:
        answer.save(save)
    deliver_answer(answer, form.value, out, wanted)

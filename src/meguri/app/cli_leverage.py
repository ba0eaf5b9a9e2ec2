"""The command on what a control is worth: `meguri leverage`."""

from __future__ import annotations

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()


@app.command(help=help_of("help_leverage"))
def leverage(
    items: o.LeverItems = None,
    holder: o.HolderOption = None,
    partner: o.LeverPartner = None,
    years: o.LeverYears = 10,
    lift: o.LiftOption = None,
    compare: o.BothWaysOption = False,
    check: o.FitCheckOption = False,
    own: o.OwnItemsOption = None,
    stages: o.StagesOption = None,
    runs: o.LeverRuns = 500,
    seed: o.SeedOption = 1,
    form: FormOption = Form.table,
    out: o.LeverageOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app import leverage as shown

    if stages is not None:
        from meguri.app.stage_policy import deliver_stage_policy

        shown.check_alone(
            {
                "ITEM": items,
                "--holder": holder,
                "--partner": partner,
                "--lift": lift,
                "--compare": compare,
                "--check": check,
                "--own": own,
            }
        )
        deliver_stage_policy(stages, form.value, out, lang.value)
        return
    shown.check_ending(out, form.value)
    asked = shown.read_asked(items, holder, partner, years, lift, compare, check, own, runs, seed)
    if not asked.items and not asked.check:
        shown.deliver_items(asked, form.value, out, lang.value)
        return
    shown.deliver_leverage(shown.answered(asked), form.value, out, lang.value)

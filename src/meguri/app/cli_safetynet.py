"""The command of the small process firm: `meguri safetynet`."""

from __future__ import annotations

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()


@app.command(help=help_of("help_safetynet"))
def safetynet(
    logs: o.LogsArgument,
    as_of: o.AsOfOption = None,
    minimum: o.MinimumOption = 5,
    cost: o.CostHourOption = None,
    without_care: o.WithoutCareOption = None,
    rate: o.ServiceRateOption = None,
    keeping: o.KeepingOption = None,
    customer: o.CustomerOption = None,
    audience: o.AudienceOption = o.Audience.internal,
    card: o.CardOption = None,
    merge: o.MergeOption = False,
    understood: o.UnderstoodOption = False,
    form: FormOption = Form.table,
    out: o.CardOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app.safetynet import Asked, run_merge, run_safetynet

    asked = Asked(
        tuple(logs), as_of, minimum, cost, without_care, rate, tuple(keeping or ()), customer,
        audience.value, card, understood, form.value, out, lang.value,
    )  # fmt: skip
    if merge:
        run_merge(asked)
    else:
        run_safetynet(asked)

"""The command on events and what is said to have caused them: `meguri chronicle`."""

from __future__ import annotations

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()


@app.command(help=help_of("help_chronicle"))
def chronicle(
    element: o.EventElement = None,
    actor: o.EventActor = None,
    instrument: o.EventInstrument = None,
    stage: o.EventStage = None,
    since: o.EventSince = None,
    until: o.EventUntil = None,
    sources: o.EventSources = "documents,public",
    claim: o.ClaimOption = None,
    forecasts: o.ForecastsOption = False,
    duplicates: o.DuplicatesOption = False,
    series: o.ClaimSeries = None,
    form: FormOption = Form.table,
    out: o.ChronicleOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app import chronicle as shown

    asked = shown.Asked(
        element, actor, instrument, stage, since, until, sources, claim, forecasts, duplicates, series
    )
    shown.deliver_chronicle(asked, form.value, out, lang.value)

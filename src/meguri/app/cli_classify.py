"""Commands on what a country makes and sells: `meguri classify` and `meguri relocation`."""

from __future__ import annotations

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()


@app.command(help=help_of("help_classify"))
def classify(
    trade: o.TradeArgument = None,
    year: o.YearOption = None,
    flow: o.FlowOption = None,
    reporter: o.ReporterOption = None,
    partner: o.PartnerOption = None,
    variant: o.VariantOption = o.Variant.PC4,
    top: o.TopLinesOption = 20,
    runs: o.MapDrawsOption = 500,
    seed: o.SeedOption = 1,
    own: o.OwnMapOption = None,
    check: o.CheckOption = False,
    compare: o.CompareOption = None,
    form: FormOption = Form.table,
    out: o.ClassifyOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app import classify as shown
    from meguri.app.classify_goods import deliver_goods, is_goods

    if trade is None:
        shown.print_sets(lang.value)
        return
    if is_goods(trade):
        deliver_goods(trade, own, form.value, out, lang.value)
        return
    if trade == shown.SEED:
        shown.deliver_seed(form.value, out, lang.value)
        return
    asked = shown.Asked(
        trade, year, None if flow is None else flow.value, reporter, partner, variant.value, top, runs, seed,
        own, check, compare,
    )  # fmt: skip
    shown.deliver_classes(shown.answered(asked), asked, form.value, out, lang.value)


@app.command(help=help_of("help_relocation"))
def relocation(form: FormOption = Form.table, out: o.RelocationOut = None, lang: LangOption = SPEECH) -> None:
    from meguri.app.relocation import deliver_relocation

    deliver_relocation(form.value, out, lang.value)

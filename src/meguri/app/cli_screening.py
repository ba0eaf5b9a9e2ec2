"""The command on which of a firm's items may be controlled: `meguri screen`. It never rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, Form, FormOption, LangOption, help_of

app = typer.Typer()

ItemsArgument = Annotated[list[Path] | None, typer.Argument(help=help_of("screen_help_file"))]
OnOption = Annotated[str | None, typer.Option("--on", help=help_of("screen_help_on"))]
ToOption = Annotated[str | None, typer.Option("--to", help=help_of("screen_help_to"))]
EndUserOption = Annotated[str | None, typer.Option("--end-user", help=help_of("screen_help_end_user"))]
OnlyOption = Annotated[str | None, typer.Option("--items", help=help_of("screen_help_items"))]
ListsOption = Annotated[list[Path] | None, typer.Option("--lists", help=help_of("screen_help_lists"))]
ListDateOption = Annotated[str | None, typer.Option("--list-date", help=help_of("screen_help_list_date"))]
SinceOption = Annotated[str | None, typer.Option("--since", help=help_of("screen_help_since"))]
NamesOption = Annotated[str | None, typer.Option("--names", help=help_of("screen_help_names"))]
LeastOption = Annotated[float, typer.Option("--least", min=50, max=100, help=help_of("screen_help_least"))]
TrialOption = Annotated[bool, typer.Option("--thresholds", help=help_of("screen_help_thresholds"))]
ScreenOut = Annotated[Path | None, typer.Option("--out", help=help_of("screen_help_out"))]


@app.command(help=help_of("help_screen"))
def screen(
    files: ItemsArgument = None,
    on: OnOption = None,
    to: ToOption = None,
    end_user: EndUserOption = None,
    items: OnlyOption = None,
    lists: ListsOption = None,
    list_date: ListDateOption = None,
    since: SinceOption = None,
    names: NamesOption = None,
    least: LeastOption = 78.0,
    thresholds: TrialOption = False,
    seed: o.SeedOption = 1,
    form: FormOption = Form.table,
    out: ScreenOut = None,
    lang: LangOption = SPEECH,
) -> None:
    from meguri.app import screening as shown

    asked = shown.Asked(
        tuple(files or ()), on, to, end_user, items, tuple(lists or ()), list_date, since, names, least,
        thresholds, seed,
    )  # fmt: skip
    shown.deliver_screen(asked, form.value, out, lang.value)

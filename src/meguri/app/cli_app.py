"""The command of the web application: `meguri app`."""

from __future__ import annotations

import typer

from meguri.app import options as o
from meguri.app.options import SPEECH, LangOption, help_of
from meguri.base.terms import label

app = typer.Typer()
PARTS = ("fastapi", "uvicorn", "jinja2")


@app.command("app", help=help_of("help_app"))
def serve(
    port: o.PortOption = None,
    host: o.HostOption = "127.0.0.1",
    no_browser: o.NoBrowserOption = False,
    workspace: o.WorkspaceOption = None,
    no_warm: o.NoWarmOption = False,
    lang: LangOption = SPEECH,
) -> None:
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in PARTS):
        typer.echo(label("app_needs", lang.value, "cli"), err=True)
        raise typer.Exit(2)
    from meguri.app.web.start import start

    start(port, host, workspace, lang.value, browser=not no_browser, warm=not no_warm)

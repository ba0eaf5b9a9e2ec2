"""Starting the server: a port, a folder, a token where others may ask, and a browser. Thin."""

from __future__ import annotations

import secrets
import socket
import sys
import threading
import webbrowser
from pathlib import Path

import typer
import uvicorn

from meguri.app.web.guard import LOOPBACK
from meguri.app.web.server import create_app
from meguri.app.web.service import Settings
from meguri.base.errors import DataError, Problem
from meguri.base.home import home
from meguri.base.terms import Lang, label

FIRST, TRIED = 8765, 50
CONNECTIONS, BACKLOG = 400, 128


def start(
    port: int | None, host: str, workspace: Path | None, lang: Lang, *, browser: bool, warm: bool = True
) -> None:
    """Serve until Ctrl-C; ``warm`` computes the first pages before anyone asks.

    Raises
    ------
    DataError
        When the port is taken, the address is none of this machine, or the folder cannot be written.
    """
    root = _folder(workspace or home() / "workspaces")
    listening = _listen(host, port)
    number = listening.getsockname()[1]
    token = None if host in LOOPBACK else secrets.token_urlsafe(32)
    settings = Settings(root, host, number, token, lang, warm=warm)
    config = uvicorn.Config(
        create_app(settings), log_level="warning", access_log=False, server_header=False, date_header=True,
        timeout_keep_alive=10, limit_concurrency=CONNECTIONS, timeout_graceful_shutdown=3,
    )  # fmt: skip
    url = f"http://{_shown(host)}:{number}/{lang}/overview"
    _tell(url, token, lang)
    if browser and sys.stdout.isatty():
        address = url if token is None else f"{url}?token={token}"
        threading.Timer(1.0, webbrowser.open, [address]).start()
    uvicorn.Server(config).run(sockets=[listening])
    typer.echo(label("app_stopped", lang, "cli"), err=True)


def _tell(url: str, token: str | None, lang: Lang) -> None:
    """Where it is; a token is shown here and nowhere else."""
    address = url if token is None else f"{url}?token={token}"
    typer.echo(label("app_at", lang, "cli", url=address))
    if token is not None:
        typer.echo(label("app_token", lang, "cli"))
    sys.stdout.flush()


def _shown(host: str) -> str:
    """The host as it stands in an address.

    Examples
    --------
    >>> _shown("::1"), _shown("0.0.0.0")
    ('[::1]', '127.0.0.1')
    """
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _folder(root: Path) -> Path:
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe = root / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataError(Problem("app_folder", "--workspace", error.strerror or "", str(root))) from None
    return root.resolve()


def _listen(host: str, port: int | None) -> socket.socket:
    """A socket on the port named, else on the first free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in [port] if port is not None else range(FIRST, FIRST + TRIED):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(BACKLOG)  # whoever comes before the server is up waits
        except OSError:
            listening.close()
            continue
        return listening
    raise DataError(Problem("app_port", f"--host {host} --port", "" if port is None else str(port)))

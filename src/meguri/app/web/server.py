"""The server: routes put together, guarded, and every failure said in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from meguri.app.web import routes_api, routes_files, routes_files_page, routes_jobs, routes_pages
from meguri.app.web.guard import LOOPBACK, App, Guard, Scope
from meguri.app.web.problems import WebError, response
from meguri.app.web.routes_api import language
from meguri.app.web.service import Service, Settings
from meguri.base.terms import LANGS, Lang, keys, label
from meguri.base.version import __version__

STATUS = {404: "no_page", 405: "no_method", 401: "no_token", 403: "other_site", 413: "too_large"}
ABOUT = "Every page of the application as JSON, every table as JSON, CSV and Excel, and the jobs behind them."
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": "string"}
                    for name in ("key", "file", "place", "found", "expected", "way_out")
                },
            },
        },
    },
}


def create_app(settings: Settings) -> App:
    """The whole application for one root of workspaces.

    Examples
    --------
    >>> from pathlib import Path
    >>> callable(create_app(Settings(Path("workspaces"))))
    True
    """
    service = Service(settings)

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title="meguri", version=__version__, lifespan=alive, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )  # fmt: skip
    app.state.service = service
    app.include_router(routes_api.router)
    app.include_router(routes_jobs.router)
    app.include_router(routes_jobs.pages)
    app.include_router(routes_files.router)
    app.include_router(routes_files_page.router)
    app.include_router(routes_pages.router)
    _say_no(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    hosts = {*LOOPBACK, settings.host} if settings.token is None else _any_host(settings)
    return Guard(app, hosts, settings.token, lambda scope, status, key: _refusal(app, scope, status, key))


def _any_host(settings: Settings) -> set[str]:
    """Names under which a server open to others may be asked: its own, and those of this machine."""
    import socket

    return {*LOOPBACK, settings.host, socket.gethostname(), socket.getfqdn()}


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title="meguri", version=__version__, routes=app.routes, description=ABOUT)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        app.openapi_schema = schema
    return app.openapi_schema


def _say_no(app: FastAPI) -> None:
    """Every failure as a problem: ours, the framework's, and what nobody foresaw."""

    @app.exception_handler(WebError)
    async def ours(request: Request, error: WebError) -> Response:
        return told(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        rows = [
            {
                "key": "bad_parameter",
                "place": _writable(".".join(str(part) for part in one["loc"])),
                "found": _writable(str(one.get("input", ""))[:80]),
                **_wanted(one),
            }
            for one in error.errors()
        ]
        return told(request, WebError(422, "bad_query", rows))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        key = STATUS.get(error.status_code, "bad_query" if error.status_code < 500 else "our_fault")
        return told(request, WebError(error.status_code, key))

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, _: ClientDisconnect) -> Response:
        status, key = request.scope.get("cut_short", (400, "went_away"))
        return told(request, WebError(status, key))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, _: Exception) -> Response:
        return told(request, WebError(500, "our_fault"))


def _writable(text: str) -> str:
    """The text without halves of letters, which JSON may hold and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _wanted(error: Mapping[str, Any]) -> dict[str, str]:
    """What a parameter must be and where to read on, in every language.

    Examples
    --------
    >>> _wanted({"type": "greater_than_equal", "ctx": {"ge": 1}})["expected_ja"]
    '1 以上'
    """
    kind = f"invalid_{error['type']}"
    known = kind if kind in keys("web_api") else "invalid_other"
    fill = {name: str(value) for name, value in error.get("ctx", {}).items()}
    told = {f"expected_{lang}": label(known, lang, "web_api", **fill) for lang in LANGS}
    return told | {f"way_out_{lang}": label("invalid_way", lang, "web_api") for lang in LANGS}


def speech(request: Request) -> Lang:
    """Language of the reader: that of the page, else ``lang``, else the browser's."""
    first = request.url.path.strip("/").partition("/")[0]
    return language(request, first if first in ("ja", "en") else request.query_params.get("lang"))


def told(request: Request, error: WebError) -> Response:
    """A failure as problem+json for programs, as a page for people."""
    lang = speech(request)
    if request.url.path.startswith(("/api/", "/static/")):
        return response(error, lang)
    return routes_pages.refused(request, error, lang)


def _refusal(app: FastAPI, scope: Scope, status: int, key: str) -> App:
    """The answer to a request that the guard does not let in."""
    return told(Request({**scope, "app": app}), WebError(status, key))

"""Pages for people: the address says language, question and what is asked; nothing else is remembered."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from meguri.app.web import assets, render
from meguri.app.web.cache import Stored, Wanted
from meguri.app.web.desk import Desk, build_stamp, digest_of
from meguri.app.web.problems import WebError, rows_in, title_of
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.routes_api import language, query_of, service_of, wanted_by
from meguri.app.web.service import DEFAULT, OUTSIDE
from meguri.base.terms import LANGS, Lang

router = APIRouter(include_in_schema=False)
AT_ONCE = 0.3  # [s] a reader waits for a whole page; after that the frame comes first
NOW = "now"  # asks to wait: for readers without scripts
PLAIN = {"cache-control": "no-cache", "vary": "accept-encoding, cookie"}


@router.get("/")
async def front_door(request: Request) -> RedirectResponse:
    """The overview in the reader's language."""
    return RedirectResponse(f"/{language(request)}/overview", 307)


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    """A script, a style or the map."""
    if name not in assets.names():
        raise WebError(404, "no_page")
    versioned = "v" in request.query_params
    headers = {
        "etag": assets.tag(name),
        "cache-control": "max-age=31536000, immutable" if versioned else "no-cache",
        "vary": "accept-encoding",
    }
    if assets.tag(name) == request.headers.get("if-none-match"):
        return Response(status_code=304, headers=headers)
    content = assets.packed(name)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(content, media_type=assets.kind(name), headers=headers | {"content-encoding": "gzip"})
    return Response(gzip.decompress(content), media_type=assets.kind(name), headers=headers)


def where(request: Request, lang: Lang, key: str) -> render.Where:
    """Where the reader stands."""
    query = {name: texts for name, texts in query_of(request).items() if name not in (*OUTSIDE, NOW)}
    workspace = request.query_params.get("workspace", DEFAULT)
    return render.Where(lang, key, query, workspace, service_of(request).workspaces())


def _wanted(request: Request, lang: Lang, key: str) -> Wanted:
    if lang not in LANGS:
        raise WebError(404, "no_page")
    return wanted_by(request, key, lang)


async def _written(request: Request, wanted: Wanted, stored: Stored | None, *, part: bool) -> Response:
    """A page or its answer alone; the frame without an answer while that is being computed."""
    question, lang = QUESTIONS[wanted.page], wanted.lang
    here = where(request, lang, wanted.page)
    form = render.fields(question, wanted.asked, Desk(wanted.workspace), lang)
    part = part and stored is not None

    def write() -> str:
        if part and stored is not None:
            return render.fragment(stored.document(), question, form, here)
        return render.page(None if stored is None else stored.document(), question, form, here)

    key = digest_of([part, "" if stored is None else stored.etag, vars(here), form, build_stamp()])
    return await kept_response(request, key, write)


async def kept_response(request: Request, key: str, write: Callable[[], str]) -> Response:
    """A page of a key, kept once it is written; nothing at all when the reader has it."""
    headers = PLAIN | {"etag": f'W/"{key}"'}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = await service_of(request).written.get(key, write)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(content, headers=headers | {"content-encoding": "gzip"})
    return HTMLResponse(gzip.decompress(content), headers=headers)


def page_response(request: Request, html: str, status: int = 200) -> Response:
    """A page, compressed where the reader takes that."""
    content = html.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = PLAIN | {"content-encoding": "gzip"}
        return HTMLResponse(gzip.compress(content, 5), status, headers)
    return HTMLResponse(content, status, PLAIN)


def refused(request: Request, error: WebError, lang: Lang) -> Response:
    """What is wrong, as a page or as the part of one."""
    title, way = title_of(error, lang)
    parts = request.url.path.strip("/").split("/")
    key = parts[1] if len(parts) > 1 and parts[1] in QUESTIONS else ""
    here = render.Where(lang, key, {}, DEFAULT, service_of(request).workspaces())
    html = render.error(title, way, rows_in(error, lang), here, part=parts[-1] == "part")
    return page_response(request, html, error.status)


@router.get("/{lang}/{key}/part")
async def part(request: Request, lang: Lang, key: str) -> Response:
    """The answer of a page, for the script that swaps it in; waits until it is there."""
    wanted = _wanted(request, lang, key)
    stored = await service_of(request).view(wanted)
    return await _written(request, wanted, stored, part=True)


@router.get("/{lang}/{key}")
async def page(request: Request, lang: Lang, key: str) -> Response:
    """A page: whole when the answer is at hand or soon there, else its frame, which fetches the rest."""
    if key == "api":
        here = where(request, lang, key)
        return page_response(
            request, render.api(request.app.openapi(), here, str(request.base_url).rstrip("/"))
        )
    wanted = _wanted(request, lang, key)
    service = service_of(request)
    stored = service.views.stored(wanted)
    if stored is None:
        computing = asyncio.ensure_future(service.view(wanted))
        patience = None if request.query_params.get(NOW) == "yes" else AT_ONCE
        done, _ = await asyncio.wait([computing], timeout=patience)
        computing.add_done_callback(lambda task: task.cancelled() or task.exception())
        stored = computing.result() if done else None
    return await _written(request, wanted, stored, part=False)

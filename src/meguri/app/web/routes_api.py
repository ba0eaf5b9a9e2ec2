"""`/api/v1`: every page as JSON, every table as JSON, CSV and Excel; described by OpenAPI, served offline."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.background import BackgroundTask

from meguri.app.web.cache import Stored, Wanted
from meguri.app.web.desk import Desk
from meguri.app.web.pool import BrokenError, RefusedError, StoppedError
from meguri.app.web.problems import MEDIA, WebError
from meguri.app.web.question import Field, Question
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.service import DEFAULT, Service, failed
from meguri.base.terms import Lang, label

router = APIRouter(prefix="/api/v1")
PAGE = 1000
AROUND = ("offset", "limit", "audience")  # how an answer is handed out, not what is asked
KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
OFFICE = "application/vnd.openxmlformats-officedocument"
FILES = {
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".pptx": f"{OFFICE}.presentationml.presentation",
    ".pdf": "application/pdf",
    ".yaml": "application/yaml",
    ".html": "text/html; charset=utf-8",
    ".zip": "application/zip",
    ".json": "application/json",
}
PROBLEM: dict[str, Any] = {
    "description": "What was wrong: file, place, found, expected and way out of each problem.",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
CODES = (400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 421, 422, 429, 500, 503, 504)
REFUSALS: dict[int | str, dict[str, Any]] = dict.fromkeys(CODES, PROBLEM)
Limit = Annotated[int, Query(ge=1, le=10_000)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Speech = Literal["ja", "en"] | None
Reader = Literal["internal", "supplier", "customer", "ministry", "bank"]


def service_of(request: Request) -> Service:
    """What the routes share."""
    found: Service = request.app.state.service
    return found


def language(request: Request, given: str | None = None) -> Lang:
    """Language asked for: ``lang``, else the reader's browser, else the server's own."""
    if given in ("ja", "en"):
        return "ja" if given == "ja" else "en"
    for part in request.headers.get("accept-language", "").split(","):
        if part.strip()[:2].lower() in ("ja", "en"):
            return "ja" if part.strip()[:2].lower() == "ja" else "en"
    return service_of(request).settings.lang


def query_of(request: Request) -> dict[str, list[str]]:
    """Every parameter of the address with its values."""
    found: dict[str, list[str]] = {}
    for name, text in request.query_params.multi_items():
        found.setdefault(name, []).append(text)
    return found


def wanted_by(request: Request, key: str, lang: Lang) -> Wanted:
    """The view a request asks for."""
    if key not in QUESTIONS:
        raise WebError(404, "no_page")
    workspace = request.query_params.get("workspace", DEFAULT)
    own = {one.name for one in QUESTIONS[key].fields}
    query = query_of(request)
    asked = {name: texts for name, texts in query.items() if name in own or name not in AROUND}
    return service_of(request).wanted(workspace, QUESTIONS[key], asked, lang)


def packed(request: Request, stored: Stored, part: str, media: str) -> Response:
    """One file of a view as it lies on disk, compressed where the reader takes that, or 304."""
    headers = {"etag": stored.etag, "cache-control": "no-cache", "vary": "accept-encoding, accept-language"}
    if stored.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = stored.compressed(part)
    if content is None:
        raise WebError(404, "no_table")
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(content, media_type=media, headers=headers | {"content-encoding": "gzip"})
    return Response(gzip.decompress(content), media_type=media, headers=headers)


@router.get("/pages", summary="Every page with its question and the parameters it takes")
async def list_pages(request: Request, lang: Literal["ja", "en"] | None = None) -> dict[str, Any]:
    """Pages in the order of the argument."""
    chosen = language(request, lang)
    service = service_of(request)
    desk = Desk(service.folder(DEFAULT))
    return {"pages": [_described(one, desk, chosen) for one in QUESTIONS.values()]}


def _described(question: Question, desk: Desk, lang: Lang) -> dict[str, Any]:
    return {
        "page": question.key,
        "title": label("nav", lang, question.words),
        "question": label("question", lang, question.words),
        "papers": list(question.papers),
        "fields": [
            {
                "name": one.name,
                "kind": one.kind,
                "default": one.default,
                "label": label(f"field_{one.name}", lang, question.words),
                "help": label(f"help_{one.name}", lang, question.words),
                "choices": [list(pair) for pair in one.choices(desk, lang)] if one.choices else [],
            }
            for one in question.fields
        ],
    }


async def page_json(request: Request, key: str, lang: Lang) -> Response:
    """One view: title, headlines, sections with figures and tables, sources, notes, jobs it waits for."""
    stored = await service_of(request).view(wanted_by(request, key, lang))
    return packed(request, stored, "view.json", KINDS["json"])


async def table_part(request: Request, key: str, name: str, form: str, lang: Lang) -> Response:
    """One table of a view, whole or by pages."""
    wanted = wanted_by(request, key, lang)
    stored = await service_of(request).view(wanted)
    if stored.compressed(f"{name}.csv") is None:
        raise WebError(404, "no_table")
    if form == "xlsx":
        return await _workbook(service_of(request), wanted, name)
    return packed(request, stored, f"{name}.{form}", KINDS[form])


def rows_page(stored: Stored, name: str, offset: int, limit: int) -> dict[str, Any]:
    """Some rows of a table, and how many there are."""
    content = stored.compressed(f"{name}.json")
    if content is None:
        raise WebError(404, "no_table")
    table = json.loads(gzip.decompress(content))
    more = offset + limit < len(table["rows"])
    return table | {
        "rows": table["rows"][offset : offset + limit],
        "offset": offset,
        "total": len(table["rows"]),
        "next_offset": offset + limit if more else None,
    }


async def _workbook(service: Service, wanted: Wanted, name: str) -> Response:
    args = wanted.args | {"table": name}
    return await _made(service, "table", args, f"meguri-{wanted.page}-{name}.xlsx")


async def report(request: Request, key: str, form: str, audience: str, lang: Lang) -> Response:
    """The whole view as a paper for an audience, with a list of what was withheld."""
    if form not in QUESTIONS[key].papers:
        raise WebError(404, "no_paper")
    wanted = wanted_by(request, key, lang)
    args = wanted.args | {"form": form, "audience": audience}
    return await _made(service_of(request), "paper", args, f"meguri-{key}.{form}")


async def own_paper(request: Request, key: str, name: str, lang: Lang) -> Response:
    """A paper of the page's own, such as a board memo or a card."""
    wanted = wanted_by(request, key, lang)
    stored = await service_of(request).view(wanted)
    if name not in [one["form"] for one in stored.document()["papers"]]:
        raise WebError(404, "no_paper")
    return await _made(service_of(request), "own_paper", wanted.args | {"name": name}, f"meguri-{key}-{name}")


async def _made(service: Service, task: str, args: dict[str, Any], name: str) -> Response:
    """A file that a worker writes, handed out and forgotten."""
    suffix = name[name.rfind(".") :]
    with tempfile.NamedTemporaryFile(suffix=suffix, delete=False) as made:
        path = Path(made.name)
    try:
        await service.pool.ask(task, args | {"path": str(path)})
    except (RefusedError, BrokenError, StoppedError) as error:
        path.unlink(missing_ok=True)
        raise failed(error) from None
    return FileResponse(path, media_type=FILES[suffix], filename=name, background=BackgroundTask(path.unlink))


def _parameters(question: Question) -> list[dict[str, Any]]:
    """The fields of a page as parameters of OpenAPI; own files come and go, so choices are only named."""
    return [
        {
            "name": one.name,
            "in": "query",
            "required": False,
            "description": label(f"help_{one.name}", "en", question.words),
            "schema": _schema(one),
        }
        for one in question.fields
    ] + [
        {
            "name": "workspace",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "default": DEFAULT},
        }
    ]


def _schema(one: Field) -> dict[str, Any]:
    kinds = {"number": "number", "int": "integer"}
    if one.kind == "flag":
        return {"type": "string", "enum": ["yes", "no"]}
    if one.kind == "many":
        return {"type": "array", "items": {"type": "string"}, "maxItems": 60}
    bounds = {
        name: value for name, value in (("minimum", one.low), ("maximum", one.high)) if value is not None
    }
    shape = {"type": kinds.get(one.kind, "string"), **(bounds if one.kind in kinds else {"maxLength": 200})}
    return shape | ({"format": "date"} if one.kind == "date" else {})


def add_pages() -> None:
    """One set of routes for each page, so that OpenAPI names its parameters."""
    for key, question in QUESTIONS.items():
        _add_page(key, question)


def _add_page(key: str, question: Question) -> None:
    extra = {"parameters": _parameters(question)}

    async def whole(request: Request, lang: Speech = None) -> Response:
        return await page_json(request, key, language(request, lang))

    async def rows(
        request: Request, name: str, lang: Speech = None, offset: Offset = 0, limit: Limit = PAGE
    ) -> JSONResponse:
        stored = await service_of(request).view(wanted_by(request, key, language(request, lang)))
        return JSONResponse(rows_page(stored, name, offset, limit), headers={"etag": stored.etag})

    async def file(
        request: Request, name: str, form: Literal["csv", "xlsx"], lang: Speech = None
    ) -> Response:
        return await table_part(request, key, name, form, language(request, lang))

    async def paper(
        request: Request, form: str, audience: Reader = "internal", lang: Speech = None
    ) -> Response:
        return await report(request, key, form, audience, language(request, lang))

    async def own(request: Request, name: str, lang: Speech = None) -> Response:
        return await own_paper(request, key, name, language(request, lang))

    title = label("question", "en", question.words)
    for path, call, about in (
        (f"/pages/{key}", whole, title),
        (f"/pages/{key}/tables/{{name}}.{{form}}", file, f"{title} One table as CSV or Excel"),
        (f"/pages/{key}/tables/{{name}}", rows, f"{title} Rows of one table, by pages"),
        (f"/pages/{key}/papers/{{name}}", own, f"{title} One of the papers the page itself offers"),
        (f"/pages/{key}/report.{{form}}", paper, f"{title} The page as a paper for an audience"),
    ):
        router.add_api_route(
            path, call, methods=["GET"], summary=about, responses=REFUSALS, openapi_extra=extra,
            operation_id=f"{key}_{call.__name__}", response_model=None, tags=[key],
        )  # fmt: skip


add_pages()

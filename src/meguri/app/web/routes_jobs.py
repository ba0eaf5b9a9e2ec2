"""Long work over HTTP: ask for it, look at it, follow it, cancel it, take it away; the page of all jobs."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from meguri.app.web.desk import Desk, digest_of
from meguri.app.web.job import Job
from meguri.app.web.jobs import Jobs
from meguri.app.web.orders import check, described
from meguri.app.web.problems import WebError, in_language, rows_of
from meguri.app.web.render import Where, shell
from meguri.app.web.routes_api import REFUSALS, Offset, Speech, language, service_of
from meguri.app.web.service import DEFAULT
from meguri.base.errors import DataError
from meguri.base.terms import Lang, label

router = APIRouter(prefix="/api/v1/workspaces/{workspace}/jobs", tags=["jobs"])
pages = APIRouter(include_in_schema=False)
PAGE = 50  # jobs on one page
FOLLOWERS = 200  # open streams
AGAIN = 2000  # [ms] after which a browser asks again for a stream that broke
STATUS = {
    "web_jobs_none": (404, "no_job"),
    "web_jobs_full": (503, "queue_full"),
    "web_jobs_elsewhere": (409, "job_elsewhere"),
    "web_jobs_busy": (409, "job_busy"),
}
EXAMPLE: dict[str, Any] = {
    "kind": "stress",
    "params": {"scenario": "2025-medium-heavy-rare-earths", "runs": "200", "seed": "1"},
}
Few = Annotated[int, Query(ge=1, le=1000)]


class Order(BaseModel):
    """Long work to be done: its kind, and parameters as in the address of the page that asks for it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    kind: str = Field(max_length=40)
    params: dict[str, str] = Field(default={}, max_length=60)


class JobState(BaseModel):
    """How far a job is. ``problems`` say why it failed, in the language asked for."""

    id: str
    kind: str
    state: str
    stopping: bool
    done: int
    of: int
    created: str
    started: str
    ended: str
    params: dict[str, str]
    ahead: int | None
    seconds_left: float | None
    outdated: bool
    problems: list[dict[str, str]]


class JobList(BaseModel):
    """Some jobs of a workspace, the newest first."""

    jobs: list[JobState]
    offset: int
    total: int
    next_offset: int | None


def refusal(error: DataError, lang: Lang) -> WebError:
    """What a refusal of the queue is to the reader."""
    status, key = STATUS.get(error.problems[0].key, (422, "bad_query"))
    headers = {"retry_after": "10"} if status == 503 else {}
    return WebError(status, key, rows_of(error, lang), **headers)


def jobs_of(request: Request) -> Jobs:
    """The queue of this server."""
    return service_of(request).jobs


def found(request: Request, workspace: str, name: str, lang: Lang) -> Job:
    """One job of a workspace, or the plain word that there is none."""
    try:
        return jobs_of(request).one(service_of(request).folder(workspace), name)
    except DataError as error:
        raise refusal(error, lang) from None


def shown(document: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """The state of a job in one language."""
    return document | {"problems": in_language(document["problems"], lang)}


def tagged(request: Request, content: dict[str, Any]) -> Response:
    """The content with a tag of it, or 304 when the reader has it. What is only an estimate is no news."""
    plain = json.loads(json.dumps(content), object_hook=lambda one: {**one, "seconds_left": None})
    headers = {"etag": f'"{digest_of(plain)}"', "cache-control": "no-cache", "vary": "accept-language"}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


@router.post("", status_code=202, responses={200: {"model": JobState}, **REFUSALS}, response_model=JobState,
             summary="Ask for long work; the same work is the same job")  # fmt: skip
async def ask(request: Request, workspace: str, order: Order, lang: Speech = None) -> Response:
    """Put work into the queue, or find the job that does it already: 200 when its answer is there."""
    chosen, folder = language(request, lang), service_of(request).folder(workspace)
    try:
        check(order.kind, order.params, Desk(folder), chosen)
        job = jobs_of(request).submit(folder, order.kind, order.params)
    except DataError as error:
        raise refusal(error, chosen) from None
    content = shown(job.document(jobs_of(request).ahead(job)), chosen)
    place = f"/api/v1/workspaces/{workspace}/jobs/{job.id}"
    return JSONResponse(content, 200 if job.state == "done" else 202, headers={"location": place})


@router.get("", responses={304: {}, **REFUSALS}, response_model=JobList, summary="Jobs, the newest first")
async def list_jobs(
    request: Request, workspace: str, lang: Speech = None, offset: Offset = 0, limit: Few = PAGE
) -> Response:
    """Jobs of a workspace by pages."""
    chosen, jobs = language(request, lang), jobs_of(request)
    listed = jobs.listed(service_of(request).folder(workspace))
    part = listed[offset : offset + limit]
    more = offset + limit < len(listed)
    content = {
        "jobs": [shown(job.document(jobs.ahead(job)), chosen) for job in part],
        "offset": offset,
        "total": len(listed),
        "next_offset": offset + limit if more else None,
    }
    return tagged(request, content)


@router.get("/{job}", responses={304: {}, **REFUSALS}, response_model=JobState, summary="How far a job is")
async def one_job(request: Request, workspace: str, job: str, lang: Speech = None) -> Response:
    """State, progress, and why it failed if it did."""
    chosen = language(request, lang)
    one = found(request, workspace, job, chosen)
    return tagged(request, shown(one.document(jobs_of(request).ahead(one)), chosen))


@router.get("/{job}/events", responses={200: {"content": {"text/event-stream": {}}}, **REFUSALS},
            response_class=StreamingResponse, summary="Follow a job: one event for each change")  # fmt: skip
async def follow_job(request: Request, workspace: str, job: str, lang: Speech = None) -> Response:
    """Server-sent events, the present state at once; the stream ends with the job."""
    chosen = language(request, lang)
    one = found(request, workspace, job, chosen)
    if jobs_of(request).followers >= FOLLOWERS:
        raise WebError(503, "many_followers", retry_after="5")
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    events = _events(jobs_of(request), one, chosen)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(jobs: Jobs, job: Job, lang: Lang) -> AsyncIterator[str]:
    yield f"retry: {AGAIN}\n\n"
    async for document in jobs.follow(job):
        if document is None:
            yield ": still here\n\n"
        else:
            yield f"data: {json.dumps(shown(document, lang), ensure_ascii=False)}\n\n"


@router.delete("/{job}", responses={202: {"model": JobState}, 204: {}, **REFUSALS}, response_class=Response,
               summary="Cancel a job that waits or runs; take one that is over away")  # fmt: skip
async def stop_job(request: Request, workspace: str, job: str, lang: Speech = None) -> Response:
    """202 with its state when it is being cancelled; 204 when it, its answer and all it kept are gone."""
    chosen = language(request, lang)
    one = found(request, workspace, job, chosen)
    try:
        gone = stop_or_remove(jobs_of(request), one)
    except DataError as error:
        raise refusal(error, chosen) from None
    return Response(status_code=204) if gone else JSONResponse(shown(one.document(), chosen), 202)


def stop_or_remove(jobs: Jobs, job: Job) -> bool:
    """Cancel a job that is not over, take away one that is; whether it is gone."""
    if job.state in ("waiting", "running"):
        jobs.cancel(job)
        return False
    jobs.remove(job)
    return True


# ---- the page of all jobs


@pages.get("/{lang}/jobs")
async def jobs_page(request: Request, lang: Lang, workspace: str = DEFAULT, offset: Offset = 0) -> Response:
    """Every job with what it computes, how far it is, and what can be done about it."""
    folder, jobs = service_of(request).folder(workspace), jobs_of(request)
    listed, desk = jobs.listed(folder), Desk(folder)
    rows = [_row(job, jobs, desk, lang) for job in listed[offset : offset + PAGE]]
    steps = {
        "newer": max(offset - PAGE, 0) if offset else None,
        "older": offset + PAGE if offset + PAGE < len(listed) else None,
    }
    where = Where(lang, "jobs", {}, workspace, service_of(request).workspaces())
    live = any(row["state"] in ("waiting", "running") for row in rows)

    def word(key: str, **fill: object) -> str:
        return label(key, lang, "web_jobs", **fill)

    text = shell("jobs.html", where, rows=rows, steps=steps, word=word, live=live)
    return HTMLResponse(text, headers={"cache-control": "no-cache"})


@pages.post("/{lang}/jobs")
async def jobs_button(request: Request, lang: Lang, workspace: str = DEFAULT) -> Response:
    """A button of the page, which works without scripts."""
    told = parse_qs((await request.body()).decode("utf-8", "replace"))
    job = found(request, workspace, told.get("job", [""])[0], lang)
    jobs = jobs_of(request)
    try:
        if told.get("do") == ["again"]:
            jobs.submit(job.folder, job.kind, job.params)
        elif told.get("do") == ["stop" if job.state in ("waiting", "running") else "remove"]:
            stop_or_remove(jobs, job)
    except DataError as error:
        raise refusal(error, lang) from None
    query = {"workspace": workspace} if workspace != DEFAULT else {}
    return RedirectResponse(f"/{lang}/jobs" + (f"?{urlencode(query)}" if query else ""), 303)


def _row(job: Job, jobs: Jobs, desk: Desk, lang: Lang) -> dict[str, Any]:
    """One job in words."""
    document = shown(job.document(jobs.ahead(job)), lang)
    moment = dt.datetime.fromisoformat(job.created).astimezone()
    state = "stopping" if job.stopping else job.state
    return document | described(job, desk, lang) | {
        "word": label(f"state_{state}", lang, "web_jobs"),
        "when": f"{moment:%Y-%m-%d %H:%M}",
        "left": _left(document, lang),
        "problems": document["problems"],
    }  # fmt: skip


def _left(document: dict[str, Any], lang: Lang) -> str:
    """How long it will still take, or how many come before it."""
    if document["state"] == "waiting":
        n = document["ahead"] or 0
        return label("ahead_n" if n else "ahead_0", lang, "web_jobs", n=n)
    if document["state"] != "running":
        return ""
    left = document["seconds_left"]
    if left is None:
        return label("no_pace", lang, "web_jobs")
    if left < 60:
        return label("left_s", lang, "web_jobs", n=math.ceil(left))
    return label("left_min", lang, "web_jobs", n=math.ceil(left / 60))

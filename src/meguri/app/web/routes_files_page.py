"""The page of own files: drop, see what was understood, correct, undo, delete. Works without scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from meguri.app.web import intake
from meguri.app.web.desk import KINDS, OWN, Desk
from meguri.app.web.door import SUFFIXES
from meguri.app.web.intake import shelf_of, told
from meguri.app.web.problems import WebError, rows_in, title_of
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.render import Where, shell
from meguri.app.web.routes_api import language, service_of
from meguri.app.web.routes_pages import page_response
from meguri.app.web.samples import EXAMPLES, TEMPLATES
from meguri.app.web.service import DEFAULT
from meguri.app.web.shelf import Kept, Shelf
from meguri.base.errors import DataError
from meguri.base.terms import Lang, label

router = APIRouter(include_in_schema=False)
WORDS = "web_files"
SEVERITIES = ("error", "warning", "note")
_CELL = re.compile(r"(?P<sheet>.*)!(?P<cell>[A-Z]{1,3}[0-9]{1,7})", re.DOTALL)


@router.get("/{lang}/files")
async def files_page(request: Request, lang: Lang, workspace: str = DEFAULT, file: str = "") -> Response:
    """Every own file, and one of them opened."""
    return await _page(request, lang, workspace, file)


@router.post("/{lang}/files")
async def files_button(request: Request, lang: Lang, workspace: str = DEFAULT) -> Response:
    """A button of the page."""
    body = (await request.body()).decode("utf-8", "replace")
    given = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=1000))
    file = given.get("file", "")
    try:
        target = await _do(request, lang, workspace, file, given)
    except WebError as error:
        return await _page(request, lang, workspace, file, error)
    return _back(lang, *target)


async def uploaded_form(request: Request, workspace: str) -> Response:
    """Files that came as a form, from a reader without scripts or a drop of several."""
    async with request.form(max_files=20, max_fields=20) as form:
        given = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
        lang = language(request, given.get("lang"))
        service, last = service_of(request), ""
        shelf = shelf_of(service, workspace)
        try:
            for one in files:
                kind, key = given.get("kind", ""), given.get("file", "")
                kept = await intake.bring(service, shelf, str(one.filename), _pieces(one), kind, key)
                last = kept.id
        except WebError as error:
            return await _page(request, lang, workspace, last, error)
    return _back(lang, workspace, last)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(1 << 20):
        yield piece


async def _do(
    request: Request, lang: Lang, workspace: str, file: str, given: Mapping[str, str]
) -> tuple[str, str]:
    """Do what a button says; where to go then: workspace and file."""
    service, tag, do = service_of(request), given.get("tag", ""), given.get("do", "")
    shelf = shelf_of(service, workspace)
    try:
        if do == "workspace-make":
            return service.store.create(given.get("name", "")).id, ""
        if do == "workspace-rename":
            service.store.rename(shelf.workspace.id, given.get("name", ""), tag)
        elif do == "workspace-delete":
            service.store.delete(shelf.workspace.id, tag)
            return DEFAULT, ""
        elif do == "example":
            return workspace, (await intake.example(service, shelf, given.get("example", ""), lang)).id
        elif do == "delete":
            shelf.delete(file, tag)
            return workspace, ""
        elif do in ("undo", "redo", "show"):
            kept = shelf.file(file)
            steps = {"undo": kept.before, "redo": kept.after, "show": _whole(given.get("version", ""))}
            shelf.show_version(file, steps[do], tag)
        elif do == "kind":
            await intake.change_kind(service, shelf, file, given.get("kind", ""), tag)
        elif do == "correct":
            await intake.correct(service, shelf, file, _cells(given), tag)
        elif do == "text":
            await intake.write_text(service, shelf, file, given.get("text", ""), tag)
    except DataError as error:
        raise told(error) from None
    return workspace, file


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _cells(given: Mapping[str, str]) -> list[dict[str, str]]:
    """Cells that were typed into: fields named ``cell:SHEET!B7``, where they differ from what they showed."""
    found = []
    for name, value in given.items():
        place = _CELL.fullmatch(name.removeprefix("cell:")) if name.startswith("cell:") else None
        if place and value != given.get(f"was:{name[5:]}", ""):
            found.append({"sheet": place["sheet"], "cell": place["cell"], "value": value})
    return found


def _back(lang: Lang, workspace: str, file: str) -> Response:
    """To the page, by an address of its own: loading it again does nothing twice."""
    where = Where(lang, "files", {"file": file} if file else {}, workspace)
    return RedirectResponse(where.url() + ("#file" if file else ""), 303)


async def _page(
    request: Request, lang: Lang, workspace: str, file: str, error: WebError | None = None
) -> Response:
    service = service_of(request)
    shelf = shelf_of(service, workspace if error is None or error.key != "no_workspace" else DEFAULT)
    files = shelf.files()
    kept = next((one for one in files if one.id == file), None)
    here = Where(lang, "files", {"file": file} if kept else {}, workspace, service.workspaces())
    if file and kept is None and error is None:
        error = WebError(404, "no_file")
    html = shell(
        "files.html", here, w=lambda key, **fill: label(key, lang, WORDS, **fill), workspace=shelf.workspace,
        api=f"/api/v1/workspaces/{shelf.workspace.id}/files", kinds=KINDS, suffixes=",".join(SUFFIXES),
        groups=_groups(shelf, files), kept=kept, room=_size(shelf.room(), lang),
        opened=await _opened(request, shelf, kept, lang) if kept else None,
        templates=TEMPLATES, examples=EXAMPLES, many=len(here.workspaces) > 1,
        script=_script_words(lang),
        refused=None if error is None else (*title_of(error, lang), rows_in(error, lang)),
    )  # fmt: skip
    return page_response(request, html, 200 if error is None else error.status)


def _script_words(lang: Lang) -> dict[str, str]:
    """What the script says; the braces are filled there."""
    said = {name: label(f"js_{name}", lang, WORDS) for name in ("sending", "checking", "lost")}
    return said | {"needed": label("needed", lang, WORDS)}


def _groups(shelf: Shelf, files: list[Kept]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Files by kind, each with what its last check said."""
    rows = []
    for one in files:
        found = shelf.brief_of(one)
        bad = found["bad"] if found else 0
        rows.append({"id": one.id, "kind": one.kind, "name": one.name, "bad": bad, "checked": bool(found)})
    return [(kind, listed) for kind in KINDS if (listed := [row for row in rows if row["kind"] == kind])]


async def _opened(request: Request, shelf: Shelf, kept: Kept, lang: Lang) -> dict[str, Any]:
    """Everything shown of one file."""
    found = intake.in_one(await intake.check_of(service_of(request), shelf, kept.id), lang)
    messages = sorted(found["messages"], key=lambda row: SEVERITIES.index(row["severity"]))
    versions = [
        {"number": one.number, "when": _moment(one.when), "iso": one.when, "size": _size(one.size, lang),
         "how": one.how, "name": one.name, "holds": one.number == kept.current}
        for one in reversed(kept.versions)
    ]  # fmt: skip
    return found | {
        "messages": messages,
        "counts": {name: sum(row["severity"] == name for row in messages) for name in SEVERITIES},
        "correctable": any(row["cell"] for row in (*messages, *found["unknowns"])),
        "versions": versions,
        "text": intake.text_of(shelf, kept),
        "ways": _ways(shelf, kept, lang) if found["usable"] else [],
    }


def _ways(shelf: Shelf, kept: Kept, lang: Lang) -> list[tuple[str, str, dict[str, str]]]:
    """Pages that take this file: question, key, and what its address then says."""
    desk, value, found = Desk(shelf.workspace.folder), f"{OWN}{kept.id}", []
    for key, question in QUESTIONS.items():
        for one in question.fields:
            if one.choices is not None and any(value == choice for choice, _ in one.choices(desk, lang)):
                found.append((label("question", lang, question.words), key, {one.name: value}))
                break
    return found


def _moment(iso: str) -> str:
    return f"{dt.datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}"


def _size(size: int, lang: Lang) -> str:
    if size < 1 << 20:
        return label("kilobytes", lang, WORDS, n=f"{max(1, size >> 10):,}")
    return label("megabytes", lang, WORDS, n=f"{size / (1 << 20):,.1f}")

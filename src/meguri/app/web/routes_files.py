"""Workspaces and own files over HTTP: make, fill, correct, undo, take away; templates to begin with."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from meguri.app.web import intake
from meguri.app.web.desk import OWN
from meguri.app.web.intake import shelf_of, told
from meguri.app.web.problems import WebError
from meguri.app.web.routes_api import REFUSALS, Offset, Speech, language, service_of
from meguri.app.web.samples import EXAMPLES, TEMPLATES, ending_of, media_of
from meguri.app.web.shelf import Kept, Shelf
from meguri.app.web.store import Workspace
from meguri.app.web.whole import remove_whole
from meguri.base.errors import DataError

router = APIRouter(prefix="/api/v1", tags=["files"])
PAGE = 100
Few = Annotated[int, Query(ge=1, le=1000)]
IfMatch = Annotated[
    str, Header(description="Tag of the state the change is made on; 412 when it has changed.")
]
KindName = Literal["chain", "scenario", "shop", "items", "measures", "cards", "claim", "trade"]
Text = Annotated[str, Field(max_length=2000)]
BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
BINARY: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    **REFUSALS,
}


class Strict(BaseModel):
    """A body without fields we do not know."""

    model_config = ConfigDict(extra="forbid")


class Named(Strict):
    """A name."""

    name: str = Field(max_length=500, examples=["2026年度"])


class Cell(Strict):
    """One cell and what it is to hold; an empty value empties it."""

    sheet: Text = ""
    cell: Annotated[str, Field(max_length=20, examples=["B7"])]
    value: Text


class Cells(Strict):
    """Cells to be corrected together."""

    cells: list[Cell] = Field(min_length=1, max_length=200)


class Which(Strict):
    """A version by its number, or one step back or forth."""

    version: int | Literal["undo", "redo"]


class KindOnly(Strict):
    """The kind a file is read as."""

    kind: KindName


class VersionState(BaseModel):
    """One version of a file."""

    number: int
    name: str
    size: int
    when: str
    how: str
    parent: int


class FileState(BaseModel):
    """One own file; ``value`` is how a page's parameter names it."""

    id: str
    value: str
    kind: str
    name: str
    current: int
    undo: int
    redo: int
    usable: bool | None
    versions: list[VersionState]


class FileList(BaseModel):
    """Some files of a workspace."""

    files: list[FileState]
    offset: int
    total: int
    next_offset: int | None


class WorkspaceState(BaseModel):
    """One workspace."""

    id: str
    name: str
    files: int
    room: int


class WorkspaceName(BaseModel):
    """One of the workspaces."""

    id: str
    name: str


class WorkspaceList(BaseModel):
    """Every workspace."""

    workspaces: list[WorkspaceName]


def workspace_state(request: Request, one: Workspace) -> dict[str, Any]:
    """A workspace as the API tells it."""
    shelf = Shelf(service_of(request).store, one.id)
    return {"id": one.id, "name": one.name, "files": len(shelf.files()), "room": shelf.room()}


def file_state(shelf: Shelf, kept: Kept) -> dict[str, Any]:
    """A file as the API tells it."""
    found = shelf.brief_of(kept)
    return {
        "id": kept.id,
        "value": f"{OWN}{kept.id}",
        "kind": kept.kind,
        "name": kept.name,
        "current": kept.current,
        "undo": kept.before,
        "redo": kept.after,
        "usable": None if found is None else found["usable"],
        "versions": [
            {name: getattr(one, name) for name in VersionState.model_fields} for one in kept.versions
        ],
    }


def answered(shelf: Shelf, kept: Kept, status: int = 200) -> Response:
    """The state of a file with its tag."""
    place = f"/api/v1/workspaces/{shelf.workspace.id}/files/{kept.id}"
    return JSONResponse(file_state(shelf, kept), status, headers={"etag": f'"{kept.tag}"', "location": place})


# ---- workspaces


@router.get("/workspaces", response_model=WorkspaceList, responses=REFUSALS, summary="Every workspace")
async def list_workspaces(request: Request) -> Response:
    """Workspaces by name."""
    found = service_of(request).store.workspaces()
    return JSONResponse({"workspaces": [{"id": one.id, "name": one.name} for one in found]})


@router.post("/workspaces", status_code=201, response_model=WorkspaceState, responses=REFUSALS,
             summary="Make a workspace")  # fmt: skip
async def make_workspace(request: Request, body: Named) -> Response:
    """An empty workspace under a name that no other has."""
    try:
        made = service_of(request).store.create(body.name)
    except DataError as error:
        raise told(error) from None
    headers = {"etag": f'"{made.tag}"', "location": f"/api/v1/workspaces/{made.id}"}
    return JSONResponse(workspace_state(request, made), 201, headers=headers)


@router.get("/workspaces/{workspace}", response_model=WorkspaceState, responses=REFUSALS,
            summary="One workspace")  # fmt: skip
async def one_workspace(request: Request, workspace: str) -> Response:
    """Name, number of files, and bytes there is room for."""
    one = shelf_of(service_of(request), workspace).workspace
    return JSONResponse(workspace_state(request, one), headers={"etag": f'"{one.tag}"'})


@router.patch("/workspaces/{workspace}", response_model=WorkspaceState, responses=REFUSALS,
              summary="Rename a workspace")  # fmt: skip
async def rename_workspace(request: Request, workspace: str, body: Named, if_match: IfMatch = "") -> Response:
    """Another name; the address stays."""
    service = service_of(request)
    try:
        one = service.store.rename(service.folder(workspace).name, body.name, if_match)
    except DataError as error:
        raise told(error) from None
    return JSONResponse(workspace_state(request, one), headers={"etag": f'"{one.tag}"'})


@router.delete("/workspaces/{workspace}", status_code=204, response_class=Response, responses=REFUSALS,
               summary="Delete a workspace with everything in it")  # fmt: skip
async def delete_workspace(request: Request, workspace: str, if_match: IfMatch = "") -> Response:
    """Files, answers, jobs and cache are gone."""
    service = service_of(request)
    try:
        service.store.delete(service.folder(workspace).name, if_match)
    except DataError as error:
        raise told(error) from None
    return Response(status_code=204)


# ---- files

FILES = "/workspaces/{workspace}/files"


@router.get(FILES, response_model=FileList, responses=REFUSALS, summary="Own files of a workspace")
async def list_files(request: Request, workspace: str, offset: Offset = 0, limit: Few = PAGE) -> Response:
    """Files by kind and name, by pages."""
    shelf = shelf_of(service_of(request), workspace)
    listed = shelf.files()
    more = offset + limit < len(listed)
    return JSONResponse({
        "files": [file_state(shelf, one) for one in listed[offset : offset + limit]],
        "offset": offset, "total": len(listed), "next_offset": offset + limit if more else None,
    })  # fmt: skip


@router.post(FILES, status_code=201, response_model=FileState, openapi_extra=BYTES,
             responses={200: {"model": FileState}, **REFUSALS},
             summary="Upload a file; the same name again is a new version")  # fmt: skip
async def upload(
    request: Request, workspace: str, name: Annotated[str, Query(max_length=1000)] = "",
    kind: KindName | Literal[""] = "",
) -> Response:  # fmt: skip
    """The body is the file: 201 for a new one, 200 for a new version. The page itself sends a form."""
    service = service_of(request)
    shelf = shelf_of(service, workspace)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        if "text/html" not in request.headers.get("accept", ""):
            raise WebError(415, "no_form")
        from meguri.app.web.routes_files_page import uploaded_form

        return await uploaded_form(request, workspace)
    kept = await intake.bring(service, shelf, name, request.stream(), kind)
    return answered(shelf, kept, 201 if len(kept.versions) == 1 else 200)


@router.post("/workspaces/{workspace}/examples/{name}", status_code=201, response_model=FileState,
             responses=REFUSALS, summary="Take a packaged example into a workspace")  # fmt: skip
async def take_example(request: Request, workspace: str, name: str, lang: Speech = None) -> Response:
    """A worked example as an own file."""
    service = service_of(request)
    shelf = shelf_of(service, workspace)
    return answered(shelf, await intake.example(service, shelf, name, language(request, lang)), 201)


def _found(shelf: Shelf, key: str) -> Kept:
    try:
        return shelf.file(key)
    except DataError as error:
        raise told(error) from None


@router.get(FILES + "/{file}", response_model=FileState, responses=REFUSALS, summary="One own file")
async def one_file(request: Request, workspace: str, file: str) -> Response:
    """Kind, name, versions, and which of them holds."""
    shelf = shelf_of(service_of(request), workspace)
    return answered(shelf, _found(shelf, file))


@router.patch(
    FILES + "/{file}", response_model=FileState, responses=REFUSALS, summary="Read a file as another kind"
)
async def change_kind(
    request: Request, workspace: str, file: str, body: KindOnly, if_match: IfMatch = ""
) -> Response:
    """The kind of a file, where its content allows it."""
    service = service_of(request)
    shelf = shelf_of(service, workspace)
    return answered(shelf, await intake.change_kind(service, shelf, file, body.kind, if_match))


@router.delete(FILES + "/{file}", status_code=204, response_class=Response, responses=REFUSALS,
               summary="Delete a file with all its versions")  # fmt: skip
async def delete_file(request: Request, workspace: str, file: str, if_match: IfMatch = "") -> Response:
    """All versions and what was found in them are gone."""
    shelf = shelf_of(service_of(request), workspace)
    try:
        shelf.delete(file, if_match)
    except DataError as error:
        raise told(error) from None
    return Response(status_code=204)


@router.get(FILES + "/{file}/versions", response_model=list[VersionState], responses=REFUSALS,
            summary="Versions of a file")  # fmt: skip
async def list_versions(request: Request, workspace: str, file: str) -> Response:
    """Every version, the first first."""
    shelf = shelf_of(service_of(request), workspace)
    kept = _found(shelf, file)
    return JSONResponse(file_state(shelf, kept)["versions"], headers={"etag": f'"{kept.tag}"'})


@router.post(FILES + "/{file}/versions", status_code=201, response_model=FileState, responses=REFUSALS,
             openapi_extra=BYTES, summary="Upload a new version of a file")  # fmt: skip
async def upload_version(request: Request, workspace: str, file: str, if_match: IfMatch = "") -> Response:
    """The body is the file; it keeps its name and kind."""
    service = service_of(request)
    shelf = shelf_of(service, workspace)
    kept = _found(shelf, file)
    stream: AsyncIterator[bytes] = request.stream()
    return answered(
        shelf, await intake.bring(service, shelf, kept.name, stream, kept.kind, file, if_match), 201
    )


@router.put(FILES + "/{file}/current", response_model=FileState, responses=REFUSALS,
            summary="Undo, redo, or let any version hold")  # fmt: skip
async def show_version(
    request: Request, workspace: str, file: str, body: Which, if_match: IfMatch = ""
) -> Response:
    """Which version the pages read."""
    shelf = shelf_of(service_of(request), workspace)
    kept = _found(shelf, file)
    steps: dict[int | str, int] = {"undo": kept.before, "redo": kept.after}
    number = steps.get(body.version, body.version if isinstance(body.version, int) else 0)
    try:
        return answered(shelf, shelf.show_version(file, number, if_match))
    except DataError as error:
        raise told(error) from None


@router.get(
    FILES + "/{file}/content",
    response_class=Response,
    responses=BINARY,
    summary="Download a version of a file",
)
async def download(
    request: Request, workspace: str, file: str, version: Annotated[int, Query(ge=0, le=10_000)] = 0
) -> Response:
    """The file as it was brought; version 0 is the one that holds."""
    shelf = shelf_of(service_of(request), workspace)
    kept = _found(shelf, file)
    try:
        path = shelf.path(file, version)
    except DataError as error:
        raise told(error) from None
    headers = {
        "etag": f'"{kept.versions[(version or kept.current) - 1].digest}"',
        "cache-control": "no-cache",
    }
    return FileResponse(path, media_type=media_of(path.name), filename=path.name, headers=headers)


@router.get(FILES + "/{file}/check", responses=REFUSALS, response_class=JSONResponse,
            summary="What a file says, and which cells could not be read")  # fmt: skip
async def check_file(
    request: Request, workspace: str, file: str, version: Annotated[int, Query(ge=0, le=10_000)] = 0,
    lang: Speech = None,
) -> Response:  # fmt: skip
    """Facts, headings, messages for each cell, cells not known; in one language."""
    service = service_of(request)
    found = await intake.check_of(service, shelf_of(service, workspace), file, version)
    return JSONResponse(intake.in_one(found, language(request, lang)))


@router.patch(FILES + "/{file}/cells", response_model=FileState, responses=REFUSALS,
              summary="Correct cells: a new version with everything else as it was")  # fmt: skip
async def correct(
    request: Request, workspace: str, file: str, body: Cells, if_match: IfMatch = ""
) -> Response:
    """Values are numbers or texts, never formulas."""
    service = service_of(request)
    shelf = shelf_of(service, workspace)
    cells = [one.model_dump() for one in body.cells]
    return answered(shelf, await intake.correct(service, shelf, file, cells, if_match))


# ---- templates


@router.get(
    "/templates", responses=REFUSALS, response_class=JSONResponse, summary="Templates and examples there are"
)
async def list_templates() -> Response:
    """Addresses of every template and example."""
    return JSONResponse({
        "templates": [f"/api/v1/templates/{name}{ending}" for name, ending in TEMPLATES.items()],
        "examples": [f"/api/v1/templates/{name}{ending}" for name, (_, ending) in EXAMPLES.items()],
    })  # fmt: skip


@router.get("/templates/{name}.{form}", response_class=Response, responses=BINARY,
            summary="A template to fill in, or a worked example")  # fmt: skip
async def template(request: Request, name: str, form: str, lang: Speech = None) -> Response:
    """Written when it is asked for, in the reader's language."""
    if not ending_of(name) or ending_of(name) != f".{form}":
        raise WebError(404, "no_file")
    folder = Path(tempfile.mkdtemp(prefix="meguri-"))
    path = folder / f"meguri-{name}.{form}"
    try:
        await intake.blank(service_of(request), name, language(request, lang), path)
    except WebError:
        remove_whole(folder)
        raise
    gone = BackgroundTask(remove_whole, folder)
    return FileResponse(path, media_type=media_of(path.name), filename=quote(path.name), background=gone)

"""From an upload to a checked file of a workspace: taken in whole, judged by a worker, kept or gone. Thin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from meguri.app.web import door
from meguri.app.web.pool import BrokenError, RefusedError, StoppedError
from meguri.app.web.problems import WebError, in_language
from meguri.app.web.samples import EXAMPLES, ending_of
from meguri.app.web.service import Service, failed
from meguri.app.web.shelf import Kept, Shelf
from meguri.app.web.store import FullError, MissingError, StaleError
from meguri.app.web.whole import remove_whole
from meguri.app.web.worker import problem_row
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label

PATIENCE = 120.0  # [s] for a check; what takes longer is refused
TEXT = (".yaml", ".yml", ".csv", ".tsv", ".txt")  # may be written on the page
MOST_TEXT = 200_000  # letters of it
STATUS: dict[type[DataError], tuple[int, str]] = {
    MissingError: (404, "no_file"),
    StaleError: (412, "stale"),
    FullError: (413, "no_room"),
}


def told(error: DataError) -> WebError:
    """A refusal of the store as an answer: gone, changed meanwhile, full, or simply not right."""
    status, key = STATUS.get(type(error), (422, "refused"))
    if status == 404 and error.problems[0].key == "web_no_workspace":
        key = "no_workspace"
    return WebError(status, key, [problem_row(one, error.file) for one in error.problems])


def shelf_of(service: Service, workspace: str) -> Shelf:
    """The files of a workspace.

    Raises
    ------
    WebError
        404 when there is no such workspace.
    """
    try:
        return Shelf(service.store, service.folder(workspace).name)
    except DataError as error:
        raise told(error) from None


async def bring(
    service: Service, shelf: Shelf, name: str, pieces: AsyncIterator[bytes], kind: str = "", key: str = "",
    tag: str = "", how: str = "upload",
) -> Kept:  # fmt: skip
    """Take in a file, check it and keep it: as a new one, or as a new version of ``key``.

    Parameters
    ----------
    pieces : async iterator of bytes
        The content as it comes in; written to disk piece by piece.
    kind : str
        One of ``desk.KINDS``; "" finds out.

    Raises
    ------
    WebError
        With every problem; nothing of a refused file stays.
    """
    try:
        path = shelf.incoming(name)
    except DataError as error:
        raise told(error) from None
    try:
        await _write(shelf, path, pieces)
        with path.open("rb") as file:
            door.knock(path.name, file.read(door.HEAD), path.stat().st_size)
        return await _keep(service, shelf, path, kind, key, tag, how)
    except DataError as error:
        raise told(error) from None
    finally:
        remove_whole(path.parent)


async def _write(shelf: Shelf, path: Path, pieces: AsyncIterator[bytes]) -> None:
    left = min(shelf.store.bounds.upload, shelf.room())
    limit = f"{shelf.store.bounds.workspace >> 20:,} MB"
    with path.open("wb") as file:
        async for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise FullError(Problem("web_workspace_full", path.name, "", path.name, {"limit": limit}))
            file.write(piece)


async def _keep(
    service: Service, shelf: Shelf, path: Path, kind: str, key: str, tag: str, how: str
) -> Kept:  # fmt: skip
    """Check what has come in, and move it to its place."""
    wanted = kind or (shelf.file(key).kind if key else "")
    result = await checked(service, path, wanted)
    if key:
        kept = await asyncio.to_thread(shelf.add_version, key, path, how, tag)
    else:
        kept = await asyncio.to_thread(shelf.add, path, result["kind"], how)
    shelf.keep_check(kept.id, kept.current, result)
    return kept


async def checked(service: Service, path: Path, kind: str) -> dict[str, Any]:
    """What a check by a worker finds; a file that a worker could not finish is refused too.

    Raises
    ------
    WebError
        When the file is refused.
    """
    args = {"path": str(path), "kind": kind}
    return dict(await asked(service, "check", args, path.name))


async def asked(service: Service, task: str, args: Mapping[str, Any], name: str) -> Any:
    """The answer of a worker about a file; its bounds in time and memory are a refusal of the file."""
    try:
        return await service.pool.ask(task, args, patience=PATIENCE)
    except BrokenError as error:
        if str(error) in ("timeout", "died", "MemoryError"):
            problem = Problem("web_too_much", name, "", name, {"limit": f"{PATIENCE:g}"})
            raise WebError(422, "refused", [problem_row(problem, name)]) from None
        raise failed(error) from None
    except (RefusedError, StoppedError) as error:
        raise failed(error) from None


async def check_of(service: Service, shelf: Shelf, key: str, version: int = 0) -> dict[str, Any]:
    """What a check of a version found: as kept, else made anew.

    A file that an older build let in and this one refuses is told like any file with problems.
    """
    try:
        kept = shelf.file(key)
        number = version or kept.current
        found = shelf.check_of(key, number)
        if found is None:
            found = await _again(service, shelf.path(key, number), kept.kind)
            shelf.keep_check(key, number, found)
    except DataError as error:
        raise told(error) from None
    return found


async def _again(service: Service, path: Path, kind: str) -> dict[str, Any]:
    blank: dict[str, Any] = {"kind": kind, "usable": False, "more": 0}
    blank |= {name: [] for name in ("facts", "columns", "unknowns", "offers")}
    try:
        return await checked(service, path, kind)
    except WebError as error:
        if error.status != 422:
            raise
        none: dict[str, Any] = {
            "severity": "error",
            "sheet": "",
            "cell": "",
            "choices_en": [],
            "choices_ja": [],
        }
        rows = [none | dict(row) for row in error.problems]
        return blank | {"messages": rows}


async def correct(
    service: Service, shelf: Shelf, key: str, cells: Sequence[Mapping[str, str]], tag: str
) -> Kept:  # fmt: skip
    """A new version of a file with some cells corrected, checked."""
    try:
        kept = shelf.file(key)
        old, path = shelf.path(key), shelf.incoming(kept.holds.name)
        try:
            args = {"path": str(old), "out": str(path), "cells": [dict(one) for one in cells]}
            await asked(service, "cells", args, kept.name)
            return await _keep(service, shelf, path, kept.kind, key, tag or kept.tag, "cells")
        finally:
            remove_whole(path.parent)
    except DataError as error:
        raise told(error) from None


async def write_text(service: Service, shelf: Shelf, key: str, text: str, tag: str) -> Kept:
    """A new version of a file of text, typed on the page."""
    try:
        kept = shelf.file(key)
    except DataError as error:
        raise told(error) from None
    content = "\n".join(text.splitlines()).encode() + b"\n"

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return await bring(service, shelf, kept.holds.name, pieces(), kept.kind, key, tag or kept.tag, "text")


def text_of(shelf: Shelf, kept: Kept) -> str | None:
    """Text of a file that may be typed on the page; ``None`` for any other."""
    path = shelf.path(kept.id)
    if door.suffix_of(path.name) not in TEXT or path.stat().st_size > MOST_TEXT:
        return None
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


async def blank(service: Service, name: str, lang: Lang, path: Path) -> None:
    """Write a template or an example.

    Raises
    ------
    WebError
        404 when there is none of that name.
    """
    if not ending_of(name):
        raise WebError(404, "no_file")
    await asked(service, "template", {"name": name, "lang": lang, "path": str(path)}, path.name)


async def example(service: Service, shelf: Shelf, name: str, lang: Lang) -> Kept:
    """Take a packaged example into a workspace."""
    if name not in EXAMPLES:
        raise WebError(404, "no_file")
    kind, ending = EXAMPLES[name]
    try:
        path = shelf.incoming(label(f"file_{name}", lang, "web_files") + ending)
        try:
            await blank(service, name, lang, path)
            return await _keep(service, shelf, path, kind, "", "", "example")
        finally:
            remove_whole(path.parent)
    except DataError as error:
        raise told(error) from None


async def change_kind(service: Service, shelf: Shelf, key: str, kind: str, tag: str) -> Kept:
    """Read a file as another kind, if a check lets it in as such."""
    try:
        kept = shelf.file(key)
        result = await checked(service, shelf.path(key), kind)
        changed = shelf.change_kind(kept.id, kind, tag)
        shelf.keep_check(key, changed.current, result)
    except DataError as error:
        raise told(error) from None
    return changed


def in_one(found: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """A check in one language."""
    listed = ("facts", "columns", "messages", "unknowns", "offers")
    return {
        name: in_language(value, lang) if name in listed else value
        for name, value in found.items()
        if name != "build"
    }

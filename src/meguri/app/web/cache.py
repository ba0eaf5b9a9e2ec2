"""Views that were computed: found again by what was asked while nothing they looked at changed. Thin."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meguri.app.web.desk import Desk, build_stamp, digest_of
from meguri.app.web.pool import Pool
from meguri.app.web.question import Asked
from meguri.base.terms import Lang

MOST = 400  # views kept in a workspace
WAITING = 64  # views that may wait for a worker


class BusyError(Exception):
    """Too many views are being computed."""


@dataclass(frozen=True)
class Wanted:
    """One view of one workspace."""

    workspace: Path
    page: str
    asked: Asked
    lang: Lang

    @property
    def key(self) -> str:
        """Address of the view among others."""
        return digest_of([str(self.workspace), self.page, dict(self.asked), self.lang, build_stamp()])

    @property
    def args(self) -> dict[str, Any]:
        """What a worker needs to know."""
        return {
            "workspace": str(self.workspace),
            "page": self.page,
            "asked": dict(self.asked),
            "lang": self.lang,
            "folder": str(self.workspace / "cache" / "views"),
        }


@dataclass(frozen=True)
class Stored:
    """A computed view on disk; its name stands for its content."""

    folder: Path

    @property
    def etag(self) -> str:
        """Tag of the content."""
        return f'"{self.folder.name}"'

    def compressed(self, part: str) -> bytes | None:
        """One file of it, compressed by gzip; ``None`` where there is none."""
        path = self.folder / f"{part}.gz"
        return path.read_bytes() if path.parent == self.folder and path.is_file() else None

    def document(self) -> dict[str, Any]:
        """What templates show."""
        found: dict[str, Any] = json.loads(gzip.decompress((self.folder / "view.json.gz").read_bytes()))
        return found


class Views:
    """The cache in front of the workers; a view that is asked for twice at a time is computed once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._running: dict[str, asyncio.Task[Stored]] = {}

    def stored(self, wanted: Wanted) -> Stored | None:
        """The view if it was computed and still holds."""
        try:
            index = json.loads(self._index(wanted).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        folder = wanted.workspace / "cache" / "views" / index["content"]
        desk = Desk(wanted.workspace)
        holds = folder.is_dir() and all(desk.stamp(what) == stamp for what, stamp in index["seen"].items())
        return Stored(folder) if holds else None

    async def get(self, wanted: Wanted, *, urgent: bool = True) -> Stored:
        """The view, computed if need be.

        Raises
        ------
        BusyError
            When too many others wait.
        """
        found = self.stored(wanted)
        if found is not None:
            return found
        task = self._running.get(wanted.key)
        if task is None:
            if len(self._running) >= WAITING:
                raise BusyError
            task = asyncio.create_task(self._compute(wanted, urgent))
            self._running[wanted.key] = task
            task.add_done_callback(lambda done: self._ended(wanted.key, done))
        return await asyncio.shield(task)

    def _ended(self, key: str, task: asyncio.Task[Stored]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waits has it; nobody may be waiting any more

    async def _compute(self, wanted: Wanted, urgent: bool) -> Stored:
        told = await self._pool.ask("view", wanted.args, urgent=urgent)
        path = self._index(wanted)
        with contextlib.suppress(OSError):  # the workspace may have been deleted meanwhile
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_text(json.dumps(told), encoding="utf-8")
            part.replace(path)
        return Stored(wanted.workspace / "cache" / "views" / told["content"])

    @staticmethod
    def _index(wanted: Wanted) -> Path:
        return wanted.workspace / "cache" / "index" / f"{wanted.key}.json"


def prune(workspace: Path, most: int = MOST) -> None:
    """Forget the oldest views beyond so many, and whatever was left half-written."""
    cache = workspace / "cache"
    for half in [*cache.glob("views/.part-*"), *cache.glob("index/*.part")]:
        shutil.rmtree(half, ignore_errors=True) if half.is_dir() else half.unlink(missing_ok=True)
    kept = sorted(cache.glob("views/*"), key=lambda item: item.stat().st_mtime_ns, reverse=True)
    for folder in kept[most:]:
        shutil.rmtree(folder, ignore_errors=True)
    for index in cache.glob("index/*.json"):
        with contextlib.suppress(OSError, ValueError):
            content = json.loads(index.read_text(encoding="utf-8"))["content"]
            if not (cache / "views" / content).is_dir():
                index.unlink(missing_ok=True)

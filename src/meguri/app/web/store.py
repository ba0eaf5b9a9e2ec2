"""Workspaces: folders under one root, made, renamed and deleted so that two open pages never harm each other.

ROOT/
├─ wXXXXXXXXXXXX/workspace.json     a workspace and its shown name; the rest as in `desk`
├─ .new-… .gone-…                   being made, being deleted: swept at the next start

Delete means gone: files, answers, jobs and cache go in one step. Thin: no pandas here.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from meguri.app.web import disk
from meguri.app.web.whole import remove_whole, sweep, sync_folder
from meguri.base.errors import DataError, Problem

ABOUT = "workspace.json"
_ID = re.compile(r"w[0-9a-f]{12}")


class MissingError(DataError):
    """What was named is not there, or is there no more (status 404)."""


class StaleError(DataError):
    """Somebody else wrote meanwhile (status 412)."""


class FullError(DataError):
    """There is no room for more (status 413)."""


@dataclass(frozen=True)
class Bounds:
    """How much a store takes in: bytes of one upload and of one workspace, and counts."""

    upload: int = 64 << 20
    workspace: int = 2 << 30
    workspaces: int = 100
    files: int = 300
    versions: int = 200


@dataclass(frozen=True)
class Workspace:
    """A workspace: its id in addresses, its shown name, and a tag that changes with every change of it."""

    id: str
    name: str
    tag: str
    folder: Path
    made: int  # [ns] since 1970: the oldest is the one that an address need not name


class Store:
    """All workspaces under one root.

    Parameters
    ----------
    root : Path
        Made when it does not exist.
    bounds : Bounds
        Limits.

    Attributes
    ----------
    on_delete : list of callables
        Told the id of a workspace before it is deleted, so that jobs in it can be stopped.
    lock : RLock
        Held for every write below the root.
    """

    def __init__(self, root: Path, bounds: Bounds = Bounds()) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root.resolve()
        self.bounds = bounds
        self.lock = threading.RLock()
        self.on_delete: list[Callable[[str], None]] = []
        self._sweep()

    def workspaces(self) -> list[Workspace]:
        """Every workspace, by name."""
        with self.lock:
            self._sweep_orphans()
            found = [one for item in self.root.iterdir() if (one := self._read(item)) is not None]
        return sorted(found, key=lambda one: (one.name.casefold(), one.id))

    def workspace(self, key: str) -> Workspace:
        """The workspace of an id.

        Raises
        ------
        MissingError
            When there is none.
        """
        found = self._read(self.root / key) if _ID.fullmatch(key) else None
        if found is None:
            raise MissingError(Problem("web_no_workspace", "workspace", disk.printable(key)))
        return found

    def folder(self, key: str) -> Path:
        """Folder of a workspace; errors as :meth:`workspace`."""
        return self.workspace(key).folder

    def first(self, name: str) -> Workspace:
        """The oldest workspace; one is made under the name given where there is none."""
        with self.lock:
            oldest = min(self.workspaces(), key=lambda one: (one.made, one.id), default=None)
            return oldest or self.create(name)

    def create(self, name: str) -> Workspace:
        """Make a workspace.

        Raises
        ------
        DataError
            When the name may not be used or is taken.
        FullError
            When there are too many.
        """
        with self.lock:
            shown = self._free_name(name, "")
            if len(self.workspaces()) >= self.bounds.workspaces:
                details = {"most": str(self.bounds.workspaces)}
                raise FullError(Problem("web_many_workspaces", "workspace", shown, "", details))
            key = f"w{secrets.token_hex(6)}"
            made = self.root / f".new-{key}"
            made.mkdir()
            disk.write_json(made / ABOUT, {"name": shown, "made": time.time_ns()})
            made.rename(self.root / key)
            sync_folder(self.root)
        return self.workspace(key)

    def rename(self, key: str, name: str, tag: str = "") -> Workspace:
        """Give a workspace another name; its address stays.

        Raises
        ------
        StaleError
            When a tag is given and the workspace has changed since.
        """
        with self.lock:
            old = self.workspace(key)
            check_tag(old.tag, tag, old.name)
            content = {"name": self._free_name(name, key), "made": old.made}
            disk.write_json(old.folder / ABOUT, content)
        return self.workspace(key)

    def delete(self, key: str, tag: str = "") -> None:
        """Delete a workspace with everything in it: files, answers, jobs, cache.

        Raises
        ------
        MissingError
            When it is there no more: another page was first.
        StaleError
            When a tag is given and the workspace has changed since.
        """
        with self.lock:
            old = self.workspace(key)
            check_tag(old.tag, tag, old.name)
            for told in self.on_delete:
                told(key)
            remove_whole(old.folder)

    def _read(self, folder: Path) -> Workspace | None:
        """The workspace in a folder; ``None`` for anything else, also for a link to somewhere."""
        if not _ID.fullmatch(folder.name) or folder.is_symlink():
            return None
        about = disk.read_json(folder / ABOUT)
        if about is None or not isinstance(about.get("name"), str):
            return None
        made = about.get("made")
        since = made if isinstance(made, int) else 0
        return Workspace(folder.name, about["name"], tag_of(repr(about).encode()), folder, since)

    def _free_name(self, name: str, own: str) -> str:
        shown = disk.checked_name(name, "name")
        taken = {one.name.casefold() for one in self.workspaces() if one.id != own}
        if shown.casefold() in taken:
            raise DataError(Problem("web_name_taken", "name", shown, shown))
        return shown

    def _sweep(self) -> None:
        """Take away what a killed server left half-made or half-deleted; only what carries our names."""
        for item in list(self.root.iterdir()):
            if item.name.startswith((".new-w", ".gone-")):
                remove_whole(item)
        for one in self.workspaces():
            remove_whole(one.folder / ".incoming")
            for item in (one.folder / "files").glob("*"):
                remove_whole(item) if item.name.startswith(".") else sweep(item)
            sweep(one.folder)
        sweep(self.root)

    def _sweep_orphans(self) -> None:
        """A worker that was computing when its workspace was deleted may have written there once more.

        A folder with one of our ids has a description from its first moment on, or it is such a remainder.
        """
        for item in list(self.root.iterdir()):
            if _ID.fullmatch(item.name) and not item.is_symlink() and not (item / ABOUT).is_file():
                remove_whole(item)


def tag_of(content: bytes) -> str:
    """Tag of a content: two contents with one tag are the same."""
    return sha256(content).hexdigest()[:20]


def check_tag(now: str, given: str, name: str) -> None:
    """Refuse a change made on an old view; without a tag nothing is compared.

    Parameters
    ----------
    now : str
        Tag of what is there.
    given : str
        What the other side saw, as an ``If-Match`` header has it; "" and "*" match anything.

    Raises
    ------
    StaleError
        When both differ.
    """
    wanted = {part.strip().removeprefix("W/").strip('"') for part in given.split(",") if part.strip()}
    if wanted and wanted != {"*"} and now not in wanted:
        raise StaleError(Problem("web_stale", name, "", name))

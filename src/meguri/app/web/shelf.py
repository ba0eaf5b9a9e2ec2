"""Own files of one workspace: every version kept, undo and redo, no write of another page lost. Thin.

files/ID/meta.json          kind, shown name, versions, and which of them holds
files/ID/v0001/NAME.xlsx    a version under its own name, so that messages name what the reader knows
files/ID/v0001/check.json   what a check of it found; brief.json the same in two words
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from meguri.app.web import disk
from meguri.app.web.desk import KINDS, build_stamp
from meguri.app.web.store import FullError, MissingError, Store, check_tag, tag_of
from meguri.app.web.whole import remove_whole, sync_folder
from meguri.base.errors import DataError, Problem

META = "meta.json"
_ID = re.compile(r"f[0-9a-f]{12}")


@dataclass(frozen=True)
class Version:
    """One version of a file; ``parent`` is the version it was made from, 0 for the first."""

    number: int
    name: str
    digest: str
    size: int
    when: str
    how: str  # upload, cells, text, example
    parent: int


@dataclass(frozen=True)
class Kept:
    """One own file with all its versions; ``tag`` changes with every change of it."""

    id: str
    kind: str
    name: str
    current: int
    versions: tuple[Version, ...]
    tag: str

    @property
    def holds(self) -> Version:
        """The version that holds."""
        return self.versions[self.current - 1]

    @property
    def before(self) -> int:
        """Version that undo leads to; 0 where there is none."""
        return self.holds.parent

    @property
    def after(self) -> int:
        """Version that redo leads to; 0 where there is none."""
        return max((one.number for one in self.versions if one.parent == self.current), default=0)


class Shelf:
    """The files of a workspace.

    Parameters
    ----------
    store : Store
        All workspaces.
    key : str
        Id of one.

    Raises
    ------
    MissingError
        When there is no such workspace.
    """

    def __init__(self, store: Store, key: str) -> None:
        self.store, self.workspace = store, store.workspace(key)
        self.folder = self.workspace.folder / "files"

    def files(self) -> list[Kept]:
        """Every file, by kind and name."""
        if not self.folder.is_dir() or self.folder.is_symlink():
            return []
        found = [one for item in self.folder.iterdir() if (one := self._read(item)) is not None]
        return sorted(found, key=lambda one: (KINDS.index(one.kind), one.name.casefold(), one.id))

    def file(self, key: str) -> Kept:
        """The file of an id.

        Raises
        ------
        MissingError
            When there is none.
        """
        found = self._read(self.folder / key) if _ID.fullmatch(key) else None
        if found is None:
            raise MissingError(Problem("web_no_file", "file", disk.printable(key)))
        return found

    def path(self, key: str, version: int = 0) -> Path:
        """Place of a version, by default of the one that holds; errors as :meth:`file`."""
        kept = self.file(key)
        number = version or kept.current
        if not 1 <= number <= len(kept.versions):
            raise MissingError(Problem("web_no_version", kept.name, str(number), kept.name))
        path = self._version_folder(key, number) / kept.versions[number - 1].name
        if not path.is_file() or not path.resolve().is_relative_to(self.folder.resolve()):
            raise MissingError(Problem("web_no_version", kept.name, str(number), kept.name))
        return path

    def incoming(self, name: str) -> Path:
        """A place for a file under its own name until it is let in; swept at the next start."""
        folder = self.workspace.folder / ".incoming" / secrets.token_hex(8)
        folder.mkdir(parents=True)
        return folder / disk.checked_name(name, "file")

    def room(self) -> int:
        """Bytes that the workspace may still take."""
        return max(0, self.store.bounds.workspace - disk.size_of(self.workspace.folder))

    def add(self, brought: Path, kind: str, how: str = "upload") -> Kept:
        """Take in a file: a new one, or a new version of that which has its kind and name.

        Parameters
        ----------
        brought : Path
            From :meth:`incoming`; moved.

        Raises
        ------
        DataError
            When the kind is unknown or there is no room.
        """
        with self.store.lock:
            self.store.workspace(self.workspace.id)  # another page may have deleted it meanwhile
            twin = next((one for one in self.files() if (one.kind, one.name) == (kind, brought.name)), None)
            if twin is not None:
                return self.add_version(twin.id, brought, how)
            if kind not in KINDS:
                details = {"choices": ", ".join(KINDS), "near": KINDS[0]}
                raise DataError(Problem("choice", "kind", disk.printable(kind), brought.name, details))
            if len(self.files()) >= self.store.bounds.files:
                details = {"most": str(self.store.bounds.files)}
                raise FullError(Problem("web_many_files", brought.name, "", brought.name, details))
            key = f"f{secrets.token_hex(6)}"
            made = self.folder / f".new-{key}"
            made.mkdir(parents=True)
            first = self._take(brought, made, 1, 0, how)
            disk.write_json(made / META, {"kind": kind, "name": brought.name, "current": 1,
                                          "versions": [first]})  # fmt: skip
            made.rename(self.folder / key)
            sync_folder(self.folder)
        return self.file(key)

    def add_version(self, key: str, brought: Path, how: str = "upload", tag: str = "") -> Kept:
        """Take in a new version of a file; the same content again changes nothing.

        Raises
        ------
        MissingError, StaleError, FullError
            When the file is gone, has changed since the tag, or there is no room.
        """
        with self.store.lock:
            kept = self.file(key)
            check_tag(kept.tag, tag, kept.name)
            if disk_digest(brought) == kept.holds.digest and brought.name == kept.holds.name:
                return kept
            if len(kept.versions) >= self.store.bounds.versions:
                details = {"most": str(self.store.bounds.versions)}
                raise FullError(Problem("web_many_versions", kept.name, "", kept.name, details))
            number = len(kept.versions) + 1
            added = self._take(brought, self.folder / key, number, kept.current, how)
            content = self._meta(key)
            content["versions"].append(added)
            disk.write_json(self.folder / key / META, content | {"current": number, "name": brought.name})
        return self.file(key)

    def show_version(self, key: str, version: int, tag: str = "") -> Kept:
        """Let another version hold: undo, redo, or any of them.

        Raises
        ------
        MissingError, StaleError
            When there is no such version, or the file has changed since the tag.
        """
        with self.store.lock:
            kept = self.file(key)
            check_tag(kept.tag, tag, kept.name)
            self.path(key, version if version > 0 else len(kept.versions) + 1)
            name = kept.versions[version - 1].name
            disk.write_json(self.folder / key / META, self._meta(key) | {"current": version, "name": name})
        return self.file(key)

    def change_kind(self, key: str, kind: str, tag: str = "") -> Kept:
        """Read a file as another kind."""
        with self.store.lock:
            kept = self.file(key)
            check_tag(kept.tag, tag, kept.name)
            if kind not in KINDS:
                details = {"choices": ", ".join(KINDS), "near": kept.kind}
                raise DataError(Problem("choice", "kind", disk.printable(kind), kept.name, details))
            disk.write_json(self.folder / key / META, self._meta(key) | {"kind": kind})
        return self.file(key)

    def delete(self, key: str, tag: str = "") -> None:
        """Delete a file with all its versions; errors as :meth:`show_version`."""
        with self.store.lock:
            kept = self.file(key)
            check_tag(kept.tag, tag, kept.name)
            remove_whole(self.folder / key)

    def keep_check(self, key: str, version: int, result: Mapping[str, Any]) -> None:
        """Keep what a check of a version found; a file deleted meanwhile stays deleted."""
        with self.store.lock:
            kept = self.file(key)
            folder = self._version_folder(key, version)
            if folder.is_dir():
                stamp = {"build": build_stamp(), "kind": kept.kind}
                bad = sum(row["severity"] == "error" for row in result["messages"])
                disk.write_json(folder / "check.json", {**result, **stamp})
                disk.write_json(folder / "brief.json", {**stamp, "usable": result["usable"], "bad": bad})

    def check_of(self, key: str, version: int = 0) -> dict[str, Any] | None:
        """What a check of a version found; ``None`` where none was made by this build for this kind."""
        kept = self.file(key)
        return self._said(kept, version or kept.current, "check.json")

    def brief_of(self, kept: Kept) -> dict[str, Any] | None:
        """Whether the version that holds can be used and how many cells are wrong; ``None`` as above."""
        return self._said(kept, kept.current, "brief.json")

    def _said(self, kept: Kept, version: int, name: str) -> dict[str, Any] | None:
        found = disk.read_json(self._version_folder(kept.id, version) / name)
        fits = found is not None and (found.get("build"), found.get("kind")) == (build_stamp(), kept.kind)
        return found if fits else None

    def _version_folder(self, key: str, number: int) -> Path:
        return self.folder / key / f"v{number:04d}"

    def _take(self, brought: Path, folder: Path, number: int, parent: int, how: str) -> dict[str, Any]:
        """Move a file into a version of its own and describe it."""
        size = brought.stat().st_size
        if self.room() == 0:  # it lies in the workspace already, and is counted
            raise FullError(Problem("web_workspace_full", brought.name, f"{size:,} B", brought.name,
                                    {"limit": f"{self.store.bounds.workspace >> 20:,} MB"}))  # fmt: skip
        target = folder / f"v{number:04d}"
        remove_whole(target)  # of a server killed before it could describe what it had moved
        target.mkdir()
        digest = disk_digest(brought)
        waited = brought.parent
        brought.rename(target / brought.name)
        sync_folder(target)
        remove_whole(waited)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        return {"file": f"{target.name}/{brought.name}", "name": brought.name, "digest": digest, "size": size,
                "when": now, "how": how, "parent": parent}  # fmt: skip

    def _meta(self, key: str) -> dict[str, Any]:
        return disk.read_json(self.folder / key / META) or {}

    def _read(self, folder: Path) -> Kept | None:
        """The file in a folder; ``None`` for anything else, also for a link to somewhere."""
        if not _ID.fullmatch(folder.name) or folder.is_symlink():
            return None
        content = disk.read_json(folder / META)
        try:
            assert content is not None
            versions = tuple(
                Version(
                    number, one["name"], one["digest"], one["size"], one["when"], one["how"], one["parent"]
                )
                for number, one in enumerate(content["versions"], start=1)
            )
            names = [disk.checked_name(one.name) == one.name for one in versions]
            fits = content["kind"] in KINDS and 1 <= content["current"] <= len(versions) and all(names)
            tag = tag_of(repr(content).encode())
            kept = Kept(folder.name, content["kind"], content["name"], content["current"], versions, tag)
        except (AssertionError, KeyError, TypeError, DataError):
            return None
        return kept if fits else None


def disk_digest(path: Path) -> str:
    """Twenty hex digits that stand for the content of a file, read piece by piece."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()[:20]

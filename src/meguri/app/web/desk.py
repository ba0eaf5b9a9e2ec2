"""What lies in a workspace: the reader's own files and finished answers, as a page sees them. Thin.

WORKSPACE/
├─ files/ID/meta.json, v0001.xlsx …    own files, every version kept
├─ answers/ID/done.json …              finished jobs, addressed by what went into them
├─ jobs/ID.json                        jobs that wait, run, failed or were cancelled
└─ cache/                              views; may be deleted at any time
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from meguri.base.errors import DataError, Problem
from meguri.base.version import __version__

OWN = "file:"  # a value that names one of the reader's own files
KINDS = ("chain", "scenario", "shop", "items", "measures", "cards", "claim", "trade")


@dataclass(frozen=True)
class KeptFile:
    """One of the reader's own files, at its newest version."""

    id: str
    kind: str
    name: str
    version: int
    digest: str
    path: Path

    @property
    def value(self) -> str:
        """How a query names it."""
        return f"{OWN}{self.id}"


@cache
def build_stamp() -> str:
    """Version of the package and of its files: what was computed by another build is not shown."""
    root = Path(str(resources.files("meguri")))
    newest = max(
        item.stat().st_mtime_ns for item in root.rglob("*") if item.suffix in (".py", ".csv", ".yaml")
    )
    return f"{__version__}-{newest:x}"


def digest_of(value: object) -> str:
    """Twenty hex digits that stand for a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Desk:
    """A workspace as a page or a job reads it; remembers what was looked at.

    Attributes
    ----------
    seen : dict
        What was looked at and its stamp then: a view is as old as the first of them that changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: dict[str, str] = {}

    def files(self, kind: str) -> list[KeptFile]:
        """The reader's own files of one kind, by name."""
        found = sorted((one for one in self._all() if one.kind == kind), key=lambda one: (one.name, one.id))
        self.seen[f"files:{kind}"] = self.stamp(f"files:{kind}", found)
        return found

    def file(self, value: str) -> KeptFile:
        """The own file that a value such as ``file:abc`` names.

        Raises
        ------
        DataError
            When there is none.
        """
        found = next((one for one in self._all() if one.value == value), None)
        self.seen[f"file:{value}"] = found.digest if found else ""
        if found is None:
            raise DataError(Problem("web_no_file", "file", value[:60]))
        return found

    def path_of(self, value: str) -> str:
        """A packaged name as it is; the path of an own file."""
        return str(self.file(value).path) if value.startswith(OWN) else value

    def answer_id(self, kind: str, params: Mapping[str, str]) -> str:
        """Address of an answer: kind, parameters, content of own files, version of the package."""
        filled = {name: text for name, text in params.items() if text != ""}
        return digest_of([kind, filled, self.inputs(params), build_stamp()])

    def inputs(self, params: Mapping[str, str]) -> dict[str, str]:
        """Own files that parameters name, and the digest of what each holds now."""
        named = [value for text in params.values() for value in text.split(",") if value.startswith(OWN)]
        return {value: self.file(value).digest for value in named}

    def kept(self, kind: str, params: Mapping[str, str]) -> Path:
        """Where a job may keep what it has done so far: it goes on from there, and goes with the job."""
        return self.folder / "cache" / "runs" / self.answer_id(kind, params)

    def answer(self, kind: str, params: Mapping[str, str]) -> Path | None:
        """Folder of a finished answer; ``None`` while there is none."""
        name = self.answer_id(kind, params)
        folder = self.folder / "answers" / name
        self.seen[f"answer:{name}"] = self.stamp(f"answer:{name}")
        return folder if (folder / "done.json").is_file() else None

    def today(self) -> str:
        """The day; a view that rests on it is as old as the day."""
        self.seen["today:"] = self.stamp("today:")
        return self.seen["today:"]

    def stamp(self, what: str, listed: list[KeptFile] | None = None) -> str:
        """State of one thing that was looked at, as of now."""
        family, _, name = what.partition(":")
        if family == "today":
            return dt.date.today().isoformat()
        if family == "files":
            found = [one for one in self._all() if one.kind == name] if listed is None else listed
            return digest_of(sorted([one.id, one.name, one.digest] for one in found))
        if family == "file":
            return next((one.digest for one in self._all() if one.value == name), "")
        return "done" if (self.folder / "answers" / name / "done.json").is_file() else ""

    def _all(self) -> list[KeptFile]:
        folder = self.folder / "files"
        listed = sorted(folder.glob("[!.]*/meta.json")) if folder.is_dir() else []
        return [one for meta in listed if (one := _kept(meta)) is not None]


def _kept(meta: Path) -> KeptFile | None:
    """The file that a description is about; none where it was just deleted or leads out of its folder."""
    try:
        content = json.loads(meta.read_text(encoding="utf-8"))
        last = content["versions"][content["current"] - 1]
        path = meta.parent / last["file"]
        found = KeptFile(
            id=meta.parent.name,
            kind=content["kind"],
            name=content["name"],
            version=content["current"],
            digest=last["digest"],
            path=path,
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None
    return found if path.resolve().is_relative_to(meta.parent.absolute().parent.resolve()) else None

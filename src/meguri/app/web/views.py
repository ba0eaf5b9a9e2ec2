"""Views in a worker: computed, written to the cache as plain files that the server hands out."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from meguri.app.printing import as_csv, write_workbook
from meguri.app.web.desk import Desk
from meguri.app.web.pages import viewer
from meguri.app.web.question import Asked
from meguri.app.web.view import View, document, raw
from meguri.app.web.worker import Told


def viewed(args: Mapping[str, Any], desk: Desk) -> View:
    """The view that a request names."""
    return viewer(args["page"])(Asked(args["asked"]), desk, args["lang"])


def make_view(args: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Compute a view and write it below ``args["folder"]`` as an immutable folder named by its content.

    Returns
    -------
    dict
        ``content`` name of the folder, ``seen`` what was looked at and its stamp.
    """
    told(0, 1)
    desk = Desk(Path(args["workspace"]))
    view = viewed(args, desk)
    asked = {name: text for name, text in args["asked"].items() if text != ""}
    doc = {"page": args["page"], "lang": args["lang"], "asked": asked} | document(view, args["lang"])
    tables = view.tables()
    body = json.dumps(doc, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    parts = {"view.json": body}
    for key, table in tables.items():
        told_rows = json.dumps(raw(table), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        parts[f"{key}.json"] = told_rows.encode()
        parts[f"{key}.csv"] = as_csv(table.frame).encode("utf-8-sig")
    digest = hashlib.sha256(b"".join(name.encode() + part for name, part in sorted(parts.items())))
    name = digest.hexdigest()[:20]
    _write_folder(Path(args["folder"]) / name, parts)
    return {"content": name, "seen": desk.seen}


def _write_folder(target: Path, parts: Mapping[str, bytes]) -> None:
    """A folder of compressed files, there whole or not at all; one that is there stays as it is."""
    if target.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
    for name, content in parts.items():
        (made / f"{name}.gz").write_bytes(gzip.compress(content, 5, mtime=0))
    try:
        made.rename(target)
    except OSError:  # another worker was quicker: the content is the same
        shutil.rmtree(made, ignore_errors=True)


def write_table(args: Mapping[str, Any], told: Told) -> str:
    """One table of a view as a workbook at ``args["path"]``."""
    told(0, 1)
    tables = viewed(args, Desk(Path(args["workspace"]))).tables()
    path = Path(args["path"])
    write_workbook(path, {args["table"]: tables[args["table"]].frame})
    return str(path)


def write_own_paper(args: Mapping[str, Any], told: Told) -> str:
    """A paper that a page itself offers, at ``args["path"]``: its module has a function ``paper``."""
    told(0, 1)
    desk = Desk(Path(args["workspace"]))
    module = import_module(f"meguri.app.web.pages.{args['page']}")
    module.paper(Asked(args["asked"]), desk, args["lang"], args["name"], Path(args["path"]))
    return str(args["path"])

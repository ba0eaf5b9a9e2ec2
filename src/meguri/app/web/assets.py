"""Scripts, styles and the map, compressed once and kept by the browser until the build changes. Thin."""

from __future__ import annotations

import gzip
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from meguri.app.web.desk import build_stamp

KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
SHARED = ("echarts.min.js", "world.json")  # of `show`, drawn by reports too


def _place(name: str) -> Traversable:
    package = ("meguri.show", "assets") if name in SHARED else ("meguri.app.web", "static")
    return resources.files(package[0]).joinpath(package[1])


@cache
def names() -> frozenset[str]:
    """Every asset there is: nothing else is handed out."""
    own = [item.name for item in resources.files("meguri.app.web").joinpath("static").iterdir()]
    return frozenset({*own, *SHARED})


@cache
def packed(name: str) -> bytes:
    """An asset compressed by gzip."""
    return gzip.compress(_place(name).joinpath(name).read_bytes(), 9, mtime=0)


def kind(name: str) -> str:
    """Media type of an asset.

    Examples
    --------
    >>> kind("app.css")
    'text/css; charset=utf-8'
    """
    return KINDS.get(name[name.rfind(".") :], "application/octet-stream")


def tag(name: str) -> str:
    """Tag of an asset within this build."""
    return f'"{name}-{build_stamp()}"'

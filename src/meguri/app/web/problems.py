"""What the server says when it says no: problem+json with file, place, found, expected and way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.responses import JSONResponse

from meguri.base.errors import MeguriError
from meguri.base.terms import Lang, label

MEDIA = "application/problem+json"


class WebError(Exception):
    """A request that is not answered: status, key of its title in ``web_api``, and rows of problems."""

    def __init__(
        self, status: int, key: str, problems: Sequence[Mapping[str, Any]] = (), **headers: str
    ) -> None:
        super().__init__(key)
        self.status, self.key, self.problems = status, key, list(problems)
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


def rows_of(error: MeguriError, lang: Lang) -> list[dict[str, Any]]:
    """Problems of an error raised in the server itself, in one language."""
    return [one.row(lang) | {"file": one.file or error.file} for one in error.problems]


def in_language(problems: Iterable[Mapping[str, Any]], lang: Lang) -> list[dict[str, Any]]:
    """Problems a worker sent in every language, in one.

    Examples
    --------
    >>> in_language([{"place": "a", "expected_en": "b", "expected_ja": "c"}], "ja")
    [{'place': 'a', 'expected': 'c'}]
    """
    own, other = f"_{lang}", "_en" if lang == "ja" else "_ja"
    return [
        {name.removesuffix(own): text for name, text in row.items() if not name.endswith(other)}
        for row in problems
    ]


def title_of(error: WebError, lang: Lang) -> tuple[str, str]:
    """What happened, and what to do about it."""
    return label(error.key, lang, "web_api"), label(f"{error.key}_way", lang, "web_api")


def rows_in(error: WebError, lang: Lang) -> list[dict[str, Any]]:
    """Every problem with all its parts, as text, in one language."""
    parts = ("key", "file", "place", "found", "expected", "way_out")
    return [{name: str(row.get(name, "")) for name in parts} for row in in_language(error.problems, lang)]


def response(error: WebError, lang: Lang) -> JSONResponse:
    """The problem as an answer of the API (RFC 9457)."""
    title, way = title_of(error, lang)
    content = {
        "type": f"urn:meguri:{error.key}",
        "title": title,
        "status": error.status,
        "detail": way,
        "problems": rows_in(error, lang),
    }
    return JSONResponse(content, error.status, headers=error.headers, media_type=MEDIA)

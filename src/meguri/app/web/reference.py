"""Reference of the API in the reader's language, made from its own OpenAPI description. Thin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from meguri.app.web.question import Question
from meguri.app.web.questions import QUESTIONS
from meguri.base.terms import Lang, label
from meguri.base.words import read_words

METHODS = ("get", "post", "put", "patch", "delete")
PAGES = "pages"
_REFERENCE = "#/components/schemas/"


def parts(openapi: Mapping[str, Any], lang: Lang) -> list[dict[str, Any]]:
    """Operations by what they are about: what every page answers, the ten questions, then the others.

    Each part has ``key``, ``title``, ``calls`` (method, path, summary, parameters of its own, body) and, for
    a question, ``fields``: the parameters that all its calls take. What all questions answer alike stands
    once, with ``{page}`` in its path.
    """
    calls: dict[str, list[dict[str, Any]]] = {PAGES: [], **{key: [] for key in QUESTIONS}}
    for path, methods in openapi["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                key = (operation.get("tags") or [PAGES])[0]
                calls.setdefault(key, []).append(_call(path, method, operation, key, lang))
    common = _common(calls)
    calls[PAGES] += common
    for key in QUESTIONS:
        calls[key] = [one for one in calls[key] if _anywhere(one, key) not in common]
    return [_part(key, found, lang) for key, found in calls.items() if found or key in QUESTIONS]


def _anywhere(call: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A call of one page as it reads for any page."""
    return {**call, "path": call["path"].replace(f"/pages/{key}", "/pages/{page}")}


def _common(calls: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Calls that every question answers."""
    alike = [[_anywhere(one, key) for one in calls[key]] for key in QUESTIONS]
    return [one for one in alike[0] if all(one in others for others in alike)]


def _part(key: str, calls: list[dict[str, Any]], lang: Lang) -> dict[str, Any]:
    question = QUESTIONS.get(key)
    title = label("question", lang, question.words) if question else said(f"tag_{key}", key, lang)
    fields = _fields(question, lang) if question else []
    return {"key": key, "title": title, "path": f"/api/v1/pages/{key}", "calls": calls, "fields": fields}


def _fields(question: Question, lang: Lang) -> list[dict[str, str]]:
    return [
        {
            "name": one.name,
            "kind": said(f"kind_{one.kind}", one.kind, lang),
            "default": one.default,
            "help": label(f"help_{one.name}", lang, question.words),
        }
        for one in question.fields
    ]


def _call(path: str, method: str, operation: Mapping[str, Any], key: str, lang: Lang) -> dict[str, Any]:
    name = name_of(operation, key)
    own = {field.name for field in QUESTIONS[key].fields} if key in QUESTIONS else set()
    return {
        "method": method.upper(),
        "path": path,
        "summary": said(name, operation.get("summary", ""), lang),
        "parameters": [
            {"name": one["name"], "in": one["in"], "kind": kind(one.get("schema", {}))}
            for one in operation.get("parameters", [])
            if one["name"] not in own
        ],
        "body": sorted(operation.get("requestBody", {}).get("content", {})),
        "answers": sorted(code for code in operation.get("responses", {}) if code < "4"),
    }


def name_of(operation: Mapping[str, Any], key: str) -> str:
    """Key of the words of an operation: its function, without page and path.

    Examples
    --------
    >>> name_of({"operationId": "holds_whole"}, "holds")
    'whole'
    >>> name_of({"operationId": "ask_api_v1_workspaces__workspace__jobs_post"}, "jobs")
    'ask'
    """
    name = str(operation.get("operationId", "")).partition("_api_v1_")[0]
    return name.removeprefix(f"{key}_") if key in QUESTIONS else name


def kind(schema: Mapping[str, Any]) -> str:
    """Kind of a value in a few letters.

    Examples
    --------
    >>> kind({"type": "integer", "minimum": 1, "maximum": 9})
    'integer 1–9'
    >>> kind({"anyOf": [{"enum": ["ja", "en"], "type": "string"}, {"type": "null"}]})
    'ja | en'
    """
    listed: Sequence[Mapping[str, Any]] = schema.get("anyOf", [])
    if listed:
        return " | ".join(kind(one) for one in listed if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REFERENCE)
    low, high = schema.get("minimum"), schema.get("maximum")
    ends = (
        ""
        if low is None and high is None
        else f" {'' if low is None else low}–{'' if high is None else high}"
    )
    return f"{schema.get('type', '')}{ends}"


@cache
def _known() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in read_words("web_reference")}


def said(key: str, otherwise: str, lang: Lang) -> str:
    """Words of an operation; what its own description says where there are none yet."""
    return _known()[key][lang] if key in _known() else otherwise

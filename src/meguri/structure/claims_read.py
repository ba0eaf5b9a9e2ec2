"""Reading claim files: every problem of a file at once, each with its line and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import ValidationError

from meguri.base.errors import DataError, MeguriError, Problem
from meguri.base.files import read_text
from meguri.base.terms import packaged, suggest
from meguri.observe.chronicle import chronicle
from meguri.scenario.read import read_yaml
from meguri.structure.claims_check import check_claims
from meguri.structure.claims_model import Claim

MAX_CLAIM_BYTES = 1 << 20
FORMS = {  # what the schema finds, in words of our own
    "model_type": "claim_fields",
    "dict_type": "claim_fields",
    "tuple_type": "claim_list",
    "list_type": "claim_list",
    "string_type": "claim_text",
    "int_type": "claim_number",
    "int_parsing": "claim_number",
    "int_from_float": "claim_number",
    "greater_than_equal": "claim_number",
}
Lines = Mapping[tuple[str | int, ...], int]


def read_claims(path: str | Path, events: pd.DataFrame | None = None) -> list[Claim]:
    """Claims of a YAML file: a list under ``claims``, and the file's own ``sources`` and ``series``.

    Parameters
    ----------
    path : str or Path
        The file.
    events : DataFrame, optional
        Chronicle the claims name events of; the packaged one when left out.

    Raises
    ------
    DataError
        With every problem of the file at once: unreadable lines, unknown or missing fields, dates that
        contradict each other, missing sources, unknown events, series and claims, alternatives that
        lead back to themselves.
    """
    file = str(path)
    return parse_claims(read_text(Path(path), MAX_CLAIM_BYTES), file, events)


def parse_claims(text: str, file: str, events: pd.DataFrame | None = None) -> list[Claim]:
    """Claims of a text in the form of a claim file; problems as :func:`read_claims`."""
    try:
        content = read_yaml(text, file)
    except MeguriError as error:
        raise DataError(error.problems, file) from None
    if not isinstance(content, dict) or not isinstance(content.get("claims"), list):
        raise DataError(Problem("claim_file", file, "", file))
    if not content["claims"]:
        raise DataError(Problem("claim_file", f"{Path(file).name}: claims", "[]", file))
    lines = lines_of(text)
    found = [
        Problem("claim_extra", _place(file, lines, (key,)), key, file, {"near": "claims, sources, series"})
        for key in content
        if key not in ("claims", "sources", "series")
    ]
    read: dict[int, Claim] = {}
    for number, entry in enumerate(content["claims"]):
        try:
            read[number] = Claim.model_validate(entry)
        except ValidationError as error:
            found += [_problem(item, number, file, lines) for item in error.errors()]
            rest = _without(entry, [item["loc"] for item in error.errors()])
            if rest is not None:  # what can be read is checked too, so that one round mends the file
                read[number] = rest
    record = chronicle() if events is None else events
    own = {name: _own(content.get(name)) for name in ("sources", "series")}
    for problem_key, number, where, value, details in check_claims(read, record, own, _packaged_ids(file)):
        place = _place(file, lines, ("claims", number, *where))
        found.append(Problem(problem_key, place, value, file, details))
    if found:
        raise DataError(sorted(found, key=lambda problem: _line(problem.place)), file)
    return list(read.values())


@cache
def packaged_claims() -> tuple[Claim, ...]:
    """Claims of ``data/claims``, by file and in their order there."""
    files = sorted(item.name for item in packaged("claims").iterdir() if item.name.endswith(".yaml"))
    return tuple(
        item
        for name in files
        for item in parse_claims(packaged("claims", name).read_text(encoding="utf-8"), name)
    )


def one_of(claims: Sequence[Claim], name: str) -> Claim:
    """The claim of that id.

    Raises
    ------
    DataError
        claim_unknown, with the nearest id.
    """
    by_id = {item.id: item for item in claims}
    if name not in by_id:
        near = suggest(name, by_id) or ", ".join(by_id)
        raise DataError(Problem("claim_unknown", "claim", name, "", {"near": near}))
    return by_id[name]


def lines_of(text: str) -> dict[tuple[str | int, ...], int]:
    """Line of every place of a YAML text, by its path.

    Examples
    --------
    >>> lines_of("claims:\\n  - id: a\\n    who: b\\n")[("claims", 0, "who")]
    3
    """
    found: dict[tuple[str | int, ...], int] = {}

    def walk(node: yaml.Node, path: tuple[str | int, ...]) -> None:
        found.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[*path, str(key.value)] = key.start_mark.line + 1
                walk(value, (*path, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                walk(value, (*path, number))

    root = yaml.compose(text, yaml.SafeLoader)
    if root is not None:
        walk(root, ())
    return found


def _without(entry: Any, places: list[tuple[str | int, ...]]) -> Claim | None:
    """The claim without the fields that cannot be read; none where one of them is needed."""
    if not isinstance(entry, dict):
        return None
    kept = {key: dict(value) if isinstance(value, dict) else value for key, value in entry.items()}
    for place in places:
        inner = kept.get(str(place[0])) if place else None
        if len(place) == 2 and isinstance(inner, dict) and place[1] in inner:
            del inner[place[1]]
        elif place:
            kept.pop(str(place[0]), None)
    try:
        return Claim.model_validate(kept)
    except ValidationError:
        return None


def _own(section: Any) -> set[str]:
    return {str(key) for key in section} if isinstance(section, dict) else set()


@cache
def _packaged_files() -> frozenset[str]:
    return frozenset(item.name for item in packaged("claims").iterdir())


def _packaged_ids(file: str) -> Iterable[str]:
    """Ids a file may refer to beside its own; packaged files refer to each other before all are read."""
    if file not in _packaged_files():
        return [item.id for item in packaged_claims()]
    texts = (packaged("claims", name).read_text(encoding="utf-8") for name in _packaged_files())
    return [line.split(":", 1)[1].strip() for text in texts for line in text.splitlines() if "- id:" in line]


def _place(file: str, lines: Lines, path: tuple[str | int, ...]) -> str:
    """``file:line path`` of the nearest place that stands in the file."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            named = ".".join(str(part) for part in path)
            return f"{Path(file).name}:{lines[path[:length]]} {named}"
    return file


def _line(place: str) -> int:
    number = place.split(" ")[0].rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _problem(error: Any, number: int, file: str, lines: Lines) -> Problem:
    """A problem of the schema in words of our own."""
    place = _place(file, lines, ("claims", number, *error["loc"]))
    value = error.get("input")
    found = "" if isinstance(value, Mapping | list) else str(value)[:80]
    kind, last = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        key = "claim_source_missing" if last == "source" else "claim_missing"
        return Problem(key, place, "", file, {"field": last})
    if kind == "extra_forbidden":
        near = suggest(last, Claim.model_fields) or ", ".join(Claim.model_fields)
        return Problem("claim_extra", place, last, file, {"near": near})
    if kind in ("claim_lag", "claim_window") or kind.startswith("term_"):
        context = {key: str(text) for key, text in (error.get("ctx") or {}).items()}
        shown = " … ".join(map(str, value)) if isinstance(value, list | tuple) else found
        return Problem(kind, place, shown[:80], file, context)
    if kind == "claim_date":
        return Problem(error["ctx"]["key"], place, found, file)
    if kind == "literal_error":
        choices = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        return Problem("claim_choice", place, found, file, {"choices": choices})
    if kind in FORMS:
        return Problem(FORMS[kind], place, found, file)
    return Problem("claim_value", place, found, file, {"reason": str(error["msg"])})

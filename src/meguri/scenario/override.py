"""Base plus differences: one mapping laid over another, and changes applied to tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from meguri.base.errors import Problem, ScenarioError
from meguri.base.tables import Schema
from meguri.base.terms import suggest
from meguri.scenario.schema import Change


def lay_over(base: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Base with differences laid over it: mappings merge, the rest replaces.

    ``controls`` and ``measures`` merge by id; one whose difference says ``remove: true`` is removed.

    Examples
    --------
    >>> lay_over({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}})
    {'a': {'b': 1, 'c': 3}}
    """
    merged = dict(base)
    for key, value in differences.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = lay_over(merged[key], value)
        elif (
            key in ("controls", "measures") and isinstance(merged.get(key), list) and isinstance(value, list)
        ):
            merged[key] = _by_id(merged[key], value)
        else:
            merged[key] = value
    return merged


def _by_id(base: list[Any], differences: list[Any]) -> list[Any]:
    merged = {_id(control, place): control for place, control in enumerate(base)}
    for place, control in enumerate(differences, start=len(base)):
        key = _id(control, place)
        known = merged.get(key)
        merged[key] = lay_over(known, control) if isinstance(known, Mapping) else control
    return [control for control in merged.values() if not _removed(control)]


def _id(control: Any, place: int) -> str:
    return str(control["id"]) if isinstance(control, Mapping) and "id" in control else f"#{place}"


def _removed(control: Any) -> bool:
    return isinstance(control, Mapping) and control.get("remove") is True


def set_value(content: Any, path: str, value: Any) -> Any:
    """The scenario's content with one value replaced, ``controls.spill-over.share = 0``.

    Parameters
    ----------
    path : str
        Keys separated by dots; a control is named by its id or its place.

    Raises
    ------
    ScenarioError
        When the path leads nowhere.
    """
    first, _, rest = path.partition(".")
    if isinstance(content, list):
        names = [_id(item, place) for place, item in enumerate(content)]
        if first not in names and not (first.isdecimal() and int(first) < len(content)):
            raise ScenarioError(_lost(path, first, names))
        place = names.index(first) if first in names else int(first)
        return [set_value(item, rest, value) if here == place else item for here, item in enumerate(content)]
    if not isinstance(content, Mapping) or (rest and first not in content):
        raise ScenarioError(_lost(path, first, list(content) if isinstance(content, Mapping) else []))
    return {**content, first: set_value(content[first], rest, value) if rest else value}


def _lost(path: str, name: str, known: list[str]) -> Problem:
    near = suggest(name, known) or ", ".join(known[:8]) or "…"
    return Problem("set_path", f"--set {path}", name, "", {"near": near})


def apply_changes(
    tables: Mapping[str, pd.DataFrame], changes: Iterable[Change], file: str = ""
) -> dict[str, pd.DataFrame]:
    """Tables of a chain with a scenario's differences, before it is frozen.

    Raises
    ------
    ScenarioError
        When a difference names a column that does not exist or chooses no row.
    """
    changed = dict(tables)
    found: list[Problem] = []
    for place, change in enumerate(changes):
        names = Schema.of(change.table).names
        frame = changed[change.table].copy()
        for column in [*change.where, *change.set]:
            if column not in names:
                details = {"near": suggest(column, names) or ", ".join(names)}
                found.append(Problem("column_unknown", f"changes.{place}", column, file, details))
        if any(column not in names for column in [*change.where, *change.set]):
            continue
        chosen = pd.Series(True, index=frame.index)
        for column, key in change.where.items():
            chosen &= frame[column].astype(str) == key
        if not chosen.any():
            found.append(Problem("change_no_row", f"changes.{place}.where", str(change.where), file))
        for column, value in change.set.items():
            frame[column] = frame[column].astype(object).where(~chosen, value)
            for bound in (f"{column}_low", f"{column}_high"):
                if bound in names and bound not in change.set:
                    frame[bound] = frame[bound].astype(object).where(~chosen, None)
        changed[change.table] = frame
    if found:
        raise ScenarioError(found, file)
    return changed

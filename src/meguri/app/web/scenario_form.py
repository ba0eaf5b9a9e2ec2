"""The form of a scenario, built from its schema: every value that may be changed, with unit and help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from meguri.app.web.view import Fieldset, Input
from meguri.base.errors import Problem
from meguri.base.terms import Lang, label
from meguri.scenario import fields
from meguri.scenario.schema import Scenario
from meguri.show.spell import listing, word

WORDS = "web_stops"
_APART = ("name", "label", "base", "reasons", "source", "grade", "note", "id", "kind", "observed", "changes",
          "contrast", "chain")  # fmt: skip
_KINDS = {  # how a value is written, by the check its type carries
    "date": fields.Date, "days": fields.Days, "review": fields.ReviewDays, "closing": fields.ClosingDays,
    "share": fields.Share, "factor": fields.Factor, "tonnes": fields.Tonnes, "rate": fields.Rate,
    "price": fields.Price, "part": fields.Part, "names": fields.Names, "countries": fields.Countries,
    "any_countries": fields.AnyCountries, "elements": fields.Elements, "forms": fields.Forms,
    "authority": fields.Authority,
}  # fmt: skip
_CHECKS = {kind: get_args(alias)[1] for kind, alias in _KINDS.items()}


@dataclass(frozen=True)
class Leaf:
    """One value of a scenario that may be changed.

    Attributes
    ----------
    path : str
        As ``set`` names it: lists by id, else by place.
    place : str
        As a problem names it: lists by place.
    """

    path: str
    place: str
    field: FieldInfo
    value: Any  # as JSON
    usual: bool  # whether it is the schema's default

    @property
    def kind(self) -> str:
        """How the value is written."""
        return kind_of(self.field)

    def label(self, lang: Lang) -> str:
        """What the schema says of it."""
        extra = self.field.json_schema_extra
        japanese = str(extra.get("description_ja", "")) if isinstance(extra, dict) else ""
        described = japanese if lang == "ja" else self.field.description or self.path
        key = self.path.rpartition(".")[2]
        return f"{described}: {key}" if self.path.startswith("demand_of.") else described


def kind_of(field: FieldInfo) -> str:
    """How a value of a field is written: date, days, share, countries …; ``text`` where nothing is special.

    Examples
    --------
    >>> kind_of(Scenario.model_fields["horizon"]), kind_of(Scenario.model_fields["clock"])
    ('days', 'date')
    """
    parts = [field.annotation, *get_args(field.annotation)]
    checks = [*field.metadata, *(meta for part in parts for meta in get_args(part)[1:])]
    for kind, check in _CHECKS.items():
        if check in checks:
            return kind
    if get_origin(field.annotation) is Literal:
        return "choice"
    return {bool: "flag", int: "whole"}.get(field.annotation, "text")  # type: ignore[arg-type]


def leaves(part: BaseModel, path: str = "", place: str = "") -> Iterator[Leaf]:
    """Every value of a part of a scenario that may be changed, in the order of the schema."""
    plain = part.model_dump(mode="json")
    for name, field in type(part).model_fields.items():
        if name in _APART:
            continue
        value, here, there = getattr(part, name), f"{path}{name}", f"{place}{name}"
        if isinstance(value, BaseModel):
            yield from leaves(value, f"{here}.", f"{there}.")
        elif isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
            for number, item in enumerate(value):
                key = getattr(item, "id", "")
                yield from leaves(item, f"{here}.{key or number}.", f"{there}.{number}.")
        elif isinstance(value, Mapping):
            for key in value:
                yield Leaf(f"{here}.{key}", f"{there}.{key}", field, plain[name][key], False)
        elif not _is_list_of_parts(field):
            yield Leaf(here, there, field, plain[name], not field.is_required() and value == field.default)


def _is_list_of_parts(field: FieldInfo) -> bool:
    """Whether a field that is empty here would hold entries, not one value."""
    told = str(field.annotation)
    return "dict[" in told or any(
        f"scenario.{module}." in told for module in ("schema", "controls", "measures")
    )


def written(value: Any) -> str:
    """A value the way a scenario file writes it on one line.

    Examples
    --------
    >>> written(["10 d", "25 d", "60 d"]), written(0.6), written(True), written(None)
    ('[10 d, 25 d, 60 d]', '0.6', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def scenario_form(
    scenario: Scenario, asked: Mapping[str, str], problems: Sequence[Problem], prefix: str, lang: Lang
) -> list[Fieldset]:
    """Fieldsets of a scenario: its own values first, then one for each control and other entry.

    Parameters
    ----------
    scenario : Scenario
        As it stands without what is asked.
    asked : mapping
        Changed values by path.
    problems : sequence of Problem
        Why some of them cannot be.
    prefix : str
        Field of the address that carries them.
    """
    groups: dict[str, list[Leaf]] = {}
    for leaf in leaves(scenario):
        top, *rest = leaf.path.split(".")
        groups.setdefault(".".join([top, *rest[:1]]) if len(rest) > 1 else top if rest else "", []).append(
            leaf
        )
    by_path = {leaf.path: leaf for group in groups.values() for leaf in group}
    given = {canonical(path, by_path): text for path, text in asked.items()}
    return [
        Fieldset(
            key or "scenario",
            _title(key, scenario, lang),
            [_input(leaf, given.get(leaf.path), problems, prefix, lang) for leaf in group],
        )
        for key, group in sorted(groups.items(), key=lambda item: item[0] != "")
    ]


def sets_in_words(scenario: Scenario, sets: Mapping[str, str], lang: Lang) -> str:
    """Changed values for people: what the schema says of each, and the value.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> sets_in_words(read_scenario("2023-graphite"), {"controls.licence.start": "2024-02-01"}, "en")
    'First day in force: 2024-02-01'
    """
    known = {leaf.path: leaf for leaf in leaves(scenario)}
    told = []
    for path, text in sets.items():
        leaf = known.get(canonical(path, known))
        told.append(label("changed_value", lang, WORDS, what=leaf.label(lang) if leaf else path, value=text))
    return listing(told, lang)


def canonical(path: str, leaves_by_path: Mapping[str, Leaf]) -> str:
    """A path by ids, given one by places; itself where it leads nowhere."""
    if path in leaves_by_path:
        return path
    return next((leaf.path for leaf in leaves_by_path.values() if leaf.place == path), path)


def _title(key: str, scenario: Scenario, lang: Lang) -> str:
    top, _, name = key.partition(".")
    if top == "controls":
        control = next(one for one in scenario.controls if one.id == name)
        kind, by = word(f"control.{control.kind}", "phrases", lang), word(control.by, "countries", lang)
        return label("group_control", lang, WORDS, kind=kind, by=by, id=name)
    shown = label(f"group_{top or 'scenario'}", lang, WORDS)
    number = f" {int(name) + 1}" if name.isdecimal() else f" {name}" if name else ""
    return f"{shown}{number}"


def _input(leaf: Leaf, asked: str | None, problems: Sequence[Problem], prefix: str, lang: Lang) -> Input:
    present = written(leaf.value)
    listed = get_args(leaf.field.annotation) if leaf.kind == "choice" else ("true", "false")
    options = [
        (one, label(f"option_{one}", lang, WORDS)) for one in listed if leaf.kind in ("choice", "flag")
    ]
    return Input(
        name=f"{prefix}.{leaf.path}",
        label=leaf.label(lang),
        help=label(f"write_{leaf.kind}", lang, WORDS),
        present=present,
        value=present if asked is None else asked,
        kind="choice" if options else "date" if leaf.kind == "date" else "text",
        options=options,
        usual=leaf.usual and asked is None,
        problem=next((one.text(lang) for one in problems if _same_place(one.place, leaf)), ""),
    )


def _same_place(place: str, leaf: Leaf) -> bool:
    """Whether a problem is about a value; the schema names the kind of an entry within its place."""
    parts, wanted = place.split("."), leaf.place.split(".")
    return parts == wanted or (len(parts) == len(wanted) + 1 and [*parts[:2], *parts[3:]] == wanted)

"""Reading scenario files and the packaged gallery; every problem named, nothing half-read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from meguri.base.errors import DataError, Problem, ScenarioError
from meguri.base.files import read_text
from meguri.base.terms import packaged, suggest
from meguri.scenario.controls import Control, Quota, QuotaPeriod, Suspension
from meguri.scenario.override import lay_over, set_value
from meguri.scenario.schema import Disruption, Scenario

MAX_SCENARIO_BYTES = 1 << 20
MAX_BASES = 8
_OWN = (  # codes of the schema's own checks that are problems as they stand
    "date",
    "range_inverted",
    "slowdown_end",
    "names",
    "control_goods",
    "announced_late",
    "threshold_side",
    "disruption_empty",
    "release_rule",
    "measure_where",
)


class _Loader(yaml.SafeLoader):
    """YAML without anchors (they can grow without bound) and with each key once."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "anchors are not read here", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


# a date stays text here, so that 2025-13-01 becomes a named problem and not a failure of the reader
_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def gallery() -> list[str]:
    """Names of the packaged scenarios.

    Examples
    --------
    >>> "2025-medium-heavy-rare-earths" in gallery()
    True
    """
    return sorted(item.name.removesuffix(".yaml") for item in packaged("gallery").iterdir())


def read_scenario(
    name: str | Path, sets: Iterable[str] = (), differences: Mapping[str, Any] | None = None
) -> Scenario:
    """A scenario of the gallery by name, or a YAML file by path.

    Parameters
    ----------
    name : str or Path
        Gallery name or path of a ``.yaml`` file.
    sets : iterable of str
        Differences "path=value" laid over it, as with ``--set controls.spill-over.share=0``.
    differences : mapping, optional
        Differences laid over it first, the way a scenario lies over its base.

    Raises
    ------
    ScenarioError
        With every problem: place, value found, what was expected, the way out.

    Examples
    --------
    >>> read_scenario("2025-medium-heavy-rare-earths").controls[0].by
    'CN'
    """
    content, file = _content(str(name), ())
    content, found = _with_sets(lay_over(content, differences or {}), sets, file)
    try:
        scenario = parse_scenario(content, file)
    except ScenarioError as error:
        raise ScenarioError([*found, *error.problems], file) from None
    if found:
        raise ScenarioError(found, file)
    return scenario


def _with_sets(
    content: dict[str, Any], sets: Iterable[str], file: str
) -> tuple[dict[str, Any], list[Problem]]:
    """The content with values replaced, and what is wrong with those that could not be."""
    listed, found = list(sets), []
    if listed and not any(one.startswith("vary") for one in listed):
        content = _vary(content, file)  # a value that is set counts more than a range of all controls
    for assignment in listed:
        path, equals, text = assignment.partition("=")
        try:
            if not equals:
                raise ScenarioError(Problem("set_form", "--set", assignment))
            content = set_value(content, path.strip(), read_yaml(text, f"--set {path}"))
        except ScenarioError as error:
            lost = f"--set {path.strip()}"  # the whole path, not the part where it ended
            found += [replace(one, place=lost) if one.key == "set_path" else one for one in error.problems]
    return content, found


def parse_scenario(content: Mapping[str, Any], file: str = "") -> Scenario:
    """Scenario from a mapping already merged with its base.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    content = _vary(dict(content), file)
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        raise ScenarioError([_problem(item, file) for item in error.errors()], file) from None
    found = _inner_problems(scenario, file)
    if found:
        raise ScenarioError(found, file)
    return scenario


def _content(name: str, above: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    if name.endswith((".yaml", ".yml")):
        file = name
        try:
            text = read_text(Path(name), MAX_SCENARIO_BYTES)
        except DataError as error:
            raise ScenarioError(error.problems, file) from None
    elif name in gallery():
        file = f"{name}.yaml"
        text = packaged("gallery", file).read_text(encoding="utf-8")
    else:
        near = suggest(name, gallery()) or ", ".join(gallery())
        raise ScenarioError(Problem("scenario_unknown", "scenario", name, name, {"near": near}))
    content = read_yaml(text, file)
    if not isinstance(content, dict):
        raise ScenarioError(Problem("scenario_mapping", file, type(content).__name__, file))
    base = content.get("base")
    if base is None or base == "none":
        return {key: value for key, value in content.items() if key != "base"}, file
    if name in above or len(above) > MAX_BASES:
        raise ScenarioError(Problem("scenario_circle", f"{file}: base", " → ".join([*above, name]), file))
    under, _ = _content(str(base), (*above, name))
    return lay_over(under, content), file


def read_yaml(text: str, file: str) -> Any:
    """YAML with each key once, no anchors, and dates left as text.

    Raises
    ------
    ScenarioError
        Naming the line that cannot be read.

    Examples
    --------
    >>> read_yaml("start: 2025-04-04", "a.yaml")
    {'start': '2025-04-04'}
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else file
        problem = str(getattr(error, "problem", "") or type(error).__name__)
        raise ScenarioError(Problem("yaml", place, problem, file)) from None
    except (RecursionError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # too deep, a number too long, or a tag such as !!int on something else
        raise ScenarioError(Problem("yaml", file, type(error).__name__, file)) from None


def _vary(content: dict[str, Any], file: str) -> dict[str, Any]:
    """``vary: {paperwork: [10 d, 60 d]}`` ranges a field of every control that has it."""
    if "vary" not in content:
        return content
    ranges, controls = content.pop("vary"), content.get("controls")
    if not isinstance(ranges, Mapping):
        raise ScenarioError(Problem("scenario_mapping", "vary", type(ranges).__name__, file))
    listed = [c for c in controls if isinstance(c, Mapping)] if isinstance(controls, list) else []
    known = sorted({str(key) for control in listed for key in control})
    if lost := [str(key) for key in ranges if key not in known]:
        near = {key: suggest(key, known) or ", ".join(known) or "…" for key in lost}
        raise ScenarioError(
            [Problem("scenario_extra", "vary", key, file, {"near": near[key]}) for key in lost]
        )
    if listed:
        content["controls"] = [
            {**control, **{key: value for key, value in ranges.items() if key in control}}
            if isinstance(control, Mapping)
            else control
            for control in content["controls"]
        ]
    return content


def _problem(error: Any, file: str) -> Problem:
    place = ".".join(str(part) for part in error["loc"]) or "scenario"
    value = error.get("input")
    found = "" if isinstance(value, Mapping | list) else str(value)[:80]
    kind, context = error["type"], {key: str(text) for key, text in (error.get("ctx") or {}).items()}
    if kind == "missing":
        return Problem("scenario_missing", place, "", file)
    if kind == "extra_forbidden":
        known = list(Scenario.model_fields) if len(error["loc"]) == 1 else []
        near = suggest(str(error["loc"][-1]), known) or "docs/reference/scenario"
        return Problem("scenario_extra", place, str(error["loc"][-1]), file, {"near": near})
    if kind == "union_tag_invalid":
        return Problem("scenario_kind", place, context["tag"], file, {"kinds": context["expected_tags"]})
    if kind == "union_tag_not_found":
        return Problem("scenario_missing", f"{place}.kind", "", file)
    if kind == "quantity":
        return Problem("scenario_quantity", place, str(value)[:80], file, {"unit": context["unit"]})
    if kind == "bounds":
        details = {"low": context["low"], "high": context["high"], "unit": ""}
        return Problem("out_of_range", place, str(value)[:80], file, details)
    if kind in _OWN or kind.startswith("term_"):
        return Problem(
            kind, place, "" if isinstance(value, Mapping | list) else str(value)[:80], file, context
        )
    return Problem("scenario_value", place, found, file, {"reason": str(error["msg"])})


def _inner_problems(scenario: Scenario, file: str) -> list[Problem]:
    found = []
    ids = [control.id for control in scenario.controls]
    for place, control in enumerate(scenario.controls):
        if ids.count(control.id) > 1:
            found.append(Problem("duplicate", f"controls.{place}.id", control.id, file, {"key": "id"}))
        found += _inverted(control, f"controls.{place}", file)
        for number, rest in enumerate(control.suspended):
            found += _inverted(rest, f"controls.{place}.suspended.{number}", file)
        if control.answers is not None and control.answers not in set(ids) - {control.id}:
            details = {"near": suggest(control.answers, set(ids) - {control.id}) or "…"}
            found.append(
                Problem("answers_unknown", f"controls.{place}.answers", control.answers, file, details)
            )
    for place, disruption in enumerate(scenario.disruptions):
        found += _inverted(disruption, f"disruptions.{place}", file)
    effects = [effect.id for effect in scenario.measures]
    for place, effect in enumerate(effects):
        if effects.count(effect) > 1:
            found.append(Problem("duplicate", f"measures.{place}.id", effect, file, {"key": "id"}))
    for place, seen in enumerate(scenario.observed):
        if seen.control not in ids:
            details = {"near": suggest(seen.control, ids) or "…"}
            found.append(
                Problem("observed_control", f"observed.{place}.control", seen.control, file, details)
            )
    return [*found, *_time_problems(scenario, file)]


def _inverted(spell: Control | Suspension | Disruption, place: str, file: str) -> list[Problem]:
    """A spell that ends before it begins."""
    if spell.end is None or spell.end >= spell.start:
        return []
    return [Problem("dates_inverted", f"{place}.end", str(spell.end), file)]


def _time_problems(scenario: Scenario, file: str) -> list[Problem]:
    """Days that cannot be simulated or counted."""
    if not 1 <= scenario.days <= 7300:
        details = {"low": "1", "high": "7300", "unit": "d"}
        return [Problem("out_of_range", "horizon", f"{scenario.horizon.mode:g}", file, details)]
    if not 1900 <= scenario.start.year <= 2200:
        details = {"low": "1900", "high": "2200", "unit": ""}
        return [Problem("out_of_range", "start", str(scenario.start), file, details)]
    found = []
    last = scenario.start + dt.timedelta(days=scenario.days - 1)
    if not scenario.start <= scenario.counted_from <= last:
        details = {"first": str(scenario.start), "last": str(last)}
        place = "controls.start" if scenario.clock is None else "clock"
        found.append(Problem("clock_outside", place, str(scenario.counted_from), file, details))
    for order, control in enumerate(scenario.controls):
        if isinstance(control, Quota):
            found += _period_problems(control, f"controls.{order}.periods", file)
    return found


def _period_problems(quota: Quota, place: str, file: str) -> list[Problem]:
    found = []
    for number, period in enumerate(quota.periods):
        where = f"{place}.{number}"
        if period.end < period.start:
            found.append(Problem("dates_inverted", f"{where}.end", str(period.end), file))
        elif any(_overlap(period, other) for other in quota.periods[:number]):
            found.append(Problem("periods_overlap", where, f"{period.start} … {period.end}", file))
    return found


def _overlap(one: QuotaPeriod, other: QuotaPeriod) -> bool:
    """Whether two allotments share a day without being of the same period."""
    same = (one.start, one.end) == (other.start, other.end)
    return not same and one.start <= other.end and other.start <= one.end

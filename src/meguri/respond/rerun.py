"""A plan of an answer as a scenario of its own, for the full simulator to run again whenever one likes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import TypeAdapter

from meguri.base.errors import DataError, Problem
from meguri.base.terms import suggest
from meguri.respond.answer import RespondAnswer
from meguri.respond.tables import Plan, Scene
from meguri.respond.worlds import YEAR, Asked, Strike, struck
from meguri.respond.written import empty_reserves, written
from meguri.scenario.measures import AnyEffect
from meguri.scenario.read import parse_scenario
from meguri.scenario.schema import Reserve, Scenario

Row = dict[str, Any]
_EFFECT: TypeAdapter[AnyEffect] = TypeAdapter(AnyEffect)


def effect_rows(plan: Plan, scene: Scene) -> Iterator[Row]:
    """Rows of ``plan_effects``: all that a plan sets into a scenario, with the strikes it is there for."""
    asked, library = scene.asked, scene.library
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for strike in asked.strikes:
        day = asked.decided + dt.timedelta(days=round(YEAR * strike.years))
        done = written(plan.sizes, scene.menu, asked, library, day)
        entries: list[tuple[str, str, str, str]] = []
        entries += [(one.id, one.measure, one.kind, _plain(one)) for one in done.effects]
        entries += [(one.product, "", "reserve", _plain(one)) for one in done.filled(empty_reserves(library))]
        for entry in entries:
            found.setdefault(entry, []).append(f"{strike.years:g}")
    for (effect, measure, kind, text), years in found.items():
        yield {
            "plan": plan.key, "effect": effect, "strikes": "|".join(years), "measure": measure,
            "kind": kind, "written": text,
        }  # fmt: skip


def _plain(entry: AnyEffect | Reserve) -> str:
    """An entry as a scenario file takes it; defaults are left out."""
    plain = entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return json.dumps(plain, ensure_ascii=False)


def plan_scenario(
    answer: RespondAnswer, plan: str, years: float | None = None, scenario: str | None = None
) -> Scenario:
    """One plan in one of the scenarios that were asked about, on the days of one strike.

    With one run, every range at its mode, and over the draws of the same seed where the answer knows
    one strike alone, the simulator tells what the answer holds for the plan.

    Parameters
    ----------
    answer : RespondAnswer
        The answer, fresh or kept.
    plan : str
        Key of a plan.
    years : float, optional
        Years from the decision to the first day of the control; left out, the soonest strike.
    scenario : str, optional
        Name of the scenario; left out, the first.

    Raises
    ------
    DataError
        When the answer holds no such plan, strike or scenario; the message names those it holds.
    """
    strikes = {f"{one:g}": one for one in answer.strikes}
    asked = {str(one["name"]): one for one in answer.manifest["scenarios"]}
    known("plan", plan, [str(one) for one in answer.table("plans")["plan"]])
    name = known("scenario", scenario or next(iter(asked)), list(asked))
    year = known("strike", min(strikes, key=float) if years is None else f"{years:g}", list(strikes))
    there = answer.table("plan_effects")
    there = there[there["plan"] == plan]
    there = there[[year in str(cell).split("|") for cell in there["strikes"]]]
    entries = {kind: list(rows["written"]) for kind, rows in there.groupby(there["kind"] == "reserve")}
    reserves = tuple(Reserve.model_validate_json(text) for text in entries.get(True, []))
    effects = tuple(_EFFECT.validate_json(text) for text in entries.get(False, []))
    on_its_days = struck(_asked(answer), _scenario(asked[name]), Strike(strikes[year], 1.0), reserves)
    return on_its_days.model_copy(update={"measures": effects})


def known(place: str, found: str, choices: list[str]) -> str:
    """A name that is one of several.

    Raises
    ------
    DataError
        When it is not; the message names them all, and the nearest.
    """
    if found not in choices:
        details = {"choices": ", ".join(choices), "near": suggest(found, choices) or choices[0]}
        raise DataError(Problem("choice", place, found, "", details))
    return found


def _scenario(plain: Mapping[str, Any]) -> Scenario:
    return parse_scenario({key: value for key, value in plain.items() if key != "probability"})


def _asked(answer: RespondAnswer) -> Asked:
    """The question of an answer, as far as its scenarios need it."""
    told = answer.manifest
    likely = tuple((_scenario(one), float(one["probability"])) for one in told["scenarios"])
    strikes = tuple(Strike(years, share) for years, share in answer.strikes.items())
    return Asked(
        answer.chain, likely, answer.decided, answer.years, strikes, float(told["after"]),
        int(told["runs"]), int(told["seed"]),
    )  # fmt: skip


def scenario_yaml(scenario: Scenario, remarks: tuple[str, ...] = ()) -> str:
    """A scenario as a file of its own: what differs from the defaults, below some lines of remarks.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> scenario_yaml(read_scenario("2023-graphite"), ("for an example",)).splitlines()[:2]
    ['# for an example', 'name: 2023-graphite']
    """
    plain = scenario.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    body = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)
    return "".join(f"# {line}\n" for line in remarks) + body

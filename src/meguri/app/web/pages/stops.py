"""Which process stops, when, and why? The page that answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from meguri.app.web.cases import Case, read_case
from meguri.app.web.desk import OWN, Desk
from meguri.app.web.pages.stops_answer import Answer, answer_view
from meguri.app.web.pages.stops_before import before_view
from meguri.app.web.pages.stops_compared import compared_section
from meguri.app.web.question import Asked
from meguri.app.web.scenario_form import scenario_form
from meguri.app.web.sets import by_path, split_sets
from meguri.app.web.view import Fieldset, Keep, Run, Section, View, Way
from meguri.base.errors import DataError, Problem, ScenarioError
from meguri.base.terms import LANGS, Lang, label, suggest
from meguri.respond.rerun import scenario_yaml
from meguri.scenario.schema import Scenario
from meguri.study.outcome import Outcome

WORDS = "web_stops"
START, RUN = 8.0, 0.02  # [s] of any study; of one run over a hundred links and a year and a half
LINKS, DAYS = 116.0, 548.0  # what that was measured with
SOBOL_RUNS = 2560  # of the Sobol indices, besides the study's own
KEPT = 4  # outcomes held in memory


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The answer of the page; what is wrong with a changed value stands beside it."""
    plain = read_case({**asked, "set": ""}, desk)
    try:
        case = read_case(asked, desk)
        other = _other(asked, desk)
    except ScenarioError as error:
        if not (asked["set"] or asked["with_set"]):
            raise
        return _refused(asked, plain, error.problems, lang)
    form = _form(asked, plain.scenario, (), lang)
    jobs = [case, other] if other else [case]
    missing = [run for one in jobs if (run := _wanted(one, asked, desk))]
    first = desk.answer("stress", _params(case, asked))
    shown = (
        before_view(case, desk, lang)
        if first is None
        else answer_view(case, load(first), _why(asked, case, desk), _sobol(asked, case, desk), asked, lang)
    )
    if other is not None and not missing and first is not None:
        beside = desk.answer("stress", _params(other, asked))
        assert beside is not None  # else it were missing
        part = compared_section((case, load(first)), (other, load(beside)), lang)
        shown = dataclasses.replace(shown, sections=[part, *shown.sections])
    ways = [way for way in (_beside(asked, lang), _unchanged(asked, lang), _keeps(case, lang)) if way]
    sections = [_ways(ways, lang), *shown.sections] if case.sets else [*shown.sections, _ways(ways, lang)]
    runs = [*missing, *(_sobol_run(asked, case, desk) if first is not None else [])]
    return dataclasses.replace(shown, sections=sections, runs=runs, form=form, keeps=[_keep(case, lang)])


@lru_cache(maxsize=KEPT)
def load(folder: Path) -> Answer:
    """A finished answer: addressed by its content, it never changes."""
    return Answer.of(Outcome.load(folder / "outcome"), folder)


def _params(case: Case, asked: Mapping[str, str]) -> dict[str, str]:
    return case.params(asked["runs"], asked["seed"])


def _other(asked: Mapping[str, str], desk: Desk) -> Case | None:
    """The case to compare with."""
    if not asked["with"]:
        return None
    return read_case(
        {"scenario": asked["with"], "chain": asked["with_chain"], "set": asked["with_set"]}, desk
    )


def _wanted(case: Case, asked: Mapping[str, str], desk: Desk) -> Run | None:
    """The job that a case waits for; nothing where it is done."""
    params = _params(case, asked)
    return (
        None
        if desk.answer("stress", params)
        else Run("stress", params, seconds(case, int(asked["runs"]), desk))
    )


def seconds(case: Case, runs: int, desk: Desk) -> float:
    """Roughly how long a study takes on two cores [s]."""
    size = len(case.open_chain(desk).flows) / LINKS * case.scenario.days / DAYS
    return START + RUN * runs * size


def _why(asked: Mapping[str, str], case: Case, desk: Desk) -> str:
    """The node to explain; a node the chain does not have is named with its nearest.

    Raises
    ------
    DataError
        When the chain has no such node.
    """
    node, known = asked["node"], list(case.open_chain(desk).nodes["node"])
    if node and node not in known:
        details = {"near": suggest(node, known) or ", ".join(known[:5])}
        raise DataError(Problem("reference_nodes", "node", node, "", details))
    return node


def _explain(asked: Mapping[str, str]) -> str:
    """The answer whose Sobol indices are asked for; nothing where none is."""
    what, node = asked["sobol"], asked["node"]
    return (f"tts:{node}" if node else "lost_days") if what == "node" else what


def _sobol(asked: Mapping[str, str], case: Case, desk: Desk) -> Path | None:
    what = _explain(asked)
    return desk.answer("sobol", {**_params(case, asked), "answer": what}) if what else None


def _sobol_run(asked: Mapping[str, str], case: Case, desk: Desk) -> list[Run]:
    what = _explain(asked)
    if not what or _sobol(asked, case, desk):
        return []
    needed = seconds(case, int(asked["runs"]) + SOBOL_RUNS, desk)
    return [Run("sobol", {**_params(case, asked), "answer": what}, needed)]


def _refused(asked: Mapping[str, str], plain: Case, problems: Sequence[Problem], lang: Lang) -> View:
    """What cannot be read, each beside its field, and the way back."""
    ways = [way for way in (_unchanged(asked, lang),) if way]
    return View(
        title=label("refused", lang, WORDS, n=len(problems)),
        lead=[one.text(lang).removeprefix("--set ") for one in problems],
        sections=[_ways(ways, lang)] if ways else [],
        form=_form(asked, plain.scenario, problems, lang),
        refused=True,
    )


def _form(
    asked: Mapping[str, str], scenario: Scenario, problems: Sequence[Problem], lang: Lang
) -> list[Fieldset]:
    return scenario_form(scenario, by_path(asked["set"]), problems, "set", lang)


def _keep(case: Case, lang: Lang) -> Keep:
    """The scenario as it was run, changed values and chain included, as a file for the command line."""
    changed = bool(case.sets)
    own = case.value.startswith(OWN)
    name = case.scenario.name + (label("changed_name", lang, WORDS) if changed else "")
    chain = case.scenario.chain if case.chain.startswith(OWN) else case.chain
    ends = {one: label("changed_label", one, WORDS) if changed else "" for one in LANGS}
    words = case.scenario.label.model_copy(
        update={one: f"{getattr(case.scenario.label, one)}{end}" for one, end in ends.items()}
    )
    scenario = case.scenario.model_copy(update={"name": name, "label": words, "chain": chain, "base": None})
    remark = label("kept_remark", lang, WORDS, what=case.scenario.name if own else case.value)
    return Keep("scenario", f"{name}.yaml", scenario_yaml(scenario, (remark, *split_sets(case.sets))))


def _ways(ways: Sequence[Way], lang: Lang) -> Section:
    return Section("ways", label("s_ways", lang, WORDS), ways=ways)


def _keeps(case: Case, lang: Lang) -> Way:
    """What could keep it running."""
    query = {"scenario": case.value, "chain": "" if case.chain == case.scenario.chain else case.chain}
    return Way(label("way_keeps", lang, WORDS), "keeps", {name: text for name, text in query.items() if text})


def _unchanged(asked: Mapping[str, str], lang: Lang) -> Way | None:
    """Back to the scenario as its file has it."""
    if not asked["set"]:
        return None
    query = {name: text for name, text in asked.items() if text and name not in ("set", "with_set")}
    return Way(label("way_unchanged", lang, WORDS), "stops", query)


def _beside(asked: Mapping[str, str], lang: Lang) -> Way | None:
    """The changed scenario beside the unchanged one."""
    if not asked["set"] or asked["with"]:
        return None
    query = {name: text for name, text in asked.items() if text} | {"with": asked["scenario"]}
    if asked["chain"]:
        query["with_chain"] = asked["chain"]
    return Way(label("way_compare", lang, WORDS), "stops", query)

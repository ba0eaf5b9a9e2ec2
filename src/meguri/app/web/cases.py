"""A scenario on a chain as a page or a job asks for it: packaged or own, with changed values laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from meguri.app.chains import open_chain
from meguri.app.web.desk import OWN, Desk
from meguri.app.web.sets import split_sets
from meguri.base.errors import DataError, Problem, ScenarioError
from meguri.base.files import read_text
from meguri.base.terms import suggest
from meguri.scenario.read import MAX_SCENARIO_BYTES, gallery, read_scenario, read_yaml
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain
from meguri.structure.read import example_names


@dataclass(frozen=True)
class Case:
    """A scenario, the chain it runs on as a query names it, and the changed values.

    Attributes
    ----------
    value : str
        How a query names the scenario.
    """

    value: str
    scenario: Scenario
    chain: str
    sets: str

    def params(self, runs: str, seed: str) -> dict[str, str]:
        """Parameters of the job that runs it."""
        return {"scenario": self.value, "chain": self.chain, "set": self.sets, "runs": runs, "seed": seed}

    def open_chain(self, desk: Desk) -> Chain:
        """The chain, before the scenario's own differences."""
        return open_chain(desk.path_of(self.chain))


def read_case(params: Mapping[str, str], desk: Desk) -> Case:
    """The case that ``scenario``, ``chain`` (empty: the scenario's own) and ``set`` name.

    Raises
    ------
    ScenarioError, DataError
        With every problem; for an own file under the name its owner gave it.
    """
    value, sets = params["scenario"], params.get("set", "")
    name = desk.file(value).name if value.startswith(OWN) else ""
    path = desk.path_of(value)
    try:
        _check_own(path) if name else None
        scenario = read_scenario(path, split_sets(sets))
    except ScenarioError as error:
        if not name:
            raise
        raise ScenarioError([_named(one, path, name) for one in error.problems], name) from None
    if scenario.contrast is not None and scenario.contrast not in gallery():
        raise ScenarioError(_unpackaged("contrast", scenario.contrast, gallery()), name or value)
    chain = params.get("chain") or scenario.chain
    if not chain.startswith(OWN) and chain not in example_names():
        raise DataError(_unpackaged("chain", chain, example_names()), name or value)
    return Case(value, scenario, chain, sets)


def _check_own(path: str) -> None:
    """An own file may build on the gallery, never on another file of this machine."""
    content = read_yaml(read_text(Path(path), MAX_SCENARIO_BYTES), path)
    base = content.get("base") if isinstance(content, dict) else None
    if base not in (None, "none", *gallery()):
        raise ScenarioError(_unpackaged("base", str(base), gallery()), path)


def _named(problem: Problem, path: str, name: str) -> Problem:
    return replace(problem, file=name, place=problem.place.replace(path, name))


def _unpackaged(place: str, found: str, known: list[str]) -> Problem:
    details = {"choices": ", ".join(known), "near": suggest(found, known) or known[0]}
    return Problem("choice", place, found[:80], "", details)

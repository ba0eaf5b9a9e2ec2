"""meguri 巡り: which process stops, when, and what keeps it running — from ore to working process, and back.

Nothing heavy is imported here; each public name loads its part when first used.

Examples
--------
>>> import meguri
>>> chain = meguri.example("ndfeb-japan")
>>> study = meguri.Study(chain, meguri.scenario("2025-medium-heavy-rare-earths"), runs=2)
>>> outcome = study.run()
>>> outcome.table("survival")["node"].size == len(chain.nodes)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from meguri.base.version import __version__

if TYPE_CHECKING:
    from meguri import scenario, show
    from meguri.base.errors import DataError, MeguriError, ModelError, Problem, ScenarioError
    from meguri.observe.sets import data_list
    from meguri.observe.verify import verify
    from meguri.scenario.read import gallery
    from meguri.scenario.schema import Scenario
    from meguri.structure.atlas import atlas
    from meguri.structure.balance import element_balance
    from meguri.structure.chain import Chain
    from meguri.structure.concentration import hhi
    from meguri.structure.dependency import exposure, exposure_paths
    from meguri.structure.geopolrisk.scores import geopolrisk
    from meguri.structure.overview import overview
    from meguri.structure.read import example_names as examples
    from meguri.structure.sectors import sector_matrix
    from meguri.study.outcome import Outcome
    from meguri.study.study import Study

_WHERE = {
    "Chain": "meguri.structure.chain",
    "DataError": "meguri.base.errors",
    "MeguriError": "meguri.base.errors",
    "ModelError": "meguri.base.errors",
    "Outcome": "meguri.study.outcome",
    "Problem": "meguri.base.errors",
    "Scenario": "meguri.scenario.schema",
    "ScenarioError": "meguri.base.errors",
    "Study": "meguri.study.study",
    "atlas": "meguri.structure.atlas",
    "data_list": "meguri.observe.sets",
    "element_balance": "meguri.structure.balance",
    "exposure": "meguri.structure.dependency",
    "exposure_paths": "meguri.structure.dependency",
    "gallery": "meguri.scenario.read",
    "geopolrisk": "meguri.structure.geopolrisk.scores",
    "hhi": "meguri.structure.concentration",
    "overview": "meguri.structure.overview",
    "sector_matrix": "meguri.structure.sectors",
    "verify": "meguri.observe.verify",
}
_PACKAGES = ("scenario", "show")

__all__ = [
    "Chain",
    "DataError",
    "MeguriError",
    "ModelError",
    "Outcome",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Study",
    "__version__",
    "atlas",
    "data_list",
    "element_balance",
    "example",
    "examples",
    "exposure",
    "exposure_paths",
    "gallery",
    "geopolrisk",
    "hhi",
    "overview",
    "scenario",
    "sector_matrix",
    "show",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "example":
        return import_module("meguri.structure.chain").Chain.example
    if name == "examples":
        return import_module("meguri.structure.read").example_names
    if name in _PACKAGES:
        return import_module(f"meguri.{name}")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'meguri' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

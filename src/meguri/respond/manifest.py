"""What is needed to ask the same question again: no clock time, no name of a machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import pandas as pd

from meguri.base.records import to_json
from meguri.base.sources import weakest
from meguri.base.version import __version__
from meguri.respond.measures import Library
from meguri.respond.worlds import Asked

_PACKAGES = ("numpy", "pandas", "numba", "highspy")


def manifest_of(
    asked: Asked,
    library: Library,
    tables: Mapping[str, pd.DataFrame],
    limits: Mapping[str, Any],
    runs: int,
    processes: Sequence[str],
) -> dict[str, Any]:
    """Question, limits, versions and sources of an answer, and their digest.

    Parameters
    ----------
    asked, library : Asked, Library
        The question and the measures it was answered with.
    tables : mapping
        Tables of the answer; ``assumptions`` names its sources.
    limits : mapping
        Budget [JPY], limit of each year [JPY], alpha and held_by [1].
    runs : int
        Worlds.
    processes : sequence of str
        Nodes that must not stop.
    """
    sources, grades = _evidence(asked, library, tables)
    rates = library.rates
    content: dict[str, Any] = {
        **limits,
        "scenarios": [{**one.plain(), "probability": share} for one, share in asked.scenarios],
        "chain": {"name": asked.chain.name, "as_of": asked.chain.as_of, "hash": asked.chain.hash},
        "decided": asked.decided.isoformat(),
        "years": asked.years,
        "strikes": [{"years": one.years, "probability": one.probability} for one in asked.strikes],
        "after": asked.after,
        "horizon_d": float(asked.horizon),
        "runs": runs,
        "seed": asked.seed,
        "economy": library.economy,
        "processes": list(processes),
        "rate": {
            "pair": "USD/JPY", "rate": rates.per_unit["USD"], "date": rates.date, "source": rates.source
        },
        "versions": {"meguri": __version__, **{name: version(name) for name in _PACKAGES}},
        "sources": sources,
        "grade": weakest(grades),
    }  # fmt: skip
    return content | {"hash": hashlib.sha256(to_json(content).encode()).hexdigest()}


def _evidence(
    asked: Asked, library: Library, tables: Mapping[str, pd.DataFrame]
) -> tuple[list[str], set[str]]:
    """Keys of all sources used, and all grades."""
    cells: list[str] = [library.rates.source]
    grades: set[str] = set()
    chains = [
        asked.chain.table(name)
        for name in ("materials", "contents", "nodes", "flows", "recipes", "ownership")
    ]
    own = [library.measures, library.effects, library.costs, library.risks]
    frames = [*chains, tables["assumptions"], tables["schemes"], *own]
    for frame in frames:
        cells += list(frame["source"]) if "source" in frame else []
        grades |= set(frame["grade"]) - {""} if "grade" in frame else set()
    for scenario, _ in asked.scenarios:
        cells += [control.source for control in scenario.controls]
        grades |= {control.grade for control in scenario.controls}
    return sorted({key for cell in cells for key in str(cell).split("|") if key}), grades

"""A scenario's differences set into the chain, before it is frozen."""

from __future__ import annotations

from meguri.scenario.override import apply_changes
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain
from meguri.structure.read import TABLES


def with_changes(chain: Chain, scenario: Scenario) -> Chain:
    """The chain with a scenario's differences applied; itself when there are none.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> chain = Chain.example("ndfeb-japan")
    >>> with_changes(chain, read_scenario("2025-medium-heavy-rare-earths")) is chain
    True
    """
    if not scenario.changes:
        return chain
    tables = apply_changes({name: chain.table(name) for name in TABLES}, scenario.changes, scenario.name)
    return Chain.from_tables(**tables, about=chain.about, file=scenario.name)

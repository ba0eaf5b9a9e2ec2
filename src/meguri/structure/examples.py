"""The packaged chains together: the newest of each, and those that carry an element."""

from __future__ import annotations

from functools import cache

from meguri.structure.chain import Chain
from meguri.structure.read import example_names


@cache
def latest_chains(year: int | None = None) -> tuple[Chain, ...]:
    """The latest version of each packaged chain, not later than a year.

    Examples
    --------
    >>> {chain.as_of for chain in latest_chains(2010)}
    {'2009'}
    """
    versions: dict[str, str] = {}
    for name in sorted(example_names()):
        base, _, as_of = name.partition("@")
        if year is None or int(as_of) <= year:
            versions[base] = name
    return tuple(Chain.example(name) for name in versions.values())


def chains_with(element: str, year: int | None = None) -> list[Chain]:
    """Packaged chains whose products contain an element, the one with most such nodes first.

    Examples
    --------
    >>> [chain.name for chain in chains_with("Co")]
    ['cobalt-japan', 'tungsten-tools-japan']
    """
    counted = [(_nodes_with(chain, element), chain) for chain in latest_chains(year)]
    found = sorted((pair for pair in counted if pair[0]), key=lambda pair: -pair[0])
    return [chain for _, chain in found]


def _nodes_with(chain: Chain, element: str) -> int:
    contents = chain.contents
    holds = contents.loc[(contents["element"] == element) & (contents["share"] > 0), "material"]
    return int(chain.nodes["material"].isin(holds).sum())

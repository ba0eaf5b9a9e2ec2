"""The Sankey of a chain in the elements that matter, for a report and for the sheet of a metal."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.structure import HEAVY, sankey, stage_flows, tightest
from meguri.structure.chain import Chain


def chain_flows(
    chain: Chain,
    elements: Sequence[str],
    economy: Sequence[str] = (),
    emphasise: Sequence[str] = HEAVY,
    lang: Lang = "en",
) -> Chart:
    """Stages and countries of a chain, ribbons as wide as the elements that flow.

    Parameters
    ----------
    chain : Chain
        Its qualified flows are drawn; in product, stage by stage, where no contents are known.
    elements, emphasise : sequence of str
        Elements counted; elements whose flows are marked.
    economy : sequence of str
        Countries that buy: they are no answer to who holds a stage.
    """
    nodes, flows, contents = chain.nodes, chain.flows, chain.contents
    table = stage_flows(nodes, flows, contents, elements, emphasise)
    contained = not contents.empty and not table.empty
    if not contained:
        table = stage_flows(nodes, flows)
    used = cited([*nodes["source"], *flows["source"]])
    return sankey(
        table,
        year=str(chain.as_of),
        elements=elements,
        contained=contained,
        unqualified=bool((flows["qualified"] == False).any()),  # noqa: E712  (may hold NA)
        finding=tightest(nodes, contents, table, elements, economy) if contained else None,
        lang=lang,
        footer=footer(used, weakest_grade(nodes, flows), lang),
    )

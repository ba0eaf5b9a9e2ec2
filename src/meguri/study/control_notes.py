"""Notes on controls: what is unknown about them, and what was taken in its place."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from meguri.base.note import note
from meguri.base.terms import LANGS, fold
from meguri.scenario.controls import Control
from meguri.scenario.schema import Scenario
from meguri.shock.goods import item_share, specified
from meguri.shock.indirect import REST, indirect_exports
from meguri.shock.named import named_links
from meguri.structure.chain import Chain
from meguri.structure.words import shown_names


def control_notes(chain: Chain, links: pd.DataFrame, scenario: Scenario) -> list[dict[str, str]]:
    """Doubts about the controls of a scenario on a chain, as rows of the table of notes.

    Suspensions whose end is unknown; goods whose specification nobody stated, so that a threshold could
    not be applied; listed firms that stand nowhere in the chain; and the way by which a control reaches
    goods made from its item.

    Parameters
    ----------
    chain, scenario : Chain, Scenario
        What is controlled, and how.
    links : DataFrame
        Links in kernel order; columns supplier, customer, input.
    """
    rows: list[dict[str, str]] = []
    for control in scenario.controls:
        rows += [*_suspended(control), *_unjudged(chain, control), *_absent(chain, control)]
        if control.third_countries or control.de_minimis is not None:
            rows += _indirect(chain, links, control)
    return rows


def _suspended(control: Control) -> Iterator[dict[str, str]]:
    for place, rest in enumerate(control.suspended, start=1):
        if rest.end is None:
            key = f"suspended-{control.id}-{place}"
            yield note(
                key,
                "doubt",
                "suspension_open",
                control.source,
                control=control.id,
                start=rest.start.isoformat(),
            )


def _unjudged(chain: Chain, control: Control) -> Iterator[dict[str, str]]:
    if control.threshold is None:
        return
    named = item_share(chain, control.model_copy(update={"threshold": None}))
    _, unstated = specified(chain, control)
    if listed := sorted(unstated & set(named.index[named > 0.0])):
        names = {lang: shown_names(chain, lang) for lang in LANGS}
        en, ja = ({"goods": ", ".join(of[good] for good in listed)} for of in names.values())
        fill = {"control": control.id, "property": control.threshold.property}
        yield note(
            f"threshold-{control.id}", "doubt", "threshold_unstated", control.source, **fill, en=en, ja=ja
        )


def _absent(chain: Chain, control: Control) -> Iterator[dict[str, str]]:
    known = {fold(name) for name in [*chain.nodes["node"], *chain.nodes["firm"]]}
    known |= {fold(name) for name in chain.ownership["owner"]}
    if absent := [name for name in control.entities if fold(name) not in known]:
        fill = {"control": control.id, "n": len(absent), "all": len(control.entities)}
        yield note(
            f"absent-{control.id}", "info", "entities_absent", control.source, **fill, names=", ".join(absent)
        )


def _indirect(chain: Chain, links: pd.DataFrame, control: Control) -> Iterator[dict[str, str]]:
    named = named_links(chain, links, control).links
    by = dict(zip(chain.nodes["node"], chain.nodes["country"], strict=True))
    reached = links[named & (links["supplier"].map(by) != control.by).to_numpy()]
    table = indirect_exports(chain, control)
    table = table[table["node"].isin(reached["supplier"]) & (table["path"] != REST)]
    if table.empty:
        return
    first = table.sort_values(["content", "node"], ascending=[False, True]).iloc[0]
    yield note(
        f"indirect-{control.id}",
        "info",
        "control_follows",
        control.source,
        control=control.id,
        n=len(reached),
        path=first["path"],
        content=f"{first['content']:.2%}",
    )

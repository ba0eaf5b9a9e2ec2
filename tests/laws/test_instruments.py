"""Laws of the instruments on random small chains, told by the real kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.shock.controls import all_named
from meguri.shock.indirect import indirect_exports, trace
from meguri.structure.chain import Chain
from tests.small import EVERY_KIND, EVIDENCE, Told, eighths, scenario, shipments, small_chains, tell_once

pytestmark = pytest.mark.slow  # many random chains are told

Tables = dict[str, pd.DataFrame]
Controls = list[dict[str, Any]]
SAME = {"rtol": 1e-9, "atol": 1e-9}
# a law here tells up to three stories for each chain: half the examples keep the fast suite fast
FEW = settings(max_examples=max(settings.default.max_examples // 2, 6))
RESTING = {"suspended": [{"start": "2025-01-05", "end": None}]}


def run(tables: Tables, controls: Controls, **more: Any) -> Told:
    return tell_once(Chain.from_tables(**tables), scenario(controls, **more))


def dressed() -> st.SearchStrategy[dict[str, Any]]:
    """One control of any kind with any of the fields that all kinds share."""
    return st.tuples(
        shipments(*EVERY_KIND),
        st.fixed_dictionaries(
            {},
            optional={
                "leakage": eighths(0, 8),
                "announced": st.just("2025-01-03"),
                "suspended": st.sampled_from(
                    [[{"start": "2025-01-20", "end": "2025-02-05"}], [{"start": "2025-02-20", "end": None}]]
                ),
                "third_countries": st.booleans(),
                "de_minimis": eighths(0, 2),
                "general_holders": st.just(["metal-0"]),
                "goods": st.just(["oxide"]),
            },
        ),
    ).map(lambda parts: parts[0] | parts[1])


# two quotas on one flow are refused, so at most one is drawn
ALL = st.lists(
    dressed(), max_size=3, unique_by=lambda one: one["kind"] if one["kind"] == "quota" else id(one)
)
AROUND = st.fixed_dictionaries(
    {},
    optional={
        "precaution": st.just({"announced": 0.5, "in_force": 1.0, "decay": "30 d", **EVIDENCE}),
        "disruptions": st.just(
            [
                {"node": "ore-0", "start": "2025-01-15", "end": "2025-02-01", "lost": 0.5, "recovery": "9 d"}
                | EVIDENCE,
                {"node": "ore-0", "start": "2025-01-20", "yield_lost": 0.25, **EVIDENCE},
            ]
        ),
        "demand_path": st.just([{"product": None, "start": "2025-02-01", "factor": 0.75, **EVIDENCE}]),
    },
)


@FEW
@given(small_chains(), ALL, AROUND)
def test_stocks_and_flows_balance_with_every_instrument(
    tables: Tables, controls: Controls, around: dict[str, Any]
) -> None:
    told = run(tables, controls, **around)
    n, story = told.numbers, told.story
    np.testing.assert_allclose(n.stock + story.received - story.used, story.stock, **SAME)
    sent, come = story.shipped.sum(axis=0), story.arrived.sum(axis=0)
    np.testing.assert_allclose(n.amount * n.lead + sent, come + story.transit, **SAME)
    assert (story.stock >= -1e-9).all() and (story.shipped >= 0.0).all()


@FEW
@given(small_chains(), dressed())
def test_a_control_removed_before_it_begins_or_beside_which_all_passes_changes_nothing(
    tables: Tables, control: dict[str, Any]
) -> None:
    """With anticipation off: no precaution, and nobody qualifies anyone for a control that never acts."""
    free, removed = run(tables, []), run(tables, [control | RESTING])
    for one, other in zip(free.story, removed.story, strict=True):
        np.testing.assert_array_equal(one, other)
    leaking = run(tables, [control | {"leakage": 1}])
    for name in ("output", "shipped", "arrived", "stock", "used"):
        np.testing.assert_allclose(getattr(leaking.story, name), getattr(free.story, name), **SAME)


@FEW
@given(small_chains(), shipments("licence"), eighths(0, 8))
def test_a_licence_that_approves_nothing_and_takes_no_second_filing_is_a_ban(
    tables: Tables, licence: dict[str, Any], leakage: float
) -> None:
    refused = run(tables, [licence | {"approval": 0, "rounds": 1, "leakage": leakage}])
    banned = run(tables, [{"kind": "ban", "leakage": leakage}])
    for one, other in zip(refused.story, banned.story, strict=True):
        np.testing.assert_array_equal(one, other)


@FEW
@given(small_chains(), st.lists(dressed(), min_size=1, max_size=1))
def test_no_unqualified_supplier_delivers_before_it_is_qualified(tables: Tables, controls: Controls) -> None:
    told = run(tables, controls)
    links = told.layout.links
    new = (~links["qualified"].astype(bool)).to_numpy()
    month_end = np.cumsum(np.bincount(told.layout.wiring.month))
    acts = scenario(controls).first_control
    begun = np.inf if acts is None else (acts - scenario([]).start).days + 5.0  # react
    earliest = begun + links["qualification"].astype(float).fillna(np.inf).to_numpy()
    early = month_end[:, None] <= earliest[None, :]
    assert (told.story.shipped[early & new[None, :]] == 0.0).all()


STRICTER: dict[str, tuple[str, Any, Any]] = {
    "licence": ("approval", 0.75, 0.25),
    "entity-list": ("approval", 0.75, 0.25),
    "end-use-ban": ("approval", 0.75, 0.25),
    "catch-all": ("refused", 0.25, 0.75),
    "customs-slowdown": ("held", 0.25, 0.75),
    "over-compliance": ("share", 0.25, 0.75),
    "ban": ("leakage", 0.5, 0.125),
    "quota": ("leakage", 0.5, 0.125),
}


@FEW
@given(small_chains(important=False), st.sampled_from(sorted(STRICTER)), st.data())
def test_what_reaches_the_controlled_group_never_rises_when_the_instrument_gets_stricter(
    tables: Tables, kind: str, data: st.DataObject
) -> None:
    """Regulated tonnes that reached any customer the control names, summed up to the end of each month.

    Not so for each customer by itself: one who turns to an uncontrolled supplier may crowd out another,
    who then takes what still leaks (hypothesis found it within seconds).
    """
    field, mild, strict = STRICTER[kind]
    control = data.draw(shipments(kind))
    lax, hard = (run(tables, [control | {field: value}]) for value in (mild, strict))
    chain = Chain.from_tables(**tables)
    (named,) = all_named(chain, lax.layout.links, scenario([control]))
    weight = named.weight * named.links
    mildly, strictly = (np.cumsum(told.story.arrived @ weight) for told in (lax, hard))
    assert (strictly <= mildly * (1 + 1e-9) + 1e-9).all(), (mildly, strictly)


@FEW
@given(small_chains(), st.sampled_from(["CN", "JP"]), st.sampled_from([["Dy"], ["Nd", "Dy"], []]))
def test_paths_of_an_indirect_export_add_up_to_the_content(
    tables: Tables, by: str, elements: list[str]
) -> None:
    chain = Chain.from_tables(**tables)
    what = {"element": elements, "form": ["oxide", "ore"]} if elements else {"goods": ["oxide"]}
    control = scenario([{"kind": "ban", "by": by, "element": [], "form": [], **what}]).controls[0]
    traced, table = trace(chain, control), indirect_exports(chain, control)
    inside = dict(zip(traced.nodes, traced.content, strict=True))
    for node, rows in table.groupby("node"):
        np.testing.assert_allclose(rows["content"].sum(), inside[node], **SAME)
    makers = [
        n for n, c, own in zip(traced.nodes, traced.content, traced.own, strict=True) if c > 0 and not own
    ]
    assert set(table["node"]) == set(makers)

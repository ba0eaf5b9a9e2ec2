"""What a plan brings in a run: hand-worked days, laws, and a world that does not notice being watched."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.scenario.schema import Scenario
from meguri.shock.sample import declared_ranges, latin_hypercube
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures
from tests.small import Told, scenario, small_chains, tables, tell_once

COMMON = {"start": "2025-01-01", "source": "meguri-assumption", "grade": "assumed"}
BAN = {"kind": "ban", "form": "oxide"}
STOCK = {"kind": "stock", "nodes": "metal", "input": "oxide", "amount": "45 d"}
SUPPLY = {"kind": "supply", "nodes": "metal", "product": "oxide"}
SAVING = {"kind": "saving", "nodes": "metal", "input": "oxide"}


@cache
def line(stock: float = 10) -> Chain:
    """Oxide of China, metal and magnet of Japan; a tonne a day."""
    nodes = {
        "oxide": {"material": "oxide", "country": "CN", "output": 365},
        "metal": {"material": "metal", "country": "JP", "output": 365},
        "magnet": {"material": "magnet", "country": "JP", "output": 365},
    }
    flows = {("oxide", "metal"): {"amount": 365, "lead": 1}, ("metal", "magnet"): {"amount": 365, "lead": 1}}
    recipes: dict[tuple[str, str], dict[str, Any]] = {
        ("metal", "oxide"): {"need": 1, "stock": stock},
        ("magnet", "metal"): {"need": 1, "stock": 0},
    }
    return Chain.from_tables(**tables(nodes, flows, recipes, {("oxide", "Dy"): 0.5}))


def planned(*effects: dict[str, Any], days: int = 120, **more: Any) -> Scenario:
    listed = [{"id": f"{effect['kind']}-{place}", **COMMON, **effect} for place, effect in enumerate(effects)]
    controls = more.pop("controls", [BAN])
    return scenario(controls, days, measures=listed, **more)


def told(*effects: dict[str, Any], chain: Chain | None = None, **more: Any) -> Told:
    given_ = planned(*effects, **more)
    return tell_once(with_measures(chain or line(), given_), given_)


def made(found: Told, node: str, day: int) -> float:
    place = found.layout.nodes["node"].tolist().index(node)
    return float(found.story.output[found.first + day, place])


def test_45_days_of_stock_buy_45_days_of_a_full_ban() -> None:
    assert told().days["metal"] == 11  # ten days of stock, and what was on the way
    assert told(STOCK).days["metal"] == 56


def test_only_the_part_of_a_stock_that_is_there_when_the_control_begins_counts() -> None:
    ramped = STOCK | {"start": "2025-01-02", "ramp": "45 d"}  # the ban comes on the eleventh: 9 of 45 days
    assert told(ramped).days["metal"] == 11 + 9
    assert told(ramped | {"late": "9 d"}).days["metal"] == 11
    assert told(STOCK | {"start": "2025-01-11"}).days["metal"] == 56
    assert told(STOCK | {"start": "2025-01-12"}).days["metal"] == 11


def test_a_stock_buys_days_and_no_share() -> None:
    assert made(told(STOCK, days=400), "metal", 389) == made(told(days=400), "metal", 389) == 0.0
    half = SUPPLY | {"amount": "0.5 t/d", "qualification": "100 d"}
    without, stocked = told(half, days=800), told(half, STOCK, days=800)
    assert made(stocked, "metal", 700) == made(without, "metal", 700) == 0.5
    assert (without.days["metal"], stocked.days["metal"]) == (11, 56)


def test_a_supply_that_waits_to_be_qualified_moves_the_share_and_not_the_days() -> None:
    """React 5 d and qualify 20 d: ordered on day 25, shipped overnight, used on day 26."""
    found = told(SUPPLY | {"amount": "0.5 t/d", "qualification": "20 d"})
    assert found.days["metal"] == told().days["metal"] == 11
    assert [made(found, "metal", day) for day in (25, 26, 60)] == [0.0, 0.5, 0.5]


def test_a_supply_qualified_beforehand_comes_on_its_day() -> None:
    waits = SUPPLY | {"amount": "1 t/d", "qualification": "20 d", "id": "back"}
    bought = {"kind": "qualify", "supplier": "back", "start": "2025-01-01"}
    assert np.isinf(told(waits, bought).days["metal"])
    later = {**bought, "start": "2025-01-31"}  # day 20 of the ban: delivered on day 21
    found = told(waits, later)
    assert [made(found, "metal", day) for day in (20, 21)] == [0.0, 1.0]
    slow = told(waits | {"start": "2025-02-05"}, bought)  # qualified, but not there before day 25
    assert [made(slow, "metal", day) for day in (25, 26)] == [0.0, 1.0]


def test_what_has_expired_works_no_more() -> None:
    """The ban comes on the tenth day after the start of the plan; stocks last ten days and one of transit."""
    assert told(STOCK | {"life": "10 d"}).days["metal"] == 11
    assert told(STOCK | {"life": "11 d"}).days["metal"] == 56
    supply = SUPPLY | {
        "amount": "1 t/d",
        "start": "2025-01-01",
        "life": "40 d",
    }  # day 30 is its first without
    found = told(supply)
    assert [made(found, "metal", day) for day in (29, 42)] == [1.0, 0.0]
    saving = told(SAVING | {"amount": 0.5, "life": "30 d"}, chain=line(stock=40))
    # until day 20 half is used; ten days of stock and the day of transit are saved
    assert saving.days["metal"] == pytest.approx(41 + 10, abs=1.5)


def test_a_qualification_that_expires_is_made_anew_by_the_buyers() -> None:
    """They react on day 5 and take 60 days: what was qualified until day 20 of the ban is back on day 65."""
    waits = SUPPLY | {"amount": "1 t/d", "qualification": "60 d", "id": "back"}
    bought = {"kind": "qualify", "supplier": "back", "start": "2025-01-01", "life": "30 d"}
    found = told(waits, bought)
    assert [made(found, "metal", day) for day in (20, 31, 64, 66)] == [1.0, 0.0, 0.0, 1.0]
    again = bought | {"start": "2025-01-20", "life": "200 d"}  # renewed before it expires: nothing is missed
    assert np.isinf(told(waits, bought, again).days["metal"])


def test_a_supply_ripens_from_its_first_yield_whenever_it_began() -> None:
    ramped = SUPPLY | {"amount": "1 t/d", "first_yield": 0.5, "ramp": "20 d"}
    new, old = told(ramped | {"start": "2025-02-10"}), told(ramped | {"start": "2024-01-01"})
    assert made(new, "metal", 60) == pytest.approx(1 - 0.5 * np.exp(-30 / 20))
    assert made(old, "metal", 60) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_saving_stretches_what_is_there_and_makes_nothing_out_of_nothing(share: float) -> None:
    """Stock S lasts S / (1 - s) days; of supply r a tonne of output needs 1 - s: output r / (1 - s)."""
    found = told(SAVING | {"amount": share}, chain=line(stock=30))
    assert found.days["metal"] == pytest.approx(31 / (1 - share), abs=2)
    assert made(found, "metal", 105) == pytest.approx(0.0, abs=1e-3)
    half = SUPPLY | {"amount": "0.25 t/d"}
    assert made(told(half, SAVING | {"amount": share}, days=400), "metal", 380) == pytest.approx(
        0.25 / (1 - share)
    )


def test_capacity_comes_on_stream_with_its_ramp() -> None:
    """Two makers share a customer; China's is closed, and the other may make 0.5 t/d more."""
    nodes = {
        "cn": {"material": "oxide", "country": "CN", "output": 365 / 2},
        "au": {"material": "oxide", "country": "AU", "output": 365 / 2},
        "metal": {"material": "metal", "country": "JP", "output": 365},
    }
    flows = {(one, "metal"): {"amount": 365 / 2, "lead": 1} for one in ("cn", "au")}
    chain = Chain.from_tables(
        **tables(nodes, flows, {("metal", "oxide"): {"need": 1, "stock": 5}}, {("oxide", "Dy"): 0.5})
    )
    grown = {"kind": "capacity", "nodes": "au", "amount": "0.5 t/d", "start": "2025-02-10"}
    assert made(told(chain=chain), "metal", 60) == pytest.approx(0.5)
    found = told(grown, chain=chain)
    assert [made(found, "au", day) for day in (29, 30)] == pytest.approx([0.5, 1.0])
    ramped = told(grown | {"ramp": "30 d"}, chain=chain)
    assert made(ramped, "au", 60) == pytest.approx(0.5 + 0.5 * (1 - np.exp(-1)), abs=1e-6)


def test_kept_know_how_avoids_its_share_of_a_disruption() -> None:
    lost = {
        "node": "metal",
        "start": "2025-01-11",
        "lost": 0.5,
        **{k: COMMON[k] for k in ("source", "grade")},
    }
    kept = {"kind": "knowledge", "nodes": "metal", "amount": 0.4}
    plain = told(controls=[], disruptions=[lost], clock="2025-01-11")
    assert made(plain, "metal", 5) == pytest.approx(0.5)
    found = told(kept, controls=[], disruptions=[lost], clock="2025-01-11")
    assert made(found, "metal", 5) == pytest.approx(1 - 0.5 * 0.6)
    late = told(kept | {"start": "2025-01-21"}, controls=[], disruptions=[lost], clock="2025-01-11")
    assert [made(late, "metal", day) for day in (9, 10)] == pytest.approx([0.5, 0.7])


def test_a_plan_draws_from_streams_of_its_own() -> None:
    """The world's draws are the same with a plan, with another, and without one."""
    stock = STOCK | {"amount": ["30 d", "60 d"], "id": "stock"}
    ranged: dict[str, Any] = {"react": ["5 d", "20 d"], "adjust": ["10 d", "30 d"]}
    drawn = {}
    for name, effects in (
        ("none", []),
        ("one", [stock]),
        ("two", [STOCK | {"amount": ["1 d", "9 d"]}, stock]),
    ):
        given_ = planned(*effects, **ranged)
        ranges = declared_ranges(with_measures(line(), given_), given_)
        drawn[name] = pd.DataFrame(latin_hypercube(ranges, 16, seed=3), columns=ranges["parameter"])
    for name in ("one", "two"):
        assert drawn[name][drawn["none"].columns].equals(drawn["none"])
    assert drawn["two"]["measures.stock.amount"].equals(drawn["one"]["measures.stock.amount"])


EFFECTS: dict[str, dict[str, Any]] = {
    "stock": {"amount": "20 d"}, "supply": {"amount": "900 t/a"}, "saving": {"amount": 0.5},
    "capacity": {"amount": "900 t/a"}, "qualify": {}, "knowledge": {"amount": 0.5},
}  # fmt: skip


def effect_on(chain: Chain, kind: str, place: int, start: str) -> dict[str, Any]:
    """An effect of a kind somewhere on any chain."""
    delivered = chain.recipes[chain.recipes["host"] == ""].reset_index(drop=True)
    slot = delivered.iloc[place % len(delivered)]
    good = {"supply": {"product": slot["input"]}, "stock": {"input": slot["input"]}}
    good["saving"] = good["stock"]
    there = {} if kind == "qualify" else {"nodes": slot["node"]}
    more = {"supplier": "new"} if kind == "qualify" else good.get(kind, {})
    found: dict[str, Any] = {"kind": kind, "start": start, **EFFECTS[kind], **there, **more}
    return found


@pytest.mark.slow
@given(small_chains(), st.sampled_from(sorted(EFFECTS)), st.integers(0, 20))
def test_what_is_not_ready_before_the_end_changes_nothing(given_: Any, kind: str, place: int) -> None:
    """AC5.3: what takes longer than the horizon adds nothing to it."""
    chain = Chain.from_tables(**given_)
    effects = [effect_on(chain, kind, place, "2035-01-01")]
    if kind == "qualify":
        effects.append(effect_on(chain, "supply", place, "2035-01-01") | {"id": "new"})
    before, after = told(chain=chain), told(*effects, chain=chain)
    old = before.layout.nodes["node"].tolist()
    places = [after.layout.nodes["node"].tolist().index(node) for node in old]
    assert np.allclose(after.story.output[:, places], before.story.output, rtol=1e-12, atol=0.0)


@pytest.mark.slow
@given(small_chains(), st.sampled_from(sorted(EFFECTS)), st.integers(0, 20))
def test_a_life_that_outlasts_the_horizon_is_none(given_: Any, kind: str, place: int) -> None:
    chain = Chain.from_tables(**given_)
    effects = [effect_on(chain, kind, place, "2025-01-01")]
    if kind == "qualify":
        effects.append(effect_on(chain, "supply", place, "2025-01-01") | {"id": "new"})
    ends, never = (told(effects[0] | life, *effects[1:], chain=chain) for life in ({"life": "9999 d"}, {}))
    assert np.array_equal(ends.story.output, never.story.output)


@pytest.mark.slow
@given(small_chains(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_more_stock_never_lowers_the_days_of_its_holder(
    given_: Any, place: int, less: int, more: int
) -> None:
    """The same days of every input of the node; more of one alone may spend another sooner (tests/laws)."""
    chain = Chain.from_tables(**given_)
    node = effect_on(chain, "stock", place, "2025-01-01")["nodes"]
    inputs = chain.recipes.loc[chain.recipes["node"] == node, "input"]
    stock = {"kind": "stock", "nodes": node}
    days = [
        told(*[stock | {"input": good, "amount": f"{size} d"} for good in inputs], chain=chain).days[node]
        for size in (min(less, more), max(less, more))
    ]
    assert days[1] >= days[0]


@pytest.mark.slow
@given(small_chains(), st.sampled_from(["supply", "saving"]), st.integers(0, 20))
def test_names_of_effects_change_nothing(given_: Any, kind: str, place: int) -> None:
    chain = Chain.from_tables(**given_)
    effect = effect_on(chain, kind, place, "2025-01-01")
    named = [told(effect | {"id": name}, chain=chain) for name in ("a-first", "z-last")]
    one, other = [
        found.story.output[:, found.layout.nodes["node"].isin(chain.nodes["node"]).to_numpy()]
        for found in named
    ]
    assert np.allclose(one, other, rtol=1e-9, atol=1e-9)

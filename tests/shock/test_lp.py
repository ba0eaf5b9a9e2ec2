"""Time to survive as a linear program: hand cases, the whole program as twin, the simulation beside it."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.base.errors import ModelError
from meguri.shock._kernel import Numbers
from meguri.shock.arrays import Layout
from meguri.shock.lp import agreement, time_to_survive_lp, ttr_impact, whole_program, with_reaction
from tests.networks import Slot, assembly, network, web

Network = tuple[Layout, Numbers]


def chain() -> Network:
    """Published: B closed, 100 t behind B, 50 t at A, 10 t/d."""
    slots = [Slot("trader", 10, 100, {"b": 10}), Slot("a", 10, 50, {"trader": 10})]
    return network({"b": 10, "trader": 10, "a": 10}, slots)


def dual() -> Network:
    """Published: B closed, B2 gives 4 t/d, 150 t in stock, 10 t/d."""
    return network({"b": 6, "b2": 4, "a": 10}, [Slot("a", 10, 150, {"b": 6, "b2": 4})])


def both_needed() -> Network:
    """A needs x (30 t) and y (80 t), 10 t/d of each."""
    return network({"x": 10, "y": 10, "a": 10}, [Slot("a", 10, 30, {"x": 10}), Slot("a", 10, 80, {"y": 10})])


def shared() -> Network:
    """S serves p (6 t/d, 60 t) and q (4 t/d, 8 t)."""
    return network({"s": 10, "p": 6, "q": 4}, [Slot("p", 6, 60, {"s": 6}), Slot("q", 4, 8, {"s": 4})])


def two_tiers() -> Network:
    """B gives half of what M needs; 20 t at M and 30 t at A."""
    slots = [Slot("m", 10, 20, {"b": 5, "b2": 5}), Slot("a", 10, 30, {"m": 10})]
    return network({"b": 5, "b2": 5, "m": 10, "a": 10}, slots)


def important() -> Network:
    """Without z (2 t/d, 10 t) A makes 40 % less of its 10 t/d."""
    return network({"z": 2, "a": 10}, [Slot("a", 2, 10, {"z": 2}, essential=1, loss=0.4)])


def minor() -> Network:
    """A does without z."""
    return network({"z": 2, "a": 10}, [Slot("a", 2, 10, {"z": 2}, essential=0)])


def by_product() -> Network:
    """2 t/d for A come with the 100 t/d of H, all of which K buys; 6 t in stock."""
    slots = [Slot("a", 2, 6, {}, host="h"), Slot("k", 100, 1e6, {"h": 100})]
    return network({"h": 100, "a": 4, "k": 100}, slots)


HAND = [
    (chain, "b", 15.0, {20: 50.0}),  # (50 + 100)/10; 200 - 150
    (dual, "b", 25.0, {30: 30.0}),  # 10 t <= 150 + 4 t; 300 - 150 - 120
    (both_needed, "x", 3.0, {5: 20.0, 3: 0.0}),  # 30/10; 50 - 30
    (both_needed, "y", 8.0, {10: 20.0}),
    (shared, "s", 2.0, {5: 12.0, 20: 132.0}),  # 8/4; q lacks 20 - 8, p only after ten days: 72 + 60
    (two_tiers, "b", 10.0, {12: 10.0}),  # (20 + 30)/5; 120 - 50 - 60
    (important, "z", 5.0, {10: 20.0}),  # 10/2; .4 of 10 t/d for five days
    (minor, "z", np.inf, {100: 0.0}),
    (by_product, "h", 3.0, {5: 8.0}),  # 6/2; what 2 · 5 - 6 = 4 t of by-product would have made
    (chain, "a", np.inf, {7: 70.0}),  # the seller loses its own sales, and nobody else any
]


@pytest.mark.parametrize(("given", "closed", "tts", "losses"), HAND)
def test_the_program_gives_what_was_computed_by_hand(given, closed, tts, losses) -> None:
    layout, n = given()
    assert time_to_survive_lp(layout, n, [closed])["tts"].item() == pytest.approx(tts)
    found = ttr_impact(layout, n, [closed], tuple(losses)).set_index("days")["loss"]
    for days, loss in losses.items():
        assert found[days] == pytest.approx(loss, abs=1e-7)
        assert whole_program(layout, n, closed, days) == pytest.approx(loss, abs=1e-7)


def test_the_published_loss_counts_two_for_each_unit_not_sold() -> None:
    layout, n = chain()
    assert ttr_impact(layout, n, ["b"], [20], worth=np.full(3, 2.0))["loss"].item() == pytest.approx(100.0)


def test_an_alternative_helps_from_the_day_it_is_qualified() -> None:
    slot = Slot("a", 10, 50, {"b": 10}, alternatives={"c": (4.0, 10.0)})
    layout, n = network({"b": 10, "c": 4, "a": 10}, [slot], final=np.array([10.0, 0.0, 0.0]))
    lost = whole_program(layout, with_reaction(layout, n, 20.0), "b", 20.0)
    assert lost == pytest.approx(200 - 50 - 4 * 10)
    assert whole_program(layout, n, "b", 20.0) == pytest.approx(150.0)


def test_spare_capacity_of_a_second_source_helps_as_far_as_it_may_deliver_more() -> None:
    layout, n = dual()
    n = n._replace(surge=0.5, capacity=n.capacity * 1.25)  # it makes 5, may send 6: 5 a day
    assert whole_program(layout, with_reaction(layout, n, 30.0), "b", 30.0) == pytest.approx(0.0, abs=1e-7)
    assert whole_program(layout, with_reaction(layout, n, 40.0), "b", 40.0) == pytest.approx(400 - 150 - 200)


@pytest.mark.parametrize("seed", range(3))
def test_the_smaller_programs_lose_what_the_whole_program_loses(seed: int) -> None:
    layout, n = web(seed, (8, 8, 8, 6))
    table = ttr_impact(layout, n, None, (20, 60))
    whole = [
        whole_program(layout, n, node, days) for node, days in zip(table["node"], table["days"], strict=True)
    ]
    np.testing.assert_allclose(table["loss"], whole, rtol=1e-7, atol=1e-6)
    assert (table["loss"] > 0).any() and (table["loss"] == 0).any()


@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 20))]
)
def test_program_and_simulation_agree_within_a_day_where_nothing_is_shared_out(seed: int) -> None:
    """Premises coincide: one customer for each node, nobody reacts, the days on the way are added."""
    layout, n = assembly(seed)
    table = agreement(layout, n)
    assert len(table) == 42
    assert (table["way_low"] == table["way_high"]).all()
    told, beyond = table["reason"] == "", table["reason"] == "horizon"
    assert (table["difference"][told].abs() <= 1.0).all()
    assert told.sum() >= 36
    assert (told | beyond).all(), table[~told]
    unseen = table[beyond]  # longer than the days told, by the program as well
    assert (unseen["tts_lp"] + unseen["way_low"] >= layout.wiring.month.size - 1).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_simulation_never_outlives_the_program_by_more_than_the_goods_on_the_way(seed: int) -> None:
    table = agreement(*web(seed, (6, 6, 6)))
    within = np.isfinite(table["tts_simulated"])
    assert within.any()
    assert (table["difference"][within] < 1.0 + 1e-6).all()
    assert set(table["reason"]) <= {"", "shares", "horizon"}


def test_a_partner_that_is_short_shares_out_and_the_table_says_so() -> None:
    slots = [Slot("m", 10, 0, {"b": 5, "b2": 5}), Slot("p", 5, 50, {"m": 5}), Slot("q", 5, 0, {"m": 5})]
    layout, n = network({"b": 5, "b2": 5, "m": 10, "p": 5, "q": 5}, slots)
    row = agreement(layout, n, ["b"]).iloc[0]
    assert row["tts_lp"] == pytest.approx(10.0)  # all of M's 5 t go to q, p lives on its 50 t
    assert row["tts_simulated"] == 2.0  # each gets half; two links of a day each
    assert row["reason"] == "shares"


def test_more_stock_and_shorter_closures_never_lose_more() -> None:
    layout, n = web(5, (8, 8, 6))
    less = ttr_impact(layout, n, None, (10, 40, 90)).pivot(index="node", columns="days", values="loss")
    more = ttr_impact(layout, n._replace(stock=2 * n.stock), None, (10, 40, 90))
    assert (np.diff(less.to_numpy(), axis=1) >= -1e-7).all()
    assert (more.pivot(index="node", columns="days", values="loss") <= less + 1e-7).all(axis=None)


def test_only_the_sales_of_the_sellers_named_must_not_be_lost() -> None:
    layout, n = shared()
    assert time_to_survive_lp(layout, n, ["s"], sellers=["p"])["tts"].item() == pytest.approx(10.0)
    assert agreement(layout, n, ["s"], sellers=["p"])["tts_simulated"].item() == 11.0


def test_an_unknown_node_comes_with_the_nearest() -> None:
    with pytest.raises(ModelError) as caught:
        ttr_impact(*chain(), ["tradr"])
    assert caught.value.problems[0].details["near"] == "trader"

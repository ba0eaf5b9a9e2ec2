"""From tables to arrays: recipes say how much, flows say from whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meguri.base.errors import ModelError
from meguri.shock.sample import declared_ranges
from meguri.structure.chain import Chain
from tests.shock.test_controls import trade
from tests.small import scenario, tables, tell_once


def two_sources(**more: Any) -> Chain:
    nodes = {
        "a": {"material": "oxide", "country": "CN", "output": 365},
        "b": {"material": "oxide", "country": "JP", "output": 730, "capacity": 1460},
        "m": {"material": "metal", "country": "JP", "output": 730},
    }
    # 5 % less than need × output: sources round
    flows = {("a", "m"): {"amount": 347}, ("b", "m"): {"amount": 694, "lead": 7.4}}
    return Chain.from_tables(**tables(nodes, flows, {("m", "oxide"): {"need": 1.5, "stock": 10, **more}}))


def test_needs_are_met_exactly_in_the_shares_of_the_flows() -> None:
    n = tell_once(two_sources(), scenario([])).numbers
    assert n.use.tolist() == [3.0]
    assert n.amount.tolist() == pytest.approx([1.0, 2.0])
    assert n.plan.tolist() == pytest.approx([1.0, 2.0, 2.0])
    assert n.final.tolist() == pytest.approx([0.0, 0.0, 2.0])


def test_a_supplier_asked_for_more_than_its_output_plans_for_what_is_asked() -> None:
    n = tell_once(two_sources(), scenario([], demand=1.5)).numbers
    assert n.plan.tolist() == pytest.approx([1.5, 3.0, 3.0])
    assert n.capacity.tolist() == pytest.approx([1.5, 4.0, 3.0])  # b could make 4, the others just enough


def test_stock_is_days_of_use_and_the_target_is_what_is_held_unless_it_is_given() -> None:
    assert tell_once(two_sources(), scenario([])).numbers.stock.tolist() == [30.0]
    assert tell_once(two_sources(), scenario([])).numbers.target.tolist() == [10.0]
    assert tell_once(two_sources(target=25), scenario([])).numbers.target.tolist() == [25.0]


def test_lead_times_are_whole_days_and_at_least_one() -> None:
    assert tell_once(two_sources(), scenario([])).numbers.lead.tolist() == [1, 7]


def test_an_input_without_a_known_supplier_is_always_supplied() -> None:
    chain = trade()
    flows = chain.flows[lambda rows: rows["supplier"] != "cn-light"]
    told = tell_once(chain.with_table("flows", flows), scenario([]))
    light = (told.layout.slots["input"] == "light").to_numpy()
    assert told.layout.wiring.open_slot.tolist() == light.astype(int).tolist()
    assert not told.story.short.any()


def circle(need: float) -> Chain:
    """Scrap of the magnet maker returns as metal: a circle that uses ``need`` of its own output."""
    nodes = {
        "maker": {"material": "magnet", "country": "JP", "output": 100},
        "recycler": {"material": "metal", "country": "JP", "output": 100},
    }
    flows = {("maker", "recycler"): {"amount": 100 * need}, ("recycler", "maker"): {"amount": 100}}
    recipes = {
        ("maker", "metal"): {"need": 1.0, "stock": 10}, ("recycler", "magnet"): {"need": need, "stock": 10},
    }  # fmt: skip
    return Chain.from_tables(**tables(nodes, flows, recipes))


def test_a_circle_that_leaves_something_over_settles_and_runs() -> None:
    told = tell_once(circle(0.5), scenario([], demand=[1, 2, 3]))
    assert not told.story.short.any()
    np.testing.assert_allclose(told.story.output, np.tile(told.numbers.plan, (120, 1)))


def test_a_circle_that_uses_more_than_it_makes_is_named_and_not_simulated() -> None:
    with pytest.raises(ModelError) as error:
        tell_once(circle(1.04), scenario([]))
    assert error.value.problems[0].key == "plan_unsettled"


FORMS = {"zirconium": "metal", "hafnium": "metal", "stream": "residue"}


def hafnium(**more: Any) -> Chain:
    """10 t a day of zirconium leave the stream from which 1 t a day of hafnium is won."""
    nodes = {
        "zr": {"material": "zirconium", "country": "FR", "output": 3650},
        "hf": {"material": "hafnium", "country": "FR", "output": 365},
    }
    recipe = {"need": 2, "stock": 10, "host": "zr", "spare": 0.1, **more}
    return Chain.from_tables(**tables(nodes, {}, {("hf", "stream"): recipe}, {}, FORMS))


def test_a_by_product_is_measured_against_its_host_in_the_chain_s_year() -> None:
    for asked in ({}, {"demand_of": {"hafnium": 1.5}}):
        n = tell_once(hafnium(), scenario([], **asked)).numbers
        assert n.byproduct.tolist() == pytest.approx([2 * 1.1 / 10])
        assert n.stock.tolist() == n.room.tolist() == [20.0]
    assert n.use.tolist() == [3.0]
    assert n.plan.tolist() == pytest.approx([1.5, 10.0])
    assert tell_once(hafnium(target=30), scenario([])).numbers.room.tolist() == [60.0]


def test_demand_for_all_raises_the_host_and_what_it_leaves() -> None:
    told = tell_once(hafnium(spare=0, stock=0), scenario([], demand=1.5))
    assert told.numbers.plan.tolist() == pytest.approx([1.5, 15.0])
    assert not told.story.short.any()


def test_a_by_product_fills_its_stock_from_the_spare_separation_and_no_more() -> None:
    story = tell_once(hafnium(stock=0, target=30), scenario([], days=400)).story
    assert story.stock.tolist() == pytest.approx([60.0])  # 0.2 t a day more than is used


def test_ranges_of_spare_and_of_a_product_s_demand_are_drawn() -> None:
    given = scenario([], demand_of={"hafnium": [1.2, 1.5, 1.8]})
    ranges = declared_ranges(hafnium(spare_low=0, spare_high=0.3), given)
    named = ranges.set_index("parameter")[["low", "mode", "high"]].T.to_dict("list")
    assert named["demand_of.hafnium"] == [1.2, 1.5, 1.8]
    assert named["recipes[hf,stream].spare"] == [0, 0.1, 0.3]


def test_demand_for_a_product_nobody_makes_is_refused_with_the_nearest() -> None:
    with pytest.raises(ModelError) as error:
        tell_once(hafnium(), scenario([], demand_of={"hafnum": 1.5}))
    (problem,) = error.value.problems
    assert (problem.key, problem.details) == ("demand_product", {"near": "hafnium"})


def tools(stock: float = 20, **more: Any) -> Chain:
    """A fab that makes a tonne a day with a tonne of tools from China; they last 100 days."""
    nodes = {
        "cn-tools": {"material": "metal", "country": "CN", "output": 3.65},
        "fab": {"material": "magnet", "country": "JP", "output": 365, **more},
    }
    recipe = {"need": 0.01, "stock": stock, "life": 100}
    flows = {("cn-tools", "fab"): {"amount": 3.65, "lead": 1}}
    return Chain.from_tables(**tables(nodes, flows, {("fab", "metal"): recipe}, {("metal", "Dy"): 1}))


def made(chain: Chain, *controls: Any, **more: Any) -> Any:
    told = tell_once(chain, scenario(list(controls), **more))
    return told.story.output[:, list(told.layout.nodes["node"]).index("fab")], told


def test_installed_tools_stand_for_their_life_s_wear_and_keep_the_fab_running() -> None:
    output, told = made(tools())
    assert told.numbers.installed.tolist() == told.numbers.full.tolist() == pytest.approx([1.0])
    np.testing.assert_allclose(output, 1.0)
    assert told.story.used.tolist() == pytest.approx([120 * 0.01])


def test_when_spares_stop_the_fab_runs_on_its_stock_and_then_wears_out() -> None:
    """The last tools arrive on day 10, twenty days of spares last to day 30, then 1 % wears out a day."""
    output, told = made(tools(), {"kind": "ban"})
    np.testing.assert_allclose(output[:31], 1.0)
    np.testing.assert_allclose(output[31:], 0.99 ** np.arange(1, 90))
    assert told.story.empty.tolist() == [31]
    assert told.story.cut.tolist() == [10]


def test_a_spare_capacity_has_its_tools_and_more_than_it_must_wait_for_them() -> None:
    spare, _ = made(tools(capacity=438), demand_of={"magnet": 1.2})
    np.testing.assert_allclose(spare, 1.2, rtol=1e-6)
    growing, told = made(tools(stock=0), demand_of={"magnet": 1.2})
    assert told.numbers.full.tolist() == pytest.approx([1.2])
    days = np.arange(1, 121)  # 0.012 t come a day, 1 % of what stands wears out
    np.testing.assert_allclose(growing, 1.2 - 0.2 * 0.99**days, rtol=1e-9)
    stopped, _ = made(tools(stock=0), {"kind": "ban"}, demand_of={"magnet": 1.2})
    assert stopped.argmax() == 10, "without tools there is no growth"


def test_the_life_of_a_tool_is_drawn_over_its_range() -> None:
    chain = tools()
    recipes = chain.recipes.assign(life_low=50.0, life_high=200.0)
    ranges = declared_ranges(chain.with_table("recipes", recipes), scenario([]))
    assert "recipes[fab,metal].life" in set(ranges["parameter"])

"""Prices of a told story: markets, both sides of the border, duties with dates, and what buyers save."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import ModelError
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers, Story, tell
from meguri.shock._price_kernel import Prices
from meguri.shock.arrays import Layout, lay_out, numbers_of_run
from meguri.shock.controls import all_named, filters_of_run
from meguri.shock.price import (
    Priced,
    answer_of,
    price_modes,
    price_paths,
    price_response,
    priced_run,
    tell_with_prices,
    trade_of,
)
from meguri.shock.price_markets import (
    duty_wedge,
    markets,
    price_floor,
    side_by_side,
)
from meguri.shock.price_path import Response
from meguri.shock.run import all_ranges, month_of_days, run_all
from meguri.shock.sample import Draw
from meguri.structure.chain import Chain
from tests.reference.plain_prices import PlainPrices
from tests.shock.test_controls import LICENCE, trade
from tests.shock.test_price_path import EVEN
from tests.small import scenario, tables

TAX = {"kind": "tax", "rate": 0.25}
KNOWN = set(price_response()["element"])


class Case(NamedTuple):
    """One run of a small chain, ready to be told."""

    layout: Layout
    n: Numbers
    filters: Filters
    priced: Priced


def case(*controls: dict[str, Any], days: int = 360, chain: Chain | None = None) -> Case:
    """The central run of a small chain under some controls."""
    chain = trade() if chain is None else chain
    asked: Scenario = scenario(list(controls), days)
    month = month_of_days(asked.start, days)[1]
    layout = lay_out(chain, month)
    named = all_named(chain, layout.links, asked)
    priced = markets(chain, layout, named, KNOWN)
    ranges = all_ranges(chain, asked, priced)
    draw = Draw(chain, ranges, ranges["mode"].to_numpy(dtype=float)[None, :])
    n = numbers_of_run(layout, draw, 0, asked)
    filters = filters_of_run(named, layout, asked, draw, 0)
    modes = price_modes()
    goods = side_by_side(priced, layout, modes)
    return Case(layout, n, filters, priced_run(goods, modes, month, draw, 0, asked))


def all_markets(*controls: dict[str, Any], chain: Chain | None = None) -> list[Any]:
    chain = trade() if chain is None else chain
    layout = lay_out(chain, np.zeros(120, dtype=np.int64))
    return markets(chain, layout, all_named(chain, layout.links, scenario(list(controls))), KNOWN)


@pytest.mark.parametrize("controls", [(LICENCE, TAX), (TAX, LICENCE), (TAX,)])
def test_a_duty_counts_wherever_it_stands_among_the_controls(controls: tuple[dict[str, Any], ...]) -> None:
    (market,) = all_markets(*controls)
    assert (market.element, market.form, market.by) == ("Dy", "oxide", "CN")
    assert [duty.rate.mode for duty in market.duties] == [0.25]


def test_a_duty_is_paid_outside_only_and_only_while_it_is_in_force() -> None:
    controls = [
        TAX | {"start": "2025-02-01", "end": "2025-02-14"},
        TAX | {"start": "2025-02-15", "rate": 1.0},
    ]
    (market,) = all_markets(*controls)
    asked = scenario(controls)
    month = month_of_days(dt.date(2025, 1, 1), 120)[1]
    wedge = duty_wedge(market, [0.25, 1.0], asked, month)
    assert wedge.tolist() == pytest.approx([1.0, 1 + 0.5 * 0.25 + 0.5 * 1.0, 2.0, 2.0])
    outside, inside, contract = price_paths(
        np.ones(4), np.ones(4), EVEN._replace(contract_lag=2.0), wedge, np.zeros(4)
    )
    assert outside.tolist() == wedge.tolist()
    assert inside.tolist() == [1.0] * 4
    assert contract.tolist() == pytest.approx([1.0, 1.3125, 1.65625, 1.828125])


@given(
    st.lists(st.tuples(*(st.floats(0.05, 50.0) for _ in range(2))), min_size=1, max_size=12),
    st.floats(1.0, 3.0),
)
def test_goods_that_may_leave_never_cost_less_outside_than_inside_plus_duty(
    sides: list[tuple[float, float]], duty: float
) -> None:
    one, other = np.array(sides).T
    outside, inside, _ = price_paths(one, other, EVEN, np.full(one.size, duty), np.zeros(one.size))
    assert (outside >= inside * duty * (1 - 1e-12)).all()


def test_a_ranged_duty_is_drawn() -> None:
    found = run_all(trade(), scenario([TAX | {"rate": [0.1, 0.2, 0.3], "start": "2025-01-01"}]), 8, 1)
    place = found.ranges["parameter"].tolist().index("controls.control-0.rate")
    np.testing.assert_allclose(found.price[:, 0, 0, 1], 1 + found.values[:, place])


def test_goods_that_only_an_unqualified_supplier_would_export_have_no_price() -> None:
    nodes = {
        "cn": {"material": "oxide", "country": "CN", "output": 10},
        "jp": {"material": "metal", "country": "JP", "output": 10},
    }
    flows = {("cn", "jp"): {"amount": 10, "qualified": "no", "qualification": 1}}
    given_tables = tables(nodes, flows, {("jp", "oxide"): {"need": 1, "stock": 5}}, {("oxide", "Dy"): 0.5})
    assert all_markets({"kind": "ban"}, chain=Chain.from_tables(**given_tables)) == []


def test_a_good_whose_form_no_control_names_has_no_price_of_its_own() -> None:
    """Magnet makers stopped by the licence buy less neodymium; fewer arrivals are no scarcity then."""
    magnets_only = {"kind": "over-compliance", "element": "Nd", "form": "magnet", "share": 0.5}
    found = all_markets(LICENCE, magnets_only | {"delay": "9 d", "lasts": "30 d"})
    assert [market.element for market in found] == ["Dy"]


def test_a_duty_of_nothing_leaves_every_price_at_one() -> None:
    given_case = case(TAX | {"rate": 0.0})
    _, answer = tell_with_prices(given_case.layout.wiring, *given_case[1:])
    np.testing.assert_allclose(answer.price, 1.0)
    np.testing.assert_allclose(answer.shadow, 0.0, atol=1e-12)
    assert (answer.use == 1.0).all()


def test_a_ban_raises_the_price_outside_and_lowers_it_inside() -> None:
    """After a year of nothing the belief is full and the rest that is served sets the price."""
    given_case = case({"kind": "ban"})
    _, answer = tell_with_prices(given_case.layout.wiring, *given_case[1:], heeded=False)
    (response,) = given_case.priced.responses
    power = -1 / (response.supply_elasticity + response.demand_elasticity)
    outside, inside, contract = answer.price[0]
    assert outside[-1] == pytest.approx(min(response.served**power, response.backstop))
    assert (np.diff(outside[:6]) >= 0).all() and (inside[1:] < 1.0).all()
    assert (contract[1:] < outside[1:]).all()
    assert answer.shadow[0, -1] == pytest.approx(outside[-1] / inside[-1] - 1.0)


def plain_prices(given_case: Case, story: Story) -> PlainPrices:
    """The plain twin after it answered every month of a story."""
    found = PlainPrices(trade_of(*given_case[1:]), given_case.filters.wanted_of)
    for month in range(len(story.arrived)):
        found.go_on(month, story)
    return found


def test_supply_outside_is_what_arrives_and_inside_what_exports_leave_behind() -> None:
    """Three tonnes a day are made, two leave; a ban leaves all three at home: three times the usual."""
    given_case = case({"kind": "ban", "start": "2025-01-01"}, days=365)
    story = tell(given_case.layout.wiring, given_case.n, given_case.filters)
    plain = plain_prices(given_case, story)
    outside, inside = ([plain.supplied(0, side, month, story) for month in range(12)] for side in (0, 1))
    np.testing.assert_allclose(outside[1:], 0.0, atol=1e-12)
    np.testing.assert_allclose(inside, 3.0)


def test_plants_that_stand_still_leave_less_at_home() -> None:
    given_case = case(TAX, days=365)
    maker = int(np.flatnonzero(given_case.priced.goods.markets[0].makers)[0])
    still = given_case.filters._replace(
        working_of=np.where(np.arange(given_case.n.plan.size) == maker, 1, 0),
        working=np.hstack([np.ones((365, 1)), np.full((365, 1), 0.5)]),
    )
    _, answer = tell_with_prices(
        given_case.layout.wiring, given_case.n, still, given_case.priced, heeded=False
    )
    assert answer.price[0, 1, -1] > 1.0
    assert (answer.price[0, 0] >= answer.price[0, 1]).all()


def saving(given_case: Case, **numbers: float) -> Priced:
    """The same markets with other numbers of their response."""
    responses = [response._replace(**numbers) for response in given_case.priced.responses]
    return given_case.priced._replace(responses=responses)


def test_buyers_who_never_save_leave_the_story_as_it_is() -> None:
    given_case = case(LICENCE)
    priced = saving(given_case, thrift=0.0)
    story = tell(given_case.layout.wiring, given_case.n, given_case.filters)
    told, _ = tell_with_prices(given_case.layout.wiring, given_case.n, given_case.filters, priced)
    assert all(np.array_equal(one, other) for one, other in zip(story, told, strict=True))


def test_prices_nobody_heeds_change_no_story() -> None:
    given_case = case({"kind": "ban"})
    story = tell(given_case.layout.wiring, given_case.n, given_case.filters)
    told, answer = tell_with_prices(given_case.layout.wiring, *given_case[1:], heeded=False)
    assert all(np.array_equal(one, other) for one, other in zip(story, told, strict=True))
    assert answer.use.min() < 1.0


def test_thrift_lowers_what_is_asked_later_and_never_before_the_price_has_risen() -> None:
    given_case = case({"kind": "ban", "start": "2025-04-01"})
    priced = saving(given_case, thrift=0.3, thrift_delay=3.0)
    plain = tell(given_case.layout.wiring, given_case.n, given_case.filters)
    told, answer = tell_with_prices(given_case.layout.wiring, given_case.n, given_case.filters, priced)
    final = given_case.n.final > 0
    month = priced.month
    risen = int(np.argmax(answer.price[0, 0] > 1.0 + 1e-9))
    assert np.array_equal(told.asked[month <= risen][:, final], plain.asked[month <= risen][:, final])
    assert told.asked[month == month[-1]][:, final].sum() < plain.asked[month == month[-1]][:, final].sum()


def test_the_same_run_told_twice_gives_the_same_bytes() -> None:
    given_case = case({"kind": "ban"})
    twice = [tell_with_prices(given_case.layout.wiring, *given_case[1:]) for _ in range(2)]
    assert twice[0][1].price.tobytes() == twice[1][1].price.tobytes()
    assert twice[0][0].output.tobytes() == twice[1][0].output.tobytes()


def test_every_month_asks_what_the_prices_before_it_have_taught_buyers() -> None:
    """The plain way: tell the whole story with fixed savings, price it, save anew, until nothing moves.

    Fixed savings are told as dated demand, which prices then do not know of.
    """
    given_case = case(LICENCE | {"approval": 0.3})
    wiring, month = given_case.layout.wiring, given_case.priced.month
    story, answer = tell_with_prices(wiring, *given_case[1:])
    nodes = np.arange(given_case.n.plan.size)
    rows = np.ones((month[-1] + 1, nodes.size))
    for _ in range(len(rows)):  # each round settles at least one month more
        saving_too = given_case.filters._replace(wanted_of=nodes, wanted=rows[month])
        told = tell(wiring, given_case.n, saving_too)
        plain = PlainPrices(trade_of(*given_case[1:]), given_case.filters.wanted_of)
        rows = np.stack([rows[0], *(plain.go_on(last, told) for last in range(len(rows) - 1))])
    assert rows.min() < 0.99
    np.testing.assert_allclose(told.asked, story.asked, rtol=1e-12)
    prices = Prices(np.zeros(0), np.array(plain.price), np.array(plain.use))
    again = answer_of(prices, given_case.priced)
    np.testing.assert_allclose(again.price[..., :-1], answer.price[..., :-1], rtol=1e-12)


def test_dated_demand_and_thrift_multiply() -> None:
    given_case = case(LICENCE | {"approval": 0.3})
    nodes, month = given_case.n.plan.size, given_case.priced.month
    dated = given_case.filters._replace(
        wanted_of=np.arange(nodes) % 2,
        wanted=np.hstack([np.ones((month.size, 1)), np.full((month.size, 1), 0.5)]),
    )
    told, _ = tell_with_prices(given_case.layout.wiring, given_case.n, dated, given_case.priced)
    plain = tell(given_case.layout.wiring, given_case.n, given_case.filters)
    prices = PlainPrices(trade_of(given_case.n, dated, given_case.priced), dated.wanted_of)
    sells = np.flatnonzero(
        (given_case.n.final > 0) & ~np.isin(np.arange(nodes), given_case.layout.wiring.supplier)
    )
    thrift = np.array([np.ones(nodes), *(prices.go_on(last, told) for last in range(month[-1]))])
    for day in np.flatnonzero(np.diff(month, prepend=-1)):
        expected = plain.asked[day, sells] * np.where(sells % 2 == 1, 0.5, 1.0) * thrift[month[day], sells]
        np.testing.assert_allclose(told.asked[day, sells], expected)
    assert sells.size and thrift[-1, sells].min() < 0.99


def test_a_demand_that_falls_elsewhere_is_no_scarcity() -> None:
    """Half is wanted, so half arrives in the end; the price does not rise for it."""
    given_case = case(TAX | {"rate": 0.0}, days=720)
    days, nodes = 720, given_case.n.plan.size
    half = given_case.filters._replace(
        wanted_of=np.ones(nodes, dtype=np.int64),
        wanted=np.hstack([np.ones((days, 1)), np.full((days, 1), 0.5)]),
    )
    plain = PlainPrices(trade_of(given_case.n, half, given_case.priced), half.wanted_of)
    assert plain.asked(0, 0, 0) == pytest.approx(0.5)
    _, answer = tell_with_prices(given_case.layout.wiring, given_case.n, half, given_case.priced)
    assert answer.price[0, 0, -1] == pytest.approx(1.0, abs=0.02)


def test_every_packaged_number_lies_in_its_range_and_is_assumed_with_a_reason() -> None:
    table = price_response()
    for name in Response._fields:
        assert (table[f"{name}_low"] <= table[name]).all() and (table[name] <= table[f"{name}_high"]).all()
    assert (table["grade"] == "assumed").all() and (table["note"].str.len() > 40).all()


def test_every_element_of_a_packaged_chain_that_a_control_may_name_has_a_response() -> None:
    carriers = {"Al", "Zn", "Sn", "Si"}  # hosts and solders of these chains, never the controlled element
    for name in ("ndfeb-japan@2024", "gallium-germanium-japan@2024", "tungsten-tools-japan@2024"):
        assert set(Chain.example(name).contents["element"]) - carriers <= KNOWN


def test_a_minimum_price_holds_outside_while_it_is_in_force_and_leaves_the_home_market_alone() -> None:
    """Dysprosium's usual price is 257 USD/kg: a minimum of 514 doubles what buyers outside pay."""
    minimum = {"kind": "minimum-price", "price": "514 USD/kg", "start": "2025-02-01", "end": "2025-02-28"}
    given_case = case(minimum, days=120)
    _, answer = tell_with_prices(given_case.layout.wiring, *given_case[1:], heeded=False)
    assert answer.price[0, 0].tolist() == pytest.approx([1.0, 2.0, 1.0, 1.0])
    assert answer.price[0, 1].tolist() == pytest.approx([1.0] * 4)


def test_a_minimum_price_without_a_usual_price_to_compare_with_is_refused() -> None:
    minimum = {"kind": "minimum-price", "price": "514 USD/kg", "start": "2025-02-01"}
    (market,) = all_markets(minimum)
    month = month_of_days(dt.date(2025, 1, 1), 120)[1]
    with pytest.raises(ModelError, match="Dy"):
        price_floor(market, [514.0], float("nan"), scenario([minimum]), month)


def test_a_suspended_duty_is_not_paid_while_it_rests() -> None:
    rest = [{"start": "2025-02-01", "end": "2025-02-28"}]
    controls = [TAX | {"start": "2025-01-01", "suspended": rest}]
    (market,) = all_markets(*controls)
    month = month_of_days(dt.date(2025, 1, 1), 120)[1]
    wedge = duty_wedge(market, [0.25], scenario(controls), month)
    assert wedge.tolist() == pytest.approx([1.25, 1.0, 1.25, 1.25])

"""Price: ratios by hand, the floor, the backstop, duties with dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from meguri.shock.arrays import lay_out
from meguri.shock.controls import all_named
from meguri.shock.price import duty_wedge, markets, price_paths, price_ratio, price_response
from meguri.shock.run import month_of_days, run_all
from meguri.structure.chain import Chain
from tests.shock.test_controls import LICENCE, trade
from tests.small import scenario, tables

EVEN = {
    "supply_elasticity": 0.2, "demand_elasticity": 0.3, "stocking": 0.0, "served": 0.1, "backstop": 50.0,
}  # fmt: skip
TAX = {"kind": "tax", "rate": 0.25}


def test_half_the_supply_at_elasticities_of_a_half_in_all_quadruples_the_price() -> None:
    assert price_ratio(np.array([1.0, 0.5, 0.25]), EVEN).tolist() == pytest.approx([1.0, 4.0, 16.0])


def test_more_supply_than_usual_lowers_the_price() -> None:
    assert price_ratio(np.array([2.0]), EVEN).tolist() == pytest.approx([0.25])


def test_expected_scarcity_adds_to_demand_and_fades() -> None:
    """Half the supply in one month: expectation 0.25, then 0.125; ratios 0.5/1.25 and 1/1.125."""
    found = price_ratio(np.array([0.5, 1.0]), EVEN | {"stocking": 1.0})
    assert found.tolist() == pytest.approx([0.4**-2, (1 / 1.125) ** -2])


def test_what_stock_thrift_and_recycling_still_serve_floors_the_ratio() -> None:
    assert price_ratio(np.array([0.0]), EVEN | {"served": 0.5}).tolist() == pytest.approx([4.0])


def test_a_backstop_keeps_the_price_finite() -> None:
    assert price_ratio(np.array([0.0]), EVEN | {"backstop": 3.0}).tolist() == [3.0]


def all_markets(*controls: dict[str, Any], chain: Chain | None = None) -> list[Any]:
    chain = trade() if chain is None else chain
    layout = lay_out(chain, np.zeros(120, dtype=np.int64))
    return markets(chain, layout, all_named(chain, layout.links, scenario(list(controls))))


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
    given = scenario(controls)
    month = month_of_days(dt.date(2025, 1, 1), 120)[1]
    wedge = duty_wedge(market, [0.25, 1.0], given, month)
    assert wedge.tolist() == pytest.approx([1.0, 1 + 0.5 * 0.25 + 0.5 * 1.0, 2.0, 2.0])
    outside, inside = price_paths(np.ones(4), np.ones(4), EVEN, wedge)
    assert outside.tolist() == wedge.tolist()
    assert inside.tolist() == [1.0] * 4


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
    given = tables(nodes, flows, {("jp", "oxide"): {"need": 1, "stock": 5}}, {("oxide", "Dy"): 0.5})
    assert all_markets({"kind": "ban"}, chain=Chain.from_tables(**given)) == []


def test_a_good_whose_form_no_control_names_has_no_price_of_its_own() -> None:
    """Magnet makers stopped by the licence buy less neodymium; fewer arrivals are no scarcity then."""
    magnets_only = {"kind": "over-compliance", "element": "Nd", "form": "magnet", "share": 0.5}
    found = all_markets(LICENCE, magnets_only | {"delay": "9 d", "lasts": "30 d"})
    assert [market.element for market in found] == ["Dy"]


def test_a_ban_raises_the_price_outside_and_lowers_it_inside() -> None:
    found = run_all(trade(), scenario([{"kind": "ban"}]), 1, 1)
    outside, inside = found.price[0, 0]
    response = price_response().set_index("element").loc["Dy"]
    power = -1 / (response["supply_elasticity"] + response["demand_elasticity"])
    assert outside[2] == pytest.approx(min(response["served"] ** power, response["backstop"]))
    assert (inside[1:] < 1.0).all()

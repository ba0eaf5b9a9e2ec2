"""What flows from state to state balances, and ends where the figures of the plan say."""

import numpy as np
import pytest

from meguri.circulate.figures import feeds_of, figures, plan_worth
from meguri.circulate.numbers import numbers
from meguri.circulate.route_case import case_from_tables, load_case, routing
from meguri.circulate.state_flows import plan_flows

EVERY = [("dy-routes", "ev", plan) for plan in "AB"] + [
    ("dy-position", stock, plan) for stock in ("alloyed", "diffused") for plan in "ABC"
]


@pytest.mark.parametrize(("name", "stock", "plan"), EVERY)
def test_mass_and_function_balance_at_every_state_that_something_leaves(name, stock, plan):
    case = load_case(name)
    table = plan_flows(case, stock, plan, numbers(case))
    inner = table[table["step"] > 0]
    for value in ("mass", "function"):
        enters = table[table["to_state"] != ""].groupby("to_state")[value].sum()
        # what a better position adds on arrival does not come out of the state that was left
        leaves = inner[inner["kind"] != "gained"].groupby("from_state")[value].sum()
        assert leaves.to_numpy() == pytest.approx(enters.reindex(leaves.index).to_numpy(), abs=1e-9)


@pytest.mark.parametrize(("name", "stock", "plan"), EVERY)
def test_what_arrives_is_the_mass_and_the_function_delivered_by_the_plan(name, stock, plan):
    case = load_case(name)
    given = numbers(case)
    table = plan_flows(case, stock, plan, given)
    share = routing(case, plan)
    told = figures(feeds_of(case)[stock], given, plan_worth(share, given))
    products = case.tables["states"].loc[case.tables["states"]["product"].astype(bool), "state"]
    arrived = table[table["to_state"].isin(products)]
    assert arrived["mass"].sum() == pytest.approx(float(told["mass_rate"] * told["mass"]))
    assert arrived["function"].sum() == pytest.approx(float(told["function_after"]))
    assert table.loc[table["step"] == 0, "function"].sum() == pytest.approx(float(told["function_before"]))


def test_a_worse_position_is_lost_on_arrival_and_a_better_one_is_gained_there():
    case = load_case("dy-position")
    again = plan_flows(case, "diffused", "C", numbers(case)).set_index("kind")
    assert (again.at["position", "route"], again.at["position", "mass"]) == ("alloy", 0.0)
    upgrade = plan_flows(case, "alloyed", "A", numbers(case)).set_index("kind")
    assert (upgrade.at["gained", "route"], upgrade.at["gained", "to_state"]) == ("diffuse", "new_diffused")


def test_function_is_unknown_where_nobody_knows_in_which_state_it_served():
    case = load_case("dy-routes")
    feeds = case.tables["feeds"].assign(served_as="")
    blind = case_from_tables({**case.tables, "feeds": feeds}, case.about)
    table = plan_flows(blind, "ev", "B", numbers(blind))
    assert np.isnan(table.loc[table["step"] == 0, "function"]).all()
    assert table["mass"].notna().all()

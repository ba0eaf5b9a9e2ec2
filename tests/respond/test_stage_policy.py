"""A rule on one stage and the margins of the next: laws, a plain twin, worked values, the 2006-2015 case."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.observe.stage_cases import stage_case
from meguri.respond.stage_policy import (
    World,
    in_force,
    margins,
    pull,
    sides,
    stage_counters,
    stage_incentives,
)
from tests.reference.plain_stages import pulls

CHINA = "china-rare-earths"
part = st.floats(0.0, 1.0)


def line(price: list[float], amount: list[float], borne: float = 1.0, passed: float = 0.0) -> World:
    """A chain in a line: each product goes into the next; one draw."""
    size = len(price)
    used = np.zeros((1, size, size))
    for place, value in enumerate(amount):
        used[0, place + 1, place] = value
    names = tuple(f"stage-{place}" for place in range(size))
    return World(names, np.array([price]), used, np.array([[borne]]), np.array([[passed]]))


chains = st.builds(
    line,
    st.lists(st.floats(1.0, 100.0), min_size=4, max_size=4),
    st.lists(st.floats(0.05, 2.0), min_size=3, max_size=3),
    part,
    part,
)
few = settings(max_examples=40, deadline=None)


@few
@given(chains, st.lists(st.floats(0.0, 0.9), min_size=4, max_size=4), st.integers(0, 2), st.floats(0.01, 0.5))
def test_a_higher_tax_on_a_stage_raises_the_pull_at_the_next_whoever_bears_it(world, wedge, stage, more):
    # AC14.1, for any prices, amounts, other rules and any split of who bears the tax and passes it on;
    # the limit of the law is a next stage whose own wedge reaches 100 % with everything passed on
    higher = np.array([wedge])
    higher[0, stage] += more
    change = pull(world, higher)[0] - pull(world, np.array([wedge]))[0]
    assert change[stage + 1] > 0.0
    assert change[:stage] == pytest.approx(0.0)  # stages before it are left alone


@few
@given(chains, st.integers(0, 2), st.floats(0.01, 1.0))
def test_a_single_rule_pulls_one_stage_and_no_further(world, stage, tax):
    wedge = np.zeros((1, 4))
    wedge[0, stage] = tax
    found = pull(world, wedge)[0]
    assert found[stage] < 0.0 < found[stage + 1]
    assert np.delete(found, [stage, stage + 1]) == pytest.approx(0.0)


@few
@given(chains, st.lists(part, min_size=4, max_size=4))
def test_the_arrays_agree_with_the_plain_twin(world, wedge):
    inputs = {(place + 1, place): float(world.amount[0, place + 1, place]) for place in range(3)}
    plain = pulls(list(world.price[0]), inputs, wedge, float(world.borne[0, 0]), float(world.passed[0, 0]))
    assert pull(world, np.array([wedge]))[0] == pytest.approx(plain, abs=1e-9)


@few
@given(chains, st.lists(part, min_size=4, max_size=4))
def test_prices_on_both_sides_differ_by_the_wedge_alone(world, wedge):
    outside, inside = sides(world, np.array([wedge]))
    assert outside / inside == pytest.approx(1.0 + np.array([wedge]))


@few
@given(chains, st.lists(part, min_size=4, max_size=4), st.floats(0.1, 50.0))
def test_another_currency_changes_no_share(world, wedge, rate):
    scaled = World(world.products, world.price * rate, world.amount, world.borne, world.passed)
    share, same = (pull(one, np.array([wedge])) / one.price for one in (world, scaled))
    assert share == pytest.approx(same)


def test_the_worked_case_of_two_taxes():
    # by hand: metal 100 at 20 %, 0.3 of it in alloy of 50, 1.3 of that in magnet of 90; all borne outside
    world = line([100.0, 50.0, 90.0], [0.3, 1.3])
    metal = np.array([[0.2, 0.0, 0.0]])
    assert pull(world, metal)[0] == pytest.approx([-20.0, 6.0, 0.0])  # attracts the alloy stage ④
    alloy = np.array([[0.0, 0.2, 0.0]])
    assert pull(world, alloy)[0] == pytest.approx([0.0, -10.0, 13.0])  # attracts the magnet stage ⑤
    both = pull(world, metal + alloy)[0]
    assert both == pytest.approx([-20.0, -4.0, 13.0])  # and takes away what drew ④
    outside, inside = sides(world, metal)
    assert margins(world, outside)[0] == pytest.approx([120.0, 14.0, 25.0])
    assert margins(world, inside)[0] == pytest.approx([100.0, 20.0, 25.0])


def test_a_tax_on_oxide_and_metal_attracts_alloy_and_a_tax_on_alloy_attracts_magnets():
    case = stage_case(CHINA)
    without, with_flake = (
        stage_incentives(case, day, draws=0).set_index("product")
        for day in (dt.date(2011, 12, 31), dt.date(2012, 1, 1))
    )
    assert without.at["alloy", "share"] > 0.5 and without.at["alloy", "answers"] == "foreign"
    assert without.at["magnet", "incentive"] == pytest.approx(0.0)
    assert with_flake.at["magnet", "share"] > 0.1
    assert with_flake.at["alloy", "incentive"] < without.at["alloy", "incentive"]


def test_before_the_first_rule_nothing_pulls():
    table = stage_incentives(stage_case(CHINA), dt.date(2004, 12, 31), draws=20)
    assert table["incentive"].abs().max() == 0.0 and set(table["answers"]) == {"nobody"}


def test_a_stage_closed_to_foreign_firms_can_only_be_answered_inside():
    table = stage_incentives(stage_case(CHINA), dt.date(2006, 6, 1), draws=0).set_index("product")
    assert (table.at["dy-metal", "entry"], table.at["dy-metal", "answers"]) != ("restricted", "foreign")
    assert set(table.loc[table["answers"] == "foreign", "entry"]) == {"open"}


def test_the_band_holds_the_figure_and_a_seed_gives_the_same_band():
    case, day = stage_case(CHINA), dt.date(2011, 8, 1)
    first, again, other = (stage_incentives(case, day, 200, seed) for seed in (1, 1, 2))
    assert (first["incentive_low"] <= first["incentive"]).all()
    assert (first["incentive"] <= first["incentive_high"]).all()
    assert first.equals(again) and not first.equals(other)


def test_duties_begin_in_2007_and_not_in_2006():
    # N33: 000 says 2006-2009, 002 says none in 2006; the public record says 2007-01-01
    case = stage_case(CHINA)
    taxed = [len(in_force(case, dt.date(year, 6, 1), ("tax",))) for year in (2006, 2007)]
    assert taxed[0] == 0 < taxed[1]


def test_a_counter_measure_is_met_by_the_pull_over_the_price():
    row = stage_counters(stage_case(CHINA), draws=0).iloc[0]
    magnets = stage_incentives(stage_case(CHINA), dt.date(2012, 8, 1), draws=0).set_index("product")
    assert row["cancels"] == pytest.approx(magnets.at["magnet", "share"])
    assert row["cancels"] == pytest.approx(row["incentive"] / 45.0)

"""From a question to the tables: days and competitiveness side by side, checked, explained, repeatable."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import ModelError, ScenarioError
from meguri.base.records import to_json
from meguri.base.tables import Schema
from meguri.respond.answer import SCHEMAS, RespondAnswer
from meguri.respond.front import Clock, Held, Judge, efficient, levels, singles
from meguri.respond.instance import Effect, Instance, Option, Rule
from meguri.respond.lshaped import Kept
from meguri.respond.measures import load_measures
from meguri.respond.options import Drawn, menu
from meguri.respond.order import order_rows
from meguri.respond.portfolio import respond
from meguri.respond.regret import held_gain, weighted
from meguri.respond.tables import fiscal_year
from meguri.respond.worlds import Asked, courses, equal_strikes, read_strikes, steps_of
from meguri.respond.written import empty_reserves
from meguri.scenario.read import read_scenario
from meguri.shock.cancel import Cancelled
from meguri.structure.chain import Chain
from tests.respond.cases import chain_case

NDFEB, LICENCE = "ndfeb-japan@2024", "2025-medium-heavy-rare-earths"


# --- small pieces, by hand


def test_days_are_held_in_the_worlds_that_are_asked_for_and_never_short_holds_any_number() -> None:
    base, chance = np.array([40.0, 60.0, 80.0]), np.array([0.2, 0.3, 0.5])
    time = np.array([50.0, 90.0, 500.0])
    assert held_gain(time, base, chance, 500.0, 1.0) == 10.0
    assert held_gain(time, base, chance, 500.0, 0.8) == 30.0
    assert held_gain(time, base, chance, 500.0, 0.5) == 460.0  # not seen within the horizon
    assert weighted(base, chance, 0.5) == 60.0


def test_the_front_holds_no_plan_that_another_beats_and_equal_plans_once() -> None:
    points = [(0.0, 0.9), (30.0, 0.9), (60.0, 0.5), (60.0, 0.5), (20.0, 0.6)]
    assert efficient(points) == [1, 2]


def test_strikes_must_lie_ahead_and_their_probabilities_sum_to_one() -> None:
    assert [strike.years for strike in read_strikes([3, 1], 5)] == [1.0, 3.0]
    with pytest.raises(ScenarioError, match="strikes"):
        read_strikes({-1.0: 0.5, 2.0: 0.4}, 5)


def test_steps_cover_the_horizon_exactly_and_are_weeks_at_first() -> None:
    steps = steps_of(400)
    assert steps.sum() == 400.0
    assert set(steps[:8]) == {7.0}


def test_a_fiscal_year_begins_in_april() -> None:
    assert [fiscal_year(dt.date(2026, 3, 31)), fiscal_year(dt.date(2026, 4, 1))] == [2025, 2026]


# --- measures become options


@pytest.fixture(scope="module")
def asked() -> Asked:
    scenario = read_scenario(LICENCE)
    chain = Chain.example(NDFEB)
    return Asked(chain, ((scenario, 1.0),), scenario.counted_from, 2, equal_strikes(2), 1.0, 2, 1)


def test_a_mine_with_ten_years_lead_never_enters_a_two_year_plan(asked: Asked) -> None:
    library = load_measures(asked.chain)
    mine = library.measures.loc[library.measures["lead_d"] > 3000, "measure"].tolist()
    told = courses(asked, empty_reserves(library))
    found = menu(asked, library, told, Drawn(library, told, 1), steps_of(asked.horizon))
    assert mine
    assert all(found.of(key) == [] and found.reasons[key] == "not_ready" for key in mine)
    assert sum(course.probability for course in told) == pytest.approx(1.0)
    stock = next(choice for choice in found.choices if choice.measure.startswith("stock:"))
    assert stock.option.effects[0].available.max() == 1.0  # full before a control a year away
    late = [c for c in found.choices if c.measure == stock.measure and c.year == 1]
    assert late[0].option.effects[0].available.min() == 0.0  # begun after the first control


def test_what_comes_first_is_what_takes_longest_and_prerequisites_stand_before(asked: Asked) -> None:
    library = load_measures(asked.chain)
    chosen = ["prequalify-circulated-dy", "circulate-dy", "stock:metal-hree"]
    rows = order_rows(chosen, library, dt.date(2025, 4, 4), dt.date(2026, 4, 4))
    assert [row["measure"] for row in rows][0] == "circulate-dy"
    assert rows[-1]["measure"] == "stock:metal-hree"
    assert "365" not in rows[-1]["why_en"]
    assert all(row["why_ja"] for row in rows)


# --- the front, on a problem small enough to know


def _instance(budget: float) -> Instance:
    return chain_case(budget)


def test_more_budget_never_worsens_either_axis() -> None:
    best = []
    for budget in (1.0, 2.0, 4.0, 8.0):
        instance = _instance(budget)
        judge = Judge(instance, 1)
        base = judge.judged(np.zeros(len(instance.options)))
        found = levels(Kept(instance), 1.0, Clock(None))
        told = [judge.judged(level.sizes) for level in found]
        chance = instance.chances
        days = [held_gain(one.time, base.time, chance, judge.horizon, 1.0) for one in told]
        best.append((max(days), max(float(chance @ one.share) for one in told)))
    assert best == sorted(best, key=lambda pair: pair[0])
    assert [share for _, share in best] == sorted(share for _, share in best)
    assert best[-1] > best[0]

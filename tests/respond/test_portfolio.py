"""From a question to the tables: days and competitiveness side by side, checked, explained, repeatable."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError, ModelError, ScenarioError
from meguri.base.records import to_json
from meguri.base.tables import Schema
from meguri.respond.answer import SCHEMAS, RespondAnswer
from meguri.respond.front import Clock, Judge, efficient, levels, singles
from meguri.respond.held import days_held
from meguri.respond.instance import Instance
from meguri.respond.kept import Kept
from meguri.respond.measures import load_measures
from meguri.respond.options import Drawn, menu
from meguri.respond.order import order_rows
from meguri.respond.portfolio import respond
from meguri.respond.regret import held_gain, weighted
from meguri.respond.rerun import plan_scenario, scenario_yaml
from meguri.respond.tables import fiscal_year
from meguri.respond.worlds import Asked, courses, equal_strikes, read_strikes, steps_of
from meguri.respond.written import empty_reserves
from meguri.scenario.read import read_scenario
from meguri.shock.cancel import Cancelled
from meguri.structure.chain import Chain
from meguri.study.study import Study
from tests.respond.cases import line, option

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
    assert rows[0]["measure"] == "circulate-dy"
    assert rows[-1]["measure"] == "stock:metal-hree"
    assert all(row["why_ja"] for row in rows)


# --- the front, on a problem small enough to know


def _asked_for(budget: float) -> Instance:
    """A user of 10 t/d with 3 days of stock: a ban, or half of the supply; more stock or another supplier."""
    stock = option("stock", "stock", 0, 1.0, cost=1.0, most=12.0)
    other = option("other", "supply", 0, 365.0, cost=2.0, most=10.0)
    return line(options=[stock, other], budget=budget)


def test_more_budget_never_worsens_either_axis() -> None:
    best = []
    for budget in (1.0, 4.0, 16.0):
        instance = _asked_for(budget)
        judge, kept = Judge(instance, 1), Kept(instance)
        base = judge.judged(np.zeros(2))
        told = [judge.judged(level.sizes) for level in levels(kept, 1.0, Clock(None))]
        gains = [held_gain(one.time, base.time, instance.chances, judge.horizon, 1.0) for one in told]
        best.append((max(gains), max(float(instance.chances @ one.share) for one in told)))
    days, shares = zip(*best, strict=True)
    assert list(days) == sorted(days)
    assert list(shares) == sorted(shares)
    assert days[-1] > days[0]
    assert shares[-1] > shares[0]


def test_stock_alone_moves_only_days_and_steady_supply_is_what_moves_competitiveness() -> None:
    instance = _asked_for(4.0)
    judge = Judge(instance, 1)
    base = judge.judged(np.zeros(2))
    stock, other = (judge.judged(sizes) for _, sizes in singles(instance, {"stock": [0], "other": [1]}, {}))
    assert (stock.time > base.time).all()
    assert stock.share == pytest.approx(base.share, abs=1e-9)
    assert (other.share > base.share).all()


def test_warm_programs_hold_as_many_days_as_programs_begun_anew() -> None:
    instance = _asked_for(4.0)
    judge = Judge(instance, 1)
    for sizes in ([0.0, 0.0], [5.0, 0.0], [0.0, 6.0], [2.0, 1.0], [12.0, 10.0], [0.0, 0.5]):
        anew = np.minimum(days_held(instance, np.array(sizes)), judge.horizon)
        assert judge.time(np.array(sizes)) == pytest.approx(anew, abs=1e-6)


def test_a_single_measure_is_as_large_as_the_budget_pays() -> None:
    found = dict(singles(_asked_for(4.0), {"stock": [0], "other": [1]}, {}))
    assert found["stock"].tolist() == [4.0, 0.0]
    assert found["other"].tolist() == [0.0, 2.0]


# --- from the question to the tables


@pytest.fixture(scope="module")
def answer() -> RespondAnswer:
    return respond(
        Chain.example("graphite-anodes-japan@2022"),
        read_scenario("2023-graphite"),
        budget=3e9,
        years=1,
        runs=1,
    )


def test_one_combined_score_is_refused_with_the_reason() -> None:
    with pytest.raises(ModelError, match="never one score"):
        respond(Chain.example(NDFEB), read_scenario(LICENCE), budget=1e9, score="0.5*time+0.5*share")


def test_every_wrong_number_of_the_question_is_named_at_once() -> None:
    with pytest.raises(ScenarioError) as refused:
        respond(Chain.example(NDFEB), read_scenario(LICENCE), budget=-1.0, runs=0, alpha=1.0)
    assert {"--budget", "--runs", "--alpha"} <= {problem.place for problem in refused.value.problems}


def test_all_tables_hold_what_is_declared_and_the_two_axes_stand_apart(answer: RespondAnswer) -> None:
    for name, schema in SCHEMAS.items():
        Schema.of(schema).check(answer.table(name))
    plans = answer.table("plans").set_index("plan")
    assert plans.at["none", "time_gained_d"] == 0.0
    stocks = plans[[str(key).startswith("single-stock") for key in plans.index]]
    assert stocks["share_gained"].abs().max() < 1e-9  # stock alone buys no competitiveness
    assert stocks["time_gained_d"].max() > 0.0
    assert (plans["cost"] <= answer.budget * (1 + 1e-6)).all()
    assert not any("score" in column for column in plans.columns)


def test_every_plan_of_the_front_was_checked_by_the_simulator_or_says_why_not(answer: RespondAnswer) -> None:
    plans = answer.table("plans")
    front = plans[plans["role"] == "front"]
    notes = set(answer.table("notes")["key"])
    assert len(front) >= 1
    for row in front.itertuples():
        assert pd.notna(row.sim_time_d)
        assert bool(row.confirmed) or f"unconfirmed-{row.plan}" in set(row.note.split("|")) & notes


def test_money_adds_up_over_measures_and_years(answer: RespondAnswer) -> None:
    plans = answer.table("plans").set_index("plan")["cost"]
    by_measure = answer.table("plan_measures").groupby("plan")["cost"].sum()
    by_year = answer.table("plan_years").groupby("plan")["cost"].sum()
    for plan, cost in plans.items():
        assert by_year[plan] == pytest.approx(cost)
        assert by_measure.get(plan, 0.0) == pytest.approx(cost)


def test_regret_is_nothing_for_the_best_plan_of_a_world(answer: RespondAnswer) -> None:
    worlds = answer.table("plan_worlds")
    assert (worlds.groupby("world")[["regret_time_d", "regret_share"]].min() == 0.0).all(axis=None)
    assert worlds.groupby("plan")["probability"].sum().to_numpy() == pytest.approx(1.0)


def test_a_plan_written_down_and_read_again_stops_on_the_same_day_at_the_same_process(
    answer: RespondAnswer, tmp_path: Path
) -> None:
    plans = answer.table("plans").query("role != 'single'")
    assert plans["first_process"].isin(["", *answer.manifest["processes"]]).all()
    assert (plans["sim_time_d"] < answer.horizon_d).any()
    kept = RespondAnswer.load(answer.save(tmp_path / "kept"))
    for row in plans.drop_duplicates("cost").itertuples():
        path = tmp_path / f"{row.plan}.yaml"
        path.write_text(scenario_yaml(plan_scenario(kept, str(row.plan)), ("a plan",)), encoding="utf-8")
        again = Study(answer.chain, read_scenario(path), runs=1).run().table("survival").set_index("node")
        days = again.loc[answer.manifest["processes"], "tts_d"].astype(float)
        assert days.fillna(answer.horizon_d).min() == row.sim_time_d
        if row.first_process:
            assert days[row.first_process] == row.sim_time_d
            assert row.first_share == 1.0  # the one world there is


def test_a_plan_or_a_strike_the_answer_does_not_hold_is_refused_with_those_it_holds(
    answer: RespondAnswer,
) -> None:
    wrong = {"none": ("front-9", None, None), "1": ("none", 4.0, None), "2023-graphite": ("none", 1.0, "x")}
    for known, (plan, years, scenario) in wrong.items():
        with pytest.raises(DataError) as refused:
            plan_scenario(answer, plan, years, scenario)
        assert known in refused.value.problems[0].details["choices"].split(", ")


def test_schemes_that_pay_are_told_with_rate_condition_date_and_source(answer: RespondAnswer) -> None:
    used = set(answer.table("plan_measures")["scheme"]) - {""}
    schemes = answer.table("schemes")
    assert set(schemes["scheme"]) == used
    assert schemes[["condition_ja", "since", "source"]].ne("").all(axis=None)
    assert set(schemes["source"].str.split("|").explode()) <= set(answer.manifest["sources"])


def test_every_measure_left_out_of_the_front_has_a_reason(answer: RespondAnswer) -> None:
    table = answer.table("marginal")
    outside = table[~table["in_plan"].astype(bool)]
    assert set(outside["entry_reason"]) <= {"cheaper", "no_need", "not_ready", "no_effect", "unknown"}
    assert (outside.loc[outside["entry_reason"] == "cheaper", "entry_cost_factor"] < 1.0).all()
    late = load_measures(answer.chain).measures.query("lead_d > 1000")["measure"]
    assert set(table.set_index("measure").loc[late, "entry_reason"]) <= {"not_ready", "unknown"}


def test_cancelling_says_how_far_it_came() -> None:
    def stop(done: int, all_of_it: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Cancelled):
        respond(
            Chain.example("graphite-anodes-japan@2022"), read_scenario("2023-graphite"), budget=3e9, years=1,
            runs=1, progress=stop,
        )  # fmt: skip


@pytest.mark.slow
def test_the_same_question_brings_the_same_bytes(answer: RespondAnswer) -> None:
    chain, scenario = Chain.example("graphite-anodes-japan@2022"), read_scenario("2023-graphite")
    again = respond(chain, scenario, budget=3e9, years=1, runs=1)
    assert to_json(again.document()) == to_json(answer.document())


@pytest.mark.slow
def test_the_motor_maker_gets_a_front_over_many_worlds() -> None:
    seen: list[tuple[int, int]] = []
    answer = respond(
        Chain.example(NDFEB), read_scenario(LICENCE), budget=5e8, runs=10, years=5,
        progress=lambda done, whole: seen.append((done, whole)),
    )  # fmt: skip
    front = answer.table("plans").query("role == 'front'")
    assert len(front) >= 1
    assert (front["cost"] <= 5e8 * (1 + 1e-6)).all()
    assert seen[-1][0] == seen[-1][1]
    assert "coinvest-hree-mine" not in set(answer.table("plan_measures")["measure"])


def test_several_scenarios_share_the_worlds_by_their_probabilities() -> None:
    licence, quota = read_scenario(LICENCE), read_scenario("2010-rare-earths")
    chain = Chain.example(NDFEB)
    likely = ((licence, 0.75), (quota, 0.25))
    both = Asked(chain, likely, licence.counted_from, 2, equal_strikes(1), 1.0, 4, 1)
    told = courses(both)
    assert [course.scenario.name for course in told].count(LICENCE) == 3
    assert sum(course.probability for course in told) == pytest.approx(1.0)
    assert {course.setup.scenario.days - course.first for course in told} == {both.horizon}
    assert {course.strike_on for course in told} == {licence.counted_from + dt.timedelta(days=365)}

"""Plans whose optimum is worked out by hand beside each test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meguri.base.errors import ModelError
from meguri.respond.held import days_held
from meguri.respond.instance import Goal, Limits, Rule
from meguri.respond.program import Solution, solve_extensive
from tests.networks import Slot, network
from tests.respond.cases import banned, instance, line, option

EXACT = 1e-7
STOCK = option("stock", "stock", 0, 1.0, 2.0, 10.0)  # a day of use at the user for 2
SUPPLY = option("supply", "supply", 0, 365.0, 3.0, 10.0)  # 1 t/d, a tenth of its use, for 3


def sizes(found: Solution) -> list[float]:
    assert found.status == "optimal"
    return [round(float(size), 6) + 0.0 for size in found.sizes]


def near(value: float | list[float]) -> object:
    return pytest.approx(value, abs=EXACT)


def test_without_a_plan_a_user_lives_on_its_stock_and_on_what_is_on_the_way() -> None:
    # Banned: 3 days in stock + 1 on the way. Half let through: 70 of 70 by day 7, and half of day 7, as what
    # arrives in a step counts from its beginning.
    assert days_held(line(), np.zeros(0)) == near([4.0, 7.5])


def test_days_are_bought_at_the_price_of_a_stock() -> None:
    # World 0 needs 5 days more: 5 units of 1 day. World 1: half of a day's use comes anyway: 2.5. The larger
    # counts: 5 units at 2.
    found = solve_extensive(line(options=[STOCK]), Goal("cost"), Limits(time=5.0))
    assert sizes(found) == [5.0]
    assert found.objective == near(10.0)
    assert found.spent == near([10.0])
    assert found.gap == near(0.0)


def test_only_worlds_that_must_hold_are_paid_for() -> None:
    # World 1 alone is half of the probability: 2.5 units at 2.
    found = solve_extensive(line(options=[STOCK]), Goal("cost"), Limits(time=5.0, held_by=0.5))
    assert sizes(found) == [2.5]


def test_a_stock_never_enters_competitiveness() -> None:
    # In the window nothing but deliveries counts: 0 of 1 and half, whatever stands.
    found = solve_extensive(line(options=[STOCK]), Goal("share"))
    assert found.share == near([0.0, 0.5])
    assert found.objective == near(0.25)


def test_supply_raises_competitiveness_by_what_it_brings() -> None:
    # 365 t/a are 1 t/d, a tenth of plan, at 3; a budget of 12 buys 4 of them: 0.4 and 0.9.
    found = solve_extensive(line(options=[STOCK, SUPPLY], budget=12.0), Goal("share"))
    assert sizes(found)[1] == 4.0
    assert found.share == near([0.4, 0.9])
    assert found.objective == near(0.65)


def test_both_axes_bind_at_once_and_each_is_paid_by_its_own_measure() -> None:
    # Share 0.65 on the mean needs 4 units of supply (12). World 0 is to be held until day 4 + 5 = 9: of 9
    # days of use 4 stand, 3.6 are supplied, 1.4 are to be stocked at 2. World 1 until day 12.5: 3.5 + 0.9 x
    # 12.5 > 12.5 already. Together 12 + 2.8.
    found = solve_extensive(line(options=[STOCK, SUPPLY]), Goal("cost"), Limits(time=5.0, share=0.65))
    assert sizes(found) == [1.4, 4.0]
    assert found.objective == near(14.8)


def test_whole_sizes_are_rounded_up_by_the_program() -> None:
    whole = option("stock", "stock", 0, 2.0, 4.0, 10.0, whole="integer")
    found = solve_extensive(line(options=[whole]), Goal("cost"), Limits(time=5.0))
    assert sizes(found) == [3.0]  # 2.5 would do
    assert found.objective == near(12.0)


def test_a_fixed_cost_turns_the_choice() -> None:
    # 5 days: by stock 5 x 2 = 10; by the other 1 x 5 + fixed 4 = 9. For 3 days 6 < 7.
    other = option("warehouse", "stock", 0, 1.0, 1.0, 10.0, fixed=4.0)
    assert sizes(solve_extensive(line(options=[STOCK, other]), Goal("cost"), Limits(time=5.0))) == [0.0, 5.0]
    assert sizes(solve_extensive(line(options=[STOCK, other]), Goal("cost"), Limits(time=3.0))) == [3.0, 0.0]


def test_what_requires_another_pays_for_both_and_what_excludes_it_does_without() -> None:
    # The cheap supply (0.1 of plan at 1) requires 'qualified' at 5 fixed; the dear one costs 3. The mean
    # share is 0.25 + 0.1 x. For 0.65, x = 4: 4 + 5 = 9 < 12; for 0.45, x = 2: 2 + 5 = 7 > 6.
    cheap = option("cheap", "supply", 0, 365.0, 1.0, 10.0)
    paid = option("qualified", "knowledge", 1, 0.0, 0.0, 1.0, whole="on-off", fixed=5.0)
    needs = Rule("requires", "cheap", ("qualified",))
    one = line(options=[cheap, SUPPLY, paid], rules=[needs])
    assert sizes(solve_extensive(one, Goal("cost"), Limits(share=0.65))) == [4.0, 0.0, 1.0]
    assert sizes(solve_extensive(one, Goal("cost"), Limits(share=0.45))) == [0.0, 2.0, 0.0]
    never = line(options=[cheap, SUPPLY, paid], rules=[needs, Rule("excludes", "qualified", ("cheap",))])
    assert sizes(solve_extensive(never, Goal("cost"), Limits(share=0.65))) == [0.0, 4.0, 0.0]


def test_one_measure_begun_in_two_years_is_not_larger_than_itself() -> None:
    # Both together at most 3 days; the budget of each year pays 2 days at 2.
    early = option("early", "stock", 0, 1.0, 0.0, 3.0, unit=[2.0, 0.0], fixed=np.zeros(2))
    late = option("late", "stock", 0, 1.0, 0.0, 3.0, unit=[0.0, 2.0], fixed=np.zeros(2))
    rule = Rule("together", "early", ("late",), 3.0)
    one = replace(line(options=[early, late], rules=[rule]), budget=np.array([4.0, 4.0]))
    # 4 + 3 days: lost 20 - 7 = 13 days in world 0; half let through in world 1: 3.5 more at first, 3 stocked
    found = solve_extensive(one, Goal("loss", tail=0.5))
    assert found.objective == near(13.0)
    assert found.sizes.sum() == near(3.0)
    assert (found.spent <= 4.0 + EXACT).all()


def test_the_worst_worlds_count_when_the_tail_is_asked_for() -> None:
    # Lost output over 20 days: world 0 20 - 4 = 16 d. A unit of supply at 3 brings 0.1 x 20 = 2 d, a unit of
    # stock at 2 one day: 1.5 and 2 a day. A budget of 12 buys 4 units of supply: 8 d less.
    found = solve_extensive(line(options=[STOCK, SUPPLY], budget=12.0), Goal("loss", tail=0.5))
    assert sizes(found) == [0.0, 4.0]
    assert found.objective == near(8.0)


def test_the_worst_regret_is_least_where_both_worlds_give_up_as_much() -> None:
    # Slot 0 of user a lacks in world 0, slot 1 of user b in world 1; supply to either costs 1 a tenth of its
    # plan, the budget is 6, each user counts half. Alone each world gets 0.5 x 0.6 back. Halves: regret 0.15.
    plan = {"m": 20.0, "a": 10.0, "b": 10.0, "z": 1.0}
    slots = [Slot("a", 10.0, 0.0, {"m": 10.0}), Slot("b", 10.0, 0.0, {"m": 10.0})]
    layout, n = network(plan, slots)
    drawn = [(n, banned(layout, limits)) for limits in ([0.0, 1.0], [1.0, 0.0])]
    options = (option("to a", "supply", 0, 365.0, 1.0, 10.0), option("to b", "supply", 1, 365.0, 1.0, 10.0))
    ends = np.array([0.5, 0.5, 0.0, 0.0])
    one = instance(layout, drawn, "a", options=options, budget=np.array([6.0]), ends=ends)
    found = solve_extensive(one, Goal("regret"))
    assert sizes(found) == [3.0, 3.0]
    assert found.objective == near(0.15)


def test_a_time_that_cannot_be_held_is_answered_by_process_world_and_day() -> None:
    # 10 days of stock hold world 0 until day 14: 4 + 11 is out of reach whatever is paid.
    found = solve_extensive(line(options=[STOCK]), Goal("cost"), Limits(time=11.0))
    assert found.status == "infeasible"
    assert found.why is not None
    assert (found.why.process, found.why.world, found.why.by_money) == ("user", "world 0", False)
    assert found.why.day == 14.0
    assert not found.chosen.any()
    poor = solve_extensive(line(options=[STOCK], budget=8.0), Goal("cost"), Limits(time=5.0))
    assert poor.why is not None and poor.why.by_money
    assert (poor.why.process, poor.why.world, poor.why.day) == ("user", "world 0", 8.0)


def test_what_is_wrong_with_a_problem_is_said_in_one_round() -> None:
    odd = line(options=[STOCK, STOCK], rules=[Rule("requires", "stock", ("nobody",))], chances=[0.5, 0.4])
    with pytest.raises(ModelError) as caught:
        solve_extensive(odd, Goal("cost"))
    assert {problem.key for problem in caught.value.problems} == {"plan_option", "plan_rule", "plan_chances"}


def test_processes_no_control_reaches_are_held_for_ever_and_need_no_plan() -> None:
    one = replace(line(options=[STOCK]), processes=np.array([], dtype=np.int64))
    assert np.isinf(days_held(one, np.zeros(1))).all()
    assert sizes(solve_extensive(one, Goal("cost"), Limits(time=5.0))) == [0.0]

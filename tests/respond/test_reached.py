"""A maker outside the program makes no more than the orders of the simulation feed it."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.respond.flow import rate_block, reach
from meguri.respond.held import days_held, form_of
from meguri.respond.instance import Instance
from meguri.respond.reached import fed
from meguri.respond.solver import solve_form
from meguri.shock._kernel import tell
from tests.networks import Slot, network
from tests.respond.cases import banned, instance, option

QUALIFIED = np.array([1.0])


def standing_by(usual: float) -> Instance:
    """A user whose usual maker is banned; another, qualified for money, could make as much.

    It stands by at ``usual`` t/d, of a capacity of 10, and has 3 days of the input it makes that from.
    """
    plan = {"abroad": 10.0, "mine": 100.0, "standby": usual, "user": 10.0}
    layout, numbers = network(
        plan,
        [
            Slot("standby", usual, 3.0 * usual, {"mine": usual}),
            Slot("user", 10.0, 30.0, {"abroad": 10.0}, alternatives={"standby": (10.0, 1e6)}),
        ],
        surge=0.25,
        capacity=np.array([10.0, 100.0, 10.0, 10.0]),
    )
    link = int(np.flatnonzero(numbers.potential > 0)[0])
    limits = [1.0] * 3
    limits[int(np.flatnonzero((numbers.amount == 10.0) & (layout.wiring.link_slot == 1))[0])] = 0.0
    options = (option("qualify", "qualify", link, 1.0, 1.0, 1.0, worlds=1),)
    return instance(layout, [(numbers, banned(layout, limits))], "user", options=options)


@pytest.mark.parametrize("usual", [0.1, 2.0])
def test_a_maker_that_stands_by_buys_no_more_days_than_the_simulation_sees(usual: float) -> None:
    one = standing_by(usual)
    world = one.worlds[0]
    ready = np.where(world.numbers.potential > 0, 0.0, world.numbers.ready)
    told = tell(one.wiring, world.numbers._replace(ready=ready), world.filters)
    short = int(told.short[:, int(one.processes[0])].argmax())
    assert 0 < short < 20
    assert days_held(one, QUALIFIED)[0] == pytest.approx(short, abs=1.5)


def test_for_good_it_makes_what_its_supplier_lets_it_order() -> None:
    one = standing_by(2.0)
    assert fed(one, one.worlds[0]).rate[2] == pytest.approx(1.25 * 2.0)
    lost = solve_form(form_of(rate_block(one, reach(one), 0), QUALIFIED)).objective
    assert lost == pytest.approx(1.0 - 2.5 * (10.0 / 12.0) / 10.0)  # of 12 t/d asked 2 are sold outside
    world = one.worlds[0]
    ready = np.where(world.numbers.potential > 0, 0.0, world.numbers.ready)
    told = tell(one.wiring, world.numbers._replace(ready=ready), world.filters)
    assert told.output[-1, 3] == pytest.approx(10.0 * (1.0 - lost), rel=0.01)

"""What a supplier makes is split by orders, as in the simulation; a program cannot choose whom it saves."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.respond.held import days_held
from meguri.respond.instance import Instance
from meguri.respond.parts import all_other_parts, other_parts, usual_parts
from meguri.shock._kernel import tell
from tests.networks import Slot, network
from tests.respond.cases import banned, instance, option

QUALIFIED = np.array([1.0])


def shared(lack: float = 0.0) -> Instance:
    """A user whose maker is banned turns to one that has another customer and no room; its ore may lack.

    Other and user need 10 t/d each; qualified, the user asks the second maker for 10 of its 10 t/d.
    """
    plan = {"abroad": 10.0, "maker": 10.0, "mine": 10.0, "other": 10.0, "user": 10.0}
    layout, numbers = network(
        plan,
        [
            Slot("maker", 10.0, 50.0, {"mine": 10.0}),
            Slot("other", 10.0, 20.0, {"maker": 10.0}),
            Slot("user", 10.0, 40.0, {"abroad": 10.0}, alternatives={"maker": (10.0, 1e6)}),
        ],
        surge=0.25,
    )
    giver = np.array(layout.nodes["node"])[layout.wiring.supplier]
    limits = np.where((giver == "abroad"), 0.0, np.where(giver == "mine", 1.0 - lack, 1.0))
    link = int(np.flatnonzero(numbers.potential > 0)[0])
    options = (option("qualify", "qualify", link, 1.0, 1.0, 1.0, worlds=1),)
    return instance(layout, [(numbers, banned(layout, limits.tolist()))], "user", options=options)


@pytest.mark.parametrize("lack", [0.0, 1.0])
def test_an_alternative_shares_with_usual_customers_as_in_the_simulation(lack: float) -> None:
    one = shared(lack)
    world = one.worlds[0]
    ready = np.where(world.numbers.potential > 0, 0.0, world.numbers.ready)
    told = tell(one.wiring, world.numbers._replace(ready=ready), world.filters)
    short = int(told.short[:, int(one.processes[0])].argmax())
    assert 5 < short < 15
    # whole, the second maker would hold the user for good; half of it doubles the stock of 4 days and one day
    assert days_held(one, QUALIFIED)[0] == pytest.approx(short, abs=1.5)


def test_parts_follow_orders_when_goods_are_short() -> None:
    layout, n = network(
        {"maker": 10.0, "one": 2.0, "two": 2.0},
        [
            Slot("one", 2.0, 2.0, {"maker": 2.0}),
            Slot("two", 4.0, 4.0, {}, alternatives={"maker": (5.0, 0.0)}),
        ],
        surge=0.5,
    )
    w = layout.wiring
    # 3 of 8 sold outside and 2 × 1.5 ordered; 5 of 10 usual and 5 asked
    assert usual_parts(w, n).tolist() == pytest.approx([3 / 11, 0.0])
    assert other_parts(w, n, np.zeros((2, 1)))[:, 0].tolist() == pytest.approx([0.0, 1 / 3])
    assert other_parts(w, n, np.array([[5.0], [0.0]]))[1, 0] == pytest.approx(5 / 20)
    assert all_other_parts(w, n)[0] == pytest.approx(1 / 3)

"""Blocks that end early ask for nothing they do not let come: every world has an answer for every plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meguri.respond.flow import reach, time_block
from meguri.respond.held import form_of
from meguri.respond.instance import Instance
from meguri.respond.solver import solve_form
from meguri.respond.timing import step_end
from tests.networks import Slot, network
from tests.respond.cases import banned, instance, option


def works(lead: int = 4) -> Instance:
    """A user of parts; half of what the part maker needs is banned, and a stock of 5.5 days bridges that.

    In the second week the part maker still keeps to its plan. What the maker at home, who has a long stock,
    sends takes ``lead`` days: of a block that ends on day 9 it was left out, as too late for the user, while
    the part maker was to make its plan to the end of the week.
    """
    plan = {"abroad": 20.0, "home": 10.0, "part": 20.0, "user": 20.0}
    layout, numbers = network(
        plan,
        [
            Slot("home", 10.0, 1000.0, {"abroad": 10.0}),
            Slot("part", 20.0, 110.0, {"abroad": 10.0, "home": 10.0}, lead=lead),
            Slot("user", 20.0, 20.0, {"part": 20.0}),
        ],
        capacity=np.full(4, 20.0),
    )
    made = instance(
        layout, [(numbers, banned(layout, [0.0, 0.0, 1.0, 1.0]))], "user", window=(300, 391),
        options=(option("supply", "supply", 1, 365.0, 1.0, 5.0, worlds=1, steps=4),),
    )  # fmt: skip
    return replace(made, steps=np.full(4, 7.0))


@pytest.mark.parametrize("end", [8.0, 9.5, 10.0, 13.0, 15.5, 20.0, 27.0])
def test_a_block_that_ends_within_a_step_says_what_the_whole_one_says(end: float) -> None:
    one = works()
    reached = reach(one)
    whole, part = time_block(one, reached, 0), time_block(one, reached, 0, end)
    for size in (0.0, 1.0):
        told = [solve_form(form_of(b, np.array([size]), end, late=True)) for b in (whole, part)]
        assert [each.status for each in told] == ["optimal"] * 2
        assert told[1].objective == pytest.approx(told[0].objective, abs=1e-7)


def test_the_end_of_a_step_is_the_next_boundary_and_its_own() -> None:
    ends = step_end(works(), np.array([-np.inf, 0.0, 0.5, 7.0, 7.5, 28.0, 40.0]))
    assert ends.tolist() == [-np.inf, 0.0, 7.0, 7.0, 14.0, 28.0, 28.0]

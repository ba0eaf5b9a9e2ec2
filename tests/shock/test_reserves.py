"""National reserves: whom they serve, when they open, and for how long they bridge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meguri.base.errors import ModelError
from meguri.structure.chain import Chain
from tests.small import Told, scenario, tables, tell_once

BAN = {"kind": "ban", "element": "Dy"}  # on day 10; the last delivery arrives on that day


def maker() -> Chain:
    """One tonne a day from China to Japan and as much to Korea; each holds five days."""
    nodes: dict[str, dict[str, Any]] = {
        "cn": {"material": "oxide", "country": "CN", "output": 730},
        "jp": {"material": "metal", "country": "JP", "output": 365},
        "kr": {"material": "metal", "country": "KR", "output": 365},
    }
    flows = {("cn", name): {"amount": 365, "lead": 1} for name in ("jp", "kr")}
    recipes = {(name, "oxide"): {"need": 1, "stock": 5} for name in ("jp", "kr")}
    return Chain.from_tables(**tables(nodes, flows, recipes, {("oxide", "Dy"): 0.5}))


def told(*reserves: dict[str, Any]) -> Told:
    common = {
        "product": "oxide", "country": "JP", "amount": "7 t", "decision": "0 d", "rate": "1 t/d",
        "source": "meguri-assumption", "grade": "assumed",
    }  # fmt: skip
    return tell_once(maker(), scenario([BAN], reserves=[{**common, **one} for one in reserves]))


BELOW = {"release": {"cover_below": "5 d"}}


def test_a_reserve_of_seven_days_bridges_seven_days() -> None:
    """Five days of stock after day 10: short from day 16; seven days more: from day 23."""
    assert told().days.loc[["jp", "kr"]].tolist() == [16 - 10, 16 - 10]
    assert told(BELOW).days.loc[["jp", "kr"]].tolist() == [23 - 10, 16 - 10]


def test_what_is_released_is_what_the_user_lacks_until_nothing_is_left() -> None:
    released = told(BELOW).story.released[:, 0]
    assert np.flatnonzero(released).tolist() == list(range(11, 18))
    assert released.sum() == pytest.approx(7.0, abs=1e-9)


def test_a_reserve_that_opens_on_a_day_delivers_after_the_decision() -> None:
    """Decided on day 20, delivered from day 23 at a tonne a day for seven days."""
    found = told({"release": {"date": "2025-01-21"}, "decision": "3 d"})
    makes = found.story.output[:, found.layout.nodes["node"].tolist().index("jp")]
    assert np.flatnonzero(makes[16:] > 0.5).tolist() == [day - 16 for day in range(23, 30)]


def test_a_slow_reserve_keeps_half_the_output_for_twice_as_long() -> None:
    found = told({"release": {"date": "2025-01-21"}, "rate": "0.5 t/d"})
    makes = found.story.output[:, found.layout.nodes["node"].tolist().index("jp")]
    assert makes[20:34].tolist() == pytest.approx([0.5] * 14)
    assert makes[34:].max() == pytest.approx(0.0)


def test_a_reserve_stays_closed_while_users_hold_enough() -> None:
    assert told({"release": {"cover_below": "5 d"}}).story.released[:11].sum() == 0.0


def test_a_reserve_that_nobody_there_uses_is_named_with_what_is_used() -> None:
    with pytest.raises(ModelError) as error:
        told(BELOW | {"product": "metal"})
    (problem,) = error.value.problems
    assert (problem.key, problem.place, problem.details) == (
        "reserve_unused", "reserves.0.product", {"near": "oxide"},
    )  # fmt: skip


def test_two_reserves_for_the_same_users_are_refused() -> None:
    with pytest.raises(ModelError) as error:
        told(BELOW, BELOW | {"country": ["KR", "JP"]})
    assert [problem.key for problem in error.value.problems] == ["two_reserves"]

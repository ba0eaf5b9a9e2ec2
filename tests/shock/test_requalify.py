"""Qualification: few engineers qualify few suppliers at once, and nobody delivers early."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.shock.requalify import in_turn
from meguri.structure.chain import Chain
from tests.small import eighths, scenario, tables, tell_once

BEGUN = 15  # [d] the control starts on day 10, buyers react 5 days later


def three_candidates(engineers: float | None, **more: Any) -> Chain:
    """A maker with one usual supplier in China, and three elsewhere that it has not qualified."""
    nodes: dict[str, dict[str, Any]] = {
        "cn": {"material": "oxide", "country": "CN", "output": 365},
        "m": {"material": "metal", "country": "JP", "output": 365, "engineers": engineers},
    } | {name: {"material": "oxide", "country": "AU", "output": 365} for name in ("a", "b", "c")}
    waiting = {"qualified": "no", "qualification": 60, "first_yield": 1.0, "recovery": 1, **more}
    flows: dict[tuple[str, str], dict[str, Any]] = {("cn", "m"): {"amount": 365}}
    flows |= {
        (name, "m"): {"amount": tonnes, **waiting} for name, tonnes in (("a", 10), ("b", 30), ("c", 20))
    }
    return Chain.from_tables(**tables(nodes, flows, {("m", "oxide"): {"need": 1, "stock": 10}}))


def ready(chain: Chain, **given: Any) -> list[float]:
    controls = [{"kind": "ban"}] if not given else []
    return tell_once(chain, scenario(controls, **given)).numbers.ready[:3].tolist()


def test_with_enough_engineers_all_are_qualified_at_once() -> None:
    assert ready(three_candidates(None)) == [BEGUN + 60] * 3
    assert ready(three_candidates(3, effort=60)) == [BEGUN + 60] * 3


def test_two_engineers_qualify_the_two_largest_of_three_first() -> None:
    assert ready(three_candidates(2, effort=60)) == [BEGUN + 120, BEGUN + 60, BEGUN + 60]


def test_a_qualification_that_needs_both_engineers_holds_up_the_next() -> None:
    assert ready(three_candidates(2, effort=120)) == [BEGUN + 180, BEGUN + 60, BEGUN + 120]


def test_one_engineer_takes_longer_over_what_needs_two() -> None:
    assert ready(three_candidates(1, effort=120)) == [BEGUN + 360, BEGUN + 120, BEGUN + 240]


def test_a_node_without_engineers_qualifies_nobody() -> None:
    assert ready(three_candidates(0, effort=60)) == [np.inf] * 3


def test_buyers_look_for_others_when_a_node_is_disrupted() -> None:
    broken = {
        "node": "cn",
        "start": "2025-01-21",
        "lost": 1.0,
        "source": "meguri-assumption",
        "grade": "assumed",
    }
    assert ready(three_candidates(None), disruptions=[broken]) == [20 + 5 + 60] * 3


def test_engineers_without_the_effort_are_refused_with_the_place() -> None:
    with pytest.raises(DataError) as error:
        three_candidates(2)
    assert [(p.key, p.place) for p in error.value.problems] == [
        ("effort_missing", f"flows[{row}].effort") for row in (2, 3, 4)
    ]


@given(st.lists(st.tuples(eighths(), eighths(0, 800)), max_size=6), eighths(1, 40))
def test_nobody_is_qualified_early_and_no_more_work_is_done_than_people_can(
    tasks: list[tuple[float, float]], people: float
) -> None:
    effort, least = [work for work, _ in tasks], [days for _, days in tasks]
    done = in_turn(people, effort, least)
    assert all(day >= days for day, days in zip(done, least, strict=True))
    assert max(done, default=0.0) * people >= sum(effort) - 1e-6
    assert in_turn(1e9, effort, least) == pytest.approx(least, abs=1e-6)

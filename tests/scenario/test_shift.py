"""A scenario on other days is the same scenario: every date moves, no length does."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.scenario.read import gallery, read_scenario
from meguri.scenario.schema import Scenario
from meguri.scenario.shift import shifted

DATE = re.compile(r'"(\d{4}-\d\d-\d\d)"')


def dates(scenario: Scenario) -> list[dt.date]:
    """Every date that is a value; figures of history stay behind, and dates in sentences are words."""
    plain = scenario.model_copy(update={"observed": ()}).model_dump_json()
    return [dt.date.fromisoformat(text) for text in DATE.findall(plain)]


@pytest.mark.parametrize("name", gallery())
def test_every_date_of_every_packaged_scenario_moves(name: str) -> None:
    scenario = read_scenario(name)
    moved = shifted(scenario, 730)
    lag = dt.timedelta(days=730)
    assert [day + lag for day in dates(scenario)] == dates(moved)
    assert moved.first_control == (scenario.first_control and scenario.first_control + lag)
    assert moved.counted_from - moved.start == scenario.counted_from - scenario.start
    assert moved.observed == () and moved.contrast is None


@given(days=st.integers(-400, 4000), more=st.integers(-400, 4000))
def test_moving_twice_is_moving_by_the_sum(days: int, more: int) -> None:
    scenario = read_scenario("2025-medium-heavy-rare-earths")
    twice = shifted(shifted(scenario, days), more)
    assert twice.start == scenario.start + dt.timedelta(days=days + more)
    if days and more and days + more:
        assert twice == shifted(scenario, days + more)
    assert shifted(scenario, 0) is scenario


def test_a_review_in_working_days_lasts_as_many_weeks_where_no_calendar_is_published() -> None:
    licence = shifted(read_scenario("2025-medium-heavy-rare-earths"), 365 * 20).controls[0]
    assert licence.kind == "licence"
    assert (licence.review.mode, licence.review.unit) == (63.0, "d")

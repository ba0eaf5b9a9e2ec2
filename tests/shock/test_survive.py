"""Days read off shortages; never is later than any day."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.shock.survive import cover_days, days_short, percentile, time_to_recover, time_to_survive

NEVER = np.inf
SHORT = np.array([[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], [0, 1, 0, 1]], dtype=bool)  # (day, node)


def test_survival_is_counted_from_the_first_control_and_earlier_days_do_not_count() -> None:
    assert time_to_survive(SHORT, 0).tolist() == [NEVER, 1.0, 0.0, 0.0]
    assert time_to_survive(SHORT, 1).tolist() == [NEVER, 0.0, NEVER, 0.0]


def test_recovery_is_for_good_and_never_when_the_last_day_is_short() -> None:
    assert time_to_recover(SHORT, 0).tolist() == [0.0, NEVER, 1.0, NEVER]
    assert time_to_recover(SHORT[:3], 0).tolist() == [0.0, 2.0, 1.0, 2.0]


def test_short_days_are_counted_even_when_they_are_apart() -> None:
    assert days_short(SHORT, 0).tolist() == [0.0, 2.0, 1.0, 3.0]


@pytest.mark.parametrize(("share", "expected"), [(0.1, 10.0), (0.5, 20.0), (0.6, NEVER), (0.9, NEVER)])
def test_a_percentile_counts_never_as_later_than_any_day(share: float, expected: float) -> None:
    assert percentile(np.array([NEVER, 20.0, NEVER, 10.0]), share) == expected


def test_a_percentile_never_lies_between_a_day_and_never() -> None:
    found = percentile(np.array([[10.0, 1.0], [NEVER, 2.0]]), 0.5)
    assert found.tolist() == [10.0, 1.0]


def test_cover_is_that_of_the_input_least_held() -> None:
    days = cover_days(np.array([6.0, 8.0, 0.0]), np.array([2.0, 1.0, 0.0]), np.array([0, 0, 1]), 3)
    assert days.tolist() == [3.0, NEVER, NEVER]

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.structure import bounds
from meguri.structure.bounds import hhi_range, share_range
from meguri.structure.concentration import hhi

EIGHTHS = st.integers(0, 80).map(lambda n: n / 8)
RANGES = st.lists(st.tuples(EIGHTHS, EIGHTHS).map(sorted), min_size=1, max_size=5).filter(
    lambda parts: sum(low for low, _ in parts) > 0
)
PLACES = st.lists(st.floats(0, 1), min_size=5, max_size=5)


def test_two_suppliers_one_of_whom_is_open():
    assert hhi_range([1, 1], [1, 3]) == (0.5, 0.625)  # 1:1 and 1:3


def test_known_amounts_leave_no_range():
    low, high = hhi_range([3, 1], [3, 1])
    assert low == high == 0.625


def test_the_least_index_may_lie_inside_the_ranges():
    low, high = hhi_range([4, 0], [4, 10])  # the second may equal the first
    assert (low, high) == (0.5, 1.0)


@given(RANGES, PLACES)
def test_every_index_within_the_ranges_lies_within_the_bounds(parts, places):
    low, high = (np.array(ends) for ends in zip(*parts, strict=True))
    inside = low + (high - low) * np.array(places[: len(parts)])
    least, most = hhi_range(low, high)
    assert least - 1e-9 <= hhi(inside) <= most + 1e-9


@given(RANGES)
def test_the_highest_index_is_that_of_a_corner_and_chords_never_fall_below_it(parts):
    corner = max(hhi(choice) for choice in product(*parts) if sum(choice) > 0)
    low, high = (np.array(ends) for ends in zip(*parts, strict=True))
    assert hhi_range(low, high)[1] == pytest.approx(corner)
    assert bounds._chords(low, high) >= corner - 1e-9


@given(RANGES)
def test_the_least_index_is_reached_and_never_above_a_fine_grid(parts):
    low, high = (np.array(ends) for ends in zip(*parts, strict=True))
    least, _ = hhi_range(low, high)
    levels = np.linspace(0, high.max(), 200)
    grid = min(hhi(np.clip(level, low, high)) for level in levels)
    assert least <= grid + 1e-12
    assert least >= 1 / len(parts) - 1e-12


@given(RANGES, st.sampled_from([0.5, 2.0, 4.0]))
def test_the_unit_of_the_amounts_changes_nothing(parts, unit):
    low, high = (np.array(ends) for ends in zip(*parts, strict=True))
    assert hhi_range(low * unit, high * unit) == pytest.approx(hhi_range(low, high))


@given(RANGES, PLACES)
def test_every_share_lies_within_its_range(parts, places):
    low, high = (np.array(ends) for ends in zip(*parts, strict=True))
    inside = low + (high - low) * np.array(places[: len(parts)])
    least, most = share_range(low, high)
    share = inside / inside.sum()
    known = ~np.isnan(least)
    assert (least[known] <= share[known] + 1e-9).all()
    assert (share <= np.nan_to_num(most, nan=1.0) + 1e-9).all()


def test_many_open_amounts_still_give_a_bound():
    low, high = np.ones(30), np.full(30, 2.0)
    least, most = hhi_range(low, high)
    assert least == pytest.approx(1 / 30)
    corner = hhi([2.0] * 10 + [1.0] * 20)
    assert corner <= most <= 1.02 * corner


def test_nothing_supplied_has_no_index():
    assert np.isnan(hhi_range([0, 0], [0, 0])).all()

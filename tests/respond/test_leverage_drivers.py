"""What a card hangs on: every input at both ends of its range, nothing else moved."""

from functools import cache

import pytest

from meguri.base.terms import keys
from meguri.respond.leverage_data import leverage_data
from meguri.respond.leverage_drivers import _ends, drivers


@cache
def equipment():
    return drivers("wfe", "JP", "CN")


def test_inputs_are_named_once_with_their_ends_and_the_largest_swing_first():
    table = equipment()
    assert table["input"].is_unique and set(table["input"]) <= set(keys("leverage_inputs"))
    assert (table["low"] < table["high"]).all()
    assert table["swing"].is_monotonic_decreasing and (table["swing"] > 0).all()
    assert (table["at_high"] - table["at_low"]).abs().tolist() == pytest.approx(table["swing"].tolist())


def test_worth_moves_with_the_loss_and_against_what_third_countries_send():
    table = equipment().set_index("input")
    assert table.at["loss", "at_high"] / table.at["loss", "at_low"] == pytest.approx(0.25 / 0.02, rel=1e-6)
    assert table.at["third", "at_high"] < table.at["third", "at_low"]


def test_one_input_is_moved_and_the_packaged_tables_stay_as_they_were():
    data = leverage_data()
    before = {name: table.copy() for name, table in data.tables.items()}
    for _, ends in _ends(data, "hf", "JP", "KR"):
        for _, changed in ends:
            moved = [name for name in before if not changed.tables[name].equals(before[name])]
            assert len(moved) <= 1
    assert all(data.tables[name].equals(before[name]) for name in before)

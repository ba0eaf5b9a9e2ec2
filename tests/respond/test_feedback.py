"""How fast a partner learns: the closed form is the equation, and every attribute acts as it is said to."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.leverage import ATTRIBUTES, leverage_attributes
from meguri.respond.feedback import (
    Coefficients,
    Control,
    Rates,
    learned,
    path,
    rates_of,
    self_supply,
    speed,
    unlearned,
)
from tests.reference.plain_feedback import plain_path, slope

SHARE = st.floats(0, 1)
RATE = st.floats(0, 3)
LAWS = settings(max_examples=40, deadline=None)
GLOBAL = Coefficients.packaged()
SLOWER = {
    "reconstructibility": -1,
    "black_box": 1,
    "embeddedness": 1,
    "price_incentive": -1,
    "state_push": -1,
}


@st.composite
def rates(draw):
    return Rates(
        draw(RATE), draw(RATE), draw(st.floats(0, 0.5)), draw(st.floats(0.3, 1)), draw(RATE), draw(SHARE)
    )


@st.composite
def ratings(draw):
    return {name: draw(SHARE) for name in ATTRIBUTES}


@given(rates(), SHARE, SHARE, st.floats(0, 40))
@LAWS
def test_a_share_stays_between_its_start_and_its_ceiling(speeds, start, pressure, years):
    share = float(learned(speeds, start, pressure, years))
    assert start - 1e-12 <= share <= max(speeds.s_max, start) + 1e-12


@given(rates(), st.floats(0, 0.9), SHARE, st.floats(0.01, 20))
@LAWS
def test_the_closed_form_solves_the_equation(speeds, start, pressure, years):
    """The slope of the closed form is the right-hand side, at any time."""
    if start > speeds.s_max:
        return
    step = 1e-5
    before, at, after = (float(learned(speeds, start, pressure, years + shift)) for shift in (-step, 0, step))
    expected = slope(speeds.r0, speeds.r1, speeds.r2, speeds.s_max, pressure, at)
    assert (after - before) / (2 * step) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("until", [2020.5, 2022.0, 2025.0, 2031.0])
@pytest.mark.parametrize("lift", [None, 2024.0, 2020.0])
@pytest.mark.parametrize("start", [0.0, 0.05, 0.95])
def test_the_path_equals_small_steps_of_the_equation(until, lift, start):
    speeds, control = Rates(0.2, 0.9, 0.03, 0.9, 0.7, 0.4), (2021.0, lift, 0.6)
    if lift == 2020.0:
        control = (2020.0, lift, 0.6)
    plain = plain_path(0.2, 0.9, 0.03, 0.9, 0.7, 0.4, start, 2020.0, control, until, steps=300)
    closed = path(speeds, start, 2020.0, Control(*control), np.array([until]))
    assert float(closed[0]) == pytest.approx(plain, abs=1e-8)


@given(rates(), SHARE, SHARE, SHARE, st.floats(0, 20))
@LAWS
def test_more_pressure_never_slows_learning(speeds, start, weak, strong, years):
    weak, strong = sorted((weak, strong))
    assert learned(speeds, start, weak, years) <= learned(speeds, start, strong, years) + 1e-12


@given(ratings(), st.sampled_from(ATTRIBUTES), SHARE, SHARE, st.floats(0, 15))
@LAWS
def test_each_attribute_acts_in_the_direction_it_is_said_to(rated, attribute, pressure, other, years):
    one, two = sorted((rated[attribute], other), reverse=SLOWER[attribute] > 0)
    slow, fast = (rates_of(rated | {attribute: value}, GLOBAL) for value in (one, two))
    assert speed(slow, pressure) <= speed(fast, pressure) + 1e-12
    assert learned(slow, 0.05, pressure, years) <= learned(fast, 0.05, pressure, years) + 1e-12


@given(ratings(), SHARE, SHARE)
@LAWS
def test_what_is_hidden_or_embedded_is_kept_rather_after_lifting(rated, less, more):
    less, more = sorted((less, more))
    kept = [rates_of(rated | {"black_box": value}, GLOBAL).hysteresis for value in (less, more)]
    assert kept[0] <= kept[1]


@given(rates(), SHARE, st.floats(0, 10), st.floats(0, 30))
@LAWS
def test_lifting_never_raises_self_supply_and_leaves_what_is_kept(speeds, at_lift, soon, late):
    soon, late = sorted((soon, late))
    after = [float(unlearned(speeds, at_lift, years)) for years in (0, soon, late)]
    assert at_lift + 1e-12 >= after[0] >= after[1] - 1e-12
    assert after[1] >= after[2] - 1e-12
    assert after[2] >= speeds.hysteresis * at_lift - 1e-12


@given(rates(), SHARE, SHARE, st.floats(0.1, 4), st.floats(0.1, 4), st.floats(-30, 30))
@LAWS
def test_only_the_time_that_passed_counts_and_not_the_calendar(speeds, start, pressure, wait, held, shift):
    times = np.array([0.0, wait, wait + held, wait + held + 3])
    control = Control(2000 + wait, 2000 + wait + held, pressure)
    later = Control(control.start + shift, control.lift + shift, pressure)
    here = path(speeds, start, 2000, control, 2000 + times)
    there = path(speeds, start, 2000 + shift, later, 2000 + shift + times)
    assert there == pytest.approx(here, abs=1e-8)


@given(rates(), SHARE, SHARE, st.floats(0.1, 5), st.floats(0, 5), st.floats(0.1, 5))
@LAWS
def test_two_stretches_are_as_good_as_one(speeds, start, pressure, first, second, ahead):
    """Semigroup: the state is the share alone, however it was reached."""
    halfway = float(learned(speeds, start, pressure, first))
    again = float(learned(speeds, halfway, pressure, second + ahead))
    assert again == pytest.approx(float(learned(speeds, start, pressure, first + second + ahead)), abs=1e-9)


def test_nothing_grows_from_nothing_without_a_state():
    assert float(learned(Rates(2.0, 2.0, 0.0), 0.0, 1.0, 50)) == 0.0
    assert float(learned(Rates(2.0, 2.0, 0.01), 0.0, 1.0, 50)) > 0.9


def test_without_any_rate_a_share_stays():
    assert float(learned(Rates(0, 0, 0), 0.3, 1.0, 10)) == 0.3


def test_a_start_above_the_ceiling_is_not_lost():
    assert float(learned(Rates(1, 1, 0.1, s_max=0.5), 0.8, 1.0, 10)) == 0.8


def test_draws_are_the_same_as_one_at_a_time():
    many = Rates(*(np.linspace(low, high, 5) for low, high in ((0, 1), (0, 2), (0, 0.1), (0.6, 1))))
    control = Control(2021, 2023, np.linspace(0, 1, 5))
    times = np.arange(2020, 2030, 0.5)
    together = path(many, np.linspace(0, 0.4, 5), 2020, control, times)
    for row in range(5):
        values = {
            key: np.atleast_1d(value)[min(row, np.size(value) - 1)] for key, value in vars(many).items()
        }
        alone = path(
            Rates(**values),
            np.linspace(0, 0.4, 5)[row],
            2020,
            replace(control, pressure=control.pressure[row]),
            times,
        )
        assert together[row] == pytest.approx(alone, abs=1e-12)


def test_a_lifting_brings_the_share_of_the_holder_back_in_the_table():
    speeds = rates_of(leverage_attributes("hf", "KR"), GLOBAL)
    held, lifted = (
        self_supply(speeds, 0.43, control, years=8, start_at=2019.5).set_index("year")["self_supply"]
        for control in (Control(2019.5), Control(2019.5, 2023.25))
    )
    assert lifted[:2023.25].tolist() == held[:2023.25].tolist()
    assert (lifted[2023.5:] < held[2023.5:]).all()
    assert lifted.iloc[-1] >= speeds.hysteresis * lifted[2023.25]


def test_wrong_input_is_named_once_for_all():
    with pytest.raises(DataError, match=r"(?s)r0.*hysteresis"):
        Rates(-1, 0, 0, hysteresis=1.5)
    with pytest.raises(DataError, match=r"(?s)reconstructibility.*state_push"):
        rates_of({"black_box": 0.5, "embeddedness": 0.5, "price_incentive": 0.5}, GLOBAL)
    with pytest.raises(DataError, match=r"control\.lift"):
        Control(2020, 2019)
    with pytest.raises(DataError, match="not before 2020"):
        path(Rates(1, 1, 0), 0.1, 2020, None, np.array([2019.0]))
    with pytest.raises(DataError, match=r"control\.pressure"):
        Control(2020, None, 1.5)
    with pytest.raises(DataError, match="own_drive"):
        replace(GLOBAL, own_drive=-1)
    with pytest.raises(DataError, match=r"each of the five attributes once"):
        rates_of(leverage_attributes("hf"), GLOBAL)

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.terms import packaged
from meguri.observe.calendars import (
    add_working_days,
    authorities,
    is_working_day,
    recorded_years,
    working_days_between,
)

D = dt.date


@pytest.mark.parametrize(
    ("start", "days", "authority", "end"),
    [
        # April 2025: 7-11, 14-18, 21-25, Sunday 27 made up, 28-30 = 19; May 6-9, 12-16, 19-23, 26-30 = 38;
        # 2 June is off; 3-6 = 42, 9-11 = 45
        (D(2025, 4, 4), 45, "CN", D(2025, 6, 11)),
        # mid-autumn 2010: 22-24 September off, Saturday 25 and Sunday 26 made up
        (D(2010, 9, 21), 1, "CN", D(2010, 9, 25)),
        (D(2010, 9, 21), 3, "CN", D(2010, 9, 27)),
        # national week 2010: Friday 8 October and made-up Saturday 9
        (D(2010, 9, 30), 2, "CN", D(2010, 10, 9)),
        # spring festival 2026: Saturday 14 February made up, off to 23 February
        (D(2026, 2, 13), 2, "CN", D(2026, 2, 24)),
        # Golden Week 2025: 3-6 May off
        (D(2025, 5, 2), 1, "JP", D(2025, 5, 7)),
        # Japanese offices close from 29 December to 3 January
        (D(2025, 12, 26), 1, "JP", D(2026, 1, 5)),
        (D(2025, 4, 5), 0, "CN", D(2025, 4, 5)),
    ],
)
def test_clock_of_working_days_ends_on_the_day_counted_by_hand(start, days, authority, end):
    assert add_working_days(start, days, authority) == end
    assert working_days_between(start, end, authority) == days


def marked_days():
    with packaged("calendars.csv").open(encoding="utf-8") as file:
        return {(row["authority"], row["date"]): row["kind"] for row in csv.DictReader(file)}


MARKED = marked_days()


def count_slowly(start, end, authority):
    """Walk day by day, as one would on a wall calendar."""
    count, day = 0, start
    while day < end:
        day += dt.timedelta(days=1)
        kind = MARKED.get((authority, day.isoformat()), "off" if day.weekday() > 4 else "work")
        count += kind == "work"
    return count


recent = st.dates(D(2019, 1, 1), D(2026, 6, 30))


@given(recent, st.integers(0, 300), st.sampled_from(["CN", "JP"]))
def test_counting_back_gives_the_days_that_were_added(start, days, authority):
    try:
        end = add_working_days(start, days, authority)
    except DataError:
        assert count_slowly(start, D(2027, 12, 31), authority) < days
        return
    assert working_days_between(start, end, authority) == days == count_slowly(start, end, authority)
    assert days == 0 or is_working_day(end, authority)


@given(recent, recent, recent, st.sampled_from(["CN", "JP"]))
def test_working_days_add_up_over_any_stop(a, b, c, authority):
    assert working_days_between(a, b, authority) + working_days_between(b, c, authority) == (
        working_days_between(a, c, authority)
    )


@given(recent, st.integers(0, 200), st.integers(0, 200), st.sampled_from(["CN", "JP"]))
def test_a_longer_clock_never_ends_earlier(start, fewer, more, authority):
    fewer, more = sorted((fewer, more))
    assert add_working_days(start, fewer, authority) <= add_working_days(start, more, authority)


def test_china_works_about_250_days_a_year():
    for year in recorded_years("CN"):
        first = D(year, 1, 1)
        assert 247 <= working_days_between(first, D(year, 12, 31), "CN") <= 253


@pytest.mark.parametrize(
    "call",
    [
        lambda: add_working_days(D(2015, 1, 5), 10, "CN"),
        lambda: add_working_days(D(2012, 12, 20), 30, "CN"),
        lambda: add_working_days(D(2027, 12, 1), 45, "JP"),
        lambda: add_working_days(D(2025, 1, 6), -1, "CN"),
        lambda: add_working_days(D(2025, 1, 6), 1.5, "CN"),
        lambda: add_working_days(D(2025, 1, 6), 1, "KR"),
        lambda: working_days_between(D(2012, 1, 4), D(2019, 1, 4), "CN"),
        lambda: is_working_day(D(2030, 1, 4), "JP"),
    ],
)
def test_days_outside_the_record_are_refused_not_guessed(call):
    with pytest.raises(DataError):
        call()


def test_refusal_names_the_recorded_years():
    with pytest.raises(DataError, match="2009–2012, 2019–2027"):
        add_working_days(D(2013, 5, 1), 45, "CN")


def test_made_up_days_of_china_stand_on_weekends_only():
    made_up = [D.fromisoformat(day) for (_, day), kind in MARKED.items() if kind == "work"]
    assert len(made_up) > 70
    assert all(day.weekday() > 4 for day in made_up)
    assert authorities() == ["CN", "JP"]

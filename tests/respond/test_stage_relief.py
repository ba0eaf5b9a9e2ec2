"""Relief in three dates, and what followed: months, steps of the path, hits and misses as they are."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from meguri.observe.stage_cases import stage_case
from meguri.respond.stage_relief import stage_path, stage_reliefs
from meguri.respond.stage_seen import compared, export_series, stage_gaps, stage_tests

CHINA, NICKEL = "china-rare-earths", "indonesia-nickel"


@pytest.fixture(scope="module")
def reliefs() -> pd.DataFrame:
    return stage_reliefs(stage_case(CHINA), draws=0).set_index(["relief", "product"])


def test_relief_came_after_29_34_and_38_months(reliefs):
    # S14: ruling 2014-08-07, quotas 2015-01-01, duties 2015-05-01 after the request of 2012-03-13
    months = reliefs.xs("magnet", level="product")["months"]
    assert months[["ruling", "quotas-end", "duties-end"]].tolist() == [29, 34, 38]
    printed = reliefs.xs("magnet", level="product")["printed_months"].dropna()
    assert (printed == months[printed.index]).all()


def test_a_ruling_moves_nothing_and_the_end_of_a_duty_does(reliefs):
    ruling, duties = reliefs.loc[("ruling", "magnet")], reliefs.loc[("duties-end", "magnet")]
    assert ruling["before"] == ruling["after"] > 0.0
    assert duties["before"] > 0.0 == duties["after"]


def test_the_sum_of_the_pull_is_the_path_added_up_by_hand(reliefs):
    path = stage_path(stage_case(CHINA), dt.date(2012, 3, 1), dt.date(2015, 4, 1), draws=0)
    mine = path[path["product"] == "magnet"]["incentive"]
    assert len(mine) == 38  # March 2012 to April 2015
    assert reliefs.at[("duties-end", "magnet"), "paid"] == pytest.approx(mine.sum() / 12)


def test_relief_at_the_forecast_date_would_have_saved_what_came_after_it(reliefs):
    last, forecast = reliefs.loc[("duties-end", "magnet")], reliefs.loc[("forecast", "magnet")]
    # nothing undisputed pulls magnets, so all that was paid between the two dates would have gone
    assert forecast["if_then"] == 0.0
    assert forecast["saved"] == pytest.approx(last["paid"] - forecast["paid"])


def test_what_was_not_in_dispute_goes_on_pulling_after_relief(reliefs):
    row = reliefs.loc[("duties-end", "alloy")]
    assert row["after"] == pytest.approx(row["if_then"]) and row["after"] > 0.0  # the refund withheld


def test_prices_that_stand_together_leave_a_rest_beside_the_duty():
    table = stage_gaps(stage_case(CHINA)).set_index("pair")
    oxide = table.loc["nd-oxide-2011-08"]
    assert oxide["gap"] == pytest.approx(370 / 217 - 1)
    assert (1 + oxide["duty"]) * (1 + oxide["rest"]) == pytest.approx(1 + oxide["gap"])
    late = table.loc["ndpr-metal-2014-10"]
    assert late["rest"] < table.at["nd-oxide-2011-08", "rest"]  # the quota no longer bound


def test_the_published_31_percent_is_a_sum_and_ours_is_a_product():
    row = stage_gaps(stage_case(CHINA)).set_index("pair").loc["oecd-light-2012"]
    assert row["printed_gap"] == pytest.approx(0.16 + row["duty"])
    assert row["to_user"] == pytest.approx(1.16 * 1.15 - 1)
    assert pd.isna(row["gap"])  # a printed figure never stands in the computed column


def test_hits_and_misses_of_both_cases_are_told_as_they_fell():
    # frozen: a change of method or data that turns a verdict has to be seen in review
    found = {
        name: stage_tests(stage_case(name)).set_index(["episode", "test"])["verdict"].to_dict()
        for name in (CHINA, NICKEL)
    }
    assert found[CHINA] == {
        ("2007-2014", "upstream-weight"): "hit",
        ("2007-2014", "downstream-share"): "hit",
        ("2007-2014", "downstream-to-partner"): "trend",  # the shift to China was under way before any tax
        ("2007-2014", "relief-upstream-weight"): "trend",
        ("2007-2014", "relief-downstream-share"): "miss",  # what had moved did not come back
    }
    assert found[NICKEL][("2020-2024", "downstream-share")] == "hit"
    assert found[NICKEL][("2014-2016", "downstream-share")] == "unknown"  # no series before 2014


def test_a_series_that_only_follows_its_line_is_no_hit():
    line = pd.Series({year: float(year - 2000) for year in range(2001, 2011)})
    assert compared(line, (2001, 2005), (2008, 2010), "up")["verdict"] == "trend"
    jumped = line.where(line.index < 2008, line + 5)
    assert compared(jumped, (2001, 2005), (2008, 2010), "up")["verdict"] == "hit"
    assert compared(line, (2001, 2005), (2008, 2010), "down")["verdict"] == "miss"
    assert compared(line, (2004, 2005), (2008, 2010), "up")["verdict"] == "unknown"


def test_a_share_is_measured_over_both_sides():
    share = export_series(stage_case(CHINA))["downstream-share"]
    assert share.between(0, 1).all() and share.index.min() == 2002


def test_a_ruling_without_an_end_of_the_ban_leaves_the_pull_where_it_was():
    rows = stage_reliefs(stage_case(NICKEL), draws=0).set_index("relief")
    assert rows.loc["panel", "months"] == 36
    assert rows.loc["panel", "before"] == rows.loc["panel", "after"] > rows.loc["panel", "if_then"] == 0.0


def test_verdicts_say_how_much_hangs_on_the_choice_of_years():
    table = stage_tests(stage_case(CHINA)).set_index("test")
    assert table["steady"].between(0, 1).all()
    assert table.at["upstream-weight", "steady"] == 1.0

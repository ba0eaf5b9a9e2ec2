"""Third countries' jumps told apart from localisation, on hand-made series and on Korea's imports."""

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.trade_months import month_series, trade_months
from meguri.structure.detour import by_partner, detour

MONTHS = pd.period_range("2017-07", "2021-06", freq="M").astype(str)  # two years on both sides
AFTER = (MONTHS >= "2019-07").astype(float)


def world(**columns):
    return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()}, index=MONTHS)


def test_a_third_country_that_takes_half_of_the_fall_explains_half():
    frame = world(a=100 - 80 * AFTER, b=20 + 40 * AFTER, c=30 + 0 * AFTER)
    answer = detour(frame, "2019-07", holder="a", whole=True)
    row = answer.summary.iloc[0]
    assert answer.verdict == "re-routing before localisation"
    assert (row["lost"], row["explained"], row["left"]) == pytest.approx((80, 0.5, 0.5))
    assert answer.localisation == "at most"
    assert answer.partners.set_index("partner")["jump"].to_dict() == {"b": "yes", "c": "no"}
    assert answer.partners["first_month"].iloc[0] == "2019-07"


@pytest.mark.slow
def test_a_whole_list_without_a_jump_leaves_all_to_localisation_or_less_use():
    answer = detour(world(a=100 - 80 * AFTER, b=20 + 0 * AFTER), "2019-07", holder="a", whole=True)
    assert (answer.verdict, answer.summary["left"].iloc[0]) == ("no jump found", 1.0)


def test_without_a_whole_list_a_quiet_list_proves_nothing():
    answer = detour(world(a=100 - 80 * AFTER, b=20 + 0 * AFTER), "2019-07", holder="a")
    assert (answer.verdict, answer.reason) == ("cannot be told", "list_not_whole")
    assert answer.localisation == "cannot be told"


@pytest.mark.slow
def test_a_list_is_measured_against_all_imports():
    frame = world(a=100 - 80 * AFTER, b=20 + 0 * AFTER)
    answer = detour(frame, "2019-07", holder="a", whole=frame.sum(axis=1) + 30)
    assert answer.summary["covered"].iloc[0] == pytest.approx(40 / 70)
    assert answer.verdict == "cannot be told"


@pytest.mark.slow
def test_a_jump_before_the_date_is_no_answer_to_it():
    early = (MONTHS >= "2018-10").astype(float)
    answer = detour(world(a=100 - 80 * AFTER, b=20 + 40 * early), "2019-07", holder="a", whole=True)
    assert answer.partners["jump"].iloc[0] == "no"
    assert answer.verdict == "no jump found"


@pytest.mark.slow
def test_names_of_countries_change_nothing():
    frame = world(a=100 - 80 * AFTER, b=20 + 40 * AFTER)
    here = detour(frame, "2019-07", holder="a").summary.drop(columns="holder")
    there = detour(frame.rename(columns={"a": "z"}), "2019-07", holder="z").summary.drop(columns="holder")
    pd.testing.assert_frame_equal(here, there)


def test_a_holder_that_is_no_column_is_named():
    with pytest.raises(DataError, match="found 'x'"):
        detour(world(a=AFTER, b=AFTER), "2019-07", holder="x")


@pytest.mark.slow
def test_belgium_jumped_when_photoresist_was_controlled():
    frame = by_partner(trade_months(), "resist", "KR", without=["WLD"])
    answer = detour(frame, "2019-07", holder="JP", whole=month_series(trade_months(), "resist", "WLD"))
    row = answer.partners.set_index("partner").loc["BE"]
    assert (row["jump"], row["first_month"]) == ("yes", "2019-07")
    assert answer.verdict == "re-routing before localisation"


@pytest.mark.slow
def test_what_became_of_hydrogen_fluoride_cannot_be_told():
    # August 2019 stands above every month of Taiwan's year before, but its monthly swings are as large
    frame = by_partner(trade_months(), "hf", "KR", without=["WLD"])
    answer = detour(frame, "2019-07", holder="JP")
    taiwan = answer.partners.set_index("partner").loc["TW"]
    assert (taiwan["jump"], taiwan["first_above"]) == ("untold", "2019-08")
    assert (answer.verdict, answer.localisation) == ("cannot be told", "cannot be told")

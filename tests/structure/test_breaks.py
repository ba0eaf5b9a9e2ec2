"""Breaks of a monthly series: exact where nothing is by chance, honest where much is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.trade_months import month_series, trade_months
from meguri.structure.breaks import fall_at, find_breaks, holm
from meguri.structure.breaks_model import MEMORIES, Field, fit, regular, steps, whitening
from meguri.structure.breaks_trial import false_alarms, power, simulated

MONTHS = pd.period_range("2015-01", "2021-12", freq="M")


def stepped(*levels):
    """A series without noise: (months, level) after one another."""
    values = np.concatenate([np.full(n, float(level)) for n, level in levels])
    return pd.Series(values, index=MONTHS[: len(values)])


def test_a_step_without_noise_is_found_in_its_month_and_in_no_other():
    row = find_breaks(stepped((36, 100), (24, 20))).significant.iloc[0]
    assert (row["at"], row["low"], row["high"], row["direction"]) == ("2018-01",) * 3 + ("fall",)
    assert (row["before"], row["after"]) == (100, 20)
    # on the scale ln(1 + 10 x / median): the median traded month is 100
    assert row["change"] == pytest.approx((1 + 2) / (1 + 10) - 1)


def test_a_fall_that_is_undone_gives_both_months():
    rows = find_breaks(stepped((20, 100), (14, 10), (20, 100))).significant
    assert list(rows["at"]) == ["2016-09", "2017-11"]
    assert list(rows["direction"]) == ["fall", "rise"]


def test_season_and_growth_alone_are_no_break():
    season = np.tile(np.linspace(1, 2, 12), 5)
    noise = np.random.default_rng(0).normal(scale=0.1, size=60)
    series = pd.Series(100 * season * 1.01 ** np.arange(60) * np.exp(noise), index=MONTHS[:60])
    assert find_breaks(series).significant.empty


def test_the_answer_of_a_constant_series_is_no_break():
    answer = find_breaks(stepped((84, 5)))
    assert answer.told
    assert answer.breaks.empty


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(exponent=st.integers(-30, 30), years=st.integers(-10, 10))
def test_neither_the_unit_nor_the_calendar_year_changes_a_break(exponent, years):
    series = simulated("seasonal", 3, step=-1.0)
    there = find_breaks(series).breaks
    moved = pd.Series(series.to_numpy() * 2.0**exponent, index=series.index + 12 * years)
    window = (str(moved.index[0]), str(moved.index[-1]))
    here = find_breaks(moved, window=window).breaks
    shifted = [str(pd.Period(at, freq="M") + 12 * years) for at in there["at"]]
    assert list(here["at"]) == shifted
    columns = ["change", "p", "p_adjusted"]
    assert np.allclose(here[columns], there[columns])


def test_zero_months_and_missing_months_are_told_apart():
    series = simulated("white", 1)
    series["2019-08"] = 0.0
    notes = find_breaks(series.drop(pd.Period("2016-03", freq="M"))).notes.set_index("note")["months"]
    assert notes.to_dict() == {"zero_months": "2019-08", "missing_months": "2016-03"}


def test_a_break_in_a_gap_may_have_any_month_of_the_gap():
    series = stepped((30, 100), (30, 20)).drop(MONTHS[27:30])
    row = find_breaks(series).significant.iloc[0]
    assert (row["low"], row["at"], row["high"]) == ("2017-04", "2017-07", "2017-07")


def test_too_few_months_are_no_answer():
    answer = find_breaks(stepped((20, 1)), window=("2015-01", "2016-08"))
    assert not answer.told
    assert fall_at(stepped((20, 1)), "2015-10").answer == "cannot be told"


def test_a_change_before_the_named_date_is_not_its_own():
    assert fall_at(stepped((26, 100), (34, 20)), "2017-07").answer == "no"


def test_bad_months_and_values_are_named_together():
    index = ["2019-07", "2019-07", "2019-08"]
    with pytest.raises(DataError) as error:
        find_breaks(pd.Series([1.0, 2.0, -3.0], index=index))
    assert [problem.key for problem in error.value.problems] == ["break_twice", "break_value"]
    with pytest.raises(DataError, match="July"):
        find_breaks(pd.Series([1.0], index=["July"]))


def test_the_likelihood_ratio_is_that_of_two_regressions():
    # plain twin: for each memory two least-squares fits, without and with the step
    rng = np.random.default_rng(0)
    months, n = np.arange(40), 40
    series = rng.normal(size=n)
    base = regular(months, season=False)
    place = 17
    likelihoods = []
    for columns in (base, np.column_stack([base, steps(n, [place])])):
        best = -np.inf
        for memory in MEMORIES:
            white, half = whitening(months, memory)
            rest = white @ series
            rest = rest - white @ columns @ np.linalg.lstsq(white @ columns, rest, rcond=None)[0]
            best = max(best, -0.5 * n * np.log(rest @ rest) + half)
        likelihoods.append(best)
    found = Field(months, base, 0.0).ratios(series[:, None], np.array([place]), np.array([n]))
    assert found[0, 0] == pytest.approx(2 * (likelihoods[1] - likelihoods[0]))


def test_whitening_is_the_inverse_of_the_covariance_also_over_gaps():
    months = np.array([0, 1, 2, 5, 6, 9])
    white, half = whitening(months, 0.6)
    covariance = 0.6 ** abs(months[:, None] - months) / (1 - 0.36)
    assert np.allclose(white.T @ white, np.linalg.inv(covariance))
    assert half == pytest.approx(-0.5 * np.linalg.slogdet(covariance)[1])


def test_a_fit_recovers_the_memory_of_a_long_series():
    rng = np.random.default_rng(2)
    noise = np.zeros(1200)
    for month in range(1, 1200):
        noise[month] = 0.6 * noise[month - 1] + rng.normal()
    assert fit(np.arange(1200), np.ones((1200, 1)), noise).memory == pytest.approx(0.6, abs=0.1)


def test_holm_leaves_unknown_chances_out():
    assert holm({"a": 0.02, "b": float("nan"), "c": 0.04})[::2] == [0.04, 0.04]


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["quantity_t", "value_kusd"])
def test_hydrogen_fluoride_from_japan_breaks_in_july_2019(measure):
    rows = find_breaks(month_series(trade_months(), "hf", "JP", measure=measure)).significant
    falls = rows[rows["direction"] == "fall"]
    assert ((falls["low"] <= "2019-08") & (falls["high"] >= "2019-07")).any()


@pytest.mark.slow
def test_photoresist_and_the_placebos_show_no_break_at_that_date():
    # by tonnes, the basis fixed before looking; quartz needs the correction for three placebos
    chances = {}
    for item, partner in [("hf", "CN"), ("quartz", "JP"), ("resist", "US")]:
        falls = find_breaks(month_series(trade_months(), item, partner)).significant
        held = falls[(falls["low"] <= "2019-08") & (falls["high"] >= "2019-07")]
        chances[item, partner] = float(held["p_adjusted"].min()) if len(held) else 1.0
    assert min(holm(chances)) > 0.05
    resist = month_series(trade_months(), "resist", "JP")
    assert find_breaks(resist).significant.empty
    assert fall_at(resist, "2019-07").answer == "no"


@pytest.mark.slow
def test_of_five_hundred_series_without_a_break_at_most_seven_percent_raise_an_alarm(capsys):
    table = false_alarms(500, seed=1000).set_index("kind")
    with capsys.disabled():
        print(table.to_string())
    assert table.at["all", "share"] <= 0.07
    # the named date is a little too quick to see a fall: 7.8 % where 5 % are asked for, as the docs say
    assert table.at["all", "named_share"] <= 0.09


@pytest.mark.slow
def test_larger_falls_are_found_more_often_and_their_dates_are_held():
    table = power(heights=(-0.2, -0.5, -0.8), runs=20)
    assert table["found"].is_monotonic_increasing
    assert table["found"].iloc[-1] >= 0.9
    assert table["covered"].iloc[-1] >= 0.9

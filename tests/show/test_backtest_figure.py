"""The figure of a case draws every point of history, every band and the baselines, in both languages."""

from __future__ import annotations

import json

import pytest

from meguri.show.figures.backtest import backtest_panels, when
from meguri.study.backtest import run_case
from meguri.study.backtest_case import read_case


@pytest.fixture(scope="module")
def result():
    return run_case(read_case("2010-rare-earths-prices"), runs=1, seed=1)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_each_series_has_a_panel_with_its_history_and_its_band(result, lang):
    chart = backtest_panels(result, lang=lang)
    assert len(chart.option["grid"]) == len(result.case.series) == len(chart.option["title"])
    seen = [series for series in chart.option["series"] if series["name"] == "observed"]
    assert sum(len(series["data"]) for series in seen) == int(result.scores["observed"].notna().sum())
    drawn = {row["value"][1] for series in seen for row in series["data"]}
    assert drawn == set(result.scores["observed"].dropna())
    bands = [series for series in chart.option["series"] if series["name"] == "P10–P90"]
    assert sum(len(series["data"]) for series in bands) == 3 * int(result.scores["low"].notna().sum())
    json.dumps(chart.to_dict(), allow_nan=False)


def test_one_group_may_be_drawn_alone_and_the_title_counts_what_is_drawn(result):
    chart = backtest_panels(result, groups=("unit-value",))
    inside = int((chart.table["in_band"] == "yes").sum())
    assert set(chart.table["group"]) == {"unit-value"}
    assert f"{inside} of {len(chart.table)} points" in chart.title


def test_amounts_of_a_month_stand_at_the_rate_of_a_year():
    assert when("2010-01/2010-12") == when("2010")

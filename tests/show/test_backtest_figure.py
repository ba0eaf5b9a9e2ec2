"""The figure of a case draws every point of history, every band and the baselines, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from meguri.show.figures.backtest import backtest_panels, when
from meguri.show.spell import say
from meguri.study.backtest import run_case
from meguri.study.backtest_case import read_case


@pytest.fixture(scope="module")
def result():
    return run_case(read_case("2010-rare-earths-prices"), runs=1, seed=1)


@pytest.fixture(scope="module")
def both(result):
    """The same with a predictive band of half to twice the median, and one that reaches very far."""
    scores = result.scores.assign(
        predictive_low=result.scores["predicted"] / 2, predictive_high=result.scores["predicted"] * 2
    )
    scores.loc[scores["series"] == "dy-oxide-from-nd", "predictive_high"] *= 1e4
    return replace(result, scores=scores.assign(in_predictive="yes"))


def marks(chart, key: str) -> list[dict]:
    return [
        series
        for series in chart.option["series"]
        if series["name"] == say(f"backtest_mark_{key}", chart.lang)
    ]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_each_series_has_a_panel_with_its_history_and_its_band(result, lang):
    chart = backtest_panels(result, lang=lang)
    assert len(chart.option["grid"]) == len(result.case.series) == len(chart.option["title"])
    seen = marks(chart, "observed")
    assert sum(len(series["data"]) for series in seen) == int(result.scores["observed"].notna().sum())
    drawn = {row["value"][1] for series in seen for row in series["data"]}
    assert drawn == set(result.scores["observed"].dropna())
    bands = marks(chart, "parameter")
    assert sum(len(series["data"]) for series in bands) == 3 * int(result.scores["low"].notna().sum())
    json.dumps(chart.to_dict(), allow_nan=False)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_both_bands_are_drawn_apart_and_named_in_the_legend(both, lang):
    chart = backtest_panels(both, lang=lang)
    listed = {entry["name"] for entry in chart.option["legend"]["data"]}
    drawn = {series["name"] for series in chart.option["series"]} - {"cut"}
    assert listed == drawn
    wide, thin = (marks(chart, key)[0]["lineStyle"] for key in ("parameter", "predictive"))
    assert wide["width"] > 4 * thin["width"] and wide["opacity"] < 1
    assert str(len(both.scores)) in chart.title


def test_a_band_that_would_dwarf_its_panel_is_cut_and_ends_in_an_arrow(both):
    chart = backtest_panels(both)
    place = [series.id for series in both.case.series].index("dy-oxide-from-nd")
    top = chart.option["yAxis"][place]["max"]
    rows = both.scores[both.scores["series"] == "dy-oxide-from-nd"]
    assert rows["observed"].max() < top < rows["predictive_high"].max()
    arrows = next(s for s in chart.option["series"] if s["name"] == "cut" and s["yAxisIndex"] == place)
    assert [row[1] for row in arrows["data"]] == [top] * int((rows["predictive_high"] > top).sum())
    assert max(row[1] for row in marks(chart, "predictive")[place]["data"] if row[1] != "-") <= top
    other = [series.id for series in both.case.series].index("unit-value-280530-from-dy")
    assert chart.option["yAxis"][other]["max"] is None


def test_a_case_run_alone_shows_no_predictive_band(result):
    chart = backtest_panels(result)
    assert "predictive" not in " ".join(entry["name"] for entry in chart.option["legend"]["data"])
    assert not any(series["data"] for series in marks(chart, "predictive"))


def test_one_group_may_be_drawn_alone_and_the_title_counts_what_is_drawn(result):
    chart = backtest_panels(result, groups=("unit-value",))
    inside = int((chart.table["in_band"] == "yes").sum())
    assert set(chart.table["group"]) == {"unit-value"}
    assert f"{inside} of {len(chart.table)} points" in chart.title


def test_amounts_of_a_month_stand_at_the_rate_of_a_year():
    assert when("2010-01/2010-12") == when("2010")

"""Indices of many metals: worst first, unknown ones keep a reason, ranges drawn, ore apart from refined."""

import json

import pandas as pd
import pytest

from meguri.base.terms import LANGS
from meguri.show.figures.index_dots import metal_gap, score_dots
from meguri.show.ink import stage_hue


def scores(values, measure="score", stage="refining", **other):
    rows = [
        {"method": "geopolrisk", "material": material, "stage": stage, "economy": "JP", "year": 2024,
         "measure": measure, "value": value, "low": low, "high": high, "reason": reason,
         "source": "bgs-wms", "grade": "derived"} | other
        for material, value, low, high, reason in values
    ]  # fmt: skip
    return pd.DataFrame(rows)


ROWS = [("W", 0.2, 0.1, 0.3, ""), ("Ga", 0.9, 0.9, 0.9, ""), ("U", None, None, None, "not_listed")]


def names(chart):
    return chart.option["yAxis"]["data"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_worst_stands_first_and_the_unknown_last_with_its_reason(lang):
    chart = score_dots(scores(ROWS), measure="score", name="dots", lang=lang)
    json.dumps(chart.option, allow_nan=False)
    points = chart.option["series"][1]["data"]
    assert [point["value"][0] for point in points[:2]] == [0.9, 0.2]
    assert points[2]["symbolSize"] < 1 and points[2]["label"]["formatter"].startswith("? ")
    assert len(points[2]["label"]["formatter"]) > 5 and len(names(chart)) == 3


def test_of_a_measure_that_is_good_when_high_the_lowest_is_the_worst():
    chart = score_dots(scores(ROWS, measure="n1"), measure="n1", name="dots", lang="en")
    assert names(chart)[0].startswith("Tungsten") and "lowest" in chart.title


def test_only_a_range_with_two_ends_is_drawn():
    chart = score_dots(scores(ROWS), measure="score", name="dots", lang="en")
    line = chart.option["series"][0]["data"]
    assert [point for point in line if point != ["-", "-"]] == [[0.1, 1.0], [0.3, 1.0]]


def test_rows_of_two_sources_are_told_apart_by_their_source():
    both = pd.concat([scores(ROWS[:1]), scores(ROWS[:1], source="usgs-mcs-2025")])
    found = names(score_dots(both, measure="score", name="dots", lang="en"))
    assert len(set(found)) == 2


def test_values_orders_of_magnitude_apart_stand_on_a_logarithmic_scale_that_is_named():
    wide = scores([("W", 0.01, None, None, ""), ("Nb", 1000.0, None, None, ""), ("U", None, None, None, "")])
    chart = score_dots(wide, measure="cdi3", name="dots", lang="en")
    assert chart.option["xAxis"]["type"] == "log" and "Logarithmic" in chart.subtitle
    assert all(point["value"][0] >= 0.01 for point in chart.option["series"][1]["data"])
    narrow = score_dots(scores(ROWS), measure="score", name="dots", lang="en")
    assert narrow.option["xAxis"]["type"] == "value"


def test_ore_and_refining_of_a_metal_are_two_points_in_the_colours_of_their_stages():
    rows = pd.DataFrame([
        {"element": "W", "ore_hhi": 0.6, "ore_hhi_low": 0.5, "ore_hhi_high": 0.6, "refined_hhi": 0.7,
         "refined_hhi_low": 0.7, "refined_hhi_high": 0.7},
        {"element": "U", "ore_hhi": None, "ore_hhi_low": None, "ore_hhi_high": None, "refined_hhi": None,
         "refined_hhi_low": None, "refined_hhi_high": None},
    ])  # fmt: skip
    chart = metal_gap(rows, lang="en")
    points = chart.option["series"][1]["data"]
    hues = [point["itemStyle"]["color"] for point in points if "itemStyle" in point]
    assert hues == [stage_hue("ore"), stage_hue("refining")] and "1 of 1" in chart.title
    assert [point["label"]["formatter"] for point in points[2:] if point["label"]["show"]] == ["? unknown"]


def test_an_index_between_nought_and_one_stays_on_a_linear_scale():
    rows = scores([("W", 0.00001, None, None, ""), ("Nb", 0.9, None, None, "")])
    chart = score_dots(rows, measure="score", name="dots", lang="en")
    assert chart.option["xAxis"]["type"] == "value" and "Logarithmic" not in chart.subtitle

import json
import math
from itertools import pairwise

import pandas as pd
import pytest

from meguri.base.terms import keys
from meguri.show.figures.world import held, money, places, tint, world_map
from meguri.show.page import MAP, asset, figure_html, page
from tests.show import metal

WORLD = json.loads(asset("world.json"))


def rings():
    for feature in WORLD["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                yield feature["properties"]["name"], ring


def test_nothing_streaks_across_the_map():
    longest = {name: max(math.dist(a, b) for a, b in pairwise(ring)) for name, ring in rings()}
    # the longest true edge is the border of Canada and the United States along 49° N
    assert {name for name, length in longest.items() if length > 250} <= {"CA", "US"}
    assert max(longest.values()) < 400


def test_every_ring_is_closed_and_the_map_is_small():
    assert all(ring[0] == ring[-1] and len(ring) > 3 for _, ring in rings())
    assert len(asset("world.json").encode()) < 300_000


def test_countries_of_the_trade_have_a_place_and_small_ones_are_points():
    known = set(keys("countries"))
    assert set(places()) <= known and len(places()) > 225
    assert {"JP", "CN", "TW", "CD", "US", "EH"} <= set(places())
    assert {"SG", "HK", "TW"} <= set(WORLD["points"])


def test_the_map_is_cut_in_the_atlantic_so_that_the_pacific_is_whole():
    order = ["PT", "ZA", "CN", "JP", "US", "BR"]
    assert [places()[key][0] for key in order] == sorted(places()[key][0] for key in order)


def test_disputed_areas_are_hatched_and_both_languages_say_so():
    assert len(WORLD["hatch"]) > 20
    for lang, word in (("en", "imply no position"), ("ja", "特定の立場を示すものではない")):
        chart = world_map(metal.shares(), stage="ore", lang=lang)
        assert word in chart.footer
        hatch = next(s for s in chart.option["series"] if s["name"] == "disputed")
        assert len(hatch["data"]) == len(WORLD["hatch"])


def test_producers_are_tinted_by_their_share_and_a_bound_by_its_bound():
    rows = metal.shares().query("source == 'bgs-wms' and stage == 'ore'")
    chart = world_map(rows, stage="ore")
    assert {region["name"] for region in chart.option["geo"]["regions"]} == {"CD", "CN", "AU"}
    assert chart.title == "DR Congo makes 70% of the world's ore and concentrate"
    bound = world_map(metal.shares().query("source == 'usgs-mcs-2026'"), stage="ore")
    assert bound.title == "DR Congo makes at most 76% of the world's ore and concentrate"
    assert held({"share": float("nan"), "share_high": float("nan")}) is None and tint(None) == 0.0


def test_flows_run_from_exporter_to_importer_wide_as_their_value():
    chart = world_map(metal.shares().iloc[:3], metal.flows(), stage="ore", traded="HS 810510")
    lines = next(s for s in chart.option["series"] if s["name"] == "flows")["data"]
    assert [line["coords"][0] for line in lines] == [list(places()["CD"]), list(places()["CN"])]
    assert lines[0]["lineStyle"]["width"] > lines[1]["lineStyle"]["width"]
    assert chart.title == "Largest flow: DR Congo → China 3,000 M USD"


def test_imports_of_one_economy_are_not_taken_for_the_flows_of_the_world():
    one = metal.flows().query("importer == 'JP'")
    title = world_map(metal.shares().iloc[:3], one, stage="ore", lang="en").title
    assert title == "Largest flow into this economy: China → Japan 100 M USD"


def test_a_country_that_is_not_on_the_map_is_named_below_it():
    rows = pd.concat([metal.shares().iloc[:1], metal.shares().iloc[:1].assign(country="SUHH")])
    assert "Not on the map: SUHH." in world_map(rows, stage="ore").subtitle


def test_only_a_page_with_a_map_carries_one():
    chart = world_map(metal.shares(), stage="ore")
    html = page(figure_html(chart), title="t", lang="en")
    assert MAP in html and 'id="world"' in html
    assert 'id="world"' not in page("<p>no map</p>", title="t", lang="en")


@pytest.mark.parametrize(("kusd", "ja"), [(500, "50万ドル"), (99_999, "10,000万ドル"), (100_000, "1億ドル")])
def test_money_is_said_in_the_units_of_the_reader(kusd, ja):
    assert money(kusd, "ja") == ja

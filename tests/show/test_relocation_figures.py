"""Figures of the relocation tracker: what is drawn is what the tables say, in both languages."""

import json
from functools import cache

import pytest

from meguri.base.tables import Schema
from meguri.show.figures.world import on_map, places
from meguri.show.page import MAP
from meguri.show.relocation import relocation_charts, relocation_page, relocation_tables
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]


tables = cache(relocation_tables)


@cache
def charts(lang):
    found = relocation_charts(tables(), lang)
    return [found[name] for name in ("sites", "bands", "layers")]


def series(chart, name):
    return [one for one in chart.option["series"] if one["name"] == name]


def test_every_site_is_drawn_once_and_only_confirmed_ones_are_filled():
    table = tables()["relocation_map"]
    points = [point for one in series(charts("en")[0], "sites") for point in one["data"]]
    assert sorted(point["name"] for point in points) == sorted(table["fact"])
    hollow = {point["name"] for point in points if point["itemStyle"]["color"] == "#ffffff"}
    assert hollow == set(table.loc[table["status"] == "unverified", "fact"])


def test_a_thick_outline_is_where_ownership_and_process_lie_apart():  # AC10.3
    table = tables()["relocation_map"]
    points = [point for one in series(charts("ja")[0], "sites") for point in one["data"]]
    thick = {point["name"] for point in points if point["itemStyle"]["borderWidth"] > 2}
    assert thick == set(table.loc[table["apart"], "fact"])
    label = next(point["label"]["formatter"] for point in points if point["name"] == "site-003")
    assert "51%" in label and "北京" in label, "part held, and the place the document prints"


def test_both_maps_have_one_scale_and_carry_the_world():
    chart = charts("en")[0]
    sizes = {
        tuple(round(abs(a - b), 6) for a, b in zip(*geo["boundingCoords"], strict=True))
        for geo in chart.option["geo"]
    }
    assert len(sizes) == 1
    assert MAP in json.dumps(chart.option, separators=(",", ":"))


def test_points_stand_where_the_map_has_their_country():
    for country, lat, lon in (("JP", 36.2, 138.3), ("CN", 36.5, 103.8)):
        x, y = on_map(lat, lon)
        assert (x, y) == pytest.approx(places()[country], abs=40)


def test_bars_are_the_normalised_ranges_and_hairlines_the_printed_ones():
    table = tables()["relocation_bands"]
    chart = charts("en")[1]
    bars = [
        pair[1]
        for country in ("JP", "CN", "XX")
        for one in series(chart, country)
        for pair in one["data"]
        if pair[1] != "-"
    ]
    ends = sorted([*table["low"], *table["high"]])
    assert sorted(bars) == pytest.approx(ends)
    printed = [pair[1] for pair in series(chart, "printed")[0]["data"] if pair[1] != "-"]
    assert sorted(printed) == pytest.approx(sorted([*table["printed_low"], *table["printed_high"]]))
    assert "95%, 102.5%, 102.5%, 105%" in chart.subtitle, "the printed middles do not add to 100"


def test_outside_figures_are_hollow_and_of_another_basis():
    chart = charts("en")[1]
    for name in ("outside_output", "outside_exports"):
        one = series(chart, name)[0]
        assert (
            len(one["data"]) == tables()["relocation_bands"][name].notna().sum()
            and one["itemStyle"]["color"] == "#ffffff"
        )
    assert "another basis" in chart.subtitle


def test_a_layer_the_document_does_not_place_is_blank():
    marks = series(charts("en")[2], "layers")[0]["data"]
    drawn = [mark for mark in marks if mark.get("symbolSize", 11) > 1]
    said = tables()["relocation_two_layers"][["quantity", "quality"]] != ""
    assert len(drawn) == said.sum().sum()


def test_the_page_tells_sites_sources_and_both_kinds_of_number():
    text = relocation_page("ja")
    assert all(word in text for word in ("未確認", "正規化", "文書：中国・北京"))
    assert all(source in text for source in ("geonames", "hitachi-metals-nantong-2015", "seed-000"))
    assert text.count('<figure id="fig-') == 4 and "nan%" not in text


def test_every_table_of_the_page_is_declared_and_checked():
    for name, table in tables().items():
        assert list(Schema.of(name).check(table).columns) == list(table.columns)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_words_touch_and_nothing_is_fetched(lang, browser, tmp_path):
    for chart in charts(lang):
        page, said, asked = opened(browser, tmp_path / f"{chart.key}.html", chart.to_html(), 1000)
        assert said == [] and [url for url in asked if not url.startswith(("file:", "data:"))] == []
        figure = page.query_selector("figure.chart")
        assert touching(figure.evaluate(TEXTS)) == [], chart.key
        page.close()

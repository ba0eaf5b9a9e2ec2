"""The pictures of Japan's magnets stack what the tables hold and mark every published figure once."""

import json

import pytest

from meguri.base.sources import cited
from meguri.circulate.magnet_anchors import anchors_table
from meguri.circulate.magnets import dy_japan
from meguri.show.figures.axes import year_place
from meguri.show.figures.magnet_checks import MARKS
from meguri.show.magnets import magnet_charts, magnets_page
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]  # a fixture: one browser for all pages of this file


@pytest.fixture(scope="module")
def case():
    return dy_japan(runs=4)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_layers_are_the_medians_of_the_table_and_the_total_has_its_band(case, lang):
    chart = magnet_charts(case, lang)[0]
    flows, totals = case.flows_table(), case.totals_table()
    rows = flows[
        (flows["flow"] == "stock") & (flows["substance"] == "dy") & (flows["application"] == "servo")
    ]
    drawn = next(one for one in chart.option["series"] if one["name"] == "servo")
    at = rows[rows["year"] == 2030]["median"].sum()
    assert [year_place(2030), pytest.approx(at)] in drawn["data"]
    bands = [one for one in chart.option["series"] if one["name"] in ("low", "median", "high")]
    assert len(bands) == 6  # stock and outflow
    total = totals[(totals["quantity"] == "stock_dy") & (totals["year"] == 2030)].iloc[0]
    assert [year_place(2030), pytest.approx(total["high"])] in bands[2]["data"]
    json.dumps(chart.to_dict(), allow_nan=False)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_published_figure_is_drawn_once_with_its_verdict(case, lang):
    chart, checks = magnet_charts(case, lang)[1], anchors_table(case)
    for verdict in MARKS:
        points = [one["data"] for one in chart.option["series"] if one["name"] == verdict]
        assert sum(map(len, points)) == int((checks["verdict"] == verdict).sum())
    misses = int(((checks["verdict"] == "miss") & (checks["role"] == "compared")).sum())
    assert str(misses) in chart.title and len(chart.table) == len(checks)


def test_the_page_begins_with_what_circulation_cannot_do_yet(case):
    html = magnets_page(case, "en")
    assert html.index("circulation does not replace supply") < html.index("<figure")
    assert len(cited(case.source.split("|"))) > 10 and html.count("<figure") == 2


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_words_of_the_page_touch(case, lang, browser, tmp_path):
    page, said, asked = opened(browser, tmp_path / "page.html", magnets_page(case, lang), 1280)
    assert said == [] and all(url.startswith(("file:", "data:")) for url in asked)
    for figure in page.query_selector_all("figure.chart"):
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    page.close()

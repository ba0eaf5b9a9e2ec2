"""What only a browser can tell: that figures are drawn, words do not touch, and nothing is fetched."""

import pytest

from meguri import show
from tests.show import told
from tests.show.pages import TEXTS, browser, opened, touching

pytestmark = pytest.mark.slow
__all__ = ["browser"]  # a fixture: one browser for all pages of this file


@pytest.fixture(scope="module", params=("en", "ja"))
def report(request, browser, tmp_path_factory):
    outcome = told.outcome(assumptions=told.tried_assumptions())
    path = show.write_report(outcome, tmp_path_factory.mktemp("report") / "report.html", request.param)
    page, said, asked = opened(browser, path, path.read_text(encoding="utf-8"), 1280)
    yield page, request.param, said, asked
    page.close()


def test_the_page_opens_without_a_word_on_the_console_and_asks_for_nothing(report):
    page, lang, said, asked = report
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.get_attribute("html", "lang") == lang
    assert int(page.get_attribute("html", "data-drawn")) == len(page.query_selector_all("figure.chart")) > 6


def test_every_figure_is_drawn(report):
    for figure in report[0].query_selector_all("figure.chart"):
        box = figure.query_selector("svg").bounding_box()
        assert box["width"] > 600 and box["height"] > 100
        assert len(figure.query_selector_all("svg path")) > 5


@pytest.mark.parametrize("width", [1280, 1024])
def test_no_words_touch_in_any_figure(report, width):
    page = report[0]
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(200)
    for figure in page.query_selector_all("figure.chart"):
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")


def test_the_page_is_never_wider_than_the_window(report):
    page = report[0]
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_words_touch_on_paper(report):
    page = report[0]
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for figure in page.query_selector_all("figure.chart"):
        assert figure.query_selector("svg").bounding_box()["width"] <= 681
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")


def test_no_table_is_wider_than_the_sheet(report):
    page = report[0]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    wide = page.evaluate("[...document.querySelectorAll('table')].map(t => [t.className, t.offsetWidth])")
    assert [name for name, width in wide if width > 681] == []
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_it_prints_on_a_few_pages_of_a4(report):
    content = report[0].pdf(prefer_css_page_size=True)
    assert content.startswith(b"%PDF") and 3 <= content.count(b"/Type /Page\n") <= 16
    assert b"/MediaBox [0 0 594.95996 841.91998]" in content or b"/MediaBox [0 0 595" in content

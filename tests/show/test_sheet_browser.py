"""What only a browser can tell of sheets and the risk report: drawn, quiet, readable, two sides of paper."""

import pytest

from meguri.show.risk import risk_html
from meguri.show.sheet import sheet_html
from meguri.structure.atlas import atlas
from meguri.structure.ec.scores import ec_scores
from meguri.structure.sectors import sector_matrix
from tests.show import metal
from tests.show.pages import TEXTS, browser, opened, touching

pytestmark = pytest.mark.slow
__all__ = ["browser"]  # a fixture: one browser for all pages of this file
WIDTHS = """[...document.querySelectorAll('table.small')].map(
  t => [t.className, t.offsetWidth, t.parentElement.clientWidth])"""
SHEETS = [(element, lang) for element in ("Dy", "Ta", "Mg") for lang in ("en", "ja")]


@pytest.mark.parametrize(("element", "lang"), SHEETS)
def test_a_sheet_is_drawn_without_a_word_on_the_console_and_no_words_touch(browser, tmp_path, element, lang):
    page, said, asked = opened(browser, tmp_path / "sheet.html", sheet_html(atlas(element), lang))
    assert said == [] and [url for url in asked if not url.startswith(("file:", "data:"))] == []
    figures = page.query_selector_all("figure.chart")
    assert int(page.get_attribute("html", "data-drawn")) == len(figures) == 8
    for figure in figures:
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    page.close()


@pytest.mark.parametrize(("element", "lang"), SHEETS)
def test_a_sheet_prints_on_two_sides_and_nothing_is_wider_than_it(browser, tmp_path, element, lang):
    page, _, _ = opened(browser, tmp_path / "sheet.html", sheet_html(atlas(element), lang))
    wide = page.evaluate(WIDTHS)
    assert [name for name, width, room in wide if width > room + 1] == []
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    assert content.count(b"/Type /Page\n") <= 2
    page.close()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_risk_report_is_drawn_and_no_words_touch(browser, tmp_path, lang):
    tables = {"sector_exposure": sector_matrix(), "risk_scores": ec_scores(), "exposure_paths": metal.paths()}
    page, said, _ = opened(browser, tmp_path / "risk.html", risk_html(tables, lang))
    assert said == []
    for figure in page.query_selector_all("figure.chart"):
        found = touching(figure.evaluate(TEXTS))
        assert found == [], figure.get_attribute("id")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1100
    page.close()

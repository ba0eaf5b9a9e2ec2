"""The page of leverage in a browser: every figure drawn, no words touching, nothing fetched."""

import pytest

import meguri.app.leverage as shown
from meguri.show.leverage import leverage_page
from tests.show.pages import TEXTS, browser, opened, touching

pytestmark = pytest.mark.slow
__all__ = ["browser"]
ASKED = (("hf", True), ("fpi,hf,resist-euv,resist", False), ("wfe,wfe-clean,wfe-litho-duv,magnets", False))


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("items", "compare"), ASKED)
def test_no_words_touch_on_the_page_of_one_or_several_cards(browser, tmp_path, lang, items, compare):
    asked = shown.read_asked(items, None, None, 10, None, compare, False, None, 100, 1)
    html = leverage_page(shown.answered(asked), lang)
    page, said, sent = opened(browser, tmp_path / "page.html", html, 1280)
    assert said == []
    assert [url for url in sent if not url.startswith(("file:", "data:"))] == []
    figures = page.query_selector_all("figure.chart")
    assert len(figures) == 5
    for figure in figures:
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.close()

"""What only a browser can tell of the card: drawn, quiet, two sides of paper for every reader."""

import pytest

from meguri.show.safetynet import Card, card_html
from meguri.structure.safety_masks import CLEARED, masked, withheld_table
from tests.show import shopped
from tests.show.pages import TEXTS, browser, opened, touching

pytestmark = pytest.mark.slow
__all__ = ["browser"]  # a fixture: one browser for all pages of this file


def html_of(audience, lang):
    answer = shopped.hand_answer()
    hidden = withheld_table(audience, answer, lang)
    return card_html(Card(masked(answer, audience), audience, hidden, False, lang))


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("audience", list(CLEARED))
def test_a_card_is_drawn_in_silence_and_prints_on_two_sides(browser, tmp_path, audience, lang):
    page, said, asked = opened(browser, tmp_path / "card.html", html_of(audience, lang))
    assert said == [] and [url for url in asked if not url.startswith(("file:", "data:"))] == []
    for figure in page.query_selector_all("figure.chart"):
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    assert content.count(b"/Type /Page\n") == 2
    page.close()

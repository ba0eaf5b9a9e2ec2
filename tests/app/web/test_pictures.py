"""Every page at every width: nothing sticks out; the documentation shows what is shown today.

The pictures of the documentation are written anew by each run of this file. With ``MEGURI_PICTURES``
naming a folder, whole pages at all widths are kept there, to be looked at one by one.
"""

import io
import os
from pathlib import Path

import pytest

from meguri.app.web.questions import QUESTIONS
from tests.app.web.browsing import SIZES, opened, reader, settled

pytestmark = pytest.mark.slow
DOCS = Path(__file__).parents[3] / "docs" / "_static" / "app"
SHOWN = {  # pages with a picture in the documentation, and what is asked
    "overview": "",
    "holds": "",
    "stops": "?runs=100",
    "returns": "",
    "card": "",
    "firm": "",
}
MOST = 120_000  # bytes of one picture
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll('button:not(.sort), .tool, nav a, label, h1, h2, h3, p')]
  .filter(one => one.checkVisibility() && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
  .filter(one => getComputedStyle(one).display !== 'inline')
  .map(one => one.tagName + one.className + ': ' + one.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_sticks_out_of_any_page_at_any_width(chromium, served, lang, size):
    kept = os.environ.get("MEGURI_PICTURES")
    with reader(chromium, served, size) as (page, _):
        for key in (*QUESTIONS, "files", "jobs", "api"):
            if key in QUESTIONS:
                opened(page, f"/{lang}/{key}")
            else:
                page.goto(f"/{lang}/{key}")
            assert page.evaluate(SIDEWAYS) <= 0, key
            assert page.evaluate(CUT) == [], key
            if kept:
                page.evaluate("() => window.scrollTo(0, 0)")
                page.screenshot(path=Path(kept) / f"{key}-{lang}-{size}.png", full_page=True)


def run(page) -> None:
    """Do the short job that a page waits for, if it waits for one; a search for plans takes minutes."""
    waiting = page.locator(".run[data-kind=stress]")
    if waiting.count():
        waiting.locator("[data-run]").click()
        page.wait_for_function("() => !document.querySelector('.run[data-kind=stress]')")
        settled(page)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("key", SHOWN)
def test_the_picture_of_a_page_in_the_documentation_is_made_from_the_page(chromium, served, key, lang):
    image = pytest.importorskip("PIL.Image", reason="needs pillow")
    with reader(chromium, served) as (page, _):
        opened(page, f"/{lang}/{key}{SHOWN[key]}")
        run(page)
        page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
        taken = image.open(io.BytesIO(page.screenshot())).convert("RGB")
    assert len(taken.getcolors(1 << 24) or []) > 50, "an empty page has few colours"
    DOCS.mkdir(parents=True, exist_ok=True)
    path = DOCS / f"{key}-{lang}.webp"
    taken.save(path, quality=72, method=6)
    assert path.stat().st_size <= MOST

"""What only a browser can tell: that figures are drawn, words do not touch, and nothing is fetched."""

from pathlib import Path

import pytest

from meguri import show
from tests.show import told

pytestmark = pytest.mark.slow
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]

TEXTS = """figure => [...figure.querySelectorAll('svg text')].filter(t => t.textContent.trim()).map(t => {
  const r = t.getBoundingClientRect();
  return {text: t.textContent, left: r.left, right: r.right, top: r.top, bottom: r.bottom};
})"""


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs a browser at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module", params=("en", "ja"))
def opened(request, browser, tmp_path_factory):
    path = show.write_report(told.outcome(), tmp_path_factory.mktemp("report") / "report.html", request.param)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn]")
    yield page, request.param, said, asked
    page.close()


def touching(boxes, slack=1.5):
    """Pairs of texts whose boxes share more than a hair."""
    return [
        (a["text"], b["text"])
        for n, a in enumerate(boxes)
        for b in boxes[n + 1 :]
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > slack
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 2 * slack
    ]


def test_the_page_opens_without_a_word_on_the_console_and_asks_for_nothing(opened):
    page, lang, said, asked = opened
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.get_attribute("html", "lang") == lang
    assert int(page.get_attribute("html", "data-drawn")) == len(page.query_selector_all("figure.chart")) > 6


def test_every_figure_is_drawn(opened):
    for figure in opened[0].query_selector_all("figure.chart"):
        box = figure.query_selector("svg").bounding_box()
        assert box["width"] > 600 and box["height"] > 100
        assert len(figure.query_selector_all("svg path")) > 5


@pytest.mark.parametrize("width", [1280, 1024])
def test_no_words_touch_in_any_figure(opened, width):
    page = opened[0]
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(200)
    for figure in page.query_selector_all("figure.chart"):
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")


def test_the_page_is_never_wider_than_the_window(opened):
    page = opened[0]
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_words_touch_on_paper(opened):
    page = opened[0]
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for figure in page.query_selector_all("figure.chart"):
        assert figure.query_selector("svg").bounding_box()["width"] <= 681
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")


def test_no_table_is_wider_than_the_sheet(opened):
    page = opened[0]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    wide = page.evaluate("[...document.querySelectorAll('table')].map(t => [t.className, t.offsetWidth])")
    assert [name for name, width in wide if width > 681] == []
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_it_prints_on_a_few_pages_of_a4(opened):
    content = opened[0].pdf(prefer_css_page_size=True)
    assert content.startswith(b"%PDF") and 3 <= content.count(b"/Type /Page\n") <= 16
    assert b"/MediaBox [0 0 594.95996 841.91998]" in content or b"/MediaBox [0 0 595" in content

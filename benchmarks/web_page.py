"""How soon a reader sees the first figure of each page, and how many bytes that takes.

``python -m benchmarks.web_page`` starts a real server in an empty workspace, lets it compute every page once
(printed as the cold time), and opens each in a browser that has never been there. Printed, never asserted:
the bars are 1.2 s and 500 kB.
"""

from __future__ import annotations

import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.app.web.browsing import CHROMIUM, FLAGS, SIZES, serving

from benchmarks.__main__ import report
from meguri.app.web.questions import QUESTIONS

WATCH = """
new MutationObserver((_, watcher) => {
  if (Number(document.documentElement?.dataset.drawn || 0) > 0) {
    watcher.disconnect();
    window.firstFigure = performance.now(); // milliseconds since the address was asked for
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-drawn'] });
"""
LEGIBLE = (
    "() => document.documentElement.dataset.ready === 'yes' && document.querySelector('#answer article h1')"
)


def cold(address: str) -> dict[str, float]:
    """Seconds until each page is computed for the first time, in order."""
    found = {}
    for key in QUESTIONS:
        begun = time.perf_counter()
        urllib.request.urlopen(f"{address}/api/v1/pages/{key}?lang=ja", timeout=600).read()
        found[key] = time.perf_counter() - begun
    return found


def first_figure(browser: Any, address: str, key: str) -> tuple[float, float, int]:
    """Seconds until the first figure (the answer, where there is none), kB until then, how many figures."""
    context = browser.new_context(viewport=dict(zip(("width", "height"), SIZES["1280"], strict=True)))
    page = context.new_page()
    page.add_init_script(WATCH)
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    sizes: list[int] = []
    client.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    begun = time.perf_counter()
    page.goto(f"{address}/ja/{key}", wait_until="commit")
    page.wait_for_function(LEGIBLE, timeout=60_000)
    figures = page.locator("#answer figure.chart").count()
    if figures:
        page.wait_for_function("() => window.firstFigure > 0", timeout=60_000)
        seconds = page.evaluate("() => window.firstFigure") / 1e3
    else:
        seconds = time.perf_counter() - begun
    then = sum(sizes)
    page.wait_for_timeout(500)
    context.close()
    return seconds, then / 1e3, figures


def main() -> None:
    """Print every page."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "workspaces") as address:
        for key, seconds in cold(address).items():
            report(f"{key}: computed for the first time", seconds, "s")
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            first_figure(browser, address, "overview")  # the browser itself is warm then
            for key in QUESTIONS:
                seconds, size, figures = first_figure(browser, address, key)
                what = "first figure" if figures else "answer without figure"
                report(f"{key}: {what}", seconds, f"s (bar: 1.2), {size:.0f} kB (bar: 500)")
            browser.close()


if __name__ == "__main__":
    main()

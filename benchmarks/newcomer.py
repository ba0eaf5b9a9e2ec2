"""How a newcomer gets from an own workbook to a memo: clicks, and seconds of waiting.

``python -m benchmarks.newcomer`` starts a real server in an empty workspace and a real browser that has never
been there: upload the packaged workbook of a motor maker, China's licences of 2025, a plan, the memo as PDF.
Printed, never asserted: the bars are ten clicks and three minutes.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.app.web.browsing import CHROMIUM, FLAGS, reader, serving, settled

from benchmarks.__main__ import report

PATIENCE = 600_000  # [ms]


class Newcomer:
    """Somebody at a browser, whose clicks are counted and whose waiting is timed."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0
        self.steps: list[tuple[str, float]] = []

    def click(self, what: str, place: str, until: str) -> None:
        """One click, and the wait until something is there."""
        begun = time.perf_counter()
        self.page.locator(place).first.click()
        self.clicks += 1
        self.page.wait_for_selector(until, timeout=PATIENCE)
        settled(self.page)
        self.steps.append((what, time.perf_counter() - begun))

    def bring(self, file: Path) -> None:
        """Choose a file: a click on the field and one on the file; it is uploaded and checked at once."""
        begun = time.perf_counter()
        self.page.set_input_files("#bring", file)
        self.clicks += 2
        self.page.wait_for_selector("#file .verdict", timeout=PATIENCE)
        self.steps.append(("upload the workbook", time.perf_counter() - begun))

    def take(self, what: str, place: str, target: Path) -> int:
        """Click a download and wait for the whole file; its size in bytes."""
        begun = time.perf_counter()
        with self.page.expect_download(timeout=PATIENCE) as coming:
            self.page.locator(place).first.click()
        self.clicks += 1
        coming.value.save_as(target)
        self.steps.append((what, time.perf_counter() - begun))
        return target.stat().st_size


def walk(page: Any, workbook: Path, target: Path) -> Newcomer:
    """The whole path; what is downloaded lies at ``target``."""
    person = Newcomer(page)
    begun = time.perf_counter()
    page.goto("/en/overview")
    settled(page)
    person.steps.append(("open the overview", time.perf_counter() - begun))
    person.click("open own files", 'header a[href*="/files"]', "#bring")
    person.bring(workbook)
    person.click("what stops with it", '#file .ways a[href*="/stops"]', "[data-run]")
    person.click("run the licences of 2025", "[data-run]", "#fig-what-stops-when")
    person.click("what keeps it running", 'nav.questions a[href*="/keeps"]', "[data-run]")
    person.click("look for plans", "[data-run]", 'a[href*="papers/memo.pdf"]')
    person.take("take the memo", 'a[href*="papers/memo.pdf"]', target)
    return person


def main() -> None:
    """Print every step with its wait, and the sum."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "workspaces") as address:
        workbook, memo = Path(folder) / "motor-maker.xlsx", Path(folder) / "memo.pdf"
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            with reader(browser, address, accept_downloads=True) as (page, ear):
                workbook.write_bytes(page.request.get("/api/v1/templates/motor-maker.xlsx?lang=en").body())
                person = walk(page, workbook, memo)
                for what, seconds in person.steps:
                    report(what, seconds, "s")
                report("waiting in all", sum(seconds for _, seconds in person.steps), "s (bar: 180)")
                report("clicks", person.clicks, "(bar: 10)")
                report("memo", memo.stat().st_size / 1e3, "kB")
                for text in [*ear.said, *ear.outside]:
                    print(f"said: {text}")
            browser.close()


if __name__ == "__main__":
    main()

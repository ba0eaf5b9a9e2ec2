"""Bring the README of both languages up to date: the answer as a table, and the figure as a PNG.

Run by hand when results move: ``python docs/_gen/readme.py``. A slow test compares the tables.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from answers import DEMO, outcome_of, survival

from meguri.base.terms import LANGS, Lang

ROOT = Path(__file__).resolve().parents[2]
READMES: dict[Lang, Path] = {"en": ROOT / "README.md", "ja": ROOT / "README.ja.md"}
MARKS = ("<!-- answer -->\n", "<!-- /answer -->\n")
ROWS = 9
CHROMIUM = "/usr/bin/chromium"


def with_answer(text: str, lang: Lang) -> str:
    """The text of a README with the answer between its marks computed anew."""
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{survival(lang, ROWS)}\n{MARKS[1]}{after}"


def picture(lang: Lang, path: Path) -> None:
    """The what-stops-when figure of the demo, drawn by Chromium."""
    from playwright.sync_api import sync_playwright

    from meguri.show import survival as figure

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        page_file = Path(folder) / "figure.html"
        page_file.write_text(figure(outcome_of(DEMO), lang).to_html(), encoding="utf-8")
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 900}, device_scale_factor=1.6)
        page.goto(page_file.as_uri())
        page.wait_for_selector("figure canvas, figure svg")
        page.wait_for_timeout(800)  # the drawing fades in
        page.add_style_tag(content="details {display: none}")
        page.locator("figure").first.screenshot(path=str(path))
        browser.close()


def main() -> int:
    """Write both READMEs and both pictures."""
    for lang in LANGS:
        path = READMES[lang]
        path.write_text(with_answer(path.read_text(encoding="utf-8"), lang), encoding="utf-8")
        picture(lang, ROOT / "docs" / "assets" / f"what-stops-when.{lang}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

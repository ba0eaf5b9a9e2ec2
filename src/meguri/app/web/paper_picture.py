"""Figures as pictures, drawn by a Chromium of the reader's own; none where there is none."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from meguri.base.errors import DataError
from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.page import embedded, page
from meguri.show.pdf import SECONDS, chromium

WIDTH, SCALE = 920, 2  # pixels of a figure, and how many of the picture stand for one
MOST_HIGH = 7000  # pixels of one screenshot
GAP = 12


def pictures(charts: Sequence[Chart], lang: Lang) -> dict[str, bytes]:
    """PNG of each figure by its key; empty where no Chromium is found or it draws nothing."""
    try:
        browser = chromium()
    except DataError:
        return {}
    found: dict[str, bytes] = {}
    rest = list(charts)
    while rest:
        sheet = [rest.pop(0)]
        while rest and _high([*sheet, rest[0]]) <= MOST_HIGH:
            sheet.append(rest.pop(0))
        shot = _shot(browser, sheet, lang)
        if shot is None:
            return found
        found |= _cut(shot, sheet)
    return found


def _high(charts: Sequence[Chart]) -> int:
    return sum(chart.height + GAP for chart in charts)


def _shot(browser: str, charts: Sequence[Chart], lang: Lang) -> bytes | None:
    """One picture of several figures below each other, nothing around them."""
    drawn = "".join(
        f'<figure class="chart" style="margin:0 0 {GAP}px"><div class="pane"><div class="drawing" '
        f'style="height:{chart.height}px;width:{WIDTH}px"></div></div>'
        f'<script type="application/json">{embedded(chart.option)}</script></figure>\n'
        for chart in charts
    )
    style = "<style>main{margin:0!important;padding:0!important;max-width:none!important}</style>\n"
    html = page(style + drawn, title="meguri", lang=lang)
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(html, encoding="utf-8")
        flags = ["--headless", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses to start its sandbox for root
        command = [
            browser, *flags, f"--user-data-dir={folder}/profile", f"--force-device-scale-factor={SCALE}",
            f"--window-size={WIDTH},{_high(charts)}", f"--screenshot={out}", source.as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
            return out.read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None


def _cut(shot: bytes, charts: Sequence[Chart]) -> dict[str, bytes]:
    """Each figure out of the picture; pillow comes with python-pptx."""
    try:
        image = import_module("PIL.Image").open(io.BytesIO(shot))
    except ImportError:
        return {}
    found, top = {}, 0
    for chart in charts:
        part = image.crop((0, SCALE * top, SCALE * WIDTH, SCALE * (top + chart.height)))
        buffer = io.BytesIO()
        part.convert("P", palette=1, colors=128).save(buffer, "PNG", optimize=True)
        found[chart.key] = buffer.getvalue()
        top += chart.height + GAP
    return found

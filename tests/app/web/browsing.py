"""The application as a reader meets it: a server of its own, a real browser, and an ear on both."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = os.environ.get("MEGURI_CHROMIUM") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]
START = "from meguri.app.cli import main; main()"
AXE = Path(__file__).parent / "assets" / "axe.min.js"
PATIENCE = int(os.environ.get("MEGURI_PATIENCE", "180000"))  # [ms] for a first view in a cold worker
SIZES = {"1280": (1280, 900), "1920": (1920, 1080), "tablet": (820, 1180)}


@dataclass
class Ear:
    """What a page said on its console, and what it asked for beside this machine."""

    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """`meguri app` on a free port; its address."""
    command = [sys.executable, "-c", START, "app", "--no-browser", "--no-warm", "--workspace", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        found = re.search(r"http://[\w.]+:\d+", first)
        assert found, first
        yield found.group()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()


@contextmanager
def reader(browser: Any, address: str, size: str = "1280", **options: Any) -> Iterator[tuple[Any, Ear]]:
    """A window of a reader who has never been here; whatever it asks of another host is refused and noted."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=address, **options)
    ear = Ear()

    def let(route: Any) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            ear.outside.append(route.request.url)
            route.abort()

    context.route("**/*", let)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda told: ear.said.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: ear.said.append(str(fault)))
    try:
        yield page, ear
    finally:
        context.close()


def settled(page: Any) -> Any:
    """The page once its answer is there and every figure is drawn."""
    page.wait_for_function(
        """() => document.documentElement.dataset.ready === 'yes'
           && !document.querySelector('#answer[aria-busy]')
           && Number(document.documentElement.dataset.drawn || 0)
              + document.querySelectorAll('.undrawn').length
              >= document.querySelectorAll('#answer figure.chart').length"""
    )
    return page


def opened(page: Any, path: str) -> Any:
    """A page of the application, settled, its card of the first visit put away."""
    page.goto(path)
    settled(page)
    if page.locator("#tour").is_visible():
        page.click("#tour-done")
    return page


def faults_of_access(page: Any) -> list[str]:
    """What axe-core finds that is serious or critical: rule and first element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => JSON.stringify((await axe.run(document)).violations)")
    return [
        f"{one['id']}: {one['help']} {one['nodes'][0]['target']} ({len(one['nodes'])})"
        for one in json.loads(found)
        if one["impact"] in ("serious", "critical")
    ]

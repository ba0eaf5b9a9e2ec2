"""A browser and a served application, for the tests that need them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.web.browsing import CHROMIUM, FLAGS, serving


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser, or the reason why there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    pytest.importorskip("fastapi", reason="needs meguri[app]")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs a browser at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an application with empty workspaces, shared by the tests of a module."""
    pytest.importorskip("fastapi", reason="needs meguri[app]")
    with serving(tmp_path_factory.mktemp("workspaces")) as address:
        yield address

"""A page on paper: printed to PDF by a Chromium of the user's own, or a plain word that none is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from meguri.base.errors import DataError, Problem

BROWSER = "MEGURI_CHROMIUM"  # environment variable: path of the browser
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 120


def pdf_of(html: str) -> bytes:
    """A self-contained page as PDF, on the paper that its style names (A4).

    Parameters
    ----------
    html : str
        A page of this package; nothing is fetched while it is printed.

    Raises
    ------
    DataError
        When no Chromium is found, or it prints nothing.
    """
    browser = chromium()
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        flags = ["--headless", "--disable-gpu", "--no-pdf-header-footer", "--disable-background-networking"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses to start its sandbox for root
        command = [
            browser,
            *flags,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={out}",
            page.as_uri(),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
            return out.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise DataError(Problem("pdf_browser", browser, type(error).__name__, BROWSER)) from None


def chromium() -> str:
    """Path of the browser: the one the user names, else the first that is installed.

    Raises
    ------
    DataError
        When there is none.
    """
    named = os.environ.get(BROWSER)
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise DataError(Problem("pdf_browser", named or ", ".join(NAMES), "", BROWSER))
    return found

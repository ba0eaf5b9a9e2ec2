"""The answer of each page, computed in a worker; one module for each question, with a function `view`."""

from __future__ import annotations

from importlib import import_module

from meguri.app.web.view import Viewer


def viewer(key: str) -> Viewer:
    """The function that answers a page."""
    found: Viewer = import_module(f"meguri.app.web.pages.{key}").view
    return found

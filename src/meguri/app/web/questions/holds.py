"""Who holds which stage of a material, ore apart from refined? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("holds")

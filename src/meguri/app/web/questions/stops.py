"""Which process stops, when, and why? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("stops")

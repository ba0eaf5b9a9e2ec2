"""How much of what is exported controls other people's processes? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("exports")

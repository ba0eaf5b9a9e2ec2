"""What is the card worth, and does the story hold? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("card")

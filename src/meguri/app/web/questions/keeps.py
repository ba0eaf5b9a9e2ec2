"""Which measures keep it running, on two axes? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("keeps")

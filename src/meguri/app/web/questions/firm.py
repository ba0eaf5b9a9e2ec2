"""What is the worth of nothing going wrong in our firm? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("firm")

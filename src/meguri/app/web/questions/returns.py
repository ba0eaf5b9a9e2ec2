"""What comes back, as mass and as function? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("returns")

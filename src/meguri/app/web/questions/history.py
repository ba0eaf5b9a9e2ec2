"""Would the model have told past cases beforehand? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("history")

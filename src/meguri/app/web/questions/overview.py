"""What stands first today, and what it hangs on? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Field, Question
from meguri.app.web.questions.named import chains, scenarios

QUESTION = Question(
    "overview",
    (
        Field("chain", "choice", "ndfeb-japan@2024", chains),
        Field("scenario", "choice", "2025-medium-heavy-rare-earths", scenarios),
    ),
)

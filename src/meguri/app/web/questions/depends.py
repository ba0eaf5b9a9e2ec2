"""How dependent are we, on whom and through which tiers? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("depends")

"""What stands first today, and what it hangs on? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Question

QUESTION = Question("overview")

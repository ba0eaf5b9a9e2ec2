"""How dependent are we, on whom and through which tiers? The page that answers."""

from __future__ import annotations

from meguri.app.web.desk import Desk
from meguri.app.web.question import Asked
from meguri.app.web.view import View
from meguri.base.terms import Lang, label


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """The answer of the page."""
    return View(title=label("question", lang, "web_depends"))

"""What is the card worth, and does the story hold? The page that answers."""

from __future__ import annotations

from collections.abc import Callable

from meguri.app.web.desk import Desk
from meguri.app.web.pages import card_chronicle, card_claims, card_stages, card_worth
from meguri.app.web.question import Asked
from meguri.app.web.view import View
from meguri.base.terms import Lang

PARTS: dict[str, Callable[[Asked, Desk, Lang], View]] = {
    "card": card_worth.view,
    "claims": card_claims.view,
    "chronicle": card_chronicle.view,
    "stages": card_stages.view,
}


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The part of the page that is asked for: a control as a card, claims, events, or a rule on a stage."""
    return PARTS[asked["part"]](asked, desk, lang)

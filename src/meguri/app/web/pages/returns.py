"""What comes back, as mass and as function? The page that answers."""

from __future__ import annotations

from collections.abc import Callable

from meguri.app.web.desk import Desk
from meguri.app.web.pages import returns_lasting, returns_routes, returns_stock, returns_today
from meguri.app.web.question import Asked
from meguri.app.web.view import View
from meguri.base.terms import Lang

PARTS: dict[str, Callable[[Asked, Desk, Lang], View]] = {
    "routes": returns_routes.view,
    "stock": returns_stock.view,
    "today": returns_today.view,
    "lasting": returns_lasting.view,
}


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The part of the page that is asked for: routes of a case, years, today's scale, or what lasts."""
    return PARTS[asked["part"]](asked, desk, lang)

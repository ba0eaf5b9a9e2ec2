"""How much of what is exported controls other people's processes? The page that answers."""

from __future__ import annotations

from collections.abc import Callable

from meguri.app.web.desk import Desk
from meguri.app.web.pages import exports_classes, exports_goods, exports_printed, exports_relocation
from meguri.app.web.question import Asked
from meguri.app.web.view import View
from meguri.base.terms import Lang

PARTS: dict[str, Callable[[Asked, Desk, Lang], View]] = {
    "classes": exports_classes.view,
    "goods": exports_goods.view,
    "printed": exports_printed.view,
    "relocation": exports_relocation.view,
}


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The part of the page that is asked for: a trade by class, single goods, printed shares, relocation."""
    return PARTS[asked["part"]](asked, desk, lang)

"""How much of what is exported controls other people's processes? The page that answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
    found = PARTS[asked["part"]](asked, desk, lang)
    if asked["part"] != "classes" or any(section.tables for section in found.sections):
        return found
    printed = exports_printed.view(asked, desk, lang)  # what is at hand without a run, and says what it is
    *own, onward = found.sections
    return replace(found, sections=(*own, printed.sections[0], onward), sources=printed.sources)

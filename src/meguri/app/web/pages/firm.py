"""What is the worth of nothing going wrong in our firm? The page that answers, one part at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from meguri.app.web.desk import Desk
from meguri.app.web.firm_words import linked
from meguri.app.web.pages.firm_card import card_view
from meguri.app.web.pages.firm_gone import gone_view
from meguri.app.web.pages.firm_kpis import kpis_view
from meguri.app.web.pages.firm_net import net_view
from meguri.app.web.pages.firm_screen import screen_view
from meguri.app.web.question import Asked
from meguri.app.web.questions.firm import EXAMPLE
from meguri.app.web.view import View
from meguri.base.terms import Lang
from meguri.show.safetynet_words import net_word

VIEWS: dict[str, Callable[[Asked, Desk, Lang], View]] = {
    "kpis": kpis_view, "gone": gone_view, "screen": screen_view, "card": card_view, "net": net_view,
}  # fmt: skip


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The part asked for, with ways to the others; an invented firm is said to be one before all else."""
    found = VIEWS[asked["part"]](asked, desk, lang)
    invented = asked["shop"] == EXAMPLE and asked["part"] != "net"
    lead = [net_word("made_up", lang), *found.lead] if invented else found.lead
    return replace(found, lead=lead, sections=[*found.sections, linked(asked, lang)])


def paper(asked: Asked, desk: Desk, lang: Lang, name: str, path: Path) -> None:
    """Write one of the papers that the part offers, such as ``card.pdf``."""
    from meguri.app.web.pages.firm_papers import firm_paper  # it reads the parts of this page

    what, _, form = name.partition(".")
    firm_paper(asked, desk, lang, what, form, path)

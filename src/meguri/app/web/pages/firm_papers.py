"""Papers of a firm's page: the card for one reader, the net, drafts of a screening for the person who rules.

Whoever asks for a paper that its reader may not see is refused, rather than given a thinner one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from meguri.app.safetynet import Wanted as CardWanted
from meguri.app.safetynet import card_writers
from meguri.app.web.desk import Desk
from meguri.app.web.firm_opened import audience_of, card_answer, case_of, stated_of
from meguri.app.web.pages.firm_card import OWN
from meguri.app.web.pages.firm_card import PAPERS as CARDS
from meguri.app.web.pages.firm_net import PAPERS as NETS
from meguri.app.web.pages.firm_net import cards_of, minimum_of, own_card
from meguri.app.web.pages.firm_screen import PAPERS as DRAFTS
from meguri.app.web.question import Asked
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.structure.safety_card import merge
from meguri.structure.safety_masks import withheld

FORMS: Mapping[str, tuple[str, ...]] = {**CARDS, **OWN, **DRAFTS, **NETS}


def firm_paper(asked: Asked, desk: Desk, lang: Lang, what: str, form: str, path: Path) -> None:
    """Write one paper of the page.

    Parameters
    ----------
    what : str
        ``card``, ``own_card``, ``net``, or a draft of the screening: ``comparison``, ``letter``, ``asked``,
        ``review``, ``drafts`` (all of them in one), ``screening`` (the whole as a page or a workbook).
    form : str
        One of :data:`FORMS` of that paper.
    path : Path
        Where to write; there whole or not at all.

    Raises
    ------
    DataError
        When there is no such paper or form, its reader may not see it, or an extra is not installed.
    """
    if form not in FORMS.get(what, ()):
        known = ", ".join(f"{name}.{one}" for name, forms in FORMS.items() for one in forms)
        raise DataError(Problem("web_firm_paper", "paper", f"{what}.{form}"[:60], "", {"choices": known}))
    if what in DRAFTS:
        _draft(asked, desk, lang, what, form, path)
    elif what == "card":
        wanted = CardWanted(stated_of(asked), asked["as_of"] or None, audience_of(asked))
        card_writers(card_answer(asked, desk, lang), wanted, lang)[f".{form}"](path)
    elif what == "own_card":
        content = json.dumps(own_card(asked, desk, lang), ensure_ascii=False, indent=1) + "\n"
        write_atomically(path, content.encode("utf-8"))
    else:
        _net(asked, desk, lang, form, path)


def _draft(asked: Asked, desk: Desk, lang: Lang, what: str, form: str, path: Path) -> None:
    """A draft for the person who rules, who sits in the firm."""
    if any(part["table"] == "screen_verdicts" for part in withheld(audience_of(asked))):
        raise DataError(Problem("web_firm_inside", "audience", asked["audience"]))
    from meguri.show.office.screening_papers import PARTS, write_one_paper, write_papers
    from meguri.show.pdf import pdf_of
    from meguri.show.screening import screening_page
    from meguri.show.screening_excel import write_screening_excel

    case = case_of(asked, desk, lang)
    if what in PARTS:
        write_one_paper(case, what, path, lang)
        return
    writers: dict[str, Callable[[], object]] = {
        "docx": lambda: write_papers(case, path, lang),
        "xlsx": lambda: write_screening_excel(case, path, lang),
        "html": lambda: write_atomically(path, screening_page(case, lang).encode("utf-8")),
        "pdf": lambda: write_atomically(path, pdf_of(screening_page(case, lang))),
    }
    writers[form]()


def _net(asked: Asked, desk: Desk, lang: Lang, form: str, path: Path) -> None:
    from meguri.show.pdf import pdf_of
    from meguri.show.safetynet_excel import net_workbook
    from meguri.show.safetynet_net import net_html

    cards = cards_of(asked, desk, lang)
    if not cards:
        raise DataError(Problem("web_firm_cards", "cards"))
    net = merge(cards, minimum_of(asked))
    if form == "xlsx":
        write_atomically(path, net_workbook(net, lang))
    else:
        html = net_html(net, len(cards), lang)
        write_atomically(path, pdf_of(html) if form == "pdf" else html.encode("utf-8"))

"""Cards of many firms put together: figures of the whole net, and processes a single firm holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.app.safetynet import Wanted, one_card
from meguri.app.web.desk import Desk
from meguri.app.web.firm_opened import reading_of, source_of
from meguri.app.web.firm_words import firm_word, papers_of, table_of
from meguri.app.web.question import Asked
from meguri.app.web.questions.firm import EXAMPLE
from meguri.app.web.view import Section, Table, View
from meguri.base.errors import DataError
from meguri.base.terms import Lang
from meguri.show.safetynet_net import net_lead, net_rows
from meguri.show.safetynet_words import net_word
from meguri.structure.safety_card import Net, card, merge
from meguri.structure.safetynet_answer import Stated, last_day

PAPERS: Mapping[str, tuple[str, ...]] = {"net": ("html", "pdf", "xlsx")}


def net_view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The net of the cards chosen and of the firm's own records; without a card, how to get one."""
    if not asked.many("cards"):
        return View(
            title=firm_word("net_none", lang), lead=[net_word("net_quiet", lang), firm_word("net_how", lang)]
        )
    cards = cards_of(asked, desk, lang)
    net = merge(cards, minimum_of(asked))
    said = [net_word("net_title", lang, n=len(cards)), net_word("net_quiet", lang)]
    return View(
        title=net_lead(net, lang), lead=said, sections=_sections(net, lang),
        notes=[net_word("net_bins", lang), net_word("people_rule", lang)],
        papers=papers_of(PAPERS, lang),
    )  # fmt: skip


def minimum_of(asked: Asked) -> int:
    """Events below which a figure is refused."""
    found = asked.whole("minimum")
    return 5 if found is None else found


def cards_of(asked: Asked, desk: Desk, lang: Lang) -> list[dict[str, Any]]:
    """Cards of other firms, then the firm's own unless it is the invented one.

    Raises
    ------
    DataError
        Naming the file that is no card, as its owner knows it.
    """
    found = []
    for value in asked.many("cards"):
        kept = desk.file(value)
        try:
            found.append(one_card(Path(kept.path), Wanted(Stated(), None, "internal")))
        except DataError as error:
            stored = kept.path.name
            renamed = [
                replace(one, place=one.place.replace(stored, kept.name), file=kept.name)
                for one in error.problems
            ]
            raise DataError(renamed, kept.name) from None
    return [*found, own_card(asked, desk, lang)] if asked["shop"] != EXAMPLE else found


def own_card(asked: Asked, desk: Desk, lang: Lang) -> dict[str, Any]:
    """The firm's own card: counts and sums only."""
    shop = reading_of(source_of(asked, desk, lang)).shop
    return card(shop, asked["as_of"] or last_day(shop))


def _sections(net: Net, lang: Lang) -> list[Section]:
    tables = net.tables
    kpis = [
        table_of("web_firm_net", net_rows(net, lang), net_word("sec_net_kpis", lang)),
        Table("net_kpis", firm_word("plain_kpis", lang), tables["net_kpis"], "net_kpis"),
    ]
    functions, leaving = tables["net_functions"], tables["net_leaving"]
    single = functions[functions["single"].astype(bool)]
    return [
        Section("net", net_word("sec_net_kpis", lang), tables=kpis),
        _listed("single", functions, "net_functions", bool(len(single)), lang),
        _listed("leaving", leaving, "net_leaving", bool(len(leaving)), lang),
    ]


def _listed(key: str, frame: pd.DataFrame, declared: str, some: bool, lang: Lang) -> Section:
    title = net_word(f"sec_net_{key}", lang)
    said = [] if some else [net_word(f"net_{key}_none", lang)]
    return Section(key, title, said, tables=[Table(declared, title, frame, declared, open=True)])

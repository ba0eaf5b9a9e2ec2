"""What is lost when a firm is gone: quantity, strength of the processes it served, time until it is back."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from meguri.app.web.desk import Desk
from meguri.app.web.firm_opened import Source, audience_of, card_answer, reading_of, source_of
from meguri.app.web.firm_words import firm_word, table_of
from meguri.app.web.pages.firm_kpis import withheld_sections
from meguri.app.web.question import Asked
from meguri.app.web.questions.firm import NETWORK, OWN_FIRM
from meguri.app.web.view import Section, Table, View, sources_of
from meguri.base.errors import DataError
from meguri.base.terms import Lang, label
from meguri.respond.gone import changes_of
from meguri.respond.knockout import KnockoutAnswer, knock_out
from meguri.show.figures.gone_ranges import gone_ranges
from meguri.show.knockout import (
    lead_sentence,
    position_rows,
    said,
    sentences,
    strength_rows,
    succession_rows,
)
from meguri.show.safetynet_words import change_rows, gone_rows, gone_sentences, net_word
from meguri.show.spell import listing
from meguri.structure.knowhow import Network
from meguri.structure.knowhow_read import THIS_FIRM, example_network, network_of_shop
from meguri.structure.safety_masks import masked, withheld, withheld_table

RUNS, SEED = 40, 1


def gone_view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """A firm of the invented network, or the firm of the records: the latter in full only for itself."""
    if asked["node"] != OWN_FIRM:
        node = asked["node"].removeprefix(NETWORK)
        return _told(example_network(), node, asked, said_of="packaged_network", lang=lang)
    hidden = any(part["table"] == "knockout" for part in withheld(audience_of(asked)))
    if hidden:
        return _outside(asked, desk, lang)
    try:
        network = _network(source_of(asked, desk, lang))
    except DataError as error:
        lead = [problem.text(lang) for problem in error.problems]
        return View(title=firm_word("gone_unknown", lang), lead=lead)
    return _told(network, THIS_FIRM, asked, said_of="own_network", lang=lang)


@lru_cache(maxsize=8)
def _network(source: Source) -> Network:
    found = network_of_shop(reading_of(source).shop)
    named = {f"label_{lang}": firm_word("this_firm", "ja" if lang == "ja" else "en") for lang in ("en", "ja")}
    shop = reading_of(source).shop
    names = dict(zip(shop.customers["customer"], shop.customers["name"], strict=True))
    work = found.processes["work"]
    shown = found.processes.assign(
        label_en=work, label_ja=work, customer=[names.get(one) or one for one in found.processes["customer"]]
    )
    return replace(found, firms=found.firms.assign(**named), processes=shown)


def _told(network: Network, node: str, asked: Asked, *, said_of: str, lang: Lang) -> View:
    """Sentences, what changes for each process with its range and reason, who could no longer do it."""
    answer = _knocked(network, node, asked.many("lost"))
    tables = answer.tables
    effects = tables["knockout_effects"]
    title = said("strength", lang)
    heading = firm_word("t_strength", lang)
    drawn = gone_ranges(changes_of(tables), invented=len(network.firms) > 1, lang=lang)
    strength = Section(
        "strength", title, sentences(node, tables, lang), [drawn], tables=[
            table_of("web_firm_strength", strength_rows(network, tables, lang), heading),
            _plain("knockout", answer, lang), _plain("knockout_back", answer, lang),
            Table("knockout_effects", firm_word("effects", lang), effects, "knockout_effects"),
            _plain("knockout_curve", answer, lang),
        ],
    )  # fmt: skip
    rows = succession_rows(node, tables, lang)
    leaving = Section(
        "succession", said("succession", lang), [] if rows else [net_word("people_none", lang)],
        tables=[table_of("web_firm_succession", rows, firm_word("t_succession", lang))] if rows else [],
    )  # fmt: skip
    sections = [strength, leaving]
    if len(network.firms) > 1:
        place = said("network_rank", lang)
        listed = [row[1:] for row in position_rows(network, tables["position"], lang)]
        sections.append(Section("position", place, tables=[table_of("web_firm_position", listed, place)]))
    return View(
        title=lead_sentence(network, node, tables, lang), lead=[firm_word(said_of, lang)], sections=sections,
        sources=sources_of([network.roles, network.processes]), notes=[said("basis", lang)],
    )  # fmt: skip


def _knocked(network: Network, node: str, lost: tuple[str, ...]) -> KnockoutAnswer:
    return knock_out(network, node, list(lost) or None, runs=RUNS, seed=SEED)


def _plain(name: str, answer: KnockoutAnswer, lang: Lang) -> Table:
    frame = answer.tables[name]
    for column in ("functions", "nobody_else"):
        if column in frame:
            frame = frame.assign(**{column: [_functions(cell, lang) for cell in frame[column]]})
    return Table(name, firm_word(name, lang), frame, name)


def _functions(cell: str, lang: Lang) -> str:
    return listing([label(key, lang, "sme_functions") for key in cell.split("|") if key], lang)


def _outside(asked: Asked, desk: Desk, lang: Lang) -> View:
    """What the card says of the day the firm is gone, and what this reader does not see."""
    full = card_answer(asked, desk, lang)
    audience = audience_of(asked)
    shown = masked(full, audience)
    listed = [*gone_sentences(shown, lang), *gone_rows(shown, lang)]
    rows = change_rows(shown, lang)
    tables = [Table("card_served", net_word("gone_served", lang), shown.table("card_served"), "card_served",
                    open=True)]  # fmt: skip
    charts = [gone_ranges(shown.table("card_gone"), lang=lang)] if rows else []
    if rows:
        tables.insert(0, table_of("web_firm_change", rows, net_word("gone_claim", lang)))
    said = [*listed, net_word("gone_bare", lang)]
    gone = Section("gone", net_word("sec_gone", lang), said, charts, tables)
    hidden = withheld_table(audience, full.adding("knockout", shown.table("card_gone")), lang)
    return View(
        title=net_word("sec_gone", lang), lead=[net_word(f"for.{audience}", lang)],
        sections=[gone, *withheld_sections(hidden, lang)], notes=[firm_word("gone_assumed", lang)],
    )  # fmt: skip

"""What is the worth of nothing going wrong in our firm? The form of the page."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question, terms_of, words_of
from meguri.app.web.questions.named import own
from meguri.base.terms import Lang, keys, label
from meguri.base.words import packaged

WORDS = "web_firm"
EXAMPLE = "example"
PARTS = ("kpis", "gone", "screen", "card", "net")
AUDIENCES = ("internal", "customer", "bank", "ministry")
SHOP, OWN_FIRM, CUSTOMERS = "shop", "own", "customers"  # what a choice means when nothing else is chosen
NETWORK = "network:"  # a firm of the packaged network


@cache
def _network() -> dict[str, dict[str, str]]:
    """Firms of the packaged, invented network with their names in both languages."""
    with packaged("sme", "network", "firms.csv").open(encoding="utf-8") as file:
        return {row["firm"]: {"en": row["label_en"], "ja": row["label_ja"]} for row in csv.DictReader(file)}


def shops(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own workbooks first, then the invented one."""
    return [*own(desk, "shop"), (EXAMPLE, label("shop_example", lang, WORDS))]


def items(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own lists of items; without one, those of the shop."""
    return [(SHOP, label("items_shop", lang, WORDS)), *own(desk, "items")]


def cards(desk: Desk, _lang: Lang) -> Sequence[tuple[str, str]]:
    """Own cards of other firms."""
    return own(desk, "cards")


def firms(_desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """The firm of the records, then those of the invented network."""
    named = [
        (f"{NETWORK}{key}", label("node_invented", lang, WORDS, firm=words[lang]))
        for key, words in _network().items()
    ]
    return [(OWN_FIRM, label("node_own", lang, WORDS)), *named]


def places(_desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Where the customers are, else one country."""
    named = [(key, label(key, lang, "countries")) for key in keys("countries")]
    return [(CUSTOMERS, label("to_customers", lang, WORDS)), *named]


QUESTION = Question(
    "firm",
    (
        Field("shop", "choice", EXAMPLE, shops),
        Field("part", "choice", "kpis", words_of("part", PARTS, WORDS)),
        Field("audience", "choice", "internal", words_of("audience", AUDIENCES, WORDS)),
        Field("as_of", "date", advanced=True),
        Field("minimum", "int", "5", low=2, high=100, advanced=True),
        Field("cost", "text", advanced=True),
        Field("without_care", "text", advanced=True),
        Field("rate", "text", advanced=True),
        Field("keeping", "text", advanced=True),
        Field("customer", "text", advanced=True),
        Field("node", "choice", OWN_FIRM, firms, advanced=True),
        Field("lost", "many", "", terms_of(keys("sme_functions"), "sme_functions"), advanced=True),
        Field("items", "choice", SHOP, items, advanced=True),
        Field("on", "date", advanced=True),
        Field("destination", "choice", CUSTOMERS, places, advanced=True),
        Field("end_user", "text", advanced=True),
        Field("since", "date", advanced=True),
        Field("names", "text", advanced=True),
        Field("least", "number", "78", low=50, high=100, advanced=True),
        Field("cards", "many", "", cards, advanced=True),
    ),
    papers=(),  # its papers are its own: a card for one reader, drafts for the person who rules
)
